//! Deliveries: which are accepted and refused, and that an answered one is stored.

use std::time::Duration;

use bytes::Bytes;
use futures::future::join_all;
use tokio_util::sync::CancellationToken;
use wabakit_domain::{identity::Role, ids::MetaAppId, inbound::TEST_FIELD};
use wabakit_ports::store::StoreError;
use wabakit_services::{
    ChallengeFailure, ChallengeRefusal, IngestRefusal, MetaAppService, NewMetaApp, PageRequest,
    Receive, ReceiveSettings, RejectionReason, ServiceError, SignatureRefusal, WriterSettings,
};

use crate::support::{APP_SECRET, Fate, Receiver, caller, down, receive_settings, texts};

fn signed(body: &str) -> (String, Bytes) {
    let body = Bytes::from(body.to_owned());
    (wabakit_webhooks::sign(&APP_SECRET.into(), &body), body)
}

async fn journaled(r: &Receiver) -> usize {
    let found = r
        .world
        .inbox
        .deliveries(false, PageRequest::default())
        .await;
    found.unwrap().rows.len()
}

async fn own_app(r: &Receiver, secret: &str, verify_token: &str) -> MetaAppId {
    let new = NewMetaApp {
        app_id: "2002".into(),
        name: "Ours".into(),
        app_secret: secret.into(),
        verify_token: verify_token.into(),
        config_id: None,
        graph_version: None,
    };
    let apps = MetaAppService::new(r.world.ports.clone());
    apps.add(&r.world.admin, new).await.unwrap().id
}

#[tokio::test]
async fn an_answered_delivery_is_journaled_with_its_signed_bytes() {
    let r = Receiver::new().await;
    let text = r#"{"entry":[],"x":"\u00e4\/  "}"#;
    let (signature, body) = signed(text);
    r.take(&r.receive, None, Some(&signature), body)
        .await
        .unwrap();
    let batches = r.world.inbox.unsplit(usize::MAX).await.unwrap();
    assert_eq!(batches[0].deliveries[0].body, text.as_bytes());
}

#[tokio::test]
async fn without_metas_signature_nothing_is_journaled() {
    let r = Receiver::new().await;
    let (good, body) = signed("{}");
    let wrong = wabakit_webhooks::sign(&"another secret".into(), b"{}");
    for (signature, refusal) in [
        (None, SignatureRefusal::Missing),
        (Some("sha256=zz"), SignatureRefusal::Malformed),
        (Some(wrong.as_str()), SignatureRefusal::Wrong),
    ] {
        let taken = r.take(&r.receive, None, signature, body.clone()).await;
        assert_eq!(taken, Err(IngestRefusal::Signature(refusal)));
    }
    let changed = r.take(&r.receive, None, Some(&good), Bytes::from_static(b"{ }"));
    let wrong = IngestRefusal::Signature(SignatureRefusal::Wrong);
    assert_eq!(changed.await, Err(wrong));
    assert_eq!(journaled(&r).await, 0);
}

#[tokio::test]
async fn each_route_accepts_its_own_secrets_only() {
    let mut settings = receive_settings();
    settings.more_app_secrets = vec!["old-platform-secret".into()];
    let r = Receiver::with(settings).await;
    let app = own_app(&r, "secret-of-ours", "token-of-ours").await;
    let body = texts("waba", "n1", &["x"]);
    for (route, secret, fits) in [
        (None, APP_SECRET, true),
        (None, "old-platform-secret", true),
        (None, "secret-of-ours", false),
        (Some(app), "secret-of-ours", true),
        (Some(app), APP_SECRET, false),
        (Some(app), "old-platform-secret", false),
        (Some(r.world.app), APP_SECRET, true),
        (Some(r.world.app), "old-platform-secret", false),
    ] {
        let taken = r.post_by(route, secret, &body).await;
        assert_eq!(taken.is_ok(), fits, "{route:?} {secret}: {taken:?}");
    }
    let nowhere = r.post_by(Some(r.ports.base.ids.next().into()), APP_SECRET, &body);
    assert_eq!(nowhere.await, Err(IngestRefusal::UnknownApp));
}

#[tokio::test]
async fn a_changed_secret_holds_at_once_and_a_removed_app_has_no_route() {
    let r = Receiver::new().await;
    let app = own_app(&r, "first-secret", "token-of-ours").await;
    let body = texts("waba", "n1", &["x"]);
    r.post_by(Some(app), "first-secret", &body).await.unwrap();
    assert_eq!(own_app(&r, "second-secret", "token-of-ours").await, app);
    r.post_by(Some(app), "second-secret", &body).await.unwrap();
    let apps = MetaAppService::new(r.world.ports.clone());
    apps.remove(&r.world.admin, app).await.unwrap();
    let gone = r.post_by(Some(app), "second-secret", &body).await;
    assert_eq!(gone, Err(IngestRefusal::UnknownApp));
}

