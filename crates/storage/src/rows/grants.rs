use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};
use wabakit_domain::{
    grant::{Expiry, Grant, GrantOrigin, GrantState, TokenKind},
    ids::{GrantId, MetaAppId, MetaUserId, OrgId},
    secret::SealedSecret,
};
use wabakit_ports::store::StoreError;

use crate::values::{Cell, json, opt_text, row};
use crate::{
    schema::grants,
    types::{J, T, U},
};

#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = grants, treat_none_as_null = true)]
pub(crate) struct GrantRow {
    pub(crate) id: U,
    pub(crate) org_id: U,
    pub(crate) meta_app_id: U,
    pub(crate) origin: String,
    pub(crate) token: Option<Vec<u8>>,
    pub(crate) token_kind: String,
    pub(crate) meta_user_id: Option<String>,
    pub(crate) scopes: J,
    pub(crate) expires_kind: String,
    pub(crate) expires_at: Option<T>,
    pub(crate) data_access_expires_kind: String,
    pub(crate) data_access_expires_at: Option<T>,
    pub(crate) state: String,
    pub(crate) state_reason: Option<String>,
    pub(crate) checked_at: Option<T>,
    pub(crate) created_at: T,
    pub(crate) updated_at: T,
    pub(crate) version: i64,
}

const fn kind_of(expiry: Expiry) -> &'static str {
    match expiry {
        Expiry::At(_) => "at",
        Expiry::Never => "never",
        Expiry::Unknown => "unknown",
    }
}

fn expiry(cell: Cell, kind: &str, at: Option<T>) -> Result<Expiry, StoreError> {
    cell.parsed(match (kind, at) {
        ("at", Some(at)) => Some(Expiry::At(at.0)),
        ("never", None) => Some(Expiry::Never),
        ("unknown", None) => Some(Expiry::Unknown),
        _ => None,
    })
}

impl TryFrom<&Grant> for GrantRow {
    type Error = StoreError;

    fn try_from(grant: &Grant) -> Result<Self, StoreError> {
        Ok(Self {
            id: U(grant.id.0),
            org_id: U(grant.org.0),
            meta_app_id: U(grant.meta_app.0),
            origin: grant.origin.as_str().to_owned(),
            token: grant.token.as_ref().map(|token| token.as_bytes().to_vec()),
            token_kind: grant.token_kind.as_str().to_owned(),
            meta_user_id: opt_text(grant.meta_user.as_ref().map(MetaUserId::as_str))?,
            scopes: json(&grant.scopes)?,
            expires_kind: kind_of(grant.expires).to_owned(),
            expires_at: grant.expires.at().map(T),
            data_access_expires_kind: kind_of(grant.data_access_expires).to_owned(),
            data_access_expires_at: grant.data_access_expires.at().map(T),
            state: grant.state.as_str().to_owned(),
            state_reason: opt_text(grant.state_reason.as_deref())?,
            checked_at: grant.checked_at.map(T),
            created_at: T(grant.created_at),
            updated_at: T(grant.updated_at),
            version: grant.version,
        })
    }
}

impl TryFrom<GrantRow> for Grant {
    type Error = StoreError;

    fn try_from(stored: GrantRow) -> Result<Self, StoreError> {
        let cell = row("grants", stored.id.0);
        Ok(Self {
            id: GrantId(stored.id.0),
            org: OrgId(stored.org_id.0),
            meta_app: MetaAppId(stored.meta_app_id.0),
            origin: cell("origin").parsed(GrantOrigin::parse(&stored.origin))?,
            token: stored.token.map(SealedSecret::new),
            token_kind: TokenKind::parse(&stored.token_kind),
            meta_user: stored.meta_user_id.map(Into::into),
            scopes: cell("scopes").json(&stored.scopes)?,
            expires: expiry(
                cell("expires_kind"),
                &stored.expires_kind,
                stored.expires_at,
            )?,
            data_access_expires: expiry(
                cell("data_access_expires_kind"),
                &stored.data_access_expires_kind,
                stored.data_access_expires_at,
            )?,
            state: cell("state").parsed(GrantState::parse(&stored.state))?,
            state_reason: stored.state_reason,
            checked_at: stored.checked_at.map(|at| at.0),
            created_at: stored.created_at.0,
            updated_at: stored.updated_at.0,
            version: stored.version,
        })
    }
}
