//! Teardowns: acts at Meta that must still be undone, kept until the undoing is proven.

use serde::{Deserialize, Serialize};

use crate::{
    Time,
    ids::{GrantId, OrgId, PhoneNumberId, TeardownId, WabaId},
};

/// An act to undo.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "act", content = "target", rename_all = "snake_case")]
pub enum TeardownAct {
    /// Unsubscribe our app from this WABA, unless another active number needs the subscription by then.
    Unsubscribe(WabaId),
    /// Deregister this number, which a connect session that was given up had registered.
    Deregister(PhoneNumberId),
    /// Destroy the grant's token, and revoke the permissions at Meta when no other grant needs them.
    ReleaseGrant {
        /// Tells whether to ask Meta to revoke the permissions. Never done for a token that a person pasted.
        revoke: bool,
    },
}

/// The state of a teardown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TeardownState {
    /// Due, or waiting for a retry.
    Pending,
    /// Done and, where Meta lets us read it back, proven.
    Done,
    /// Given up: Meta refuses for good, for a dead token for example.
    Failed,
}

impl TeardownState {
    /// Returns the stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
    /// Reads a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "pending" => Self::Pending,
            "done" => Self::Done,
            "failed" => Self::Failed,
            _ => return None,
        })
    }
}

/// A row of `teardowns`.
#[derive(Clone, PartialEq, Debug)]
pub struct Teardown {
    /// Our id.
    pub id: TeardownId,
    /// The tenant.
    pub org: OrgId,
    /// The grant whose token is used.
    pub grant: GrantId,
    /// The act to undo.
    pub act: TeardownAct,
    /// The state.
    pub state: TeardownState,
    /// The number of tries.
    pub attempts: i32,
    /// The time of the next try. While a process works on it, the end of that process's lease.
    pub next_attempt_at: Time,
    /// The reason why the last try failed.
    pub last_error: Option<String>,
    /// The time when the row was created.
    pub created_at: Time,
    /// The time when the row was last changed.
    pub updated_at: Time,
}