#[tokio::test]
async fn a_challenge_is_answered_by_the_routes_own_verify_token() {
    let r = Receiver::new().await;
    let app = own_app(&r, "secret-of-ours", "token-of-ours").await;
    let ask = async |route, token: &str| {
        let query = format!("hub.mode=subscribe&hub.challenge=4711&hub.verify_token={token}");
        r.receive.ingest.challenge(route, &query).await
    };
    assert_eq!(ask(None, "canary-verify-token").await, Ok("4711".into()));
    assert_eq!(ask(Some(app), "token-of-ours").await, Ok("4711".into()));
    let wrong = Err(ChallengeFailure::Refused(ChallengeRefusal::WrongToken));
    assert_eq!(ask(None, "token-of-ours").await, wrong);
    assert_eq!(ask(Some(app), "canary-verify-token").await, wrong);
    let nowhere = ask(Some(r.ports.base.ids.next().into()), "token-of-ours").await;
    assert_eq!(nowhere, Err(ChallengeFailure::UnknownApp));
}

/// Waits until the first commit has begun, which the gate holds up.
async fn held_up(r: &Receiver) {
    while r.store.appended.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
}

/// Opens the gate when so many deliveries wait behind the held commit.
async fn open_when(r: &Receiver, waiting: usize) {
    while r.receive.pending() < waiting {
        tokio::task::yield_now().await;
    }
    r.store.gate.add_permits(100);
}

#[tokio::test]
async fn deliveries_that_arrive_together_are_committed_together() {
    let r = Receiver::new().await;
    r.store.gate.forget_permits(usize::MAX);
    let body = texts("waba", "n1", &["x"]);
    let rest = async {
        held_up(&r).await;
        let posts = join_all((0..39).map(|_| r.post(&body)));
        tokio::join!(posts, open_when(&r, 39)).0
    };
    let (first, rest) = tokio::join!(r.post(&body), rest);
    first.unwrap();
    assert!(rest.iter().all(Result::is_ok));
    assert_eq!(
        *r.store.appended.lock().unwrap(),
        [1, 39],
        "two commits for forty"
    );
    assert_eq!(journaled(&r).await, 40);
}

#[tokio::test]
async fn a_commit_is_bounded_in_count_and_bytes() {
    let mut settings = receive_settings();
    settings.writer.batch = 10;
    settings.writer.batch_bytes = 3 * 2_000;
    let r = Receiver::with(settings).await;
    r.store.gate.forget_permits(usize::MAX);
    let (small, large) = (
        signed("{}"),
        signed(&format!("{{\"x\":\"{}\"}}", "x".repeat(1_990))),
    );
    let post = |(signature, body): &(String, Bytes)| {
        let (signature, body) = (signature.clone(), body.clone());
        let r = &r;
        async move { r.take(&r.receive, None, Some(&signature), body).await }
    };
    let rest = async {
        held_up(&r).await;
        let posts = (0..11)
            .map(|_| post(&small))
            .chain((0..5).map(|_| post(&large)));
        let posts: Vec<_> = posts.collect();
        tokio::join!(join_all(posts), open_when(&r, 16)).0
    };
    let (first, rest) = tokio::join!(post(&small), rest);
    first.unwrap();
    assert!(rest.iter().all(Result::is_ok));
    let commits = r.store.appended.lock().unwrap().clone();
    assert_eq!(
        commits,
        [1, 10, 4, 2],
        "ten by count, then no more than 6,000 bytes"
    );
}

#[tokio::test]
async fn beside_another_writer_a_delivery_beyond_the_batch_is_written_without_a_further_one() {
    let mut settings = receive_settings();
    settings.writer.commits = 2;
    settings.writer.batch_bytes = 3 * 2_000;
    let r = Receiver::with(settings).await;
    r.store.gate.forget_permits(usize::MAX);
    let (signature, body) = signed(&format!("{{\"x\":\"{}\"}}", "x".repeat(1_990)));
    let post = || r.take(&r.receive, None, Some(&signature), body.clone());
    let rest = async {
        held_up(&r).await;
        let posts = join_all((0..8).map(|_| post()));
        tokio::join!(posts, open_when(&r, 5)).0
    };
    let (first, rest) = tokio::join!(post(), rest);
    first.unwrap();
    assert!(rest.iter().all(Result::is_ok));
    assert_eq!(journaled(&r).await, 9);
}

