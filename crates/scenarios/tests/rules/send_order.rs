//! The order of messages to one recipient, whether they are paused, retried, paced or uploaded.

use std::time::Duration;

use tokio::time::sleep;
use wabakit_domain::{
    ids::MessageId,
    message::MessageStatus as S,
    outbound::{Certainty, Priority, WaitReason},
};
use wabakit_services::own_wait;

use crate::support::sending::{Act, Running, SendWorld, failure, people};

const ADA: &str = "15550001";
/// Long enough for other messages to overtake.
const LATE: Duration = Duration::from_millis(500);

async fn to_ada(w: &SendWorld, count: usize) -> Vec<MessageId> {
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.extend(w.queue([ADA.into()], Priority::Normal, "").await);
    }
    ids
}

#[tokio::test(start_paused = true)]
async fn what_waits_in_a_paused_queue_goes_in_order() {
    let w = SendWorld::new().await;
    w.gateway.script([Act::TakesLate(LATE)]);
    let running = Running::start(&w.process());
    let (org, account) = (w.account.org, w.account.id);
    let pause = |is_paused| w.world.inbox.pause_queue(org, account, is_paused, vec![]);
    pause(true).await.unwrap();
    let ids = to_ada(&w, 12).await;
    sleep(Duration::from_secs(5)).await;
    pause(false).await.unwrap();
    w.until(ids[11], S::Accepted).await;
    assert_eq!(w.gateway.accepted(), ids);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_given_in_one_call_goes_in_its_order() {
    let w = SendWorld::new().await;
    w.gateway.script([Act::TakesLate(LATE)]);
    let running = Running::start(&w.process());
    let to = std::iter::repeat_n(ADA.to_owned(), 10);
    let ids = w.queue(to, Priority::Normal, "").await;
    w.until(ids[9], S::Accepted).await;
    assert_eq!(w.gateway.accepted(), ids);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn one_that_is_refused_for_a_while_keeps_its_place() {
    for code in [130_429, 131_056] {
        let w = SendWorld::new().await;
        let limited = failure(Certainty::NotTaken, Some(code));
        w.gateway.script([Act::FailsLate(LATE, limited)]);
        let ids = to_ada(&w, 3).await;
        let running = Running::start(&w.process());
        w.until(ids[2], S::Accepted).await;
        assert_eq!(w.gateway.accepted(), ids, "{code}");
        running.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn one_whose_file_takes_long_keeps_its_place_for_a_minute() {
    for (seconds, is_passed) in [(20, false), (100, true)] {
        let w = SendWorld::new().await;
        w.gateway.upload_in(Duration::from_secs(seconds));
        let picture = w.queue_picture(ADA).await;
        let text = to_ada(&w, 1).await[0];
        let running = Running::start(&w.process());
        sleep(Duration::from_secs(70)).await;
        let waiting = own_wait(&w.message(picture).await.job.unwrap(), w.now());
        assert_eq!(
            waiting.map(|one| one.reason),
            is_passed.then_some(WaitReason::Upload)
        );
        assert!(waiting.is_none_or(|one| one.is_passed));
        for id in [picture, text] {
            w.until(id, S::Accepted).await;
        }
        let expected = match is_passed {
            true => [text, picture],
            false => [picture, text],
        };
        assert_eq!(w.gateway.accepted(), expected);
        assert_eq!(w.gateway.uploads(), 1);
        running.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_is_tried_in_vain_for_a_minute_is_passed_and_says_so() {
    let w = SendWorld::new().await;
    let ids = to_ada(&w, 3).await;
    w.gateway
        .always(ids[0], failure(Certainty::NotTaken, Some(131_016)));
    let running = Running::start(&w.process());
    sleep(Duration::from_secs(50)).await;
    assert_eq!(w.times(&ids[1..]), [0, 0]);
    sleep(Duration::from_secs(70)).await;
    assert_eq!(w.times(&ids[1..]), [1, 1]);
    w.until(ids[2], S::Accepted).await;
    let mut is_passed = false;
    for _ in 0..600 {
        sleep(Duration::from_secs(1)).await;
        let job = w.message(ids[0]).await.job.unwrap();
        is_passed = own_wait(&job, w.now()).is_some_and(|waiting| waiting.is_passed);
        if is_passed {
            break;
        }
    }
    assert!(is_passed);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn one_whose_outcome_is_unknown_ends_its_turn() {
    let w = SendWorld::new().await;
    w.gateway
        .script([Act::Fails(failure(Certainty::Unknown, Some(131_016)))]);
    let ids = to_ada(&w, 3).await;
    let running = Running::start(&w.process());
    sleep(Duration::from_secs(5)).await;
    assert_eq!(w.gateway.accepted(), ids[1..]);
    assert_eq!(w.message(ids[0]).await.status, S::Sending);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn no_message_goes_before_the_outcome_of_the_last_is_written() {
    let w = SendWorld::new().await;
    w.gateway.slow_by(Duration::from_millis(300));
    let ids = to_ada(&w, 8).await;
    let running = Running::start(&w.process());
    w.until(ids[7], S::Accepted).await;
    let at: Vec<_> = w.gateway.got().iter().map(|got| got.at).collect();
    for pair in at.windows(2) {
        let between = pair[1].duration_since(pair[0]);
        assert!(between >= Duration::from_millis(300), "{between:?}");
        // Sent at once: only the round trip passes.
        assert!(between <= Duration::from_millis(340), "{between:?}");
    }
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_thousand_for_one_person_hold_up_nobody_else() {
    let w = SendWorld::new().await;
    let to = std::iter::repeat_n(ADA.to_owned(), 1_000);
    w.queue(to, Priority::Normal, "").await;
    let others = w.queue(people(100), Priority::Normal, "").await;
    let running = Running::start(&w.process());
    sleep(Duration::from_secs(4)).await;
    assert_eq!(w.times(&others), vec![1; 100]);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_high_priority_message_overtakes_in_its_conversation() {
    let w = SendWorld::new().await;
    w.gateway.slow_by(Duration::from_secs(1));
    let mut ids = to_ada(&w, 3).await;
    let running = Running::start(&w.process());
    sleep(Duration::from_millis(500)).await;
    let high = w.queue([ADA.into()], Priority::High, "").await[0];
    w.until(ids[2], S::Accepted).await;
    ids.insert(1, high);
    assert_eq!(w.gateway.accepted(), ids);
    running.end().await;
}
