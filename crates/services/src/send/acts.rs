//! Acts on messages: cancel, retry, mark as failed, mark as read, and show typing.

use serde_json::json;
use wabakit_domain::{
    account::Account,
    audit::NewAuditEvent,
    ids::{ConversationId, MessageId, Wamid},
    inbound::Fact,
    inbox::Item,
    message::{Direction, Message, MessageStatus},
    outbound::{SendFact, SendStep},
    principal::Scope,
};
use wabakit_ports::{
    meta::GrantAccess,
    store::{ApplyBatch, StoreError},
};

use super::{Acts, MessageService, SendError, ShownMessage};
use crate::{Caller, ServiceError, audit::Trail};

/// The number of times that an act is tried when other writes conflict with it.
const TRIES: usize = 5;

impl MessageService {
    /// Cancels a queued message.
    ///
    /// # Errors
    /// When it does not exist; [`SendError::NotQueued`].
    pub async fn cancel(&self, caller: &Caller, id: MessageId) -> Result<ShownMessage, SendError> {
        let message = self.ours(caller, id).await?;
        let act = (SendStep::Cancel, "message.cancelled");
        self.act(caller, &message, act, SendError::NotQueued).await
    }

    /// Queues a message again that failed, expired, was cancelled or is unknown. With `may_repeat` the caller accepts
    /// that the recipient may get it twice.
    ///
    /// # Errors
    /// When it does not exist; [`SendError::NotRetryable`]; [`SendError::MayRepeat`].
    pub async fn retry(
        &self,
        caller: &Caller,
        id: MessageId,
        may_repeat: bool,
    ) -> Result<ShownMessage, SendError> {
        let message = self.ours(caller, id).await?;
        let acts = Acts::on(&message);
        if !acts.can_retry {
            return Err(SendError::NotRetryable(message.status));
        }
        if acts.retry_may_repeat && !may_repeat {
            return Err(SendError::MayRepeat);
        }
        if message.status == MessageStatus::Failed {
            self.forget_files(caller, &message).await?;
        }
        let expires_at = self.ports.base.now() + self.time_to_live;
        let act = (SendStep::Retry { expires_at }, "message.retried");
        self.act(caller, &message, act, SendError::NotRetryable)
            .await
    }

    /// Marks an unknown message as failed.
    ///
    /// # Errors
    /// When it does not exist; [`SendError::NotUnknown`].
    pub async fn dismiss(&self, caller: &Caller, id: MessageId) -> Result<ShownMessage, SendError> {
        let message = self.ours(caller, id).await?;
        let act = (SendStep::Dismiss, "message.dismissed");
        self.act(caller, &message, act, SendError::NotUnknown).await
    }

    /// Marks a customer's message, and all before it, as read at Meta. With `typing` it also shows that somebody is
    /// writing.
    ///
    /// # Errors
    /// When it does not exist; [`SendError::NoInbound`] for a message of the business; [`SendError::NotConnected`];
    /// Meta's refusal.
    pub async fn mark_read(
        &self,
        caller: &Caller,
        id: MessageId,
        typing: bool,
    ) -> Result<(), SendError> {
        caller.require(Scope::MessagesSend)?;
        let message = self.find(caller, id).await?;
        if message.direction != Direction::Inbound {
            return Err(SendError::NoInbound);
        }
        // Meta knows no id of a call or a notice. The message before it is marked instead.
        let wamid = match message.is_known_by_id() {
            true => message.wamid,
            false => {
                let inbox = &self.ports.inbox;
                inbox
                    .last_heard(caller.org, message.conversation, message.at)
                    .await?
            }
        };
        let wamid = wamid.ok_or(SendError::NoInbound)?;
        let (account, access) = self.ports.connected(caller.org, message.account).await?;
        // The entry is stored before the call to Meta, as for every act at Meta: no write of ours follows that could
        // carry it.
        let base = &self.ports.base;
        let event = Trail::of(base, caller).event(
            "message.marked_read",
            ("message", id),
            &json!({"accountId": account.id}),
        );
        base.audit.record(caller.org, vec![event]).await?;
        self.tell_read(&account, &access, &wamid, typing).await
    }

