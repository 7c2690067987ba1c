//! Templates, their history, and their syncs.

use wabakit_domain::{
    audit::Actor,
    ids::{ApiKeyId, OrgId, TemplateHistoryId, TemplateId, TemplateSyncId, UserId},
    template_record::{PartChange, TemplateAuthor, TemplateHistory, TemplatePart, TemplateRecord},
};
use wabakit_ports::store::{StoreError, TemplateSync, TemplateSyncState};

use crate::{
    bulk::{Changed, row},
    schema::templates,
    types::{T, U},
    values::{document, opt_text, row as cells, text},
};

row! {
    #[derive(diesel::AsChangeset)]
    struct TemplateRow in templates {
        id: U,
        waba_id: String,
        meta_id: String,
        name: String,
        language: String,
        status: String,
        category: String,
        quality: String,
        search: String,
        document: String,
        created_at: T,
        updated_at: T,
        version: i64,
    }
}

impl Changed for TemplateRow {
    const GUARD: &'static str = "t.version = u.version - 1";

    fn update(&self, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<usize> {
        use diesel::{ExpressionMethods as _, QueryDsl as _};
        let before = templates::table
            .find(self.id)
            .filter(templates::version.eq(self.version - 1));
        diesel::RunQueryDsl::execute(diesel::update(before).set(self), conn)
    }
}

impl TryFrom<&TemplateRecord> for TemplateRow {
    type Error = StoreError;

    fn try_from(record: &TemplateRecord) -> Result<Self, StoreError> {
        let state = &record.state;
        Ok(Self {
            id: U(record.id.0),
            waba_id: text(record.waba.as_str())?,
            meta_id: text(record.meta_id.as_str())?,
            name: text(state.name())?,
            language: text(&state.language())?,
            status: text(&state.status())?,
            category: text(&state.category())?,
            quality: text(&state.quality())?,
            search: state.search().replace('\0', " "),
            document: document(state)?,
            created_at: T(record.created_at),
            updated_at: T(record.updated_at),
            version: record.version,
        })
    }
}

impl TryFrom<TemplateRow> for TemplateRecord {
    type Error = StoreError;

    fn try_from(row: TemplateRow) -> Result<Self, StoreError> {
        let cell = cells("templates", row.id.0);
        Ok(Self {
            id: TemplateId(row.id.0),
            waba: row.waba_id.into(),
            meta_id: row.meta_id.into(),
            state: cell("document").document(&row.document)?,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            version: row.version,
        })
    }
}

row! {
    struct TemplateHistoryRow in template_history {
        id: U,
        template_id: U,
        part: String,
        from_value: Option<String>,
        to_value: Option<String>,
        detail: Option<String>,
        by_kind: String,
        by_id: Option<U>,
        by_org: Option<U>,
        at: T,
    }
}

impl TryFrom<&TemplateHistory> for TemplateHistoryRow {
    type Error = StoreError;

    fn try_from(entry: &TemplateHistory) -> Result<Self, StoreError> {
        let (by_kind, by_id, by_org) = match &entry.by {
            TemplateAuthor::Meta => ("meta", None, None),
            TemplateAuthor::Sync => ("sync", None, None),
            TemplateAuthor::Principal(org, actor) => {
                let (kind, id) = match actor {
                    Actor::User(user) => ("user", Some(U(user.0))),
                    Actor::Key(key) => ("key", Some(U(key.0))),
                    Actor::Operator => ("operator", None),
                    Actor::System | Actor::Meta => ("system", None),
                };
                (kind, id, Some(U(org.0)))
            }
        };
        let change = &entry.change;
        Ok(Self {
            id: U(entry.id.0),
            template_id: U(entry.template.0),
            part: change.part.as_str().to_owned(),
            from_value: opt_text(change.from.as_deref())?,
            to_value: opt_text(change.to.as_deref())?,
            detail: opt_text(change.detail.as_deref())?,
            by_kind: by_kind.to_owned(),
            by_id,
            by_org,
            at: T(entry.at),
        })
    }
}

impl TryFrom<TemplateHistoryRow> for TemplateHistory {
    type Error = StoreError;

    fn try_from(row: TemplateHistoryRow) -> Result<Self, StoreError> {
        let cell = cells("template_history", row.id.0);
        let org = row.by_org.map(|org| OrgId(org.0));
        let by = match (row.by_kind.as_str(), org, row.by_id) {
            ("meta", ..) => Some(TemplateAuthor::Meta),
            ("sync", ..) => Some(TemplateAuthor::Sync),
            (kind, Some(org), id) => match (kind, id) {
                ("user", Some(id)) => Some(Actor::User(UserId(id.0))),
                ("key", Some(id)) => Some(Actor::Key(ApiKeyId(id.0))),
                ("operator", None) => Some(Actor::Operator),
                ("system", None) => Some(Actor::System),
                _ => None,
            }
            .map(|actor| TemplateAuthor::Principal(org, actor)),
            _ => None,
        };
        Ok(Self {
            id: TemplateHistoryId(row.id.0),
            template: TemplateId(row.template_id.0),
            change: PartChange {
                part: cell("part").parsed(TemplatePart::parse(&row.part))?,
                from: row.from_value,
                to: row.to_value,
                detail: row.detail,
            },
            by: cell("by_kind").parsed(by)?,
            at: row.at.0,
        })
    }
}

row! {
    struct TemplateSyncRow in template_syncs {
        waba_id: String,
        revision: i64,
        run_id: Option<U>,
        state: String,
        owner: Option<U>,
        fence: i64,
        until: Option<T>,
        next_at: Option<T>,
        again_at: Option<T>,
        started_at: Option<T>,
        finished_at: Option<T>,
        synced_at: Option<T>,
        cursor: Option<String>,
        pages: i32,
        done: i64,
        total: Option<i64>,
        created: i64,
        updated: i64,
        removed: i64,
        failures: i32,
        error: Option<String>,
    }
}

impl TryFrom<TemplateSyncRow> for TemplateSync {
    type Error = StoreError;

    fn try_from(row: TemplateSyncRow) -> Result<Self, StoreError> {
        // The row has no id of its own: its WABA is not one of ours.
        let cell = cells("template_syncs", uuid::Uuid::nil());
        let error = row.error.as_deref();
        Ok(Self {
            state: cell("state").parsed(TemplateSyncState::parse(&row.state))?,
            error: error.map(|it| cell("error").document(it)).transpose()?,
            waba: row.waba_id.into(),
            revision: row.revision,
            run: row.run_id.map(|id| TemplateSyncId(id.0)),
            fence: row.fence,
            started_at: row.started_at.map(|at| at.0),
            finished_at: row.finished_at.map(|at| at.0),
            synced_at: row.synced_at.map(|at| at.0),
            next_at: row.next_at.map(|at| at.0),
            cursor: row.cursor,
            pages: row.pages,
            done: row.done,
            total: row.total,
            created: row.created,
            updated: row.updated,
            removed: row.removed,
            failures: row.failures,
        })
    }
}
