//! The guards of a message: checks by what is known of the recipient whether Meta would accept it, when it is queued
//! and when it is due.

use wabakit_domain::{
    Time, conversation::Conversation, explain::NUMBER_PASSED_ON, inbound::MetaFault,
    outbound::SendGuard,
};
use wabakit_ports::store::{DueMessage, KnownAddressee};

use super::{
    SendError,
    draft::{Category, Draft},
};

/// Meta's codes of the refusals that the guards foresee.
const WINDOW_CLOSED: i64 = 131_047;
const OPTED_OUT: i64 = 131_050;

/// Returns the guard of a message. A message that is no template needs an open window, unless it ignores ours. A
/// template needs a recipient who has not opted out of marketing, unless its category says that it is no marketing.
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

/// Refuses a message that Meta would refuse when it is due.
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

/// Returns the error of a message that may not be sent any more: Meta's code or ours, with the words of the refusal at
/// submission. `None` if it may be sent.
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
