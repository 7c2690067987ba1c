//! The limits of sending, and the fate of accepted messages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The longest delay of a status, in milliseconds.
const LONGEST_MS: u64 = 600_000;

/// The errors that Meta tells by a `failed` status of an accepted message, of those that the sandbox finds by itself.
/// 131047 and 131026 are from public threads (grade C), 131048 is a convention, 131053 is Meta's page on errors.
pub(crate) const TOLD_BY_STATUS: [i64; 4] = [131_026, 131_047, 131_048, 131_053];

/// The knobs of sending. Their defaults are Meta's limits and statuses.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct SendingKnobs {
    /// Tells whether free text needs a customer's message in the last 24 hours.
    pub(crate) window: Window,
    /// The allowance of each number.
    pub(crate) metering: Switch,
    /// The allowance of each number and recipient.
    pub(crate) pairs: Switch,
    /// The portfolio's messaging limit.
    pub(crate) tiers: Switch,
    /// The statuses that a message gets, in this order.
    pub(crate) statuses: Vec<Status>,
    /// Real milliseconds from acceptance to each status.
    pub(crate) delay_ms: Delays,
    /// Percent of the messages that fail by status, with `failCode`.
    pub(crate) fail_percent: f64,
    pub(crate) fail_code: i64,
    /// Percent of the messages whose statuses come in reverse order.
    pub(crate) out_of_order_percent: f64,
    /// Percent of the statuses that come twice.
    pub(crate) double_percent: f64,
    /// The seed that decides which messages the percentages affect.
    pub(crate) seed: u64,
    /// The only numbers that can be written to. Missing means everybody; other numbers get 131030.
    pub(crate) allowed_recipients: Option<Vec<String>>,
    /// The codes that refuse the call, of those that Meta tells by a status of the accepted message.
    pub(crate) refuse_at_once: Vec<i64>,
    /// Special recipients, by their digits.
    pub(crate) recipients: BTreeMap<String, RecipientKnobs>,
    /// The names of templates that `/marketing_messages` does not know yet: 134101. `*` is all.
    pub(crate) unsynced_templates: Vec<String>,
    /// Words that Direct Send refuses in a text: 139200.
    pub(crate) blocked_words: Vec<String>,
    /// The reaction of customers to calls of a business.
    pub(crate) calls: Pickup,
    /// The most statuses in one POST, 1 to 1,000.
    pub(crate) batch: usize,
    /// The time for which statuses are collected, in real milliseconds.
    pub(crate) gather_ms: u64,
}

/// The special treatment of one recipient.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct RecipientKnobs {
    /// Refuse the call with this code.
    pub(crate) refuse: Option<i64>,
    /// Accept the message, and then fail it with this code.
    pub(crate) fail: Option<i64>,
    pub(crate) statuses: Option<Vec<Status>>,
    /// The fate of marketing templates alone.
    pub(crate) marketing: MarketingKnobs,
}

/// The fate of marketing templates to one recipient, such as 131049, 131050 or 130472.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct MarketingKnobs {
    /// Refuse the call with this code.
    pub(crate) refuse: Option<i64>,
    /// Accept the message, and then fail it with this code.
    pub(crate) fail: Option<i64>,
}

/// The reaction of a customer to a call of a business.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Pickup {
    /// The customer answers.
    #[default]
    Accept,
    Reject,
    /// The call rings, and nobody answers.
    Ring,
}

/// Tells whether free text fails outside the 24 hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Window {
    #[default]
    Enforced,
    /// Every customer counts as having just written.
    Open,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Switch {
    #[default]
    On,
    Off,
}

impl Switch {
    pub(crate) fn is_on(self) -> bool {
        self == Self::On
    }
}

/// A status of a message, in Meta's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Sent,
    Delivered,
    Read,
    Played,
    Failed,
}

/// Real milliseconds from acceptance to a status.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Delays {
    sent: u64,
    delivered: u64,
    read: u64,
    played: u64,
    failed: u64,
}

impl Delays {
    pub(crate) fn of(&self, status: Status) -> u64 {
        match status {
            Status::Sent => self.sent,
            Status::Delivered => self.delivered,
            Status::Read => self.read,
            Status::Played => self.played,
            Status::Failed => self.failed,
        }
    }

    fn longest(&self) -> u64 {
        [
            self.sent,
            self.delivered,
            self.read,
            self.played,
            self.failed,
        ]
        .into_iter()
        .max()
        .unwrap_or_default()
    }
}

impl Default for SendingKnobs {
    fn default() -> Self {
        Self {
            window: Window::default(),
            metering: Switch::default(),
            pairs: Switch::default(),
            tiers: Switch::default(),
            statuses: vec![Status::Sent, Status::Delivered],
            delay_ms: Delays::default(),
            fail_percent: 0.0,
            fail_code: 131_026,
            out_of_order_percent: 0.0,
            double_percent: 0.0,
            seed: 0,
            allowed_recipients: None,
            refuse_at_once: Vec::new(),
            recipients: BTreeMap::new(),
            unsynced_templates: Vec::new(),
            blocked_words: Vec::new(),
            calls: Pickup::default(),
            batch: 500,
            gather_ms: 20,
        }
    }
}

impl SendingKnobs {
    /// Returns why the knobs cannot be set so, if they cannot.
    pub(crate) fn objection(&self) -> Option<&'static str> {
        let percents = [
            self.fail_percent,
            self.out_of_order_percent,
            self.double_percent,
        ];
        let lists = self
            .recipients
            .values()
            .filter_map(|knobs| knobs.statuses.as_ref());
        let fails = |list: &Vec<Status>| list.contains(&Status::Failed);
        if percents
            .iter()
            .any(|percent| !(0.0..=100.0).contains(percent))
        {
            Some("a percentage must be from 0 to 100")
        } else if !(1..=1_000).contains(&self.batch) {
            Some("batch must be from 1 to 1000")
        } else if self.gather_ms > 10_000 {
            Some("gatherMs must be 10000 at most")
        } else if self.delay_ms.longest() > LONGEST_MS {
            Some("delayMs must be 600000 at most")
        } else if fails(&self.statuses) || lists.clone().any(fails) {
            Some("failed is ordered by failPercent or a recipient's fail")
        } else if !self
            .refuse_at_once
            .iter()
            .all(|code| TOLD_BY_STATUS.contains(code))
        {
            Some("refuseAtOnce has codes of 131026, 131047, 131048 and 131053")
        } else if self
            .recipients
            .keys()
            .any(|number| !number.bytes().all(|byte| byte.is_ascii_digit()))
        {
            Some("recipients are named by their digits")
        } else {
            None
        }
    }

    pub(crate) fn recipient(&self, number: &str) -> Option<&RecipientKnobs> {
        self.recipients.get(number)
    }

    /// Tells whether the route for marketing knows the template.
    pub(crate) fn is_synced(&self, template: &str) -> bool {
        let names = |name: &String| name == template || name == "*";
        !self.unsynced_templates.iter().any(names)
    }

    pub(crate) fn allows(&self, number: &str) -> bool {
        let digits = |text: &String| text.chars().filter(char::is_ascii_digit).eq(number.chars());
        self.allowed_recipients
            .as_ref()
            .is_none_or(|allowed| allowed.iter().any(digits))
    }
}
