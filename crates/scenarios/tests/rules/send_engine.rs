//! The engine: it sends each message once, at the number's pace, and repeats no unknown outcome.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use wabakit_domain::{
    message::MessageStatus as S,
    outbound::{Certainty, JobState, Priority, WaitReason},
};
use wabakit_ports::store::Dispatch;

use crate::support::{
    Fate, down,
    sending::{Act, Running, SendWorld, failure, people, stranger},
};

#[tokio::test(start_paused = true)]
async fn a_queued_message_is_sent_once_and_is_accepted_with_metas_id() {
    let w = SendWorld::new().await;
    let id = w.queue_one().await;
    let running = Running::start(&w.process());
    let message = w.until(id, S::Accepted).await;
    assert_eq!(message.wamid.unwrap().as_str(), format!("wamid.{id}"));
    assert_eq!(message.job.unwrap().state, JobState::Underway);
    sleep(Duration::from_secs(60)).await;
    assert_eq!(w.times(&[id]), [1]);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_dies_leaves_its_message_unknown_and_holds_up_no_other() {
    let w = SendWorld::new().await;
    w.gateway.script([Act::Panics]);
    let id = w.queue_one().await;
    let process = w.process();
    let running = Running::start(&process);
    sleep(Duration::from_secs(60)).await;
    let dead = w.message(id).await;
    assert_eq!(dead.status, S::Sending);
    assert_eq!(dead.job.unwrap().state, JobState::Proving);
    let next = w.queue_one().await;
    w.until(next, S::Accepted).await;
    assert_eq!(
        w.times(&[id, next]).iter().sum::<usize>(),
        2,
        "each was asked once"
    );
    let health = w.ports.base.supervisor.health();
    let attempts = health.iter().find(|worker| &*worker.name == "send.attempt");
    assert_eq!(
        attempts.map(|worker| (worker.deaths, worker.running)),
        Some((1, 0))
    );
    assert_eq!(process.meter.totals().requests, 0);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_taken_is_never_sent_again_and_shows_as_unknown_in_time() {
    let w = SendWorld::new().await;
    w.gateway
        .script([Act::Fails(failure(Certainty::Unknown, None))]);
    let id = w.queue_one().await;
    let running = Running::start(&w.process());
    sleep(Duration::from_secs(60)).await;
    let message = w.message(id).await;
    assert_eq!(message.status, S::Sending);
    assert_eq!(message.job.unwrap().wait, Some(WaitReason::Proof));
    let message = w.until(id, S::Unknown).await;
    assert_eq!(message.job.unwrap().state, JobState::Unknown);
    assert_eq!(w.times(&[id]), [1]);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_was_refused_before_it_was_taken_is_sent_again() {
    let w = SendWorld::new().await;
    let refused = || Act::Fails(failure(Certainty::NotTaken, None));
    w.gateway.script([refused(), refused(), refused()]);
    let id = w.queue_one().await;
    let running = Running::start(&w.process());
    let message = w.until(id, S::Accepted).await;
    assert_eq!(message.job.unwrap().attempt, 4);
    assert!(message.errors.is_empty());
    assert_eq!(w.times(&[id]), [4]);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_meta_refuses_for_good_fails_with_its_words() {
    let w = SendWorld::new().await;
    w.gateway
        .script([Act::Fails(failure(Certainty::Refused, Some(131_047)))]);
    let id = w.queue_one().await;
    let running = Running::start(&w.process());
    let message = w.until(id, S::Failed).await;
    assert_eq!(message.errors[0].code, 131_047);
    assert_eq!(w.times(&[id]), [1]);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_number_keeps_its_pace_within_one_percent() {
    let w = SendWorld::new().await;
    let ids = w.queue(people(800), Priority::Low, "").await;
    let running = Running::start(&w.process());
    w.until(*ids.last().unwrap(), S::Accepted).await;
    let mut at: Vec<_> = w.gateway.got().iter().map(|got| got.at).collect();
    at.sort_unstable();
    assert_eq!(at.len(), 800);
    let took = at.last().unwrap().duration_since(at[0]).as_secs_f64();
    let rate = 800.0 / took;
    assert!((79.2..80.8).contains(&rate), "{rate}");
    let most = at.iter().enumerate().map(|(n, from)| {
        let within = |to: &&tokio::time::Instant| to.duration_since(*from) < Duration::from_secs(1);
        at[n..].iter().take_while(within).count()
    });
    assert!(most.max().unwrap() <= 82, "a second had too many");
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_reply_overtakes_bulk_within_a_second() {
    let w = SendWorld::new().await;
    w.queue(people(2_000), Priority::Low, "campaign").await;
    let running = Running::start(&w.process());
    sleep(Duration::from_secs(5)).await;
    let before = w.gateway.got().len();
    assert!(before < 1_000);
    let reply = w.queue(["15559999999".into()], Priority::High, "").await[0];
    sleep(Duration::from_secs(1)).await;
    assert_eq!(w.times(&[reply]), [1]);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn campaigns_of_one_number_take_turns() {
    let w = SendWorld::new().await;
    let first = w.queue(people(1_000), Priority::Low, "a").await;
    let second = w.queue(people(1_000), Priority::Low, "b").await;
    let running = Running::start(&w.process());
    sleep(Duration::from_secs(10)).await;
    let sent = |ids: &[_]| w.times(ids).iter().sum::<usize>();
    let (a, b) = (sent(&first), sent(&second));
    assert!(a > 300 && b > 300, "{a} and {b}");
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn one_recipient_gets_a_burst_and_then_one_in_six_seconds_and_the_next_says_so() {
    let w = SendWorld::new().await;
    let to = std::iter::repeat_n("15550001".to_owned(), 50);
    let ids = w.queue(to, Priority::Normal, "").await;
    let other = w.queue(["15550002".into()], Priority::Normal, "").await[0];
    let running = Running::start(&w.process());
    sleep(Duration::from_secs(3)).await;
    let sent = w.times(&ids).iter().sum::<usize>();
    assert_eq!(sent, 45);
    assert_eq!(w.times(&[other]), [1], "others do not wait for it");
    let waiting = w.message(ids[45]).await.job.unwrap();
    assert_eq!(waiting.wait, Some(WaitReason::PairLimit));
    assert!(waiting.due_at > w.now());
    sleep(Duration::from_secs(40)).await;
    assert_eq!(w.times(&ids).iter().sum::<usize>(), 50);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_recipients_burst_counts_what_another_process_sent() {
    let w = SendWorld::new().await;
    let to = |count| std::iter::repeat_n("15550001".to_owned(), count);
    w.queue(to(45), Priority::Normal, "").await;
    let running = Running::start(&w.process());
    sleep(Duration::from_secs(3)).await;
    running.end().await;
    let more = w.queue(to(5), Priority::Normal, "").await;
    let running = Running::start(&w.process());
    sleep(Duration::from_secs(2)).await;
    assert!(w.times(&more).iter().sum::<usize>() <= 1);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_a_dead_process_was_sending_is_not_sent_again() {
    let w = SendWorld::new().await;
    let id = w.queue_one().await;
    let (now, account) = (w.now(), w.account.id);
    let outbox = &w.world.inbox;
    let leases = outbox.lease_queues(
        stranger(),
        vec![account],
        now,
        now + chrono::Duration::seconds(5),
    );
    let epoch = leases.await.unwrap()[0].epoch;
    let dispatch = Dispatch {
        account,
        epoch,
        messages: vec![(id, stranger().into())],
    };
    let marked = outbox.dispatch(stranger(), vec![dispatch], now).await;
    assert_eq!(marked.unwrap(), [id]);
    let running = Running::start(&w.process());
    sleep(Duration::from_secs(20)).await;
    let job = w.message(id).await.job.unwrap();
    assert_eq!(job.state, JobState::Proving);
    w.until(id, S::Unknown).await;
    assert_eq!(w.times(&[id]), [0]);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn two_processes_share_a_queue_and_send_each_message_once() {
    let w = SendWorld::new().await;
    let ids = w.queue(people(400), Priority::Normal, "").await;
    let (one, two) = (w.process(), w.process());
    let (one, two) = (Running::start(&one), Running::start(&two));
    sleep(Duration::from_secs(2)).await;
    // One process ends, and the other continues.
    one.end().await;
    w.until(*ids.last().unwrap(), S::Accepted).await;
    sleep(Duration::from_secs(20)).await;
    assert!(w.times(&ids).iter().all(|times| *times == 1));
    two.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_came_of_a_request_is_written_although_the_database_was_away() {
    let w = SendWorld::new().await;
    let mut left = 5;
    w.store.on_apply(move |_| {
        left -= 1;
        match left {
            0.. => Fate::Refused(down()),
            _ => Fate::Done,
        }
    });
    let id = w.queue_one().await;
    let running = Running::start(&w.process());
    w.until(id, S::Accepted).await;
    assert_eq!(w.times(&[id]), [1]);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_request_under_way_is_waited_for_when_the_process_ends() {
    let w = SendWorld::new().await;
    w.gateway.script([Act::TakesLate(Duration::from_secs(10))]);
    let id = w.queue_one().await;
    let running = Running::start(&w.process());
    sleep(Duration::from_secs(2)).await;
    assert_eq!(w.message(id).await.status, S::Sending);
    running.end().await;
    assert_eq!(w.message(id).await.status, S::Accepted);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_meta_does_not_accept_stops_the_queue_and_fails_nothing() {
    let w = SendWorld::new().await;
    w.gateway
        .script([Act::Fails(failure(Certainty::NotAllowed, Some(190)))]);
    let ids = w.queue(people(20), Priority::Normal, "").await;
    let running = Running::start(&w.process());
    sleep(Duration::from_secs(5)).await;
    let got = w.gateway.got().len();
    assert!(got <= 4, "{got} were tried");
    for id in &ids {
        assert_ne!(w.message(*id).await.status, S::Failed);
    }
    let org = w.account.org;
    let queue = w
        .world
        .inbox
        .queues(org, w.now(), w.now(), 100)
        .await
        .unwrap();
    let block = queue[0].block.clone().unwrap();
    assert_eq!(block.reason, WaitReason::TokenInvalid);
    for id in ids {
        w.until(id, S::Accepted).await;
    }
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_paused_queue_sends_nothing_and_goes_on_when_it_is_let() {
    let w = SendWorld::new().await;
    let (org, account) = (w.account.org, w.account.id);
    let pause = |is_paused| w.world.inbox.pause_queue(org, account, is_paused, vec![]);
    pause(true).await.unwrap();
    let id = w.queue_one().await;
    let running = Running::start(&w.process());
    sleep(Duration::from_secs(60)).await;
    assert_eq!(w.times(&[id]), [0]);
    pause(false).await.unwrap();
    w.until(id, S::Accepted).await;
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn meta_that_says_too_fast_is_heard_and_the_message_goes_later() {
    let w = SendWorld::new().await;
    w.gateway
        .script([Act::Fails(failure(Certainty::NotTaken, Some(130_429)))]);
    let ids = w.queue(people(100), Priority::Normal, "").await;
    let running = Running::start(&w.process());
    for id in &ids {
        w.until(*id, S::Accepted).await;
    }
    assert_eq!(w.gateway.got().len(), 101);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_upgrade_of_the_number_is_picked_up_while_its_queue_is_worked_on() {
    let w = SendWorld::new().await;
    let ids = w.queue(people(2_100), Priority::Normal, "").await;
    let running = Running::start(&w.process());
    sleep(Duration::from_secs(5)).await;
    let before = w.gateway.got().len();
    assert!((390..=410).contains(&before), "{before}");
    w.upgrade().await;
    sleep(Duration::from_secs(3)).await;
    let more = w.gateway.got().len() - before;
    assert!(more > 1_500, "{more} in three seconds after the upgrade");
    w.until(*ids.last().unwrap(), S::Accepted).await;
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_begun_under_a_lease_that_could_not_be_prolonged() {
    let w = SendWorld::new().await;
    w.queue(people(2_000), Priority::Normal, "").await;
    let running = Running::start(&w.process());
    sleep(Duration::from_secs(2)).await;
    w.store.on("lease_queues", |(): &()| Fate::Refused(down()));
    // The lease lasts five seconds. No request begins in its last second.
    sleep(Duration::from_secs(5)).await;
    let before = w.gateway.got().len();
    sleep(Duration::from_secs(10)).await;
    assert_eq!(w.gateway.got().len(), before);
    w.store.heal();
    sleep(Duration::from_secs(3)).await;
    assert!(w.gateway.got().len() > before);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_written_down_and_was_not_heard_of_is_put_back_and_sent_once() {
    let w = SendWorld::new().await;
    let mut left = 3;
    w.store.on_dispatch(move |_| {
        left -= 1;
        match left {
            2 => Fate::DoneUnheard,
            1 => Fate::HalfDone,
            0 => Fate::Straggling(Duration::from_millis(1)),
            _ => Fate::Done,
        }
    });
    let ids = w.queue(people(10), Priority::Normal, "").await;
    let running = Running::start(&w.process());
    for id in &ids {
        w.until(*id, S::Accepted).await;
    }
    assert!(w.times(&ids).iter().all(|times| *times == 1));
    running.end().await;
}

/// Makes the store refuse these kinds of writes for so many seconds.
fn refused_for(w: &SendWorld, seconds: u64, writes: &'static [&'static str]) {
    let until = Instant::now() + Duration::from_secs(seconds);
    w.store.on_every(
        move |write| match writes.contains(&write) && Instant::now() < until {
            true => Fate::Refused(down()),
            false => Fate::Done,
        },
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_twice_although_the_database_refused_writes_for_seconds() {
    for (seconds, answer) in [(4, 2_500), (6, 1_500), (8, 500)] {
        let w = SendWorld::new().await;
        w.gateway.slow_by(Duration::from_millis(answer));
        let ids = w.queue(people(135), Priority::Normal, "").await;
        let running = Running::start(&w.process());
        sleep(Duration::from_millis(700)).await;
        refused_for(&w, seconds, &["dispatch", "apply", "defer", "block_queue"]);
        for id in &ids {
            w.until(*id, S::Accepted).await;
        }
        sleep(Duration::from_secs(60)).await;
        assert_eq!(w.times(&ids), vec![1; 135], "{seconds} s, {answer} ms");
        running.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_marking_that_is_written_after_it_was_given_up_sends_nothing_twice() {
    let w = SendWorld::new().await;
    let mut is_first = true;
    w.store
        .on_dispatch(move |_| match std::mem::take(&mut is_first) {
            true => Fate::Straggling(Duration::from_secs(2)),
            false => Fate::Done,
        });
    let ids = w.queue(people(10), Priority::Normal, "").await;
    let running = Running::start(&w.process());
    sleep(Duration::from_secs(60)).await;
    for id in &ids {
        w.until(*id, S::Accepted).await;
    }
    assert_eq!(w.times(&ids), [1; 10]);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_stale_put_back_does_not_touch_the_attempt_of_the_next_owner() {
    let w = SendWorld::new().await;
    let (a, a_store) = w.neighbour();
    // The process cannot mark, cannot write the put-back, and loses its queue.
    a_store.on_every(|write| match write {
        "lease_queues" => Fate::Done,
        _ => Fate::Refused(down()),
    });
    let id = w.queue_one().await;
    let a = Running::start(&a);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(w.times(&[id]), [0]);
    a_store.on_every(|_| Fate::Refused(down()));
    sleep(Duration::from_secs(6)).await;
    w.gateway
        .script([Act::Fails(failure(Certainty::Unknown, None))]);
    let b = Running::start(&w.process());
    sleep(Duration::from_secs(5)).await;
    let before = w.message(id).await;
    assert_eq!(before.job.as_ref().unwrap().state, JobState::Proving);
    a_store.heal();
    sleep(Duration::from_secs(60)).await;
    assert_eq!(
        w.message(id).await,
        before,
        "the put-back is of another attempt"
    );
    w.until(id, S::Unknown).await;
    assert_eq!(w.times(&[id]), [1]);
    a.end().await;
    b.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_acceptance_that_comes_late_is_learnt_from() {
    for is_retried in [false, true] {
        let w = SendWorld::new().await;
        let (a, a_store) = w.neighbour();
        a_store.on_apply(|_| Fate::Refused(down()));
        let id = w.queue_one().await;
        let a = Running::start(&a);
        sleep(Duration::from_secs(1)).await;
        assert_eq!(w.times(&[id]), [1]);
        a_store.on_every(|_| Fate::Refused(down()));
        sleep(Duration::from_secs(6)).await;
        let b = w.process();
        let running = Running::start(&b);
        w.until(id, S::Unknown).await;
        let mut duplicates = Vec::new();
        if is_retried {
            b.messages.retry(&w.world.admin, id, true).await.unwrap();
            w.until(id, S::Accepted).await;
            duplicates.push(format!("wamid.{id}").as_str().into());
        }
        a_store.heal();
        sleep(Duration::from_secs(60)).await;
        let message = w.message(id).await;
        assert_eq!(message.status, S::Accepted);
        assert_eq!(message.job.unwrap().duplicates, duplicates);
        assert_eq!(w.times(&[id]), [1 + usize::from(is_retried)]);
        a.end().await;
        running.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_dead_writer_was_writing_is_written_by_the_next() {
    let w = SendWorld::new().await;
    let mut is_first = true;
    w.store
        .on_apply(move |_| match std::mem::take(&mut is_first) {
            true => panic!("the writer dies, as this test wants it"),
            false => Fate::Done,
        });
    let id = w.queue_one().await;
    let running = Running::start(&w.process());
    w.until(id, S::Accepted).await;
    assert_eq!(w.times(&[id]), [1]);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_not_sent_in_time_expires_and_is_not_sent() {
    let w = SendWorld::new().await;
    let id = w.queue_one().await;
    // No process sends it until it has expired.
    tokio::time::advance(Duration::from_secs(25 * 3_600)).await;
    let running = Running::start(&w.process());
    w.until(id, S::Expired).await;
    sleep(Duration::from_secs(60)).await;
    assert_eq!(w.times(&[id]), [0]);
    running.end().await;
}

/// The database takes no outcome any more, and nothing else either where `is_gone`.
async fn stop_without_outcome(act: Act, is_gone: bool) {
    let w = SendWorld::new().await;
    w.gateway.script([act]);
    w.store.on_apply(|_| Fate::Refused(down()));
    let id = w.queue_one().await;
    let running = Running::start(&w.process());
    while w.gateway.got().is_empty() {
        sleep(Duration::from_millis(10)).await;
    }
    if is_gone {
        w.store.on_every(|_| Fate::Refused(down()));
    }
    let begun = Instant::now();
    running.end().await;
    assert!(begun.elapsed() < Duration::from_secs(45));
    // The next process finds the message as that of a dead one.
    let (next, _) = w.neighbour();
    let running = Running::start(&next);
    w.until(id, S::Unknown).await;
    assert_eq!(w.times(&[id]), [1]);
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_process_that_is_told_to_stop_ends_although_the_database_takes_no_outcome() {
    stop_without_outcome(Act::Takes, false).await;
    stop_without_outcome(Act::Takes, true).await;
    let refused = Act::Fails(failure(Certainty::Refused, Some(131_008)));
    stop_without_outcome(refused, true).await;
    stop_without_outcome(Act::TakesLate(Duration::from_secs(5)), true).await;
}
