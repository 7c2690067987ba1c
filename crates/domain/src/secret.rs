//! Secrets at rest: sealed bytes, and what they are bound to.

use std::fmt;

pub use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{GrantId, MetaAppId, OrgId};

/// A secret as the vault sealed it: safe to store and to move about, useless without the key ring and
/// without the binding it was sealed for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealedSecret(Vec<u8>);

impl SealedSecret {
    /// Wraps sealed bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
    /// The sealed bytes, to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
    /// The sealed bytes, owned.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedSecret({} bytes)", self.0.len())
    }
}

/// What a sealed secret is for. Part of what the seal authenticates, so that a value moved to another
/// purpose does not open.
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
}

impl Purpose {
    /// The stable name that is authenticated. Changing one makes every value sealed for it unreadable.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessToken => "access_token",
            Self::RegistrationPin => "registration_pin",
            Self::AuthorizationCode => "authorization_code",
            Self::AppSecret => "app_secret",
            Self::VerifyToken => "verify_token",
        }
    }
}

/// Whose secret it is, of what, and for what: the seal's associated data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SecretBinding {
    /// The owner; [`OrgId::PLATFORM`] for the platform's own secrets.
    pub org: OrgId,
    /// The grant or Meta app that the secret belongs to.
    pub subject: Uuid,
    /// What the secret is for.
    pub purpose: Purpose,
}

impl SecretBinding {
    /// A secret of a grant.
    pub const fn grant(org: OrgId, grant: GrantId, purpose: Purpose) -> Self {
        Self {
            org,
            subject: grant.uuid(),
            purpose,
        }
    }
    /// A secret of a Meta app.
    pub const fn meta_app(org: OrgId, app: MetaAppId, purpose: Purpose) -> Self {
        Self {
            org,
            subject: app.uuid(),
            purpose,
        }
    }
}
