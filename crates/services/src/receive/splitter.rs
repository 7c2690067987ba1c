//! The first stage: splits deliveries into changes, each with its lane and its organisation.

use std::{collections::BTreeSet, collections::HashMap, sync::Arc, time::Duration};

use moka::sync::Cache;
use uuid::Uuid;
use wabakit_domain::{
    delivery::{Change, Delivery, Lane},
    ids::{ChangeId, IdBlock, JournalBatchId, MetaAppId, OrgId},
};
use wabakit_ports::{
    store::{JournalBatch, SplitWrite, StoreError},
    system::IdSource,
};
use wabakit_webhooks::{RawChange, split};

use super::{
    ReceivePorts,
    routes::{Routes, RoutesOf},
    turns::Turn,
    wakes::{Wakes, bit},
};

const TURN: &str = "split";
/// The number of times that a batch may fail for its own reason before it is marked as unreadable.
const TRIES: u32 = 3;
/// The bytes of deliveries that are cut before other tasks get a turn.
const CUT_BYTES: usize = 512 << 10;

/// Splits deliveries. One replica does it at a time; if two do it by mistake, one of them changes nothing.
pub(super) struct Splitter {
    ports: ReceivePorts,
    routes: Routes,
    wakes: Arc<Wakes>,
    owner: Uuid,
    bytes: usize,
    turn: Option<Turn>,
    /// The owners of Meta apps, which never change.
    owners: Cache<MetaAppId, Option<OrgId>>,
    failed: HashMap<JournalBatchId, u32>,
}

/// The organisations that a route's deliveries may concern.
#[derive(Clone, Copy)]
enum Reach {
    /// Every organisation that has connected the number: the platform's own app sent it.
    Anybody,
    /// One organisation, which owns the app. Its secret can sign any body, so its deliveries concern it alone.
    Only(OrgId),
    /// Nobody: the app was removed.
    Nobody,
}

impl Splitter {
    pub(super) fn new(
        ports: ReceivePorts,
        routes: Routes,
        wakes: Arc<Wakes>,
        owner: Uuid,
        bytes: usize,
    ) -> Self {
        let owners = Cache::builder()
            .max_capacity(10_000)
            .time_to_live(Duration::from_secs(60))
            .build();
        Self {
            ports,
            routes,
            wakes,
            owner,
            bytes,
            turn: None,
            owners,
            failed: HashMap::new(),
        }
    }

    /// Splits some batches, if this process gets the turn. Returns how many.
    pub(super) async fn round(&mut self) -> Result<usize, StoreError> {
        if !self.has_turn().await? {
            return Ok(0);
        }
        let batches = self.ports.journal.unsplit(self.bytes).await?;
        let count = batches.len();
        if count > 0 {
            match self.split(&batches).await {
                Ok(()) => self.failed.clear(),
                // Another replica did it.
                Err(StoreError::Conflict) => {}
                Err(error @ StoreError::Unavailable(_)) => return Err(error),
                Err(error) => self.split_one_by_one(&batches, error).await?,
            }
        }
        Ok(count)
    }

    async fn has_turn(&mut self) -> Result<bool, StoreError> {
        let (upkeep, owner, now) = (&*self.ports.upkeep, self.owner, self.ports.base.now());
        if let Some(turn) = &mut self.turn
            && turn.keep(upkeep, TURN, owner, now).await?
        {
            return Ok(true);
        }
        // The turn is given up when there is nothing to do. It is taken again only when there are batches, because
        // taking it is a write.
        self.turn = None;
        if self.ports.journal.unsplit_count(1).await? > 0 {
            let taken = Turn::take(upkeep, &[TURN.to_owned()], owner, now).await?;
            self.turn = taken.map(|(_, turn)| turn);
        }
        Ok(self.turn.is_some())
    }

    /// Gives the turn up to another replica.
    pub(super) async fn rest(&mut self) {
        if self.turn.take().is_some() {
            let now = self.ports.base.now();
            if let Err(error) = self.ports.upkeep.end_turn(TURN, self.owner, now).await {
                tracing::debug!(%error, "a turn could not be given up; it lapses");
            }
        }
    }

    /// Splits batches one by one: a batch that cannot be written for its own reason must not hold up the others for
    /// ever.
    async fn split_one_by_one(
        &mut self,
        batches: &[JournalBatch],
        error: StoreError,
    ) -> Result<(), StoreError> {
        if let [batch] = batches {
            let tries = self.failed.entry(batch.id).or_default();
            *tries += 1;
            if *tries < TRIES {
                return Err(error);
            }
            tracing::error!(%error, batch = %batch.id, "a batch of deliveries could not be split: they are marked as unreadable");
            let why = format!("its changes could not be stored: {error}");
            let deliveries = batch.deliveries.iter();
            let write = SplitWrite {
                batches: vec![batch.id],
                changes: Vec::new(),
                unreadable: deliveries
                    .map(|delivery| (delivery.id, why.clone()))
                    .collect(),
            };
            return self.ports.journal.split(write).await;
        }
        for batch in batches {
            let batch = std::slice::from_ref(batch);
            match self.split(batch).await {
                Ok(()) | Err(StoreError::Conflict) => {}
                Err(error @ StoreError::Unavailable(_)) => return Err(error),
                Err(error) => Box::pin(self.split_one_by_one(batch, error)).await?,
            }
        }
        Ok(())
    }