    /// Shows in a conversation for up to 25 seconds that somebody is writing. Meta requires the id of the message that
    /// is answered, and marks it as read: the customer's newest.
    ///
    /// # Errors
    /// As [`MessageService::mark_read`].
    pub async fn typing(&self, caller: &Caller, id: ConversationId) -> Result<(), SendError> {
        caller.require(Scope::MessagesSend)?;
        let inbox = &self.ports.inbox;
        let found = inbox.conversation(caller.org, id).await?;
        let conversation = found.ok_or(ServiceError::NotFound("this conversation"))?;
        let conversation = conversation.conversation;
        let last = conversation.last_inbound_at.ok_or(SendError::NoInbound)?;
        let wamid = inbox.last_heard(caller.org, id, last).await?;
        let wamid = wamid.ok_or(SendError::NoInbound)?;
        let (account, access) = self
            .ports
            .connected(caller.org, conversation.account)
            .await?;
        self.tell_read(&account, &access, &wamid, true).await
    }

    async fn tell_read(
        &self,
        account: &Account,
        access: &GrantAccess,
        wamid: &Wamid,
        typing: bool,
    ) -> Result<(), SendError> {
        let number = &account.phone_number_id;
        self.ports
            .gateway
            .mark_read(access, number, wamid, typing)
            .await?;
        Ok(())
    }

    /// Finds a message that was sent from here.
    async fn ours(&self, caller: &Caller, id: MessageId) -> Result<Message, SendError> {
        caller.require(Scope::MessagesSend)?;
        let message = self.find(caller, id).await?;
        match message.job {
            Some(_) => Ok(message),
            None => Err(ServiceError::NotFound("a message that was sent from here").into()),
        }
    }

    /// Drops Meta's ids of a failed message's files, which Meta may no longer have. The files are uploaded again.
    async fn forget_files(&self, caller: &Caller, message: &Message) -> Result<(), SendError> {
        if let Some(body) = self.ports.outbox.body(caller.org, message.id).await?
            && self.files.may_need(&body)
        {
            self.files.forget(message.account, &body).await?;
        }
        Ok(())
    }

    async fn act(
        &self,
        caller: &Caller,
        message: &Message,
        (step, action): (SendStep, &str),
        refused: fn(MessageStatus) -> SendError,
    ) -> Result<ShownMessage, SendError> {
        let event = Trail::of(&self.ports.base, caller).event(
            action,
            ("message", message.id),
            &json!({"accountId": message.account, "from": message.status}),
        );
        let mut tries = 0;
        loop {
            tries += 1;
            match self.apply(message, step.clone(), event.clone()).await {
                Ok(()) => break,
                Err(StoreError::Conflict) if tries < TRIES => {}
                Err(StoreError::Forbidden(_)) => {
                    let now = self.find(caller, message.id).await?;
                    return Err(refused(now.status));
                }
                Err(error) => return Err(error.into()),
            }
        }
        self.wakes.wake([message.account]);
        let message = self.find(caller, message.id).await?;
        self.shown_one(caller, message).await
    }

    /// Writes an act. The planner (`wabakit_domain::inbox`) decides inside of the store's write what it changes.
    async fn apply(
        &self,
        message: &Message,
        step: SendStep,
        event: NewAuditEvent,
    ) -> Result<(), StoreError> {
        let now = self.ports.base.now();
        let batch = ApplyBatch {
            dequeue: Vec::new(),
            replayed: Vec::new(),
            unpark: Vec::new(),
            items: vec![Item {
                org: message.org,
                accounts: vec![message.account],
                received_at: now,
                told_at: None,
                extra: None,
                digest: None,
                fact: Fact::Send(Box::new(SendFact {
                    message: message.id,
                    step,
                })),
            }],
            park: Vec::new(),
            audit: vec![event],
            ids: self.ports.ids(),
            now,
        };
        let applied = self.ports.changes.apply(batch).await?;
        self.ports.bus.publish(&applied.heads);
        Ok(())
    }
}
