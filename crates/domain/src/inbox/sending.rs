//! Messages that are sent from here: enqueues them, and applies outcomes, proofs and acts.

use super::{NewMedia, Planner, Refused, statuses::is_window_closed};
use crate::{
    Time,
    contact::ContactKey,
    conversation::{Conversation, Peer, SendTurn},
    event::{EventData, MessageEvent, SendingEvent},
    ids::{AccountId, AttemptToken, ContactId, ConversationId, MessageId, OrgId, Wamid},
    inbound::{MetaFault, Origin, Party, StatusUpdate},
    message::{Direction, Message, MessageStatus, ReportedStatus},
    outbound::{
        Compose, Job, JobState, LONGEST_HOLD, Outcome, Priority, SendFact, SendStep, WaitReason,
        read_opaque,
    },
};

/// Returns the key in a [`super::Snapshot`] of a sent message without a wamid. No id of Meta's looks like it.
pub fn own_key(message: MessageId) -> Wamid {
    Wamid::from(format!("~{message}"))
}

/// Reads our message id and the attempt's token from the callback data of a status.
fn own(status: &StatusUpdate) -> Option<(MessageId, Option<AttemptToken>)> {
    read_opaque(status.opaque.as_deref()?)
}

/// Reads our message id from the callback data of a status.
pub(super) fn own_id(status: &StatusUpdate) -> Option<MessageId> {
    own(status).map(|(id, _)| id)
}

/// The state of a message after a step.
struct Next {
    status: MessageStatus,
    job: Job,
    errors: Vec<MetaFault>,
    /// Meta's new id of the message.
    name: Option<Wamid>,
}

