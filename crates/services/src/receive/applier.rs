//! The second stage: applies changes, which become messages, contacts, conversations and events.

use std::{collections::BTreeMap, time::Duration};

use uuid::Uuid;
use wabakit_domain::{
    Time,
    delivery::{Lane, PARTITIONS},
};
use wabakit_ports::store::{QueueLimit, QueuedChange, StoreError};

use super::{
    ProcessorSettings,
    jobs::{ApplyHalt, Applying, FailureHandling, Source},
    turns::Turn,
    wakes::bit,
};

/// The time for which an idle partition is kept: another change is likely to come soon.
const LINGER: chrono::Duration = chrono::Duration::milliseconds(500);
/// The time for which a partition is left to others after its turn.
const REST: chrono::Duration = chrono::Duration::milliseconds(150);
/// The interval at which the applier looks for changes that nobody announced.
const LOOK: chrono::Duration = chrono::Duration::seconds(1);
/// After this many rounds without success, an item may be at fault.
const UNLUCKY: u32 = 3;

/// Applies the changes of the partitions whose turn it holds.
pub(super) struct Applier {
    applying: Applying,
    which: usize,
    owner: Uuid,
    settings: ProcessorSettings,
    held: BTreeMap<u8, Held>,
    resting: BTreeMap<u8, Time>,
    /// The partitions that are known to have changes: bit n stands for partition n.
    waiting: u16,
    looked_at: Option<Time>,
    unlucky: u32,
}

struct Held {
    turn: Turn,
    since: Time,
    last_work: Time,
    /// Tells whether the last read found changes.
    is_busy: bool,
    /// The lane that was read last. The next read begins after it.
    after: Option<Lane>,
}

impl Applier {
    pub(super) fn new(
        applying: Applying,
        which: usize,
        owner: Uuid,
        settings: ProcessorSettings,
    ) -> Self {
        Self {
            applying,
            which,
            owner,
            settings,
            held: BTreeMap::new(),
            resting: BTreeMap::new(),
            waiting: 0,
            looked_at: None,
            unlucky: 0,
        }
    }

    /// Returns how soon to look again when nobody announces changes.
    pub(super) fn patience(&self) -> Duration {
        match self.held.is_empty() {
            true => Duration::from_millis(250),
            false => Duration::from_millis(100),
        }
    }

    /// Applies some changes of the partitions that it holds or can get. Returns how many changes it worked on.
    ///
    /// # Errors
    /// After an error, changes that were not applied are still queued.
    pub(super) async fn round(&mut self) -> Result<usize, StoreError> {
        self.look_for_work().await?;
        self.take_turns().await?;
        self.keep_turns().await?;
        let changes = self.read().await?;
        let count = changes.len();
        if count == 0 {
            return Ok(0);
        }
        let handling = match self.unlucky < UNLUCKY {
            true => FailureHandling::ReturnToQueue,
            false => FailureHandling::CountAgainstItem,
        };
        let changes = changes.into_iter().map(|queued| {
            let is_replay = queued.is_replay;
            (queued.change, Source::Queue { is_replay })
        });
        let jobs = self.applying.jobs(changes.collect()).await?;
        match self.applying.apply(jobs, handling).await {
            Ok(()) => {
                self.unlucky = 0;
                // The time is read again, however long the round took: there may be more changes.
                let now = self.applying.ports.base.now();
                let busy = self.held.values_mut().filter(|held| held.is_busy);
                busy.for_each(|held| held.last_work = now);
                Ok(count)
            }
            Err(halt) => {
                self.unlucky += 1;
                for held in self.held.values_mut() {
                    held.after = None;
                }
                match halt {
                    ApplyHalt::Reread => Ok(count),
                    ApplyHalt::Unavailable(error) => Err(error),
                }
            }
        }
    }

    async fn look_for_work(&mut self) -> Result<(), StoreError> {
        let now = self.applying.ports.base.now();
        self.waiting |= self.applying.wakes.take_queued(self.which);
        let idle = self.waiting == 0 && self.held.is_empty();
        let long_ago = self.looked_at.is_none_or(|at| now - at >= LOOK);
        // Finds changes that another replica queued, or left behind when it died.
        if idle || (long_ago && self.held.len() < self.share()) {
            self.looked_at = Some(now);
            if self.applying.ports.changes.queued_count(1).await? > 0 {
                self.waiting |= self.queued().await?;
            }
        }
        Ok(())
    }

