//! Sending: one request, one attempt, three outcomes. Nothing here retries.

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

/// Meta's receipt for an accepted message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SendReceipt {
    /// Meta's id.
    pub wamid: Wamid,
    /// The recipient, according to Meta.
    pub recipient: Party,
    /// `message_status`, for templates: `accepted`, `held_for_quality_assessment`, `paused`.
    pub message_status: Option<String>,
    /// The most used of Meta's limits, in percent, from the answer's headers.
    pub usage_percent: Option<u32>,
}

/// A request that Meta did not accept, or whose outcome is unknown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SendFailure {
    /// Tells whether Meta may have accepted the message.
    pub certainty: Certainty,
    /// Meta's error, if it sent one.
    pub fault: Option<MetaFault>,
    /// The HTTP status, if there was an answer.
    pub http_status: Option<u16>,
    /// The time that Meta asks to wait.
    pub retry_after: Option<Duration>,
    /// The most used of Meta's limits, in percent.
    pub usage_percent: Option<u32>,
    /// The event, as text without secrets.
    pub detail: String,
}

impl SendFailure {
    /// Converts the failure into the input of the decision. `number` counts the message's attempts, from 1.
    /// [`Attempt::strikes`] is 0: the caller sets it if it counts failed probes.
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

/// A raw request for an organisation's own asset at Meta.
#[derive(Clone, PartialEq, Debug)]
pub struct RawRequest {
    /// `GET`, `POST` or `DELETE`.
    pub method: RawMethod,
    /// The path without version: `<id>/…`.
    pub path: String,
    /// The query, without a token.
    pub query: Vec<(String, String)>,
    /// The body of a POST.
    pub body: Option<serde_json::Value>,
}

/// The methods of the raw passthrough.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RawMethod {
    /// Reads.
    Get,
    /// Writes.
    Post,
    /// Deletes.
    Delete,
}

/// Meta's answer to a raw request, with any status and without tokens.
#[derive(Clone, PartialEq, Debug)]
pub struct RawAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON of the answer. Null when there was none.
    pub body: serde_json::Value,
}

/// A file to upload to Meta.
pub struct MediaUpload {
    /// The MIME type.
    pub mime_type: String,
    /// Its name.
    pub filename: String,
    /// The size in bytes.
    pub size: u64,
    /// The bytes.
    pub bytes: BoxStream<'static, std::io::Result<Bytes>>,
}

/// Sends messages, read receipts and files to Meta. A method without an "Errors" section can fail with every
/// `MetaErrorKind`.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SendGateway: Send + Sync {
    /// Sends one message, once. `body` is Meta's message object as JSON without `messaging_product`; `opaque` is sent
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

    /// Marks a customer's message, and all before it, as read. `typing` also shows a typing indicator for up to 25
    /// seconds.
    async fn mark_read(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
        message: &Wamid,
        typing: bool,
    ) -> Result<(), MetaError>;

    /// Uploads a file for messages of this number. Meta keeps it for 30 days.
    async fn upload(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
        file: MediaUpload,
    ) -> Result<MetaMediaId, MetaError>;

    /// Makes a request that is not modelled, once.
    ///
    /// # Errors
    /// When there is no answer. An answer with any status is a result.
    async fn raw(&self, access: &GrantAccess, request: RawRequest) -> Result<RawAnswer, MetaError>;
}
