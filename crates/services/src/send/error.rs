use thiserror::Error;
use wabakit_domain::{Time, message::MessageStatus, outbound::MediaKind};
use wabakit_ports::{meta::MetaError, store::StoreError};

use crate::{Invalid, ServiceError};

/// Why something about sending was not done, by what the caller can do about it. Each is a sentence for people.
#[derive(Debug, Error)]
pub enum SendError {
    /// As with every use case.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// Fields are wrong: all of them.
    #[error("{}", .0.first().map_or("The message is wrong.", |first| first.detail.as_str()))]
    Invalid(Vec<Invalid>),
    /// The person has not written lately, so that Meta takes templates only.
    #[error("{}", closed(*.until))]
    WindowClosed {
        /// When the window closed, or will have closed; none where the person never wrote.
        until: Option<Time>,
    },
    /// The person wants no marketing.
    #[error("This person asked to get no more marketing messages.")]
    OptedOut,
    /// No number is named, and the org has no default.
    #[error(
        "There is no connected number to send from: connect one, make one the default, or name one."
    )]
    NoAccount,
    /// The number is not connected.
    #[error("This number is not connected, so nothing can be sent from it.")]
    NotConnected,
    /// A call with the same key is being worked on.
    #[error("A request with this Idempotency-Key is being worked on.")]
    InFlight,
    /// The key was used for another call.
    #[error("This Idempotency-Key was used before, for another request.")]
    KeyReused,
    /// The key cannot be one.
    #[error("An Idempotency-Key has 1 to 255 visible ASCII characters.")]
    KeyMalformed,
    /// It is not queued any more.
    #[error("Only a message that still waits can be cancelled; this one is {}.", name(*.0))]
    NotQueued(MessageStatus),
    /// It did not end in a way that can be tried again.
    #[error("Only a message that failed, expired, was cancelled or is unknown can be sent again; this one is {}.", name(*.0))]
    NotRetryable(MessageStatus),
    /// It is not unknown.
    #[error("Only a message of which nobody knows whether it was sent can be held for failed; this one is {}.", name(*.0))]
    NotUnknown(MessageStatus),
    /// Meta may have taken it already.
    #[error("Meta may have taken this message already: sending it again may show it twice.")]
    MayRepeat,
    /// There is no message of the customer's that it could be about.
    #[error("There is no message of the customer's that Meta could be told about.")]
    NoInbound,
    /// Too much waits already, or the database did not say that it took it: the same call again, with the same key.
    #[error("The message could not be stored now.")]
    NotStored,
    /// A file is larger than Meta takes.
    #[error("Meta takes {} of at most {} bytes.", plural(*.kind), .at_most)]
    MediaTooLarge {
        /// What kind of file.
        kind: MediaKind,
        /// Bytes.
        at_most: u64,
    },
    /// A file is of a kind that Meta does not take, or not what it is said to be.
    #[error("{0}")]
    MediaType(String),
    /// A file has no bytes.
    #[error("The file is empty.")]
    MediaEmpty,
    /// The raw passthrough does not do this.
    #[error("{0}")]
    RawNotAllowed(&'static str),
}

impl SendError {
    /// Stable, for programs.
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
            Self::MediaType(_) => "media_type",
            Self::MediaEmpty => "media_empty",
            Self::RawNotAllowed(_) => "raw_not_allowed",
        }
    }

    /// The fields that are wrong.
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