    /// Returns the partitions with changes that it does not hold. A turn at any other partition would be useless.
    async fn queued(&self) -> Result<u16, StoreError> {
        let one = QueueLimit {
            changes: 1,
            per_lane: 1,
            bytes: 0,
        };
        let mut found = 0;
        for partition in (0..PARTITIONS).filter(|one| !self.held.contains_key(one)) {
            let queued = self.applying.ports.changes.queued(partition, None, one);
            if !queued.await?.is_empty() {
                found |= bit(partition);
            }
        }
        Ok(found)
    }

    /// Returns how many partitions it may hold at the same time.
    fn share(&self) -> usize {
        usize::from(PARTITIONS).div_ceil(self.settings.appliers.max(1))
    }

    /// Takes turns at partitions with changes that nobody else holds, up to this applier's share.
    async fn take_turns(&mut self) -> Result<(), StoreError> {
        let ports = &self.applying.ports;
        let now = ports.base.now();
        self.resting.retain(|_, until| *until > now);
        let share = self.share();
        let mut wanted: Vec<String> = (0..PARTITIONS)
            .filter(|partition| self.waiting & bit(*partition) != 0)
            .filter(|partition| !self.held.contains_key(partition))
            .filter(|partition| !self.resting.contains_key(partition))
            .map(name)
            .collect();
        while !wanted.is_empty() && self.held.len() < share {
            let taken = Turn::take(&*ports.upkeep, &wanted, self.owner, now).await?;
            let Some((taken, turn)) = taken else { break };
            wanted.retain(|name| *name != taken);
            if let Some(partition) = (0..PARTITIONS).find(|partition| name(*partition) == taken) {
                let held = Held {
                    turn,
                    since: now,
                    last_work: now,
                    is_busy: true,
                    after: None,
                };
                self.held.insert(partition, held);
            }
        }
        // The holders of the other turns apply those changes. If they die, looking finds the changes.
        self.waiting &= self.resting.keys().fold(0, |all, one| all | bit(*one));
        Ok(())
    }

    /// Prolongs turns, and gives up those that are idle or were held for long.
    async fn keep_turns(&mut self) -> Result<(), StoreError> {
        let ports = &self.applying.ports;
        let now = ports.base.now();
        let longest =
            chrono::Duration::from_std(self.settings.turn).unwrap_or(chrono::Duration::MAX);
        let (mut lost, mut over) = (Vec::new(), Vec::new());
        for (partition, held) in &mut self.held {
            if now - held.last_work > LINGER {
                over.push(*partition);
            } else if now - held.since > longest {
                over.push(*partition);
                self.resting.insert(*partition, now + REST);
                self.waiting |= bit(*partition);
            } else {
                let name = name(*partition);
                let kept = held
                    .turn
                    .keep(&*ports.upkeep, &name, self.owner, now)
                    .await?;
                lost.extend((!kept).then_some(*partition));
            }
        }
        for partition in over {
            self.held.remove(&partition);
            ports
                .upkeep
                .end_turn(&name(partition), self.owner, now)
                .await?;
        }
        for partition in lost {
            self.held.remove(&partition);
        }
        Ok(())
    }

    async fn read(&mut self) -> Result<Vec<QueuedChange>, StoreError> {
        let ports = &self.applying.ports;
        let now = ports.base.now();
        // Lanes with no work give their share of the batch to the other lanes.
        let busy = self.held.values().filter(|held| held.is_busy).count();
        let (held, settings) = (self.held.len(), self.settings);
        let share = |among: usize| {
            let changes = settings.batch_items.div_ceil(among.max(1)).max(32);
            QueueLimit {
                changes,
                per_lane: changes.div_ceil(2).max(16),
                bytes: settings.read_bytes / among.max(1),
            }
        };
        let mut all = Vec::new();
        let (of_the_busy, of_the_idle) = (share(busy), share(held));
        for (partition, held) in &mut self.held {
            let limit = match held.is_busy {
                true => of_the_busy,
                false => of_the_idle,
            };
            let found = ports
                .changes
                .queued(*partition, held.after.clone(), limit)
                .await?;
            held.is_busy = !found.is_empty();
            if let Some(last) = found.last() {
                held.after = Some(last.change.lane.clone());
                held.last_work = now;
            }
            all.extend(found);
        }
        Ok(all)
    }

    /// Gives all turns up, so that another replica need not wait until they lapse.
    pub(super) async fn rest(&mut self) {
        let ports = &self.applying.ports;
        for (partition, _) in std::mem::take(&mut self.held) {
            let now = ports.base.now();
            if let Err(error) = ports
                .upkeep
                .end_turn(&name(partition), self.owner, now)
                .await
            {
                tracing::debug!(%error, "a turn could not be given up; it lapses");
            }
        }
    }
}

fn name(partition: u8) -> String {
    format!("apply.{partition}")
}
