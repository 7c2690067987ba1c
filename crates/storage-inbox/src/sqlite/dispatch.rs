//! Writing down what is about to be sent: one hop to the connection's thread.

use diesel::{QueryResult, SqliteConnection, prelude::*};
use uuid::Uuid;
use wabakit_domain::Time;
use wabakit_ports::store::Dispatch;

use super::Conn;
use crate::{
    rows::KeptRow,
    schema::{idempotency_keys, number_queues as queues, outbox as messages},
    types::{T, U},
};

pub(super) async fn dispatch(
    conn: &mut Conn,
    owner: Uuid,
    dispatches: &[Dispatch],
    now: Time,
) -> QueryResult<Vec<U>> {
    let dispatches = dispatches.to_vec();
    conn.spawn_blocking(move |conn| {
        let mut sent = Vec::new();
        for dispatch in &dispatches {
            queue(conn, owner, dispatch, now, &mut sent)?;
        }
        Ok(sent)
    })
    .await
}

fn queue(
    conn: &mut SqliteConnection,
    owner: Uuid,
    dispatch: &Dispatch,
    now: Time,
    sent: &mut Vec<U>,
) -> QueryResult<()> {
    let account = U(dispatch.account.0);
    let held = queues::table
        .find(account)
        .filter(queues::owner.eq(U(owner)))
        .filter(queues::epoch.eq(dispatch.epoch))
        .filter(queues::until.gt(T(now)))
        .select(queues::account_id);
    let held: Option<U> = diesel::RunQueryDsl::first(held, conn).optional()?;
    if held.is_none() {
        return Ok(());
    }
    for (id, token) in &dispatch.messages {
        let id = U(id.0);
        let queued = messages::table
            .find(id)
            .filter(messages::account_id.eq(account))
            .filter(messages::queue.eq(0));
        let write = diesel::update(queued).set((
            messages::queue.eq(1),
            messages::status.eq("sending"),
            messages::attempt.eq(messages::attempt + 1),
            messages::token.eq(U(token.0)),
            messages::epoch.eq(dispatch.epoch),
            messages::dispatched_at.eq(T(now)),
            messages::wait.eq(None::<String>),
        ));
        if diesel::RunQueryDsl::execute(write, conn)? == 1 {
            sent.push(id);
        }
    }
    Ok(())
}

/// What is kept under these names; of the wanted rows only the names matter.
pub(super) async fn kept(conn: &mut Conn, wanted: Vec<KeptRow>) -> QueryResult<Vec<KeptRow>> {
    conn.spawn_blocking(move |conn| {
        let mut found = Vec::new();
        for row in &wanted {
            let query = idempotency_keys::table
                .find((row.org_id, &row.key))
                .select(KeptRow::as_select());
            found.extend(diesel::RunQueryDsl::first(query, conn).optional()?);
        }
        Ok(found)
    })
    .await
}
