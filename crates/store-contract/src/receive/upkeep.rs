//! Turns, pruning, counts and files.

use uuid::Uuid;
use wabakit_domain::{
    delivery::ParkedState,
    event::EventData,
    media::{Media, MediaState},
};

use super::{ReceiveWorld, events::keep_all, messages::image, phone, says, user, whole, wrote};
use crate::{assert_refused, at};
use wabakit_ports::store::{Retention, Scope, SplitWrite, StoreError, TrafficMinute};

async fn take(w: &ReceiveWorld, turns: &[&str], owner: Uuid, now: i64) -> Option<String> {
    let turns: Vec<_> = turns.iter().map(|turn| (*turn).to_owned()).collect();
    let taken = w
        .store
        .take_turn(&turns, owner, at(now), at(now + 10))
        .await;
    taken.unwrap()
}

pub async fn a_turn_has_one_owner(w: ReceiveWorld) {
    let [ada, bob]: [Uuid; 2] = [w.id(), w.id()];
    let turn = Some("a".to_owned());
    assert_eq!(take(&w, &["a"], ada, 0).await, turn);
    assert_eq!(take(&w, &["a"], bob, 1).await, None);
    assert_eq!(
        take(&w, &["a"], ada, 8).await,
        turn,
        "who has it prolongs it"
    );
    assert_eq!(
        take(&w, &["a"], bob, 15).await,
        None,
        "it was prolonged to 18"
    );
    assert_eq!(take(&w, &["a"], bob, 18).await, turn, "and lapses then");
    assert_eq!(take(&w, &["a"], ada, 19).await, None);
    w.store.end_turn("a", ada, at(20)).await.unwrap();
    assert_eq!(take(&w, &["a"], ada, 21).await, None, "not hers to end");
    w.store.end_turn("a", bob, at(22)).await.unwrap();
    assert_eq!(take(&w, &["a"], ada, 23).await, turn);
    assert_eq!(take(&w, &[], ada, 24).await, None);
}

pub async fn the_turn_that_waited_longest_is_taken_first(w: ReceiveWorld) {
    let [ada, bob]: [Uuid; 2] = [w.id(), w.id()];
    let turns = ["a", "b", "c"];
    let mut order = Vec::new();
    for now in 0..3 {
        let turn = take(&w, &turns, ada, now * 2).await.unwrap();
        w.store.end_turn(&turn, ada, at(now * 2 + 1)).await.unwrap();
        order.push(turn);
    }
    let mut sorted = order.clone();
    sorted.sort_unstable();
    assert_eq!(
        sorted, turns,
        "one that nobody ever had comes before one that was had"
    );
    for (n, turn) in order.iter().enumerate() {
        let now = 10 + i64::try_from(n).unwrap();
        assert_eq!(take(&w, &turns, w.id(), now).await.as_ref(), Some(turn));
    }
    assert_eq!(take(&w, &turns, bob, 13).await, None, "all are taken");
}

pub async fn only_one_of_twenty_takes_a_turn(w: ReceiveWorld) {
    let taken = w
        .connect
        .race(|_, _| {
            let w = w.clone();
            async move { take(&w, &["a", "b", "c"], w.id(), 0).await }
        })
        .await;
    let mut taken: Vec<_> = taken.into_iter().flatten().collect();
    taken.sort_unstable();
    assert_eq!(taken, ["a", "b", "c"]);
}

async fn prune(w: &ReceiveWorld, retention: Retention) -> i64 {
    let mut gone = 0;
    for _ in 0..1_000 {
        match w.store.prune(retention, 2).await.unwrap() {
            0 => return gone,
            some => gone += some,
        }
    }
    panic!("pruning has an end");
}

