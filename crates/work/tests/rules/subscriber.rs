use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{sync::Notify, time::sleep};
use tokio_util::sync::CancellationToken;
use wabakit_work::{Feed, LeaseTerm, Rounds, Subscriber};

#[derive(Default)]
struct State {
    /// The token to grant. `None` while another process holds the lease.
    token: Option<i64>,
    fails: bool,
    /// The number of parts that each log has behind its cursor.
    logs: Vec<(u8, usize)>,
    /// Logs that only a sweep finds.
    hidden: Vec<(u8, usize)>,
    notes: Vec<String>,
}

#[derive(Clone, Default)]
struct FakeFeed(Arc<Mutex<State>>, Arc<Notify>);

impl FakeFeed {
    fn set<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap())
    }

    fn notes(&self) -> Vec<String> {
        self.set(|state| std::mem::take(&mut state.notes))
    }

    fn note(&self, note: String) -> Result<(), &'static str> {
        self.set(|state| {
            state.notes.push(note);
            if state.fails { Err("down") } else { Ok(()) }
        })
    }

    fn start(&self) -> CancellationToken {
        let stop = CancellationToken::new();
        let subscriber = Subscriber::new(self.clone());
        tokio::spawn(subscriber.run("subscriber".into(), stop.clone()));
        stop
    }
}

impl Feed for FakeFeed {
    type Log = u8;
    type Error = &'static str;

    async fn lease(&self, _: Duration) -> Result<Option<i64>, &'static str> {
        let token = self.set(|state| state.token);
        self.note(format!("lease {token:?}"))?;
        Ok(token)
    }

    async fn release(&self) -> Result<(), &'static str> {
        self.note("release".to_owned())
    }

    async fn moved(&self, is_sweep: bool) -> Result<Vec<u8>, &'static str> {
        Ok(self.set(|state| {
            if is_sweep {
                let hidden = std::mem::take(&mut state.hidden);
                state.logs.extend(hidden);
                state.notes.push("sweep".to_owned());
            }
            state.logs.iter().map(|(log, _)| *log).collect()
        }))
    }

    async fn take_in(&self, token: i64, log: u8) -> Result<bool, &'static str> {
        self.note(format!("{token}: read {log}"))?;
        Ok(self.set(|state| {
            for (_, parts) in state.logs.iter_mut().filter(|(one, _)| *one == log) {
                *parts -= 1;
            }
            state.logs.retain(|(_, parts)| *parts > 0);
            state.logs.iter().any(|(one, _)| *one == log)
        }))
    }

    async fn work(&self, _: i64) -> Result<usize, &'static str> {
        Ok(0)
    }

    async fn woken(&self) {
        self.1.notified().await;
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_has_the_lease_reads_all_that_moved_in_turn() {
    let feed = FakeFeed::default();
    feed.set(|state| {
        state.token = Some(7);
        state.logs = vec![(1, 3), (2, 1)];
    });
    let stop = feed.start();
    sleep(Duration::from_secs(1)).await;
    let expected = [
        "lease Some(7)",
        "sweep",
        "7: read 1",
        "7: read 2",
        "7: read 1",
        "7: read 1",
    ];
    assert_eq!(feed.notes(), expected);
    stop.cancel();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(feed.notes(), ["release"]);
}

#[tokio::test(start_paused = true)]
async fn one_without_the_lease_reads_nothing_and_sweeps_when_it_gets_it() {
    let feed = FakeFeed::default();
    feed.set(|state| state.hidden = vec![(1, 1)]);
    feed.start();
    sleep(Duration::from_secs(10)).await;
    let notes = feed.notes();
    assert!(notes.len() >= 10 && notes.iter().all(|note| note == "lease None"));
    feed.set(|state| state.token = Some(8));
    sleep(Duration::from_secs(2)).await;
    assert_eq!(feed.notes(), ["lease Some(8)", "sweep", "8: read 1"]);
}

#[tokio::test(start_paused = true)]
async fn after_a_failure_the_lease_is_asked_for_anew_and_nothing_is_skipped() {
    let feed = FakeFeed::default();
    feed.set(|state| state.token = Some(1));
    feed.start();
    sleep(Duration::from_millis(100)).await;
    feed.notes();
    feed.set(|state| {
        state.fails = true;
        state.logs = vec![(1, 1)];
    });
    feed.1.notify_one();
    sleep(Duration::from_millis(100)).await;
    assert_eq!(feed.notes(), ["1: read 1"]);
    feed.set(|state| (state.fails, state.token) = (false, Some(2)));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(feed.notes(), ["lease Some(2)", "2: read 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_lease_is_prolonged_in_time_and_what_was_missed_is_found_within_a_minute() {
    let feed = FakeFeed::default();
    feed.set(|state| state.token = Some(1));
    feed.start();
    sleep(Duration::from_secs(1)).await;
    feed.set(|state| state.hidden = vec![(1, 1)]);
    sleep(Duration::from_secs(60)).await;
    let notes = feed.notes();
    assert!(notes.contains(&"1: read 1".to_owned()), "{notes:?}");
    let prolonged = notes.iter().filter(|note| *note == "lease Some(1)").count();
    assert!(
        (16..=20).contains(&prolonged),
        "{prolonged}: every 3.4 seconds"
    );
}

#[tokio::test(start_paused = true)]
async fn a_lease_ends_before_its_length_counted_from_before_the_query() {
    let term = LeaseTerm::new(Duration::from_secs(5), Duration::from_secs(1));
    let request = term.ask();
    sleep(Duration::from_secs(3)).await;
    let lease = request.granted(9);
    assert!(lease.is_held() && lease.is_due());
    assert_eq!(lease.token(), 9);
    sleep(Duration::from_millis(1_001)).await;
    assert!(!lease.is_held());
}
