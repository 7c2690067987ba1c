//! Updates of numbers, WABAs and templates.
//!
//! For every fact about an account, the planner decides its subject, its end, and when Meta told it. Each event that
//! sets something has an event that takes it back, and neither undoes a newer one.

use chrono::{DateTime, Duration, NaiveDate};
use serde_json::Value;

use super::{AccountPatch, Item, KnownAccount, Planner};
use crate::{
    Time,
    event::{EventData, ManagementEvent},
    inbound::{Management, NumberUpdate, WabaUpdate},
    standing::{ACCESS_REMOVED, BAN_SCHEDULED, Note, WABA_DISABLED, WABA_RESTRICTED},
};

/// How long something is shown that Meta never takes back: a broken rule, an alert.
const SHOWN_FOR: Duration = Duration::days(30);
/// How long a request to reset the PIN can be refused.
const PIN_RESET: Duration = Duration::days(7);

impl Planner<'_> {
    pub(super) fn management(&mut self, item: &Item, management: &Management) {
        let told_at = item.told_at.unwrap_or(item.received_at);
        for account in &item.accounts {
            let Some(known) = self.state.accounts.get_mut(&(item.org, *account)) else {
                continue;
            };
            let patch = news(management, told_at, known);
            if patch != AccountPatch::default() {
                after(known, &patch);
                self.plan.accounts.push((item.org, *account, patch));
            }
        }
        if let Management::Template { template, update } = management {
            self.template(item, template, update, told_at);
        }
        let event = ManagementEvent {
            account: match item.accounts.as_slice() {
                &[account] => Some(account),
                _ => None,
            },
            change: Box::new(management.clone()),
            extra: item.extra.clone(),
        };
        let data = match management {
            Management::Template { .. } => EventData::TemplateUpdated(event),
            Management::Number { .. } | Management::Waba(_) => EventData::AccountUpdated(event),
            Management::Other { .. } => EventData::AccountNotice(event),
        };
        self.event(item.org, data);
    }
}

/// Tells whether a fact may change accounts.
pub(super) const fn changes_accounts(management: &Management) -> bool {
    matches!(management, Management::Number { .. } | Management::Waba(_))
}

/// Applies a patch to what is known of an account.
pub fn after(known: &mut KnownAccount, patch: &AccountPatch) {
    let take = |to: &mut Option<String>, from: &Option<String>| {
        if from.is_some() {
            to.clone_from(from);
        }
    };
    take(&mut known.status, &patch.status);
    take(&mut known.quality_rating, &patch.quality_rating);
    if let Some(standing) = &patch.standing {
        known.standing.clone_from(standing);
    }
}

/// Tells whether Meta told a fact before that moment. Meta's times are whole seconds.
const fn is_before(told_at: Time, moment: Time) -> bool {
    told_at.timestamp() < moment.timestamp()
}

/// Decides what a fact changes.
fn news(management: &Management, told_at: Time, known: &KnownAccount) -> AccountPatch {
    // A fact from before this connection says nothing about it. Such facts arrive, because Meta repeats for seven days.
    if is_before(told_at, known.connected_at) {
        return AccountPatch::default();
    }
    let mut news = News {
        told_at,
        known,
        standing: None,
        patch: AccountPatch::default(),
    };
    match management {
        Management::Number { update, .. } => news.number(update),
        Management::Waba(update) => news.waba(update),
        Management::Template { .. } | Management::Other { .. } => {}
    }
    AccountPatch {
        standing: news.standing.filter(|told| *told != known.standing),
        ..news.patch
    }
}

struct News<'k> {
    told_at: Time,
    known: &'k KnownAccount,
    standing: Option<crate::standing::Standing>,
    patch: AccountPatch,
}

