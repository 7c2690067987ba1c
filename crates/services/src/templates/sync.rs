//! Syncs: reads all templates of a WABA from Meta, page by page.
//!
//! A sync has one owner at a time, by a lease with a fencing token. Each page is stored with the cursor after it, so a
//! process that takes over goes on where the last one was.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use wabakit_domain::{
    Time,
    connect::{Occasion, Problem, Refusal},
    ids::{TemplateSyncId, WabaId},
    principal::Scope,
    template_record::PageFacts,
};
use wabakit_ports::{
    meta::{MetaError, MetaErrorKind},
    store::{StoreError, SyncEnd, SyncEndWrite, SyncPageWrite, TemplateSync, TemplateSyncState},
};
use wabakit_work::{Backoff, Lease, LeaseTerm};

use super::TemplateService;
use crate::{Caller, ServiceError, audit::Trail};

/// How long a sync is leased. It outlasts a call to Meta with its retries.
const LEASE: LeaseTerm = LeaseTerm::new(Duration::from_secs(120), Duration::from_secs(30));
/// The most syncs that a process runs at a time.
const AT_ONCE: i64 = 4;
/// The most pages of a pass. Meta lets a WABA have 6,000 templates.
const MOST_PAGES: i32 = 1_000;
/// The smallest page that is asked for when Meta fails.
const LEAST_PAGE: u32 = 50;
/// The use of Meta's limits, in percent, at which a sync lets others go first.
const BUSY: u32 = 85;
/// How long to wait where Meta names no time.
const COOL_DOWN: chrono::Duration = chrono::Duration::minutes(5);
/// The failures in a row after which a pass is given up.
const PATIENCE: i32 = 10;
/// The waits after failures.
const RETRIES: Backoff = Backoff::new(Duration::from_secs(5), Duration::from_secs(600));

/// The newest syncs of an organisation's WABAs.
#[derive(Clone, PartialEq, Debug)]
pub struct TemplateSyncOverview {
    /// The newest request. None before the first.
    pub run: Option<TemplateSyncId>,
    /// The state of its syncs together.
    pub state: TemplateSyncState,
    /// The number of templates that were read.
    pub done: i64,
    /// The number of templates that Meta has. None while it is unknown.
    pub total: Option<i64>,
    /// The number of templates that were not stored.
    pub created: i64,
    /// The number of templates that changed.
    pub updated: i64,
    /// The number of templates that Meta no longer has.
    pub removed: i64,
    /// Why one failed, or waits to go on.
    pub error: Option<Problem>,
    /// When it began.
    pub started_at: Option<Time>,
    /// When it ended.
    pub finished_at: Option<Time>,
    /// The syncs of all WABAs, also those of other requests.
    pub wabas: Vec<TemplateSync>,
}

impl TemplateSyncOverview {
    fn of(wabas: Vec<TemplateSync>) -> Self {
        let run = wabas.iter().filter_map(|sync| sync.run).max();
        let of_run = || {
            wabas
                .iter()
                .filter(|sync| sync.run.is_some() && sync.run == run)
        };
        let sum = |count: fn(&TemplateSync) -> i64| of_run().map(count).sum();
        let has = |state| of_run().any(|sync| sync.state == state);
        let state = [TemplateSyncState::Running, TemplateSyncState::Failed]
            .into_iter()
            .find(|state| has(*state));
        let state = state.unwrap_or(TemplateSyncState::Done);
        let is_running = state == TemplateSyncState::Running;
        Self {
            run,
            state,
            done: sum(|sync| sync.done),
            total: of_run().map(|sync| sync.total).sum(),
            created: sum(|sync| sync.created),
            updated: sum(|sync| sync.updated),
            removed: sum(|sync| sync.removed),
            error: of_run().find_map(|sync| sync.error.clone()),
            started_at: of_run().filter_map(|sync| sync.started_at).min(),
            finished_at: match is_running {
                true => None,
                false => of_run().filter_map(|sync| sync.finished_at).max(),
            },
            wabas,
        }
    }
}

/// What follows a call to Meta that failed.
enum Next {
    /// Ask for a smaller page.
    Smaller,
    /// Try the next access.
    Other,
    /// End the turn.
    End(SyncEnd, chrono::Duration),
}

