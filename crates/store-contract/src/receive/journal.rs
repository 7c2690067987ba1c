use wabakit_domain::ids::{DeliveryId, MetaAppId};

use super::{ReceiveWorld, whole};
use crate::{assert_refused, at, world::assert_pages};
use wabakit_ports::store::{JournalBatch, Rejections, SplitWrite, StoreError};

/// Makes a write that splits batches into no changes.
fn split(batches: &[&JournalBatch]) -> SplitWrite {
    SplitWrite {
        batches: batches.iter().map(|batch| batch.id).collect(),
        ..SplitWrite::default()
    }
}

pub async fn an_appended_delivery_comes_back_byte_for_byte(w: ReceiveWorld) {
    let large: Vec<u8> = (0..3 << 20).map(|n: u32| (n % 251) as u8).collect();
    let bodies: [&[u8]; 5] = [
        b"{\"entry\":[]}",
        b"nul \0 and \x01",
        b"\xff\xfe no utf-8 \xc3\x28",
        "Grüße 👋".as_bytes(),
        b"",
    ];
    let mut batch = w.journal_batch(&bodies);
    batch.deliveries[1].app = Some(MetaAppId(w.ours.tenant.app.id.0));
    let second = w.journal_batch(&[&large]);
    w.store.append(batch.clone()).await.unwrap();
    w.store.append(second.clone()).await.unwrap();
    let found = w.store.unsplit(usize::MAX).await.unwrap();
    assert_eq!(found, [batch.clone(), second]);
    for delivery in batch.deliveries {
        let found = w.store.delivery(delivery.id).await.unwrap();
        assert_eq!(found, Some(delivery));
    }
}

pub async fn batches_come_whole_and_oldest_first(w: ReceiveWorld) {
    let mut batches = Vec::new();
    for n in 1..=5 {
        let bodies = vec![b"0123456789".as_slice(); n];
        batches.push(w.journal_batch(&bodies));
    }
    // The order of the ids counts, not the order of the writes.
    for batch in batches.iter().rev() {
        w.store.append(batch.clone()).await.unwrap();
    }
    assert_eq!(w.store.unsplit(usize::MAX).await.unwrap(), batches);
    assert_eq!(w.store.unsplit(1).await.unwrap(), batches[..1]);
    let some = w.store.unsplit(35).await.unwrap();
    assert!((2..=3).contains(&some.len()), "{} batches", some.len());
    assert_eq!(some, batches[..some.len()]);
    w.store
        .split(split(&[&batches[0], &batches[2]]))
        .await
        .unwrap();
    let left = w.store.unsplit(usize::MAX).await.unwrap();
    assert_eq!(left, [&batches[1..2], &batches[3..]].concat());
}

pub async fn deliveries_that_wait_are_counted_no_further_than_asked(w: ReceiveWorld) {
    assert_eq!(w.store.unsplit_count(10).await.unwrap(), 0);
    let batches = [w.journal_batch(&[b"a", b"b"]), w.journal_batch(&[b"c"])];
    for batch in &batches {
        w.store.append(batch.clone()).await.unwrap();
    }
    assert_eq!(w.store.unsplit_count(10).await.unwrap(), 3);
    assert_eq!(w.store.unsplit_count(2).await.unwrap(), 2);
    w.store.split(split(&[&batches[0]])).await.unwrap();
    assert_eq!(w.store.unsplit_count(10).await.unwrap(), 1);
}

pub async fn splitting_queues_changes_and_keeps_deliveries(w: ReceiveWorld) {
    let batch = w.journal_batch(&[b"whole", b"broken"]);
    let [whole_one, broken] = [&batch.deliveries[0], &batch.deliveries[1]];
    w.store.append(batch.clone()).await.unwrap();
    let mut change = w.change(&w.ours.number, whole_one, b"\0\xff{\"value\":1}");
    change.entry_time = Some(1_790_000_000);
    let write = SplitWrite {
        batches: vec![batch.id],
        changes: vec![change.clone()],
        unreadable: vec![(broken.id, "no JSON".into())],
    };
    w.store.split(write).await.unwrap();
    let queued = w.waiting(&w.ours.number).await;
    assert_eq!(queued.len(), 1);
    assert_eq!(queued[0].change, change);
    assert!(!queued[0].is_replay);
    assert!(w.store.unsplit(usize::MAX).await.unwrap().is_empty());
    let kept = w.store.delivery(broken.id).await.unwrap();
    assert_eq!(kept.as_ref(), Some(broken));
}

pub async fn a_batch_is_split_once(w: ReceiveWorld) {
    let (first, second) = (w.journal_batch(&[b"a"]), w.journal_batch(&[b"b"]));
    w.store.append(first.clone()).await.unwrap();
    w.store.append(second.clone()).await.unwrap();
    w.store.split(split(&[&first])).await.unwrap();
    // A refused write leaves nothing, although half of it could be done.
    let mut again = split(&[&second, &first]);
    again.changes = vec![w.change(&w.ours.number, &second.deliveries[0], b"{}")];
    again.unreadable = vec![(second.deliveries[0].id, "no JSON".into())];
    assert_refused!(w.store.split(again).await, StoreError::Conflict);
    assert_eq!(w.store.unsplit(usize::MAX).await.unwrap(), [second]);
    assert!(w.waiting(&w.ours.number).await.is_empty());
    let overview = w.store.deliveries(true, whole()).await.unwrap();
    assert!(overview.rows.is_empty());
}

