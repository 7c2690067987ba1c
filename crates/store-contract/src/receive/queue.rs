use std::collections::{BTreeMap, HashSet};

use wabakit_domain::{
    delivery::{Change, Lane, PARTITIONS},
    ids::{ChangeId, PhoneNumberId, WabaId},
};

use super::{ALL, ReceiveWorld, refused, says, world::phone};
use wabakit_ports::store::{ApplyBatch, QueueLimit, QueuedChange, SplitWrite, StoreError};

/// Queues changes of other lanes than the accounts', so many for each.
async fn queue_lanes(w: &ReceiveWorld, lanes: &[(&Lane, usize)]) -> Vec<Change> {
    let batch = w.journal_batch(&[b"{}"]);
    let longest = lanes.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let mut changes = Vec::new();
    for n in 0..longest {
        for (lane, _) in lanes.iter().filter(|(_, count)| n < *count) {
            let mut change = w.change(&w.ours.number, &batch.deliveries[0], b"0123456789");
            change.lane = (*lane).clone();
            changes.push(change);
        }
    }
    let write = SplitWrite {
        batches: vec![batch.id],
        changes: changes.clone(),
        unreadable: vec![],
    };
    w.store.append(batch).await.unwrap();
    w.store.split(write).await.unwrap();
    changes
}

/// Returns so many lanes of one partition.
fn lanes_of_one_partition(count: usize) -> Vec<Lane> {
    let lanes = (0..).map(|n| Lane::Number(format!("{n}").as_str().into()));
    lanes
        .filter(|lane| lane.partition() == 3)
        .take(count)
        .collect()
}

/// Returns the changes of each lane, in their order.
fn by_lane(queued: &[QueuedChange]) -> BTreeMap<String, Vec<ChangeId>> {
    let mut lanes: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for queued in queued {
        let lane = lanes.entry(queued.change.lane.key()).or_default();
        lane.push(queued.change.id);
    }
    lanes
}

/// Asserts that each lane gave its oldest changes, in order.
fn assert_beginnings(found: &[QueuedChange], all: &[Change]) {
    for (lane, ids) in by_lane(found) {
        let whole = all.iter().filter(|change| change.lane.key() == lane);
        let whole: Vec<_> = whole.map(|change| change.id).collect();
        assert_eq!(ids, whole[..ids.len()], "lane {lane}");
    }
}

pub async fn changes_wait_in_their_partition_whole_and_in_order(w: ReceiveWorld) {
    let mut all = Vec::new();
    let lanes = [
        Lane::Number("5".into()),
        Lane::Waba("6".into()),
        Lane::Nowhere,
        Lane::Number("7:8".into()),
    ];
    let lanes: Vec<_> = lanes.iter().map(|lane| (lane, 3)).collect();
    all.extend(queue_lanes(&w, &lanes).await);
    let mut found = Vec::new();
    for partition in 0..PARTITIONS {
        let queued = w.store.queued(partition, None, ALL).await.unwrap();
        assert!(
            queued
                .iter()
                .all(|q| q.change.lane.partition() == partition)
        );
        found.extend(queued);
    }
    assert_eq!(found.len(), all.len());
    assert_beginnings(&found, &all);
    for queued in found {
        assert!(all.contains(&queued.change), "every column comes back");
        assert!(!queued.is_replay);
    }
    assert_eq!(w.store.queued_count(100).await.unwrap(), 12);
    assert_eq!(w.store.queued_count(5).await.unwrap(), 5);
}

pub async fn limits_of_the_queue_hold(w: ReceiveWorld) {
    let lanes = lanes_of_one_partition(3);
    let all = queue_lanes(&w, &[(&lanes[0], 20), (&lanes[1], 20), (&lanes[2], 2)]).await;
    let few = QueueLimit { per_lane: 4, ..ALL };
    let found = w.store.queued(3, None, few).await.unwrap();
    assert_beginnings(&found, &all);
    let lengths: Vec<_> = by_lane(&found).into_values().map(|ids| ids.len()).collect();
    assert_eq!(lengths.iter().sum::<usize>(), 10, "{lengths:?}");
    assert!(lengths.iter().all(|&length| length <= 4));

    let few = QueueLimit { changes: 7, ..ALL };
    let found = w.store.queued(3, None, few).await.unwrap();
    assert_eq!(found.len(), 7);
    assert_beginnings(&found, &all);

    // Each change has ten bytes.
    let few = QueueLimit { bytes: 35, ..ALL };
    let found = w.store.queued(3, None, few).await.unwrap();
    assert_eq!(found.len(), 3);
    assert_beginnings(&found, &all);
    let few = QueueLimit { bytes: 1, ..ALL };
    let found = w.store.queued(3, None, few).await.unwrap();
    assert_eq!(found.len(), 1, "at least one");
}

