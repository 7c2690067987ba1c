//! Codes and access tokens.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::clock::Time;

/// The kind of an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// A person's token of one hour.
    User,
    /// A person's token of 60 days.
    LongLivedUser,
    /// A business's own system user.
    SystemUser,
    /// The token of a business integration system user: Embedded Signup issues these.
    BusinessIntegration,
}

impl Kind {
    pub(crate) fn is_person(self) -> bool {
        matches!(self, Self::User | Self::LongLivedUser)
    }

    /// Returns `type` in `debug_token`.
    pub(crate) fn meta_type(self) -> &'static str {
        if self.is_person() {
            "USER"
        } else {
            "SYSTEM_USER"
        }
    }
}

/// The assets that a person chose in the dialog, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Targets {
    pub(crate) businesses: Vec<String>,
    pub(crate) wabas: Vec<String>,
    pub(crate) phone_numbers: Vec<String>,
}

/// The reason why a token that has not expired no longer works.
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

/// An access token and what it gives access to.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Token {
    /// A short name that does not reveal the token.
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
    /// Returns why it does not work now: Meta's subcode and text.
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
    /// `None` when the JS SDK opened the dialog.
    pub(crate) redirect_uri: Option<String>,
    pub(crate) scopes: BTreeSet<String>,
    pub(crate) targets: Targets,
    pub(crate) expires_at: Time,
    pub(crate) used: bool,
    /// Tells whether the exchange finds another redirect URI, as the dialog's outcome ordered.
    pub(crate) mismatch: bool,
}
