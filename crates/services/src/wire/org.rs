use wabakit_domain::identity;
use wabakit_ports::store;
use wabakit_wire::org::{OrgDetail, OrgOverview};

use super::{IntoWire, record};

record!(identity::Org => OrgDetail { id, name, created_at });

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
