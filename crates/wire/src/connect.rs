//! Beginning to connect, and coming back.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    account::Account,
    session::{ConnectSession, ConnectStatus},
};

/// What the browser needs to reach Meta: the address, or in SDK mode what Meta's SDK is called with.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectStart {
    pub session_id: Uuid,
    /// Until when the person must have logged in.
    pub expires_at: DateTime<Utc>,
    /// Meta's login dialog: go there. Modes `redirect` and `popup`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_url: Option<String>,
    /// Meta's id of the app. Mode `sdk`, like all below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "v25.0")]
    pub graph_version: Option<String>,
    /// To be handed back with the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Where Meta's SDK is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sdk_url: Option<String>,
}

/// How a submitted code ended.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OauthAnswer {
    /// The login was taken: the number is connected, or a choice is to be made.
    pub success: bool,
    #[schema(example = "1 phone number is connected.")]
    pub message: String,
    /// How many numbers were connected.
    pub phone_numbers: usize,
    pub accounts: Vec<Account>,
    pub session_id: Uuid,
    pub status: ConnectStatus,
    pub session: ConnectSession,
}
