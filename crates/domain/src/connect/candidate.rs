//! What a connect session found, and what it did to each.

use serde::{Deserialize, Serialize};

use super::{Problem, Refusal};
use crate::{
    account::NumberHealth,
    ids::{BusinessId, PhoneNumberId, WabaId},
    secret::SealedSecret,
};

/// Why a number that was found cannot be picked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unselectable {
    /// It was never verified by a code.
    NotVerified,
    /// It is active in another organisation.
    InUse,
}

impl Unselectable {
    /// The refusal that says it in words.
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
    /// The business portfolio, where Meta told.
    pub business_id: Option<BusinessId>,
    /// The portfolio's name.
    pub business_name: Option<String>,
    /// What Meta says of it.
    pub health: NumberHealth,
    /// Why it cannot be picked, if so.
    pub unselectable: Option<Unselectable>,
    /// It is connected in this organisation already: picking it reconnects it.
    pub already_connected: bool,
    /// It is active in another organisation whose grant is dead: picking it takes it over.
    pub takes_over: bool,
}

impl Candidate {
    /// Whether it can be picked.
    pub const fn is_selectable(&self) -> bool {
        self.unselectable.is_none()
    }
}

/// What a session did to a chosen number.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NumberProgress {
    /// Which number.
    pub phone_number_id: PhoneNumberId,
    /// The PIN that it is registered with: sealed and stored before Meta hears of it.
    pub pin: Option<SealedSecret>,
    /// The PIN was given by a person, not generated.
    #[serde(default)]
    pub pin_given: bool,
    /// This session called register and Meta accepted: giving up deregisters.
    pub registered_by_us: bool,
    /// Registering failed in a way that leaves the number connected but unregistered.
    pub registration_problem: Option<Problem>,
    /// What Meta said last.
    pub health: Option<NumberHealth>,
}

impl NumberProgress {
    /// A number that was just chosen.
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

/// What a session did to a WABA.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WabaProgress {
    /// Which WABA.
    pub waba_id: WabaId,
    /// This session subscribed the app, which was not subscribed before: giving up unsubscribes.
    pub subscribed_by_us: bool,
    /// The app is subscribed, read back from Meta.
    pub confirmed: bool,
}
