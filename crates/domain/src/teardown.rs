//! What must still be undone at Meta, kept until it is proven.

use serde::{Deserialize, Serialize};

use crate::{
    Time,
    ids::{GrantId, OrgId, PhoneNumberId, TeardownId, WabaId},
};

/// One thing to undo.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "act", content = "target", rename_all = "snake_case")]
pub enum TeardownAct {
    /// Unsubscribe our app from this WABA, unless another active number stands on it by then.
    Unsubscribe(WabaId),
    /// Deregister this number, which a connect session that was given up had registered.
    Deregister(PhoneNumberId),
    /// Destroy the grant's token, and take the rights back at Meta where no other grant needs them.
    ReleaseGrant {
        /// Also ask Meta to take the rights back.
        revoke: bool,
    },
}

/// Where a teardown stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TeardownState {
    /// To be done, or to be tried again.
    Pending,
    /// Done and, where Meta lets us read it back, proven.
    Done,
    /// Given up: Meta refuses for good (the token is dead, say).
    Failed,
}

impl TeardownState {
    /// The stored name.
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
    /// The grant whose token does the work.
    pub grant: GrantId,
    /// What to undo.
    pub act: TeardownAct,
    /// Where it stands.
    pub state: TeardownState,
    /// How often it was tried.
    pub attempts: i32,
    /// Not before this time; while somebody works on it, the end of their lease.
    pub next_attempt_at: Time,
    /// Why the last try did not do it.
    pub last_error: Option<String>,
    /// When the row was made.
    pub created_at: Time,
    /// When the row was last changed.
    pub updated_at: Time,
}