impl News<'_> {
    /// Takes a note, and tells whether it is the latest about its subject.
    fn tell(&mut self, note: Note) -> bool {
        let standing = self
            .standing
            .get_or_insert_with(|| self.known.standing.clone());
        standing.tell(note)
    }

    fn set(&mut self, subject: &str, code: &str) -> bool {
        self.tell(Note::standing(subject, self.told_at, code))
    }

    fn clear(&mut self, subject: &str) -> bool {
        self.tell(Note::cleared(subject, self.told_at))
    }

    /// Tells whether a value is newer than the last answer and the last fact about it.
    fn is_newer(&mut self, value: &str) -> bool {
        let is_old = |at| is_before(self.told_at, at);
        !self.known.last_verified_at.is_some_and(is_old) && self.clear(value)
    }

    /// Takes back a status that Meta answered before this fact.
    fn back_from(&mut self, status: &str) {
        let is_old = |at| is_before(self.told_at, at);
        if self.known.status.as_deref() == Some(status)
            && !self.known.last_verified_at.is_some_and(is_old)
        {
            self.patch.status = Some("CONNECTED".to_owned());
        }
    }

    fn number(&mut self, update: &NumberUpdate) {
        match update {
            NumberUpdate::Name {
                decision,
                requested_name,
                ..
            } if self.is_newer("value:name") => {
                self.patch.name_status.clone_from(decision);
                self.patch.verified_name = requested_name
                    .clone()
                    .filter(|_| is_word(decision.as_deref(), "APPROVED"));
            }
            NumberUpdate::Quality {
                event,
                current_limit,
                max_daily_conversations,
                ..
            } => {
                self.quality(event.as_deref().unwrap_or_default());
                let limit = max_daily_conversations.as_deref().map(tier);
                self.limit(limit.or_else(|| current_limit.clone()));
            }
            NumberUpdate::Security { event, .. } => {
                match word(event.as_deref().unwrap_or_default()).as_str() {
                    "PIN_RESET_REQUEST" => {
                        let due = self.told_at + PIN_RESET;
                        self.tell(Note {
                            until: Some(due),
                            due: Some(due),
                            ..Note::standing("pin", self.told_at, "pin_reset_requested")
                        });
                    }
                    "PIN_CHANGED" | "PIN_REQUEST_SUCCESS" => {
                        self.clear("pin");
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn quality(&mut self, event: &str) {
        match word(event).as_str() {
            "THROUGHPUT_UPGRADE" if self.is_newer("value:throughput") => {
                self.patch.throughput_level = Some("HIGH".to_owned());
            }
            "FLAGGED" => {
                let before = self.known.quality_rating.clone();
                let note = Note {
                    word: before.filter(|rating| rating != "RED"),
                    ..Note::cleared("value:quality", self.told_at)
                };
                let is_old = |at| is_before(self.told_at, at);
                if !self.known.last_verified_at.is_some_and(is_old) && self.tell(note) {
                    self.patch.quality_rating = Some("RED".to_owned());
                }
            }
            "UNFLAGGED" => {
                let before = self.known.standing.get("value:quality");
                let before = before.and_then(|note| note.word.clone());
                if self.is_newer("value:quality")
                    && self.known.quality_rating.as_deref() == Some("RED")
                {
                    // Meta says that the quality is no longer low, but not what it is.
                    self.patch.quality_rating = Some(before.unwrap_or_else(|| "UNKNOWN".into()));
                }
            }
            _ => {}
        }
    }

    fn limit(&mut self, limit: Option<String>) {
        if limit.is_some() && self.is_newer("value:limit") {
            self.patch.messaging_limit = limit;
        }
    }

    fn waba(&mut self, update: &WabaUpdate) {
        match update {
            WabaUpdate::Capability {
                max_daily_conversations_per_business,
                max_daily_conversation_per_phone,
                ..
            } => {
                let limit = max_daily_conversations_per_business.as_deref();
                let limit = limit.or(max_daily_conversation_per_phone.as_deref());
                self.limit(limit.map(tier));
            }
            WabaUpdate::Review { decision } => {
                match word(decision.as_deref().unwrap_or_default()).as_str() {
                    "REJECTED" => {
                        self.set("review", "waba_review_rejected");
                    }
                    "APPROVED" => {
                        self.clear("review");
                    }
                    _ => {}
                }
            }
            WabaUpdate::Alert {
                severity,
                status,
                alert,
                description,
                ..
            } => self.alert(
                &word(severity.as_deref().unwrap_or_default()),
                &word(status.as_deref().unwrap_or_default()),
                &word(alert.as_deref().unwrap_or_default()),
                description.as_deref(),
            ),
            WabaUpdate::Account {
                event,
                ban_state,
                ban_date,
                restrictions,
                violation,
                ..
            } => {
                if let Some(state) = ban_state {
                    self.ban(&word(state), ban_date.as_deref());
                }
                self.account(&word(event), restrictions, violation.as_deref());
            }
        }
    }

    fn alert(&mut self, severity: &str, status: &str, alert: &str, description: Option<&str>) {
        let subject = match alert {
            "OBA_APPROVED" | "OBA_REJECTED" => "OBA",
            other => other
                .strip_suffix("_DEFERRED")
                .or_else(|| other.strip_suffix("_FAILED"))
                .or_else(|| other.strip_suffix("_NEED_MORE_INFO"))
                .unwrap_or(other),
        };
        let subject = format!("alert:{subject}");
        let is_over = matches!(status, "NONE" | "RESOLVED" | "INACTIVE" | "CLOSED");
        if is_over || !matches!(severity, "CRITICAL" | "WARNING") {
            self.clear(&subject);
            return;
        }
        let word = description.filter(|text| !text.is_empty()).unwrap_or(alert);
        self.tell(Note {
            until: Some(self.told_at + SHOWN_FOR),
            word: Some(word.chars().take(500).collect()),
            ..Note::standing(subject, self.told_at, "account_alert")
        });
    }

    fn ban(&mut self, state: &str, date: Option<&str>) {
        match state {
            "DISABLE" => {
                self.set("ban", WABA_DISABLED);
            }
            "REINSTATE" if self.clear("ban") => self.back_from("BANNED"),
            "SCHEDULE_FOR_DISABLE" => {
                self.tell(Note {
                    due: date.and_then(meta_date),
                    word: date.map(ToOwned::to_owned),
                    ..Note::standing("ban", self.told_at, BAN_SCHEDULED)
                });
            }
            _ => {}
        }
    }

    fn account(&mut self, event: &str, restrictions: &[Value], violation: Option<&str>) {
        match event {
            "ACCOUNT_RESTRICTION" => self.restriction(restrictions, violation.map(word)),
            "ACCOUNT_VIOLATION" => match violation.map(word) {
                Some(kind) if is_lifted(&kind) => self.lift(&kind),
                kind => self.violation(&kind.unwrap_or_default()),
            },
            "PARTNER_REMOVED" => {
                self.set("access:partner", ACCESS_REMOVED);
            }
            "PARTNER_ADDED" => {
                self.clear("access:partner");
            }
            "PARTNER_APP_UNINSTALLED" => {
                self.set("access:app", ACCESS_REMOVED);
            }
            "PARTNER_APP_INSTALLED" => {
                self.clear("access:app");
            }
            "ACCOUNT_OFFBOARDED" => {
                self.set("access:phone", ACCESS_REMOVED);
            }
            // A phone that leaves also removes the partner.
            "ACCOUNT_RECONNECTED" => {
                self.clear("access:phone");
                self.clear("access:partner");
            }
            "ACCOUNT_DELETED" => {
                self.set("access:deleted", ACCESS_REMOVED);
            }
            _ => {}
        }
    }

    fn restriction(&mut self, restrictions: &[Value], violation: Option<String>) {
        match &violation {
            Some(kind) if is_lifted(kind) => return self.lift(kind),
            Some(kind) if restrictions.is_empty() && is_warning(kind) => {
                return self.violation(kind);
            }
            _ => {}
        }
        let cause = violation.as_deref().map(root);
        if cause.is_some_and(|cause| self.was_lifted(cause)) {
            return;
        }
        let text = |value: &Value, name: &str| {
            let value = value.get(name)?;
            value
                .as_str()
                .map(ToOwned::to_owned)
                .or_else(|| value.as_number().map(ToString::to_string))
        };
        for restriction in restrictions {
            let kind = text(restriction, "restriction_type").map(|kind| word(&kind));
            let kind = kind.unwrap_or_default();
            // The numbers of such a WABA still work.
            let code = match kind.contains("ADD_PHONE_NUMBER") {
                true => "waba_limited",
                false => WABA_RESTRICTED,
            };
            self.tell(Note {
                until: text(restriction, "expiration")
                    .as_deref()
                    .and_then(meta_date),
                word: Some(cause.unwrap_or(&kind).to_owned()),
                ..Note::standing(format!("restriction:{kind}"), self.told_at, code)
            });
        }
        if restrictions.is_empty() {
            let cause = cause.unwrap_or_default();
            self.tell(Note {
                word: Some(cause.to_owned()).filter(|cause| !cause.is_empty()),
                ..Note::standing(
                    format!("restriction:{cause}"),
                    self.told_at,
                    WABA_RESTRICTED,
                )
            });
        }
    }

    /// Tells whether Meta later lifted the restrictions that had this cause.
    fn was_lifted(&self, cause: &str) -> bool {
        let note = self.known.standing.get(&format!("restriction:{cause}"));
        note.is_some_and(|note| note.code.is_none() && self.told_at < note.at)
    }

    /// Ends the restrictions that had this cause.
    fn lift(&mut self, violation: &str) {
        let cause = root(violation);
        let standing = self.known.standing.notes().iter();
        let ended: Vec<String> = standing
            .filter(|note| {
                note.subject.starts_with("restriction:") && note.word.as_deref() == Some(cause)
            })
            .map(|note| note.subject.clone())
            .collect();
        let mut is_lifted = self.clear(&format!("restriction:{cause}"));
        for subject in ended {
            is_lifted |= self.clear(&subject);
        }
        self.clear(&format!("violation:{cause}"));
        if is_lifted {
            self.back_from("RESTRICTED");
        }
    }

    fn violation(&mut self, kind: &str) {
        self.tell(Note {
            until: Some(self.told_at + SHOWN_FOR),
            word: Some(kind.to_owned()).filter(|kind| !kind.is_empty()),
            ..Note::standing(
                format!("violation:{}", root(kind)),
                self.told_at,
                "waba_violation",
            )
        });
    }
}

/// Brings a word of Meta's into the form of its documents, bounded.
fn word(text: &str) -> String {
    let text = text.trim().chars().take(100);
    text.map(|letter| letter.to_ascii_uppercase()).collect()
}

fn is_word(text: Option<&str>, wanted: &str) -> bool {
    text.is_some_and(|text| text.eq_ignore_ascii_case(wanted))
}

/// Tells whether a kind of violation says that its restriction ended.
fn is_lifted(kind: &str) -> bool {
    ["_UNBAN", "_UNBANNED", "_LIFTED", "_UNRESTRICT"]
        .iter()
        .any(|end| kind.ends_with(end))
}

/// Tells whether a kind of violation is a warning alone.
fn is_warning(kind: &str) -> bool {
    kind.ends_with("_WARN") || kind.ends_with("_WARNING")
}

/// Returns a kind of violation without the suffix that names Meta's reaction.
fn root(kind: &str) -> &str {
    [
        "_UNBANNED",
        "_UNBAN",
        "_LIFTED",
        "_UNRESTRICT",
        "_WARNING",
        "_WARN",
        "_BANNED",
        "_BAN",
        "_RESTRICT",
    ]
    .iter()
    .find_map(|end| kind.strip_suffix(end))
    .unwrap_or(kind)
}

/// Reads a time in the forms that Meta uses: seconds or milliseconds since 1970, a date in digits or in words.
fn meta_date(text: &str) -> Option<Time> {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        return match number {
            0..100_000_000_000 => Time::from_timestamp(number, 0),
            100_000_000_000..100_000_000_000_000 => Time::from_timestamp_millis(number),
            _ => None,
        };
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    if let Ok(time) = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z") {
        return Some(time.to_utc());
    }
    ["%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%Y-%m-%d", "%m/%d/%Y"]
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(text, form).ok())
        .and_then(|day| day.and_hms_opt(0, 0, 0))
        .map(|time| time.and_utc())
}

/// Returns a limit as a tier's name: some versions of Meta's API send numbers, others names.
fn tier(limit: &str) -> String {
    match limit {
        "50" => "TIER_50",
        "250" => "TIER_250",
        "1000" => "TIER_1K",
        "2000" => "TIER_2K",
        "10000" => "TIER_10K",
        "100000" => "TIER_100K",
        "-1" => "TIER_UNLIMITED",
        other => other,
    }
    .to_owned()
}
