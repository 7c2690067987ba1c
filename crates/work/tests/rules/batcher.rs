use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use wabakit_work::{BatchLimits, Batcher, NotWritten, Supervisor};

type Numbers = Batcher<u32, u32>;

const PATIENCE: Duration = Duration::from_secs(2);

/// A batcher whose writer records each batch, waits at a gate, and doubles the numbers. It panics at an odd hundred.
#[derive(Clone)]
struct Doubler {
    numbers: Numbers,
    flushed: Arc<Mutex<Vec<Vec<u32>>>>,
    gate: Arc<Semaphore>,
}

impl Doubler {
    fn new(numbers: Numbers) -> Self {
        Self {
            numbers,
            flushed: Arc::default(),
            gate: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
        }
    }

    /// Closes the gate: flushes wait.
    fn shut(&self) {
        self.gate.forget_permits(usize::MAX);
    }

    fn open(&self) {
        self.gate.add_permits(1_000);
    }

    async fn flush(&self, batch: Vec<u32>) -> Vec<u32> {
        self.flushed.lock().unwrap().push(batch.clone());
        self.gate.acquire().await.unwrap().forget();
        assert!(batch.iter().all(|n| n % 200 != 100), "an odd hundred");
        batch.into_iter().map(|n| n * 2).collect()
    }

    fn start(&self, supervisor: &Supervisor, stop: &CancellationToken, keeps: bool) {
        let worker = supervisor.supervise(
            "doubler",
            stop,
            self.clone(),
            move |this, stop| async move {
                let flush = |batch| this.flush(batch);
                match keeps {
                    true => this.numbers.run_keeping(&stop, flush).await,
                    false => this.numbers.run(&stop, flush).await,
                }
            },
        );
        tokio::spawn(worker);
    }

    fn begin(&self, keeps: bool) -> (Supervisor, CancellationToken) {
        let (supervisor, stop) = (Supervisor::default(), CancellationToken::new());
        self.start(&supervisor, &stop, keeps);
        (supervisor, stop)
    }

    /// Writes these numbers, and waits until they are in the queue.
    async fn write(&self, numbers: &[u32]) -> JoinSet<(u32, Result<u32, NotWritten>)> {
        let mut writes = JoinSet::new();
        for n in numbers.iter().copied() {
            let waiting = self.numbers.pending();
            let numbers = self.numbers.clone();
            writes.spawn(async move { (n, numbers.write(n).await) });
            while self.numbers.pending() == waiting {
                tokio::task::yield_now().await;
            }
        }
        writes
    }

    async fn until_flushing(&self, batches: usize) {
        while self.flushed.lock().unwrap().len() < batches {
            tokio::task::yield_now().await;
        }
    }

    fn flushed(&self) -> Vec<Vec<u32>> {
        self.flushed.lock().unwrap().clone()
    }
}

async fn answers(
    writes: JoinSet<(u32, Result<u32, NotWritten>)>,
) -> Vec<(u32, Result<u32, NotWritten>)> {
    let all = timeout(Duration::from_secs(60), writes.join_all()).await;
    let mut all = all.expect("nobody waits for ever");
    all.sort_unstable_by_key(|(n, _)| *n);
    all
}

fn limits(queue: usize, batch: usize) -> Numbers {
    Batcher::by_count(queue, batch, PATIENCE)
}

#[tokio::test]
async fn what_arrives_together_is_flushed_together_and_each_gets_its_own_answer() {
    let doubler = Doubler::new(limits(100, 3));
    let writes = doubler.write(&[1, 2, 3, 4, 5]).await;
    doubler.begin(false);
    let expected = (1..=5).map(|n| (n, Ok(n * 2))).collect::<Vec<_>>();
    assert_eq!(answers(writes).await, expected);
    assert_eq!(doubler.flushed(), [vec![1, 2, 3], vec![4, 5]]);
}

