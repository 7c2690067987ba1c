//! Beginning to connect, and coming back.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use wabakit_domain::connect;
use wabakit_services::Begun;

use super::{
    account::Account,
    session::{ConnectSession, ConnectStatus},
};

/// How the person reaches Meta.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConnectMode {
    /// In the same window.
    #[default]
    Redirect,
    /// In a popup, whose last page tells its opener and closes.
    Popup,
    /// By Meta's JavaScript SDK: Embedded Signup.
    Sdk,
}

impl From<ConnectMode> for connect::ConnectMode {
    fn from(mode: ConnectMode) -> Self {
        match mode {
            ConnectMode::Redirect => Self::Redirect,
            ConnectMode::Popup => Self::Popup,
            ConnectMode::Sdk => Self::Sdk,
        }
    }
}

/// How to begin.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct BeginQuery {
    /// `redirect` without it.
    #[serde(default)]
    #[param(inline, required = false)]
    pub(crate) mode: ConnectMode,
    /// A host product's own callback page, from the allow-list. Ours without it.
    pub(crate) redirect_uri: Option<String>,
    /// Where the callback sends the browser, from the allow-list. The front end without it.
    pub(crate) return_to: Option<String>,
    /// Our id of the Meta app. The platform's without it.
    pub(crate) meta_app_id: Option<Uuid>,
}

/// What the browser needs to reach Meta: the address, or in SDK mode what Meta's SDK is called with.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectStart {
    session_id: Uuid,
    /// Until when the person must have logged in.
    expires_at: DateTime<Utc>,
    /// Meta's login dialog: go there. Modes `redirect` and `popup`.
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_url: Option<String>,
    /// Meta's id of the app. Mode `sdk`, like all below.
    #[serde(skip_serializing_if = "Option::is_none")]
    app_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    config_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "v25.0")]
    graph_version: Option<String>,
    /// To be handed back with the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    /// Where Meta's SDK is.
    #[serde(skip_serializing_if = "Option::is_none")]
    sdk_url: Option<String>,
}

impl ConnectStart {
    pub(crate) fn of(begun: Begun, mode: ConnectMode) -> Self {
        let sdk = matches!(mode, ConnectMode::Sdk);
        Self {
            session_id: begun.session.uuid(),
            expires_at: begun.expires_at,
            auth_url: (!sdk).then_some(begun.auth_url),
            app_id: sdk.then_some(begun.app_id),
            config_id: begun.config_id.filter(|_| sdk),
            graph_version: sdk.then_some(begun.sdk.graph_version),
            state: sdk.then_some(begun.state),
            sdk_url: sdk.then_some(begun.sdk.sdk_url),
        }
    }
}

/// What Meta's redirect carries.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CallbackQuery {
    /// The login's code.
    #[param(value_type = Option<String>)]
    pub(crate) code: Option<SecretString>,
    /// The signed state of the session.
    pub(crate) state: Option<String>,
    /// Why there is no code.
    pub(crate) error: Option<String>,
    /// In Meta's words.
    pub(crate) error_description: Option<String>,
}

/// A code that a browser got itself, with what Embedded Signup's message said.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OauthSubmission {
    #[schema(value_type = String)]
    pub(crate) code: SecretString,
    /// The state that the beginning gave.
    pub(crate) state: String,
    pub(crate) waba_id: Option<String>,
    pub(crate) phone_number_id: Option<String>,
    pub(crate) business_id: Option<String>,
    #[schema(example = "FINISH")]
    pub(crate) event: Option<String>,
}

/// How a submitted code ended.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OauthAnswer {
    /// The login was taken: the number is connected, or a choice is to be made.
    success: bool,
    #[schema(example = "1 phone number is connected.")]
    message: String,
    /// How many numbers were connected.
    phone_numbers: usize,
    accounts: Vec<Account>,
    session_id: Uuid,
    status: ConnectStatus,
    session: ConnectSession,
}

impl OauthAnswer {
    pub(crate) fn of(session: ConnectSession) -> Self {
        let accounts = session.accounts.clone();
        Self {
            success: true,
            message: match session.status {
                ConnectStatus::Completed if accounts.len() == 1 => {
                    "1 phone number is connected.".to_owned()
                }
                ConnectStatus::Completed => {
                    format!("{} phone numbers are connected.", accounts.len())
                }
                ConnectStatus::AwaitingChoice => "Choose the numbers to connect.".to_owned(),
                _ => "The connection is being made.".to_owned(),
            },
            phone_numbers: accounts.len(),
            accounts,
            session_id: session.id,
            status: session.status,
            session,
        }
    }
}