pub async fn pruning_keeps_deliveries_that_are_young_or_unsplit(w: ReceiveWorld) {
    let batches = [
        w.journal_batch_at(at(1), &[b"a", b"b", b"c"]),
        w.journal_batch_at(at(2), &[b"unsplit"]),
        w.journal_batch_at(at(100), &[b"young"]),
    ];
    for batch in &batches {
        w.store.append(batch.clone()).await.unwrap();
    }
    let write = SplitWrite {
        batches: vec![batches[0].id, batches[2].id],
        ..SplitWrite::default()
    };
    w.store.split(write).await.unwrap();
    let mut retention = keep_all();
    assert_eq!(prune(&w, retention).await, 0);
    retention.deliveries = at(100);
    assert_eq!(prune(&w, retention).await, 3);
    let left = w.store.deliveries(false, whole()).await.unwrap().rows;
    let left: Vec<_> = left.iter().map(|delivery| delivery.id).collect();
    let (unsplit, young) = (batches[1].deliveries[0].id, batches[2].deliveries[0].id);
    assert_eq!(left, [young, unsplit]);
    assert_eq!(w.store.unsplit(1_000).await.unwrap(), batches[1..2]);
}

pub async fn pruning_keeps_changes_that_are_young_queued_or_parked(w: ReceiveWorld) {
    let body = b"{}".as_slice();
    let old = w
        .queue_at(at(1), (0..4).map(|_| (&w.ours.number, body)))
        .await;
    let young = w.queue_at(at(100), [(&w.ours.number, body)]).await;
    for change in [&old[0], &old[1], &young[0]] {
        w.park(change, vec![]).await;
    }
    let item = w.parked(&old[2], 0, ParkedState::Parked);
    w.park(&old[2], vec![item]).await;
    let mut retention = keep_all();
    retention.changes = at(100);
    assert_eq!(prune(&w, retention).await, 2);
    let scope = Scope::Org(w.ours.org);
    let left = w
        .store
        .changes(scope, Default::default(), whole())
        .await
        .unwrap()
        .rows;
    let left: Vec<_> = left.iter().map(|found| found.change.id).collect();
    assert_eq!(left, [young[0].id, old[3].id, old[2].id]);
    // A delivery may be deleted before its changes.
    retention.changes = at(-1_000);
    retention.deliveries = at(1_000);
    assert_eq!(prune(&w, retention).await, 2);
    assert_eq!(w.waiting(&w.ours.number).await.len(), 1);
    assert_eq!(
        w.store
            .parked(scope, None, whole())
            .await
            .unwrap()
            .rows
            .len(),
        1
    );
}

pub async fn homeless_items_lapse_and_other_parked_items_do_not(w: ReceiveWorld) {
    let change = w.queue(&w.ours.number, 1).await.remove(0);
    let mut items = vec![
        w.parked(&change, 0, ParkedState::Homeless),
        w.parked(&change, 1, ParkedState::Homeless),
        w.parked(&change, 2, ParkedState::Parked),
        w.parked(&change, 3, ParkedState::Unsupported),
        w.parked(&change, 4, ParkedState::Retrying),
    ];
    items[1].created_at = at(2_000);
    w.park(&change, items).await;
    let mut retention = keep_all();
    retention.waiting = at(1_500);
    assert_eq!(prune(&w, retention).await, 1);
    let left = w
        .store
        .parked(Scope::Platform, None, whole())
        .await
        .unwrap()
        .rows;
    let mut left: Vec<_> = left.iter().map(|item| item.index).collect();
    left.sort_unstable();
    assert_eq!(left, [1, 2, 3, 4]);
}

pub async fn pruning_keeps_contacts_and_messages(w: ReceiveWorld) {
    w.apply(vec![
        says(&w.ours.number, "wamid.1", &phone("15550100"), 1),
        wrote(&w.ours.number, "wamid.2", &phone("15550100"), 2, image("1")),
    ])
    .await;
    let (conversations, contacts) = (
        w.conversations(w.ours.org).await,
        w.contacts(w.ours.org).await,
    );
    let thread = w.only_thread(w.ours.org).await;
    let far = at(1_000_000);
    prune(
        &w,
        Retention {
            deliveries: far,
            changes: far,
            events: far,
            waiting: far,
            digests: far,
            counts: far,
            idempotency_keys: far,
        },
    )
    .await;
    assert_eq!(w.conversations(w.ours.org).await, conversations);
    assert_eq!(w.contacts(w.ours.org).await, contacts);
    assert_eq!(w.only_thread(w.ours.org).await, thread);
}

fn minute(w: &ReceiveWorld, waba: &str, seconds: i64) -> TrafficMinute {
    TrafficMinute {
        org: w.ours.org,
        waba: waba.into(),
        minute: at(seconds),
        changes: 2,
        items: 3,
        parked: 1,
        latency_sum_ms: 100,
        latency_max_ms: 60,
        last_at: at(seconds + 5),
    }
}

