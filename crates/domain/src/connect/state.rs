//! The states of a connect session, each with the data that only it has.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Problem;
use crate::{Time, ids::GrantId, secret::SealedSecret};

/// The state of a session.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectStatus {
    /// The person is at Meta's dialog.
    AwaitingLogin,
    /// The login came back in a browser that we could not recognise. The person who began must confirm it.
    AwaitingConfirmation,
    /// Steps are running, or were when their process died.
    Running,
    /// Several numbers were found, and a person must choose.
    AwaitingChoice,
    /// A step failed.
    Failed,
    /// Connected.
    Completed,
    /// Given up.
    Cancelled,
    /// Abandoned, and swept.
    Expired,
}

impl ConnectStatus {
    /// Returns the stored name, which is also the API's.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AwaitingLogin => "awaiting_login",
            Self::AwaitingConfirmation => "awaiting_confirmation",
            Self::Running => "running",
            Self::AwaitingChoice => "awaiting_choice",
            Self::Failed => "failed",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }
    /// Reads a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "awaiting_login" => Self::AwaitingLogin,
            "awaiting_confirmation" => Self::AwaitingConfirmation,
            "running" => Self::Running,
            "awaiting_choice" => Self::AwaitingChoice,
            "failed" => Self::Failed,
            "completed" => Self::Completed,
            "cancelled" => Self::Cancelled,
            "expired" => Self::Expired,
            _ => return None,
        })
    }
    /// Tells whether the session has ended.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled | Self::Expired)
    }
}

impl fmt::Display for ConnectStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The process that runs the steps, and the time until which no other may.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunnerLease {
    /// The process.
    pub owner: String,
    /// The time when the lease ends.
    pub until: Time,
}

/// The result of a login: the grant's id, chosen before the exchange, and the code until it is exchanged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoginReturn {
    /// The grant.
    pub grant: GrantId,
    /// The login's code, between callback and exchange.
    pub code: Option<SealedSecret>,
}

/// The state of a session, with what exists in this state alone.
#[derive(Clone, PartialEq, Debug)]
pub enum SessionState {
    /// See [`ConnectStatus::AwaitingLogin`].
    AwaitingLogin,
    /// See [`ConnectStatus::AwaitingConfirmation`].
    AwaitingConfirmation(LoginReturn),
    /// See [`ConnectStatus::Running`].
    Running {
        /// The result of the login.
        login: LoginReturn,
        /// The process that runs the steps.
        runner: Option<RunnerLease>,
    },
    /// See [`ConnectStatus::AwaitingChoice`].
    AwaitingChoice {
        /// The result of the login.
        login: LoginReturn,
        /// The reason why a person is asked, if the number that they chose at Meta did not show.
        why: Option<Problem>,
    },
    /// See [`ConnectStatus::Failed`].
    Failed {
        /// The result of the login. `None` without a login, or when it was given back: then nothing can be resumed.
        login: Option<LoginReturn>,
        /// The reason why it failed.
        problem: Problem,
    },
    /// See [`ConnectStatus::Completed`].
    Completed(GrantId),
    /// See [`ConnectStatus::Cancelled`].
    Cancelled(SessionRemains),
    /// See [`ConnectStatus::Expired`].
    Expired(SessionRemains),
}

/// The remains of a session that was given up.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SessionRemains {
    /// The grant, until its acts at Meta are undone.
    pub grant: Option<GrantId>,
    /// The reason why it had failed before.
    pub problem: Option<Problem>,
}

impl SessionState {
    /// Returns the state's name.
    pub const fn status(&self) -> ConnectStatus {
        match self {
            Self::AwaitingLogin => ConnectStatus::AwaitingLogin,
            Self::AwaitingConfirmation(_) => ConnectStatus::AwaitingConfirmation,
            Self::Running { .. } => ConnectStatus::Running,
            Self::AwaitingChoice { .. } => ConnectStatus::AwaitingChoice,
            Self::Failed { .. } => ConnectStatus::Failed,
            Self::Completed(_) => ConnectStatus::Completed,
            Self::Cancelled(_) => ConnectStatus::Cancelled,
            Self::Expired(_) => ConnectStatus::Expired,
        }
    }

    /// Returns the result of the login, while it can be used.
    pub const fn login(&self) -> Option<&LoginReturn> {
        match self {
            Self::AwaitingConfirmation(login)
            | Self::Running { login, .. }
            | Self::AwaitingChoice { login, .. } => Some(login),
            Self::Failed { login, .. } => login.as_ref(),
            Self::AwaitingLogin | Self::Completed(_) | Self::Cancelled(_) | Self::Expired(_) => {
                None
            }
        }
    }

    /// Returns the grant, once a login has come.
    pub const fn grant(&self) -> Option<GrantId> {
        match self {
            Self::Completed(grant) => Some(*grant),
            Self::Cancelled(remains) | Self::Expired(remains) => remains.grant,
            _ => match self.login() {
                Some(login) => Some(login.grant),
                None => None,
            },
        }
    }

    /// Returns why it failed, or why a person is asked.
    pub const fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Failed { problem, .. } => Some(problem),
            Self::AwaitingChoice { why, .. } => why.as_ref(),
            Self::Cancelled(remains) | Self::Expired(remains) => remains.problem.as_ref(),
            _ => None,
        }
    }

    /// Returns the process that runs the steps.
    pub const fn runner(&self) -> Option<&RunnerLease> {
        match self {
            Self::Running { runner, .. } => runner.as_ref(),
            _ => None,
        }
    }
}
