//! The implementations of the ports. This folder is compiled once for each engine.

mod apply;
mod changes;
mod contacts;
mod conversations;
mod erase;
mod events;
mod journal;
mod media;
mod outbox;
mod parked;
mod queue;
mod quoted;
mod replay;
mod split;
mod stored;
mod templates;
mod traffic;
mod upkeep;

use diesel::sql_query;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;
use wabakit_ports::store::{LogHeads, Scope};

pub(super) use self::outbox::NEXT;
use super::{Conn, Db, Prepared, Store, bulk, dispatch, hold, search, statement};
use crate::{error::Fault, types::U};

/// Returns the organisation to which a scope limits a query.
fn org_of(scope: Scope) -> Option<U> {
    match scope {
        Scope::Org(org) => Some(U(org.0)),
        Scope::Platform => None,
    }
}

/// Returns the new end of the only log that a write has grown.
fn end_of(heads: &LogHeads) -> i64 {
    heads.as_slice().first().map_or(0, |(_, end)| *end)
}

/// Converts ids to their stored form.
fn ids<I: Copy>(ids: &[I], uuid: fn(I) -> Uuid) -> Vec<U> {
    ids.iter().map(|id| U(uuid(*id))).collect()
}

/// Counts the rows of a query, up to `most`.
async fn count_of(conn: &mut Conn, query: &str, most: i64) -> Result<i64, Fault> {
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        rows: i64,
    }
    let counted: Count = sql_query(format!(
        "SELECT count(*) AS rows FROM ({query} LIMIT {}) AS counted",
        most.max(0)
    ))
    .get_result(conn)
    .await?;
    Ok(counted.rows)
}
