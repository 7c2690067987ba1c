use diesel::prelude::{Insertable, Queryable, Selectable};
use wabakit_domain::{
    ids::{GrantId, OrgId, TeardownId},
    teardown::{Teardown, TeardownAct, TeardownState},
};
use wabakit_ports::store::StoreError;

use crate::values::{opt_text, row};
use crate::{
    schema::teardowns,
    types::{T, U},
};

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = teardowns)]
pub(crate) struct TeardownRow {
    pub(crate) id: U,
    pub(crate) org_id: U,
    pub(crate) grant_id: U,
    pub(crate) act: String,
    pub(crate) target: Option<String>,
    pub(crate) revoke: bool,
    pub(crate) state: String,
    pub(crate) attempts: i32,
    pub(crate) next_attempt_at: T,
    pub(crate) last_error: Option<String>,
    pub(crate) created_at: T,
    pub(crate) updated_at: T,
}

impl TeardownRow {
    /// The stored name of a grant's release.
    pub(crate) const RELEASE_GRANT: &'static str = "release_grant";
}

impl TryFrom<&Teardown> for TeardownRow {
    type Error = StoreError;

    fn try_from(teardown: &Teardown) -> Result<Self, StoreError> {
        let (act, target, revoke) = match &teardown.act {
            TeardownAct::Unsubscribe(waba) => ("unsubscribe", Some(waba.as_str()), false),
            TeardownAct::Deregister(number) => ("deregister", Some(number.as_str()), false),
            TeardownAct::ReleaseGrant { revoke } => (Self::RELEASE_GRANT, None, *revoke),
        };
        Ok(Self {
            id: U(teardown.id.0),
            org_id: U(teardown.org.0),
            grant_id: U(teardown.grant.0),
            act: act.to_owned(),
            target: opt_text(target)?,
            revoke,
            state: teardown.state.as_str().to_owned(),
            attempts: teardown.attempts,
            next_attempt_at: T(teardown.next_attempt_at),
            last_error: opt_text(teardown.last_error.as_deref())?,
            created_at: T(teardown.created_at),
            updated_at: T(teardown.updated_at),
        })
    }
}

impl TryFrom<TeardownRow> for Teardown {
    type Error = StoreError;

    fn try_from(stored: TeardownRow) -> Result<Self, StoreError> {
        let cell = row("teardowns", stored.id.0);
        let act = match (stored.act.as_str(), stored.target) {
            ("unsubscribe", Some(waba)) => Some(TeardownAct::Unsubscribe(waba.into())),
            ("deregister", Some(number)) => Some(TeardownAct::Deregister(number.into())),
            (TeardownRow::RELEASE_GRANT, None) => Some(TeardownAct::ReleaseGrant {
                revoke: stored.revoke,
            }),
            _ => None,
        };
        Ok(Self {
            id: TeardownId(stored.id.0),
            org: OrgId(stored.org_id.0),
            grant: GrantId(stored.grant_id.0),
            act: cell("act").parsed(act)?,
            state: cell("state").parsed(TeardownState::parse(&stored.state))?,
            attempts: stored.attempts,
            next_attempt_at: stored.next_attempt_at.0,
            last_error: stored.last_error,
            created_at: stored.created_at.0,
            updated_at: stored.updated_at.0,
        })
    }
}