impl Planner<'_> {
    /// Enqueues a message that was written here.
    pub(super) fn compose(
        &mut self,
        org: OrgId,
        account: AccountId,
        compose: &Compose,
    ) -> Result<(), Refused> {
        let contact = match compose.group_id {
            Some(_) => None,
            None => Some(self.addressee(org, account, &compose.party)?),
        };
        let peer = match (&compose.group_id, contact) {
            (Some(group), _) => Peer::Group(group.clone()),
            (None, Some(contact)) => Peer::Contact(contact),
            (None, None) => return Err(Refused::Nobody),
        };
        let conversation = self.conversation(org, account, peer.clone(), self.now);
        let scheduled = Some(compose.job.due_at).filter(|at| *at > self.now);
        let turn = self.turn(conversation, scheduled);
        let mut message = Message {
            id: compose.message,
            org,
            account,
            conversation,
            contact,
            group_id: compose.group_id.clone(),
            wamid: None,
            direction: Direction::Outbound,
            content: compose.content.clone(),
            context: compose.context.clone(),
            quoted: None,
            referral: None,
            status: MessageStatus::Queued,
            errors: Vec::new(),
            pricing: None,
            media: compose.file.as_ref().map(|file| file.media),
            at: self.now,
            edited_at: None,
            revoked_at: None,
            created_at: self.now,
            extra: None,
            job: Some(Box::new(Job {
                turn,
                ..compose.job.clone()
            })),
        };
        message.quoted = self.quoted(&message);
        // A person who answers has read the messages; a program or a campaign has not.
        let job = &compose.job;
        let is_answer =
            job.author.is_some() && job.flow.is_empty() && job.priority != Priority::Low;
        let origin = match is_answer {
            true => Origin::Echo,
            false => Origin::History { status: None },
        };
        self.note(org, (account, peer), &message, origin, &compose.party);
        if let Some(file) = &compose.file {
            self.plan.media.push(NewMedia {
                id: file.media,
                org,
                account,
                message: message.id,
                conversation,
                meta_media_id: None,
                link: None,
                mime_type: Some(file.mime_type.clone()),
                sha256: Some(file.sha256.clone()),
                filename: file.filename.clone(),
                stored: Some(file.clone()),
            });
        }
        let bodies = &mut self.plan.bodies;
        bodies.insert(message.id, compose.body.clone());
        let key = (account, own_key(message.id));
        self.own.insert(message.id, key.clone());
        self.insert(account, key.1.clone(), message);
        let queued: fn(MessageEvent) -> EventData = EventData::MessageQueued;
        self.message_event(org, &key, compose.party.clone(), queued);
        Ok(())
    }

    /// Takes the conversation's next turn.
    fn turn(&mut self, id: ConversationId, scheduled: Option<Time>) -> SendTurn {
        let now = self.now;
        let found = self.conversation_by_id(id);
        found.map_or_else(SendTurn::default, |one| one.turn.take(now, scheduled))
    }

    /// Returns a conversation to change.
    pub(super) fn conversation_by_id(&mut self, id: ConversationId) -> Option<&mut Conversation> {
        let conversations = &mut self.state.conversations;
        let (key, found) = conversations.iter_mut().find(|(_, one)| one.id == id)?;
        self.touched.conversations.insert(key.clone());
        Some(found)
    }

    /// Finds or creates the recipient. The sender's spelling of a known person's number changes nothing, because Meta's
    /// is better.
    fn addressee(
        &mut self,
        org: OrgId,
        account: AccountId,
        party: &Party,
    ) -> Result<ContactId, Refused> {
        let now = self.now;
        let mut keys = ContactKey::of(party).into_iter();
        let known = keys.find_map(|key| self.owner(org, &key, now));
        known.map_or_else(|| self.contact(org, Some(account), party, now), Ok)
    }

    /// Applies a step of sending to its message.
    pub(super) fn send(
        &mut self,
        org: OrgId,
        account: AccountId,
        fact: &SendFact,
    ) -> Result<(), Refused> {
        let key = self.own.get(&fact.message);
        let key = key.filter(|(of, _)| *of == account).cloned();
        let found = key.and_then(|key| Some((self.state.messages.get(&key)?.clone(), key)));
        let found = found.filter(|(message, _)| message.org == org);
        let Some((message, mut key)) = found else {
            return fact.step.unless_act();
        };
        let Some(mut next) = self.step(&message, &fact.step) else {
            return fact.step.unless_act();
        };
        if let SendStep::Retry { .. } = &fact.step {
            next.job.turn = self.turn(message.conversation, None);
            let statuses = &mut self.state.statuses;
            statuses.retain(|(of, ..)| *of != message.id);
            let entries = &mut self.plan.statuses;
            entries.retain(|entry| entry.message != message.id);
            self.plan.restarted.push(message.id);
        }
        if let Some(wamid) = &next.name {
            key = self.rename(key, wamid);
        }
        let Some(message) = self.state.messages.get_mut(&key) else {
            return Ok(());
        };
        message.status = next.status;
        message.errors = next.errors;
        let event = SendingEvent {
            message: message.id,
            conversation: message.conversation,
            account: message.account,
            wamid: message.wamid.clone(),
            status: message.status,
            job: next.job.clone(),
            errors: message.errors.clone(),
        };
        let (conversation, begun) = (message.conversation, next.job.dispatched_at);
        message.job = Some(Box::new(next.job));
        self.touched.changed_messages.insert(key.clone());
        self.event(org, EventData::MessageSending(event));
        if let SendStep::Outcome {
            outcome:
                Outcome::Accepted {
                    recipient: Some(recipient),
                    ..
                },
            ..
        } = &fact.step
        {
            self.learn_addressee(org, &key, recipient, self.now);
        }
        if let SendStep::Outcome {
            outcome: Outcome::Refused { fault },
            ..
        } = &fact.step
            && is_window_closed(std::slice::from_ref(fault))
        {
            self.window_refused(org, conversation, begun.unwrap_or(self.now));
        }
        self.settle(&key);
        Ok(())
    }

    /// Finds the key of a status's message. `None` for old news. A status that carries our message id proves that Meta
    /// accepted the message, even if the answer to the request was lost.
    pub(super) fn reported(
        &mut self,
        account: AccountId,
        status: &StatusUpdate,
    ) -> Option<(AccountId, Wamid)> {
        use JobState as J;
        use ReportedStatus::{Failed, Sent};
        let named = (account, status.wamid.clone());
        let own = own(status).and_then(|(id, token)| Some((self.own.get(&id).cloned()?, token)));
        let own = own.filter(|((of, _), _)| *of == account);
        let (key, token) = own.map_or_else(|| (named.clone(), None), |(key, token)| (key, token));
        let Some((message, job)) = self
            .state
            .messages
            .get(&key)
            .and_then(|message| Some((message, message.job.as_ref()?)))
        else {
            return Some(named);
        };
        let is_open = !matches!(job.state, J::Failed | J::Underway | J::Done);
        let is_last = match (token, job.token) {
            // Without tokens, a status is of the last attempt, unless an earlier one is in doubt: Meta refused the
            // others, or their wamids are known.
            (None, None) => [0, job.attempt].contains(&job.in_doubt),
            (None, Some(_)) => job.attempt == 1,
            (token, last) => token == last,
        };
        let is_only = job.state != J::Queued && is_last;
        match (&message.wamid, status.status) {
            // The message is retried because it failed under this wamid, so older reports about it do not count.
            (Some(_), Sent | Failed) if is_open && key == named => None,
            (Some(_), _) if key == named => Some(key),
            // A failed status without the last attempt's token does not say which attempt it belongs to; the send
            // result that carries the wamid does.
            (None, Failed) if !is_only => Some(named),
            (Some(_), Failed) if is_open && !is_only => Some(named),
            (Some(_), what) if !is_open => {
                // A late "sent" of an attempt that failed is no second acceptance.
                let is_late = what == Sent && job.in_doubt == 0 && !(is_last && token.is_some());
                if message.status.is_underway() && what != Failed && !is_late {
                    self.duplicate(&key, &status.wamid);
                }
                Some(key)
            }
            _ => Some(self.rename(key, &status.wamid)),
        }
    }

    /// Notes a further wamid, under which Meta accepted the message again.
    fn duplicate(&mut self, key: &(AccountId, Wamid), wamid: &Wamid) {
        let message = self.state.messages.get_mut(key);
        if let Some(job) = message.and_then(|message| message.job.as_mut())
            && !job.duplicates.contains(wamid)
        {
            job.duplicates.push(wamid.clone());
            self.touched.changed_messages.insert(key.clone());
        }
    }

    /// Sets or changes the wamid of a message, unless another message has it already. Returns the message's key.
    fn rename(&mut self, key: (AccountId, Wamid), wamid: &Wamid) -> (AccountId, Wamid) {
        let new = (key.0, wamid.clone());
        if self.state.messages.contains_key(&new) {
            return key;
        }
        let Some(mut message) = self.state.messages.remove(&key) else {
            return key;
        };
        message.wamid = Some(wamid.clone());
        self.own.insert(message.id, new.clone());
        self.spell(new.0, wamid);
        for made in &mut self.touched.new_messages {
            if *made == key {
                made.1 = new.1.clone();
            }
        }
        self.touched.changed_messages.remove(&key);
        self.touched.changed_messages.insert(new.clone());
        self.state.messages.insert(new.clone(), message);
        new
    }

    /// Returns the message after a step. `None` when the step does not apply to the message's state.
    fn step(&self, message: &Message, step: &SendStep) -> Option<Next> {
        use JobState as J;
        use MessageStatus as S;
        let job = message.job.as_deref()?.clone();
        let (state, now) = (job.state, self.now);
        let next = |status, job| Next {
            status,
            job,
            errors: message.errors.clone(),
            name: None,
        };
        match step {
            SendStep::Outcome { token, outcome } => outcome_of(message, job, *token, outcome, now),
            SendStep::Orphaned { epoch, until } => (state == J::Dispatching && job.epoch < *epoch)
                .then(|| next(S::Sending, job.proving(*until))),
            SendStep::Unproven { as_failed } => {
                let is_over = state == J::Proving && job.due_at <= now;
                let status = match as_failed {
                    true => S::Failed,
                    false => S::Unknown,
                };
                let in_doubt = match job.in_doubt {
                    0 => job.attempt,
                    first => first,
                };
                is_over.then(|| next(status, Job { in_doubt, ..job }.settled(status)))
            }
            SendStep::Expired => (state == J::Queued && job.expires_at <= now)
                .then(|| next(S::Expired, job.settled(S::Expired))),
            SendStep::Barred { fault } => (state == J::Queued).then(|| Next {
                errors: vec![fault.clone()],
                ..next(S::Failed, job.settled(S::Failed))
            }),
            SendStep::Cancel => {
                (state == J::Queued).then(|| next(S::Cancelled, job.settled(S::Cancelled)))
            }
            SendStep::Dismiss => {
                (state == J::Unknown).then(|| next(S::Failed, job.settled(S::Failed)))
            }
            SendStep::Retry { expires_at } => {
                let may = matches!(state, J::Failed | J::Unknown)
                    || matches!(message.status, S::Cancelled | S::Expired);
                may.then(|| Next {
                    status: S::Queued,
                    job: Job {
                        expires_at: *expires_at,
                        ..job.queued(now, None, now)
                    },
                    errors: Vec::new(),
                    name: None,
                })
            }
        }
    }
}

