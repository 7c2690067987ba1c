//! The bytes of files that each org stores: a running count, moved by each write that stores or erases a file.
//!
//! A write moves it after it touched its files and before the log's heads, so that no two writes wait for each other.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use wabakit_domain::ids::OrgId;
use wabakit_ports::store::StoreError;

use super::Conn;
use crate::{error::Fault, schema::storage_use, types::U};

/// Counts bytes of a file that is stored now, or, below zero, of files that are gone.
///
/// # Errors
/// [`StoreError::OverQuota`] when they grow beyond `quota`; then the transaction has to end without a commit.
pub(super) async fn count(
    conn: &mut Conn,
    org: OrgId,
    bytes: i64,
    quota: Option<i64>,
) -> Result<(), Fault> {
    if bytes == 0 {
        return Ok(());
    }
    let now: i64 = diesel::insert_into(storage_use::table)
        .values((
            storage_use::org_id.eq(U(org.0)),
            storage_use::bytes.eq(bytes),
        ))
        .on_conflict(storage_use::org_id)
        .do_update()
        .set(storage_use::bytes.eq(storage_use::bytes + bytes))
        .returning(storage_use::bytes)
        .get_result(conn)
        .await?;
    match quota {
        Some(quota) if bytes > 0 && now > quota => Err(StoreError::OverQuota.into()),
        _ => Ok(()),
    }
}

/// Returns the bytes that an org stores.
pub(super) async fn bytes_of(conn: &mut Conn, org: OrgId) -> QueryResult<i64> {
    let bytes: Option<i64> = storage_use::table
        .find(U(org.0))
        .select(storage_use::bytes)
        .first(conn)
        .await
        .optional()?;
    Ok(bytes.unwrap_or(0))
}
