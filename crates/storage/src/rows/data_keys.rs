use diesel::prelude::{Insertable, Queryable, Selectable};
use wabakit_domain::ids::{DataKeyId, OrgId};
use wabakit_ports::store::{DataKeyRow, StoreError};

use crate::values::text;
use crate::{
    schema::data_keys,
    types::{T, U},
};

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = data_keys)]
pub(crate) struct KeyRow {
    pub(crate) id: U,
    pub(crate) org_id: U,
    pub(crate) ring_key_id: String,
    pub(crate) wrapped: Vec<u8>,
    pub(crate) created_at: T,
    pub(crate) wrapped_at: T,
}

impl TryFrom<&DataKeyRow> for KeyRow {
    type Error = StoreError;

    fn try_from(key: &DataKeyRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: U(key.id.0),
            org_id: U(key.org.0),
            ring_key_id: text(&key.ring_key_id)?,
            wrapped: key.wrapped.clone(),
            created_at: T(key.created_at),
            wrapped_at: T(key.wrapped_at),
        })
    }
}

impl From<KeyRow> for DataKeyRow {
    fn from(row: KeyRow) -> Self {
        Self {
            id: DataKeyId(row.id.0),
            org: OrgId(row.org_id.0),
            ring_key_id: row.ring_key_id,
            wrapped: row.wrapped,
            created_at: row.created_at.0,
            wrapped_at: row.wrapped_at.0,
        }
    }
}
