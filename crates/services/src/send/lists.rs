//! Messages of ours, for people.

use std::collections::HashMap;

use wabakit_domain::{
    Time,
    explain::{Retry, explain},
    ids::{ContactId, MessageId},
    message::{Direction, Message, MessageStatus},
    outbound::JobState,
};
use wabakit_ports::store::{MessageDetail, OutboxFilter, Page, PageRequest};

use super::{MessageService, SendError, Waiting};
use crate::{Caller, Invalid, ServiceError};

/// The longest reference that is searched for, in characters.
const LONGEST_REFERENCE: usize = 200;

/// A message with what is told of its sending and not kept in it.
#[derive(Clone, PartialEq, Debug)]
pub struct ShownMessage {
    /// The message.
    pub message: Message,
    /// For whom, of a message of ours: a phone number, a user id, or a group's id.
    pub to: Option<String>,
    /// Why it waits.
    pub waiting: Option<Waiting>,
    /// Meta took it before [`MessageService::stuck_before`], and it has neither arrived nor failed since.
    pub is_stuck: bool,
}

impl MessageService {
    /// Messages that were sent from here, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list(
        &self,
        caller: &Caller,
        filter: OutboxFilter,
        page: PageRequest<MessageId>,
    ) -> Result<Page<ShownMessage, MessageId>, SendError> {
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

    /// What Meta took of attempts that were begun before then, and what has neither arrived nor failed since, is
    /// stuck.
    pub fn stuck_before(&self) -> Time {
        self.ports.base.now() - self.stuck_after
    }

    /// One message, whoever wrote it, with its timeline and file.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn get(
        &self,
        caller: &Caller,
        id: MessageId,
    ) -> Result<(MessageDetail, ShownMessage), SendError> {
        let detail = self.detail(caller, id).await?;
        let shown = self.shown_one(caller, detail.message.clone()).await?;
        Ok((detail, shown))
    }

    /// What is to be told of messages beside what is in them, in their order.
    ///
    /// # Errors
    /// When the database does not answer.
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

/// What a person may do to a message of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Acts {
    /// It still waits.
    pub can_cancel: bool,
    /// It ended without having been delivered.
    pub can_retry: bool,
    /// Meta may have taken it already, so that the person might get it twice.
    pub retry_may_repeat: bool,
}

impl Acts {
    /// By where the message stands.
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
        // One that Meta took and then reported as failed did not arrive. One that failed without Meta's word was held
        // for failed by a person or a policy.
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
