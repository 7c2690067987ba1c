use wabakit_domain::contact;
use wabakit_ports::store;
use wabakit_wire::contact::{Contact, ContactIds, ContactMerge, ContactSplit, PhonePassedOn};

use super::{IntoWire, record};

impl IntoWire<Contact> for contact::Contact {
    fn into_wire(self) -> Contact {
        Contact {
            id: self.id.uuid(),
            shown_name: self.shown_name().map(str::to_owned),
            name: self.own_name().map(str::to_owned),
            book_name: self.book_name,
            phone: self.phone,
            username: self.username,
            profile_name: self.profile_name,
            user_id: self.user_id.into_wire(),
            parent_user_id: self.parent_user_id.into_wire(),
            phone_passed_on: self.passed_on.into_wire(),
            opted_out: self.opted_out,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

record!(contact::PassedOn => PhonePassedOn { phone, at, contact_id: to });
record!(contact::ContactIds => ContactIds { phone, user_id, parent_user_id });

impl IntoWire<ContactMerge> for store::ContactMerge {
    fn into_wire(self) -> ContactMerge {
        ContactMerge {
            id: self.undo.id,
            merged: self.undo.contact.into_wire(),
            merged_at: self.undo.at,
            undone_at: self.undone_at,
        }
    }
}

impl IntoWire<ContactSplit> for store::Split {
    fn into_wire(self) -> ContactSplit {
        ContactSplit {
            contact: self.left.into_wire(),
            restored: self.restored.into_wire(),
        }
    }
}
