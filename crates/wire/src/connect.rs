//! The start of a connect session and the submission of its code.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    account::Account,
    session::{ConnectSession, ConnectStatus},
};

/// A started connect session: the address of Meta's dialog, or the parameters for Meta's SDK.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectStart {
    pub session_id: Uuid,
    /// The time by which the person must have logged in.
    pub expires_at: DateTime<Utc>,
    /// The address of Meta's login dialog. Set in the modes `redirect` and `popup`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_url: Option<String>,
    /// Meta's id of the app. This and the fields below are set in the mode `sdk`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "v25.0")]
    pub graph_version: Option<String>,
    /// The state to submit with the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The address of Meta's SDK.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sdk_url: Option<String>,
}

/// The answer to a submitted code.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OauthAnswer {
    /// Whether numbers are connected. False if the session is not finished.
    pub success: bool,
    #[schema(example = "1 phone number is connected.")]
    pub message: String,
    /// The number of phone numbers that were connected.
    pub phone_numbers: usize,
    pub accounts: Vec<Account>,
    pub session_id: Uuid,
    pub status: ConnectStatus,
    pub session: ConnectSession,
}
