//! Applying changes, so that one that cannot be applied never holds up another.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use wabakit_domain::{
    delivery::{Change, Lane, ParkedItem, ParkedState, Route},
    ids::{ChangeId, OrgId, ParkedItemId},
    inbox::Item,
};
use wabakit_ports::store::{Applied, ApplyBatch, Replay, Scope, StoreError};
use wabakit_work::Backoff;

use super::{
    ReceivePorts,
    facts::{self, Parking, Piece, Verdict, WHOLE},
    routes::Routes,
    traffic::{Arrived, TrafficLog},
    wakes::Wakes,
};

/// The most items of one write, whatever the settings. Each item may take several ids of the block.
const ITEMS_AT_MOST: usize = 2_000;
/// Bytes of changes that are parsed before other tasks get a turn.
const BYTES_BETWEEN_YIELDS: usize = 256 << 10;
const BACKOFF: Backoff = Backoff::seconds(1, 600);

/// A change to apply.
pub(super) struct Job {
    pub(super) change: Change,
    pub(super) source: Source,
    routes: Arc<[Route]>,
    /// The parsed pieces. The first attempt takes them; a second one parses the change again.
    pieces: Option<Vec<Piece>>,
}

/// The source of a change.
pub(super) enum Source {
    /// The queue.
    Queue {
        /// Tells whether the change was applied before.
        is_replay: bool,
    },
    /// Parked items of the change, which are retried.
    Parked(Vec<ParkedItem>),
}

/// The reason why applying stopped. Jobs that were not applied stay in the queue or parked.
#[derive(Debug)]
pub(super) enum ApplyHalt {
    /// Another writer changed the rows that this one had read. Read them again.
    Reread,
    /// The database does not answer.
    Unavailable(StoreError),
}

/// The effect of a failed write on its items.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FailureHandling {
    /// They stay in the queue: the database does not answer, or another writer was first.
    ReturnToQueue,
    /// The failure counts against the item: it has lasted for a while, although the database answers other writes.
    CountAgainstItem,
}

/// Applies changes. Cheap to clone.
#[derive(Clone)]
pub(super) struct Applying {
    pub(super) ports: ReceivePorts,
    pub(super) routes: Routes,
    pub(super) wakes: Arc<Wakes>,
    pub(super) traffic: Arc<TrafficLog>,
    pub(super) batch_items: usize,
    pub(super) tries: i32,
}

impl Job {
    fn items(&self) -> usize {
        let pieces = self.pieces.as_ref();
        pieces.map_or(0, |pieces| {
            pieces.iter().filter(|piece| applies(piece)).count()
        })
    }

    fn read(&self) -> Vec<Piece> {
        let mut pieces = facts::read(&self.change, &self.routes);
        if let Source::Parked(parked) = &self.source {
            let all = parked.iter().any(|item| item.index == WHOLE);
            pieces.retain(|piece| {
                all || piece.index == WHOLE || parked.iter().any(|item| item.index == piece.index)
            });
        }
        pieces
    }

    /// Finds the parked item that a piece was before.
    fn before(&self, index: i32) -> Option<&ParkedItem> {
        match &self.source {
            Source::Queue { .. } => None,
            Source::Parked(parked) => parked
                .iter()
                .find(|item| item.index == index)
                .or_else(|| parked.iter().find(|item| item.index == WHOLE)),
        }
    }
}

const fn applies(piece: &Piece) -> bool {
    matches!(piece.verdict, Verdict::Apply(_))
}

/// The place of an item in its change: its index and its byte range.
type Place = (i32, Range<usize>);

impl Applying {
    /// Parses changes into jobs. Routes of changes without an org are looked up anew, never taken from the cache.
    pub(super) async fn jobs(
        &self,
        changes: Vec<(Change, Source)>,
    ) -> Result<Vec<Job>, StoreError> {
        let mut routes = self
            .routes
            .of(changes.iter().map(|(change, _)| &change.lane))
            .await?;
        let homeless = changes.iter().filter(|(change, _)| {
            let routes = routes.get(&change.lane).map_or(&[][..], |routes| routes);
            facts::concerned(change, routes).is_empty()
        });
        let mut homeless: Vec<Lane> = homeless.map(|(change, _)| change.lane.clone()).collect();
        homeless.sort_unstable();
        homeless.dedup();
        if !homeless.is_empty() {
            routes.extend(self.routes.now(homeless).await?);
        }
        let (mut jobs, mut bytes) = (Vec::with_capacity(changes.len()), 0);
        for (change, source) in changes {
            // Parsing is CPU work, so other tasks get a turn after each part.
            bytes += change.raw.len();
            if bytes > BYTES_BETWEEN_YIELDS {
                bytes = 0;
                tokio::task::yield_now().await;
            }
            let routes = routes.get(&change.lane).cloned().unwrap_or_default();
            let mut job = Job {
                change,
                source,
                routes,
                pieces: None,
            };
            job.pieces = Some(job.read());
            jobs.push(job);
        }
        Ok(jobs)
    }