pub async fn traffic_adds_up(w: ReceiveWorld) {
    let first = minute(&w, "1", 0);
    let theirs = TrafficMinute {
        org: w.theirs.org,
        ..first.clone()
    };
    let told = vec![minute(&w, "1", 60), first.clone(), theirs.clone()];
    w.store.record_traffic(told).await.unwrap();
    let more = TrafficMinute {
        latency_max_ms: 50,
        last_at: at(3),
        ..first.clone()
    };
    w.store.record_traffic(vec![more]).await.unwrap();
    let sum = TrafficMinute {
        changes: 4,
        items: 6,
        parked: 2,
        latency_sum_ms: 200,
        ..first
    };
    let found = w.store.traffic(w.ours.org, at(0)).await.unwrap();
    assert_eq!(found, [sum, minute(&w, "1", 60)], "oldest first");
    let late = w.store.traffic(w.ours.org, at(1)).await.unwrap();
    assert_eq!(late, [minute(&w, "1", 60)]);
    assert_eq!(
        w.store.traffic(w.theirs.org, at(0)).await.unwrap(),
        [theirs]
    );
    let mut retention = keep_all();
    retention.counts = at(60);
    assert_eq!(prune(&w, retention).await, 2);
    assert_eq!(w.store.traffic(w.ours.org, at(0)).await.unwrap().len(), 1);
}

pub async fn traffic_counted_at_once_all_counts(w: ReceiveWorld) {
    w.connect
        .race(|_, turn| {
            let w = w.clone();
            async move {
                let mut told = vec![minute(&w, "1", 0), minute(&w, "2", 0)];
                told.rotate_left(turn % 2);
                w.store.record_traffic(told).await.unwrap();
            }
        })
        .await;
    let found = w.store.traffic(w.ours.org, at(0)).await.unwrap();
    let mut sums: Vec<_> = found.iter().map(|m| (m.waba.as_str(), m.items)).collect();
    sums.sort_unstable();
    assert_eq!(sums, [("1", 60), ("2", 60)]);
}

/// Makes a message with a file. Returns the file.
async fn a_file(w: &ReceiveWorld, wamid: &str) -> Media {
    let item = wrote(&w.ours.number, wamid, &phone("15550100"), 1, image(wamid));
    assert_eq!(w.apply(vec![item]).await.media, 1);
    w.message(w.ours.org, wamid).await.media.unwrap()
}

pub async fn a_file_waits_to_be_fetched(w: ReceiveWorld) {
    let file = a_file(&w, "1").await;
    let message = w.message(w.ours.org, "1").await.message;
    assert_eq!(message.media, Some(file.id));
    assert_eq!((file.org, file.account), (w.ours.org, w.ours.number.id));
    assert_eq!(
        (file.message, file.conversation),
        (message.id, message.conversation)
    );
    assert_eq!(file.meta_media_id, Some("1".into()));
    assert_eq!(file.link.as_deref(), Some("https://lookaside.example/1"));
    assert_eq!(file.mime_type.as_deref(), Some("image/jpeg"));
    assert_eq!(file.sha256.as_deref(), Some("c2hh"));
    assert_eq!((file.state, file.attempts), (MediaState::Pending, 0));
    assert_eq!(file.created_at, at(1_000));
    let found = w.store.media(w.ours.org, file.id).await.unwrap();
    assert_eq!(found, Some(file));
}

pub async fn a_claimed_file_is_held_until_its_lease_ends(w: ReceiveWorld) {
    let mut files = Vec::new();
    for n in ["1", "2", "3"] {
        files.push(a_file(&w, n).await.id);
    }
    let claim = |now, limit| {
        let w = w.clone();
        async move {
            let claimed = w.store.claim_media(at(now), at(now + 60), limit).await;
            let mut ids: Vec<_> = claimed.unwrap().iter().map(|media| media.id).collect();
            ids.sort_unstable();
            ids
        }
    };
    assert_eq!(claim(999, 10).await, [], "not due yet");
    assert_eq!(claim(1_000, 2).await.len(), 2);
    assert_eq!(claim(1_000, 10).await.len(), 1);
    assert_eq!(claim(1_059, 10).await, []);
    assert_eq!(claim(1_060, 10).await, files);
}

