//! The rules of durable subscribers.

use std::sync::Arc;

use futures::future::{BoxFuture, join_all};
use uuid::Uuid;
use wabakit_domain::{
    Time,
    ids::{AccountId, OrgId},
};

use super::{Fixtures, assert_refused, at};
use wabakit_ports::store::{
    EventCursor, EventWork, EventWorkId, FailedEventWork, Fence, MessageCounts, MessageDay,
    NewEventWork, StoreError, SubscriberStore, TakenIn,
};

/// Appends one event to an organisation's log.
pub type Append = Box<dyn Fn(OrgId, Time) -> BoxFuture<'static, ()> + Send + Sync>;

/// A store without subscribers, and logs without events.
pub struct SubscriberWorld {
    /// The store of subscribers.
    pub store: Arc<dyn SubscriberStore>,
    /// Writes the logs.
    pub append: Append,
    make: Fixtures,
}

const NAME: &str = "rollup";
const OTHER: &str = "endpoints";

impl SubscriberWorld {
    /// Makes a world over an empty store.
    pub fn new(store: Arc<dyn SubscriberStore>, append: Append) -> Self {
        let make = Fixtures::default();
        Self {
            store,
            append,
            make,
        }
    }

    async fn lease(&self, owner: Uuid, now: i64) -> Option<i64> {
        let leased = self
            .store
            .lease_subscriber(NAME, owner, at(now), at(now + 10));
        leased.await.unwrap()
    }

    /// Returns a fence under a held lease.
    async fn fence(&self, subscriber: &str) -> Fence {
        let owner = self.make.id();
        let leased = self
            .store
            .lease_subscriber(subscriber, owner, at(0), at(1_000));
        fence(subscriber, leased.await.unwrap().unwrap())
    }

    async fn take(&self, taken: TakenIn) {
        self.store.take_in(taken).await.unwrap();
    }

    async fn due(&self, now: i64) -> Vec<EventWork> {
        self.store.due_work(NAME, at(now), 100).await.unwrap()
    }

    async fn payloads(&self, now: i64) -> Vec<String> {
        let due = self.due(now).await.into_iter();
        due.map(|work| work.payload).collect()
    }

    /// Returns the due row of key `x`.
    async fn due_x(&self, now: i64) -> Option<EventWork> {
        let mut due = self.due(now).await.into_iter();
        due.find(|work| work.key.as_deref() == Some("x"))
    }

    async fn fail(&self, fence: &Fence, work: &EventWork, next_at: Option<i64>) {
        let failed = FailedEventWork {
            id: work.id,
            next_at: next_at.map(at),
            error: "no answer\0".to_owned(),
        };
        let noted = self.store.fail_work(fence.clone(), vec![failed]);
        noted.await.unwrap();
    }
}

fn fence(subscriber: &str, token: i64) -> Fence {
    Fence {
        subscriber: subscriber.to_owned(),
        token,
    }
}

/// Makes a part from a cursor to a position, with work rows of these sequences, keys and payloads.
fn part(
    fence: &Fence,
    org: OrgId,
    (from, to): (Option<i64>, i64),
    work: &[(i64, Option<&str>, &str)],
) -> TakenIn {
    let cursor = |position| EventCursor {
        position,
        missed: 0,
    };
    let work = work.iter().map(|(sequence, key, payload)| NewEventWork {
        sequence: *sequence,
        key: key.map(str::to_owned),
        payload: (*payload).to_owned(),
    });
    TakenIn {
        fence: fence.clone(),
        org,
        from: from.map(cursor),
        to: cursor(to),
        work: work.collect(),
        now: at(0),
    }
}

pub async fn a_lease_has_one_owner_and_a_new_token_with_each(w: SubscriberWorld) {
    let [ada, bob]: [Uuid; 2] = [w.make.id(), w.make.id()];
    let first = w.lease(ada, 0).await.unwrap();
    assert_eq!(w.lease(bob, 1).await, None);
    assert_eq!(w.lease(ada, 8).await, Some(first), "it is prolonged");
    assert_eq!(w.lease(bob, 17).await, None, "to 18");
    let second = w.lease(bob, 18).await.unwrap();
    assert!(second > first);
    w.store.release_subscriber(NAME, ada, at(19)).await.unwrap();
    assert_eq!(w.lease(ada, 20).await, None, "not hers to give back");
    w.store.release_subscriber(NAME, bob, at(21)).await.unwrap();
    let third = w.lease(ada, 21).await.unwrap();
    assert!(third > second);
    let lapsed = w.lease(ada, 100).await.unwrap();
    assert!(lapsed > third, "who was away for long begins anew");
}

