//! Updates of groups: `groups[]`.

use serde_json::value::RawValue;
use wabakit_domain::inbound::{
    Fact, GroupChange, GroupPerson, GroupPicture, GroupRole, GroupSetting, GroupUpdate, MetaFault,
    Party,
};

use super::{
    ParsedItems, management,
    people::{People, party, who},
    status::faults,
    time,
};
use crate::json::{self, Object};

/// The fields. Meta's schema spells one of them in the singular.
const FIELDS: [&str; 5] = [
    "group_lifecycle_update",
    "group_participant_update",
    "group_participants_update",
    "group_settings_update",
    "group_status_update",
];

/// The lists of people in an update.
const LISTS: [(&str, GroupRole); 3] = [
    ("added_participants", GroupRole::Added),
    ("removed_participants", GroupRole::Removed),
    ("failed_participants", GroupRole::Failed),
];

pub(super) fn is_field(field: &str) -> bool {
    FIELDS.contains(&field)
}

/// Reads each group of a change. A value that holds no group is kept unchanged.
pub(super) fn read<'a>(
    field: &str,
    change: &'a str,
    value: &'a RawValue,
    items: &mut ParsedItems<'a>,
) {
    let outer = Object::of(value);
    let groups = outer.as_ref().map(|outer| outer.list("groups"));
    let (Some(outer), Some(groups)) = (outer, groups.filter(|groups| !groups.is_empty())) else {
        return items.push(change, Ok(management::kept(field, value)));
    };
    super::number_of(&outer);
    let people = People::of(&outer);
    for raw in groups {
        let fact = match Object::of(raw) {
            Some(group) => Fact::Group(Box::new(update(field, &outer, &people, &group))),
            None => management::kept(field, raw),
        };
        items.push(raw.get(), Ok(fact));
    }
    people.forget_strangers();
}

fn update(field: &str, outer: &Object<'_>, people: &People<'_>, group: &Object<'_>) -> GroupUpdate {
    let errors = faults(group.list("errors"));
    let is_failed = !errors.is_empty();
    // Meta's samples also show it beside the group.
    let initiated_by = group
        .some("initiated_by")
        .or_else(|| outer.some("initiated_by"));
    let initiator = initiated_by.clone().map(who).unwrap_or_default();
    let initiated_by = initiated_by.filter(|_| initiator.is_nobody());
    let mut named: Vec<_> = LISTS
        .into_iter()
        .flat_map(|(list, role)| group.list(list).into_iter().map(move |raw| (raw, role)))
        .map(|(raw, role)| person(people, raw, role))
        .collect();
    // Who asks to join is named by the update itself.
    for (role, party) in [
        (GroupRole::Requester, names(group)),
        (GroupRole::Initiator, initiator),
    ] {
        if !party.is_nobody() {
            named.push(GroupPerson {
                party: people.complete_known(party),
                role,
                input: None,
                errors: Vec::new(),
            });
        }
    }
    GroupUpdate {
        at: time(group, "timestamp").or_else(|| time(outer, "timestamp")),
        people: named,
        change: GroupChange {
            field: field.to_owned(),
            event: group.some("type").or_else(|| group.some("event")),
            group_id: group
                .id("group_id")
                .or_else(|| group.id("id"))
                .map(Into::into),
            request_id: group.id("request_id"),
            subject: setting(group, ["group_subject", "subject"], is_failed),
            description: setting(group, ["group_description", "description"], is_failed),
            picture: picture(group, is_failed),
            join_approval_mode: group.some("join_approval_mode"),
            invite_link: group.some("invite_link"),
            reason: group.some("reason"),
            initiated_by,
            join_request_id: group.id("join_request_id"),
            errors,
        },
    }
}

/// Reads a text that changed: an object with its outcome, or the text alone.
fn setting(group: &Object<'_>, names: [&str; 2], is_failed: bool) -> Option<GroupSetting> {
    let raw = names.into_iter().find_map(|name| group.raw(name))?;
    let Some(part) = Object::of(raw) else {
        return Some(GroupSetting {
            text: Some(json::text(raw)?),
            is_applied: !is_failed,
            errors: Vec::new(),
        });
    };
    let (is_applied, errors) = outcome(&part, is_failed);
    Some(GroupSetting {
        text: part.text("text"),
        is_applied,
        errors,
    })
}

fn picture(group: &Object<'_>, is_failed: bool) -> Option<GroupPicture> {
    let part = group.object("profile_picture")?;
    let (is_applied, errors) = outcome(&part, is_failed);
    Some(GroupPicture {
        mime_type: part.some("mime_type"),
        sha256: part.some("sha256"),
        is_applied,
        errors,
    })
}

/// Reads whether a part succeeded. Without a word of its own, it failed if it or the whole update has errors.
fn outcome(part: &Object<'_>, is_failed: bool) -> (bool, Vec<MetaFault>) {
    let errors = faults(part.list("errors"));
    let told = part.bool("update_successful");
    (told.unwrap_or(errors.is_empty() && !is_failed), errors)
}

/// Reads a participant: an object, or the id alone.
fn person(people: &People<'_>, raw: &RawValue, role: GroupRole) -> GroupPerson {
    let (party, input, errors) = match Object::of(raw) {
        Some(object) => {
            let input = object.id("input");
            // The input is what the business asked for: a number or an id.
            let asked = input.clone().map(who).unwrap_or_default();
            let named = names(&object);
            let party = match named.is_nobody() {
                true => Party {
                    phone: asked.phone,
                    user_id: asked.user_id,
                    ..named
                },
                false => Party {
                    user_id: named.user_id.or(asked.user_id),
                    ..named
                },
            };
            (party, input, faults(object.list("errors")))
        }
        None => {
            let input = json::id(raw);
            let party = input.clone().map(who).unwrap_or_default();
            (party, input, Vec::new())
        }
    };
    let input = input.filter(|_| party.is_nobody());
    GroupPerson {
        party: people.complete_known(party),
        role,
        input,
        errors,
    }
}

fn names(object: &Object<'_>) -> Party {
    let profile = object.object("profile");
    let told = |name: &str| profile.as_ref()?.some(name);
    let ids = party(object, "wa_id", "user_id", "parent_user_id");
    if ids.is_nobody() {
        return ids;
    }
    Party {
        profile_name: told("name").or_else(|| object.some("name")),
        username: told("username").or_else(|| object.some("username")),
        ..ids
    }
}
