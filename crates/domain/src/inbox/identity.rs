//! Changes of a person's ids and number, told by a notice in a thread or by `user_id_update`.

use super::{Planner, Refused, people::Named};
use crate::{
    Time,
    contact::ContactKey,
    conversation::Peer,
    ids::{AccountId, ContactId, OrgId},
    inbound::{MessageContent, MessageFact, Party, UserIdChange},
    phone::canonical,
};

/// Returns the keys of the person before the change.
pub(super) fn previous_keys(change: &UserIdChange) -> Vec<ContactKey> {
    ContactKey::of(&Party {
        user_id: change.previous.clone(),
        parent_user_id: change.previous_parent.clone(),
        ..Party::default()
    })
}

/// The ids of the person of a notice, now and before.
pub(super) struct Identity {
    /// The person now.
    pub(super) now: Party,
    /// Keys that the person had before.
    pub(super) former: Vec<ContactKey>,
    /// Tells whether the person has a new number, even if the notice does not name it.
    is_number_new: bool,
}

/// Reads the present and former ids of the person of a notice. Any id may be missing: `from` can hold the former or the
/// present ones, and the notice names only some as former.
pub(super) fn identity(fact: &MessageFact) -> Option<Identity> {
    let MessageContent::System {
        kind,
        now: told,
        previous,
        ..
    } = &fact.content
    else {
        return None;
    };
    let told = told.clone().unwrap_or_default();
    let previous = previous.as_deref().cloned().unwrap_or_default();
    let from = &fact.party;
    let is_number_new = kind.ends_with("changed_number");
    // The author's id is the present one unless the notice tells another, or tells this one as the former.
    let present = |told: &Option<_>, from: &Option<_>, before: &Option<_>| {
        let from = from.clone().filter(|id| before.as_ref() != Some(id));
        told.clone().or(from)
    };
    let now = Party {
        phone: match is_number_new {
            true => told.phone.clone(),
            false => told.phone.clone().or_else(|| from.phone.clone()),
        },
        user_id: present(&told.user_id, &from.user_id, &previous.user_id),
        parent_user_id: present(
            &told.parent_user_id,
            &from.parent_user_id,
            &previous.parent_user_id,
        ),
        profile_name: told.profile_name.or_else(|| from.profile_name.clone()),
        username: told.username.or_else(|| from.username.clone()),
        identity_key_hash: told.identity_key_hash,
    };
    let keys = ContactKey::of(&now);
    let mut former = ContactKey::of(&previous);
    former.extend(ContactKey::of(from));
    former.retain(|key| !keys.contains(key));
    former.dedup();
    (!keys.is_empty() || !former.is_empty()).then_some(Identity {
        now,
        former,
        is_number_new,
    })
}

impl Planner<'_> {
    /// Applies a notice about who the person is now.
    pub(super) fn identify(
        &mut self,
        org: OrgId,
        account: AccountId,
        told: &Identity,
        at: Time,
    ) -> Result<ContactId, Refused> {
        let id = self.person(&Named {
            org,
            account: Some(account),
            party: &told.now,
            former: &told.former,
            likely: None,
            at,
        })?;
        let now = self.now;
        // The number changed, and Meta does not name the new one.
        let is_former = |number: &str| {
            let key = ContactKey::Phone(canonical(number));
            told.former.contains(&key)
        };
        if told.is_number_new
            && told.now.phone.is_none()
            && let Some(contact) = self.state.contacts.get_mut(&id)
            && contact.phone.as_deref().is_some_and(is_former)
            && contact.times.phone.is_none_or(|since| at >= since)
        {
            let before = contact.ids();
            contact.phone = None;
            contact.times.phone = Some(at);
            contact.updated_at = now;
            self.contact_changed(org, id);
            self.identity_changed(org, id, before);
        }
        self.rename_threads(id, told);
        Ok(id)
    }

    /// Applies a person's new business-scoped id.
    pub(super) fn user_id(
        &mut self,
        org: OrgId,
        account: Option<AccountId>,
        change: &UserIdChange,
        received_at: Time,
    ) -> Result<(), Refused> {
        let at = change.at.unwrap_or(received_at);
        let told = Identity {
            now: change.party.clone(),
            former: previous_keys(change),
            is_number_new: false,
        };
        let id = self.person(&Named {
            org,
            account,
            party: &told.now,
            former: &told.former,
            likely: None,
            at,
        })?;
        self.rename_threads(id, &told);
        Ok(())
    }

    /// Answers in the person's threads go to the new id. A number that the notice did not tell may be stale.
    fn rename_threads(&mut self, id: ContactId, told: &Identity) {
        let Some(new) = &told.now.user_id else { return };
        let former = |id| told.former.contains(&ContactKey::UserId(id));
        for (key, thread) in &mut self.state.conversations {
            let is_theirs = key.1 == Peer::Contact(id);
            if is_theirs
                && thread
                    .user_id
                    .as_ref()
                    .is_some_and(|id| former(id.to_string()))
            {
                thread.user_id = Some(new.clone());
                thread.is_phone_stale |= told.now.phone.is_none();
                thread.updated_at = self.now;
                self.touched.conversations.insert(key.clone());
            }
        }
    }
}
