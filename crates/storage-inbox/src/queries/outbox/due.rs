//! What is due.

use std::collections::{HashMap, HashSet, VecDeque};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, SmallInt, Text};
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    Time,
    ids::{AccountId, ConversationId, MessageId, OrgId},
    outbound::Priority,
};
use wabakit_ports::store::{DueLimit, DueMessage};

use super::super::{Conn, Prepared, ids, statement};
use crate::{
    error::Fault,
    rows::IdRow,
    schema::messages,
    types::{PTime, PUuid, T, U},
};

/// Heads of flows: `heads (id)`, of the account `$1`.
pub(super) const HEADS: &str = include_str!("heads.sql");
const FLOW: &str = include_str!("flow.sql");
const IDLE: &str = include_str!("idle.sql");

/// The flows that have something due, in order, by priority.
async fn flows(
    conn: &mut Conn,
    account: AccountId,
    now: Time,
) -> QueryResult<HashMap<i16, Vec<String>>> {
    let sql = format!("{HEADS} SELECT heads.id FROM heads WHERE heads.id IS NOT NULL");
    let sql = statement(&sql).bind::<PUuid, _>(U(account.0));
    let heads: Vec<IdRow> = Prepared(sql).load(conn).await?;
    let heads: Vec<U> = heads.into_iter().map(|head| head.id).collect();
    let due: Vec<(i16, String)> = messages::table
        .filter(messages::id.eq_any(heads))
        .filter(messages::due_at.le(T(now)))
        .select((
            messages::priority.assume_not_null(),
            messages::flow.assume_not_null(),
        ))
        .load(conn)
        .await?;
    let mut flows: HashMap<i16, Vec<String>> = HashMap::new();
    for (priority, flow) in due {
        flows.entry(priority).or_default().push(flow);
    }
    for flows in flows.values_mut() {
        flows.sort_unstable();
    }
    Ok(flows)
}

/// The oldest of a flow. Those that are in work stand at its beginning: so many more are asked for.
async fn of_flow(
    conn: &mut Conn,
    (account, priority, flow): (AccountId, Priority, &str),
    without: &HashSet<MessageId>,
    now: Time,
    most: usize,
) -> QueryResult<VecDeque<MessageId>> {
    let limit = most.saturating_add(without.len());
    let sql = statement(FLOW)
        .bind::<PUuid, _>(U(account.0))
        .bind::<SmallInt, _>(priority.rank())
        .bind::<Text, _>(flow)
        .bind::<PTime, _>(T(now))
        .bind::<BigInt, _>(i64::try_from(limit).unwrap_or(i64::MAX));
    let rows: Vec<IdRow> = Prepared(sql).load(conn).await?;
    let due = rows.into_iter().map(|row| MessageId(row.id.0));
    let due = due.filter(|id| !without.contains(id));
    Ok(due.take(most).collect())
}

/// So many of these flows as there are, in rounds.
async fn in_turns(
    conn: &mut Conn,
    (account, priority, flows): (AccountId, Priority, &[String]),
    without: &HashSet<MessageId>,
    now: Time,
    limit: DueLimit,
) -> QueryResult<Vec<MessageId>> {
    let round = limit.per_flow.max(1);
    // As much of each as if all had enough; more of each where some have not.
    let rounds = limit.messages.div_ceil(flows.len().max(1) * round);
    let mut each = rounds.saturating_mul(round);
    loop {
        let mut queues = Vec::with_capacity(flows.len());
        for flow in flows {
            queues.push(of_flow(conn, (account, priority, flow), without, now, each).await?);
        }
        let found: usize = queues.iter().map(VecDeque::len).sum();
        let is_all = queues.iter().all(|queue| queue.len() < each);
        if found >= limit.messages || is_all {
            return Ok(turns(queues, round, limit.messages));
        }
        each = each.saturating_mul(4);
    }
}

fn turns(mut queues: Vec<VecDeque<MessageId>>, round: usize, most: usize) -> Vec<MessageId> {
    let mut taken = Vec::new();
    while taken.len() < most && queues.iter().any(|queue| !queue.is_empty()) {
        for queue in &mut queues {
            let turn = round.min(queue.len());
            taken.extend(queue.drain(..turn));
        }
    }
    taken.truncate(most);
    taken
}

pub(super) async fn due(
    conn: &mut Conn,
    account: AccountId,
    after: Option<&(Priority, String)>,
    (without, now): (&[MessageId], Time),
    limit: DueLimit,
) -> Result<Vec<DueMessage>, Fault> {
    let without = without.iter().copied().collect();
    let mut flows = flows(conn, account, now).await?;
    let mut found = Vec::new();
    for priority in Priority::ALL {
        let left = limit.messages.saturating_sub(found.len());
        let Some(mut flows) = flows.remove(&priority.rank()).filter(|_| left > 0) else {
            continue;
        };
        if let Some((_, last)) = after.filter(|(of, _)| *of == priority) {
            let next = flows.partition_point(|flow| flow <= last);
            flows.rotate_left(next);
        }
        let limit = DueLimit {
            messages: left,
            ..limit
        };
        found.extend(in_turns(conn, (account, priority, &flows), &without, now, limit).await?);
    }
    Ok(read(conn, &found).await?)
}

/// These messages, in their order.
async fn read(conn: &mut Conn, wanted: &[MessageId]) -> QueryResult<Vec<DueMessage>> {
    type Row = (U, U, U, i16, String, T, T, i32, String);
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = messages::table
        .filter(messages::id.eq_any(ids(wanted, |id| id.0)))
        .select((
            messages::id,
            messages::org_id,
            messages::conversation_id,
            messages::priority.assume_not_null(),
            messages::flow.assume_not_null(),
            messages::due_at.assume_not_null(),
            messages::expires_at.assume_not_null(),
            messages::attempt.assume_not_null(),
            messages::body.assume_not_null(),
        ))
        .load(conn)
        .await?;
    let rows = rows.into_iter().map(
        |(id, org, conversation, rank, flow, due_at, expires_at, attempt, body)| DueMessage {
            id: MessageId(id.0),
            org: OrgId(org.0),
            conversation: ConversationId(conversation.0),
            priority: Priority::from_rank(rank).unwrap_or_default(),
            flow,
            due_at: due_at.0,
            expires_at: expires_at.0,
            attempt,
            body,
        },
    );
    let mut rows: HashMap<MessageId, DueMessage> = rows.map(|row| (row.id, row)).collect();
    Ok(wanted.iter().filter_map(|id| rows.remove(id)).collect())
}

pub(super) async fn idle(conn: &mut Conn, now: Time, limit: i64) -> QueryResult<Vec<AccountId>> {
    let sql = statement(IDLE)
        .bind::<PTime, _>(T(now))
        .bind::<BigInt, _>(limit.max(0));
    let idle: Vec<IdRow> = Prepared(sql).load(conn).await?;
    let idle = idle.into_iter().map(|row| AccountId(row.id.0));
    Ok(idle.collect())
}