pub async fn no_lane_starves_behind_a_long_one(w: ReceiveWorld) {
    let lanes = lanes_of_one_partition(6);
    let mut counts: Vec<_> = lanes.iter().map(|lane| (lane, 1)).collect();
    for long in [0, 3, 5] {
        counts[long].1 = 50;
    }
    queue_lanes(&w, &counts).await;
    let limit = QueueLimit {
        changes: 10,
        per_lane: 10,
        ..ALL
    };
    // Nothing is applied, so only the turns of the lanes bring all of them.
    let (mut after, mut seen) = (None, HashSet::new());
    for _ in 0..lanes.len() {
        let found = w.store.queued(3, after, limit).await.unwrap();
        seen.extend(found.iter().map(|queued| queued.change.lane.clone()));
        after = found.last().map(|queued| queued.change.lane.clone());
    }
    assert_eq!(seen.len(), lanes.len(), "every lane came");
}

pub async fn the_lane_that_came_last_comes_last(w: ReceiveWorld) {
    let lanes = lanes_of_one_partition(3);
    let counts: Vec<_> = lanes.iter().map(|lane| (lane, 1)).collect();
    queue_lanes(&w, &counts).await;
    for lane in &lanes {
        let found = w.store.queued(3, Some(lane.clone()), ALL).await.unwrap();
        assert_eq!(found.len(), 3, "all come, however they are turned");
        assert_eq!(found[2].change.lane, *lane);
    }
    let gone = Some(Lane::Number("no such lane".into()));
    let found = w.store.queued(3, gone, ALL).await.unwrap();
    assert_eq!(
        found.len(),
        3,
        "a lane that is empty by now turns nothing away"
    );
}

pub async fn applying_takes_a_change_off_the_queue(w: ReceiveWorld) {
    let changes = w.queue(&w.ours.number, 3).await;
    let item = says(&w.ours.number, "wamid.1", &phone("15550100"), 0);
    let batch = w.batch_of(changes[1].id, vec![item]);
    w.store.apply(batch).await.unwrap();
    let left = w.waiting(&w.ours.number).await.into_iter();
    let left: Vec<_> = left.map(|queued| queued.change.id).collect();
    assert_eq!(left, [changes[0].id, changes[2].id]);
    let scope = wabakit_ports::store::Scope::Org(w.ours.org);
    let kept = w.store.change(scope, changes[1].id).await.unwrap().unwrap();
    assert!(!kept.is_queued);
    assert_eq!(kept.change, changes[1]);
}

pub async fn a_change_that_left_the_queue_stops_the_whole_batch(w: ReceiveWorld) {
    let changes = w.queue(&w.ours.number, 2).await;
    w.store
        .apply(w.batch_of(changes[0].id, vec![]))
        .await
        .unwrap();
    let before = w.seen_by(w.ours.org).await;
    let item = says(&w.ours.number, "wamid.1", &phone("15550100"), 0);
    let parked = w.parked(
        &changes[1],
        0,
        wabakit_domain::delivery::ParkedState::Parked,
    );
    let batch = ApplyBatch {
        dequeue: vec![changes[1].id, changes[0].id],
        park: vec![parked],
        ..w.batch(vec![item])
    };
    assert!(matches!(
        refused(w.store.apply(batch).await),
        StoreError::Conflict
    ));
    assert_eq!(w.seen_by(w.ours.org).await, before);
    let unknown = w.batch_of(w.id(), vec![]);
    assert!(matches!(
        refused(w.store.apply(unknown).await),
        StoreError::Conflict
    ));
}

pub async fn only_one_of_twenty_applies_a_change(w: ReceiveWorld) {
    let changes = w.queue(&w.ours.number, 1).await;
    let outcomes = w
        .connect
        .race(|_, turn| {
            let (w, change) = (w.clone(), changes[0].id);
            async move {
                let wamid = format!("wamid.{turn}");
                let item = says(&w.ours.number, &wamid, &phone("15550100"), 0);
                w.store.apply(w.batch_of(change, vec![item])).await
            }
        })
        .await;
    let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(won, 1);
    for outcome in outcomes.into_iter().filter(Result::is_err) {
        assert!(matches!(refused(outcome), StoreError::Conflict));
    }
    assert_eq!(w.only_thread(w.ours.org).await.len(), 1);
}

/// Applies a batch as an applier does: again after a conflict.
pub(super) async fn apply_until_done(w: &ReceiveWorld, batch: impl Fn() -> ApplyBatch) {
    for _ in 0..100 {
        match w.store.apply(batch()).await {
            Ok(_) => return,
            Err(StoreError::Conflict) => tokio::task::yield_now().await,
            Err(other) => panic!("{other}"),
        }
    }
    panic!("a batch finds no end of conflicts");
}

