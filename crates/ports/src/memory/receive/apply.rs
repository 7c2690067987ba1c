use std::collections::HashMap;

use wabakit_domain::{
    Time,
    contact::ContactKey,
    conversation::{Conversation, Peer},
    ids::{AccountId, ContactId, IdBlock, OrgId},
    inbox::{
        AccountPatch, Item, KnownAccount, Merge, Needs, NewMedia, Plan, Snapshot, own_key, plan,
    },
    media::{Media, MediaState},
    message::{Message, StatusEntry},
    outbound::JobState,
};

use super::{MemoryStore, Received, place};
use crate::store::{Applied, ApplyBatch, StoreError};

impl MemoryStore {
    pub(super) fn apply_batch(&self, batch: ApplyBatch) -> Result<Applied, StoreError> {
        let mut all = self.received();
        all.check(&batch)?;
        let known = known_accounts(&self.rows(), &Needs::of(&batch.items));
        let plan = all.plan(&batch.items, known, batch.now, batch.ids)?;
        for id in &batch.dequeue {
            if let Some(place) = all.changes.get(id).map(place) {
                all.queue.entry(place).and_modify(|lane| {
                    lane.remove(id);
                });
            }
        }
        all.queue.retain(|_, lane| !lane.is_empty());
        all.parked.retain(|id, item| {
            !batch.unpark.contains(id) && !batch.replayed.contains(&item.change)
        });
        for item in batch.park {
            all.parked
                .retain(|_, other| (other.change, other.index) != (item.change, item.index));
            all.parked.insert(item.id, item);
        }
        let mut rows = self.rows();
        rows.append(batch.audit);
        for (org, account, patch) in &plan.accounts {
            let account = rows.accounts.get_mut(account);
            if let Some(account) = account.filter(|account| account.org == *org) {
                patch_account(account, patch, batch.now);
            }
        }
        drop(rows);
        Ok(all.write(plan, batch.now))
    }
}

impl Received {
    fn check(&self, batch: &ApplyBatch) -> Result<(), StoreError> {
        let queued = |id| self.changes.get(id).is_some_and(|c| self.is_queued(c));
        let is_there = batch.dequeue.iter().all(queued)
            && batch.unpark.iter().all(|id| self.parked.contains_key(id));
        if !is_there {
            return Err(StoreError::Conflict);
        }
        match batch
            .park
            .iter()
            .all(|item| self.changes.contains_key(&item.change))
        {
            true => Ok(()),
            false => Err(StoreError::Missing("the change")),
        }
    }

    pub(super) fn plan(
        &self,
        items: &[Item],
        accounts: HashMap<(OrgId, AccountId), KnownAccount>,
        now: Time,
        mut ids: IdBlock,
    ) -> Result<Plan, StoreError> {
        let mut is_spent = false;
        let mut fresh = || {
            let id = ids.next();
            is_spent |= id.is_none();
            id.unwrap_or_default()
        };
        let snapshot = Snapshot {
            accounts,
            ..self.snapshot(&Needs::of(items))
        };
        let plan = plan(items, snapshot, now, &mut fresh);
        if is_spent {
            return Err(StoreError::Forbidden(
                "a batch needs more ids than a block has",
            ));
        }
        match plan.refused.is_empty() {
            true => Ok(plan),
            false => Err(StoreError::Forbidden("an item cannot be applied")),
        }
    }

