//! Items that cannot be applied, and why.

use super::{Item, identity};
use crate::{contact::ContactKey, ids::AccountId, inbound::Fact};

/// The reason why an item cannot be applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// It is about a message, and names none of our numbers.
    #[error("it names no number")]
    NoNumber,
    /// It is about a person, and does not identify them.
    #[error("it tells neither phone nor user id")]
    Nobody,
    /// The field or shape is not modelled.
    #[error("it is not modelled")]
    Unsupported,
    /// A message of ours is missing, or its state does not allow the act.
    #[error("the message does not stand where it must")]
    WrongState,
}

impl Refused {
    /// Returns the code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoNumber => "no_number",
            Self::Nobody => "no_sender",
            Self::Unsupported => "unsupported",
            Self::WrongState => "wrong_state",
        }
    }
}

/// Checks whether an item can be applied at all. [`plan`](super::plan) refuses the same items, and besides them only
/// acts upon a message of ours whose state does not allow it.
///
/// # Errors
/// [`Refused`], with the reason.
pub fn check(item: &Item) -> Result<(), Refused> {
    match &item.fact {
        Fact::Unsupported { .. } => Err(Refused::Unsupported),
        Fact::Message(message) => {
            account_of(item)?;
            if let Some(told) = identity::identity(message) {
                return somebody(&[ContactKey::of(&told.now), told.former]);
            }
            match message.group_id.is_some() && message.party.is_nobody() {
                true => Ok(()),
                false => somebody(&[ContactKey::of(&message.party)]),
            }
        }
        Fact::Status(_) | Fact::Send(_) => account_of(item).map(drop),
        Fact::Compose(compose) => {
            account_of(item)?;
            match compose.group_id.is_some() {
                true => Ok(()),
                false => somebody(&[ContactKey::of(&compose.party)]),
            }
        }
        Fact::Call(call) => {
            account_of(item)?;
            match call.group_id.is_some() && call.party.is_nobody() {
                true => Ok(()),
                false => somebody(&[ContactKey::of(&call.party)]),
            }
        }
        Fact::ContactBook(entry) => somebody(&[ContactKey::of(&entry.party)]),
        Fact::UserId(change) => somebody(&[
            ContactKey::of(&change.party),
            identity::previous_keys(change),
        ]),
        Fact::Preference(preference) => somebody(&[ContactKey::of(&preference.party)]),
        Fact::Faults(_)
        | Fact::History { .. }
        | Fact::Management(_)
        | Fact::Group(_)
        | Fact::Test => Ok(()),
    }
}

fn somebody(keys: &[Vec<ContactKey>]) -> Result<(), Refused> {
    match keys.iter().all(Vec::is_empty) {
        true => Err(Refused::Nobody),
        false => Ok(()),
    }
}

/// Returns the account of a fact about one number.
pub(super) fn account_of(item: &Item) -> Result<AccountId, Refused> {
    match item.accounts.as_slice() {
        &[account] => Ok(account),
        _ => Err(Refused::NoNumber),
    }
}
