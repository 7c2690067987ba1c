//! The record of a connect session: its fixed facts, its state, and its progress.

use serde::{Deserialize, Serialize};

use super::{Candidate, NumberProgress, SessionState, Step, StepRecord, WabaProgress};
use crate::{
    Time,
    identity::TokenHash,
    ids::{BusinessId, ConnectSessionId, MetaAppId, OrgId, PhoneNumberId, UserId, WabaId},
};

/// The way in which a person reaches Meta's dialog.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectMode {
    /// In the same window, by redirects.
    Redirect,
    /// In a popup, by redirects.
    Popup,
    /// By Meta's JavaScript SDK: Embedded Signup. The code comes without a redirect address.
    Sdk,
    /// Without Meta's dialog: a person pasted a token. The session begins at its inspection.
    Manual,
}

impl ConnectMode {
    /// Returns the stored name, which is also the API's.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Redirect => "redirect",
            Self::Popup => "popup",
            Self::Sdk => "sdk",
            Self::Manual => "manual",
        }
    }
    /// Reads a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "redirect" => Self::Redirect,
            "popup" => Self::Popup,
            "sdk" => Self::Sdk,
            "manual" => Self::Manual,
            _ => return None,
        })
    }
}

/// The mark that binds the callback to the browser that began.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrowserBinding {
    /// The browser holds our nonce. A callback without it is refused.
    Nonce,
    /// The browser could not take the nonce, because init was called from another site or by a program. A callback
    /// without it waits for the person who began.
    Confirmation,
}

/// The choice in Embedded Signup's message. It is a hint, never trusted alone.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct SignupHints {
    /// `waba_id`.
    pub waba_id: Option<WabaId>,
    /// `phone_number_id`.
    pub phone_number_id: Option<PhoneNumberId>,
    /// `business_id`.
    pub business_id: Option<BusinessId>,
    /// The event, such as `FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING`.
    pub event: Option<String>,
}

/// The progress of a session: its steps, and what they found and changed at Meta.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Progress {
    /// One record for each step, in order.
    pub steps: Vec<StepRecord>,
    /// The numbers that the login can reach.
    pub candidates: Vec<Candidate>,
    /// The chosen numbers.
    pub numbers: Vec<NumberProgress>,
    /// The WABAs of the chosen numbers.
    pub wabas: Vec<WabaProgress>,
    /// The hints from Embedded Signup, or the number that a person entered by hand.
    pub hints: SignupHints,
    /// The WABAs in the token's granular scopes.
    #[serde(default)]
    pub granted_wabas: Vec<WabaId>,
    /// Tells whether the login is proved to be by the person who began.
    #[serde(default)]
    pub confirmed: bool,
    /// Tells whether the person wants all numbers that can be connected.
    #[serde(default)]
    pub wants_all: bool,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            steps: Step::ALL.into_iter().map(StepRecord::pending).collect(),
            candidates: Vec::new(),
            numbers: Vec::new(),
            wabas: Vec::new(),
            hints: SignupHints::default(),
            granted_wabas: Vec::new(),
            confirmed: false,
            wants_all: false,
        }
    }
}

/// A session as it is stored and read. [`super::ConnectSession`] changes it.
#[derive(Clone, PartialEq, Debug)]
pub struct SessionRecord {
    /// Our id.
    pub id: ConnectSessionId,
    /// The tenant.
    pub org: OrgId,
    /// The person who began.
    pub user: UserId,
    /// The app that they log in to.
    pub meta_app: MetaAppId,
    /// The way in which the person reaches Meta.
    pub mode: ConnectMode,
    /// The mark that binds the callback to the person's browser.
    pub binding: BrowserBinding,
    /// The hash of the nonce that their browser holds.
    pub nonce: TokenHash,
    /// The redirect address of the dialog, which the exchange repeats. None in SDK mode.
    pub redirect_uri: Option<String>,
    /// The address that the callback sends the browser to.
    pub return_to: Option<String>,
    /// The state.
    pub state: SessionState,
    /// The progress so far.
    pub progress: Progress,
    /// The time when it began.
    pub created_at: Time,
    /// The time when it expires.
    pub expires_at: Time,
    /// The time when the row was last changed.
    pub updated_at: Time,
    /// The row's version. A save with an old version is refused.
    pub version: i64,
}
