//! Writing down what is about to be sent: one statement.

use diesel::{
    QueryResult, sql_query,
    sql_types::{Array, BigInt},
};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;
use wabakit_domain::Time;
use wabakit_ports::store::Dispatch;

use super::{Conn, Prepared, queries::NEXT};
use crate::{
    rows::{IdRow, KeptRow},
    types::{PTime, PUuid, T, U},
};

/// The queues first, in order, so that none changes hands before the commit; then the places, in order, as all do
/// who lock several. They are found by their ids alone: the queue's index would lead through the whole queue.
const DISPATCH: &str = "\
    WITH held AS MATERIALIZED ( \
        SELECT q.account_id, q.epoch FROM number_queues q \
        JOIN unnest($1, $2) AS u (account_id, epoch) ON u.account_id = q.account_id AND u.epoch = q.epoch \
        WHERE q.owner = $3 AND q.until > $4 \
        ORDER BY q.account_id FOR SHARE OF q \
    ), queued AS MATERIALIZED ( \
        SELECT o.id, o.account_id, o.queue FROM outbox o \
        WHERE o.id = ANY ($5) ORDER BY o.id FOR NO KEY UPDATE \
    ) \
    UPDATE outbox AS o SET queue = 1, attempt = o.attempt + 1, token = t.token, \
        epoch = h.epoch, dispatched_at = $4, wait = NULL \
    FROM queued q JOIN held h ON h.account_id = q.account_id JOIN unnest($5, $6) AS t (id, token) ON t.id = q.id \
    WHERE o.id = q.id AND q.queue = 0 \
    RETURNING o.id";

pub(super) async fn dispatch(
    conn: &mut Conn,
    owner: Uuid,
    dispatches: &[Dispatch],
    now: Time,
) -> QueryResult<Vec<U>> {
    let accounts: Vec<U> = dispatches.iter().map(|one| U(one.account.0)).collect();
    let epochs: Vec<i64> = dispatches.iter().map(|one| one.epoch).collect();
    let messages = dispatches.iter().flat_map(|one| &one.messages);
    let (messages, tokens): (Vec<U>, Vec<U>) =
        messages.map(|(id, token)| (U(id.0), U(token.0))).unzip();
    let sql = sql_query(DISPATCH)
        .into_boxed()
        .bind::<Array<PUuid>, _>(accounts)
        .bind::<Array<BigInt>, _>(epochs)
        .bind::<PUuid, _>(U(owner))
        .bind::<PTime, _>(T(now))
        .bind::<Array<PUuid>, _>(messages)
        .bind::<Array<PUuid>, _>(tokens);
    let sent: Vec<IdRow> = Prepared(sql).load(conn).await?;
    Ok(sent.into_iter().map(|row| row.id).collect())
}

/// The next message of each of these conversations that may go now.
pub(super) async fn next(conn: &mut Conn, threads: Vec<U>, now: Time) -> QueryResult<Vec<IdRow>> {
    let sql = NEXT.replace("{these}", "unnest($2) AS c (id)");
    let sql = sql_query(sql)
        .into_boxed()
        .bind::<PTime, _>(T(now))
        .bind::<Array<PUuid>, _>(threads);
    Prepared(sql).load(conn).await
}

/// What is kept under these names; of the wanted rows only the names matter.
pub(super) async fn kept(conn: &mut Conn, wanted: Vec<KeptRow>) -> QueryResult<Vec<KeptRow>> {
    let sql = "SELECT k.org_id, k.key, k.fingerprint, k.answer, k.created_at \
               FROM unnest($1, $2) AS u (org_id, key) \
               JOIN idempotency_keys k ON k.org_id = u.org_id AND k.key = u.key";
    let orgs: Vec<U> = wanted.iter().map(|row| row.org_id).collect();
    let keys: Vec<String> = wanted.into_iter().map(|row| row.key).collect();
    let sql = sql_query(sql)
        .into_boxed()
        .bind::<Array<PUuid>, _>(orgs)
        .bind::<Array<diesel::sql_types::Text>, _>(keys);
    Prepared(sql).load(conn).await
}
