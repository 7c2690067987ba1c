//! The workers: they find their work, can be stopped, and start again.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use wabakit_domain::event::EventData;
use wabakit_services::{IngestRefusal, PageRequest};

use crate::support::{APP_SECRET, Fate, Receiver, down, receive_settings, texts};

/// Waits until the organisation's log has this many messages, for at most ten seconds of the test's clock.
async fn until_received(r: &Receiver, count: usize) {
    let mut push = r.receive.events.subscribe(r.world.admin.org);
    let all = async {
        while r.texts(r.world.admin.org).await.len() < count {
            tokio::select! {
                _ = push.changed() => {}
                () = tokio::time::sleep(Duration::from_millis(5)) => {}
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), all)
        .await
        .unwrap();
}

async fn stopped(stop: &CancellationToken, workers: tokio::task::JoinSet<()>) {
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(10), workers.join_all())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_posted_delivery_is_applied_by_the_workers_which_stop_on_request() {
    let r = Receiver::new().await;
    let (stop, here) = (CancellationToken::new(), r.replica());
    let workers = here.start(&stop);
    for n in 0..20 {
        let body = texts("waba", "n1", &[&format!("t{n}")]);
        r.post_to(&here, None, APP_SECRET, &body).await.unwrap();
    }
    until_received(&r, 20).await;
    stopped(&stop, workers).await;
    assert_eq!(r.queued().await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_listener_hears_of_what_another_replica_applied() {
    let r = Receiver::new().await;
    let (stop, here) = (CancellationToken::new(), r.replica());
    let workers = here.start(&stop);
    let mut push = here.events.subscribe(r.world.admin.org);
    r.receive(&texts("waba", "n1", &["x"])).await;
    let heard = tokio::time::timeout(Duration::from_secs(1), push.changed()).await;
    heard.unwrap().unwrap();
    stopped(&stop, workers).await;
}

#[tokio::test(start_paused = true)]
async fn a_held_processor_stores_and_leaves_the_rest() {
    let r = Receiver::new().await;
    let mut settings = receive_settings();
    settings.processor.hold = true;
    let held = r.replica_with(settings);
    let stop = CancellationToken::new();
    let workers = held.start(&stop);
    r.post(&texts("waba", "n1", &["x"])).await.unwrap();
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(r.world.inbox.unsplit_count(10).await.unwrap(), 1);
    stopped(&stop, workers).await;
    let stop = CancellationToken::new();
    let workers = r.replica().start(&stop);
    until_received(&r, 1).await;
    stopped(&stop, workers).await;
}

#[tokio::test(start_paused = true)]
async fn workers_outlive_a_database_that_was_away() {
    let r = Receiver::new().await;
    let stop = CancellationToken::new();
    let workers = r.replica().start(&stop);
    r.store.on_split(|_| Fate::Refused(down()));
    r.store.on_apply(|_| Fate::Refused(down()));
    r.post(&texts("waba", "n1", &["x"])).await.unwrap();
    tokio::time::sleep(Duration::from_secs(30)).await;
    r.store.on_split(|_| Fate::Done);
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert!(r.texts(r.world.admin.org).await.is_empty());
    r.store.heal();
    until_received(&r, 1).await;
    stopped(&stop, workers).await;
    assert!(r.parked().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_dying_writer_answers_its_deliveries_and_its_successor_writes_the_waiting_ones() {
    let r = Receiver::new().await;
    let (stop, here) = (CancellationToken::new(), r.replica());
    r.store.gate.forget_permits(usize::MAX);
    let workers = here.start(&stop);
    let body = texts("waba", "n1", &["x"]);
    let post = || r.post_to(&here, None, APP_SECRET, &body);
    let rest = async {
        while r.store.appended.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        let dies = async {
            while here.pending() < 1 {
                tokio::task::yield_now().await;
            }
            let supervisor = &r.ports.base.supervisor;
            assert!(supervisor.kill("receive.journal.0"));
            while supervisor.health().iter().all(|worker| worker.deaths == 0) {
                tokio::task::yield_now().await;
            }
            r.store.gate.add_permits(100);
        };
        tokio::join!(post(), dies).0
    };
    let (held, waiting) = tokio::join!(post(), rest);
    assert_eq!(held, Err(IngestRefusal::NotStored));
    waiting.unwrap();
    stopped(&stop, workers).await;
}

#[tokio::test]
async fn pruning_keeps_rows_that_are_still_needed() {
    let r = Receiver::new().await;
    r.receive(&texts("waba", "n1", &["old"])).await;
    r.receive(&texts("waba9", "n9", &["homeless"])).await;
    r.post(&texts("waba", "n1", &["unsplit"])).await.unwrap();
    r.world.clock.advance(chrono::Duration::days(6));
    while r.receive.clear_away().await.unwrap() > 0 {}
    assert_eq!(
        r.parked().await.len(),
        1,
        "a week for what waits for a home"
    );
    r.world.clock.advance(chrono::Duration::days(100));
    while r.receive.clear_away().await.unwrap() > 0 {}
    assert!(r.parked().await.is_empty());
    let left = r
        .world
        .inbox
        .deliveries(false, PageRequest::default())
        .await
        .unwrap();
    assert_eq!(
        left.rows.len(),
        1,
        "what was not split is never cleared away"
    );
    r.settle().await;
    let left: Vec<_> = r
        .events_left(r.world.admin.org)
        .await
        .into_iter()
        .map(|event| match event.data {
            EventData::MessageReceived(told) => told.message.content.preview().unwrap().to_owned(),
            other => other.kind().to_owned(),
        })
        .collect();
    assert_eq!(
        left,
        ["unsplit"],
        "the log begins after what was cleared away"
    );
}