pub async fn only_one_of_twenty_splits_a_batch(w: ReceiveWorld) {
    let batch = w.journal_batch(&[b"a"]);
    w.store.append(batch.clone()).await.unwrap();
    let outcomes = w
        .connect
        .race(|_, _| {
            let (w, batch) = (w.clone(), batch.clone());
            async move {
                let change = w.change(&w.ours.number, &batch.deliveries[0], b"{}");
                let write = SplitWrite {
                    changes: vec![change],
                    ..split(&[&batch])
                };
                w.store.split(write).await
            }
        })
        .await;
    let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(won, 1);
    for outcome in outcomes.into_iter().filter(Result::is_err) {
        assert_refused!(outcome, StoreError::Conflict);
    }
    assert_eq!(w.waiting(&w.ours.number).await.len(), 1);
}

pub async fn twenty_appends_at_once_lose_nothing(w: ReceiveWorld) {
    let appended = w
        .connect
        .race(|_, _| {
            let w = w.clone();
            async move {
                let batch = w.journal_batch(&[b"a", b"b"]);
                w.store.append(batch.clone()).await.unwrap();
                batch
            }
        })
        .await;
    let mut appended = appended;
    appended.sort_by_key(|batch| batch.id);
    assert_eq!(w.store.unsplit(usize::MAX).await.unwrap(), appended);
}

pub async fn the_operator_pages_deliveries_newest_first(w: ReceiveWorld) {
    let batches = [
        w.journal_batch_at(at(1), &[b"one", b"three"]),
        w.journal_batch_at(at(2), &[b"", b"four"]),
    ];
    let ids: Vec<DeliveryId> = batches
        .iter()
        .flat_map(|batch| batch.deliveries.iter().map(|delivery| delivery.id))
        .collect();
    for batch in &batches {
        w.store.append(batch.clone()).await.unwrap();
    }
    let mut write = split(&[&batches[0], &batches[1]]);
    write.unreadable = vec![
        (ids[0], "no JSON".into()),
        (ids[3], "another object".into()),
    ];
    w.store.split(write).await.unwrap();
    let all = w.store.deliveries(false, whole()).await.unwrap().rows;
    let told: Vec<_> = all
        .iter()
        .map(|d| (d.id, d.size, d.problem.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (ids[3], 4, Some("another object")),
            (ids[2], 0, None),
            (ids[1], 5, None),
            (ids[0], 3, Some("no JSON")),
        ]
    );
    assert_eq!(all[0].received_at, at(2));
    assert_pages(&all, |page| w.store.deliveries(false, page)).await;
    let unreadable = [all[0].clone(), all[3].clone()];
    assert_pages(&unreadable, |page| w.store.deliveries(true, page)).await;
    let nowhere = w.store.delivery(w.id()).await.unwrap();
    assert_eq!(nowhere, None);
}

pub async fn rejections_add_up(w: ReceiveWorld) {
    let minute = at(0);
    let app = Some(w.ours.tenant.app.id);
    let told = |app, count, second, address: &str| Rejections {
        minute,
        app,
        reason: "wrong_signature".into(),
        count,
        last_address: Some(address.into()),
        last_at: at(second),
    };
    let other_minute = Rejections {
        minute: at(60),
        ..told(None, 1, 61, "192.0.2.9")
    };
    w.store
        .record_rejections(vec![
            told(None, 2, 5, "192.0.2.1"),
            told(app, 7, 6, "192.0.2.2"),
        ])
        .await
        .unwrap();
    w.store
        .record_rejections(vec![told(None, 3, 9, "192.0.2.3"), other_minute.clone()])
        .await
        .unwrap();
    let found = w.store.rejections(minute, 10).await.unwrap();
    assert_eq!(found.len(), 3);
    assert_eq!(found[0], other_minute, "the newest first");
    assert!(found.contains(&told(None, 5, 9, "192.0.2.3")));
    assert!(found.contains(&told(app, 7, 6, "192.0.2.2")));
    assert_eq!(w.store.rejections(at(60), 10).await.unwrap().len(), 1);
    assert_eq!(w.store.rejections(minute, 1).await.unwrap().len(), 1);
}

pub async fn rejections_counted_at_once_all_count(w: ReceiveWorld) {
    w.connect
        .race(|_, turn| {
            let w = w.clone();
            async move {
                let told = Rejections {
                    minute: at(0),
                    app: None,
                    reason: "too_large".into(),
                    count: 1,
                    last_address: None,
                    last_at: at(i64::try_from(turn).unwrap()),
                };
                w.store.record_rejections(vec![told]).await.unwrap();
            }
        })
        .await;
    let found = w.store.rejections(at(0), 10).await.unwrap();
    let counts: Vec<_> = found.iter().map(|f| (f.count, f.last_at)).collect();
    assert_eq!(counts, [(20, at(19))]);
}
