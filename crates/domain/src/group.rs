//! Groups, as Meta describes them.

use serde::{Deserialize, Serialize};

use crate::{Time, inbound::GroupChange};

/// A value, and when Meta last told it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Dated<T> {
    /// The value.
    pub value: T,
    /// The time when Meta told it, by Meta's clock. `None` if Meta never did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
}

impl<T> Dated<T> {
    /// Takes a value that Meta told at `at`, unless a newer one is known. Of two in the same second the later one to
    /// arrive counts.
    fn tell(&mut self, value: T, at: Time) {
        if self.at.is_none_or(|last| at >= last) {
            *self = Self {
                value,
                at: Some(at),
            };
        }
    }
}

/// The latest facts about a group. The conversation with the group holds them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Group {
    /// Its subject: the name that its members see.
    pub subject: Dated<Option<String>>,
    /// Its description.
    pub description: Dated<Option<String>>,
    /// `auto_approve` or `approval_required`.
    pub join_approval_mode: Dated<Option<String>>,
    /// Tells whether Meta suspended it.
    pub is_suspended: Dated<bool>,
    /// Tells whether it was deleted.
    pub is_deleted: Dated<bool>,
}

impl Group {
    /// Returns the values, without the times.
    pub fn shown(&self) -> (Option<&str>, Option<&str>, Option<&str>, bool, bool) {
        (
            self.subject.value.as_deref(),
            self.description.value.as_deref(),
            self.join_approval_mode.value.as_deref(),
            self.is_suspended.value,
            self.is_deleted.value,
        )
    }

    /// Takes the facts of an update of that time. What Meta reports as failed changes nothing.
    pub fn tell(&mut self, change: &GroupChange, at: Time) {
        for (known, told) in [
            (&mut self.subject, &change.subject),
            (&mut self.description, &change.description),
        ] {
            if let Some(told) = told
                && told.is_applied
                && let Some(text) = &told.text
            {
                known.tell(Some(text.clone()).filter(|text| !text.is_empty()), at);
            }
        }
        if !change.errors.is_empty() {
            return;
        }
        if change.join_approval_mode.is_some() {
            self.join_approval_mode
                .tell(change.join_approval_mode.clone(), at);
        }
        let event = change.event.as_deref().unwrap_or_default();
        match event.to_ascii_lowercase().as_str() {
            "group_create" => self.is_deleted.tell(false, at),
            "group_delete" => self.is_deleted.tell(true, at),
            "group_suspend" => self.is_suspended.tell(true, at),
            "group_suspend_cleared" => self.is_suspended.tell(false, at),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inbound::GroupSetting;

    fn at(seconds: i64) -> Time {
        Time::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
    }

    fn named(subject: &str) -> GroupChange {
        GroupChange {
            subject: Some(GroupSetting {
                text: Some(subject.to_owned()),
                is_applied: true,
                errors: Vec::new(),
            }),
            ..GroupChange::default()
        }
    }

    fn event(name: &str) -> GroupChange {
        GroupChange {
            event: Some(name.to_owned()),
            ..GroupChange::default()
        }
    }

    #[test]
    fn an_older_fact_never_undoes_a_newer_one_and_of_one_second_the_later_counts() {
        for (second, kept) in [(9, "old"), (10, "new"), (11, "new")] {
            let mut group = Group::default();
            group.tell(&named("old"), at(10));
            group.tell(&named("new"), at(second));
            assert_eq!(group.subject.value.as_deref(), Some(kept), "{second}");
        }
        for (first, then, suspended, deleted) in [
            ("group_suspend", "group_suspend_cleared", true, false),
            ("group_suspend_cleared", "group_suspend", false, false),
            ("group_delete", "group_create", false, true),
            ("GROUP_DELETE", "Group_Create", false, true),
        ] {
            let mut group = Group::default();
            group.tell(&event(first), at(10));
            group.tell(&event(then), at(9));
            assert_eq!(
                (group.is_suspended.value, group.is_deleted.value),
                (suspended, deleted),
                "{first}"
            );
            group.tell(&event(then), at(10));
            assert_eq!(
                (group.is_suspended.value, group.is_deleted.value),
                (then == "group_suspend", false),
                "{then}"
            );
        }
    }

    #[test]
    fn each_fact_of_a_group_has_a_time_of_its_own() {
        let mut group = Group::default();
        group.tell(&named("new"), at(10));
        group.tell(&event("group_suspend"), at(5));
        group.tell(&event("group_join_to_come"), at(20));
        assert_eq!(group.subject.at, Some(at(10)));
        assert!(group.is_suspended.value, "it is older than another fact");
        group.tell(&named(""), at(11));
        assert_eq!(group.subject.value, None, "it was taken away");
    }
}
