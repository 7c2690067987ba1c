//! Data keys and the vault's settings.

use async_trait::async_trait;
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use wabakit_domain::ids::{DataKeyId, OrgId};
use wabakit_ports::store::{DataKeyRow, DataKeyStore, StoreError};

use super::{Conn, Db, Store};
use crate::{
    error::{Fault, Violation as _},
    rows::KeyRow,
    schema::{data_keys, vault_settings},
    types::{T, U},
    values::text,
};

async fn insert(conn: &mut Conn, key: &DataKeyRow) -> Result<DataKeyRow, Fault> {
    diesel::insert_into(data_keys::table)
        .values(KeyRow::try_from(key)?)
        .on_conflict(data_keys::org_id)
        .do_nothing()
        .execute(conn)
        .await
        .or_duplicate(StoreError::Duplicate("a data key with this id"))?;
    let held = data_keys::table
        .filter(data_keys::org_id.eq(U(key.org.0)))
        .select(KeyRow::as_select())
        .into_boxed::<super::Db>()
        .first(conn)
        .await?;
    Ok(held.into())
}

async fn not_wrapped_by(
    conn: &mut Conn,
    ring_key_id: &str,
    after: Option<DataKeyId>,
    limit: i64,
) -> Result<Vec<DataKeyRow>, Fault> {
    let mut query = data_keys::table
        .filter(data_keys::ring_key_id.ne(ring_key_id))
        .order(data_keys::id.asc())
        .limit(limit)
        .select(KeyRow::as_select())
        .into_boxed::<Db>();
    if let Some(after) = after {
        query = query.filter(data_keys::id.gt(U(after.0)));
    }
    let rows: Vec<KeyRow> = query.load(conn).await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

async fn rewrap(conn: &mut Conn, rows: &[(String, DataKeyRow)]) -> Result<usize, Fault> {
    let mut replaced = 0;
    for (wrapped_by, row) in rows {
        replaced += diesel::update(
            data_keys::table
                .find(U(row.id.0))
                .filter(data_keys::ring_key_id.eq(wrapped_by)),
        )
        .set((
            data_keys::ring_key_id.eq(text(&row.ring_key_id)?),
            data_keys::wrapped.eq(&row.wrapped),
            data_keys::wrapped_at.eq(T(row.wrapped_at)),
        ))
        .execute(conn)
        .await?;
    }
    Ok(replaced)
}

async fn init_setting(conn: &mut Conn, name: &str, value: &[u8]) -> Result<Vec<u8>, Fault> {
    diesel::insert_into(vault_settings::table)
        .values((
            vault_settings::name.eq(text(name)?),
            vault_settings::value.eq(value),
        ))
        .on_conflict(vault_settings::name)
        .do_nothing()
        .execute(conn)
        .await?;
    Ok(vault_settings::table
        .find(name)
        .select(vault_settings::value)
        .first(conn)
        .await?)
}

#[async_trait]
impl DataKeyStore for Store {
    async fn data_key_of(&self, org: OrgId) -> Result<Option<DataKeyRow>, StoreError> {
        self.0
            .read(org, |conn, org| {
                Box::pin(async move {
                    let row = data_keys::table
                        .filter(data_keys::org_id.eq(U(org.0)))
                        .select(KeyRow::as_select())
                        .into_boxed::<super::Db>()
                        .first(conn)
                        .await
                        .optional()?;
                    Ok(row.map(Into::into))
                })
            })
            .await
    }

    async fn data_key(&self, id: DataKeyId) -> Result<Option<DataKeyRow>, StoreError> {
        self.0
            .read(id, |conn, id| {
                Box::pin(async move {
                    let row = data_keys::table
                        .find(U(id.0))
                        .select(KeyRow::as_select())
                        .into_boxed::<super::Db>()
                        .first(conn)
                        .await
                        .optional()?;
                    Ok(row.map(Into::into))
                })
            })
            .await
    }

    async fn insert_data_key(&self, row: DataKeyRow) -> Result<DataKeyRow, StoreError> {
        self.0
            .write(row, |conn, row| Box::pin(insert(conn, row)))
            .await
    }

    async fn count_by_ring_key(&self) -> Result<Vec<(String, i64)>, StoreError> {
        self.0
            .read((), |conn, ()| {
                Box::pin(async move {
                    Ok(data_keys::table
                        .group_by(data_keys::ring_key_id)
                        .select((data_keys::ring_key_id, count_star()))
                        .order(data_keys::ring_key_id)
                        .load(conn)
                        .await?)
                })
            })
            .await
    }

    async fn data_keys_not_wrapped_by(
        &self,
        ring_key_id: &str,
        after: Option<DataKeyId>,
        limit: i64,
    ) -> Result<Vec<DataKeyRow>, StoreError> {
        let input = (text(ring_key_id)?, after, limit);
        self.0
            .read(input, |conn, (ring_key_id, after, limit)| {
                Box::pin(not_wrapped_by(conn, ring_key_id, *after, *limit))
            })
            .await
    }

    async fn rewrap(&self, rows: Vec<(String, DataKeyRow)>) -> Result<usize, StoreError> {
        self.0
            .write(rows, |conn, rows| Box::pin(rewrap(conn, rows)))
            .await
    }

    async fn vault_setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.0
            .read(text(name)?, |conn, name| {
                Box::pin(async move {
                    Ok(vault_settings::table
                        .find(name)
                        .select(vault_settings::value)
                        .first(conn)
                        .await
                        .optional()?)
                })
            })
            .await
    }

    async fn vault_settings(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        // Filtered and sorted here: there are a handful, and the engines sort text differently.
        self.0
            .read(text(prefix)?, |conn, prefix| {
                Box::pin(async move {
                    let mut settings: Vec<(String, Vec<u8>)> =
                        vault_settings::table.load(conn).await?;
                    settings.retain(|(name, _)| name.starts_with(prefix));
                    settings.sort_unstable();
                    Ok(settings)
                })
            })
            .await
    }

    async fn init_vault_setting(&self, name: &str, value: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        self.0
            .write((name.to_owned(), value), |conn, (name, value)| {
                Box::pin(init_setting(conn, name, value))
            })
            .await
    }
}
