use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

/// The time for which a worker counts as troubled after a death: long enough for a periodic health check to see it.
const SHOWN: Duration = Duration::from_secs(5);

/// The health of one worker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WorkerHealth {
    /// The worker's name.
    pub name: Arc<str>,
    /// The number of tasks that run under the name now.
    pub running: usize,
    /// The number of the worker's deaths since the process began.
    pub deaths: u64,
    /// Tells whether the worker is dead and not started again yet.
    pub is_down: bool,
    /// Tells whether the worker is down, or died less than 5 seconds ago.
    pub is_troubled: bool,
}

/// The workers by name.
#[derive(Default)]
pub(crate) struct Table(Mutex<BTreeMap<Arc<str>, Arc<Slot>>>);

/// The state of one worker name. Several tasks may share a name.
pub(crate) struct Slot {
    pub(crate) name: Arc<str>,
    pub(crate) kill: Notify,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    running: usize,
    down: usize,
    deaths: u64,
    died_at: Option<Instant>,
}

impl Table {
    pub(crate) fn slot(&self, name: &str) -> Arc<Slot> {
        let mut slots = locked(&self.0);
        if let Some(slot) = slots.get(name) {
            return slot.clone();
        }
        metrics::counter!("wabakit_worker_deaths_total", "worker" => name.to_owned()).increment(0);
        let name: Arc<str> = name.into();
        let slot = Arc::new(Slot {
            name: name.clone(),
            kill: Notify::new(),
            state: Mutex::default(),
        });
        slots.insert(name, slot.clone());
        slot
    }

    pub(crate) fn known(&self, name: &str) -> Option<Arc<Slot>> {
        locked(&self.0).get(name).cloned()
    }

    pub(crate) fn health(&self) -> Vec<WorkerHealth> {
        locked(&self.0).values().map(|slot| slot.health()).collect()
    }
}

impl Slot {
    /// Counts a task as running until the guard is dropped.
    pub(crate) fn run(&self) -> Running<'_> {
        locked(&self.state).running += 1;
        Running(self)
    }

    pub(crate) fn is_running(&self) -> bool {
        locked(&self.state).running > 0
    }

    /// Counts and logs a death.
    pub(crate) fn died(&self, reason: &str) {
        let mut state = locked(&self.state);
        state.deaths += 1;
        state.died_at = Some(Instant::now());
        let deaths = state.deaths;
        drop(state);
        metrics::counter!("wabakit_worker_deaths_total", "worker" => self.name.to_string())
            .increment(1);
        tracing::error!(worker = %self.name, reason, deaths, "a worker died");
    }

    /// Counts a worker as down until the guard is dropped.
    pub(crate) fn down(&self) -> Down<'_> {
        locked(&self.state).down += 1;
        Down(self)
    }

    fn health(&self) -> WorkerHealth {
        let state = locked(&self.state);
        let is_down = state.down > 0;
        WorkerHealth {
            name: self.name.clone(),
            running: state.running,
            deaths: state.deaths,
            is_down,
            is_troubled: is_down || state.died_at.is_some_and(|at| at.elapsed() < SHOWN),
        }
    }
}

pub(crate) struct Running<'a>(&'a Slot);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        locked(&self.0.state).running -= 1;
    }
}

pub(crate) struct Down<'a>(&'a Slot);

impl Drop for Down<'_> {
    fn drop(&mut self) {
        locked(&self.0.state).down -= 1;
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
