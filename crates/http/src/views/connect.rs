//! Beginning to connect, and coming back.

use secrecy::SecretString;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use wabakit_domain::connect;

use super::given::a_value;

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
    /// More exactly, such as `user_denied`.
    pub(crate) error_reason: Option<String>,
    /// Meta's number of the error.
    pub(crate) error_code: Option<String>,
    /// In Meta's words.
    pub(crate) error_description: Option<String>,
    /// The same; some of Meta's dialogs call it so.
    pub(crate) error_message: Option<String>,
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
    /// `all` connects all numbers that can be, without a choice.
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) numbers: Option<WhichNumbers>,
}

/// Which of the found numbers to connect.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WhichNumbers {
    /// All that can be.
    All,
}
