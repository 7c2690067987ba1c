//! Sending: one request, one attempt, three outcomes. Nothing here tries again by itself.

use async_trait::async_trait;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::BoxStream;
pub use wabakit_domain::outbound::Certainty;
use wabakit_domain::{
    ids::{MetaMediaId, PhoneNumberId, Wamid},
    inbound::{MetaFault, Party},
    outbound::Attempt,
};

use super::{GrantAccess, MetaError};

/// Meta took a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SendReceipt {
    /// Meta's id.
    pub wamid: Wamid,
    /// Who Meta says the recipient is.
    pub recipient: Party,
    /// `message_status`, of templates: `accepted`, `held_for_quality_assessment`, `paused`.
    pub message_status: Option<String>,
    /// The most used of Meta's limits, in percent, as the answer's headers tell.
    pub usage_percent: Option<u32>,
}

/// A request ended without Meta taking the message, or without anybody knowing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SendFailure {
    /// Whether Meta may have taken it.
    pub certainty: Certainty,
    /// Meta's error, where it told one.
    pub fault: Option<MetaFault>,
    /// HTTP's status, where there was an answer.
    pub http_status: Option<u16>,
    /// How long Meta asks to stay away.
    pub retry_after: Option<Duration>,
    /// The most used of Meta's limits, in percent.
    pub usage_percent: Option<u32>,
    /// What happened, in words without secrets.
    pub detail: String,
}

impl SendFailure {
    /// As the decision takes it. `number` is which attempt of the message it was, from 1. Who knows how often in a
    /// row what Meta blocks was tried in vain sets [`Attempt::strikes`].
    pub fn attempt(&self, number: i32) -> Attempt {
        Attempt {
            certainty: self.certainty,
            code: self.fault.as_ref().map(|fault| fault.code),
            http_status: self.http_status,
            retry_after: self.retry_after,
            number,
            strikes: 0,
        }
    }
}

/// Which request of the org's own at Meta, as it was given.
#[derive(Clone, PartialEq, Debug)]
pub struct RawRequest {
    /// `GET`, `POST` or `DELETE`.
    pub method: RawMethod,
    /// The path without version: `<id>/…`.
    pub path: String,
    /// The query, without a token.
    pub query: Vec<(String, String)>,
    /// The body, of a POST.
    pub body: Option<serde_json::Value>,
}

/// What the raw passthrough may do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RawMethod {
    /// Reads.
    Get,
    /// Writes.
    Post,
    /// Deletes.
    Delete,
}

/// Meta's answer to a raw request: any status, with tokens scrubbed from it.
#[derive(Clone, PartialEq, Debug)]
pub struct RawAnswer {
    /// HTTP's status.
    pub status: u16,
    /// The answer's JSON; null where it had none.
    pub body: serde_json::Value,
}

/// A file on its way to Meta.
pub struct MediaUpload {
    /// What kind of file.
    pub mime_type: String,
    /// Its name.
    pub filename: String,
    /// Bytes in all.
    pub size: u64,
    /// The bytes.
    pub bytes: BoxStream<'static, std::io::Result<Bytes>>,
}

/// Messages, read receipts and files to Meta.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SendGateway: Send + Sync {
    /// Sends one message, once. `body` is Meta's message object as JSON without `messaging_product`; `opaque` goes
    /// as `biz_opaque_callback_data`.
    ///
    /// # Errors
    /// [`SendFailure::certainty`] says what is known.
    async fn send(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
        body: &str,
        opaque: &str,
    ) -> Result<SendReceipt, SendFailure>;

    /// Marks a customer's message, and all before it, as read; with `typing` it shows for up to 25 seconds that
    /// somebody writes.
    ///
    /// # Errors
    /// As every call of Meta.
    async fn mark_read(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
        message: &Wamid,
        typing: bool,
    ) -> Result<(), MetaError>;

    /// Gives Meta a file, for messages of this number. It is kept for 30 days.
    ///
    /// # Errors
    /// As every call of Meta.
    async fn upload(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
        file: MediaUpload,
    ) -> Result<MetaMediaId, MetaError>;

    /// Makes a request that is not modelled, once.
    ///
    /// # Errors
    /// When there was no answer; an answer of any status is one.
    async fn raw(&self, access: &GrantAccess, request: RawRequest) -> Result<RawAnswer, MetaError>;
}
