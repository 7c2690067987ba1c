//! Secrets at rest: sealed bytes and their bindings.

use std::fmt;

pub use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{GrantId, MetaAppId, OrgId, UserId};

/// A secret that the vault sealed. It is safe to store and to pass on, and useless without the key ring and the
/// binding that it was sealed for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealedSecret(Vec<u8>);

impl SealedSecret {
    /// Wraps sealed bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
    /// Returns the sealed bytes for storing.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
    /// Returns the sealed bytes, owned.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedSecret({} bytes)", self.0.len())
    }
}

/// The purpose of a sealed secret. The seal authenticates it, so a value that is moved to another purpose does not
/// open.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A grant's access token.
    AccessToken,
    /// A number's two-step verification PIN.
    RegistrationPin,
    /// The code of a login, between callback and exchange.
    AuthorizationCode,
    /// A Meta app's secret.
    AppSecret,
    /// A Meta app's webhook verify token.
    VerifyToken,
    /// The secret of a person's authenticator app.
    TotpSecret,
}

impl Purpose {
    /// Returns the stable name that the seal authenticates. Changing one makes every value sealed for it unreadable.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessToken => "access_token",
            Self::RegistrationPin => "registration_pin",
            Self::AuthorizationCode => "authorization_code",
            Self::AppSecret => "app_secret",
            Self::VerifyToken => "verify_token",
            Self::TotpSecret => "totp_secret",
        }
    }
}

/// The owner, object and purpose of a secret: the seal's associated data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SecretBinding {
    /// The owner; [`OrgId::PLATFORM`] for the platform's own secrets.
    pub org: OrgId,
    /// The grant, Meta app or person that the secret belongs to.
    pub subject: Uuid,
    /// The purpose.
    pub purpose: Purpose,
}

impl SecretBinding {
    /// Makes the binding of a grant's secret.
    pub const fn grant(org: OrgId, grant: GrantId, purpose: Purpose) -> Self {
        Self {
            org,
            subject: grant.uuid(),
            purpose,
        }
    }
    /// Makes the binding of a person's secret, which belongs to no organisation.
    pub const fn person(user: UserId, purpose: Purpose) -> Self {
        Self {
            org: OrgId::PLATFORM,
            subject: user.uuid(),
            purpose,
        }
    }
    /// Makes the binding of a Meta app's secret.
    pub const fn meta_app(org: OrgId, app: MetaAppId, purpose: Purpose) -> Self {
        Self {
            org,
            subject: app.uuid(),
            purpose,
        }
    }
}
