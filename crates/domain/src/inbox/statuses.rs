//! Applies statuses: each is in the timeline once, and the message's status only moves forward.

use serde_json::{Map, Value, json};

use super::{Item, Planner, Waiting, WaitingFor, people::Named};
use crate::{
    Time,
    contact::ContactKey,
    conversation::Peer,
    event::{EventData, StatusEvent},
    ids::{AccountId, ConversationId, OrgId, Wamid},
    inbound::{MetaFault, Party, StatusUpdate},
    message::{Direction, MessageStatus, ReportedStatus, StatusEntry},
};

/// The `conversation.origin.type` of a free entry point.
const FREE_ENTRY: &str = "referral_conversion";

/// Meta's code of a message that needs an open window and found none.
const WINDOW_CLOSED: i64 = 131_047;

/// Tells whether Meta says that the window was closed.
pub(super) fn is_window_closed(faults: &[MetaFault]) -> bool {
    faults.iter().any(|fault| fault.code == WINDOW_CLOSED)
}

/// Returns the parts of a status that its entry has no field for: the unread rest, the billing window, and the
/// recipient's ids.
fn beside(status: &StatusUpdate) -> Option<Value> {
    let mut extra = match &status.extra {
        Some(Value::Object(extra)) => extra.clone(),
        _ => Map::new(),
    };
    if let Some(window) = &status.conversation {
        let mut told = Map::new();
        told.insert("id".to_owned(), window.id.clone().into());
        if let Some(origin) = &window.origin {
            told.insert("origin".to_owned(), json!({"type": origin}));
        }
        if let Some(until) = window.expires_at {
            told.insert("expiration_timestamp".to_owned(), until.timestamp().into());
        }
        extra.insert("conversation".to_owned(), Value::Object(told));
    }
    let recipient = &status.recipient;
    let [user_id, parent_user_id] = match status.group_id {
        Some(_) => [
            "recipient_participant_user_id",
            "recipient_participant_parent_user_id",
        ],
        None => ["recipient_user_id", "recipient_parent_user_id"],
    };
    let ids = [
        (user_id, recipient.user_id.as_ref().map(ToString::to_string)),
        (
            parent_user_id,
            recipient.parent_user_id.as_ref().map(ToString::to_string),
        ),
        (
            "recipient_identity_key_hash",
            recipient.identity_key_hash.clone(),
        ),
    ];
    for (name, id) in ids {
        if let Some(id) = id {
            extra.insert(name.to_owned(), Value::String(id));
        }
    }
    (!extra.is_empty()).then_some(Value::Object(extra))
}

