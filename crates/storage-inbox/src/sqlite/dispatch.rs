//! Writing down what is about to be sent: one hop to the connection's thread.

use diesel::{QueryResult, SqliteConnection, prelude::*, sql_query, sql_types::Text};
use uuid::Uuid;
use wabakit_domain::Time;
use wabakit_ports::store::Dispatch;

use super::{Conn, Prepared, queries::NEXT};
use crate::{
    rows::{IdRow, KeptRow},
    schema::{idempotency_keys, number_queues as queues, outbox},
    types::{PTime, T, U},
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
        let queued = outbox::table
            .find(id)
            .filter(outbox::account_id.eq(account))
            .filter(outbox::queue.eq(0));
        let write = diesel::update(queued).set((
            outbox::queue.eq(1),
            outbox::attempt.eq(outbox::attempt + 1),
            outbox::token.eq(U(token.0)),
            outbox::epoch.eq(dispatch.epoch),
            outbox::dispatched_at.eq(T(now)),
            outbox::wait.eq(None::<String>),
        ));
        if diesel::RunQueryDsl::execute(write, conn)? == 1 {
            sent.push(id);
        }
    }
    Ok(())
}

/// The next message of each of these conversations that may go now. Their ids go as one document.
pub(super) async fn next(conn: &mut Conn, threads: Vec<U>, now: Time) -> QueryResult<Vec<IdRow>> {
    let sql = NEXT.replace(
        "{these}",
        "(SELECT unhex(value) AS id FROM json_each($2)) AS c",
    );
    let threads: Vec<String> = threads.iter().map(|id| id.0.simple().to_string()).collect();
    let threads = format!("[\"{}\"]", threads.join("\",\""));
    let sql = sql_query(sql)
        .into_boxed()
        .bind::<PTime, _>(T(now))
        .bind::<Text, _>(threads);
    diesel_async::RunQueryDsl::load(Prepared(sql), conn).await
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
