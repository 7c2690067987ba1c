//! Plans the statuses of a message, and their times.

use super::knobs::{SendingKnobs, Status};
use crate::dice::Dice;

/// The planned statuses of a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan(pub(super) Vec<Step>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) status: Status,
    pub(super) error: Option<i64>,
    /// Real milliseconds from acceptance until the status is sent.
    pub(super) delay_ms: u64,
    /// Milliseconds by which its timestamp is later than the acceptance.
    pub(super) at_ms: u64,
    pub(super) is_double: bool,
    /// Whether the status tells the price.
    pub(super) has_price: bool,
}

impl Plan {
    /// Plans the statuses of the message with this number. `fails`: the message cannot be delivered.
    pub(crate) fn new(
        knobs: &SendingKnobs,
        number: &str,
        sequence: u64,
        message_type: &str,
        fails: Option<i64>,
    ) -> Self {
        let special = knobs.recipient(number);
        let mut dice = Dice::new(knobs.seed, sequence);
        let (is_failed, is_reversed) = (
            dice.chance(knobs.fail_percent),
            dice.chance(knobs.out_of_order_percent),
        );
        let error = fails
            .or(special.and_then(|special| special.fail))
            .or(is_failed.then_some(knobs.fail_code));
        let listed = special
            .and_then(|special| special.statuses.as_ref())
            .unwrap_or(&knobs.statuses);
        let statuses: Vec<Status> = match error {
            Some(_) => vec![Status::Failed],
            None => listed
                .iter()
                .copied()
                .filter(|status| fits(*status, message_type))
                .collect(),
        };
        // The price is told at `sent`, and again by the status with which the message arrives.
        let arrival = |status: &Status| matches!(status, Status::Delivered | Status::Read);
        let arrives = statuses.iter().copied().find(arrival);
        let delay = |status: &Status| knobs.delay_ms.of(*status);
        let mut delays: Vec<u64> = statuses.iter().map(delay).collect();
        if is_reversed {
            delays.sort_unstable();
        }
        let said_order: Vec<Status> = if is_reversed {
            statuses.into_iter().rev().collect()
        } else {
            statuses
        };
        let mut steps = Vec::with_capacity(delays.len());
        for (status, delay_ms) in said_order.into_iter().zip(delays) {
            let step = Step {
                status,
                error,
                delay_ms,
                at_ms: knobs.delay_ms.of(status),
                is_double: false,
                has_price: status == Status::Sent || Some(status) == arrives,
            };
            steps.push(step);
            if dice.chance(knobs.double_percent) {
                let is_double = true;
                steps.push(Step { is_double, ..step });
            }
        }
        Self(steps)
    }

    /// Plans the failure of a message that was held.
    pub(crate) fn failure(code: i64) -> Self {
        Self(vec![Step {
            status: Status::Failed,
            error: Some(code),
            delay_ms: 0,
            at_ms: 0,
            is_double: false,
            has_price: false,
        }])
    }

    /// Tells whether the message is not delivered.
    pub(crate) fn fails(&self) -> bool {
        self.0.iter().any(|step| step.status == Status::Failed)
    }
}

/// Tells whether a type has this status: a reaction has only `sent`, and only audio is played.
fn fits(status: Status, message_type: &str) -> bool {
    match status {
        Status::Sent | Status::Failed => true,
        Status::Delivered | Status::Read => message_type != "reaction",
        Status::Played => message_type == "audio",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn plan(knobs: &Value, message_type: &str) -> Vec<(Status, u64)> {
        let knobs: SendingKnobs = serde_json::from_value(knobs.clone()).unwrap();
        let plan = Plan::new(&knobs, "49", 1, message_type, None);
        let view = |step: &Step| (step.status, step.delay_ms);
        plan.0.iter().map(view).collect()
    }

    #[test]
    fn a_message_is_sent_and_then_delivered() {
        let usual = plan(&json!({}), "text");
        assert_eq!(usual, [(Status::Sent, 0), (Status::Delivered, 0)]);
        assert_eq!(plan(&json!({}), "reaction"), [(Status::Sent, 0)]);
    }

    #[test]
    fn statuses_out_of_order_change_places_and_keep_the_moments() {
        let knobs = json!({ "outOfOrderPercent": 100, "statuses": ["sent", "delivered", "read"], "delayMs": { "delivered": 5, "read": 9 } });
        let steps = plan(&knobs, "text");
        assert_eq!(
            steps,
            [(Status::Read, 0), (Status::Delivered, 5), (Status::Sent, 9)]
        );
    }

    #[test]
    fn the_price_is_told_when_a_message_is_sent_and_when_it_arrives() {
        for (listed, priced) in [
            (
                json!(["sent", "delivered", "read"]),
                vec![Status::Sent, Status::Delivered],
            ),
            (json!(["sent", "read"]), vec![Status::Sent, Status::Read]),
            (json!(["read"]), vec![Status::Read]),
            (json!(["sent"]), vec![Status::Sent]),
        ] {
            for reversed in [0, 100] {
                let knobs = json!({ "statuses": listed, "outOfOrderPercent": reversed });
                let knobs: SendingKnobs = serde_json::from_value(knobs).unwrap();
                let plan = Plan::new(&knobs, "49", 1, "text", None);
                let told = plan.0.iter().filter(|step| step.has_price);
                let mut told: Vec<Status> = told.map(|step| step.status).collect();
                if reversed == 100 {
                    told.reverse();
                }
                assert_eq!(told, priced, "{listed}");
            }
        }
    }

    #[test]
    fn only_audio_is_played() {
        let knobs = json!({ "statuses": ["played"] });
        assert_eq!(plan(&knobs, "audio"), [(Status::Played, 0)]);
        assert_eq!(plan(&knobs, "video"), []);
    }

    #[test]
    fn a_recipients_failure_goes_before_the_rest() {
        let knobs = json!({ "recipients": { "49": { "fail": 131_049 } } });
        let knobs: SendingKnobs = serde_json::from_value(knobs).unwrap();
        let failed = Plan::new(&knobs, "49", 1, "text", None);
        assert_eq!(
            (failed.0[0].status, failed.0[0].error),
            (Status::Failed, Some(131_049))
        );
        assert_eq!(Plan::new(&knobs, "50", 1, "text", None).0.len(), 2);
    }

    #[test]
    fn each_doubled_status_comes_twice() {
        assert_eq!(plan(&json!({ "doublePercent": 100 }), "text").len(), 4);
    }
}