    fn snapshot(&self, needs: &Needs) -> Snapshot {
        let mut snapshot = Snapshot::default();
        let mut take = |conversation: &Conversation| {
            let key = (conversation.account, conversation.peer.clone());
            snapshot.conversations.insert(key, conversation.clone());
        };
        for key in &needs.contacts {
            let Some(contact) = self.keys.get(key).and_then(|id| self.contacts.get(id)) else {
                continue;
            };
            snapshot.contacts.insert(contact.id, contact.clone());
            for key in self.keys_of.get(&contact.id).into_iter().flatten() {
                snapshot.keys.insert((contact.org, key.clone()), contact.id);
            }
            self.conversations_of(contact.id).for_each(&mut take);
        }
        for (account, group) in &needs.groups {
            let id = self.peers.get(&(Peer::Group(group.clone()), *account));
            id.and_then(|id| self.conversations.get(id)).map(&mut take);
        }
        let own = needs.own.iter().filter_map(|(account, id)| {
            let message = self.messages.get(id);
            let message = message.filter(|message| message.account == *account)?;
            let wamid = message.wamid.clone();
            Some((*account, wamid.unwrap_or_else(|| own_key(*id)), *id))
        });
        let named = needs.messages.iter();
        let named = named.map(|key| (key.clone(), self.wamids.get(key).copied()));
        let own = own.map(|(account, wamid, id)| ((account, wamid), Some(id)));
        for (key, id) in named.chain(own) {
            if let Some(waiting) = self.waiting.get(&key) {
                snapshot.waiting.insert(key.clone(), waiting.clone());
            }
            let Some(message) = id.and_then(|id| self.messages.get(&id)) else {
                continue;
            };
            snapshot.messages.insert(key, message.clone());
            self.conversations.get(&message.conversation).map(&mut take);
            let timeline = self.timelines.get(&message.id).into_iter().flatten();
            let seen = timeline.map(|s| (s.message, s.status, s.participant.clone()));
            snapshot.statuses.extend(seen);
        }
        let known = |key: &&_| self.digests.contains_key(*key);
        snapshot.digests = needs.digests.iter().filter(known).copied().collect();
        snapshot
    }

    pub(super) fn write(&mut self, plan: Plan, now: Time) -> Applied {
        plan.merges.iter().for_each(|merge| self.merge(merge));
        for contact in plan.contacts {
            self.contacts.insert(contact.id, contact);
        }
        for (org, key, contact) in plan.keys {
            self.give_key(org, key, contact);
        }
        for conversation in plan.conversations {
            self.put_conversation(conversation);
        }
        for message in plan.new_messages.into_iter().chain(plan.changed_messages) {
            self.put_message(message);
        }
        self.bodies.extend(plan.bodies);
        for (account, count) in plan.inbound {
            *self.inbound.entry(account).or_default() += count;
        }
        for id in &plan.restarted {
            self.timelines.remove(id);
        }
        for entry in plan.statuses {
            self.report(entry);
        }
        let to_fetch = plan.media.iter().filter(|media| media.stored.is_none());
        let to_fetch = to_fetch.count();
        for media in plan.media {
            self.media.insert(media.id, new_media(media, now));
        }
        for key in &plan.settled {
            self.waiting.remove(key);
        }
        for waiting in plan.waiting {
            let key = (waiting.account, waiting.wamid.clone());
            self.waiting.entry(key).or_default().push(waiting);
        }
        let digests = plan.digests.into_iter().map(|key| (key, now));
        self.digests.extend(digests);
        Applied {
            heads: self.append(plan.events),
            media: to_fetch,
        }
    }

    fn merge(&mut self, merge: &Merge) {
        self.contacts.remove(&merge.from);
        for key in self.keys_of.remove(&merge.from).unwrap_or_default() {
            self.give_key(merge.org, key, merge.into);
        }
        for (gone, _) in &merge.conversations {
            self.drop_conversation(*gone);
        }
        let left: Vec<_> = self.conversations_of(merge.from).cloned().collect();
        for mut conversation in left {
            self.drop_conversation(conversation.id);
            conversation.peer = Peer::Contact(merge.into);
            self.put_conversation(conversation);
        }
        let moved = |id| {
            let found = merge.conversations.iter().find(|(gone, _)| *gone == id);
            found.map(|(_, left)| *left)
        };
        for message in self.messages.values_mut() {
            if message.contact == Some(merge.from) {
                message.contact = Some(merge.into);
            }
            if let Some(left) = moved(message.conversation) {
                let place = (message.conversation, message.at, message.id);
                self.threads.remove(&place);
                message.conversation = left;
                self.threads.insert((left, message.at, message.id));
            }
        }
        for media in self.media.values_mut() {
            media.conversation = moved(media.conversation).unwrap_or(media.conversation);
        }
    }