impl TemplateService {
    /// Requests a sync of all of the organisation's WABAs, or of one. A sync that runs goes on, for this request.
    ///
    /// # Errors
    /// When the organisation has no active number there.
    pub async fn request_sync(
        &self,
        caller: &Caller,
        waba: Option<WabaId>,
    ) -> Result<TemplateSyncId, ServiceError> {
        caller.require(Scope::TemplatesWrite)?;
        let base = &self.ports.base;
        let run: TemplateSyncId = base.id();
        let data = json!({ "wabaId": waba });
        let entry =
            Trail::of(base, caller).event("template.sync_requested", ("template_sync", run), &data);
        let store = &self.ports.templates;
        let requested = store.request_template_sync(caller.org, waba, run, base.now(), vec![entry]);
        let (_, heads) = requested.await?;
        base.bus.publish(&heads);
        self.wake.notify_one();
        Ok(run)
    }

    /// Returns the newest syncs of the organisation's WABAs, or of one.
    pub async fn sync_overview(
        &self,
        caller: &Caller,
        waba: Option<&WabaId>,
    ) -> Result<TemplateSyncOverview, ServiceError> {
        caller.require(Scope::TemplatesRead)?;
        let mut syncs = self.ports.templates.template_syncs(caller.org).await?;
        syncs.retain(|sync| waba.is_none_or(|waba| sync.waba == *waba));
        Ok(TemplateSyncOverview::of(syncs))
    }

    /// Waits until somebody in this process requests a sync.
    pub async fn sync_requested(&self) {
        self.wake.notified().await;
    }

