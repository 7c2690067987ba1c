//! The subscriber that counts messages by day, and what every subscriber of the event log owes to its store.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use wabakit_domain::{
    event::{Event, EventData, StatusEvent},
    ids::{AccountId, OrgId},
    message::{MessageStatus, ReportedStatus, StatusEntry},
};
use wabakit_ports::store::{
    EventCursor, EventPage, EventWork, EventWorkId, FailedEventWork, MessageCounts, MessageDay,
    MockEventStore, MockSubscriberStore, StoreError, TakenIn,
};
use wabakit_services::{LocalBus, OverviewService, Ports, SubscriberPorts};

use crate::support::ports;

/// The calls that the store got.
#[derive(Default)]
struct Told {
    cursor: Option<EventCursor>,
    due: Vec<EventWork>,
    taken: Vec<TakenIn>,
    failed: Vec<FailedEventWork>,
    counted: Vec<(Vec<EventWorkId>, Vec<MessageDay>)>,
}

struct Scene {
    ports: Ports,
    org: OrgId,
    account: AccountId,
    told: Arc<Mutex<Told>>,
}

impl Scene {
    fn new() -> Self {
        let ports = ports();
        let ids = &ports.ids;
        Self {
            org: ids.next().into(),
            account: ids.next().into(),
            told: Arc::default(),
            ports,
        }
    }

    /// A store in which one log moved, and that counts as `verdict` says.
    fn store(
        &self,
        verdict: impl Fn(&[EventWorkId]) -> Result<(), StoreError> + Send + 'static,
    ) -> MockSubscriberStore {
        let mut store = MockSubscriberStore::new();
        let org = self.org;
        store
            .expect_lease_subscriber()
            .returning(|_, _, _, _| Ok(Some(7)));
        store
            .expect_release_subscriber()
            .returning(|_, _, _| Ok(()));
        store
            .expect_moved_logs()
            .returning(move |_, since| Ok(Vec::from_iter(since.is_none().then_some(org))));
        let told = self.told.clone();
        store
            .expect_event_cursor()
            .returning(move |_, _| Ok(told.lock().unwrap().cursor));
        let told = self.told.clone();
        store.expect_take_in().returning(move |taken| {
            let mut told = told.lock().unwrap();
            told.cursor = Some(taken.to);
            told.taken.push(taken);
            Ok(())
        });
        let told = self.told.clone();
        store
            .expect_due_work()
            .returning(move |_, _, _| Ok(told.lock().unwrap().due.clone()));
        let told = self.told.clone();
        store.expect_fail_work().returning(move |_, failed| {
            let mut told = told.lock().unwrap();
            told.due
                .retain(|work| failed.iter().all(|one| one.id != work.id));
            told.failed.extend(failed);
            Ok(())
        });
        let told = self.told.clone();
        store
            .expect_count_days()
            .returning(move |fence, done, days| {
                assert_eq!(fence.token, 7);
                verdict(&done)?;
                let mut told = told.lock().unwrap();
                told.due.retain(|work| !done.contains(&work.id));
                told.counted.push((done, days));
                Ok(())
            });
        store
    }

    /// Runs the subscriber for some seconds over a log.
    async fn run(
        &self,
        store: MockSubscriberStore,
        log: impl Fn(i64) -> EventPage + Send + 'static,
    ) -> Told {
        let mut events = MockEventStore::new();
        events
            .expect_events_after()
            .returning(move |_, after, _| Ok(log(after)));
        let service = OverviewService::new(SubscriberPorts {
            base: self.ports.clone(),
            events: Arc::new(events),
            subscribers: Arc::new(store),
            bus: Arc::new(LocalBus::default()),
            owner: self.ports.ids.next(),
        });
        let stop = CancellationToken::new();
        let workers = service.start(&stop);
        sleep(Duration::from_secs(5)).await;
        stop.cancel();
        workers.join_all().await;
        std::mem::take(&mut *self.told.lock().unwrap())
    }

    fn report(&self, sequence: i64, status: ReportedStatus) -> Event {
        let ids = &self.ports.ids;
        let at = self.ports.clock.now();
        let entry = StatusEntry {
            message: ids.next().into(),
            status,
            participant: None,
            at,
            errors: Vec::new(),
            pricing: None,
            extra: None,
        };
        let data = EventData::MessageStatus(StatusEvent {
            conversation: ids.next().into(),
            account: self.account,
            wamid: None,
            status: MessageStatus::Sent,
            entry,
        });
        self.event(sequence, data)
    }

    fn event(&self, sequence: i64, data: EventData) -> Event {
        Event {
            id: self.ports.ids.next().into(),
            sequence,
            at: self.ports.clock.now(),
            data,
        }
    }

    fn due(&self, sequence: i64, payload: &str, attempts: i32) -> EventWork {
        EventWork {
            id: EventWorkId {
                org: self.org,
                sequence,
                item: 0,
            },
            key: None,
            payload: payload.to_owned(),
            attempts,
            error: None,
        }
    }

    fn readable(&self, sequence: i64) -> EventWork {
        let payload =
            serde_json::json!({"account": self.account, "day": self.ports.clock.now(), "sent": 2});
        self.due(sequence, &payload.to_string(), 0)
    }
}

