//! Submitting messages: calls are committed together, each message once, and a bad one fails alone.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures::future::join_all;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use wabakit_domain::message::MessageStatus;
use wabakit_ports::store::{StoreError, Submission};
use wabakit_services::{Defaults, SendError, SendSettings, Sending};

use crate::support::{Fate, sending::SendWorld};

const BAD: &str = "15550009999";

fn template(to: &str) -> Value {
    json!({"to": to, "type": "template", "template": {"name": "hello_world", "language": {"code": "en_US"}}})
}

/// A store that counts its calls, and fails on demand.
struct Watched {
    world: SendWorld,
    sending: Sending,
    commits: Arc<AtomicUsize>,
}

impl Watched {
    async fn new(
        fails: impl Fn(usize, &[Submission]) -> Option<StoreError> + Send + Sync + 'static,
    ) -> Self {
        let world = SendWorld::new().await;
        let commits = Arc::<AtomicUsize>::default();
        let count = commits.clone();
        let verdict = move |submissions: &Vec<Submission>| {
            let before = count.fetch_add(1, Ordering::SeqCst);
            fails(before, submissions).map_or(Fate::Done, Fate::Refused)
        };
        world.store.on("submit", verdict);
        let sending = Sending::new(world.ports.clone(), SendSettings::default());
        Self {
            world,
            sending,
            commits,
        }
    }

    /// Counts the look-ups of recipients.
    fn lookups(&self) -> usize {
        self.world.store.reads("addressees")
    }

    fn start(&self) {
        self.sending.start(&CancellationToken::new()).detach_all();
    }

    /// Makes a call for each of these numbers, before anything is written.
    async fn together(&self, numbers: &[String]) -> Vec<Result<MessageStatus, SendError>> {
        let calls = numbers.iter().map(|to| async {
            let messages = &self.sending.messages;
            let sent = messages
                .submit(&self.world.world.admin, None, template(to))
                .await;
            sent.map(|sent| sent.value.message.status)
        });
        let begin = async {
            while self.sending.pending() < numbers.len() {
                tokio::task::yield_now().await;
            }
            self.start();
        };
        tokio::join!(join_all(calls), begin).0
    }
}

fn numbers(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("1555{n:07}")).collect()
}

#[tokio::test]
async fn calls_that_arrive_together_are_one_commit_and_one_look_at_whom_they_are_for() {
    let watched = Watched::new(|_, _| None).await;
    let answers = watched.together(&numbers(100)).await;
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer, Ok(MessageStatus::Queued)))
    );
    assert_eq!(watched.commits.load(Ordering::SeqCst), 1);
    assert_eq!(watched.lookups(), 1);
}

#[tokio::test]
async fn a_commit_that_others_got_in_the_way_of_is_made_again_whole() {
    let watched = Watched::new(|before, _| (before < 2).then_some(StoreError::Conflict)).await;
    let answers = watched.together(&numbers(10)).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(watched.commits.load(Ordering::SeqCst), 3);
    assert_eq!(watched.lookups(), 3, "whom they are for is looked up anew");
}

#[tokio::test]
async fn a_call_that_cannot_be_stored_does_not_hold_the_others_up() {
    let watched = Watched::new(|_, submissions| {
        let messages = submissions
            .iter()
            .flat_map(|submission| &submission.messages);
        let mut to = messages.filter_map(|(_, compose)| compose.party.phone.as_deref());
        to.any(|to| to == BAD)
            .then_some(StoreError::Forbidden("scripted"))
    })
    .await;
    let mut to = numbers(5);
    to.insert(2, BAD.to_owned());
    let answers = watched.together(&to).await;
    for (to, answer) in to.iter().zip(answers) {
        assert_eq!(answer.is_ok(), to != BAD, "{to}");
        if to == BAD {
            assert!(matches!(answer, Err(SendError::NotStored)));
        }
    }
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_told_to_every_caller_at_once() {
    let watched = Watched::new(|_, _| Some(StoreError::unavailable("down"))).await;
    let answers = watched.together(&numbers(3)).await;
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer, Err(SendError::NotStored)))
    );
    assert_eq!(watched.commits.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_call_under_a_key_that_is_being_worked_on_is_refused_until_the_first_one_ends() {
    let watched = Watched::new(|_, _| None).await;
    let (messages, admin) = (&watched.sending.messages, &watched.world.world.admin);
    let first = messages.submit(admin, Some("k"), template("15550000001"));
    let second = async {
        while watched.sending.pending() < 1 {
            tokio::task::yield_now().await;
        }
        let second = messages
            .submit(admin, Some("k"), template("15550000001"))
            .await;
        watched.start();
        second
    };
    let (first, second) = tokio::join!(first, second);
    assert!(matches!(second, Err(SendError::InFlight)));
    let third = messages
        .submit(admin, Some("k"), template("15550000001"))
        .await
        .unwrap();
    assert!(third.is_replayed);
    assert_eq!(third.value, first.unwrap().value);
}

#[tokio::test]
async fn what_waits_when_the_process_ends_is_written() {
    let watched = Watched::new(|_, _| None).await;
    let stop = CancellationToken::new();
    stop.cancel();
    let (messages, admin) = (&watched.sending.messages, &watched.world.world.admin);
    let sent = messages.submit(admin, None, template("15550000001"));
    let begin = async {
        while watched.sending.pending() < 1 {
            tokio::task::yield_now().await;
        }
        let mut writers = watched.sending.start(&stop);
        while writers.join_next().await.is_some() {}
    };
    let (sent, ()) = tokio::join!(sent, begin);
    assert!(sent.is_ok());
    let late = messages.submit(admin, None, template("15550000002")).await;
    assert!(matches!(late, Err(SendError::NotStored)));
}

#[tokio::test]
async fn a_call_of_which_nothing_was_queued_keeps_no_key() {
    let watched = Watched::new(|_, _| None).await;
    watched.start();
    let (messages, admin) = (&watched.sending.messages, &watched.world.world.admin);
    let text = json!({"to": "15550000001", "type": "text", "text": {"body": "Hello"}});
    for _ in 0..2 {
        let many = messages
            .submit_many(admin, Some("k"), vec![text.clone()], Defaults::default())
            .await
            .unwrap();
        assert!(!many.is_replayed);
        assert_eq!(many.value[0].as_ref().unwrap_err().code, "window_closed");
    }
    assert_eq!(watched.commits.load(Ordering::SeqCst), 0);
}