pub async fn only_one_of_twenty_takes_a_lease(w: SubscriberWorld) {
    let leases = join_all((0..20).map(|_| w.lease(w.make.id(), 0))).await;
    assert_eq!(leases.iter().flatten().count(), 1);
}

pub async fn a_cursor_moves_with_its_work(w: SubscriberWorld) {
    let (fence, org): (_, OrgId) = (w.fence(NAME).await, w.make.id());
    assert_eq!(w.store.event_cursor(NAME, org).await.unwrap(), None);
    let work = [(2, None, "a"), (2, None, "b"), (3, Some("k"), "c")];
    let mut taken = part(&fence, org, (None, 5), &work);
    taken.to.missed = 1;
    w.take(taken.clone()).await;
    let cursor = w.store.event_cursor(NAME, org).await.unwrap();
    assert_eq!(cursor, Some(taken.to));
    let due = w.due(0).await;
    let found = due
        .iter()
        .map(|work| (work.id.sequence, work.id.item, &*work.payload));
    let found: Vec<_> = found.collect();
    assert_eq!(found, [(2, 0, "a"), (2, 1, "b"), (3, 0, "c")]);
    assert!(
        due.iter()
            .all(|work| (work.id.org, work.attempts) == (org, 0))
    );
}

pub async fn a_cursor_that_is_elsewhere_stores_nothing(w: SubscriberWorld) {
    let (fence, org): (_, OrgId) = (w.fence(NAME).await, w.make.id());
    let first = part(&fence, org, (None, 5), &[(2, None, "a")]);
    w.take(first.clone()).await;
    assert_refused!(w.store.take_in(first).await, StoreError::Conflict);
    let stale = part(&fence, org, (Some(4), 9), &[(6, None, "b")]);
    assert_refused!(w.store.take_in(stale).await, StoreError::Conflict);
    assert_eq!(w.payloads(0).await, ["a"]);
    w.take(part(&fence, org, (Some(5), 9), &[(6, None, "b")]))
        .await;
    assert_eq!(w.payloads(0).await, ["a", "b"]);
}

pub async fn only_one_of_twenty_takes_a_part_in(w: SubscriberWorld) {
    let (fence, org): (_, OrgId) = (w.fence(NAME).await, w.make.id());
    let taken = (0..20).map(|_| {
        let part = part(&fence, org, (None, 3), &[(1, None, "a")]);
        w.store.take_in(part)
    });
    let taken = join_all(taken).await;
    assert_eq!(taken.iter().filter(|taken| taken.is_ok()).count(), 1);
    assert_eq!(w.payloads(0).await, ["a"]);
}

pub async fn a_stale_token_writes_nothing(w: SubscriberWorld) {
    let [ada, bob]: [Uuid; 2] = [w.make.id(), w.make.id()];
    let org: OrgId = w.make.id();
    let old = fence(NAME, w.lease(ada, 0).await.unwrap());
    w.take(part(&old, org, (None, 3), &[(1, None, "a")])).await;
    let new = fence(NAME, w.lease(bob, 10).await.unwrap());
    let due = w.due(10).await;
    let id = due[0].id;
    let next = part(&old, org, (Some(3), 4), &[]);
    assert_refused!(w.store.take_in(next).await, StoreError::Conflict);
    let done = w.store.count_days(old.clone(), vec![id], Vec::new());
    assert_refused!(done.await, StoreError::Conflict);
    let failed = FailedEventWork {
        id,
        next_at: None,
        error: "late".to_owned(),
    };
    let failed = w.store.fail_work(old, vec![failed]);
    assert_refused!(failed.await, StoreError::Conflict);
    assert_eq!(w.due(10).await, due);
    let done = w.store.count_days(new, vec![id], Vec::new());
    done.await.unwrap();
    assert_eq!(w.due(10).await, []);
}

