//! Accounts: one phone number connected to one organisation.

use serde::{Deserialize, Serialize};

use crate::{
    Time,
    ids::{AccountId, BusinessId, GrantId, OrgId, PhoneNumberId, WabaId},
    secret::SealedSecret,
};

/// Meta's facts about a number. Every value is an open set, kept in Meta's words.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct NumberHealth {
    /// `quality_rating`: GREEN, YELLOW, RED, UNKNOWN.
    pub quality_rating: Option<String>,
    /// `status`: CONNECTED, PENDING, …
    pub status: Option<String>,
    /// `throughput.level`: STANDARD, HIGH.
    pub throughput_level: Option<String>,
    /// `whatsapp_business_manager_messaging_limit`: TIER_250, …
    pub messaging_limit: Option<String>,
    /// `name_status`: APPROVED, …
    pub name_status: Option<String>,
    /// `code_verification_status`: VERIFIED, NOT_VERIFIED, EXPIRED.
    pub code_verification_status: Option<String>,
    /// Whether the number is also used in the WhatsApp Business app. We never register such a number.
    pub is_coexistence: bool,
}

impl NumberHealth {
    /// Tells whether Meta says that the number is registered for Cloud API.
    pub fn is_connected(&self) -> bool {
        self.status.as_deref() == Some("CONNECTED")
    }
    /// Tells whether Meta says that the owner never verified the number by a code.
    pub fn is_unverified(&self) -> bool {
        !self.is_coexistence
            && !self.is_connected()
            && matches!(
                self.code_verification_status.as_deref(),
                Some("NOT_VERIFIED" | "UNVERIFIED")
            )
    }
}

/// A phone number that an organisation connected: a row of `whatsapp_accounts`.
#[derive(Clone, PartialEq, Debug)]
pub struct Account {
    /// Our id.
    pub id: AccountId,
    /// The tenant.
    pub org: OrgId,
    /// The grant that it uses.
    pub grant: GrantId,
    /// Meta's id of the number.
    pub phone_number_id: PhoneNumberId,
    /// The WABA that holds the number.
    pub waba_id: WabaId,
    /// The WABA's name.
    pub waba_name: Option<String>,
    /// The business portfolio, if Meta named it.
    pub business_id: Option<BusinessId>,
    /// The portfolio's name.
    pub business_name: Option<String>,
    /// The number in international form, in Meta's format.
    pub display_phone_number: String,
    /// The name that WhatsApp shows.
    pub verified_name: Option<String>,
    /// The name that the organisation gave it.
    pub display_name: Option<String>,
    /// Whether it is connected. A number is active in one organisation at a time.
    pub is_active: bool,
    /// Whether it is the organisation's default for sending.
    pub is_default: bool,
    /// Whether the number must still be registered before it can send, after a wrong PIN for example.
    pub needs_registration: bool,
    /// Why it needs registration, or what the last check found wrong: one of our codes.
    pub problem: Option<String>,
    /// The two-step verification PIN that we set.
    pub registration_pin: Option<SealedSecret>,
    /// Meta's latest facts.
    pub health: NumberHealth,
    /// When Meta was last asked.
    pub last_verified_at: Option<Time>,
    /// When it was last connected.
    pub connected_at: Time,
    /// When it was disconnected.
    pub disconnected_at: Option<Time>,
    /// When the row was created.
    pub created_at: Time,
    /// When the row was last changed.
    pub updated_at: Time,
    /// The row's version: the number of its changes.
    pub version: i64,
}

impl Account {
    /// Returns the name that people see: the organisation's own, else WhatsApp's, else the number.
    pub fn shown_name(&self) -> &str {
        self.display_name
            .as_deref()
            .or(self.verified_name.as_deref())
            .unwrap_or(&self.display_phone_number)
    }
}
