//! Sent messages: an attempt is never repeated by itself, any proof counts, and old facts never undo newer ones.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

#[path = "../common/mod.rs"]
mod common;

mod acts;
mod attempts;
mod compose;
mod orders;
mod proofs;
mod turns;

use common::{ACCOUNT, ORG, Store, at, item, status, text};
use proptest::{prelude::*, sample::Index};
use rstest::rstest;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    ids::{AttemptToken, GroupId, MediaId, MessageId, OrgId, UserId, Wamid},
    inbound::{Fact, MessageFact, MetaFault, Origin, Party},
    inbox::{Item, Refused},
    message::{Direction, Message, MessageStatus, ReportedStatus},
    outbound::{
        Compose, Job, JobState, Outcome, Priority, SendFact, SendStep, StoredFile, WaitReason,
        opaque, read_opaque,
    },
};

use JobState as J;
use MessageStatus as S;
use ReportedStatus::{Delivered, Failed, Read, Sent};

const ID: MessageId = MessageId(Uuid::from_u128(0xabc));

fn compose_to(id: MessageId, phone: &str) -> Compose {
    Compose {
        message: id,
        party: Party {
            phone: Some(phone.into()),
            ..Party::default()
        },
        group_id: None,
        content: text("hello"),
        context: None,
        job: Job::new(Priority::Normal, at(1_000), at(90_000)),
        body: "{}".into(),
        file: None,
    }
}

fn composed(compose: Compose) -> Item {
    item(Fact::Compose(Box::new(compose)))
}

fn step(step: SendStep) -> Item {
    item(Fact::Send(Box::new(SendFact { message: ID, step })))
}

/// The token of this attempt.
fn token(attempt: i32) -> AttemptToken {
    AttemptToken(Uuid::from_u128(attempt.unsigned_abs().into()))
}

fn outcome(attempt: i32, outcome: Outcome) -> Item {
    let token = token(attempt);
    step(SendStep::Outcome { token, outcome })
}

fn accepted(attempt: i32, wamid: &str) -> Item {
    let wamid = wamid.into();
    outcome(
        attempt,
        Outcome::Accepted {
            wamid,
            recipient: None,
        },
    )
}

fn fault(code: i64) -> MetaFault {
    MetaFault {
        code,
        title: None,
        message: None,
        details: None,
        href: None,
    }
}

fn refused(attempt: i32) -> Item {
    let fault = fault(131_008);
    outcome(attempt, Outcome::Refused { fault })
}

fn again(attempt: i32) -> Item {
    outcome(
        attempt,
        Outcome::Again {
            due_at: at(1_060),
            wait: WaitReason::Retry,
            fault: Some(fault(130_429)),
        },
    )
}

fn unknown(attempt: i32) -> Item {
    let until = at(1_600);
    outcome(attempt, Outcome::Unknown { until, fault: None })
}

fn orphaned(epoch: i64) -> Item {
    let until = at(1_600);
    step(SendStep::Orphaned { epoch, until })
}

fn unproven() -> Item {
    step(SendStep::Unproven { as_failed: false })
}

fn retry() -> Item {
    let expires_at = at(99_000);
    step(SendStep::Retry { expires_at })
}

/// A status that carries our id and its attempt's token: the wamid of attempt 1 is `w.1`.
fn proof(wamid: &str, what: ReportedStatus) -> Item {
    let attempt = wamid.trim_start_matches("w.").parse().unwrap();
    carrying(opaque(ID, token(attempt)), wamid, what)
}

/// A status that carries only our id, of an attempt that was begun before tokens existed.
fn old_proof(wamid: &str, what: ReportedStatus) -> Item {
    carrying(ID.to_string(), wamid, what)
}

fn carrying(opaque: String, wamid: &str, what: ReportedStatus) -> Item {
    let mut item = status(wamid, what, 1_001);
    if let Fact::Status(status) = &mut item.fact {
        status.opaque = Some(opaque);
    }
    item
}

trait Sending {
    fn message(&self) -> &Message;
    fn job(&self) -> &Job;
    fn dispatch(&mut self);
    fn dispatch_without_token(&mut self);
    fn duplicates(&self) -> Vec<&str>;
    fn refuse(&mut self, item: Item);
    fn stands(&self) -> (S, J);
    fn timeline(&self) -> usize;
}

impl Sending for Store {
    fn message(&self) -> &Message {
        self.rows.messages.values().find(|m| m.id == ID).unwrap()
    }

    fn job(&self) -> &Job {
        self.message().job.as_ref().unwrap()
    }

    /// Dispatches as a store does, under epoch 7.
    fn dispatch(&mut self) {
        let messages = self.rows.messages.values_mut();
        let message = messages.into_iter().find(|m| m.id == ID).unwrap();
        let job = message.job.as_mut().unwrap();
        if job.state != J::Queued {
            return;
        }
        (job.state, job.attempt, job.epoch) = (J::Dispatching, job.attempt + 1, 7);
        job.token = Some(token(job.attempt));
        message.status = S::Sending;
    }

    /// Dispatches without a token, as before tokens existed.
    fn dispatch_without_token(&mut self) {
        self.dispatch();
        for message in self.rows.messages.values_mut() {
            message.job.as_mut().unwrap().token = None;
        }
    }

    fn duplicates(&self) -> Vec<&str> {
        self.job().duplicates.iter().map(Wamid::as_str).collect()
    }

    fn refuse(&mut self, item: Item) {
        let before = (self.rows.clone(), self.told.clone());
        let refused = self.apply_at(at(1_000), &[item]);
        assert_eq!(refused, [(0, Refused::WrongState)]);
        assert_eq!((self.rows.clone(), self.told.clone()), before);
    }

    fn stands(&self) -> (S, J) {
        (self.message().status, self.job().state)
    }

    fn timeline(&self) -> usize {
        self.rows.statuses.len()
    }
}

fn queued() -> Store {
    let mut store = Store::default();
    store.apply(&[composed(compose_to(ID, "15550100"))]);
    store
}

fn dispatching() -> Store {
    let mut store = queued();
    store.dispatch();
    store
}

/// A message whose first attempt has an unknown outcome.
fn in_doubt() -> Store {
    let mut store = dispatching();
    store.apply(&[unknown(1)]);
    assert_eq!(store.apply_at(at(1_600), &[unproven()]), []);
    assert_eq!(store.stands(), (S::Unknown, J::Unknown));
    store
}

fn wrote(wamid: &str, phone: &str, origin: Origin) -> Item {
    item(Fact::Message(Box::new(MessageFact {
        wamid: wamid.into(),
        direction: match origin {
            Origin::Echo => Direction::Outbound,
            _ => Direction::Inbound,
        },
        party: Party {
            phone: Some(phone.into()),
            ..Party::default()
        },
        group_id: None,
        at: at(900),
        origin,
        context: None,
        referral: None,
        content: text("hi"),
    })))
}
