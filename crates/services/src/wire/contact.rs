use wabakit_domain::contact;
use wabakit_wire::contact::Contact;

use super::IntoWire;

impl IntoWire<Contact> for contact::Contact {
    fn into_wire(self) -> Contact {
        Contact {
            id: self.id.uuid(),
            shown_name: self.shown_name().map(str::to_owned),
            name: self.name,
            phone: self.phone,
            username: self.username,
            profile_name: self.profile_name,
            user_id: self.user_id.into_wire(),
            opted_out: self.opted_out,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}
