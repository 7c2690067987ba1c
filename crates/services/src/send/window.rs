//! Checks the window and the opt-out, by what is known of the person.

use wabakit_domain::{Time, conversation::Conversation};
use wabakit_ports::store::KnownAddressee;

use super::{
    SendError,
    draft::{Category, Draft},
};

/// Refuses messages that Meta would refuse: one that needs an open window and has none when it is due, and marketing
/// to a person who refuses it. A template's category says whether it is marketing; a template without one may be.
///
/// # Errors
/// [`SendError::WindowClosed`], [`SendError::OptedOut`].
pub(super) fn check(draft: &Draft, known: &KnownAddressee, now: Time) -> Result<(), SendError> {
    if draft.is_template() {
        let is_needed = matches!(
            draft.category,
            Some(Category::Utility | Category::Authentication)
        );
        let contact = known.contact.as_ref();
        return match contact.is_some_and(|contact| contact.opted_out) && !is_needed {
            true => Err(SendError::OptedOut),
            false => Ok(()),
        };
    }
    let until = known
        .conversation
        .as_ref()
        .and_then(Conversation::window_until);
    let due = draft.scheduled_at.unwrap_or(now);
    match draft.ignore_window || until.is_some_and(|until| until > due) {
        true => Ok(()),
        false => Err(SendError::WindowClosed { until }),
    }
}
