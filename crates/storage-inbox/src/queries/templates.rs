//! Implements the port `TemplateStore`.
//!
//! Who writes templates locks them before the row of their WABA's sync, so that no two writes wait for each other.

use std::cmp::Reverse;

use async_trait::async_trait;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    event::{EventData, ManagementEvent, TemplateEvent},
    grant::GrantState,
    ids::{AccountId, IdBlock, MetaTemplateId, OrgId, TemplateId, TemplateSyncId, WabaId},
    inbound::{Management, TemplateRef},
    inbox::Plan,
    template_record::{
        MOST_HISTORY, PagePlan, PartChange, SYNC_REST, SYNC_SOON, TemplateHistory, TemplateRecord,
        plan_page,
    },
};
use wabakit_ports::store::{
    Facts, LogHeads, Page, PageRequest, StoreError, SyncEnd, SyncEndWrite, SyncPageWrite,
    TemplateChange, TemplateFilter, TemplateKey, TemplateStore, TemplateSync, TemplateSyncState,
    TemplateWrite,
};

use super::{Conn, Db, Store, bulk, ids};
use crate::{
    error::{Fault, Violation as _},
    rows::{TemplateHistoryRow, TemplateRow, TemplateSyncRow},
    schema::{
        grants, template_history as history, template_sync_pages as pages, template_syncs as syncs,
        templates, whatsapp_accounts as accounts,
    },
    types::{T, U},
    values::{document, text},
};

const RUNNING: &str = TemplateSyncState::Running.as_str();

/// Selects the WABAs on which an org has an active account.
macro_rules! wabas_of {
    ($org:expr) => {
        accounts::table
            .filter(accounts::org_id.eq(U($org.0)))
            .filter(accounts::is_active)
            .select(accounts::waba_id)
    };
}

