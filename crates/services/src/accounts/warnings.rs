//! Warnings about connections, most urgent first.

use chrono::Duration;
use wabakit_domain::{
    Time,
    grant::GrantState,
    ids::{AccountId, GrantId},
};

use super::{AccountService, AccountView};
use crate::{Caller, ServiceError};

/// The severity of a warning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// It does not work now.
    Critical,
    /// It will stop working within days.
    Warning,
    /// Good to know.
    Info,
}

/// A warning about a connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConnectionWarning {
    /// The account.
    pub account: AccountId,
    /// Its grant.
    pub grant: GrantId,
    /// The severity.
    pub severity: Severity,
    /// A stable code.
    pub code: String,
    /// The problem.
    pub detail: String,
    /// The remedy.
    pub remedy: String,
    /// When it will stop working, or when the problem was found.
    pub at: Time,
}

/// How many days before an expiry a warning begins.
const FROM_DAYS: i64 = 30;
const URGENT_DAYS: i64 = 7;

impl AccountService {
    /// Returns the warnings about the organisation's active accounts.
    pub async fn warnings(&self, caller: &Caller) -> Result<Vec<ConnectionWarning>, ServiceError> {
        let accounts = self.all(caller).await?;
        let mut warnings: Vec<_> = accounts
            .iter()
            .filter(|v| v.account.is_active)
            .flat_map(AccountView::warnings)
            .collect();
        warnings.sort_by_key(|w| (w.severity, w.at, w.account));
        Ok(warnings)
    }
}

impl AccountView {
    /// Returns the warnings about this account, most urgent first.
    pub fn warnings(&self) -> Vec<ConnectionWarning> {
        let mut found = warnings_of(self);
        found.sort_by_key(|w| (w.severity, w.at));
        found
    }
}

fn warnings_of(view: &AccountView) -> Vec<ConnectionWarning> {
    const RECONNECT: &str = "Click Reconnect and log in at Meta again.";
    let name = view.account.shown_name();
    let warning = |severity, code: &str, detail: String, remedy: &str, at| ConnectionWarning {
        account: view.account.id,
        grant: view.grant.id,
        severity,
        code: code.to_owned(),
        detail,
        remedy: remedy.to_owned(),
        at,
    };
    let mut found = Vec::new();
    let checked = view.grant.checked_at.unwrap_or(view.now);
    match view.grant.state {
        GrantState::Dead | GrantState::Revoked => found.push(warning(
            Severity::Critical,
            "token_invalid",
            format!(
                "Meta no longer accepts the login of {name}. Messages that come in are still kept."
            ),
            RECONNECT,
            checked,
        )),
        GrantState::Quarantined => found.push(warning(
            Severity::Critical,
            "token_unreadable",
            format!("The stored login of {name} does not open with this server's encryption keys."),
            "Ask the operator to check ENCRYPTION_KEY and ENCRYPTION_KEY_RING, or reconnect.",
            checked,
        )),
        GrantState::Active | GrantState::Pending => {
            found.extend(clock(view).map(|(severity, code, at)| {
                let days = (at - view.now).num_days();
                let when = match days {
                    _ if at <= view.now => "has run out".to_owned(),
                    0 => "runs out today".to_owned(),
                    1 => "runs out tomorrow".to_owned(),
                    days => format!("runs out in {days} days"),
                };
                let what = if code == "data_access_expiring" {
                    "data access"
                } else {
                    "login"
                };
                warning(
                    severity,
                    code,
                    format!("The {what} of {name} at Meta {when}."),
                    RECONNECT,
                    at,
                )
            }));
        }
    }
    if view.account.needs_registration {
        found.push(warning(
            Severity::Critical,
            "needs_registration",
            format!("{name} is connected but not registered, so it cannot send yet."),
            "Click Register and enter the number's six-digit PIN.",
            view.account.connected_at,
        ));
    } else if let Some(problem) = &view.account.problem {
        let (detail, remedy) = match problem.as_str() {
            "not_subscribed" => (
                format!("Meta no longer sends the messages of {name} to this server."),
                "Click Reconnect: it subscribes again.",
            ),
            "number_not_found" => (
                format!("Meta no longer shows {name} to this login."),
                "Check in WhatsApp Manager whether the number was moved or deleted.",
            ),
            _ => (
                format!("The last check of {name} found: {problem}."),
                "Click Verify to ask Meta again.",
            ),
        };
        found.push(warning(
            Severity::Critical,
            problem,
            detail,
            remedy,
            view.account.updated_at,
        ));
    }
    if view.account.health.quality_rating.as_deref() == Some("RED") {
        found.push(warning(
            Severity::Warning,
            "quality_red",
            format!("Meta rates the quality of {name} as low."),
            "Send fewer messages that people block or report; Meta looks at the last seven days.",
            view.account.last_verified_at.unwrap_or(view.now),
        ));
    }
    found
}

/// Returns the expiry that comes first, if it is within 30 days.
fn clock(view: &AccountView) -> Option<(Severity, &'static str, Time)> {
    let token = view.grant.expires.at().map(|at| ("token_expiring", at));
    let access = view
        .grant
        .data_access_expires
        .at()
        .map(|at| ("data_access_expiring", at));
    let (code, at) = token.into_iter().chain(access).min_by_key(|(_, at)| *at)?;
    let left = at - view.now;
    let severity = if left <= Duration::zero() {
        Severity::Critical
    } else if left <= Duration::days(URGENT_DAYS) {
        Severity::Warning
    } else if left <= Duration::days(FROM_DAYS) {
        Severity::Info
    } else {
        return None;
    };
    Some((severity, code, at))
}
