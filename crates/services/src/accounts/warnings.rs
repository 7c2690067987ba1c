//! Warnings about connections, most urgent first.

use chrono::Duration;
use wabakit_domain::{
    Time,
    grant::GrantState,
    ids::{AccountId, GrantId},
    standing::{ACCESS_REMOVED, BAN_SCHEDULED, Note, WABA_DISABLED, WABA_RESTRICTED},
};

use super::{AccountService, AccountView};
use crate::{Caller, ServiceError};

/// The severity of a warning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// The connection does not work now.
    Critical,
    /// The connection will stop working within days.
    Warning,
    /// For information.
    Info,
}

/// The act of a person that cures the cause of a warning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WarningAct {
    /// Log in at Meta again.
    Reconnect,
    /// Register the number with its PIN.
    Register,
    /// Ask Meta again.
    Verify,
}

impl WarningAct {
    const ALL: [Self; 3] = [Self::Reconnect, Self::Register, Self::Verify];

    /// Returns the label of the act's button, by which remedies name it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Reconnect => "Reconnect",
            Self::Register => "Register with PIN",
            Self::Verify => "Verify",
        }
    }

    /// Returns the act whose button a remedy tells the reader to click. A warning offers no act that its remedy does
    /// not name.
    fn named_in(remedy: &str) -> Option<Self> {
        let (_, clicked) = remedy.split_once("lick ")?;
        Self::ALL
            .into_iter()
            .find(|act| clicked.starts_with(act.label()))
    }
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
    /// The act that the remedy asks for, where this server offers it.
    pub act: Option<WarningAct>,
    /// The time when the connection will stop working, or when the problem was found.
    pub at: Time,
}