#[tokio::test]
async fn a_flush_is_bounded_in_weight_but_for_an_entry_that_weighs_more_alone() {
    let limits = BatchLimits {
        queue: 100,
        room: usize::MAX,
        batch: 100,
        batch_weight: 10,
        patience: PATIENCE,
    };
    let doubler = Doubler::new(Batcher::new(limits, |n| *n as usize));
    let writes = doubler.write(&[4, 6, 1, 50, 2]).await;
    doubler.begin(false);
    answers(writes).await;
    assert_eq!(doubler.flushed(), [vec![4, 6], vec![1], vec![50], vec![2]]);
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_makes_callers_wait_a_while_and_then_come_again() {
    let doubler = Doubler::new(limits(2, 1));
    doubler.shut();
    doubler.begin(false);
    let first = tokio::spawn({
        let numbers = doubler.numbers.clone();
        async move { numbers.write(1).await }
    });
    doubler.until_flushing(1).await;
    let writes = doubler.write(&[2, 3]).await;
    let begun = Instant::now();
    assert_eq!(doubler.numbers.write(4).await, Err(NotWritten::Busy));
    assert_eq!(begun.elapsed(), PATIENCE);
    doubler.open();
    assert_eq!(first.await.unwrap(), Ok(2));
    assert_eq!(answers(writes).await, [(2, Ok(4)), (3, Ok(6))]);
}

#[tokio::test(start_paused = true)]
async fn room_is_taken_until_an_entry_is_flushed() {
    let limits = BatchLimits {
        queue: 100,
        room: 10,
        batch: 100,
        batch_weight: 100,
        patience: PATIENCE,
    };
    let doubler = Doubler::new(Batcher::new(limits, |n| *n as usize));
    doubler.shut();
    doubler.begin(false);
    let first = tokio::spawn({
        let numbers = doubler.numbers.clone();
        async move { numbers.write(6).await }
    });
    doubler.until_flushing(1).await;
    assert_eq!(doubler.numbers.write(6).await, Err(NotWritten::Busy));
    doubler.open();
    assert_eq!(first.await.unwrap(), Ok(12));
    assert_eq!(
        doubler.numbers.write(60).await,
        Ok(120),
        "what weighs more than the room has it to itself"
    );
}

#[tokio::test]
async fn two_writers_flush_at_once_and_neither_leaves_work_to_a_writer_that_is_busy() {
    let doubler = Doubler::new(limits(100, 2));
    doubler.shut();
    let (supervisor, stop) = doubler.begin(false);
    doubler.start(&supervisor, &stop, false);
    let mut writes = JoinSet::new();
    for n in 1..=8 {
        let numbers = doubler.numbers.clone();
        writes.spawn(async move { (n, numbers.write(n).await) });
    }
    doubler.until_flushing(2).await;
    doubler.open();
    assert!(
        answers(writes)
            .await
            .iter()
            .all(|(_, answer)| answer.is_ok())
    );
}

#[tokio::test]
async fn stopping_flushes_what_waits_and_takes_no_more() {
    let doubler = Doubler::new(limits(100, 2));
    let writes = doubler.write(&[1, 2, 3, 4, 5]).await;
    let (_, stop) = (doubler.clone(), CancellationToken::new());
    stop.cancel();
    doubler
        .numbers
        .run(&stop, |batch| doubler.flush(batch))
        .await;
    assert!(
        answers(writes)
            .await
            .iter()
            .all(|(_, answer)| answer.is_ok())
    );
    assert_eq!(doubler.numbers.write(6).await, Err(NotWritten::Stopped));
    assert_eq!(doubler.numbers.tell(6).await, Err(NotWritten::Stopped));
}

#[tokio::test(start_paused = true)]
async fn what_a_dead_writer_held_is_answered_and_what_waited_is_flushed_by_the_next() {
    let doubler = Doubler::new(limits(100, 2));
    let writes = doubler.write(&[1, 100, 3, 4]).await;
    let (supervisor, _stop) = doubler.begin(false);
    assert_eq!(
        answers(writes).await,
        [
            (1, Err(NotWritten::Lost)),
            (3, Ok(6)),
            (4, Ok(8)),
            (100, Err(NotWritten::Lost)),
        ]
    );
    assert_eq!(supervisor.health()[0].deaths, 1);
}

#[tokio::test(start_paused = true)]
async fn kept_entries_outlive_a_panic_and_only_the_one_at_fault_is_given_up() {
    let doubler = Doubler::new(limits(100, 4));
    let writes = doubler.write(&[1, 100, 3]).await;
    let (supervisor, _stop) = doubler.begin(true);
    let expected = [(1, Ok(2)), (3, Ok(6)), (100, Err(NotWritten::Lost))];
    assert_eq!(answers(writes).await, expected);
    let times = doubler.flushed().concat().into_iter();
    assert_eq!(times.filter(|n| *n == 100).count(), 4, "once in company");
    assert_eq!(supervisor.health()[0].deaths, 4);
    assert_eq!(doubler.numbers.write(7).await, Ok(14), "and it goes on");
}

#[tokio::test(start_paused = true)]
async fn kept_entries_outlive_a_writer_that_is_killed_again_and_again_while_it_flushes() {
    let doubler = Doubler::new(limits(100, 4));
    doubler.shut();
    let writes = doubler.write(&[1, 2]).await;
    let (supervisor, _stop) = doubler.begin(true);
    for batches in 1..=6 {
        doubler.until_flushing(batches).await;
        assert!(supervisor.kill("doubler"));
        sleep(Duration::from_secs(10)).await;
    }
    doubler.open();
    assert_eq!(answers(writes).await, [(1, Ok(2)), (2, Ok(4))]);
}

#[tokio::test(start_paused = true)]
async fn entries_are_flushed_although_their_writer_dies_as_it_is_told_to_stop() {
    let doubler = Doubler::new(limits(100, 1));
    let writes = doubler.write(&[100, 2, 3]).await;
    let (supervisor, stop) = (Supervisor::default(), CancellationToken::new());
    stop.cancel();
    doubler.start(&supervisor, &stop, false);
    let expected = [(2, Ok(4)), (3, Ok(6)), (100, Err(NotWritten::Lost))];
    assert_eq!(answers(writes).await, expected);
}

#[tokio::test]
async fn a_caller_that_goes_away_takes_nothing_back() {
    let doubler = Doubler::new(limits(100, 10));
    doubler.write(&[1, 2]).await.abort_all();
    let writes = doubler.write(&[3]).await;
    doubler.begin(false);
    answers(writes).await;
    assert_eq!(doubler.flushed(), [[1, 2, 3]]);
}

#[tokio::test]
async fn an_entry_that_nobody_waits_for_is_flushed() {
    let doubler = Doubler::new(limits(100, 10));
    doubler.numbers.tell(1).await.unwrap();
    doubler.begin(false);
    assert_eq!(doubler.numbers.write(2).await, Ok(4));
    assert_eq!(doubler.flushed().concat(), [1, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_entry_is_lost_or_doubled_among_many_writers_and_callers() {
    let batcher = Batcher::<usize, usize>::by_count(16, 5, PATIENCE);
    let (supervisor, stop) = (Supervisor::default(), CancellationToken::new());
    let sum = Arc::new(AtomicUsize::new(0));
    let mut writers = JoinSet::new();
    for _ in 0..3 {
        let state = (batcher.clone(), sum.clone());
        let writer = supervisor.supervise("sum", &stop, state, |(batcher, sum), stop| async move {
            let flush = |batch: Vec<usize>| {
                sum.fetch_add(batch.iter().sum(), Ordering::Relaxed);
                async move {
                    tokio::task::yield_now().await;
                    batch
                }
            };
            batcher.run(&stop, flush).await;
        });
        writers.spawn(writer);
    }
    let mut callers = JoinSet::new();
    for n in 0..2_000 {
        let batcher = batcher.clone();
        callers.spawn(async move { batcher.write(n).await == Ok(n) });
    }
    assert!(callers.join_all().await.into_iter().all(|is_own| is_own));
    stop.cancel();
    writers.join_all().await;
    assert_eq!(sum.load(Ordering::Relaxed), 2_000 * 1_999 / 2);
}
