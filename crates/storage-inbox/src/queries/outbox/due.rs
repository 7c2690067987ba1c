//! What is due.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, SmallInt, Text};
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    contact::ContactKey,
    conversation::Conversation,
    ids::{AccountId, ContactId, ConversationId, MessageId, OrgId},
    inbound::Party,
    outbound::{Priority, SendGuard},
};
use wabakit_ports::store::{DueLimit, DueMessage, StoreError};

use super::super::{Conn, Db, Prepared, bulk, dispatch, ids, statement};
use crate::{
    among::AmongValues as _,
    error::Fault,
    rows::{ConversationRow, IdRow, KeyRow},
    schema::{contacts, conversations, messages, outbox},
    types::{PTime, PUuid, T, U},
    values::row as cells,
};

/// Heads of flows: `heads (id)`, of the account `$1`.
pub(super) const HEADS: &str = include_str!("heads.sql");
const FLOW: &str = include_str!("flow.sql");
pub(in super::super::super) const NEXT: &str = include_str!("next.sql");
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
    let due: Vec<(i16, String)> = outbox::table
        .filter(outbox::id.among(heads))
        .filter(outbox::due_at.le(T(now)))
        .select((outbox::priority, outbox::flow))
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

/// What a look at a queue has learnt of conversations.
struct Look {
    now: Time,
    /// A message of theirs is in work.
    held: HashSet<ConversationId>,
    /// Those that were asked for their next message.
    asked: HashSet<ConversationId>,
    next: HashSet<MessageId>,
}

/// A message that is due, if it is its conversation's turn.
#[derive(QueryableByName)]
struct CandidateRow {
    #[diesel(sql_type = PUuid)]
    id: U,
    #[diesel(sql_type = PUuid)]
    conversation_id: U,
}

impl Look {
    /// Asks for the next messages of these conversations, of each once.
    async fn ask(&mut self, conn: &mut Conn, candidates: &[CandidateRow]) -> QueryResult<()> {
        let mut threads = Vec::new();
        for candidate in candidates {
            let thread = ConversationId(candidate.conversation_id.0);
            if !self.held.contains(&thread) && self.asked.insert(thread) {
                threads.push(candidate.conversation_id);
            }
        }
        if !threads.is_empty() {
            let next = dispatch::next(conn, threads, self.now).await?;
            self.next
                .extend(next.into_iter().map(|row| MessageId(row.id.0)));
        }
        Ok(())
    }
}

/// The oldest of a flow, of each conversation the next alone. Others stand before them: as many more are read as it
/// takes.
async fn of_flow(
    conn: &mut Conn,
    (account, priority, flow): (AccountId, Priority, &str),
    look: &mut Look,
    most: usize,
) -> QueryResult<VecDeque<MessageId>> {
    let mut limit = most.max(1);
    loop {
        let sql = statement(FLOW)
            .bind::<PUuid, _>(U(account.0))
            .bind::<SmallInt, _>(priority.rank())
            .bind::<Text, _>(flow)
            .bind::<PTime, _>(T(look.now))
            .bind::<BigInt, _>(i64::try_from(limit).unwrap_or(i64::MAX));
        let candidates: Vec<CandidateRow> = Prepared(sql).load(conn).await?;
        look.ask(conn, &candidates).await?;
        let due = candidates.iter().map(|row| MessageId(row.id.0));
        let due: VecDeque<MessageId> = due.filter(|id| look.next.contains(id)).take(most).collect();
        if due.len() >= most || candidates.len() < limit {
            return Ok(due);
        }
        limit = limit.saturating_mul(4);
    }
}