    /// Applies jobs in order, in as few writes as the limits allow.
    ///
    /// # Errors
    /// [`ApplyHalt`]. The jobs before the failed one are applied.
    pub(super) async fn apply(
        &self,
        jobs: Vec<Job>,
        handling: FailureHandling,
    ) -> Result<(), ApplyHalt> {
        let mut jobs = jobs.into_iter().peekable();
        while jobs.peek().is_some() {
            let (mut batch, mut items) = (Vec::new(), 0);
            while let Some(job) = jobs.next_if(|job| {
                batch.is_empty() || items + job.items() <= self.batch_items.min(ITEMS_AT_MOST)
            }) {
                items += job.items();
                batch.push(job);
            }
            self.apply_batch(batch, handling).await?;
            // Other tasks get a turn between two writes.
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Applies a batch. One that fails is halved until the failing change stands alone.
    async fn apply_batch(
        &self,
        batch: Vec<Job>,
        handling: FailureHandling,
    ) -> Result<(), ApplyHalt> {
        let mut left = vec![batch];
        while let Some(mut jobs) = left.pop() {
            if let [job] = &jobs[..]
                && job.items() > ITEMS_AT_MOST
            {
                self.dissect(job, handling).await?;
                continue;
            }
            match self.write(&mut jobs).await {
                Ok(()) => {}
                Err(error) => {
                    tracing::info!(%error, changes = jobs.len(), "a batch was not applied");
                    halt(error, handling)?;
                    if let [job] = &jobs[..] {
                        self.dissect(job, handling).await?;
                        continue;
                    }
                    let second = jobs.split_off(jobs.len() / 2);
                    left.push(second);
                    left.push(jobs);
                }
            }
        }
        Ok(())
    }

    /// Writes the items of these jobs, and that the jobs are done.
    async fn write(&self, jobs: &mut [Job]) -> Result<(), StoreError> {
        let (mut items, mut park) = (Vec::new(), Vec::new());
        let (mut arrived, mut counts) = (Vec::new(), Vec::new());
        for job in jobs.iter_mut() {
            let pieces = job.pieces.take().unwrap_or_else(|| job.read());
            let (items_before, parked_before) = (items.len(), park.len());
            for piece in pieces {
                match piece.verdict {
                    Verdict::Apply(item) => items.push(item),
                    Verdict::Park(parking) => {
                        park.push(self.parked(job, (piece.index, piece.bytes), parking));
                    }
                }
            }
            let count = (items.len() - items_before, park.len() - parked_before);
            arrived.extend(arrival(job, count));
            counts.push(count);
        }
        self.commit(jobs, items, park).await?;
        for (job, count) in jobs.iter().zip(counts) {
            log_applied(job, count);
        }
        self.traffic.count(arrived, self.ports.base.now());
        Ok(())
    }

    /// Applies a change whose write fails, or that is too large for one write. Its items are written in parts, halved
    /// until the failing item stands alone. The end of the change, with its parked items, is written last. Applying an
    /// item twice changes nothing.
    async fn dissect(&self, job: &Job, handling: FailureHandling) -> Result<(), ApplyHalt> {
        let (mut good, mut park) = (Vec::new(), Vec::new());
        for piece in job.read() {
            match piece.verdict {
                Verdict::Apply(item) => good.push(((piece.index, piece.bytes), item)),
                Verdict::Park(parking) => {
                    park.push(self.parked(job, (piece.index, piece.bytes), parking));
                }
            }
        }
        let mut applied = good.len();
        let mut left: Vec<&[(Place, Item)]> = good.chunks(ITEMS_AT_MOST / 2).rev().collect();
        while let Some(part) = left.pop() {
            let items = part.iter().map(|(_, item)| item.clone()).collect();
            let Err(error) = self.commit(&[], items, Vec::new()).await else {
                continue;
            };
            let passing = matches!(error, StoreError::Unavailable(_) | StoreError::Conflict);
            let detail = in_words(&error);
            halt(error, handling)?;
            if let [(place, _)] = part {
                applied -= 1;
                park.push(self.failed(job, place.clone(), passing, detail));
                continue;
            }
            let (first, second) = part.split_at(part.len() / 2);
            left.extend([second, first]);
        }
        let count = (applied, park.len());
        let arrived = arrival(job, count);
        let last = self
            .commit(std::slice::from_ref(job), Vec::new(), park)
            .await;
        last.map_err(|error| match error {
            StoreError::Conflict => ApplyHalt::Reread,
            error => ApplyHalt::Unavailable(error),
        })?;
        log_applied(job, count);
        self.traffic
            .count(arrived.into_iter().collect(), self.ports.base.now());
        Ok(())
    }

    /// Makes the parked item of an item that failed alone. If the cause may pass, it leaves its lane and is retried.
    fn failed(&self, job: &Job, place: Place, passing: bool, detail: String) -> ParkedItem {
        let index = place.0;
        let tries = job.before(index).map_or(0, |before| before.attempts) + 1;
        let state = match passing && tries < self.tries {
            true => ParkedState::Retrying,
            false => ParkedState::Parked,
        };
        tracing::warn!(change = %job.change.id, index, tries, state = state.as_str(), detail, "an item was not applied");
        let parking = Parking {
            state,
            reason: "store_failed".to_owned(),
            detail,
        };
        self.parked(job, place, parking)
    }

    fn parked(&self, job: &Job, (index, bytes): Place, parking: Parking) -> ParkedItem {
        let now = self.ports.base.now();
        let before = job.before(index);
        let attempts = before.map_or(0, |before| before.attempts).saturating_add(1);
        let next_at = (parking.state == ParkedState::Retrying)
            .then(|| self.ports.base.retry_at(BACKOFF, now, attempts));
        ParkedItem {
            id: self.ports.base.id(),
            org: job.change.org,
            change: job.change.id,
            index,
            field: job.change.field.clone(),
            lane: job.change.lane.clone(),
            state: parking.state,
            reason: parking.reason,
            detail: parking.detail,
            attempts,
            next_at,
            raw: job.change.raw.get(bytes).unwrap_or_default().to_vec(),
            created_at: before.map_or(now, |before| before.created_at),
        }
    }

    /// Writes, and notifies the workers and listeners.
    async fn commit(
        &self,
        done: &[Job],
        items: Vec<Item>,
        park: Vec<ParkedItem>,
    ) -> Result<(), StoreError> {
        let (mut dequeue, mut replayed) = (Vec::<ChangeId>::new(), Vec::new());
        let mut unpark: Vec<ParkedItemId> = Vec::new();
        for job in done {
            match &job.source {
                Source::Queue { is_replay } => {
                    dequeue.push(job.change.id);
                    replayed.extend(is_replay.then_some(job.change.id));
                }
                Source::Parked(parked) => unpark.extend(parked.iter().map(|item| item.id)),
            }
        }
        let homeless = park
            .iter()
            .filter(|item| item.state == ParkedState::Homeless);
        let homeless: Vec<(Option<OrgId>, Lane)> =
            homeless.map(|item| (item.org, item.lane.clone())).collect();
        let batch = ApplyBatch {
            dequeue,
            replayed,
            unpark,
            items,
            park,
            audit: Vec::new(),
            ids: self.ports.ids(),
            now: self.ports.base.now(),
        };
        let Applied { heads, media } = self.ports.changes.apply(batch).await?;
        self.ports.bus.publish(&heads);
        if media > 0 {
            self.wakes.media.notify_one();
        }
        self.retry_if_connected(homeless).await;
        Ok(())
    }

    /// Retries homeless items whose number was connected between our lookup and our parking them. Connecting a number
    /// retries only items that were parked by then. An item of one organisation waits for that organisation alone.
    async fn retry_if_connected(&self, homeless: Vec<(Option<OrgId>, Lane)>) {
        if homeless.is_empty() {
            return;
        }
        let again = async {
            let lanes = homeless.iter().map(|(_, lane)| lane.clone()).collect();
            let routes = self.routes.now(lanes).await?;
            let mut found: BTreeMap<Option<OrgId>, Vec<Lane>> = BTreeMap::new();
            for (org, lane) in homeless {
                let mut routes = routes
                    .get(&lane)
                    .into_iter()
                    .flat_map(|routes| routes.iter());
                if routes.any(|route| org.is_none_or(|org| route.org == org)) {
                    found.entry(org).or_default().push(lane);
                }
            }
            for (org, lanes) in found {
                let scope = org.map_or(Scope::Platform, Scope::Org);
                let (which, now) = (Replay::Homeless(lanes), self.ports.base.now());
                self.ports
                    .changes
                    .replay(scope, which, None, now, Vec::new())
                    .await?;
                self.wakes.retry.notify_one();
            }
            Ok::<_, StoreError>(())
        };
        if let Err(error) = again.await {
            tracing::warn!(%error, "homeless items could not be queued for a retry");
        }
    }
}

/// Decides whether an error stops the work, or counts as the fault of the written items.
fn halt(error: StoreError, handling: FailureHandling) -> Result<(), ApplyHalt> {
    match (error, handling) {
        (StoreError::Conflict, FailureHandling::ReturnToQueue) => Err(ApplyHalt::Reread),
        (error @ StoreError::Unavailable(_), FailureHandling::ReturnToQueue) => {
            Err(ApplyHalt::Unavailable(error))
        }
        _ => Ok(()),
    }
}

fn in_words(error: &StoreError) -> String {
    let source = std::error::Error::source(error);
    let source = source
        .map(|source| format!(": {source}"))
        .unwrap_or_default();
    format!("{error}{source}").chars().take(500).collect()
}

/// Logs a change that is committed. A retry of parked items logs it again.
fn log_applied(job: &Job, (items, parked): (usize, usize)) {
    let org = job.change.org.map(tracing::field::display);
    tracing::info!(delivery = %job.change.delivery, change = %job.change.id, org, items, parked, "webhook applied");
}

fn arrival(job: &Job, (items, parked): (usize, usize)) -> Option<Arrived> {
    // A retry is no new arrival.
    if !matches!(job.source, Source::Queue { is_replay: false }) {
        return None;
    }
    let (org, waba) = facts::waba(&job.change, &job.routes)?;
    Some(Arrived {
        org,
        waba,
        received_at: job.change.received_at,
        items,
        parked,
    })
}
