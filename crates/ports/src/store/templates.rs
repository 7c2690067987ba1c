use async_trait::async_trait;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    connect::Problem,
    ids::{AccountId, IdBlock, OrgId, TemplateId, TemplateSyncId, WabaId},
    template_record::{PageFacts, PartChange, TemplateHistory, TemplateRecord},
};

use super::{LogHeads, Page, PageRequest, StoreError};

/// The filter of a list of templates. An empty list of values means all.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TemplateFilter {
    /// Only those of this WABA.
    pub waba: Option<WabaId>,
    /// Only those with one of these statuses.
    pub statuses: Vec<String>,
    /// Only those with one of these categories.
    pub categories: Vec<String>,
    /// Only those in one of these languages.
    pub languages: Vec<String>,
    /// Only those with one of these qualities.
    pub qualities: Vec<String>,
    /// Only those with this name.
    pub name: Option<String>,
    /// Only those whose name or texts hold this, whatever the case.
    pub query: Option<String>,
}

/// The place of a template in a list: by name, language and id.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct TemplateKey {
    /// The name.
    pub name: String,
    /// The language.
    pub language: String,
    /// Our id.
    pub id: TemplateId,
}

/// The state of a sync.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TemplateSyncState {
    /// It was requested, or runs.
    Running,
    /// The last pass was whole, or there was none yet.
    Done,
    /// The last pass failed.
    Failed,
}

impl TemplateSyncState {
    /// Returns the word of the state.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// Reads the word of a state.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Running, Self::Done, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// The sync of a WABA's templates.
#[derive(Clone, PartialEq, Debug)]
pub struct TemplateSync {
    /// The WABA.
    pub waba: WabaId,
    /// The number of writes that changed templates of the WABA.
    pub revision: i64,
    /// The request that it runs for. None before the first.
    pub run: Option<TemplateSyncId>,
    /// The state.
    pub state: TemplateSyncState,
    /// The fencing token of the last lease.
    pub fence: i64,
    /// When the present pass began, or the last one.
    pub started_at: Option<Time>,
    /// When the last pass ended, whole or not.
    pub finished_at: Option<Time>,
    /// When the last whole pass began: templates are as Meta had them then.
    pub synced_at: Option<Time>,
    /// When it runs next.
    pub next_at: Option<Time>,
    /// Meta's cursor after the last page. None at the beginning of a pass.
    pub cursor: Option<String>,
    /// The number of pages of this pass.
    pub pages: i32,
    /// The number of templates that were read.
    pub done: i64,
    /// The number of templates that Meta has, as far as it told.
    pub total: Option<i64>,
    /// The number of templates that were not stored.
    pub created: i64,
    /// The number of templates that changed.
    pub updated: i64,
    /// The number of templates that Meta no longer has.
    pub removed: i64,
    /// The number of failures in a row.
    pub failures: i32,
    /// Why it failed, or waits to go on.
    pub error: Option<Problem>,
}

/// A page of a sync, to store.
#[derive(Clone, PartialEq, Debug)]
pub struct SyncPageWrite {
    /// The fencing token.
    pub fence: i64,
    /// The page.
    pub page: PageFacts,
    /// The cursor after it.
    pub next: Option<String>,
    /// The number of templates that Meta has.
    pub total: Option<i64>,
    /// Until when the lease is renewed.
    pub until: Time,
    /// The time of the write.
    pub now: Time,
    /// Ids for templates, history and events.
    pub ids: IdBlock,
}

/// The end of a turn at a sync.
#[derive(Clone, PartialEq, Debug)]
pub enum SyncEnd {
    /// All pages were read: what none of them named is removed.
    Whole,
    /// It goes on later, at the page where it is, or from the beginning.
    Later {
        /// Why. Without a problem it is no failure: the turn is over.
        problem: Option<Problem>,
        /// Whether the pass begins again.
        restart: bool,
    },
    /// It failed for good.
    Failed(Problem),
    /// Nobody has an active number on the WABA: it is not synced any more.
    Idle,
}

/// The end of a turn at a sync, to store.
#[derive(Clone, PartialEq, Debug)]
pub struct SyncEndWrite {
    /// The WABA.
    pub waba: WabaId,
    /// The fencing token.
    pub fence: i64,
    /// The end.
    pub end: SyncEnd,
    /// When it runs next. A sync that was asked for meanwhile runs earlier.
    pub next_at: Time,
    /// The time of the write.
    pub now: Time,
    /// Ids for events.
    pub ids: IdBlock,
}

/// What an act changes in the templates of one WABA.
#[derive(Clone, PartialEq, Debug)]
pub enum TemplateChange {
    /// Templates that Meta has now.
    Created(Vec<TemplateRecord>),
    /// A template with a new version, and its parts that changed.
    Changed(Box<TemplateRecord>, Vec<PartChange>),
    /// Templates that Meta no longer has.
    Removed(Vec<TemplateId>),
}

/// An act on the templates of one WABA, to store.
#[derive(Clone, PartialEq, Debug)]
pub struct TemplateWrite {
    /// The WABA.
    pub waba: WabaId,
    /// The change.
    pub change: TemplateChange,
    /// Entries of their history.
    pub history: Vec<TemplateHistory>,
    /// The entries for the audit log.
    pub audit: Vec<NewAuditEvent>,
    /// The time of the write.
    pub now: Time,
    /// Ids for events.
    pub ids: IdBlock,
}

/// Templates, their history, and their syncs.
///
/// An org reaches the templates of the WABAs on which it has an active account. Every write that changes templates
/// appends an event for each template to the log of every such org.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait TemplateStore: Send + Sync {
    /// Lists templates by name, language and id.
    async fn templates(
        &self,
        org: OrgId,
        filter: TemplateFilter,
        page: PageRequest<TemplateKey>,
    ) -> Result<Page<TemplateRecord, TemplateKey>, StoreError>;