/// The number of days before an expiry at which a warning begins.
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
        act: WarningAct::named_in(remedy),
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
            "Ask the operator to check ENCRYPTION_KEY and ENCRYPTION_KEY_RING, or click Reconnect.",
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
            "Click Register with PIN and enter the number's six-digit PIN.",
            view.account.connected_at,
        ));
    } else if let Some(problem) = &view.account.problem {
        let (detail, remedy) = finding(name, problem);
        found.push(warning(
            Severity::Critical,
            problem,
            detail,
            remedy,
            view.account.updated_at,
        ));
    }
    let at = view.account.last_verified_at.unwrap_or(view.now);
    if let Some(judged) = view.account.judgement()
        && !view.account.needs_registration
    {
        let status = view.account.health.status.as_deref().unwrap_or_default();
        let (detail, remedy) = status_words(name, judged.code, status);
        let severity = match judged.is_critical {
            true => Severity::Critical,
            false => Severity::Warning,
        };
        found.push(warning(severity, judged.code, detail, remedy, at));
    }
    for note in view.account.standing.at(view.now) {
        let Some(code) = note.code.as_deref() else {
            continue;
        };
        // A loss of access is one warning, however many of Meta's events reported it.
        if code == ACCESS_REMOVED && found.iter().any(|told| told.code == code) {
            continue;
        }
        let (detail, remedy) = told_words(name, code, note);
        let severity = match note.is_critical() {
            true => Severity::Critical,
            false => Severity::Warning,
        };
        let at = note.due.or(note.until).unwrap_or(note.at);
        found.push(warning(severity, code, detail, remedy, at));
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

/// Returns the words and the remedy for a finding of the last check.
fn finding(name: &str, problem: &str) -> (String, &'static str) {
    match problem {
        "not_subscribed" => (
            format!("Meta no longer sends the messages of {name} to this server."),
            "Click Reconnect: it subscribes again.",
        ),
        "number_not_found" => (
            format!("Meta no longer shows {name} to this login."),
            "Check in WhatsApp Manager whether the number was moved or deleted, then click Verify.",
        ),
        "login_checkpoint" => (
            format!("Meta asks the person who connected {name} to log in once more."),
            "Log in at facebook.com and follow the steps there, then click Verify. No new connection is needed.",
        ),
        _ => (
            format!("The last check of {name} found: {problem}."),
            "Click Verify to ask Meta again.",
        ),
    }
}

/// Returns the words and the remedy for a number's status at Meta.
fn status_words(name: &str, code: &str, status: &str) -> (String, &'static str) {
    match code {
        "number_pending" => (
            format!("Meta shows {name} as not registered yet, so it cannot send."),
            "Click Reconnect: it registers the number again.",
        ),
        "number_disconnected" => (
            format!("Meta shows {name} as disconnected from the Cloud API."),
            "Click Reconnect: it registers the number again.",
        ),
        "number_unverified" => (
            format!("The owner of {name} has not verified it at Meta."),
            "Verify the number by its code in WhatsApp Manager, then click Verify.",
        ),
        "number_restricted" => (
            format!("Meta restricts what {name} may send."),
            "Read in WhatsApp Manager why and until when, and click Verify after it.",
        ),
        "number_banned" => (
            format!("Meta banned {name}. It neither sends nor receives."),
            "Appeal in WhatsApp Manager, then click Verify.",
        ),
        "number_deleted" => (
            format!("{name} was deleted at Meta."),
            "Add the number in WhatsApp Manager and connect it again, or disconnect it here.",
        ),
        "number_migrated" => (
            format!("{name} was moved to another WhatsApp Business Account."),
            "Connect it again from the account that has it now.",
        ),
        "number_flagged" => (
            format!("Meta flagged {name}: its quality is low."),
            "Send fewer messages that people block or report; Meta looks at the last seven days.",
        ),
        "number_rate_limited" => (
            format!("{name} reached its messaging limit at Meta."),
            "Wait until it is below the limit: it counts the last 24 hours.",
        ),
        _ => (
            format!("Meta gives {name} the status {status}, which is not known here."),
            "Look in WhatsApp Manager what it means.",
        ),
    }
}

/// Returns the words and the remedy for a report of Meta's webhooks.
fn told_words(name: &str, code: &str, note: &Note) -> (String, &'static str) {
    let word = note.word.as_deref().unwrap_or("without a reason");
    let until = match note.until {
        Some(until) => format!(" until {}", until.format("%-d %B %Y, %H:%M UTC")),
        None => String::new(),
    };
    match code {
        WABA_DISABLED => (
            format!("Meta disabled the WhatsApp Business Account of {name}."),
            "Appeal in Meta's Business Support Home. It shows as working when Meta says so.",
        ),
        BAN_SCHEDULED => {
            let when = match note.due {
                Some(due) => format!("on {}", due.format("%-d %B %Y")),
                None => "soon".to_owned(),
            };
            (
                format!("Meta will disable the WhatsApp Business Account of {name} {when}."),
                "Appeal before that day in Meta's Business Support Home.",
            )
        }
        WABA_RESTRICTED => (
            format!("Meta restricts the WhatsApp Business Account of {name}{until}: {word}."),
            "Read the reason in Meta's Business Support Home, and appeal there.",
        ),
        "waba_limited" => (
            format!("Meta limits the WhatsApp Business Account of {name}{until}: {word}."),
            "Numbers go on working. Read the reason in Meta's Business Support Home.",
        ),
        "waba_violation" => (
            format!("Meta says that {name} broke a rule of its policy: {word}."),
            "Read in Meta's Business Support Home what to change; it may be restricted next.",
        ),
        "waba_review_rejected" => (
            format!("Meta rejected the WhatsApp Business Account of {name} in its review."),
            "Read the reason in Meta's Business Support Home, and ask for another review.",
        ),
        "pin_reset_requested" => (
            format!("Somebody asked Meta to reset the two-step verification PIN of {name}."),
            "If it was nobody of yours, refuse it in WhatsApp Manager within seven days.",
        ),
        ACCESS_REMOVED => (
            format!("The access to {name} was taken away at Meta."),
            "Click Reconnect and log in at Meta again. Click Verify if it was given back.",
        ),
        _ => (
            format!("Meta alerts about {name}: {word}"),
            "Look in WhatsApp Manager.",
        ),
    }
}

/// Returns the grant's earliest expiry, if it is within 30 days.
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
