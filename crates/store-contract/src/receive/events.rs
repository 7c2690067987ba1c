use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use wabakit_domain::{
    event::{EventData, NewEvent},
    ids::OrgId,
};

use super::{ReceiveWorld, says, world::phone};
use crate::at;
use wabakit_ports::store::{EventPage, Retention};

/// Makes a retention that keeps everything.
pub(crate) fn keep_all() -> Retention {
    let begin = at(-1_000_000);
    Retention {
        deliveries: begin,
        changes: begin,
        events: begin,
        waiting: begin,
        digests: begin,
        counts: begin,
        idempotency_keys: begin,
    }
}

pub(super) fn test_event(w: &ReceiveWorld, org: OrgId, seconds: i64) -> NewEvent {
    NewEvent {
        id: w.id(),
        org,
        at: at(seconds),
        data: EventData::WebhookTest {},
    }
}

/// Makes an organisation whose log is empty.
async fn fresh(w: &ReceiveWorld) -> OrgId {
    w.connect.tenant().await.org
}

pub async fn events_come_back_whole_and_are_counted_from_one(w: ReceiveWorld) {
    let [ours, theirs] = [fresh(&w).await, fresh(&w).await];
    assert!(w.events(ours).await.is_empty());
    assert!(w.store.event_heads(&[ours]).await.unwrap().is_empty());
    let events = [
        test_event(&w, ours, 1),
        test_event(&w, theirs, 2),
        test_event(&w, ours, 3),
    ];
    let mut heads = w.tell(events.to_vec()).await;
    heads.sort_unstable();
    let mut expected = vec![(ours, 2), (theirs, 1)];
    expected.sort_unstable();
    assert_eq!(heads, expected);
    let found = w.events(ours).await;
    let found: Vec<_> = found
        .into_iter()
        .map(|e| (e.id, e.sequence, e.at, e.data))
        .collect();
    let of = |event: &NewEvent, sequence| (event.id, sequence, event.at, event.data.clone());
    assert_eq!(found, [of(&events[0], 1), of(&events[2], 2)]);
    let mut heads = w.store.event_heads(&[ours, theirs]).await.unwrap();
    heads.sort_unstable();
    assert_eq!(heads, expected);
}

pub async fn applied_events_hold_the_written_rows(w: ReceiveWorld) {
    let person = phone("15550100");
    let applied = w
        .apply(vec![says(&w.ours.number, "wamid.1", &person, 5)])
        .await;
    let told = w.told(w.ours.org).await;
    assert_eq!(
        applied.heads,
        [(w.ours.org, w.ours.log + told.len() as i64)]
    );
    let kinds: Vec<_> = told.iter().map(EventData::kind).collect();
    assert_eq!(
        kinds,
        [
            "contact.updated",
            "conversation.updated",
            "message.received"
        ]
    );
    let message = w.message(w.ours.org, "wamid.1").await.message;
    match told.last() {
        Some(EventData::MessageReceived(event)) => {
            assert_eq!(*event.message, message);
            assert_eq!(event.from, person);
        }
        other => panic!("{other:?}"),
    }
    assert!(w.events(w.theirs.org).await.is_empty());
}

pub async fn the_log_is_read_in_parts_from_a_cursor(w: ReceiveWorld) {
    let org = fresh(&w).await;
    let events = (0..7).map(|n| test_event(&w, org, n)).collect();
    w.tell(events).await;
    let all = w.events(org).await;
    for limit in 1..=8 {
        let (mut seen, mut after) = (Vec::new(), 0);
        while after < 7 {
            match w.store.events_after(org, after, limit).await.unwrap() {
                EventPage::Events { events, head } => {
                    assert_eq!(head, 7);
                    assert!(!events.is_empty() && events.len() as i64 <= limit);
                    after = events[events.len() - 1].sequence;
                    seen.extend(events);
                }
                EventPage::Gone { .. } => panic!("nothing is gone"),
            }
        }
        assert_eq!(seen, all, "by {limit}");
    }
    for beyond in [7, 8] {
        let page = w.store.events_after(org, beyond, 10).await.unwrap();
        let events = vec![];
        assert_eq!(page, EventPage::Events { events, head: 7 });
    }
}

