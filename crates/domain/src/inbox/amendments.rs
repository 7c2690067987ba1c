//! Edits, revokes, and facts that arrived before their message.

use super::{Planner, Waiting, WaitingFor};
use crate::{
    Time,
    event::EventData,
    ids::{AccountId, OrgId, Wamid},
    inbound::{MessageContent, MessageFact, Party},
};

impl Planner<'_> {
    /// Applies an edit or a revoke to its message.
    pub(super) fn amend(&mut self, org: OrgId, account: AccountId, fact: &MessageFact) {
        let (original, what) = match &fact.content {
            MessageContent::Edit {
                original_message_id,
                content,
            } => {
                let content = content.clone();
                (
                    original_message_id,
                    WaitingFor::Edit {
                        content,
                        at: fact.at,
                    },
                )
            }
            MessageContent::Revoke {
                original_message_id,
            } => (original_message_id, WaitingFor::Revoke { at: fact.at }),
            _ => return,
        };
        let key = (account, original.clone());
        match &what {
            WaitingFor::Edit { content, at } if self.state.messages.contains_key(&key) => {
                self.edit(org, &key, content, *at, fact.party.clone());
            }
            WaitingFor::Revoke { at } if self.state.messages.contains_key(&key) => {
                self.revoke(org, &key, *at, fact.party.clone());
            }
            _ => self.wait(Waiting {
                org,
                account,
                wamid: original.clone(),
                what,
                received_at: self.now,
            }),
        }
    }

    fn edit(
        &mut self,
        org: OrgId,
        key: &(AccountId, Wamid),
        content: &MessageContent,
        at: Time,
        from: Party,
    ) {
        let Some(message) = self.state.messages.get_mut(key) else {
            return;
        };
        if message.edited_at.is_some_and(|edited| edited >= at) {
            return;
        }
        message.content = content.clone();
        message.edited_at = Some(at);
        self.touched.changed_messages.insert(key.clone());
        self.fetch_media(key);
        self.message_event(org, key, from, EventData::MessageUpdated);
    }

    fn revoke(&mut self, org: OrgId, key: &(AccountId, Wamid), at: Time, from: Party) {
        let Some(message) = self.state.messages.get_mut(key) else {
            return;
        };
        if message.revoked_at.is_some() {
            return;
        }
        message.revoked_at = Some(at);
        self.touched.changed_messages.insert(key.clone());
        self.message_event(org, key, from, EventData::MessageUpdated);
    }

    pub(super) fn wait(&mut self, waiting: Waiting) {
        let waiters = self
            .state
            .waiting
            .entry((waiting.account, waiting.wamid.clone()))
            .or_default();
        let key = waiting.key();
        if waiters.iter().all(|other| other.key() != key) {
            waiters.push(waiting.clone());
            self.plan.waiting.push(waiting);
        }
    }

    /// Applies the facts that arrived before this message.
    pub(super) fn settle(&mut self, key: &(AccountId, Wamid)) {
        let Some(waiters) = self.state.waiting.remove(key) else {
            return;
        };
        // A fact that began to wait in this same batch need not be written.
        self.plan
            .waiting
            .retain(|waiting| (waiting.account, &waiting.wamid) != (key.0, &key.1));
        self.plan.settled.push(key.clone());
        for waiter in waiters {
            match waiter.what {
                WaitingFor::Status(status) => {
                    self.report(waiter.org, key, &status);
                }
                WaitingFor::Edit { content, at } => {
                    self.edit(waiter.org, key, &content, at, Party::default());
                }
                WaitingFor::Revoke { at } => self.revoke(waiter.org, key, at, Party::default()),
            }
        }
    }
}