    fn give_key(&mut self, org: OrgId, key: ContactKey, contact: ContactId) {
        let before = self.keys.insert((org, key.clone()), contact);
        if let Some(keys) = before.and_then(|id| self.keys_of.get_mut(&id)) {
            keys.remove(&key);
        }
        self.keys_of.entry(contact).or_default().insert(key);
    }

    pub(super) fn drop_conversation(&mut self, id: wabakit_domain::ids::ConversationId) {
        if let Some(gone) = self.conversations.remove(&id) {
            self.peers.remove(&(gone.peer, gone.account));
        }
    }

    fn put_conversation(&mut self, conversation: Conversation) {
        self.drop_conversation(conversation.id);
        let key = (conversation.peer.clone(), conversation.account);
        self.peers.insert(key, conversation.id);
        self.conversations.insert(conversation.id, conversation);
    }

    pub(super) fn put_message(&mut self, message: Message) {
        let before = self.messages.get(&message.id);
        if let Some(wamid) = before.and_then(|before| before.wamid.clone())
            && message.wamid.as_ref() != Some(&wamid)
        {
            self.wamids.remove(&(message.account, wamid));
        }
        let job = message.job.as_ref();
        let place = (message.account, message.id);
        match job.is_some_and(|job| job.state != JobState::Done) {
            true => self.jobs.insert(place),
            false => self.jobs.remove(&place),
        };
        if let Some(wamid) = &message.wamid {
            let key: (AccountId, _) = (message.account, wamid.clone());
            self.wamids.insert(key, message.id);
        }
        self.threads
            .insert((message.conversation, message.at, message.id));
        self.messages.insert(message.id, message);
    }

    fn report(&mut self, entry: StatusEntry) {
        let timeline = self.timelines.entry(entry.message).or_default();
        timeline.push(entry);
        timeline.sort_by(|a, b| {
            let key = |e: &StatusEntry| (e.at, e.status, e.participant.clone());
            key(a).cmp(&key(b))
        });
    }
}

fn known_accounts(
    rows: &super::super::State,
    needs: &Needs,
) -> HashMap<(OrgId, AccountId), KnownAccount> {
    let wanted = needs.accounts.iter().filter_map(|key| {
        let account = rows.accounts.get(&key.1)?;
        let known = KnownAccount {
            status: account.health.status.clone(),
            quality_rating: account.health.quality_rating.clone(),
            last_verified_at: account.last_verified_at,
            connected_at: account.connected_at,
            standing: account.standing.clone(),
        };
        (account.org == key.0).then_some((*key, known))
    });
    wanted.collect()
}

fn patch_account(account: &mut wabakit_domain::account::Account, patch: &AccountPatch, now: Time) {
    let take = |to: &mut Option<String>, from: &Option<String>| {
        if from.is_some() {
            to.clone_from(from);
        }
    };
    take(&mut account.verified_name, &patch.verified_name);
    take(&mut account.health.name_status, &patch.name_status);
    take(
        &mut account.health.throughput_level,
        &patch.throughput_level,
    );
    take(&mut account.health.messaging_limit, &patch.messaging_limit);
    take(&mut account.health.status, &patch.status);
    take(&mut account.health.quality_rating, &patch.quality_rating);
    if let Some(standing) = &patch.standing {
        account.standing.clone_from(standing);
    }
    account.updated_at = now;
    account.version += 1;
}

fn new_media(media: NewMedia, now: Time) -> Media {
    let stored = media.stored;
    Media {
        id: media.id,
        org: media.org,
        account: media.account,
        message: media.message,
        conversation: media.conversation,
        meta_media_id: media.meta_media_id,
        link: media.link,
        mime_type: media.mime_type,
        sha256: media.sha256,
        filename: media.filename,
        state: match stored {
            Some(_) => MediaState::Stored,
            None => MediaState::Pending,
        },
        attempts: 0,
        next_at: stored.is_none().then_some(now),
        size: stored.as_ref().map(|file| file.size),
        error: None,
        created_at: now,
        stored_at: stored.is_some().then_some(now),
        key: stored.map(|file| file.key),
    }
}
