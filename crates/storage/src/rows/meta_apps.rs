use diesel::prelude::{Insertable, Queryable, Selectable};
use wabakit_domain::{
    ids::{MetaAppId, OrgId},
    meta_app::MetaApp,
    secret::SealedSecret,
};
use wabakit_ports::store::StoreError;

use crate::values::{opt_text, text};
use crate::{
    schema::meta_apps,
    types::{T, U},
};

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = meta_apps)]
pub(crate) struct MetaAppRow {
    pub(crate) id: U,
    pub(crate) org_id: U,
    pub(crate) app_id: String,
    pub(crate) name: String,
    pub(crate) app_secret: Vec<u8>,
    pub(crate) verify_token: Vec<u8>,
    pub(crate) config_id: Option<String>,
    pub(crate) created_at: T,
    pub(crate) updated_at: T,
    pub(crate) former_secret: Option<Vec<u8>>,
    pub(crate) former_until: Option<T>,
    pub(crate) graph_version: Option<String>,
}

impl TryFrom<&MetaApp> for MetaAppRow {
    type Error = StoreError;

    fn try_from(app: &MetaApp) -> Result<Self, StoreError> {
        let former = app.former_secret.as_ref();
        Ok(Self {
            id: U(app.id.0),
            org_id: U(app.org.0),
            app_id: text(app.app_id.as_str())?,
            name: text(&app.name)?,
            app_secret: app.app_secret.as_bytes().to_vec(),
            verify_token: app.verify_token.as_bytes().to_vec(),
            config_id: opt_text(app.config_id.as_deref())?,
            created_at: T(app.created_at),
            updated_at: T(app.updated_at),
            former_secret: former.map(|(secret, _)| secret.as_bytes().to_vec()),
            former_until: former.map(|(_, until)| T(*until)),
            graph_version: opt_text(app.graph_version.as_deref())?,
        })
    }
}

impl From<MetaAppRow> for MetaApp {
    fn from(row: MetaAppRow) -> Self {
        Self {
            id: MetaAppId(row.id.0),
            org: OrgId(row.org_id.0),
            app_id: row.app_id.into(),
            name: row.name,
            app_secret: SealedSecret::new(row.app_secret),
            verify_token: SealedSecret::new(row.verify_token),
            config_id: row.config_id,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            former_secret: row
                .former_secret
                .map(SealedSecret::new)
                .zip(row.former_until.map(|until| until.0)),
            graph_version: row.graph_version,
        }
    }
}
