//! Bulk statements that only messaging needs.

use diesel::QueryResult;
use diesel_async::RunQueryDsl as _;
pub(super) use wabakit_storage_engine::postgres::bulk::{insert, replace, update};
use wabakit_storage_engine::postgres::bulk::{insert_or, prepare};

use super::Conn;
use crate::rows::{InboundRow, KeyRow};

/// Finds those of these keys that exist. The owner in a wanted key does not matter.
pub(super) async fn keys(conn: &mut Conn, wanted: Vec<KeyRow>) -> QueryResult<Vec<KeyRow>> {
    let sql = "SELECT k.org_id, k.kind, k.value, k.contact_id, k.scope \
               FROM unnest($1, $2, $3, $4, $5) AS u (org_id, kind, value, contact_id, scope) \
               JOIN contact_keys k ON k.org_id = u.org_id AND k.kind = u.kind AND k.value = u.value";
    prepare(&wanted, sql.to_owned()).load(conn).await
}

/// Adds to the numbers' counts. The order of the rows is the order of the locks.
pub(super) async fn add(conn: &mut Conn, counts: Vec<InboundRow>) -> QueryResult<usize> {
    let tail =
        "ON CONFLICT (account_id) DO UPDATE SET total = number_inbound.total + excluded.total";
    insert_or(conn, counts, tail).await
}
