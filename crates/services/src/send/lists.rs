//! Lists of the business's messages.

use std::collections::HashMap;

use wabakit_domain::{
    Time,
    explain::{Retry, explain},
    ids::{ContactId, MessageId},
    message::{Direction, Message, MessageStatus},
    outbound::JobState,
    principal::Scope,
};
use wabakit_ports::store::{MessageDetail, OutboxFilter, Page, PageRequest};

use super::{MessageService, SendError, Waiting};
use crate::{Caller, Invalid, ServiceError};

/// The length of the longest reference to search for, in characters.
const LONGEST_REFERENCE: usize = 200;

/// A message with facts about its sending that are not stored in it.
#[derive(Clone, PartialEq, Debug)]
pub struct ShownMessage {
    /// The message.
    pub message: Message,
    /// The recipient of a message of ours: a phone number, a user id, or a group's id.
    pub to: Option<String>,
    /// The reason why it waits.
    pub waiting: Option<Waiting>,
    /// Tells whether Meta accepted it before [`MessageService::stuck_before`], and it has neither arrived nor failed
    /// since.
    pub is_stuck: bool,
}

impl MessageService {
    /// Lists messages that were sent from here, newest first.
    pub async fn list(
        &self,
        caller: &Caller,
        filter: OutboxFilter,
        page: PageRequest<MessageId>,
    ) -> Result<Page<ShownMessage, MessageId>, SendError> {
        caller.require(Scope::MessagesRead)?;
        let reference = filter.client_reference.as_deref();
        if reference.is_some_and(|text| text.chars().count() > LONGEST_REFERENCE) {
            let detail = "A reference has at most 200 characters.";
            return Err(Invalid::new("/clientReference", detail).into());
        }
        let page = self.ports.outbox.sent(caller.org, filter, page).await?;
        Ok(Page {
            rows: self.shown(caller, page.rows).await?,
            next: page.next,
        })
    }

    /// Returns the time before which an attempt must have begun for its message to count as stuck: accepted by Meta,
    /// and neither delivered nor failed since.
    pub fn stuck_before(&self) -> Time {
        self.ports.base.now() - self.stuck_after
    }

    /// Returns a message, by any author, with its timeline and file.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn get(
        &self,
        caller: &Caller,
        id: MessageId,
    ) -> Result<(MessageDetail, ShownMessage), SendError> {
        caller.require(Scope::MessagesRead)?;
        let detail = self.detail(caller, id).await?;
        let shown = self.shown_one(caller, detail.message.clone()).await?;
        Ok((detail, shown))
    }

    /// Adds the facts that are not stored in the messages. Keeps their order.
    pub async fn shown(
        &self,
        caller: &Caller,
        messages: Vec<Message>,
    ) -> Result<Vec<ShownMessage>, SendError> {
        let mut names: HashMap<ContactId, Option<String>> = HashMap::new();
        let mut shown = Vec::with_capacity(messages.len());
        let stuck_before = self.stuck_before();
        for message in messages {
            let waiting = self.numbers.waiting(&message).await?;
            let to = match (message.direction, &message.group_id, message.contact) {
                (Direction::Inbound, ..) => None,
                (_, Some(group), _) => Some(group.to_string()),
                (_, None, Some(contact)) => match names.get(&contact) {
                    Some(name) => name.clone(),
                    None => {
                        let found = self.ports.inbox.contact(caller.org, contact).await?;
                        let name = found.and_then(|found| {
                            found
                                .phone
                                .or_else(|| found.user_id.map(|id| id.to_string()))
                        });
                        names.insert(contact, name.clone());
                        name
                    }
                },
                (_, None, None) => None,
            };
            let job = message.job.as_ref();
            shown.push(ShownMessage {
                is_stuck: job.is_some_and(|job| job.is_stuck(stuck_before)),
                message,
                to,
                waiting,
            });
        }
        Ok(shown)
    }

    pub(super) async fn shown_one(
        &self,
        caller: &Caller,
        message: Message,
    ) -> Result<ShownMessage, SendError> {
        let shown = self.shown(caller, vec![message]).await?;
        Ok(shown
            .into_iter()
            .next()
            .ok_or(ServiceError::NotFound("this message"))?)
    }

    pub(super) async fn detail(
        &self,
        caller: &Caller,
        id: MessageId,
    ) -> Result<MessageDetail, SendError> {
        let found = self.ports.inbox.message(caller.org, id).await?;
        Ok(found.ok_or(ServiceError::NotFound("this message"))?)
    }

    pub(super) async fn find(&self, caller: &Caller, id: MessageId) -> Result<Message, SendError> {
        Ok(self.detail(caller, id).await?.message)
    }
}

/// The acts that a person may do on a message of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Acts {
    /// Tells whether it is still queued.
    pub can_cancel: bool,
    /// Tells whether it ended without being delivered.
    pub can_retry: bool,
    /// Tells whether Meta may have accepted it already, so that the person might get it twice.
    pub retry_may_repeat: bool,
}

impl Acts {
    /// Decides by the message's status.
    pub fn on(message: &Message) -> Self {
        let Some(job) = &message.job else {
            return Self::default();
        };
        let can_retry = matches!(
            message.status,
            MessageStatus::Failed
                | MessageStatus::Unknown
                | MessageStatus::Cancelled
                | MessageStatus::Expired
        );
        // A message that Meta accepted and later reported as failed did not arrive. A message that failed without
        // Meta's answer was marked as failed by a person or a policy.
        let is_doubtful = message.wamid.is_none()
            && (message.errors.is_empty()
                || message
                    .errors
                    .iter()
                    .any(|fault| explain(fault.code).retry == Retry::Unknown));
        let retry_may_repeat = match message.status {
            MessageStatus::Unknown => true,
            MessageStatus::Failed => is_doubtful,
            _ => false,
        };
        Self {
            can_cancel: job.state == JobState::Queued,
            can_retry,
            retry_may_repeat,
        }
    }
}
