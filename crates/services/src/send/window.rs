//! Whether Meta would take a message from what is known of the person: asked when it is queued, and when it goes.

use wabakit_domain::{
    Time, conversation::Conversation, explain::NUMBER_PASSED_ON, inbound::MetaFault,
    outbound::SendGuard,
};
use wabakit_ports::store::{DueMessage, KnownAddressee};

use super::{
    SendError,
    draft::{Category, Draft},
};

/// Meta's codes for what the guards foresee.
const WINDOW_CLOSED: i64 = 131_047;
const OPTED_OUT: i64 = 131_050;

/// What is asked of a message: an open window, where it needs one and does not say that it ignores ours; that the
/// person takes marketing, where it is a template that may be some. A template says by its category whether it is;
/// one that says nothing may be.
pub(super) fn guard(draft: &Draft) -> Option<SendGuard> {
    if draft.is_template() {
        let is_needed = matches!(
            draft.category,
            Some(Category::Utility | Category::Authentication)
        );
        return (!is_needed).then_some(SendGuard::NoOptOut);
    }
    (!draft.ignore_window).then_some(SendGuard::OpenWindow)
}

/// Refuses what Meta would when the message is due.
///
/// # Errors
/// [`SendError::WindowClosed`], [`SendError::OptedOut`].
pub(super) fn check(draft: &Draft, known: &KnownAddressee, now: Time) -> Result<(), SendError> {
    let until = known
        .conversation
        .as_ref()
        .and_then(Conversation::window_until);
    let opted_out = known.contact.as_ref().is_some_and(|one| one.opted_out);
    let due = draft.scheduled_at.unwrap_or(now);
    match guard(draft) {
        Some(guard) if !guard.holds(due, until, opted_out) => Err(refusal(guard, until)),
        _ => Ok(()),
    }
}

/// Why a message fails that may not go any more: Meta's code or ours, and the words that its submission would have been
/// refused with. `None` for one that may go.
pub(super) fn fault(due: &DueMessage, now: Time) -> Option<MetaFault> {
    if due.may_go(now) {
        return None;
    }
    let (code, title, words) = match due.guard {
        _ if due.is_passed_on => {
            let words = "This number is somebody else's now, so the message was not sent to it.";
            (NUMBER_PASSED_ON, "number_passed_on", words.to_owned())
        }
        Some(guard) => {
            let refusal = refusal(guard, due.window_until);
            let code = match guard {
                SendGuard::OpenWindow => WINDOW_CLOSED,
                SendGuard::NoOptOut => OPTED_OUT,
            };
            (code, refusal.code(), refusal.to_string())
        }
        None => return None,
    };
    Some(MetaFault {
        code,
        title: Some(title.to_owned()),
        message: Some(words),
        details: None,
        href: None,
    })
}

const fn refusal(guard: SendGuard, until: Option<Time>) -> SendError {
    match guard {
        SendGuard::OpenWindow => SendError::WindowClosed { until },
        SendGuard::NoOptOut => SendError::OptedOut,
    }
}
