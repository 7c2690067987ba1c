//! Connect sessions: the steps as they run, what was found, how it ended.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_domain::{Time, connect, ids::BusinessId};

use super::account::{Account, Reason};
use crate::problem::MetaError;

/// The steps, in their order.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConnectStepName {
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

impl From<connect::Step> for ConnectStepName {
    fn from(step: connect::Step) -> Self {
        match step {
            connect::Step::ExchangeCode => Self::ExchangeCode,
            connect::Step::ExchangeLongLived => Self::ExchangeLongLived,
            connect::Step::InspectToken => Self::InspectToken,
            connect::Step::FindAssets => Self::FindAssets,
            connect::Step::Choose => Self::Choose,
            connect::Step::Subscribe => Self::Subscribe,
            connect::Step::Register => Self::Register,
            connect::Step::ReadHealth => Self::ReadHealth,
            connect::Step::Activate => Self::Activate,
        }
    }
}

/// Where a step stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConnectStepState {
    Pending,
    Running,
    Done,
    /// Not needed here; `detail` says why.
    Skipped,
    Failed,
}

/// Why a step or a session failed.
#[derive(Serialize, ToSchema)]
pub(crate) struct StepProblem {
    /// Stable: one of the refusal codes.
    #[schema(example = "missing_scope")]
    code: &'static str,
    title: &'static str,
    detail: String,
    remedy: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<MetaError>,
}

impl From<connect::Problem> for StepProblem {
    fn from(problem: connect::Problem) -> Self {
        Self {
            code: problem.refusal.code(),
            title: problem.refusal.title(),
            detail: problem.detail(),
            remedy: problem.refusal.remedy(),
            meta: problem.meta.map(MetaError::from),
        }
    }
}

/// A step of a session.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectStep {
    step: ConnectStepName,
    state: ConnectStepState,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<DateTime<Utc>>,
    /// What it found, or why it was skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<StepProblem>,
}

impl From<connect::StepRecord> for ConnectStep {
    fn from(record: connect::StepRecord) -> Self {
        Self {
            step: record.step.into(),
            state: match record.state {
                connect::StepState::Pending => ConnectStepState::Pending,
                connect::StepState::Running => ConnectStepState::Running,
                connect::StepState::Done => ConnectStepState::Done,
                connect::StepState::Skipped => ConnectStepState::Skipped,
                connect::StepState::Failed => ConnectStepState::Failed,
            },
            started_at: record.started_at,
            finished_at: record.finished_at,
            detail: record.detail,
            problem: record.problem.map(StepProblem::from),
        }
    }
}

/// A number that the login can reach.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Candidate {
    phone_number_id: String,
    display_phone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    verified_name: Option<String>,
    waba_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    waba_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quality_rating: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_verification_status: Option<String>,
    is_coexistence: bool,
    /// Whether it can be picked.
    selectable: bool,
    /// Why it cannot be picked.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// It is connected here already: picking it reconnects it.
    already_connected: bool,
}

impl From<connect::Candidate> for Candidate {
    fn from(candidate: connect::Candidate) -> Self {
        Self {
            selectable: candidate.is_selectable(),
            reason: candidate.unselectable.map(|why| Reason {
                code: why.refusal().code().to_owned(),
                detail: why.refusal().detail().to_owned(),
                remedy: Some(why.refusal().remedy().to_owned()),
            }),
            phone_number_id: candidate.phone_number_id.into_string(),
            display_phone: candidate.display_phone_number,
            verified_name: candidate.verified_name,
            waba_id: candidate.waba_id.into_string(),
            waba_name: candidate.waba_name,
            business_id: candidate.business_id.map(BusinessId::into_string),
            business_name: candidate.business_name,
            quality_rating: candidate.health.quality_rating,
            status: candidate.health.status,
            code_verification_status: candidate.health.code_verification_status,
            is_coexistence: candidate.health.is_coexistence,
            already_connected: candidate.already_connected,
        }
    }
}

/// Where a session stands.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConnectStatus {
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

impl From<connect::ConnectStatus> for ConnectStatus {
    fn from(status: connect::ConnectStatus) -> Self {
        match status {
            connect::ConnectStatus::AwaitingLogin => Self::AwaitingLogin,
            connect::ConnectStatus::AwaitingConfirmation => Self::AwaitingConfirmation,
            connect::ConnectStatus::Running => Self::Running,
            connect::ConnectStatus::AwaitingChoice => Self::AwaitingChoice,
            connect::ConnectStatus::Failed => Self::Failed,
            connect::ConnectStatus::Completed => Self::Completed,
            connect::ConnectStatus::Cancelled => Self::Cancelled,
            connect::ConnectStatus::Expired => Self::Expired,
        }
    }
}

/// How the person reaches Meta.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SessionMode {
    Redirect,
    Popup,
    Sdk,
    /// Not at all: a token was pasted.
    Manual,
}

/// One attempt to connect.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectSession {
    pub(crate) id: Uuid,
    pub(crate) status: ConnectStatus,
    mode: SessionMode,
    created_at: DateTime<Utc>,
    /// When it is cleaned up, if nobody finishes it.
    expires_at: DateTime<Utc>,
    /// Who began.
    started_by: Uuid,
    steps: Vec<ConnectStep>,
    candidates: Vec<Candidate>,
    /// The phone number ids that were chosen.
    chosen: Vec<String>,
    /// What is connected, once completed.
    pub(crate) accounts: Vec<Account>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<StepProblem>,
    /// Going on can help.
    can_resume: bool,
    /// It can be given up now.
    can_cancel: bool,
}

impl ConnectSession {
    pub(crate) fn of(session: connect::ConnectSession, accounts: Vec<Account>, now: Time) -> Self {
        Self {
            id: session.id.uuid(),
            status: session.status.into(),
            mode: match session.mode {
                connect::ConnectMode::Redirect => SessionMode::Redirect,
                connect::ConnectMode::Popup => SessionMode::Popup,
                connect::ConnectMode::Sdk => SessionMode::Sdk,
                connect::ConnectMode::Manual => SessionMode::Manual,
            },
            created_at: session.created_at,
            expires_at: session.expires_at,
            started_by: session.user.uuid(),
            can_resume: session.can_resume(now),
            can_cancel: session.can_cancel(now),
            problem: session.problem.map(StepProblem::from),
            chosen: session
                .progress
                .numbers
                .iter()
                .map(|number| number.phone_number_id.to_string())
                .collect(),
            steps: session
                .progress
                .steps
                .into_iter()
                .map(ConnectStep::from)
                .collect(),
            candidates: session
                .progress
                .candidates
                .into_iter()
                .map(Candidate::from)
                .collect(),
            accounts,
        }
    }
}

/// The numbers to connect.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Choice {
    #[schema(example = json!(["106540352242922"]))]
    pub(crate) phone_number_ids: Vec<String>,
}