pub async fn twenty_appliers_apply_each_change_once(w: ReceiveWorld) {
    let changes = w.queue(&w.ours.number, 20).await;
    w.connect
        .race(|_, turn| {
            let (w, change) = (w.clone(), changes[turn].id);
            async move {
                // All write to the same unknown person.
                let wamid = format!("wamid.{turn}");
                apply_until_done(&w, || {
                    let item = says(&w.ours.number, &wamid, &phone("15550100"), turn as i64);
                    w.batch_of(change, vec![item])
                })
                .await;
            }
        })
        .await;
    assert_eq!(w.only_thread(w.ours.org).await.len(), 20);
    assert_eq!(w.contacts(w.ours.org).await.len(), 1);
    assert_eq!(w.conversation(w.ours.org).await.conversation.unread, 20);
    assert_eq!(w.store.queued_count(100).await.unwrap(), 0);
    let told = w.events(w.ours.org).await.len() as i64;
    w.assert_log_ends_at(w.ours.org, w.ours.log + told).await;
}

pub async fn routes_are_of_active_numbers_and_their_wabas(w: ReceiveWorld) {
    let number = w.ours.number.phone_number_id.clone();
    let routes = w
        .store
        .routes(std::slice::from_ref(&number), &[])
        .await
        .unwrap();
    assert_eq!(routes.len(), 1);
    let route = &routes[0];
    assert_eq!((route.org, route.account), (w.ours.org, w.ours.number.id));
    assert_eq!(route.phone_number_id, number);
    assert_eq!(route.waba_id, w.ours.number.waba_id);
    assert_eq!(
        route.display_phone_number,
        w.ours.number.display_phone_number
    );
    let both = w
        .store
        .routes(
            std::slice::from_ref(&number),
            &[
                w.ours.number.waba_id.clone(),
                w.theirs.number.waba_id.clone(),
            ],
        )
        .await
        .unwrap();
    let accounts: HashSet<_> = both.iter().map(|route| route.account).collect();
    assert_eq!(both.len(), accounts.len(), "each once");
    let expected = [
        w.ours.number.id,
        w.ours.second.id,
        w.theirs.number.id,
        w.theirs.second.id,
    ];
    assert_eq!(accounts, HashSet::from(expected));
    w.connect.disconnect(w.ours.org, &[w.ours.number.id]).await;
    let left = w
        .store
        .routes(&[number], std::slice::from_ref(&w.ours.number.waba_id))
        .await
        .unwrap();
    let left: Vec<_> = left.iter().map(|route| route.account).collect();
    assert_eq!(left, [w.ours.second.id]);
    let nobody = w
        .store
        .routes(&[PhoneNumberId::from("404")], &[WabaId::from("404")])
        .await
        .unwrap();
    assert!(nobody.is_empty());
    assert!(w.store.routes(&[], &[]).await.unwrap().is_empty());
}

pub async fn batches_of_several_orgs_at_once_neither_lock_up_nor_skip(w: ReceiveWorld) {
    w.connect
        .race(|_, turn| {
            let w = w.clone();
            async move {
                apply_until_done(&w, || {
                    let mut items: Vec<_> = [&w.ours.number, &w.theirs.number, &w.ours.second]
                        .into_iter()
                        .map(|to| {
                            says(
                                to,
                                &format!("wamid.{turn}"),
                                &phone("15550100"),
                                turn as i64,
                            )
                        })
                        .collect();
                    items.rotate_left(turn % 3);
                    w.batch(items)
                })
                .await;
            }
        })
        .await;
    w.assert_log_ends_at(w.ours.org, w.ours.log + 40 + 2 + 1)
        .await;
    w.assert_log_ends_at(w.theirs.org, w.theirs.log + 20 + 1 + 1)
        .await;
    assert_eq!(w.conversations(w.ours.org).await.len(), 2);
    assert_eq!(w.only_thread(w.theirs.org).await.len(), 20);
}

pub async fn a_batch_that_needs_more_ids_than_there_are_is_refused(w: ReceiveWorld) {
    let change = w.queue(&w.ours.number, 1).await.remove(0);
    let items = (0..10).map(|n| {
        let person = phone(&format!("1555{n:04}"));
        says(&w.ours.number, &format!("wamid.{n}"), &person, n)
    });
    let mut batch = w.batch_of(change.id, items.collect());
    batch.ids.nth(wabakit_domain::ids::IdBlock::SIZE - 10);
    let refused = refused(w.store.apply(batch).await);
    assert!(matches!(refused, StoreError::Forbidden(_)), "{refused}");
    assert!(w.conversations(w.ours.org).await.is_empty());
    assert!(w.events(w.ours.org).await.is_empty());
    assert_eq!(w.waiting(&w.ours.number).await.len(), 1);
}