#[tokio::test]
async fn no_delivery_is_acknowledged_while_the_database_is_down() {
    let r = Receiver::new().await;
    r.store.on_append(|_| Fate::Refused(down()));
    let body = texts("waba", "n1", &["x"]);
    let answers = join_all((0..5).map(|_| r.post(&body))).await;
    assert_eq!(answers, vec![Err(IngestRefusal::NotStored); 5]);
    assert_eq!(journaled(&r).await, 0);
    r.store.heal();
    r.post(&body).await.unwrap();
    assert_eq!(journaled(&r).await, 1, "the writer goes on");
}

#[tokio::test]
async fn an_answer_that_was_lost_is_no_yes_and_the_repeat_is_applied_once() {
    let r = Receiver::new().await;
    r.store.on_append(|_| Fate::DoneUnheard);
    let body = texts("waba", "n1", &["once"]);
    assert_eq!(r.post(&body).await, Err(IngestRefusal::NotStored));
    r.store.heal();
    r.post(&body).await.unwrap();
    r.settle().await;
    assert_eq!(journaled(&r).await, 2);
    assert_eq!(r.texts(r.world.admin.org).await, ["once"]);
}

#[tokio::test]
async fn a_caller_that_goes_away_neither_loses_nor_doubles_its_delivery() {
    let r = Receiver::new().await;
    r.store.gate.forget_permits(usize::MAX);
    let body = texts("waba", "n1", &["x"]);
    let mut first = Box::pin(r.post(&body));
    let mut second = Box::pin(r.post(&body));
    // The writer has both, one of them in the held commit.
    let taken = || r.store.appended.lock().unwrap().iter().sum::<usize>() + r.receive.pending();
    while taken() < 2 {
        assert!(futures::poll!(&mut first).is_pending());
        assert!(futures::poll!(&mut second).is_pending());
        tokio::task::yield_now().await;
    }
    drop((first, second));
    r.store.gate.add_permits(100);
    r.post(&body).await.unwrap();
    assert_eq!(journaled(&r).await, 3);
}