    /// Runs due syncs, a few at a time, until each ends or `stop` is cancelled. Returns how many it worked on.
    pub async fn run_due_syncs(&self, stop: &CancellationToken) -> Result<usize, ServiceError> {
        let base = &self.ports.base;
        let (request, now) = (LEASE.ask(), base.now());
        let store = &self.ports.templates;
        let claimed = store.claim_template_syncs(self.owner, now, until(now), base.id(), AT_ONCE);
        let claimed = claimed.await?;
        let turns = claimed
            .into_iter()
            .map(|sync| self.turn(request.granted(sync.fence), sync, stop));
        let ends = join_all(turns).await;
        let count = ends.len();
        for end in ends {
            match end {
                // Another process has it now.
                Ok(()) | Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(count)
    }

    /// Reads pages from where the sync is.
    async fn turn(
        &self,
        mut lease: Lease,
        mut sync: TemplateSync,
        stop: &CancellationToken,
    ) -> Result<(), StoreError> {
        let mut accesses = self.accesses(&sync.waba).await?.into_iter();
        let Some(mut access) = accesses.next() else {
            return self
                .end(&sync, SyncEnd::Idle, chrono::Duration::zero())
                .await;
        };
        let mut limit = self.settings.page;
        loop {
            if stop.is_cancelled() {
                return self.end(&sync, yielded(), chrono::Duration::zero()).await;
            }
            if !lease.is_held() {
                return Ok(());
            }
            let (request, read_at) = (LEASE.ask(), self.ports.base.now());
            let gateway = &self.ports.gateway;
            let page = gateway.template_page(&access, &sync.waba, sync.cursor.clone(), limit);
            let page = match page.await {
                Ok(page) => page,
                Err(error) => match self.after(error, &sync, limit, accesses.len() > 0) {
                    Next::Smaller => {
                        limit /= 2;
                        continue;
                    }
                    Next::Other => {
                        if let Some(next) = accesses.next() {
                            access = next;
                        }
                        continue;
                    }
                    Next::End(end, wait) => return self.end(&sync, end, wait).await,
                },
            };
            let now = self.ports.base.now();
            let write = SyncPageWrite {
                fence: sync.fence,
                page: PageFacts {
                    waba: sync.waba.clone(),
                    nodes: page.nodes,
                    read_at,
                },
                next: page.next.clone(),
                total: page.total,
                until: until(now),
                now,
                ids: self.ports.base.id_block(),
            };
            let saved = self.ports.templates.save_template_page(write).await;
            let heads = match saved {
                Ok((after, heads)) => {
                    sync = after;
                    heads
                }
                // A template was changed at the same time, or the lease is lost: then the end is refused too.
                Err(StoreError::Conflict) => {
                    return self.end(&sync, yielded(), chrono::Duration::zero()).await;
                }
                Err(error) => return Err(error),
            };
            self.ports.base.bus.publish(&heads);
            lease = request.granted(sync.fence);
            if page.next.is_none() {
                return self.end(&sync, SyncEnd::Whole, self.interval()).await;
            }
            if sync.pages >= MOST_PAGES {
                let problem = Problem::new(Refusal::MetaRefused).at(Occasion::Account);
                let end = SyncEnd::Failed(problem);
                return self.end(&sync, end, self.interval()).await;
            }
            if page.usage_percent.is_some_and(|percent| percent >= BUSY) {
                let problem = Problem::new(Refusal::MetaRateLimited).at(Occasion::Account);
                let end = SyncEnd::Later {
                    problem: Some(problem),
                    restart: false,
                };
                return self.end(&sync, end, COOL_DOWN).await;
            }
        }
    }

    /// Decides what follows a failed call.
    fn after(&self, error: MetaError, sync: &TemplateSync, limit: u32, has_other: bool) -> Next {
        let kind = error.kind;
        let problem = error.problem(Refusal::MetaRefused).at(Occasion::Account);
        let later = |problem, restart| SyncEnd::Later {
            problem: Some(problem),
            restart,
        };
        match kind {
            MetaErrorKind::RateLimited(wait) => Next::End(
                later(problem, false),
                wait.unwrap_or(COOL_DOWN).max(chrono::Duration::seconds(1)),
            ),
            // Meta fails so when a page has too much data.
            MetaErrorKind::Unavailable if limit > LEAST_PAGE => Next::Smaller,
            MetaErrorKind::TokenInvalid
            | MetaErrorKind::TokenUnreadable
            | MetaErrorKind::PermissionMissing
            | MetaErrorKind::NotFound
                if has_other =>
            {
                Next::Other
            }
            _ if sync.failures >= PATIENCE => Next::End(SyncEnd::Failed(problem), self.interval()),
            MetaErrorKind::Unavailable | MetaErrorKind::VaultUnavailable => {
                Next::End(later(problem, false), self.backoff(sync))
            }
            // A cursor lapses when the template that it names is deleted.
            MetaErrorKind::Refused if sync.cursor.is_some() => {
                Next::End(later(problem, true), self.backoff(sync))
            }
            _ => Next::End(SyncEnd::Failed(problem), self.interval()),
        }
    }

    async fn end(
        &self,
        sync: &TemplateSync,
        end: SyncEnd,
        wait: chrono::Duration,
    ) -> Result<(), StoreError> {
        let now = self.ports.base.now();
        let write = SyncEndWrite {
            waba: sync.waba.clone(),
            fence: sync.fence,
            end,
            next_at: now + wait,
            now,
            ids: self.ports.base.id_block(),
        };
        let (after, heads) = self.ports.templates.end_template_sync(write).await?;
        self.ports.base.bus.publish(&heads);
        tracing::debug!(
            waba = %after.waba, state = after.state.as_str(), done = after.done,
            created = after.created, updated = after.updated, removed = after.removed,
            "template sync ended its turn"
        );
        Ok(())
    }

    /// Returns how long after a sync the next one is due: replicas and WABAs spread over a fifth of the period.
    fn interval(&self) -> chrono::Duration {
        let every = self.settings.every.num_milliseconds();
        let spread = (self.ports.base.random_unit() * 200.0) as i64;
        chrono::Duration::milliseconds(every / 1_000 * (900 + spread))
    }

    fn backoff(&self, sync: &TemplateSync) -> chrono::Duration {
        let base = &self.ports.base;
        let now = base.now();
        base.retry_at(RETRIES, now, sync.failures + 1) - now
    }
}

/// Ends a turn without a failure.
const fn yielded() -> SyncEnd {
    SyncEnd::Later {
        problem: None,
        restart: false,
    }
}

fn until(now: Time) -> Time {
    now + chrono::Duration::from_std(LEASE.length()).unwrap_or(chrono::Duration::MAX)
}