/// Escapes a text for `LIKE … ESCAPE '\'`.
fn like(query: &str) -> String {
    let mut pattern = String::from("%");
    for letter in query.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

async fn list(
    conn: &mut Conn,
    org: OrgId,
    filter: &TemplateFilter,
    page: &PageRequest<TemplateKey>,
) -> Result<Page<TemplateRecord, TemplateKey>, Fault> {
    let mut query = templates::table
        .filter(templates::waba_id.eq_any(wabas_of!(org)))
        .order((
            templates::name.asc(),
            templates::language.asc(),
            templates::id.asc(),
        ))
        .limit(page.limit.get() + 1)
        .select(TemplateRow::as_select())
        .into_boxed::<Db>();
    if let Some(waba) = &filter.waba {
        query = query.filter(templates::waba_id.eq(waba.as_str()));
    }
    if !filter.statuses.is_empty() {
        query = query.filter(templates::status.eq_any(&filter.statuses));
    }
    if !filter.categories.is_empty() {
        query = query.filter(templates::category.eq_any(&filter.categories));
    }
    if !filter.languages.is_empty() {
        query = query.filter(templates::language.eq_any(&filter.languages));
    }
    if !filter.qualities.is_empty() {
        query = query.filter(templates::quality.eq_any(&filter.qualities));
    }
    if let Some(name) = &filter.name {
        query = query.filter(templates::name.eq(name));
    }
    if let Some(text) = &filter.query {
        query = query.filter(templates::search.like(like(text)).escape('\\'));
    }
    if let Some(after) = &page.after {
        let same_name = templates::name.eq(&after.name);
        let further = templates::language
            .gt(&after.language)
            .or(templates::language
                .eq(&after.language)
                .and(templates::id.gt(U(after.id.0))));
        query = query.filter(templates::name.gt(&after.name).or(same_name.and(further)));
    }
    let rows: Vec<TemplateRow> = query.load(conn).await?;
    let rows: Result<Vec<TemplateRecord>, StoreError> =
        rows.into_iter().map(TemplateRecord::try_from).collect();
    Ok(Page::cut(rows?, page.limit, |record| TemplateKey {
        name: record.state.name().to_owned(),
        language: record.state.language(),
        id: record.id,
    }))
}

async fn find(
    conn: &mut Conn,
    org: OrgId,
    id: TemplateId,
) -> Result<Option<(TemplateRecord, Vec<TemplateHistory>)>, Fault> {
    let row: Option<TemplateRow> = templates::table
        .find(U(id.0))
        .filter(templates::waba_id.eq_any(wabas_of!(org)))
        .select(TemplateRow::as_select())
        .into_boxed::<Db>()
        .first(conn)
        .await
        .optional()?;
    let Some(row) = row else {
        return Ok(None);
    };
    let entries: Vec<TemplateHistoryRow> = history::table
        .filter(history::template_id.eq(row.id))
        .order((history::at.desc(), history::id.desc()))
        .limit(MOST_HISTORY)
        .select(TemplateHistoryRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    let entries: Result<Vec<TemplateHistory>, StoreError> =
        entries.into_iter().map(TemplateHistory::try_from).collect();
    let mut entries = entries?;
    // Meta's times are whole seconds: within one, the order of writing counts.
    entries.sort_by_key(|entry| Reverse((entry.at.timestamp(), entry.id)));
    Ok(Some((row.try_into()?, entries)))
}

fn read_syncs(rows: Vec<TemplateSyncRow>) -> Result<Vec<TemplateSync>, StoreError> {
    rows.into_iter().map(TemplateSync::try_from).collect()
}

async fn request(
    conn: &mut Conn,
    (org, waba): (OrgId, Option<&WabaId>),
    run: TemplateSyncId,
    now: Time,
) -> Result<Vec<WabaId>, Fault> {
    let mut wabas: Vec<String> = wabas_of!(org).distinct().load(conn).await?;
    wabas.sort_unstable();
    if let Some(waba) = waba {
        wabas.retain(|name| name == waba.as_str());
    }
    if wabas.is_empty() {
        return Err(StoreError::Missing("an active number on this WABA").into());
    }
    let running = syncs::table
        .filter(syncs::waba_id.eq_any(&wabas))
        .filter(syncs::state.eq(RUNNING));
    diesel::update(running)
        .set(syncs::run_id.eq(U(run.0)))
        .execute(conn)
        .await?;
    let resting = syncs::table
        .filter(syncs::waba_id.eq_any(&wabas))
        .filter(syncs::state.ne(RUNNING));
    diesel::update(resting)
        .set(begun(run, now, Some(now)))
        .execute(conn)
        .await?;
    Ok(wabas.into_iter().map(WabaId::from).collect())
}

/// The columns of a pass that begins.
#[derive(AsChangeset)]
#[diesel(table_name = syncs, treat_none_as_null = true)]
struct BegunRow {
    run_id: U,
    state: &'static str,
    next_at: Option<T>,
    started_at: T,
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

fn begun(run: TemplateSyncId, now: Time, next_at: Option<Time>) -> BegunRow {
    BegunRow {
        run_id: U(run.0),
        state: RUNNING,
        next_at: next_at.map(T),
        started_at: T(now),
        cursor: None,
        pages: 0,
        done: 0,
        total: None,
        created: 0,
        updated: 0,
        removed: 0,
        failures: 0,
        error: None,
    }
}

async fn claim(
    conn: &mut Conn,
    owner: Uuid,
    (now, until): (Time, Time),
    run: TemplateSyncId,
    limit: i64,
) -> Result<Vec<TemplateSync>, Fault> {
    let nobody_holds = || syncs::until.is_null().or(syncs::until.le(Some(T(now))));
    let due: Vec<String> = syncs::table
        .filter(syncs::next_at.le(T(now)))
        .filter(nobody_holds())
        .order((syncs::next_at.asc(), syncs::waba_id.asc()))
        .limit(limit.max(0))
        .select(syncs::waba_id)
        .load(conn)
        .await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    // The update repeats the condition, because another process may have claimed some in between.
    let claimed: Vec<String> = diesel::update(
        syncs::table
            .filter(syncs::waba_id.eq_any(&due))
            .filter(syncs::next_at.le(T(now)))
            .filter(nobody_holds()),
    )
    .set((
        syncs::owner.eq(U(owner)),
        syncs::until.eq(T(until)),
        syncs::fence.eq(syncs::fence + 1),
    ))
    .returning(syncs::waba_id)
    .get_results(conn)
    .await?;
    let fresh = syncs::table
        .filter(syncs::waba_id.eq_any(&claimed))
        .filter(syncs::state.ne(RUNNING));
    diesel::update(fresh)
        .set(begun(run, now, Some(now)))
        .execute(conn)
        .await?;
    let rows: Vec<TemplateSyncRow> = syncs::table
        .filter(syncs::waba_id.eq_any(&claimed))
        .order(syncs::waba_id.asc())
        .select(TemplateSyncRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    let beginning = rows.iter().filter(|row| row.pages == 0);
    let beginning: Vec<&String> = beginning.map(|row| &row.waba_id).collect();
    diesel::delete(pages::table.filter(pages::waba_id.eq_any(beginning)))
        .execute(conn)
        .await?;
    Ok(read_syncs(rows)?)
}

/// Loads and locks templates of a WABA.
async fn stored(
    conn: &mut Conn,
    waba: &str,
    meta_ids: &[MetaTemplateId],
) -> Result<Vec<TemplateRecord>, Fault> {
    let mut wanted = Vec::with_capacity(meta_ids.len());
    for id in meta_ids {
        wanted.push(text(id.as_str())?);
    }
    let found = templates::table
        .filter(templates::waba_id.eq(waba))
        .filter(templates::meta_id.eq_any(wanted))
        .order(templates::id.asc())
        .select(TemplateRow::as_select());
    let rows: Vec<TemplateRow> = locked!(found).load(conn).await?;
    let records: Result<_, StoreError> = rows.into_iter().map(TemplateRecord::try_from).collect();
    Ok(records?)
}

/// Makes a function that gives the ids of a block. The flag is set when the block has none left.
fn giving<'b>(ids: &'b mut IdBlock, are_spent: &'b mut bool) -> impl FnMut() -> Uuid + 'b {
    move || {
        let id = ids.next();
        *are_spent |= id.is_none();
        id.unwrap_or_default()
    }
}

async fn save_page(conn: &mut Conn, write: &SyncPageWrite) -> Result<(TemplateSync, Facts), Fault> {
    let waba = text(write.page.waba.as_str())?;
    let known = stored(conn, &waba, &write.page.ids()).await?;
    let (mut block, mut are_spent) = (write.ids, false);
    let plan = plan_page(
        &write.page,
        known,
        write.now,
        &mut giving(&mut block, &mut are_spent),
    );
    if are_spent {
        return Err(StoreError::Forbidden("a page needs more ids than a block has").into());
    }
    let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
    let (created, updated) = (count(plan.new.len()), count(plan.changed.len()));
    let row: Option<TemplateSyncRow> = diesel::update(
        syncs::table
            .find(&waba)
            .filter(syncs::fence.eq(write.fence))
            .filter(syncs::state.eq(RUNNING)),
    )
    .set((
        syncs::until.eq(T(write.until)),
        syncs::cursor.eq(write.next.as_deref().map(text).transpose()?),
        syncs::pages.eq(syncs::pages + 1),
        syncs::done.eq(syncs::done + count(plan.seen.len())),
        write.total.map(|total| syncs::total.eq(total)),
        syncs::created.eq(syncs::created + created),
        syncs::updated.eq(syncs::updated + updated),
        syncs::revision.eq(syncs::revision + i64::from(created + updated > 0)),
        syncs::failures.eq(0),
        syncs::error.eq(None::<String>),
    ))
    .returning(TemplateSyncRow::as_returning())
    .get_result(conn)
    .await
    .optional()?;
    let row = row.ok_or(StoreError::Conflict)?;
    let seen: Vec<String> = plan.seen.iter().map(ToString::to_string).collect();
    diesel::insert_into(pages::table)
        .values((
            pages::waba_id.eq(&waba),
            pages::page.eq(row.pages),
            pages::meta_ids.eq(document(&seen)?),
        ))
        .execute(conn)
        .await
        .or_duplicate(StoreError::Conflict)?;
    let PagePlan {
        new,
        changed,
        history,
        ..
    } = plan;
    let facts = put(
        conn,
        &waba,
        Put {
            new,
            changed,
            gone: Vec::new(),
            history,
        },
        (write.now, block),
    )
    .await?;
    Ok((row.try_into()?, facts))
}

/// Changes of templates of one WABA.
#[derive(Default)]
struct Put {
    new: Vec<TemplateRecord>,
    changed: Vec<(TemplateRecord, Vec<PartChange>)>,
    gone: Vec<TemplateRecord>,
    history: Vec<TemplateHistory>,
}

/// Writes changes, with an event for each template and org. Without changes it runs no statement.
async fn put(
    conn: &mut Conn,
    waba: &str,
    put: Put,
    (now, mut ids): (Time, IdBlock),
) -> Result<Facts, Fault> {
    let mut facts = Facts::default();
    if put.new.is_empty() && put.changed.is_empty() && put.gone.is_empty() {
        return Ok(facts);
    }
    let rows = put.new.iter().map(TemplateRow::try_from);
    bulk::insert(conn, rows.collect::<Result<_, _>>()?)
        .await
        .or_duplicate(StoreError::Conflict)?;
    let rows = put.changed.iter().map(|(record, _)| record.try_into());
    if bulk::update(conn, rows.collect::<Result<Vec<TemplateRow>, _>>()?).await?
        != put.changed.len()
    {
        return Err(StoreError::Conflict.into());
    }
    if !put.gone.is_empty() {
        let gone: Vec<TemplateId> = put.gone.iter().map(|record| record.id).collect();
        let gone = templates::id.eq_any(super::ids(&gone, |id| id.0));
        diesel::delete(templates::table.filter(gone))
            .execute(conn)
            .await?;
    }
    remember(conn, &put.history).await?;
    let holders: Vec<(U, U)> = accounts::table
        .filter(accounts::waba_id.eq(waba))
        .filter(accounts::is_active)
        .order((accounts::org_id.asc(), accounts::id.asc()))
        .select((accounts::org_id, accounts::id))
        .load(conn)
        .await?;
    for numbers in holders.chunk_by(|a, b| a.0 == b.0) {
        let Some((org, account)) = numbers.first() else {
            continue;
        };
        let org = OrgId(org.0);
        let account = (numbers.len() == 1).then_some(AccountId(account.0));
        for record in &put.new {
            let data = EventData::TemplateCreated(Box::new(TemplateEvent::from(record)));
            facts.tell(&mut ids, org, now, data)?;
        }
        for (record, changes) in &put.changed {
            for change in changes {
                facts.tell(&mut ids, org, now, reported(record, change, account))?;
            }
        }
        for record in &put.gone {
            let data = EventData::TemplateRemoved(Box::new(TemplateEvent::from(record)));
            facts.tell(&mut ids, org, now, data)?;
        }
    }
    Ok(facts)
}

/// Makes the event of a change, as a webhook's.
fn reported(record: &TemplateRecord, change: &PartChange, account: Option<AccountId>) -> EventData {
    let state = &record.state;
    EventData::TemplateUpdated(ManagementEvent {
        account,
        change: Box::new(Management::Template {
            template: TemplateRef {
                id: record.meta_id.to_string(),
                name: Some(state.name().to_owned()),
                language: Some(state.language()),
            },
            update: state.report(change),
        }),
        extra: None,
    })
}

/// Adds entries to histories, and drops the oldest beyond the most that are kept.
async fn remember(conn: &mut Conn, entries: &[TemplateHistory]) -> Result<(), Fault> {
    if entries.is_empty() {
        return Ok(());
    }
    let rows = entries.iter().map(TemplateHistoryRow::try_from);
    bulk::insert(conn, rows.collect::<Result<_, _>>()?).await?;
    let mut grown: Vec<TemplateId> = entries.iter().map(|entry| entry.template).collect();
    grown.sort_unstable();
    grown.dedup();
    let is_old = format!(
        "(SELECT count(*) FROM template_history AS newer \
          WHERE newer.template_id = template_history.template_id \
          AND (newer.at, newer.id) > (template_history.at, template_history.id)) >= {MOST_HISTORY}"
    );
    let old = history::table
        .filter(history::template_id.eq_any(ids(&grown, |id| id.0)))
        .filter(sql::<Bool>(&is_old));
    diesel::delete(old).execute(conn).await?;
    Ok(())
}

/// Asks for syncs of WABAs by these accounts, because a webhook told only a part.
async fn wish(conn: &mut Conn, numbers: &[AccountId], now: Time) -> Result<(), Fault> {
    let wabas = || {
        accounts::table
            .filter(accounts::id.eq_any(ids(numbers, |id| id.0)))
            .filter(accounts::is_active)
            .select(accounts::waba_id)
    };
    let running = syncs::table
        .filter(syncs::waba_id.eq_any(wabas()))
        .filter(syncs::state.eq(RUNNING));
    diesel::update(running)
        .set(syncs::again_at.eq(T(now + SYNC_SOON)))
        .execute(conn)
        .await?;
    for (at, rested) in [(now + SYNC_SOON, true), (now + SYNC_REST, false)] {
        let waiting = syncs::table
            .filter(syncs::waba_id.eq_any(wabas()))
            .filter(syncs::state.ne(RUNNING))
            .filter(syncs::next_at.is_null().or(syncs::next_at.gt(T(at))));
        let long_ago = syncs::finished_at
            .is_null()
            .or(syncs::finished_at.lt(T(now - SYNC_REST)));
        match rested {
            true => {
                diesel::update(waiting.filter(long_ago))
                    .set(syncs::next_at.eq(T(at)))
                    .execute(conn)
                    .await?
            }
            false => {
                diesel::update(waiting)
                    .set(syncs::next_at.eq(T(at)))
                    .execute(conn)
                    .await?
            }
        };
    }
    Ok(())
}

/// Writes what webhooks told of templates. Their events are the planner's.
pub(super) async fn write_told(conn: &mut Conn, plan: &Plan, now: Time) -> Result<(), Fault> {
    if !plan.templates.is_empty() {
        let rows = plan.templates.iter().map(TemplateRow::try_from);
        let rows: Vec<TemplateRow> = rows.collect::<Result<_, StoreError>>()?;
        if bulk::update(conn, rows).await? != plan.templates.len() {
            return Err(StoreError::Conflict.into());
        }
        remember(conn, &plan.template_history).await?;
        let mut wabas: Vec<&str> = plan.templates.iter().map(|it| it.waba.as_str()).collect();
        wabas.sort_unstable();
        wabas.dedup();
        diesel::update(syncs::table.filter(syncs::waba_id.eq_any(wabas)))
            .set(syncs::revision.eq(syncs::revision + 1))
            .execute(conn)
            .await?;
    }
    if !plan.template_syncs.is_empty() {
        wish(conn, &Vec::from_iter(plan.template_syncs.clone()), now).await?;
    }
    Ok(())
}

/// Loads and locks the templates that no page of the pass named. One that was stored after the pass began may be on a
/// page that was read before.
async fn unnamed(
    conn: &mut Conn,
    waba: &str,
    began: Option<T>,
) -> Result<Vec<TemplateRecord>, Fault> {
    let lists: Vec<String> = pages::table
        .filter(pages::waba_id.eq(waba))
        .select(pages::meta_ids)
        .load(conn)
        .await?;
    let mut named = std::collections::HashSet::new();
    for list in &lists {
        let cell = crate::values::row("template_sync_pages", Uuid::nil())("meta_ids");
        named.extend(cell.document::<Vec<String>>(list)?);
    }
    let all: Vec<(String, T)> = templates::table
        .filter(templates::waba_id.eq(waba))
        .select((templates::meta_id, templates::created_at))
        .load(conn)
        .await?;
    let gone = all.into_iter().filter(|(id, created)| {
        !named.contains(id) && began.is_some_and(|began| created.0 < began.0)
    });
    let gone: Vec<MetaTemplateId> = gone.map(|(id, _)| id.into()).collect();
    match gone.is_empty() {
        true => Ok(Vec::new()),
        false => stored(conn, waba, &gone).await,
    }
}

/// The columns that an end of a turn changes.
#[derive(AsChangeset)]
#[diesel(table_name = syncs, treat_none_as_null = true)]
struct EndRow {
    revision: i64,
    state: String,
    owner: Option<U>,
    until: Option<T>,
    next_at: Option<T>,
    again_at: Option<T>,
    finished_at: Option<T>,
    synced_at: Option<T>,
    cursor: Option<String>,
    pages: i32,
    done: i64,
    total: Option<i64>,
    removed: i64,
    failures: i32,
    error: Option<String>,
}

async fn end(conn: &mut Conn, write: &SyncEndWrite) -> Result<(TemplateSync, Facts), Fault> {
    let waba = text(write.waba.as_str())?;
    let is_whole = write.end == SyncEnd::Whole;
    let held = syncs::table
        .find(&waba)
        .filter(syncs::fence.eq(write.fence))
        .filter(syncs::state.eq(RUNNING))
        .select(TemplateSyncRow::as_select());
    let row: Option<TemplateSyncRow> = held.into_boxed::<Db>().first(conn).await.optional()?;
    let row = row.ok_or(StoreError::Conflict)?;
    let gone = match is_whole {
        true => unnamed(conn, &waba, row.started_at).await?,
        false => Vec::new(),
    };
    let removed = i64::try_from(gone.len()).unwrap_or(i64::MAX);
    let next_at = row
        .again_at
        .map_or(write.next_at, |at| at.0.min(write.next_at));
    let mut after = EndRow {
        revision: row.revision + i64::from(removed > 0),
        state: row.state,
        owner: None,
        until: None,
        next_at: Some(T(next_at)),
        again_at: None,
        finished_at: Some(T(write.now)),
        synced_at: row.synced_at,
        cursor: None,
        pages: 0,
        done: row.done,
        total: row.total,
        removed: row.removed + removed,
        failures: 0,
        error: None,
    };
    let mut is_over = true;
    match &write.end {
        SyncEnd::Whole => {
            after.state = TemplateSyncState::Done.as_str().to_owned();
            after.synced_at = row.started_at;
            after.total = Some(row.done);
        }
        SyncEnd::Idle => {
            after.state = TemplateSyncState::Done.as_str().to_owned();
            after.next_at = None;
        }
        SyncEnd::Failed(problem) => {
            after.state = TemplateSyncState::Failed.as_str().to_owned();
            after.failures = row.failures + 1;
            after.error = Some(document(problem)?);
        }
        SyncEnd::Later { problem, restart } => {
            after.next_at = Some(T(write.next_at));
            after.again_at = row.again_at;
            after.finished_at = row.finished_at;
            after.failures = row.failures + i32::from(problem.is_some());
            after.error = problem.as_ref().map(document).transpose()?;
            if *restart {
                after.done = 0;
            } else {
                after.cursor = row.cursor;
                after.pages = row.pages;
                is_over = false;
            }
        }
    }
    // The templates are locked by now.
    let row: Option<TemplateSyncRow> = diesel::update(
        syncs::table
            .find(&waba)
            .filter(syncs::fence.eq(write.fence))
            .filter(syncs::state.eq(RUNNING)),
    )
    .set(after)
    .returning(TemplateSyncRow::as_returning())
    .get_result(conn)
    .await
    .optional()?;
    let row = row.ok_or(StoreError::Conflict)?;
    if is_over {
        diesel::delete(pages::table.filter(pages::waba_id.eq(&waba)))
            .execute(conn)
            .await?;
    }
    let change = Put {
        gone,
        ..Put::default()
    };
    let facts = put(conn, &waba, change, (write.now, write.ids)).await?;
    Ok((row.try_into()?, facts))
}

async fn act(conn: &mut Conn, org: OrgId, write: &TemplateWrite) -> Result<((), Facts), Fault> {
    let waba = text(write.waba.as_str())?;
    let held: i64 = wabas_of!(org)
        .filter(accounts::waba_id.eq(&waba))
        .count()
        .get_result(conn)
        .await?;
    if held == 0 {
        return Err(StoreError::Missing("an active number on this WABA").into());
    }
    let mut change = Put {
        history: write.history.clone(),
        ..Put::default()
    };
    match &write.change {
        TemplateChange::Created(records) => change.new.clone_from(records),
        TemplateChange::Changed(record, parts) => {
            change.changed.push(((**record).clone(), parts.clone()));
        }
        TemplateChange::Removed(gone) => {
            let found = templates::table
                .filter(templates::id.eq_any(ids(gone, |id| id.0)))
                .filter(templates::waba_id.eq(&waba))
                .order(templates::id.asc())
                .select(TemplateRow::as_select());
            for row in locked!(found).load::<TemplateRow>(conn).await? {
                change.gone.push(row.try_into()?);
            }
        }
    }
    let mut facts = put(conn, &waba, change, (write.now, write.ids)).await?;
    diesel::update(syncs::table.find(&waba))
        .set(syncs::revision.eq(syncs::revision + 1))
        .execute(conn)
        .await?;
    facts.audit.clone_from(&write.audit);
    Ok(((), facts))
}

#[async_trait]
impl TemplateStore for Store {
    async fn templates(
        &self,
        org: OrgId,
        filter: TemplateFilter,
        page: PageRequest<TemplateKey>,
    ) -> Result<Page<TemplateRecord, TemplateKey>, StoreError> {
        self.0
            .read((org, filter, page), |conn, (org, filter, page)| {
                Box::pin(list(conn, *org, filter, page))
            })
            .await
    }

    async fn template(
        &self,
        org: OrgId,
        id: TemplateId,
    ) -> Result<Option<(TemplateRecord, Vec<TemplateHistory>)>, StoreError> {
        self.0
            .read((org, id), |conn, (org, id)| Box::pin(find(conn, *org, *id)))
            .await
    }

    async fn template_syncs(&self, org: OrgId) -> Result<Vec<TemplateSync>, StoreError> {
        self.0
            .read(org, |conn, org| {
                Box::pin(async move {
                    let rows: Vec<TemplateSyncRow> = syncs::table
                        .filter(syncs::waba_id.eq_any(wabas_of!(org)))
                        .order(syncs::waba_id.asc())
                        .select(TemplateSyncRow::as_select())
                        .into_boxed::<Db>()
                        .load(conn)
                        .await?;
                    Ok(read_syncs(rows)?)
                })
            })
            .await
    }

    async fn request_template_sync(
        &self,
        org: OrgId,
        waba: Option<WabaId>,
        run: TemplateSyncId,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(Vec<WabaId>, LogHeads), StoreError> {
        self.0
            .record(
                (org, waba, run, now, audit),
                |conn, (org, waba, run, now, audit)| {
                    Box::pin(async move {
                        let wabas = request(conn, (*org, waba.as_ref()), *run, *now).await?;
                        Ok((wabas, Facts::audit(audit)))
                    })
                },
            )
            .await
    }

    async fn claim_template_syncs(
        &self,
        owner: Uuid,
        now: Time,
        until: Time,
        run: TemplateSyncId,
        limit: i64,
    ) -> Result<Vec<TemplateSync>, StoreError> {
        self.0
            .write(
                (owner, (now, until), run, limit),
                |conn, (owner, times, run, limit)| {
                    Box::pin(claim(conn, *owner, *times, *run, *limit))
                },
            )
            .await
    }

    async fn accounts_for_templates(
        &self,
        waba: &WabaId,
    ) -> Result<Vec<(OrgId, AccountId)>, StoreError> {
        self.0
            .read(text(waba.as_str())?, |conn, waba| {
                Box::pin(async move {
                    let rows: Vec<(U, U)> = accounts::table
                        .inner_join(grants::table)
                        .filter(accounts::waba_id.eq(waba))
                        .filter(accounts::is_active)
                        .filter(grants::state.eq(GrantState::Active.as_str()))
                        .order((accounts::connected_at.desc(), accounts::id.asc()))
                        .limit(5)
                        .select((accounts::org_id, accounts::id))
                        .load(conn)
                        .await?;
                    let rows = rows.into_iter();
                    Ok(rows
                        .map(|(org, id)| (OrgId(org.0), AccountId(id.0)))
                        .collect())
                })
            })
            .await
    }

    async fn save_template_page(
        &self,
        write: SyncPageWrite,
    ) -> Result<(TemplateSync, LogHeads), StoreError> {
        self.0
            .record(write, |conn, write| Box::pin(save_page(conn, write)))
            .await
    }

    async fn end_template_sync(
        &self,
        write: SyncEndWrite,
    ) -> Result<(TemplateSync, LogHeads), StoreError> {
        self.0
            .record(write, |conn, write| Box::pin(end(conn, write)))
            .await
    }

    async fn write_templates(
        &self,
        org: OrgId,
        write: TemplateWrite,
    ) -> Result<LogHeads, StoreError> {
        let act = self.0.record((org, write), |conn, (org, write)| {
            Box::pin(act(conn, *org, write))
        });
        Ok(act.await?.1)
    }
}
