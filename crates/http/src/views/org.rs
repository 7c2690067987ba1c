//! Organisations.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_domain::identity;

/// An organisation.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrgDetail {
    id: Uuid,
    #[schema(example = "Acme Coffee")]
    name: String,
    created_at: DateTime<Utc>,
}

impl From<identity::Org> for OrgDetail {
    fn from(org: identity::Org) -> Self {
        Self {
            id: org.id.uuid(),
            name: org.name,
            created_at: org.created_at,
        }
    }
}

/// A name for an organisation: 1 to 100 characters.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NameOrg {
    #[schema(example = "Acme Coffee")]
    pub(crate) name: String,
}

/// An organisation as the platform's operator sees it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrgOverview {
    id: Uuid,
    name: String,
    created_at: DateTime<Utc>,
    /// How many people are in it.
    members: i64,
    /// How many numbers are connected.
    active_accounts: i64,
}

impl From<wabakit_services::OrgOverview> for OrgOverview {
    fn from(overview: wabakit_services::OrgOverview) -> Self {
        Self {
            id: overview.org.id.uuid(),
            name: overview.org.name,
            created_at: overview.org.created_at,
            members: overview.members,
            active_accounts: overview.active_accounts,
        }
    }
}
