use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use wabakit_work::{Backoff, Every, Next, Rounds};

/// Rounds that return scripted results and record when they ran.
struct Scripted {
    script: Vec<Result<Next, &'static str>>,
    began: Instant,
    notes: Arc<Mutex<Vec<(u64, &'static str)>>>,
    bell: Arc<Notify>,
}

impl Scripted {
    fn note(&self, what: &'static str) {
        let at = self.began.elapsed().as_secs();
        self.notes.lock().unwrap().push((at, what));
    }
}

impl Rounds for Scripted {
    type Error = &'static str;

    async fn round(&mut self) -> Result<Next, Self::Error> {
        self.note("round");
        match self.script.is_empty() {
            true => Ok(Next::Within(Duration::from_secs(1_000))),
            false => self.script.remove(0),
        }
    }

    fn backoff(&self) -> Backoff {
        Backoff::new(Duration::from_secs(10), Duration::from_secs(15))
    }

    async fn woken(&self) {
        self.bell.notified().await;
    }

    async fn rest(&mut self) {
        self.note("rest");
    }
}

#[tokio::test(start_paused = true)]
async fn rounds_follow_at_once_or_after_their_wait_and_back_off_deaf_to_wakes() {
    let (notes, bell) = (Arc::default(), Arc::<Notify>::default());
    let scripted = Scripted {
        script: vec![
            Ok(Next::Now),
            Ok(Next::Within(Duration::from_secs(5))),
            Err("down"),
            Err("down"),
            Ok(Next::Within(Duration::from_secs(1_000))),
        ],
        began: Instant::now(),
        notes: Arc::clone(&notes),
        bell: bell.clone(),
    };
    let stop = CancellationToken::new();
    let running = tokio::spawn(scripted.run("scripted".into(), stop.clone()));
    sleep(Duration::from_secs(7)).await;
    // The rounds back off, so this wake counts only afterwards.
    bell.notify_one();
    sleep(Duration::from_secs(50)).await;
    stop.cancel();
    running.await.unwrap();
    let expected = [0, 0, 5, 15, 30, 30].map(|at| (at, "round"));
    let mut expected = expected.to_vec();
    expected.push((57, "rest"));
    assert_eq!(*notes.lock().unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn every_waits_for_its_period_or_a_wake_when_there_was_nothing() {
    let (times, bell) = (Arc::<Mutex<Vec<u64>>>::default(), Arc::<Notify>::default());
    let (began, state) = (Instant::now(), (times.clone(), bell.clone()));
    let every = Every::new(
        Duration::from_secs(10),
        state,
        move |(times, _)| async move {
            let mut times = times.lock().unwrap();
            times.push(began.elapsed().as_secs());
            Ok::<_, &str>(usize::from(times.len() == 1))
        },
    );
    let every = every.woken_by(|(_, bell)| async move { bell.notified().await });
    let stop = CancellationToken::new();
    let running = tokio::spawn(every.run("every".into(), stop.clone()));
    sleep(Duration::from_secs(13)).await;
    bell.notify_one();
    sleep(Duration::from_secs(12)).await;
    stop.cancel();
    running.await.unwrap();
    assert_eq!(*times.lock().unwrap(), [0, 0, 10, 13, 23]);
}
