//! Connect sessions: the steps as they run, what was found, how it ended.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    account::{Account, Reason},
    problem::MetaError,
};

/// The steps, in their order.
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

/// Where a step stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectStepState {
    Pending,
    Running,
    Done,
    /// Not needed here; `detail` says why.
    Skipped,
    Failed,
}

/// Why a step or a session failed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct StepProblem {
    /// Stable: one of the refusal codes.
    #[schema(example = "missing_scope")]
    pub code: String,
    pub title: String,
    pub detail: String,
    pub remedy: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<MetaError>,
}

/// A step of a session.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectStep {
    pub step: ConnectStepName,
    pub state: ConnectStepState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<DateTime<Utc>>,
    /// What it found, or why it was skipped.
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
    /// Whether it can be picked.
    pub selectable: bool,
    /// Why it cannot be picked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// It is connected here already: picking it reconnects it.
    pub already_connected: bool,
}

/// Where a session stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectStatus {
    /// The person is at Meta.
    AwaitingLogin,
    /// The login came back in another browser: whoever began must confirm.
    AwaitingConfirmation,
    Running,
    /// Several numbers were found.
    AwaitingChoice,
    Failed,
    Completed,
    Cancelled,
    Expired,
}

/// How the person reaches Meta.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionMode {
    Redirect,
    Popup,
    Sdk,
    /// Not at all: a token was pasted.
    Manual,
}

/// One attempt to connect.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectSession {
    pub id: Uuid,
    pub status: ConnectStatus,
    pub mode: SessionMode,
    pub created_at: DateTime<Utc>,
    /// When it is cleaned up, if nobody finishes it.
    pub expires_at: DateTime<Utc>,
    /// Who began.
    pub started_by: Uuid,
    pub steps: Vec<ConnectStep>,
    pub candidates: Vec<Candidate>,
    /// The phone number ids that were chosen.
    pub chosen: Vec<String>,
    /// What is connected, once completed.
    pub accounts: Vec<Account>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<StepProblem>,
    /// Going on can help.
    pub can_resume: bool,
    /// It can be given up now.
    pub can_cancel: bool,
}
