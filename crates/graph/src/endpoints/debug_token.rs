use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::credentials::AccessToken;
use crate::endpoint::{Endpoint, Request};
use crate::error::Scrubber;
use crate::wire::{Expiry, Extra, lenient, open_enum};

/// `GET /debug_token`: inspects a token. Call it with [`Credentials::app`](crate::Credentials::app).
#[derive(Debug, Clone)]
pub struct DebugToken {
    /// The token to inspect. Meta takes it only in the query.
    pub token: AccessToken,
}

impl Endpoint for DebugToken {
    type Response = TokenInfo;
    const NAME: &'static str = "DebugToken";

    fn request(&self) -> Request {
        Request::get(["debug_token"]).secret_query("input_token", self.token.secret())
    }

    fn decode(&self, body: &[u8]) -> Result<TokenInfo, serde_json::Error> {
        #[derive(Deserialize)]
        struct Data {
            data: TokenInfo,
        }
        let Data { mut data } = serde_json::from_slice(body)?;
        if let Some(message) = data.error.as_mut().and_then(|error| error.message.as_mut()) {
            *message = Scrubber::new([self.token.secret()]).scrub(message);
        }
        Ok(data)
    }
}

/// Meta's facts about a token.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TokenInfo {
    /// Tells whether the token works. Missing counts as no.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub is_valid: bool,
    /// The app that it was issued to.
    #[serde(default, deserialize_with = "lenient::optional_id")]
    pub app_id: Option<String>,
    /// The app's name.
    #[serde(default)]
    pub application: Option<String>,
    /// The kind of token.
    #[serde(default, rename = "type")]
    pub kind: Option<TokenKind>,
    /// The time when the token expires.
    #[serde(default)]
    pub expires_at: Expiry,
    /// The time when the app's access to the user's data expires, independently of the token.
    #[serde(default)]
    pub data_access_expires_at: Expiry,
    /// The time when it was issued.
    #[serde(default, deserialize_with = "time")]
    pub issued_at: Option<DateTime<Utc>>,
    /// The user or system user that it acts as.
    #[serde(default, deserialize_with = "lenient::optional_id")]
    pub user_id: Option<String>,
    /// The page that it acts as.
    #[serde(default, deserialize_with = "lenient::optional_id")]
    pub profile_id: Option<String>,
    /// The permissions granted.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub scopes: Vec<String>,
    /// The permissions granted for single assets. Sources disagree on the scope under which an asset appears, and
    /// entries may be missing: look elsewhere too before you give up.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub granular_scopes: Vec<GranularScope>,
    /// The reason why the token does not work.
    #[serde(default)]
    pub error: Option<TokenProblem>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl TokenInfo {
    /// Tells whether the permission was granted, for all assets or for some.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
            || self
                .granular_scopes
                .iter()
                .any(|granted| granted.scope == scope)
    }

    /// Returns the ids of the assets that the permission was granted for, the newest onboarding first. Empty when
    /// Meta named none, which may also mean all.
    pub fn target_ids(&self, scope: &str) -> impl Iterator<Item = &str> {
        self.granular_scopes
            .iter()
            .filter(move |granted| granted.scope == scope)
            .flat_map(|granted| granted.target_ids.iter().flatten())
            .map(String::as_str)
    }
}

/// A permission and the assets that it was granted for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct GranularScope {
    /// The permission.
    pub scope: String,
    /// The assets' ids. `None` means all assets of that kind.
    #[serde(default, deserialize_with = "lenient::optional_ids")]
    pub target_ids: Option<Vec<String>>,
}

/// The reason why a token does not work.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TokenProblem {
    /// Meta's code, 190 as a rule.
    #[serde(deserialize_with = "lenient::integer")]
    pub code: Option<i64>,
    /// Meta's subcode for the reason.
    #[serde(deserialize_with = "lenient::integer")]
    pub subcode: Option<i64>,
    /// The reason in Meta's words, without the token.
    pub message: Option<String>,
}

open_enum! {
    /// The kind of a token.
    pub enum TokenKind {
        /// The token of a user who logged in.
        User = "USER",
        /// The token of a system user. Embedded Signup issues these.
        SystemUser = "SYSTEM_USER",
        /// The token of the app itself.
        App = "APP",
        /// The token of a page.
        Page = "PAGE",
    }
}

fn time<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    Ok(Expiry::deserialize(deserializer)?.at())
}