/// So many of these flows as there are, in rounds.
async fn in_turns(
    conn: &mut Conn,
    (account, priority, flows): (AccountId, Priority, &[String]),
    look: &mut Look,
    limit: DueLimit,
) -> QueryResult<Vec<MessageId>> {
    let round = limit.per_flow.max(1);
    // As much of each as if all had enough; more of each where some have not.
    let rounds = limit.messages.div_ceil(flows.len().max(1) * round);
    let mut each = rounds.saturating_mul(round);
    loop {
        let mut queues = Vec::with_capacity(flows.len());
        for flow in flows {
            queues.push(of_flow(conn, (account, priority, flow), look, each).await?);
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
    (held, now): (&[ConversationId], Time),
    limit: DueLimit,
) -> Result<Vec<DueMessage>, Fault> {
    let mut look = Look {
        now,
        held: held.iter().copied().collect(),
        asked: HashSet::new(),
        next: HashSet::new(),
    };
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
        found.extend(in_turns(conn, (account, priority, &flows), &mut look, limit).await?);
    }
    read(conn, &found).await
}

/// These messages, in their order.
async fn read(conn: &mut Conn, wanted: &[MessageId]) -> Result<Vec<DueMessage>, Fault> {
    type Row = (
        (U, U, U, Option<U>),
        i16,
        String,
        (T, T),
        i32,
        String,
        Option<String>,
    );
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = outbox::table
        .inner_join(messages::table)
        .filter(outbox::id.among(ids(wanted, |id| id.0)))
        .select((
            (
                outbox::id,
                messages::org_id,
                outbox::conversation_id,
                messages::contact_id,
            ),
            outbox::priority,
            outbox::flow,
            (outbox::due_at, outbox::expires_at),
            outbox::attempt,
            messages::body.assume_not_null(),
            messages::send_guard,
        ))
        .load(conn)
        .await?;
    let (mut threads, mut people) = (BTreeSet::new(), BTreeSet::new());
    let mut found: HashMap<MessageId, (DueMessage, Option<Uuid>)> = HashMap::new();
    for ((id, org, thread, contact), rank, flow, (due_at, expires_at), attempt, body, guard) in rows
    {
        let cell = cells("messages", id.0)("send_guard");
        let guard = guard.map(|guard| cell.word(&guard)).transpose()?;
        match guard {
            Some(SendGuard::OpenWindow) => drop(threads.insert(thread.0)),
            Some(SendGuard::NoOptOut) => people.extend(contact.map(|id| id.0)),
            None => {}
        }
        let due = DueMessage {
            id: MessageId(id.0),
            org: OrgId(org.0),
            conversation: ConversationId(thread.0),
            priority: Priority::from_rank(rank).unwrap_or_default(),
            flow,
            due_at: due_at.0,
            expires_at: expires_at.0,
            attempt,
            body,
            guard,
            window_until: None,
            opted_out: false,
            is_passed_on: false,
        };
        found.insert(due.id, (due, contact.map(|id| id.0)));
    }
    let windows = windows(conn, threads).await?;
    let opted_out = opted_out(conn, people).await?;
    let passed_on = passed_on(conn, &found).await?;
    let in_order = wanted.iter().filter_map(|id| found.remove(id));
    Ok(in_order
        .map(|(due, contact)| DueMessage {
            window_until: windows.get(&due.conversation).copied(),
            opted_out: contact.is_some_and(|id| opted_out.contains(&id)),
            is_passed_on: passed_on.contains(&due.id),
            ..due
        })
        .collect())
}

/// Which of these messages, each with its contact, are addressed to a number that is another contact's by now.
async fn passed_on(
    conn: &mut Conn,
    due: &HashMap<MessageId, (DueMessage, Option<Uuid>)>,
) -> Result<HashSet<MessageId>, Fault> {
    #[derive(serde::Deserialize)]
    struct Addressed {
        to: Option<String>,
    }
    let nobody = ContactId(Uuid::nil());
    let mut of_key: HashMap<(OrgId, ContactKey), Vec<(MessageId, Uuid)>> = HashMap::new();
    for (message, contact) in due.values() {
        let to = serde_json::from_str(&message.body).ok();
        let phone = to.and_then(|body: Addressed| body.to);
        let (Some(phone), Some(contact)) = (phone, contact) else {
            continue;
        };
        let party = Party {
            phone: Some(phone),
            ..Party::default()
        };
        for key in ContactKey::of(&party) {
            let of_key = of_key.entry((message.org, key)).or_default();
            of_key.push((message.id, *contact));
        }
    }
    if of_key.is_empty() {
        return Ok(HashSet::new());
    }
    let wanted = of_key.keys();
    let wanted = wanted.map(|(org, key)| KeyRow::new(*org, key, nobody, None));
    let keys = bulk::keys(conn, wanted.collect::<Result<_, StoreError>>()?).await?;
    let mut passed_on = HashSet::new();
    for row in keys {
        let (org, key, owner) = row.read()?;
        let messages = of_key.get(&(org, key)).into_iter().flatten();
        let others = messages.filter(|(_, contact)| *contact != owner.0);
        passed_on.extend(others.map(|(message, _)| *message));
    }
    Ok(passed_on)
}

/// Until when the windows of these conversations are open.
async fn windows(
    conn: &mut Conn,
    threads: BTreeSet<Uuid>,
) -> Result<HashMap<ConversationId, Time>, Fault> {
    if threads.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<ConversationRow> = conversations::table
        .filter(conversations::id.among(threads.into_iter().map(U).collect::<Vec<_>>()))
        .select(ConversationRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    let mut windows = HashMap::new();
    for row in rows {
        let conversation = Conversation::try_from(row)?;
        windows.extend(
            conversation
                .window_until()
                .map(|until| (conversation.id, until)),
        );
    }
    Ok(windows)
}

/// Who of these people takes no marketing.
async fn opted_out(conn: &mut Conn, people: BTreeSet<Uuid>) -> QueryResult<HashSet<Uuid>> {
    if people.is_empty() {
        return Ok(HashSet::new());
    }
    let rows: Vec<U> = contacts::table
        .filter(contacts::id.among(people.into_iter().map(U).collect::<Vec<_>>()))
        .filter(contacts::opted_out.eq(true))
        .select(contacts::id)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|id| id.0).collect())
}

pub(super) async fn idle(conn: &mut Conn, now: Time, limit: i64) -> QueryResult<Vec<AccountId>> {
    let sql = statement(IDLE)
        .bind::<PTime, _>(T(now))
        .bind::<BigInt, _>(limit.max(0));
    let idle: Vec<IdRow> = Prepared(sql).load(conn).await?;
    let idle = idle.into_iter().map(|row| AccountId(row.id.0));
    Ok(idle.collect())
}
