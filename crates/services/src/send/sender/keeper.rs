//! Leases: decides which numbers' queues this process sends.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
    time::{Instant, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;
use wabakit_domain::{ids::AccountId, outbound::SendStep};
use wabakit_ports::store::{QueueLease, StoreError};
use wabakit_work::LeaseTerm;

use super::{Shared, number::Number, outcomes::StepReport};

/// The time for which a queue is leased. A process that dies blocks its queues for this long.
const LEASE: LeaseTerm = LeaseTerm::new(Duration::from_secs(5), MARGIN);
/// No request begins in the last part of a lease: clocks differ, and a request takes time to leave.
const MARGIN: Duration = Duration::from_secs(1);
const RENEW: Duration = Duration::from_secs(1);
/// The interval at which to look for queues that nobody in this process announced.
const LOOK: Duration = Duration::from_millis(250);
/// The most queues to lease at one look, so that other processes get the rest.
const AT_ONCE: i64 = 32;
/// The most messages of a dead owner to look up at once.
const ORPHANS: i64 = 5_000;

/// A lease, and the time until which requests may begin under it.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) lease: QueueLease,
    pub(super) deadline: Instant,
}

struct Work {
    held: watch::Sender<Held>,
    wake: Arc<Notify>,
    task: JoinHandle<()>,
}

/// Leases queues, renews the leases, and starts a task for each queue.
pub(super) struct Keeper {
    shared: Arc<Shared>,
    numbers: HashMap<AccountId, Work>,
    renewed: Instant,
}

impl Keeper {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            numbers: HashMap::new(),
            renewed: Instant::now(),
        }
    }

    pub(super) async fn run(&mut self, stop: &CancellationToken) {
        let mut look = Instant::now();
        let mut wanted = BTreeSet::new();
        while !stop.is_cancelled() {
            if let Err(error) = self.round(&mut wanted, &mut look, stop).await {
                tracing::warn!(%error, "queues could not be leased; this is retried");
                sleep(LOOK).await;
            }
            let next = look.min(self.renewed + RENEW);
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep_until(next) => {}
                woken = self.shared.wakes.woken() => {
                    if self.shared.wakes.take_stale() {
                        let now = Instant::now();
                        self.renewed = now.checked_sub(RENEW).unwrap_or(now);
                    }
                    for account in woken {
                        match self.numbers.get(&account) {
                            Some(work) if !work.task.is_finished() => work.wake.notify_one(),
                            _ => { wanted.insert(account); }
                        }
                    }
                }
            }
        }
    }

    async fn round(
        &mut self,
        wanted: &mut BTreeSet<AccountId>,
        look: &mut Instant,
        stop: &CancellationToken,
    ) -> Result<(), StoreError> {
        self.give_back().await?;
        let shared = self.shared.clone();
        if Instant::now() >= *look {
            *look = Instant::now() + LOOK;
            let now = shared.ports.base.now();
            wanted.extend(shared.ports.outbox.idle_queues(now, AT_ONCE).await?);
        }
        wanted.retain(|account| !self.numbers.contains_key(account));
        let mut accounts: Vec<_> = std::mem::take(wanted).into_iter().collect();
        if Instant::now() >= self.renewed + RENEW {
            self.renewed = Instant::now();
            accounts.extend(self.numbers.keys());
        }
        if accounts.is_empty() {
            return Ok(());
        }
        let request = LEASE.ask();
        let now = shared.ports.base.now();
        let held = shared
            .ports
            .outbox
            .lease_queues(shared.owner, accounts, now, now + LEASE.length())
            .await?;
        for lease in held {
            let account = lease.account;
            let deadline = request.granted(lease.epoch).deadline();
            match self.numbers.get(&account) {
                Some(work) => {
                    work.held.send_replace(Held { lease, deadline });
                }
                None => self.begin(Held { lease, deadline }, stop).await?,
            }
        }
        Ok(())
    }

    /// Starts to work on a leased queue.
    async fn begin(&mut self, held: Held, stop: &CancellationToken) -> Result<(), StoreError> {
        let (account, org, epoch) = (held.lease.account, held.lease.org, held.lease.epoch);
        let orphans = &self.shared.ports.outbox;
        let orphans = orphans.orphans(account, epoch, ORPHANS).await?;
        if !orphans.is_empty() {
            tracing::warn!(%account, messages = orphans.len(), "the process that sent these messages is gone: they wait for proof");
        }
        let until = self.shared.ports.base.now() + self.shared.settings.proof_wait;
        for message in orphans {
            let step = SendStep::Orphaned { epoch, until };
            let told = StepReport {
                org,
                account,
                message,
                step,
            };
            self.shared.outcomes.tell(told).await;
        }
        let wake = Arc::new(Notify::new());
        let (held, watched) = watch::channel(held);
        let number = Number::new(self.shared.clone(), watched, wake.clone());
        let stop = stop.clone();
        let supervisor = &self.shared.ports.base.supervisor;
        // The queue of a task that died is given up, and leased again.
        let watched = supervisor.watch("send.number", async move { number.run(&stop).await });
        let task = self.shared.tasks.spawn(async move {
            let _ = watched.await;
        });
        let work = Work { held, wake, task };
        self.numbers.insert(account, work);
        Ok(())
    }

    /// Gives up the leases of queues without work.
    async fn give_back(&mut self) -> Result<(), StoreError> {
        let ended = self
            .numbers
            .iter()
            .filter(|(_, work)| work.task.is_finished());
        let ended: Vec<_> = ended.map(|(account, _)| *account).collect();
        if ended.is_empty() {
            return Ok(());
        }
        let shared = &self.shared;
        let given = shared
            .ports
            .outbox
            .release_queues(shared.owner, ended.clone());
        given.await?;
        self.numbers.retain(|account, _| !ended.contains(account));
        let unsure = shared.unsure.take(&ended);
        if !unsure.is_empty() {
            let shared = shared.clone();
            let tell = async move { shared.outcomes.tell_all(unsure).await };
            self.shared.tasks.spawn(tell);
        }
        Ok(())
    }

    /// Gives up all queues, so that others need not wait until the leases lapse.
    pub(super) async fn release(&mut self) {
        let accounts: Vec<_> = self.numbers.drain().map(|(account, _)| account).collect();
        if accounts.is_empty() {
            return;
        }
        let shared = &self.shared;
        let given = shared.ports.outbox.release_queues(shared.owner, accounts);
        if let Err(error) = given.await {
            tracing::debug!(%error, "leases could not be given up; they lapse");
        }
    }
}
