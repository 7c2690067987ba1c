//! Connect sessions: their steps, the numbers that the login can reach, and the result.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    account::{Account, Reason},
    problem::MetaError,
};

/// The steps of a connect session, in their order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectStepName {
    ExchangeCode,
    ExchangeLongLived,
    InspectToken,
    FindAssets,
    Choose,
    Subscribe,
    Register,
    ReadHealth,
    Activate,
}

/// The state of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectStepState {
    Pending,
    Running,
    Done,
    /// The step is not needed. `detail` says why.
    Skipped,
    Failed,
}

/// The reason why a step or a session failed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct StepProblem {
    /// A stable code: one of the refusals.
    #[schema(example = "missing_scope")]
    pub code: String,
    pub title: String,
    pub detail: String,
    pub remedy: String,
    /// Who can carry out the remedy: `person`, `admin`, `operator`, or `meta` if only time helps.
    #[schema(example = "person")]
    pub who: String,
    /// The address of the documentation.
    pub docs: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<MetaError>,
}

/// A step of a connect session.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectStep {
    pub step: ConnectStepName,
    pub state: ConnectStepState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<DateTime<Utc>>,
    /// The result of the step, or the reason why it was skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<StepProblem>,
}

/// A number that the login can reach.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    pub phone_number_id: String,
    pub display_phone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_name: Option<String>,
    pub waba_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waba_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality_rating: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_verification_status: Option<String>,
    pub is_coexistence: bool,
    /// Whether the number can be chosen.
    pub selectable: bool,
    /// The reason why the number cannot be chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Whether the number is already connected. Choosing it connects it again.
    pub already_connected: bool,
}

/// The state of a connect session.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectStatus {
    /// The person is in Meta's login dialog.
    AwaitingLogin,
    /// The login ended in another browser than the one that began. The person who began must confirm it.
    AwaitingConfirmation,
    Running,
    /// The login can reach several numbers. The person must choose.
    AwaitingChoice,
    Failed,
    Completed,
    Cancelled,
    Expired,
}

/// The way in which the person logs in at Meta.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionMode {
    Redirect,
    Popup,
    Sdk,
    /// No login: a person pasted a token.
    Manual,
}

/// A connect session: one attempt to connect numbers.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectSession {
    pub id: Uuid,
    pub status: ConnectStatus,
    pub mode: SessionMode,
    pub created_at: DateTime<Utc>,
    /// The time at which an unfinished session ends and is undone.
    pub expires_at: DateTime<Utc>,
    /// The id of the person who began the session.
    pub started_by: Uuid,
    pub steps: Vec<ConnectStep>,
    pub candidates: Vec<Candidate>,
    /// Meta's ids of the numbers that were chosen.
    pub chosen: Vec<String>,
    /// The accounts that the session connected.
    pub accounts: Vec<Account>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<StepProblem>,
    /// Whether the session can be resumed.
    pub can_resume: bool,
    /// Whether the session can be given up now.
    pub can_cancel: bool,
}