fn narrow() -> ReceiveSettings {
    let mut settings = receive_settings();
    settings.writer = WriterSettings {
        queue: 2,
        batch: 1,
        patience: Duration::from_secs(2),
        ..WriterSettings::default()
    };
    settings
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_makes_callers_wait_a_while_and_then_come_again() {
    let r = Receiver::with(narrow()).await;
    r.store.gate.forget_permits(usize::MAX);
    let body = texts("waba", "n1", &["x"]);
    let waiting = join_all((0..3).map(|_| r.post(&body)));
    let late = async {
        held_up(&r).await;
        while r.receive.pending() < 2 {
            tokio::task::yield_now().await;
        }
        let begun = tokio::time::Instant::now();
        let answer = r.post(&body).await;
        assert_eq!(answer, Err(IngestRefusal::NotStored));
        assert_eq!(begun.elapsed().as_secs(), 2);
        r.store.gate.add_permits(100);
    };
    let (answers, ()) = tokio::join!(waiting, late);
    assert!(
        answers.iter().all(Result::is_ok),
        "who waits in the queue is served"
    );
    assert_eq!(journaled(&r).await, 3);
}

#[tokio::test(start_paused = true)]
async fn the_queue_is_bounded_in_bytes_too() {
    let mut settings = receive_settings();
    settings.writer.queue_bytes = 8 * 1_024;
    let r = Receiver::with(settings).await;
    r.store.gate.forget_permits(usize::MAX);
    let (signature, body) = signed(&format!("{{\"x\":\"{}\"}}", "x".repeat(6 * 1_024)));
    let first = r.take(&r.receive, None, Some(&signature), body.clone());
    let late = async {
        held_up(&r).await;
        let answer = r
            .take(&r.receive, None, Some(&signature), body.clone())
            .await;
        assert_eq!(answer, Err(IngestRefusal::NotStored));
        r.store.gate.add_permits(100);
    };
    let (answer, ()) = tokio::join!(first, late);
    answer.unwrap();
    // A body larger than the whole queue is alone in it.
    let (signature, body) = signed(&format!("{{\"x\":\"{}\"}}", "x".repeat(60 * 1_024)));
    r.take(&r.receive, None, Some(&signature), body)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_stopping_writer_writes_waiting_deliveries_and_accepts_no_more() {
    let r = Receiver::new().await;
    let receive = Receive::new(r.ports.clone(), receive_settings());
    let (signature, body) = signed("{}");
    let mut posts: Vec<_> = (0..5)
        .map(|_| Box::pin(r.take(&receive, None, Some(&signature), body.clone())))
        .collect();
    while receive.pending() < 5 {
        for post in &mut posts {
            assert!(futures::poll!(post).is_pending());
        }
        tokio::task::yield_now().await;
    }
    let stop = CancellationToken::new();
    stop.cancel();
    receive.write(&stop).await;
    assert!(join_all(posts).await.iter().all(Result::is_ok));
    assert_eq!(journaled(&r).await, 5);
    let late = r.take(&receive, None, Some(&signature), body).await;
    assert_eq!(late, Err(IngestRefusal::NotStored));
}

#[tokio::test]
async fn refusals_are_counted_and_a_failure_to_record_them_forgets_none() {
    let r = Receiver::new().await;
    let now = r.ports.base.clock.now();
    for n in 0..3 {
        let address = Some(format!("192.0.2.{n}"));
        r.receive
            .ingest
            .refused(None, RejectionReason::WrongSignature, address);
    }
    r.receive
        .ingest
        .refused(Some(r.world.app), RejectionReason::TooLarge, None);
    r.receive.count().await.unwrap();
    r.receive.count().await.unwrap();
    let hour_ago = now - chrono::Duration::hours(1);
    let mut found = r.world.inbox.rejections(hour_ago, 10).await.unwrap();
    found.sort_by_key(|counted| counted.count);
    assert_eq!(found.len(), 2);
    assert_eq!(
        (found[0].reason.as_str(), found[0].app),
        ("too_large", Some(r.world.app))
    );
    assert_eq!(
        (found[1].reason.as_str(), found[1].count),
        ("wrong_signature", 3)
    );
    assert_eq!(found[1].last_address.as_deref(), Some("192.0.2.2"));
}

#[tokio::test]
async fn a_test_goes_the_way_of_metas_webhooks_each_time_it_is_asked_for() {
    let r = Receiver::new().await;
    let ingest = &r.receive.ingest;
    let first = ingest.test_delivery(&r.world.admin, None).await.unwrap();
    let second = ingest
        .test_delivery(&r.world.admin, Some(r.account.id))
        .await
        .unwrap();
    assert_ne!(first, second);
    let stored = r.world.inbox.delivery(first).await.unwrap().unwrap();
    assert!(String::from_utf8(stored.body).unwrap().contains(TEST_FIELD));
    r.settle().await;
    assert_eq!(
        r.kinds(r.world.admin.org).await,
        ["webhook.test", "webhook.test"]
    );
}

#[tokio::test]
async fn a_test_is_for_admins_with_a_connected_number() {
    let r = Receiver::new().await;
    let agent = caller(1, 9, Role::Agent);
    let refused = r.receive.ingest.test_delivery(&agent, None).await;
    assert!(matches!(refused, Err(ServiceError::Forbidden(_))));
    let stranger = caller(7, 7, Role::Owner);
    let refused = r
        .receive
        .ingest
        .test_delivery(&stranger, Some(r.account.id))
        .await;
    assert!(matches!(refused, Err(ServiceError::NotFound(_))));
    r.store.on_append(|_| Fate::Refused(StoreError::Conflict));
    let refused = r.receive.ingest.test_delivery(&r.world.admin, None).await;
    assert!(matches!(refused, Err(ServiceError::Unavailable(_))));
}

#[tokio::test]
async fn webhooks_of_an_own_apps_former_secret_are_taken_for_a_day() {
    use chrono::Duration;
    let r = Receiver::new().await;
    let (first, second) = ("secret-of-ours", "second-of-ours");
    let app = own_app(&r, first, "token-of-ours").await;
    let body = texts("waba", "n1", &["x"]);
    let is_taken = async |secret: &str| {
        let taken = r.post_by(Some(app), secret, &body).await;
        assert!(matches!(taken, Ok(()) | Err(IngestRefusal::Signature(_))));
        taken.is_ok()
    };
    assert!(is_taken(first).await);
    assert!(!is_taken(second).await, "nobody knows it yet");
    assert_eq!(own_app(&r, second, "token-of-ours").await, app);
    assert!(is_taken(first).await);
    assert!(is_taken(second).await);
    for (wait, is_within) in [
        (Duration::hours(24) - Duration::seconds(1), true),
        (Duration::seconds(1), false),
    ] {
        r.world.clock.advance(wait);
        // Saving it unchanged makes this process read it again.
        assert_eq!(own_app(&r, second, "token-of-ours").await, app);
        assert_eq!(is_taken(first).await, is_within, "{wait}");
        assert!(is_taken(second).await);
    }
    assert_eq!(own_app(&r, "third-of-ours", "token-of-ours").await, app);
    assert!(!is_taken(first).await, "one former secret, not all of them");
}
