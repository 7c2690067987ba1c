//! Queues, for people.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, SmallInt, Text};
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    ids::{AccountId, OrgId},
    outbound::WaitReason,
};
use wabakit_ports::store::QueueOverview;

use super::{
    super::{Conn, Db, Prepared, statement},
    due::HEADS,
};
use crate::{
    error::Fault,
    rows::NumberQueueRow,
    schema::{number_queues as queues, whatsapp_accounts as accounts},
    types::{PTime, PUuid, T, U},
    values::row as cells,
};

const FLOWS: &str = "\
    SELECT h.priority, h.due_at, \
        (SELECT count(*) FROM (SELECT 1 FROM outbox o \
            WHERE o.account_id = $1 AND o.queue = 0 AND o.priority = h.priority AND o.flow = h.flow \
              AND o.due_at <= $2 LIMIT $3) AS counted) AS due \
    FROM heads JOIN outbox h ON h.id = heads.id";

const WAITING: &str = "\
    SELECT waiting.wait, count(*) AS messages FROM ( \
        SELECT o.wait FROM heads JOIN outbox h ON h.id = heads.id \
        JOIN outbox o ON o.account_id = $1 AND o.queue = 0 AND o.priority = h.priority AND o.flow = h.flow \
            AND o.due_at > $2 \
        LIMIT $3) AS waiting \
    GROUP BY waiting.wait";

const STATES: &str = include_str!("states.sql");

#[derive(QueryableByName)]
struct FlowRow {
    #[diesel(sql_type = Nullable<SmallInt>)]
    priority: Option<i16>,
    #[diesel(sql_type = Nullable<PTime>)]
    due_at: Option<T>,
    #[diesel(sql_type = BigInt)]
    due: i64,
}

#[derive(QueryableByName)]
struct WaitingRow {
    #[diesel(sql_type = Nullable<Text>)]
    wait: Option<String>,
    #[diesel(sql_type = BigInt)]
    messages: i64,
}

#[derive(QueryableByName)]
struct StatesRow {
    #[diesel(sql_type = BigInt)]
    dispatching: i64,
    #[diesel(sql_type = BigInt)]
    proving: i64,
    #[diesel(sql_type = BigInt)]
    unknown: i64,
    #[diesel(sql_type = BigInt)]
    failed: i64,
    #[diesel(sql_type = BigInt)]
    stuck: i64,
}

pub(super) async fn overviews(
    conn: &mut Conn,
    org: OrgId,
    (now, stuck_before): (Time, Time),
    most: i64,
) -> Result<Vec<QueueOverview>, Fault> {
    let own: Vec<U> = accounts::table
        .filter(accounts::org_id.eq(U(org.0)))
        .order(accounts::id.asc())
        .select(accounts::id)
        .load(conn)
        .await?;
    let rows: Vec<NumberQueueRow> = queues::table
        .filter(queues::account_id.eq_any(own.clone()))
        .select(NumberQueueRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    let mut rows: HashMap<Uuid, NumberQueueRow> = rows
        .into_iter()
        .map(|row| (row.account_id.0, row))
        .collect();
    let mut found = Vec::with_capacity(own.len());
    for account in own {
        let account = AccountId(account.0);
        let row = rows.remove(&account.0);
        let row = row.unwrap_or_else(|| NumberQueueRow::new(account));
        let times = (now, stuck_before);
        found.push(overview(conn, (org, account), &row, times, most.max(0)).await?);
    }
    Ok(found)
}

async fn overview(
    conn: &mut Conn,
    (org, account): (OrgId, AccountId),
    row: &NumberQueueRow,
    (now, stuck_before): (Time, Time),
    most: i64,
) -> Result<QueueOverview, Fault> {
    let states = statement(STATES)
        .bind::<PUuid, _>(U(account.0))
        .bind::<BigInt, _>(most)
        .bind::<PUuid, _>(U(org.0))
        .bind::<PTime, _>(T(stuck_before));
    let states: StatesRow = Prepared(states).get_result(conn).await?;
    let (due, oldest_due) = due(conn, account, now, most).await?;
    Ok(QueueOverview {
        account,
        due,
        waiting: waiting(conn, account, now, most).await?,
        dispatching: states.dispatching,
        proving: states.proving,
        unknown: states.unknown,
        failed: states.failed,
        stuck: states.stuck,
        oldest_due,
        is_paused: row.is_paused,
        block: row.block()?,
        is_owned: row.is_held(now),
    })
}

/// How much is due, by priority, and since when.
async fn due(
    conn: &mut Conn,
    account: AccountId,
    now: Time,
    most: i64,
) -> QueryResult<([i64; 3], Option<Time>)> {
    let sql = statement(&format!("{HEADS} {FLOWS}"))
        .bind::<PUuid, _>(U(account.0))
        .bind::<PTime, _>(T(now))
        .bind::<BigInt, _>(most);
    let flows: Vec<FlowRow> = Prepared(sql).load(conn).await?;
    let mut due = [0; 3];
    for flow in &flows {
        let place = flow.priority.and_then(|rank| usize::try_from(rank).ok());
        if let Some(sum) = place.and_then(|place| due.get_mut(place)) {
            *sum = most.min(*sum + flow.due);
        }
    }
    let oldest = flows.iter().filter_map(|flow| flow.due_at);
    let oldest = oldest.map(|at| at.0).filter(|at| *at <= now).min();
    Ok((due, oldest))
}

/// Reasons to wait that there are: so many times what is asked is counted through, for the reasons of one flow are
/// mixed.
const REASONS: i64 = 12;

/// What waits for a time of its own. One that tells no reason was only scheduled.
async fn waiting(
    conn: &mut Conn,
    account: AccountId,
    now: Time,
    most: i64,
) -> Result<Vec<(WaitReason, i64)>, Fault> {
    let sql = statement(&format!("{HEADS} {WAITING}"))
        .bind::<PUuid, _>(U(account.0))
        .bind::<PTime, _>(T(now))
        .bind::<BigInt, _>(most.saturating_mul(REASONS));
    let rows: Vec<WaitingRow> = Prepared(sql).load(conn).await?;
    let cell = cells("outbox", account.0)("wait");
    let mut sums: BTreeMap<String, (WaitReason, i64)> = BTreeMap::new();
    for row in rows {
        let word = row.wait.unwrap_or_else(|| "scheduled".to_owned());
        let reason: WaitReason = cell.word(&word)?;
        let sum = &mut sums.entry(word).or_insert((reason, 0)).1;
        *sum = most.min(*sum + row.messages);
    }
    Ok(sums.into_values().collect())
}