    /// Returns a template with its history, newest first, at most 100 entries.
    async fn template(
        &self,
        org: OrgId,
        id: TemplateId,
    ) -> Result<Option<(TemplateRecord, Vec<TemplateHistory>)>, StoreError>;

    /// Lists the syncs of the org's WABAs, by WABA.
    async fn template_syncs(&self, org: OrgId) -> Result<Vec<TemplateSync>, StoreError>;

    /// Requests syncs of the org's WABAs, or of one. One that runs goes on, for the new request. Returns the WABAs, and
    /// the log's last sequence.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the org has no active number on the WABA, or none at all.
    async fn request_template_sync(
        &self,
        org: OrgId,
        waba: Option<WabaId>,
        run: TemplateSyncId,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(Vec<WabaId>, LogHeads), StoreError>;

    /// Takes due syncs of all WABAs that nobody holds, and leases each to `owner` until `until` under a new fencing
    /// token. One that was interrupted goes on at its cursor; another begins for the request `run`.
    async fn claim_template_syncs(
        &self,
        owner: Uuid,
        now: Time,
        until: Time,
        run: TemplateSyncId,
        limit: i64,
    ) -> Result<Vec<TemplateSync>, StoreError>;

    /// Lists active accounts on a WABA whose grant is active, of all orgs: at most 5. Their tokens may read its
    /// templates.
    async fn accounts_for_templates(
        &self,
        waba: &WabaId,
    ) -> Result<Vec<(OrgId, AccountId)>, StoreError>;

    /// Stores a page: new and changed templates, the ids that it names, the progress and the cursor. Returns the sync,
    /// and the last sequences of the orgs' logs.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the lease was lost, or a template was changed at the same time.
    async fn save_template_page(
        &self,
        write: SyncPageWrite,
    ) -> Result<(TemplateSync, LogHeads), StoreError>;

    /// Ends a turn at a sync, and gives the lease up. A whole pass removes the templates that were stored before it
    /// began and that no page named.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the lease was lost.
    async fn end_template_sync(
        &self,
        write: SyncEndWrite,
    ) -> Result<(TemplateSync, LogHeads), StoreError>;

    /// Writes an act of a principal.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the org has no active number on the WABA; [`StoreError::Conflict`] when a template
    /// was changed meanwhile.
    async fn write_templates(
        &self,
        org: OrgId,
        write: TemplateWrite,
    ) -> Result<LogHeads, StoreError>;
}
