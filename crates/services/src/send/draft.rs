//! Reading and checking a message, as far as that needs no database.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Map, Value};
use wabakit_domain::{
    Time,
    contact::ContactKey,
    ids::AccountId,
    outbound::{Outbound, OutboundContent, Priority, Recipient},
};
use wabakit_ports::store::Addressee;

use crate::Invalid;

/// The length of the longest flow name, in characters.
const LONGEST_FLOW: usize = 64;
/// The length of the longest reference of the sender, in characters.
const LONGEST_REFERENCE: usize = 200;
/// The longest time ahead for which a message may be scheduled, and for which it may wait.
const FAR: Duration = Duration::days(30);

/// Values for all messages of a call that do not have their own.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Defaults {
    /// The number.
    pub account: Option<AccountId>,
    /// The priority.
    pub priority: Option<Priority>,
    /// The flow.
    pub flow: Option<String>,
}

/// The category of a template.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Category {
    Marketing,
    Utility,
    Authentication,
}

/// A message that keeps Meta's limits and ours.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Draft {
    pub(super) account: Option<AccountId>,
    pub(super) outbound: Outbound,
    pub(super) priority: Priority,
    pub(super) flow: String,
    pub(super) scheduled_at: Option<Time>,
    pub(super) expires_at: Time,
    pub(super) client_reference: Option<String>,
    pub(super) ignore_window: bool,
    pub(super) category: Option<Category>,
}

impl Draft {
    /// Reads Meta's message object with our own fields in it.
    ///
    /// # Errors
    /// All faults of the message, as [`Invalid`]s.
    pub(super) fn read(
        message: Value,
        defaults: &Defaults,
        (now, time_to_live): (Time, Duration),
    ) -> Result<Self, Vec<Invalid>> {
        let Value::Object(mut message) = message else {
            return Err(vec![Invalid::new("", "A message is an object.")]);
        };
        let mut ours = Ours {
            wrong: Vec::new(),
            message: &mut message,
        };
        let account = ours.account().or(defaults.account);
        let priority = ours.priority().or(defaults.priority).unwrap_or_default();
        let flow = ours.short("flow", LONGEST_FLOW);
        let flow = flow.or_else(|| defaults.flow.clone()).unwrap_or_default();
        let client_reference = ours.short("clientReference", LONGEST_REFERENCE);
        let scheduled_at = ours.time("scheduledAt").filter(|at| *at > now);
        let expires_at = ours.time("expiresAt");
        let ignore_window = ours.flag("ignoreWindow");
        let category = ours.category();
        let from = scheduled_at.unwrap_or(now);
        ours.times(scheduled_at, expires_at, now);
        let mut wrong = ours.wrong;
        if category.is_some() && message.get("type").and_then(Value::as_str) != Some("template") {
            let detail = "Only a template has a category.";
            wrong.push(Invalid::new("/category", detail));
        }
        let outbound = match Outbound::from_json(Value::Object(message)) {
            Ok(outbound) => outbound,
            Err(invalid) => {
                let invalid = invalid.into_iter();
                wrong.extend(invalid.map(|one| Invalid::new(one.pointer, one.message)));
                return Err(wrong);
            }
        };
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Self {
            account,
            outbound,
            priority,
            flow,
            scheduled_at,
            expires_at: expires_at.unwrap_or(from + time_to_live),
            client_reference,
            ignore_window,
            category,
        })
    }

    pub(super) const fn is_template(&self) -> bool {
        matches!(self.outbound.content, OutboundContent::Template(_))
    }

    /// Returns the other person. `None` for a number without digits, which validation refuses.
    pub(super) fn addressee(&self) -> Option<Addressee> {
        match &self.outbound.recipient {
            Recipient::Group(group) => Some(Addressee::Group(group.clone())),
            person => {
                let keys = ContactKey::of(&person.party());
                keys.into_iter().next().map(Addressee::Person)
            }
        }
    }
}

/// Takes our own fields out of a message, and collects their faults.
struct Ours<'a> {
    wrong: Vec<Invalid>,
    message: &'a mut Map<String, Value>,
}

impl Ours<'_> {
    fn take<T>(
        &mut self,
        key: &str,
        detail: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        // Null means the same as a missing field, because many clients write optional fields as null.
        let value = self.message.remove(key).filter(|value| !value.is_null())?;
        let read = read(&value);
        if read.is_none() {
            self.wrong.push(Invalid::new(format!("/{key}"), detail));
        }
        read
    }

    fn account(&mut self) -> Option<AccountId> {
        let detail = "Give the id of one of your accounts.";
        self.take("accountId", detail, |value| value.as_str()?.parse().ok())
    }

    fn priority(&mut self) -> Option<Priority> {
        let detail = "Give high, normal or low.";
        self.take("priority", detail, |value| {
            Some(match value.as_str()? {
                "high" => Priority::High,
                "normal" => Priority::Normal,
                "low" => Priority::Low,
                _ => return None,
            })
        })
    }

    fn category(&mut self) -> Option<Category> {
        let detail = "Give marketing, utility or authentication.";
        self.take("category", detail, |value| {
            Some(match value.as_str()? {
                "marketing" => Category::Marketing,
                "utility" => Category::Utility,
                "authentication" => Category::Authentication,
                _ => return None,
            })
        })
    }

    fn short(&mut self, key: &str, longest: usize) -> Option<String> {
        let detail = format!("Give a text of 1 to {longest} characters, without line breaks.");
        self.take(key, &detail, |value| {
            let text = value.as_str()?;
            is_short(text, longest).then(|| text.to_owned())
        })
    }

    fn time(&mut self, key: &str) -> Option<Time> {
        let detail = "Give a time such as 2026-10-05T08:30:00Z.";
        self.take(key, detail, |value| {
            let time = DateTime::parse_from_rfc3339(value.as_str()?).ok()?;
            Some(time.with_timezone(&Utc))
        })
    }

    fn flag(&mut self, key: &str) -> bool {
        self.take(key, "Give true or false.", Value::as_bool)
            .unwrap_or(false)
    }

    fn times(&mut self, scheduled_at: Option<Time>, expires_at: Option<Time>, now: Time) {
        let mut refuse = |key: &str, detail: &str| {
            self.wrong.push(Invalid::new(format!("/{key}"), detail));
        };
        let far = now + FAR;
        if scheduled_at.is_some_and(|at| at > far) {
            refuse("scheduledAt", "Give a time within the next 30 days.");
        }
        let from = scheduled_at.unwrap_or(now);
        match expires_at {
            Some(at) if at <= from => {
                let detail = "Give a time that is after scheduledAt, and not past.";
                refuse("expiresAt", detail);
            }
            Some(at) if at > from + FAR => {
                let detail = "Give a time within 30 days after scheduledAt, or after now.";
                refuse("expiresAt", detail);
            }
            _ => {}
        }
    }
}

/// Tells whether a text can be a flow's name.
pub(super) fn is_flow(text: &str) -> bool {
    is_short(text, LONGEST_FLOW)
}

fn is_short(text: &str, longest: usize) -> bool {
    let length = text.chars().count();
    (1..=longest).contains(&length) && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests;
