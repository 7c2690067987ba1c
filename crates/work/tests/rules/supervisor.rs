use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use wabakit_work::{Supervisor, WorkerHealth};

fn of(supervisor: &Supervisor, name: &str) -> WorkerHealth {
    let mut all = supervisor.health().into_iter();
    all.find(|worker| &*worker.name == name).unwrap()
}

/// Supervises a worker whose lives do what `live` returns for their number, from 0. Returns when each life began, in
/// milliseconds.
fn lives<F: Future<Output = ()> + Send + 'static>(
    supervisor: &Supervisor,
    stop: &CancellationToken,
    live: impl Fn(usize) -> F + Send + Sync + 'static,
) -> Arc<Mutex<Vec<u128>>> {
    let (began, lives) = (Instant::now(), Arc::<Mutex<Vec<u128>>>::default());
    let worker = supervisor.supervise("worker", stop, lives.clone(), move |lives, _| {
        let mut lives = lives.lock().unwrap();
        lives.push(began.elapsed().as_millis());
        live(lives.len() - 1)
    });
    tokio::spawn(worker);
    lives
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_panics_or_returns_is_counted_and_made_anew_after_a_backoff() {
    let (supervisor, stop) = (Supervisor::default(), CancellationToken::new());
    let lives = lives(&supervisor, &stop, async |life| match life {
        0 => panic!("at once"),
        1 => {}
        2 => panic!("{}", "in words of its own"),
        _ => pending().await,
    });
    sleep(Duration::from_secs(60)).await;
    assert_eq!(*lives.lock().unwrap(), [0, 100, 300, 700]);
    assert_eq!(of(&supervisor, "worker").deaths, 3);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_ran_for_long_is_made_anew_without_delay() {
    let (supervisor, stop) = (Supervisor::default(), CancellationToken::new());
    let lives = lives(&supervisor, &stop, async |life| match life {
        0..5 => panic!("at once"),
        5 => sleep(Duration::from_secs(100)).await,
        _ => pending().await,
    });
    sleep(Duration::from_secs(200)).await;
    let lives = lives.lock().unwrap();
    assert_eq!(lives[6] - lives[5], 100_100);
}

#[tokio::test(start_paused = true)]
async fn a_death_is_shown_for_five_seconds_and_for_as_long_as_the_worker_is_down() {
    let (supervisor, stop) = (Supervisor::default(), CancellationToken::new());
    lives(&supervisor, &stop, async |life| match life {
        0..10 => panic!("at once"),
        _ => pending().await,
    });
    sleep(Duration::from_millis(1)).await;
    assert!(of(&supervisor, "worker").is_down);
    // The waits are 0.1 to 3.2 seconds, and then 5 seconds: the tenth restart is at 26.3 seconds.
    while of(&supervisor, "worker").deaths < 10 {
        assert!(of(&supervisor, "worker").is_troubled);
        sleep(Duration::from_millis(50)).await;
    }
    sleep(Duration::from_millis(4_900)).await;
    assert!(of(&supervisor, "worker").is_troubled);
    sleep(Duration::from_millis(200)).await;
    let health = of(&supervisor, "worker");
    assert!(!health.is_down && !health.is_troubled, "{health:?}");
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_was_told_to_stop_is_no_death() {
    let (supervisor, stop) = (Supervisor::default(), CancellationToken::new());
    let worker = supervisor.supervise("worker", &stop, (), |(), stop| async move {
        stop.cancelled().await;
    });
    stop.cancel();
    worker.await;
    assert_eq!(of(&supervisor, "worker").deaths, 0);
    assert!(!of(&supervisor, "worker").is_troubled);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_panics_while_it_stops_is_tried_a_few_times_without_waiting() {
    let (supervisor, stop) = (Supervisor::default(), CancellationToken::new());
    let tries = Arc::new(AtomicU32::new(0));
    let begun = Instant::now();
    stop.cancel();
    let worker = supervisor.supervise("worker", &stop, tries.clone(), |tries, _| async move {
        tries.fetch_add(1, Ordering::Relaxed);
        panic!("it cannot stop")
    });
    worker.await;
    assert_eq!(tries.load(Ordering::Relaxed), 4);
    assert!(begun.elapsed() < Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn a_backoff_is_cut_short_by_the_stop() {
    let (supervisor, stop) = (Supervisor::default(), CancellationToken::new());
    let worker = supervisor.supervise("worker", &stop, (), |(), stop| async move {
        assert!(stop.is_cancelled(), "it works only at the end");
    });
    let worker = tokio::spawn(worker);
    sleep(Duration::from_secs(3)).await;
    let begun = Instant::now();
    stop.cancel();
    worker.await.unwrap();
    assert!(begun.elapsed() < Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_panics_is_counted_and_its_caller_told() {
    let supervisor = Supervisor::default();
    assert_eq!(supervisor.watch("task", async { 7 }).await, Ok(7));
    assert!(!of(&supervisor, "task").is_troubled);
    let died = supervisor.watch("task", async { panic!("oh") }).await;
    assert_eq!(died.unwrap_err().to_string(), "task died: oh");
    let health = of(&supervisor, "task");
    assert_eq!((health.deaths, health.is_down), (1, false));
    assert!(health.is_troubled);
}

#[tokio::test(start_paused = true)]
async fn killing_reaches_all_of_a_name_and_nothing_else() {
    let (supervisor, stop) = (Supervisor::default(), CancellationToken::new());
    assert!(!supervisor.kill("worker"), "nobody knows it");
    for name in ["worker", "worker", "other"] {
        tokio::spawn(supervisor.supervise(name, &stop, (), |(), _| pending()));
    }
    assert!(!supervisor.kill("worker"), "none runs yet");
    sleep(Duration::from_secs(1)).await;
    assert!(supervisor.kill("worker"));
    sleep(Duration::from_secs(10)).await;
    assert_eq!(of(&supervisor, "worker").deaths, 2);
    assert_eq!(of(&supervisor, "other").deaths, 0);
}
