//! An account's standing: the facts that Meta's webhooks told about it and have not taken back.
//!
//! Meta delivers late, twice and in any order, so each subject keeps the time of its latest fact, and an older fact
//! changes nothing. A fact that takes something back leaves a note without a code.

use crate::Time;

/// The code of a disabled WABA.
pub const WABA_DISABLED: &str = "waba_disabled";
/// The code of a WABA that Meta will disable.
pub const BAN_SCHEDULED: &str = "waba_ban_scheduled";
/// The code of a restriction.
pub const WABA_RESTRICTED: &str = "waba_restricted";
/// The code of a lost access.
pub const ACCESS_REMOVED: &str = "access_removed";

/// The most subjects of an account; Meta has some dozens.
const MAX_NOTES: usize = 64;

/// Subjects of lost access begin with this.
const ACCESS: &str = "access:";

/// The latest fact about one subject.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// The subject: `ban`, `access:partner`, `restriction:<Meta's type>`, …
    pub subject: String,
    /// The time when Meta told it.
    pub at: Time,
    /// The state that stands: one of our codes. `None` when it was taken back, or when only the time counts.
    pub code: Option<String>,
    /// The time when it ends by itself.
    pub until: Option<Time>,
    /// The time when Meta will act, if nobody does.
    pub due: Option<Time>,
    /// Meta's word for it, or the value that it replaced.
    pub word: Option<String>,
}

impl Note {
    /// Makes a note without a code: nothing stands about the subject.
    pub fn cleared(subject: impl Into<String>, at: Time) -> Self {
        Self {
            subject: subject.into(),
            at,
            code: None,
            until: None,
            due: None,
            word: None,
        }
    }

    /// Makes a note with a code.
    pub fn standing(subject: impl Into<String>, at: Time, code: &str) -> Self {
        Self {
            code: Some(code.to_owned()),
            ..Self::cleared(subject, at)
        }
    }

    /// Returns the code, if it stands at this time.
    pub fn code_at(&self, now: Time) -> Option<&str> {
        self.code
            .as_deref()
            .filter(|_| self.until.is_none_or(|until| until > now))
    }

    /// Tells whether it keeps the number from working, so that somebody must act.
    pub fn is_critical(&self) -> bool {
        matches!(
            self.code.as_deref(),
            Some(WABA_DISABLED | WABA_RESTRICTED | ACCESS_REMOVED)
        )
    }
}

/// The latest facts about an account, by subject.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Standing(Vec<Note>);

impl Standing {
    /// Makes a standing of stored notes.
    pub const fn of(notes: Vec<Note>) -> Self {
        Self(notes)
    }

    /// Returns all notes, sorted by subject.
    pub const fn notes(&self) -> &Vec<Note> {
        &self.0
    }

    /// Returns the notes that stand at this time.
    pub fn at(&self, now: Time) -> impl Iterator<Item = &Note> {
        self.0
            .iter()
            .filter(move |note| note.code_at(now).is_some())
    }

    /// Returns the note of a subject.
    pub fn get(&self, subject: &str) -> Option<&Note> {
        self.0.iter().find(|note| note.subject == subject)
    }

    /// Takes a fact, and tells whether it is news. A fact older than the known one changes nothing.
    pub fn tell(&mut self, note: Note) -> bool {
        match self
            .0
            .binary_search_by(|old| old.subject.cmp(&note.subject))
        {
            Ok(place) => match self.0.get_mut(place) {
                Some(old) if old.at <= note.at => {
                    *old = note;
                    true
                }
                _ => false,
            },
            Err(place) => {
                self.0.insert(place, note);
                self.shorten();
                true
            }
        }
    }

    /// Drops the oldest note beyond the bound, first among notes that do not stand.
    fn shorten(&mut self) {
        if self.0.len() <= MAX_NOTES {
            return;
        }
        let oldest = self.0.iter().enumerate();
        let oldest = oldest.min_by_key(|(_, note)| (note.code.is_some(), note.at));
        if let Some((place, _)) = oldest {
            self.0.remove(place);
        }
    }

    /// Notes that Meta answered with this account's access at this time.
    pub fn access_is_proven(&mut self, now: Time) {
        for note in &mut self.0 {
            if note.subject.starts_with(ACCESS) && note.at <= now {
                *note = Note::cleared(std::mem::take(&mut note.subject), now);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        Time::from_timestamp(seconds, 0).unwrap_or_default()
    }

    #[test]
    fn an_older_fact_never_undoes_a_newer_one_of_its_subject() {
        let mut standing = Standing::default();
        assert!(standing.tell(Note::cleared("ban", at(10))));
        assert!(!standing.tell(Note::standing("ban", at(9), WABA_DISABLED)));
        assert_eq!(standing.at(at(20)).count(), 0);
        assert!(standing.tell(Note::standing("access:app", at(9), ACCESS_REMOVED)));
        assert!(standing.tell(Note::standing("ban", at(10), WABA_DISABLED)));
        assert_eq!(standing.at(at(20)).count(), 2);
        standing.access_is_proven(at(21));
        let left: Vec<_> = standing.at(at(22)).map(|note| &*note.subject).collect();
        assert_eq!(left, ["ban"], "only the question for access clears access");
    }

    #[test]
    fn what_has_an_end_ends_by_itself() {
        let mut standing = Standing::default();
        standing.tell(Note {
            until: Some(at(100)),
            ..Note::standing("restriction:A", at(1), WABA_RESTRICTED)
        });
        assert_eq!(standing.at(at(99)).count(), 1);
        assert_eq!(standing.at(at(100)).count(), 0);
    }

    #[test]
    fn the_notes_are_bounded_and_what_stands_is_forgotten_last() {
        let mut standing = Standing::default();
        standing.tell(Note::standing("ban", at(0), WABA_DISABLED));
        for n in 0..500 {
            standing.tell(Note::cleared(format!("alert:{n}"), at(n)));
        }
        assert_eq!(standing.notes().len(), MAX_NOTES);
        assert!(standing.get("ban").is_some());
    }
}