pub async fn work_of_a_key_keeps_its_order_and_holds_up_no_other(w: SubscriberWorld) {
    let fence = w.fence(NAME).await;
    let [org, theirs]: [OrgId; 2] = [w.make.id(), w.make.id()];
    let work = [
        (1, Some("x"), "x1"),
        (2, Some("x"), "x2"),
        (2, Some("x"), "x3"),
        (3, Some("y"), "y1"),
        (4, None, "free"),
        (5, None, "free too"),
    ];
    w.take(part(&fence, org, (None, 5), &work)).await;
    w.take(part(&fence, theirs, (None, 9), &[(9, Some("z"), "theirs")]))
        .await;
    let mut due = w.payloads(0).await;
    due.sort_unstable();
    assert_eq!(due, ["free", "free too", "theirs", "x1", "y1"]);
    // A row that waits for its next attempt holds up its key.
    let x1 = w.due_x(0).await.unwrap();
    w.fail(&fence, &x1, Some(60)).await;
    assert_eq!(w.due_x(59).await, None);
    let again = w.due_x(60).await.unwrap();
    assert_eq!((&*again.payload, again.attempts), ("x1", 1));
    assert_eq!(again.error.as_deref(), Some("no answer\u{fffd}"));
    // A finished row releases its key.
    let done = w.store.count_days(fence.clone(), vec![x1.id], Vec::new());
    done.await.unwrap();
    let x2 = w.due_x(60).await.unwrap();
    assert_eq!(x2.payload, "x2");
    w.fail(&fence, &x2, Some(120)).await;
    assert_eq!(
        w.due_x(119).await,
        None,
        "nor does the next of its event go"
    );
    // A parked row releases it too.
    w.fail(&fence, &x2, None).await;
    let x3 = w.due_x(120).await.unwrap();
    assert_eq!((&*x3.payload, x3.id.item), ("x3", 1));
}

pub async fn the_same_key_of_another_org_is_another_key(w: SubscriberWorld) {
    let fence = w.fence(NAME).await;
    for org in [w.make.id(), w.make.id()] {
        w.take(part(&fence, org, (None, 1), &[(1, Some("x"), "a")]))
            .await;
    }
    assert_eq!(w.payloads(0).await, ["a", "a"]);
}

pub async fn parked_work_is_listed_and_retried_on_request(w: SubscriberWorld) {
    let fence = w.fence(NAME).await;
    let [org, theirs]: [OrgId; 2] = [w.make.id(), w.make.id()];
    for org in [org, theirs] {
        w.take(part(&fence, org, (None, 1), &[(1, None, "a")]))
            .await;
    }
    for work in w.due(0).await {
        w.fail(&fence, &work, None).await;
    }
    assert_eq!(w.due(1_000).await, []);
    let parked = w.store.parked_work(NAME, org, 10).await.unwrap();
    assert_eq!(parked.len(), 1);
    assert_eq!((parked[0].id.org, parked[0].attempts), (org, 1));
    assert_eq!(w.store.parked_work(OTHER, org, 10).await.unwrap(), []);
    let retry = async |subscriber: &str| {
        let retried = w.store.retry_parked_work(subscriber, org, at(5));
        retried.await.unwrap()
    };
    assert_eq!(retry(OTHER).await, 0);
    assert_eq!(retry(NAME).await, 1);
    let due = w.due(5).await;
    assert_eq!((due.len(), due[0].id.org, due[0].attempts), (1, org, 0));
    let parked = w.store.parked_work(NAME, theirs, 10).await.unwrap();
    assert_eq!(parked.len(), 1);
}

fn day(org: OrgId, account: AccountId, day: i64, n: i64) -> MessageDay {
    MessageDay {
        org,
        account,
        day: at(day * 86_400),
        counts: MessageCounts {
            received: n,
            sent: n + 1,
            delivered: n + 2,
            read: n + 3,
            failed: n + 4,
        },
    }
}

pub async fn work_is_counted_once(w: SubscriberWorld) {
    let (fence, org, account) = (w.fence(NAME).await, w.make.id(), w.make.id());
    let work = [(1, None, "a"), (2, None, "b")];
    w.take(part(&fence, org, (None, 2), &work)).await;
    let count = |done: &[i64], n| {
        let ids = done.iter().map(|sequence| EventWorkId {
            org,
            sequence: *sequence,
            item: 0,
        });
        let days = vec![day(org, account, 0, n)];
        w.store.count_days(fence.clone(), ids.collect(), days)
    };
    count(&[1], 10).await.unwrap();
    assert_refused!(count(&[1], 10).await, StoreError::Conflict);
    assert_refused!(count(&[2, 1], 10).await, StoreError::Conflict);
    assert_eq!(w.payloads(0).await, ["b"], "nothing is half done");
    count(&[2], 100).await.unwrap();
    let days = w.store.message_days(org, at(0)).await.unwrap();
    let expected = MessageCounts {
        received: 110,
        sent: 112,
        delivered: 114,
        read: 116,
        failed: 118,
    };
    assert_eq!(days.len(), 1);
    assert_eq!(days[0].counts, expected);
}

