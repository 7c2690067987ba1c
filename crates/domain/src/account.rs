//! Accounts: one phone number connected to one organisation.

use serde::{Deserialize, Serialize};

use crate::{
    Time,
    ids::{AccountId, BusinessId, GrantId, OrgId, PhoneNumberId, WabaId},
    secret::SealedSecret,
    standing::{Standing, WABA_DISABLED, WABA_RESTRICTED},
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
    /// Tells whether the number is also used in the WhatsApp Business app. We never register such a number.
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

/// Returns the digits of a number in international form.
pub fn digits_of(display_phone_number: &str) -> String {
    display_phone_number
        .chars()
        .filter(char::is_ascii_digit)
        .collect()
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
    /// Tells whether it is connected. A number is active in one organisation at a time.
    pub is_active: bool,
    /// Tells whether it is the organisation's default for sending.
    pub is_default: bool,
    /// Tells whether the number must still be registered before it can send, after a wrong PIN for example.
    pub needs_registration: bool,
    /// The reason why it needs registration, or what the last check found wrong: one of our codes. What Meta's webhooks
    /// told is in `standing`: a check that does not ask about it does not clear it.
    pub problem: Option<String>,
    /// The two-step verification PIN that we set.
    pub registration_pin: Option<SealedSecret>,
    /// Meta's latest facts.
    pub health: NumberHealth,
    /// The latest facts from Meta's webhooks about the number, its WABA and our access.
    pub standing: Standing,
    /// The time when Meta was last asked.
    pub last_verified_at: Option<Time>,
    /// The time when it was last connected.
    pub connected_at: Time,
    /// The time when it was disconnected.
    pub disconnected_at: Option<Time>,
    /// The time when the row was created.
    pub created_at: Time,
    /// The time when the row was last changed.
    pub updated_at: Time,
    /// The row's version: the number of its changes.
    pub version: i64,
}

impl Account {
    /// Returns the digits of the display number, which stay when Meta gives the number another id.
    pub fn digits(&self) -> String {
        digits_of(&self.display_phone_number)
    }

    /// Returns the name that people see: the organisation's own, else WhatsApp's, else the number.
    pub fn shown_name(&self) -> &str {
        self.display_name
            .as_deref()
            .or(self.verified_name.as_deref())
            .unwrap_or(&self.display_phone_number)
    }

    /// Returns the number's status as it is to be shown: Meta's for the number, unless its whole WABA is disabled or
    /// restricted, which the number's own status need not say.
    pub fn shown_status(&self, now: Time) -> Option<&str> {
        let own = self.health.status.as_deref();
        let stands = |code| {
            self.standing
                .at(now)
                .any(|note| note.code.as_deref() == Some(code))
        };
        match own {
            _ if stands(WABA_DISABLED) => Some("BANNED"),
            None | Some("CONNECTED") if stands(WABA_RESTRICTED) => Some("RESTRICTED"),
            own => own,
        }
    }

    /// Judges the number's own status. `None` where nothing is wrong with it, or Meta has not told it.
    pub fn judgement(&self) -> Option<StatusJudgement> {
        let judged = StatusJudgement::of(self.health.status.as_deref()?)?;
        // For some minutes after a registration Meta still shows the number's former status.
        let is_fresh = self
            .last_verified_at
            .is_none_or(|at| at <= self.connected_at);
        (judged.code != "number_pending" || !is_fresh).then_some(judged)
    }

    /// Returns the code of the most urgent thing that keeps the number from working, besides its login.
    pub fn trouble(&self, now: Time) -> Option<&str> {
        let told = self.standing.at(now).find(|note| note.is_critical());
        let found = self.problem.as_deref();
        let judged = || self.judgement().filter(|judged| judged.is_critical);
        told.and_then(|note| note.code.as_deref())
            .or(found)
            .or_else(|| judged().map(|judged| judged.code))
    }
}

/// The meaning of a number's status at Meta for its use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StatusJudgement {
    /// One of our codes.
    pub code: &'static str,
    /// Tells whether the number does not work, so that somebody must act.
    pub is_critical: bool,
}

impl StatusJudgement {
    /// Judges Meta's word. `None` for a number that works.
    pub fn of(status: &str) -> Option<Self> {
        let critical = |code| {
            Some(Self {
                code,
                is_critical: true,
            })
        };
        let warning = |code| {
            Some(Self {
                code,
                is_critical: false,
            })
        };
        match status.to_ascii_uppercase().as_str() {
            "" | "CONNECTED" | "LINKED" => None,
            "PENDING" => critical("number_pending"),
            "DISCONNECTED" | "UNLINKED" => critical("number_disconnected"),
            "UNVERIFIED" => critical("number_unverified"),
            "RESTRICTED" => critical("number_restricted"),
            "BANNED" => critical("number_banned"),
            "DELETED" => critical("number_deleted"),
            "MIGRATED" => critical("number_migrated"),
            "FLAGGED" => warning("number_flagged"),
            "RATE_LIMITED" => warning("number_rate_limited"),
            // Meta may add words. An unknown one gives a warning and blocks nothing.
            _ => warning("number_status_unknown"),
        }
    }
}