/// Returns the message after an attempt's outcome. `None` when the outcome changes nothing.
fn outcome_of(
    message: &Message,
    job: Job,
    token: AttemptToken,
    outcome: &Outcome,
    now: Time,
) -> Option<Next> {
    use JobState as J;
    let is_last = job.token == Some(token);
    let is_out = matches!(job.state, J::Dispatching | J::Proving | J::Unknown);
    let errors = |fault: &Option<MetaFault>| fault.iter().cloned().collect();
    match outcome {
        Outcome::Accepted { wamid, .. } => accepted(message, job, is_last, wamid),
        _ if !(is_last && is_out) => None,
        Outcome::Again {
            due_at,
            wait,
            fault,
        } => Some(Next {
            status: MessageStatus::Queued,
            job: job.queued(*due_at, Some(*wait), now),
            errors: errors(fault),
            name: None,
        }),
        Outcome::Refused { fault } => Some(Next {
            status: MessageStatus::Failed,
            job: job.settled(MessageStatus::Failed),
            errors: vec![fault.clone()],
            name: None,
        }),
        Outcome::Unknown { until, fault } => (job.state == J::Dispatching).then(|| Next {
            status: MessageStatus::Sending,
            job: job.proving(*until),
            errors: errors(fault),
            name: None,
        }),
    }
}

