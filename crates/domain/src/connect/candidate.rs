//! The numbers that a connect session found, and its changes to numbers and WABAs at Meta.

use serde::{Deserialize, Serialize};

use super::{Problem, Refusal};
use crate::{
    account::NumberHealth,
    ids::{BusinessId, PhoneNumberId, WabaId},
    secret::SealedSecret,
};

/// The reason why a number cannot be chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unselectable {
    /// The owner never verified it by a code.
    NotVerified,
    /// It is active in another organisation.
    InUse,
}

impl Unselectable {
    /// Returns the refusal that explains it.
    pub const fn refusal(self) -> Refusal {
        match self {
            Self::NotVerified => Refusal::NumberNotVerified,
            Self::InUse => Refusal::NumberInUse,
        }
    }
}

/// A number that the login can reach.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Candidate {
    /// Meta's id of the number.
    pub phone_number_id: PhoneNumberId,
    /// The number in international form.
    pub display_phone_number: String,
    /// The name that WhatsApp shows.
    pub verified_name: Option<String>,
    /// The WABA that holds it.
    pub waba_id: WabaId,
    /// The WABA's name.
    pub waba_name: Option<String>,
    /// The business portfolio, if Meta named it.
    pub business_id: Option<BusinessId>,
    /// The portfolio's name.
    pub business_name: Option<String>,
    /// Meta's facts about it.
    pub health: NumberHealth,
    /// The reason why it cannot be chosen, if it cannot.
    pub unselectable: Option<Unselectable>,
    /// Tells whether it is connected in this organisation already. Choosing it reconnects it.
    pub already_connected: bool,
    /// Tells whether it is active in another organisation whose grant is dead. Choosing it takes it over.
    pub takes_over: bool,
}

impl Candidate {
    /// Tells whether it can be chosen.
    pub const fn is_selectable(&self) -> bool {
        self.unselectable.is_none()
    }
}

/// A session's changes to a chosen number.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NumberProgress {
    /// The number.
    pub phone_number_id: PhoneNumberId,
    /// The PIN that it is registered with: sealed and stored before Meta hears of it.
    pub pin: Option<SealedSecret>,
    /// Tells whether a person gave the PIN. Otherwise we generated it.
    #[serde(default)]
    pub pin_given: bool,
    /// Tells whether Meta accepted this session's registration. Giving the session up then deregisters the number.
    pub registered_by_us: bool,
    /// The reason why registering failed, if the number is connected but not registered.
    pub registration_problem: Option<Problem>,
    /// Meta's latest facts.
    pub health: Option<NumberHealth>,
}

impl NumberProgress {
    /// Creates the record of a number that was just chosen.
    pub const fn new(phone_number_id: PhoneNumberId) -> Self {
        Self {
            phone_number_id,
            pin: None,
            pin_given: false,
            registered_by_us: false,
            registration_problem: None,
            health: None,
        }
    }
}

/// A session's changes to a WABA.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WabaProgress {
    /// The WABA.
    pub waba_id: WabaId,
    /// Tells whether this session subscribed the app, which was not subscribed before. Giving the session up then
    /// unsubscribes it.
    pub subscribed_by_us: bool,
    /// Tells whether Meta confirmed the subscription when we read it back.
    pub confirmed: bool,
}
