//! Bulk statements that only messaging needs.

use diesel::{QueryResult, prelude::*, upsert::excluded};
use wabakit_storage_engine::sqlite::bulk::each;
pub(super) use wabakit_storage_engine::sqlite::bulk::{insert, replace, update};

use super::Conn;
use crate::{
    rows::{InboundRow, KeyRow},
    schema::{contact_keys, number_inbound},
};

/// Finds those of these keys that exist. The owner in a wanted key does not matter.
pub(super) async fn keys(conn: &mut Conn, wanted: Vec<KeyRow>) -> QueryResult<Vec<KeyRow>> {
    conn.spawn_blocking(move |conn| {
        let mut found = Vec::new();
        for key in &wanted {
            let query = contact_keys::table
                .find((key.org_id, &key.kind, &key.value))
                .select(KeyRow::as_select());
            found.extend(diesel::RunQueryDsl::first(query, conn).optional()?);
        }
        Ok(found)
    })
    .await
}

/// Adds to the numbers' counts.
pub(super) async fn add(conn: &mut Conn, counts: Vec<InboundRow>) -> QueryResult<usize> {
    each(conn, counts, |count, conn| {
        let sum = number_inbound::total + excluded(number_inbound::total);
        let add = diesel::insert_into(number_inbound::table)
            .values(count)
            .on_conflict(number_inbound::account_id)
            .do_update()
            .set(number_inbound::total.eq(sum));
        diesel::RunQueryDsl::execute(add, conn)
    })
    .await
}