pub async fn a_cursor_before_the_oldest_event_is_gone(w: ReceiveWorld) {
    let [org, other] = [fresh(&w).await, fresh(&w).await];
    let events = (1..=5).map(|n| test_event(&w, org, n)).collect();
    w.tell(events).await;
    let theirs = vec![test_event(&w, other, 10)];
    w.tell(theirs).await;
    let mut retention = keep_all();
    retention.events = at(4);
    while w.store.prune(retention, 2).await.unwrap() > 0 {}
    for after in [0, 2] {
        let page = w.store.events_after(org, after, 10).await.unwrap();
        assert_eq!(page, EventPage::Gone { oldest: 4 });
    }
    match w.store.events_after(org, 3, 10).await.unwrap() {
        EventPage::Events { events, head } => {
            let sequences: Vec<_> = events.iter().map(|event| event.sequence).collect();
            assert_eq!((sequences, head), (vec![4, 5], 5));
        }
        EventPage::Gone { .. } => panic!("4 and 5 are kept"),
    }
    retention.events = at(6);
    while w.store.prune(retention, 100).await.unwrap() > 0 {}
    let page = w.store.events_after(org, 0, 10).await.unwrap();
    assert_eq!(page, EventPage::Gone { oldest: 6 });
    let page = w.store.events_after(org, 5, 10).await.unwrap();
    let nothing = EventPage::Events {
        events: vec![],
        head: 5,
    };
    assert_eq!(page, nothing);
    let heads = w.tell(vec![test_event(&w, org, 9)]).await;
    assert_eq!(heads, [(org, 6)], "the count goes on");
    assert_eq!(w.events(other).await.len(), 1);
}

pub async fn logs_of_several_orgs_grow_at_once_without_gap_or_repeat(w: ReceiveWorld) {
    let [org, other] = [fresh(&w).await, fresh(&w).await];
    w.connect
        .race(|_, turn| {
            let w = w.clone();
            async move {
                // In both orders, so that a store that locks rows in the order of the batch would deadlock.
                let mut orgs = [org, other, org, other];
                orgs.rotate_left(turn % 2);
                let events = orgs.iter().map(|org| test_event(&w, *org, 0)).collect();
                w.tell(events).await;
            }
        })
        .await;
    w.assert_log_ends_at(org, 40).await;
    w.assert_log_ends_at(other, 40).await;
}

pub async fn no_listener_passes_an_event_that_commits_later(w: ReceiveWorld) {
    let is_over = Arc::new(AtomicBool::new(false));
    let mut listeners = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let (w, is_over) = (w.clone(), Arc::clone(&is_over));
        listeners.spawn(async move {
            let mut seen = w.ours.log;
            loop {
                // Read before the events, so that the last read has everything that was committed before the end.
                let is_last = is_over.load(Ordering::SeqCst);
                let page = w.store.events_after(w.ours.org, seen, 10_000).await;
                let EventPage::Events { events, head } = page.unwrap() else {
                    panic!("nothing is pruned");
                };
                for event in &events {
                    assert_eq!(
                        event.sequence,
                        seen + 1,
                        "an event appeared behind a reader"
                    );
                    seen = event.sequence;
                }
                assert!(head >= seen);
                if is_last && events.is_empty() {
                    return seen - w.ours.log;
                }
                tokio::task::yield_now().await;
            }
        });
    }
    // Long and short writes of the same organisation run side by side.
    w.connect
        .race(|_, turn| {
            let w = w.clone();
            async move {
                let items = match turn % 2 {
                    0 => 60,
                    _ => 1,
                };
                let batch = || {
                    let items = (0..items).map(|n| {
                        let wamid = format!("wamid.{turn}.{n}");
                        let person = phone(&format!("1555{turn:04}"));
                        says(&w.ours.number, &wamid, &person, n)
                    });
                    w.batch(items.collect())
                };
                super::queue::apply_until_done(&w, batch).await;
                let lone = vec![test_event(&w, w.ours.org, 0)];
                w.tell(lone).await;
            }
        })
        .await;
    is_over.store(true, Ordering::SeqCst);
    let head = w.events(w.ours.org).await.len() as i64;
    assert_eq!(head, 10 * 60 + 10 + 20 * 2 + 20);
    for seen in listeners.join_all().await {
        assert_eq!(seen, head, "every listener saw all");
    }
}