pub async fn twenty_claimers_share_files_without_a_repeat(w: ReceiveWorld) {
    let items = (0..30).map(|n| {
        let wamid = format!("{n}");
        wrote(&w.ours.number, &wamid, &phone("15550100"), 1, image(&wamid))
    });
    assert_eq!(w.apply(items.collect()).await.media, 30);
    let claimed = w
        .connect
        .race(|_, _| {
            let w = w.clone();
            async move { w.store.claim_media(at(1_000), at(2_000), 3).await.unwrap() }
        })
        .await;
    let mut ids: Vec<_> = claimed
        .into_iter()
        .flatten()
        .map(|media| media.id)
        .collect();
    ids.extend(
        w.store
            .claim_media(at(1_000), at(2_000), 30)
            .await
            .unwrap()
            .iter()
            .map(|media| media.id),
    );
    let claims = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), claims), (30, 30));
}

pub async fn a_stored_file_has_an_event(w: ReceiveWorld) {
    let file = a_file(&w, "1").await;
    let stored = Media {
        state: MediaState::Stored,
        attempts: 2,
        next_at: None,
        key: Some("org/file".into()),
        size: Some(3 << 32),
        mime_type: Some("image/png".into()),
        stored_at: Some(at(1_100)),
        ..file
    };
    let events = w.ours.log + w.events(w.ours.org).await.len() as i64;
    let save = |announce| {
        w.store
            .save_media(stored.clone(), None, announce, vec![], at(1_100), w.ids())
    };
    assert_eq!(save(false).await.unwrap(), None);
    assert_eq!(save(true).await.unwrap(), Some(events + 1));
    let found = w.message(w.ours.org, "1").await.media;
    assert_eq!(found.as_ref(), Some(&stored));
    match w.told(w.ours.org).await.last() {
        Some(EventData::MediaUpdated(event)) => {
            assert_eq!(event.media, stored.id);
            assert_eq!(event.message, stored.message);
            assert_eq!(event.conversation, stored.conversation);
            assert_eq!(event.state, MediaState::Stored);
        }
        other => panic!("{other:?}"),
    }
    assert!(
        w.store
            .claim_media(at(9_000), at(9_001), 10)
            .await
            .unwrap()
            .is_empty()
    );
    // A person requests another attempt.
    let again = Media {
        state: MediaState::Pending,
        next_at: Some(at(1_200)),
        ..stored.clone()
    };
    w.store
        .save_media(again, None, true, vec![], at(1_200), w.ids())
        .await
        .unwrap();
    assert_eq!(
        w.store
            .claim_media(at(1_200), at(1_201), 10)
            .await
            .unwrap()
            .len(),
        1
    );
    let lost = Media {
        id: w.id(),
        ..stored
    };
    let saved = w
        .store
        .save_media(lost, None, true, vec![], at(1_200), w.ids())
        .await;
    assert_refused!(saved, StoreError::Missing(_));
}

pub async fn a_file_that_was_read_before_a_merge_stays_with_its_message(w: ReceiveWorld) {
    let to = &w.ours.number;
    w.apply(vec![says(to, "old", &phone("15550100"), 1)]).await;
    w.apply(vec![wrote(to, "file", &user("US.1"), 2, image("1"))])
        .await;
    let file = w.message(w.ours.org, "file").await.media.unwrap();
    w.apply(vec![says(to, "both", &super::known("15550100", "US.1"), 3)])
        .await;
    let merged = w.conversation(w.ours.org).await.conversation.id;
    assert_ne!(file.conversation, merged);
    let stored = Media {
        state: MediaState::Stored,
        ..file
    };
    w.store
        .save_media(stored, None, true, vec![], at(1_100), w.ids())
        .await
        .unwrap();
    let found = w.message(w.ours.org, "file").await.media.unwrap();
    assert_eq!(
        (found.state, found.conversation),
        (MediaState::Stored, merged)
    );
    match w.told(w.ours.org).await.last() {
        Some(EventData::MediaUpdated(event)) => assert_eq!(event.conversation, merged),
        other => panic!("{other:?}"),
    }
}
