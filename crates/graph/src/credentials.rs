//! The identity that a call is made under.

use std::fmt;

use ring::hmac;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

/// An access token of any kind: user, system user, business integration or app.
///
/// It cannot be printed, compared or serialised by accident.
#[derive(Clone)]
pub struct AccessToken(SecretString);

impl AccessToken {
    /// Wraps a token.
    pub fn new(token: impl Into<String>) -> Self {
        Self(SecretString::from(token.into()))
    }

    /// Returns the token in the open, so that it can be sealed. Do not log it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub(crate) fn secret(&self) -> &SecretString {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken([redacted])")
    }
}

impl From<SecretString> for AccessToken {
    fn from(token: SecretString) -> Self {
        Self(token)
    }
}

impl<'de> Deserialize<'de> for AccessToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// A Meta app: its public id and its secret.
#[derive(Clone)]
pub struct AppCredentials {
    /// The app's id, which is public.
    pub app_id: String,
    /// The app's secret.
    pub app_secret: SecretString,
}

impl AppCredentials {
    /// Joins an app's id and secret.
    pub fn new(app_id: impl Into<String>, app_secret: impl Into<SecretString>) -> Self {
        Self {
            app_id: app_id.into(),
            app_secret: app_secret.into(),
        }
    }

    /// Returns the app access token in its literal form, `<app id>|<app secret>`.
    pub fn app_token(&self) -> AccessToken {
        AccessToken::new(format!(
            "{}|{}",
            self.app_id,
            self.app_secret.expose_secret()
        ))
    }

    /// Computes the `appsecret_proof` of a token: the HMAC-SHA256 of the token in lowercase hex, keyed with the app's
    /// secret. Meta demands it of apps with "Require App Secret" on.
    pub fn proof(&self, token: &AccessToken) -> String {
        let key = hmac::Key::new(
            hmac::HMAC_SHA256,
            self.app_secret.expose_secret().as_bytes(),
        );
        hex::encode(hmac::sign(&key, token.expose().as_bytes()))
    }
}

impl fmt::Debug for AppCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppCredentials")
            .field("app_id", &self.app_id)
            .field("app_secret", &"[redacted]")
            .finish()
    }
}

/// The credentials of one call: a token, with or without proof that we hold the app's secret.
#[derive(Clone, Default)]
pub struct Credentials {
    token: Option<AccessToken>,
    proof: Option<SecretString>,
}

impl Credentials {
    /// Presents no token. Use it only for the two token exchanges: they carry the app's secret themselves.
    pub fn none() -> Self {
        Self::default()
    }

    /// Presents a token without proof.
    pub fn bearer(token: AccessToken) -> Self {
        Self {
            token: Some(token),
            proof: None,
        }
    }

    /// Presents a token with its `appsecret_proof`. `app` is the app that the token belongs to.
    pub fn proven(token: AccessToken, app: &AppCredentials) -> Self {
        let proof = SecretString::from(app.proof(&token));
        Self {
            token: Some(token),
            proof: Some(proof),
        }
    }

    /// Presents the app itself, as [`DebugToken`](crate::endpoints::DebugToken) requires.
    pub fn app(app: &AppCredentials) -> Self {
        Self::bearer(app.app_token())
    }

    pub(crate) fn token(&self) -> Option<&AccessToken> {
        self.token.as_ref()
    }

    pub(crate) fn proof(&self) -> Option<&SecretString> {
        self.proof.as_ref()
    }
}

impl From<AccessToken> for Credentials {
    fn from(token: AccessToken) -> Self {
        Self::bearer(token)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("token", &self.token)
            .field("proof", &self.proof.as_ref().map(|_| "[redacted]"))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proof_is_the_hex_hmac_of_the_token_keyed_with_the_secret() {
        // RFC 4231, test case 2.
        let app = AppCredentials::new("1", "Jefe".to_owned());
        assert_eq!(
            app.proof(&AccessToken::new("what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn debug_shows_neither_token_nor_secret_nor_proof() {
        let app = AppCredentials::new("1", "canary-secret".to_owned());
        let token = AccessToken::new("canary-token");
        let proof = app.proof(&token);
        let shown = format!(
            "{app:?} {token:?} {:?}",
            Credentials::proven(token.clone(), &app)
        );
        assert!(
            !shown.contains("canary") && !shown.contains(&proof),
            "{shown}"
        );
    }
}
