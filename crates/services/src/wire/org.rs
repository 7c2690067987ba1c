use wabakit_domain::identity;
use wabakit_ports::store;
use wabakit_wire::org::{OrgDetail, OrgOverview, StorageUse};

use super::IntoWire;
use crate::receive;

impl IntoWire<OrgDetail> for identity::Org {
    fn into_wire(self) -> OrgDetail {
        OrgDetail {
            id: self.id.uuid(),
            name: self.name,
            created_at: self.created_at,
            storage: None,
        }
    }
}

/// Makes the wire form of an org with what its files take, for its own members.
pub fn org(org: identity::Org, files: receive::StorageUse) -> OrgDetail {
    OrgDetail {
        storage: Some(StorageUse {
            used_bytes: files.used,
            quota_bytes: files.quota,
        }),
        ..super::form(org)
    }
}

impl IntoWire<OrgOverview> for store::OrgOverview {
    fn into_wire(self) -> OrgOverview {
        OrgOverview {
            id: self.org.id.uuid(),
            name: self.org.name,
            created_at: self.org.created_at,
            members: self.members,
            active_accounts: self.active_accounts,
        }
    }
}