pub async fn days_come_in_order_and_to_their_org_alone(w: SubscriberWorld) {
    let fence = w.fence(NAME).await;
    let [org, theirs, nobody]: [OrgId; 3] = [w.make.id(), w.make.id(), w.make.id()];
    let [first, second]: [AccountId; 2] = [w.make.id(), w.make.id()];
    let days = [
        day(org, second, 2, 1),
        day(org, first, 2, 2),
        day(org, second, 1, 3),
        day(org, first, 0, 4),
        day(theirs, first, 2, 5),
    ];
    let counted = w.store.count_days(fence, Vec::new(), days.to_vec());
    counted.await.unwrap();
    let found = w.store.message_days(org, at(86_400)).await.unwrap();
    assert_eq!(found, [days[2], days[1], days[0]]);
    assert_eq!(w.store.message_days(nobody, at(0)).await.unwrap(), []);
}

pub async fn logs_that_go_on_behind_the_cursor_are_found(w: SubscriberWorld) {
    let [old, new]: [OrgId; 2] = [w.make.id(), w.make.id()];
    (w.append)(old, at(1)).await;
    (w.append)(new, at(50)).await;
    let moved = async |subscriber: &str, since: Option<i64>| {
        let moved = w.store.moved_logs(subscriber, since.map(at)).await;
        let mut moved = moved.unwrap();
        moved.sort_unstable();
        moved
    };
    assert_eq!(moved(NAME, Some(40)).await, [new]);
    assert_eq!(moved(NAME, None).await, [old, new]);
    let fence = w.fence(NAME).await;
    w.take(part(&fence, new, (None, 1), &[])).await;
    assert_eq!(moved(NAME, Some(40)).await, []);
    assert_eq!(moved(NAME, None).await, [old]);
    assert_eq!(moved(OTHER, Some(40)).await, [new], "it has own cursors");
    (w.append)(new, at(60)).await;
    assert_eq!(moved(NAME, Some(40)).await, [new]);
}

pub async fn subscribers_have_cursors_and_work_of_their_own(w: SubscriberWorld) {
    let org: OrgId = w.make.id();
    let (ours, theirs) = (w.fence(NAME).await, w.fence(OTHER).await);
    w.take(part(&ours, org, (None, 3), &[(1, Some("k"), "ours")]))
        .await;
    w.take(part(&theirs, org, (None, 1), &[(1, Some("k"), "theirs")]))
        .await;
    let cursor = w.store.event_cursor(OTHER, org).await.unwrap();
    assert_eq!(cursor.unwrap().position, 1);
    assert_eq!(w.payloads(0).await, ["ours"]);
    let id = w.due(0).await[0].id;
    let done = w.store.count_days(ours, vec![id], Vec::new());
    done.await.unwrap();
    let left = w.store.due_work(OTHER, at(0), 10).await.unwrap();
    assert_eq!(left.len(), 1);
}

/// Makes a test of every rule of durable subscribers.
///
/// Takes an expression that gives a future of an `Arc<dyn SubscriberStore>` over an empty database, of an
/// [`Append`](crate::subscribers::Append) to its event logs, and of a guard to keep alive while they are used. It is
/// evaluated once for each test.
#[macro_export]
macro_rules! subscriber_contract {
    ($make:expr) => {
        $crate::subscriber_contract! { @rules $make;
            a_lease_has_one_owner_and_a_new_token_with_each
            only_one_of_twenty_takes_a_lease
            a_cursor_moves_with_its_work
            a_cursor_that_is_elsewhere_stores_nothing
            only_one_of_twenty_takes_a_part_in
            a_stale_token_writes_nothing
            work_of_a_key_keeps_its_order_and_holds_up_no_other
            the_same_key_of_another_org_is_another_key
            parked_work_is_listed_and_retried_on_request
            work_is_counted_once
            days_come_in_order_and_to_their_org_alone
            logs_that_go_on_behind_the_cursor_are_found
            subscribers_have_cursors_and_work_of_their_own
        }
    };
    (@rules $make:expr; $($rule:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $rule() {
            let (store, append, _alive) = $make.await;
            let world = $crate::subscribers::SubscriberWorld::new(store, append);
            $crate::subscribers::$rule(world).await;
        }
    )*};
}