fn empty(head: i64) -> EventPage {
    EventPage::Events {
        events: Vec::new(),
        head,
    }
}

fn ids(failed: &[FailedEventWork]) -> Vec<i64> {
    failed.iter().map(|failed| failed.id.sequence).collect()
}

#[tokio::test(start_paused = true)]
async fn a_part_of_the_log_becomes_one_row_a_day_and_counts() {
    let scene = Scene::new();
    let events = vec![
        scene.event(1, EventData::WebhookTest {}),
        scene.report(2, ReportedStatus::Sent),
        scene.report(3, ReportedStatus::Delivered),
        scene.report(4, ReportedStatus::Delivered),
        scene.report(5, ReportedStatus::Read),
        scene.report(6, ReportedStatus::Failed),
    ];
    let told = scene
        .run(scene.store(|_| Ok(())), move |after| match after {
            0 => EventPage::Events {
                events: events.clone(),
                head: 6,
            },
            after => empty(after),
        })
        .await;
    let [taken] = &told.taken[..] else {
        panic!("{:?}", told.taken);
    };
    assert_eq!(
        (taken.from, taken.to.position, taken.fence.token),
        (None, 6, 7)
    );
    let [work] = &taken.work[..] else {
        panic!("{:?}", taken.work);
    };
    assert_eq!((work.sequence, &work.key), (3, &None));
    // The row says all: whoever takes it up after a crash counts the same.
    let again = Scene::new();
    again.told.lock().unwrap().due = vec![again.due(3, &work.payload, 0)];
    let told = again.run(again.store(|_| Ok(())), |_| empty(0)).await;
    let expected = MessageCounts {
        delivered: 2,
        read: 1,
        failed: 1,
        ..MessageCounts::default()
    };
    assert_eq!(told.counted.len(), 1);
    let day = told.counted[0].1[0];
    assert_eq!((day.account, day.counts), (scene.account, expected));
}

#[tokio::test(start_paused = true)]
async fn events_past_their_retention_are_counted_as_missed_and_skipped() {
    let scene = Scene::new();
    scene.told.lock().unwrap().cursor = Some(EventCursor {
        position: 5,
        missed: 1,
    });
    let log = |after| match after {
        5 => EventPage::Gone { oldest: 9 },
        after => empty(after),
    };
    let told = scene.run(scene.store(|_| Ok(())), log).await;
    let passed = EventCursor {
        position: 8,
        missed: 4,
    };
    assert_eq!(told.taken.len(), 1);
    assert_eq!((told.taken[0].to, &told.taken[0].work), (passed, &vec![]));
}

#[tokio::test(start_paused = true)]
async fn a_log_that_was_never_followed_misses_nothing() {
    let scene = Scene::new();
    let log = |after| match after {
        0 => EventPage::Gone { oldest: 9 },
        after => empty(after),
    };
    let told = scene.run(scene.store(|_| Ok(())), log).await;
    assert_eq!(
        told.cursor.map(|cursor| (cursor.position, cursor.missed)),
        Some((8, 0))
    );
}

#[tokio::test(start_paused = true)]
async fn poison_is_tried_again_later_and_parked_in_the_end() {
    let scene = Scene::new();
    scene.told.lock().unwrap().due = vec![
        scene.due(1, "nonsense", 0),
        scene.readable(2),
        scene.due(3, "nonsense", 11),
    ];
    let told = scene.run(scene.store(|_| Ok(())), |_| empty(0)).await;
    assert_eq!(ids(&told.failed), [1, 3]);
    assert!(told.failed[0].next_at.unwrap() > scene.ports.clock.now());
    assert_eq!(told.failed[1].next_at, None, "the twelfth failure");
    assert_eq!(told.counted.len(), 1);
    assert_eq!(told.counted[0].1[0].counts.sent, 2);
}

#[tokio::test(start_paused = true)]
async fn a_row_that_the_store_refuses_holds_up_no_other() {
    let scene = Scene::new();
    let due = (1..=3).map(|sequence| scene.readable(sequence));
    scene.told.lock().unwrap().due = due.collect();
    let store = scene.store(|done| match done.iter().any(|id| id.sequence == 2) {
        true => Err(StoreError::Forbidden("this row")),
        false => Ok(()),
    });
    let told = scene.run(store, |_| empty(0)).await;
    assert_eq!(ids(&told.failed), [2]);
    let done: Vec<_> = told.counted.iter().flat_map(|(done, _)| done).collect();
    assert_eq!(
        done.iter().map(|id| id.sequence).collect::<Vec<_>>(),
        [1, 3]
    );
}

#[tokio::test(start_paused = true)]
async fn a_database_that_is_away_is_no_fault_of_the_work() {
    let scene = Scene::new();
    scene.told.lock().unwrap().due = vec![scene.readable(1)];
    let tries = Mutex::new(0);
    let store = scene.store(move |_| {
        let mut tries = tries.lock().unwrap();
        *tries += 1;
        match *tries {
            1 | 2 => Err(StoreError::unavailable("away")),
            _ => Ok(()),
        }
    });
    let told = scene.run(store, |_| empty(0)).await;
    assert_eq!(ids(&told.failed), [0; 0]);
    assert_eq!(told.counted.len(), 1);
}
