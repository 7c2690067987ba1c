use thiserror::Error;
use wabakit_domain::{Time, message::MessageStatus, outbound::MediaKind};
use wabakit_ports::{meta::MetaError, store::StoreError};

use crate::{Invalid, ServiceError};

/// The reason why a use case of sending failed, by what the caller can do about it. Each text is a sentence for people.
#[derive(Debug, Error)]
pub enum SendError {
    /// An error of any use case.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// Fields have wrong values. Holds all of them.
    #[error("{}", .0.first().map_or("The message is wrong.", |first| first.detail.as_str()))]
    Invalid(Vec<Invalid>),
    /// The customer service window is closed, so Meta accepts only templates.
    #[error("{}", closed(*.until))]
    WindowClosed {
        /// The time when the window closed, or will close. `None` when the person never wrote.
        until: Option<Time>,
    },
    /// The person refuses marketing.
    #[error("This person asked to get no more marketing messages.")]
    OptedOut,
    /// The message names no number, and the organisation has no default.
    #[error(
        "There is no connected number to send from: connect one, make one the default, or name one."
    )]
    NoAccount,
    /// The number is not connected.
    #[error("This number is not connected, so nothing can be sent from it.")]
    NotConnected,
    /// A call with the same key is in progress.
    #[error("A request with this Idempotency-Key is in progress.")]
    InFlight,
    /// The key was used for another call.
    #[error("This Idempotency-Key was used before, for another request.")]
    KeyReused,
    /// The key is malformed.
    #[error("An Idempotency-Key has 1 to 255 visible ASCII characters.")]
    KeyMalformed,
    /// The message is not queued any more.
    #[error("Only a message that still waits can be cancelled; this one is {}.", name(*.0))]
    NotQueued(MessageStatus),
    /// The message's status does not allow a retry.
    #[error("Only a message that failed, expired, was cancelled or is unknown can be sent again; this one is {}.", name(*.0))]
    NotRetryable(MessageStatus),
    /// The message's outcome is not unknown.
    #[error("Only a message whose outcome is unknown can be marked as failed; this one is {}.", name(*.0))]
    NotUnknown(MessageStatus),
    /// Meta may have accepted the message already.
    #[error("Meta may have accepted this message already: the recipient may get it twice.")]
    MayRepeat,
    /// There is no message of the customer to refer to.
    #[error("There is no message of the customer to mark as read or to answer.")]
    NoInbound,
    /// Too many calls are waiting, or the database did not confirm the write. Repeat the call with the same key.
    #[error("The message could not be stored now.")]
    NotStored,
    /// The file is larger than Meta accepts.
    #[error("Meta takes {} of at most {} bytes.", plural(*.kind), .at_most)]
    MediaTooLarge {
        /// The kind of file.
        kind: MediaKind,
        /// The limit in bytes.
        at_most: u64,
    },
    /// The org's files would take more than this many bytes.
    #[error("The files of your organisation may take {} together, and this one does not fit any more.", in_words(*.0))]
    OverQuota(i64),
    /// Meta does not accept this kind of file, or the bytes do not match the declared type.
    #[error("{0}")]
    MediaType(String),
    /// A file has no bytes.
    #[error("The file is empty.")]
    MediaEmpty,
    /// The raw passthrough does not allow this call.
    #[error("{0}")]
    RawNotAllowed(&'static str),
}

impl SendError {
    /// Returns the stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Service(ServiceError::NotFound(_)) => "not_found",
            Self::Service(_) => "internal",
            Self::Invalid(_) => "invalid_message",
            Self::WindowClosed { .. } => "window_closed",
            Self::OptedOut => "opted_out",
            Self::NoAccount => "no_account",
            Self::NotConnected => "account_not_connected",
            Self::InFlight => "idempotency_in_flight",
            Self::KeyReused => "idempotency_mismatch",
            Self::KeyMalformed => "idempotency_key_malformed",
            Self::NotQueued(_) => "not_queued",
            Self::NotRetryable(_) => "not_retryable",
            Self::NotUnknown(_) => "not_unknown",
            Self::MayRepeat => "may_repeat",
            Self::NoInbound => "no_inbound_message",
            Self::NotStored => "not_stored",
            Self::MediaTooLarge { .. } => "media_too_large",
            Self::OverQuota(_) => "storage_quota",
            Self::MediaType(_) => "media_type",
            Self::MediaEmpty => "media_empty",
            Self::RawNotAllowed(_) => "raw_not_allowed",
        }
    }

    /// Returns the wrong fields.
    pub fn fields(&self) -> &[Invalid] {
        match self {
            Self::Invalid(fields) => fields,
            Self::Service(ServiceError::Invalid(field)) => std::slice::from_ref(field),
            _ => &[],
        }
    }
}

impl From<StoreError> for SendError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl From<MetaError> for SendError {
    fn from(error: MetaError) -> Self {
        Self::Service(error.into())
    }
}

/// Tells a size in the largest unit that it fills.
fn in_words(bytes: i64) -> String {
    let unit = ["GB", "MB", "KB"].into_iter().zip([30, 20, 10]);
    let mut whole = unit.map(|(unit, bits)| (bytes >> bits, unit));
    match whole.find(|(count, _)| *count > 0) {
        Some((count, unit)) => format!("{count} {unit}"),
        None => format!("{bytes} bytes"),
    }
}

fn closed(until: Option<Time>) -> String {
    match until {
        Some(until) => format!(
            "The 24-hour window of this conversation ends at {}, so that only a template can be sent then.",
            until.format("%Y-%m-%d %H:%M UTC")
        ),
        None => {
            "This person has not written to this number yet, so that only a template can be sent."
                .to_owned()
        }
    }
}

const fn plural(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => "pictures",
        MediaKind::Video => "films",
        MediaKind::Audio => "sound",
        MediaKind::Document => "documents",
        MediaKind::Sticker => "stickers",
    }
}

const fn name(status: MessageStatus) -> &'static str {
    match status {
        MessageStatus::Received => "a customer's",
        MessageStatus::Queued => "queued",
        MessageStatus::Sending => "being sent",
        MessageStatus::Accepted => "accepted by Meta",
        MessageStatus::Sent => "sent",
        MessageStatus::Delivered => "delivered",
        MessageStatus::Read => "read",
        MessageStatus::Played => "played",
        MessageStatus::Failed => "failed",
        MessageStatus::Unknown => "unknown",
        MessageStatus::Cancelled => "cancelled",
        MessageStatus::Expired => "expired",
    }
}
