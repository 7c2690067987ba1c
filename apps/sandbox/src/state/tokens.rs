//! Codes and access tokens.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::clock::Time;

/// What kind of access token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// A person's, an hour long.
    User,
    /// A person's, 60 days long.
    LongLivedUser,
    /// A business's own system user.
    SystemUser,
    /// A business integration system user: what Embedded Signup yields.
    BusinessIntegration,
}

impl Kind {
    pub(crate) fn is_person(self) -> bool {
        matches!(self, Self::User | Self::LongLivedUser)
    }

    /// `type` in `debug_token`.
    pub(crate) fn meta_type(self) -> &'static str {
        if self.is_person() {
            "USER"
        } else {
            "SYSTEM_USER"
        }
    }
}

/// The assets that a person picked in the dialog. Order is the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Targets {
    pub(crate) businesses: Vec<String>,
    pub(crate) wabas: Vec<String>,
    pub(crate) phone_numbers: Vec<String>,
}

/// Why a token no longer works though its time is not up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Death {
    AppRemoved,
    UserCheckpointed,
    PasswordChanged,
    Invalidated,
}

impl Death {
    pub(crate) fn subcode(self) -> i64 {
        match self {
            Self::AppRemoved => 458,
            Self::UserCheckpointed => 459,
            Self::PasswordChanged => 460,
            Self::Invalidated => 467,
        }
    }

    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::AppRemoved => {
                "Error validating access token: The user has not authorized application."
            }
            Self::UserCheckpointed => {
                "Error validating access token: You cannot access the app till you log in to \
                 www.facebook.com and follow the instructions given."
            }
            Self::PasswordChanged => {
                "Error validating access token: The session has been invalidated because the user \
                 changed their password or Facebook has changed the session for security reasons."
            }
            Self::Invalidated => {
                "Error validating access token: This may be because the user logged out or may be \
                 due to a system error."
            }
        }
    }
}

/// An access token and what it opens.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Token {
    /// A short name to speak of it without showing it.
    pub(crate) id: String,
    pub(crate) value: String,
    pub(crate) app_id: String,
    pub(crate) user_id: String,
    pub(crate) kind: Kind,
    pub(crate) scopes: BTreeSet<String>,
    pub(crate) targets: Targets,
    pub(crate) issued_at: Time,
    pub(crate) expires_at: Option<Time>,
    pub(crate) data_access_expires_at: Option<Time>,
    pub(crate) death: Option<Death>,
}

impl Token {
    /// Why it does not work now: Meta's subcode and words.
    pub(crate) fn trouble(&self, now: Time) -> Option<(i64, String)> {
        if let Some(death) = self.death {
            return Some((death.subcode(), death.message().to_owned()));
        }
        let end = self.expires_at.filter(|end| *end <= now)?;
        let message = format!(
            "Error validating access token: Session has expired on {}. The current time is {}.",
            end.format("%A, %d-%b-%y %H:%M:%S UTC"),
            now.format("%A, %d-%b-%y %H:%M:%S UTC"),
        );
        Some((463, message))
    }
}

/// An authorisation code, waiting for its exchange.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Code {
    pub(crate) app_id: String,
    pub(crate) user_id: String,
    pub(crate) kind: Kind,
    /// `None` where the JS SDK opened the dialog.
    pub(crate) redirect_uri: Option<String>,
    pub(crate) scopes: BTreeSet<String>,
    pub(crate) targets: Targets,
    pub(crate) expires_at: Time,
    pub(crate) used: bool,
    /// The dialog was told to make the exchange find another redirect URI.
    pub(crate) mismatch: bool,
}