/// Returns the message after Meta accepted it in any attempt. `None` when that is known already. A second acceptance
/// becomes a duplicate, and the message gets the wamid of the last attempt.
fn accepted(message: &Message, mut job: Job, is_last: bool, wamid: &Wamid) -> Option<Next> {
    if message.wamid.as_ref() == Some(wamid) || job.duplicates.contains(wamid) {
        return None;
    }
    let is_underway = message.status.is_underway();
    let status = match is_underway {
        true => message.status,
        false => MessageStatus::Accepted,
    };
    // The wamid of an attempt that failed later is no acceptance.
    let before = message.wamid.clone().filter(|_| is_underway);
    let is_second = before.is_some();
    let is_name = is_last || !is_second;
    job.duplicates.extend(match is_name {
        true => before,
        false => Some(wamid.clone()),
    });
    // A message that is known as accepted can lack a wamid, because another message has it. Another attempt's
    // acceptance is then no news.
    let is_news = is_second || is_last || !is_underway;
    is_news.then(|| Next {
        status,
        job: job.settled(status),
        errors: match is_underway {
            true => message.errors.clone(),
            false => Vec::new(),
        },
        name: is_name.then(|| wamid.clone()),
    })
}

impl SendStep {
    /// Decides about a step that does not apply: the sender's steps are ignored, because the message moved on
    /// meanwhile; acts are refused.
    const fn unless_act(&self) -> Result<(), Refused> {
        match self {
            Self::Outcome { .. }
            | Self::Orphaned { .. }
            | Self::Unproven { .. }
            | Self::Expired
            | Self::Barred { .. } => Ok(()),
            Self::Cancel | Self::Retry { .. } | Self::Dismiss => Err(Refused::WrongState),
        }
    }
}

impl Job {
    fn settled(mut self, status: MessageStatus) -> Self {
        self.settle(status);
        self
    }

    fn proving(self, until: Time) -> Self {
        Self {
            state: JobState::Proving,
            due_at: until,
            wait: Some(WaitReason::Proof),
            ..self
        }
    }

    fn queued(self, due_at: Time, wait: Option<WaitReason>, now: Time) -> Self {
        // A message that waits for a retry lets later ones pass after a while. A limit of the pair or the number holds
        // them up as well.
        let is_own = wait == Some(WaitReason::Retry);
        let until = self.holds_until.unwrap_or(now + LONGEST_HOLD);
        Self {
            state: JobState::Queued,
            due_at,
            wait,
            holds_until: is_own.then_some(until),
            ..self
        }
    }
}