impl Planner<'_> {
    /// Applies a status. One that arrives before its message waits for it.
    pub(super) fn status(&mut self, item: &Item, account: AccountId, status: &StatusUpdate) {
        let thread = match &status.group_id {
            Some(group) => {
                let key = (account, Peer::Group(group.clone()));
                let thread = self.state.conversations.get(&key);
                thread.map(|thread| thread.id)
            }
            None => self.thread_of(item.org, account, &status.recipient),
        };
        let mut spelled = status.clone();
        if let Some(wamid) = thread.and_then(|thread| self.named(account, &status.wamid, thread)) {
            spelled.wamid = wamid;
        }
        let status = &spelled;
        let Some(key) = self.reported(account, status) else {
            return;
        };
        if self.report(item.org, &key, status) {
            // The message may get its wamid only now, and facts may wait under it.
            self.settle(&key);
        } else {
            self.wait(Waiting {
                org: item.org,
                account,
                wamid: status.wamid.clone(),
                conversation: thread,
                what: WaitingFor::Status(Box::new(status.clone())),
                received_at: item.received_at,
            });
        }
    }

    /// Finds the conversation with the person.
    fn thread_of(&self, org: OrgId, account: AccountId, with: &Party) -> Option<ConversationId> {
        ContactKey::of(with).into_iter().find_map(|key| {
            let contact = self.state.keys.get(&(org, key))?;
            let peer = Peer::Contact(*contact);
            let thread = self.state.conversations.get(&(account, peer))?;
            Some(thread.id)
        })
    }

    /// Learns the recipient's ids and names, which Meta tells beside the status.
    fn learn_recipient(&mut self, org: OrgId, key: &(AccountId, Wamid), status: &StatusUpdate) {
        let (party, at) = (&status.recipient, status.at);
        match status.group_id {
            None => self.learn_addressee(org, key, party, at),
            // A status that names no member changes no contact.
            Some(_) => drop(self.contact(org, Some(key.0), party, at)),
        }
    }

    /// Learns the ids and names of the person to whom a message of ours went.
    pub(super) fn learn_addressee(
        &mut self,
        org: OrgId,
        key: &(AccountId, Wamid),
        party: &Party,
        at: Time,
    ) {
        let Some(message) = self.state.messages.get(key) else {
            return;
        };
        let is_direct = message.direction == Direction::Outbound && message.group_id.is_none();
        if !is_direct || party.is_nobody() {
            return;
        }
        let named = Named {
            org,
            account: Some(key.0),
            party,
            former: &[],
            likely: message.contact,
            at,
        };
        // What names nobody changes no contact.
        self.person(&named).ok();
    }

    /// Applies a status to its message. Returns whether the message is stored.
    pub(super) fn report(
        &mut self,
        org: OrgId,
        key: &(AccountId, Wamid),
        status: &StatusUpdate,
    ) -> bool {
        self.learn_recipient(org, key, status);
        let Some(message) = self.state.messages.get_mut(key) else {
            return false;
        };
        // A customer's message has no delivery status.
        if message.direction == Direction::Inbound {
            return true;
        }
        // A failure of an earlier attempt says nothing about this one.
        let is_other = |wamid| wamid != &status.wamid;
        if status.status == ReportedStatus::Failed && message.wamid.as_ref().is_some_and(is_other) {
            return true;
        }
        let entry = StatusEntry {
            message: message.id,
            status: status.status,
            participant: status.participant.clone(),
            at: status.at,
            errors: status.errors.clone(),
            pricing: status.pricing.clone(),
            extra: beside(status),
        };
        let seen = (message.id, status.status, status.participant.clone());
        if !self.state.statuses.insert(seen) {
            return true;
        }
        let before = (
            message.status,
            message.errors.len(),
            message.pricing.is_some(),
            message.job.as_ref().map(|job| job.state),
        );
        message.status = message.status.after(status.status);
        // "Sent" disproves a failure that we recorded ourselves, but not one that Meta reported: Meta's reports may
        // arrive in any order.
        if message.status == MessageStatus::Sent
            && matches!(before.0, MessageStatus::Failed | MessageStatus::Cancelled)
            && self
                .state
                .statuses
                .iter()
                .any(|(id, status, _)| (*id, *status) == (message.id, ReportedStatus::Failed))
        {
            message.status = MessageStatus::Failed;
        }
        match message.status {
            MessageStatus::Failed if message.errors.is_empty() => {
                message.errors.clone_from(&status.errors);
            }
            MessageStatus::Failed => {}
            _ => message.errors.clear(),
        }
        if message.pricing.is_none() {
            message.pricing.clone_from(&status.pricing);
        }
        if let Some(job) = &mut message.job {
            job.settle(message.status);
        }
        let after = (
            message.status,
            message.errors.len(),
            message.pricing.is_some(),
            message.job.as_ref().map(|job| job.state),
        );
        let event = StatusEvent {
            conversation: message.conversation,
            account: message.account,
            wamid: message.wamid.clone(),
            status: message.status,
            entry: entry.clone(),
        };
        let conversation = message.conversation;
        let begun = message.job.as_ref().and_then(|job| job.dispatched_at);
        let is_closed = is_window_closed(&status.errors);
        if before != after {
            self.touched.changed_messages.insert(key.clone());
        }
        self.plan.statuses.push(entry);
        self.free_entry(conversation, status);
        self.event(org, EventData::MessageStatus(event));
        if status.status == ReportedStatus::Failed && is_closed {
            self.window_refused(org, conversation, begun.unwrap_or(status.at));
        }
        true
    }

    /// Closes the conversation's window, because Meta refused a message that was begun at that time.
    pub(super) fn window_refused(&mut self, org: OrgId, id: ConversationId, begun: Time) {
        let now = self.now;
        let changed = self.conversation_by_id(id).and_then(|conversation| {
            let is_news = conversation.refused(begun);
            conversation.updated_at = now;
            is_news.then(|| Box::new(conversation.clone()))
        });
        if let Some(changed) = changed {
            self.event(org, EventData::ConversationUpdated(changed));
        }
    }

    /// Takes over the end of a free entry point's window from Meta.
    fn free_entry(&mut self, id: crate::ids::ConversationId, status: &StatusUpdate) {
        let Some(until) = status
            .conversation
            .as_ref()
            .filter(|window| window.origin.as_deref() == Some(FREE_ENTRY))
            .and_then(|window| window.expires_at)
        else {
            return;
        };
        let found = self
            .state
            .conversations
            .iter_mut()
            .find(|(_, conversation)| conversation.id == id);
        if let Some((key, conversation)) = found {
            conversation.free_entry_until = conversation.free_entry_until.max(Some(until));
            conversation.updated_at = self.now;
            self.touched.conversations.insert(key.clone());
        }
    }
}
