//! Requests about beginning to connect and returning from Meta.

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
    /// In a popup, whose last page sends the result to its opener and closes.
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

/// The parameters of a new connect session.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct BeginQuery {
    /// How the person reaches Meta. The default is `redirect`.
    #[serde(default)]
    #[param(inline, required = false)]
    pub(crate) mode: ConnectMode,
    /// The callback page of a host product, from the allow-list. The default is ours.
    pub(crate) redirect_uri: Option<String>,
    /// The address that the callback sends the browser to, from the allow-list. The default is the front end.
    pub(crate) return_to: Option<String>,
    /// Our id of the Meta app. The default is the platform's app.
    pub(crate) meta_app_id: Option<Uuid>,
}

/// The parameters of Meta's redirect.
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
    /// The reason in more detail, such as `user_denied`.
    pub(crate) error_reason: Option<String>,
    /// Meta's number of the error.
    pub(crate) error_code: Option<String>,
    /// The error in Meta's words.
    pub(crate) error_description: Option<String>,
    /// The error in Meta's words. Some of Meta's dialogs use this name.
    pub(crate) error_message: Option<String>,
}

/// A code that a browser got itself, with the content of Embedded Signup's message.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OauthSubmission {
    #[schema(value_type = String)]
    pub(crate) code: SecretString,
    /// The state that `init` returned.
    pub(crate) state: String,
    pub(crate) waba_id: Option<String>,
    pub(crate) phone_number_id: Option<String>,
    pub(crate) business_id: Option<String>,
    #[schema(example = "FINISH")]
    pub(crate) event: Option<String>,
    /// `all` connects all numbers that can be connected, without asking which.
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) numbers: Option<WhichNumbers>,
}

/// The found numbers to connect.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WhichNumbers {
    /// All numbers that can be connected.
    All,
}
