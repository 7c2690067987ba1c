//! Edits, revokes, and facts that arrived before their message.

use chrono::Duration;

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
        let thread = self.state.messages.get(&(account, fact.key()));
        let thread = thread.map(|record| record.conversation);
        let found = thread.and_then(|thread| self.named(account, original, thread));
        let key = (account, found.unwrap_or_else(|| original.clone()));
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
                conversation: thread,
                what,
                received_at: self.next_to_wait(),
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
        // Meta's times are whole seconds: of two edits in one second, the one that arrived later wins.
        if message.edited_at.is_some_and(|edited| edited > at) {
            return;
        }
        message.content = edited(&message.content, content);
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

    /// Returns when a fact begins to wait. The facts of a batch get different times, which keep their order.
    fn next_to_wait(&self) -> Time {
        let before = i64::try_from(self.plan.waiting.len()).unwrap_or_default();
        self.now + Duration::microseconds(before)
    }

    pub(super) fn wait(&mut self, waiting: Waiting) {
        let name = (waiting.account, waiting.wamid.clone());
        if !self.state.waiting.contains_key(&name) {
            self.spell_waiting(&name);
        }
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

    /// Indexes the id of waiting facts by its token.
    pub(super) fn spell_waiting(&mut self, (account, wamid): &(AccountId, Wamid)) {
        if let Some(token) = wamid.token() {
            let like = self.waiting_by_token.entry((*account, token)).or_default();
            like.push(wamid.clone());
        }
    }

    /// Applies the facts that arrived before this message, under whichever spelling of its id.
    pub(super) fn settle(&mut self, key: &(AccountId, Wamid)) {
        let Some(conversation) = self.state.messages.get(key).map(|one| one.conversation) else {
            return;
        };
        let token = key.1.token().map(|token| (key.0, token));
        let like = token.and_then(|token| self.waiting_by_token.get(&token));
        let like = like.into_iter().flatten().filter(|wamid| **wamid != key.1);
        let names: Vec<_> = [key.1.clone()].into_iter().chain(like.cloned()).collect();
        let mut waiters = Vec::new();
        for wamid in names {
            let name = (key.0, wamid);
            let is_same =
                |waiter: &Waiting| name.1 == key.1 || waiter.conversation == Some(conversation);
            // Facts about a message of another conversation wait on.
            if self
                .state
                .waiting
                .get(&name)
                .is_none_or(|waiters| !waiters.iter().all(is_same))
            {
                continue;
            }
            waiters.extend(self.state.waiting.remove(&name).into_iter().flatten());
            // A fact that began to wait in this same batch need not be written.
            let new = &mut self.plan.waiting;
            new.retain(|waiting| (waiting.account, &waiting.wamid) != (name.0, &name.1));
            self.plan.settled.push(name);
        }
        waiters.sort_by_key(|waiter| waiter.received_at);
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

/// Returns the content after an edit. An edit without another file keeps the existing one, and changes only what it
/// names. No edit turns a file into a text: a text is the file's new caption.
fn edited(before: &MessageContent, told: &MessageContent) -> MessageContent {
    if let MessageContent::Text { body } = told {
        let mut after = before.clone();
        if let Some(media) = after.media_mut() {
            media.caption = Some(body.clone()).filter(|caption| !caption.is_empty());
            return after;
        }
    }
    let mut after = told.clone();
    if before.kind() == told.kind()
        && let (Some(old), Some(new)) = (before.media(), after.media_mut())
        && (new.meta_media_id.is_none() || new.meta_media_id == old.meta_media_id)
    {
        let is_named = new.meta_media_id.is_some();
        let old = old.clone();
        new.meta_media_id = old.meta_media_id;
        new.mime_type = new.mime_type.take().or(old.mime_type);
        new.sha256 = new.sha256.take().or(old.sha256);
        new.filename = new.filename.take().or(old.filename);
        new.voice |= old.voice;
        new.animated |= old.animated;
        new.link = new.link.take().or(old.link);
        if !is_named && new.caption.is_none() {
            new.caption = old.caption;
        }
    }
    after
}