    async fn split(&self, batches: &[JournalBatch]) -> Result<(), StoreError> {
        let mut write = SplitWrite {
            batches: batches.iter().map(|batch| batch.id).collect(),
            ..SplitWrite::default()
        };
        let mut cut = Vec::new();
        let mut bytes = 0;
        for delivery in batches.iter().flat_map(|batch| &batch.deliveries) {
            // Cutting is work: after each portion, other tasks may run.
            bytes += delivery.body.len();
            if bytes > CUT_BYTES {
                bytes = 0;
                tokio::task::yield_now().await;
            }
            match split(&delivery.body) {
                Ok(changes) => cut.push((delivery, changes)),
                Err(error) => write.unreadable.push((delivery.id, error.to_string())),
            }
        }
        let mut reaches = HashMap::new();
        for app in cut.iter().filter_map(|(delivery, _)| delivery.app) {
            if let std::collections::hash_map::Entry::Vacant(reach) = reaches.entry(app) {
                reach.insert(self.reach(app).await?);
            }
        }
        let lanes = cut
            .iter()
            .flat_map(|(_, changes)| changes)
            .map(|change| &change.lane);
        let routes = self.routes.of(lanes).await?;
        let mut ids = Ids::new(&*self.ports.base.ids);
        for (delivery, changes) in cut {
            let app = delivery.app.as_ref();
            let reach = app.map_or(Some(&Reach::Anybody), |app| reaches.get(app));
            let reach = reach.copied().unwrap_or(Reach::Nobody);
            for change in changes {
                write
                    .changes
                    .extend(rows(delivery, &change, reach, &routes, &mut ids));
            }
        }
        let partitions = write
            .changes
            .iter()
            .map(|change| bit(change.lane.partition()));
        let partitions = partitions.fold(0, |all, one| all | one);
        self.ports.journal.split(write).await?;
        self.wakes.queued(partitions);
        Ok(())
    }

    async fn reach(&self, app: MetaAppId) -> Result<Reach, StoreError> {
        let owner = match self.owners.get(&app) {
            Some(owner) => owner,
            None => {
                let found = self.ports.base.meta_apps.meta_app_of_route(app).await?;
                let owner = found.map(|app| app.org);
                self.owners.insert(app, owner);
                owner
            }
        };
        Ok(match owner {
            Some(OrgId::PLATFORM) => Reach::Anybody,
            Some(org) => Reach::Only(org),
            None => Reach::Nobody,
        })
    }
}

/// Makes a change's rows: one for each organisation that it concerns, or one for nobody.
fn rows(
    delivery: &Delivery,
    change: &RawChange<'_>,
    reach: Reach,
    routes: &RoutesOf,
    ids: &mut Ids<'_>,
) -> Vec<Change> {
    let (lane, orgs) = match reach {
        Reach::Anybody => {
            let routes = routes.get(&change.lane).map_or(&[][..], |routes| routes);
            let orgs: BTreeSet<OrgId> = routes.iter().map(|route| route.org).collect();
            let orgs: Vec<_> = orgs.into_iter().map(Some).collect();
            let nobody = orgs.is_empty().then_some(None);
            let orgs: Vec<_> = orgs.into_iter().chain(nobody).collect();
            (change.lane.clone(), orgs)
        }
        Reach::Only(org) => (
            Lane::Own(org, Box::new(change.lane.clone())),
            vec![Some(org)],
        ),
        Reach::Nobody => (Lane::Nowhere, vec![None]),
    };
    let row = |org| Change {
        id: ids.next(),
        delivery: delivery.id,
        org,
        lane: lane.clone(),
        entry_id: change.entry_id.clone(),
        entry_time: change.entry_time,
        field: change.field.clone(),
        received_at: delivery.received_at,
        raw: change.raw.to_vec(),
    };
    orgs.into_iter().map(row).collect()
}

/// Ids in order, from as many blocks as needed.
struct Ids<'a> {
    source: &'a dyn IdSource,
    block: IdBlock,
}

impl<'a> Ids<'a> {
    fn new(source: &'a dyn IdSource) -> Self {
        let block = IdBlock::at(source.next());
        Self { source, block }
    }

    fn next(&mut self) -> ChangeId {
        let id = self.block.next().unwrap_or_else(|| {
            self.block = IdBlock::at(self.source.next());
            self.block.next().unwrap_or_else(|| self.source.next())
        });
        ChangeId(id)
    }
}
