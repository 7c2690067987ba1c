//! Files at Meta. Meta keeps customers' files for days only, and a link works for minutes, so a file must be fetched
//! soon.

use std::fmt;

use async_trait::async_trait;
use base64::{
    Engine as _,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use bytes::Bytes;
use futures::stream::BoxStream;
use wabakit_domain::{
    ids::{MetaMediaId, PhoneNumberId},
    secret::SecretString,
};

use super::{GrantAccess, MetaError, MetaErrorKind};

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// Reads Meta's text, which is hex in one place and base64 in another. `None` when it is neither.
    pub fn parse(text: &str) -> Option<Self> {
        const LENIENT: GeneralPurposeConfig =
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let text = text.trim();
        if text.len() == 64 {
            let mut digest = [0; 32];
            hex::decode_to_slice(text, &mut digest).ok()?;
            return Some(Self(digest));
        }
        [base64::alphabet::STANDARD, base64::alphabet::URL_SAFE]
            .iter()
            .find_map(|alphabet| GeneralPurpose::new(alphabet, LENIENT).decode(text).ok())
            .and_then(|digest| digest.try_into().ok())
            .map(Self)
    }
}

/// Writes hex.
impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

/// The link of a file for the next minutes, with Meta's facts about the file.
#[derive(Clone, Debug)]
pub struct MediaLink {
    /// The address. With a token it opens the file, so it is not shown.
    pub url: SecretString,
    /// The MIME type from the sender's phone.
    pub mime_type: Option<String>,
    /// The digest that a download must have. `None` when Meta gave none that can be read; a caller that knows the
    /// webhook's digest may set it.
    pub sha256: Option<Sha256>,
    /// The length in bytes.
    pub size: Option<u64>,
}

/// A file that is being downloaded.
pub struct MediaDownload {
    /// `Content-Type` of the answer.
    pub content_type: Option<String>,
    /// The length in bytes, if the answer says it.
    pub size: Option<u64>,
    /// The bytes. After the first error they end, and those before it are not to be used.
    pub bytes: BoxStream<'static, Result<Bytes, MetaError>>,
}

impl fmt::Debug for MediaDownload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaDownload")
            .field("content_type", &self.content_type)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// Files at Meta.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MediaGateway: Send + Sync {
    /// Asks for the link of a file that this number received.
    ///
    /// # Errors
    /// [`MetaError::media_remedy`] says what can be done. [`MetaErrorKind::NotFound`] means that Meta no longer has
    /// the file, or does not show it to this token.
    async fn media_link(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
        media: &MetaMediaId,
    ) -> Result<MediaLink, MetaError>;

    /// Downloads a file of at most `max_bytes`. The token goes only to Meta's media hosts, whatever the link says.
    ///
    /// # Errors
    /// Here, or while the bytes arrive; [`MetaError::media_remedy`] says what can be done. After
    /// [`MetaErrorKind::LinkExpired`] ask for a new link; [`MetaErrorKind::MediaCorrupt`] means that the bytes do not
    /// match the digest, and [`MetaErrorKind::MediaTooLarge`] that there are more than allowed.
    async fn download(
        &self,
        access: &GrantAccess,
        link: &MediaLink,
        max_bytes: u64,
    ) -> Result<MediaDownload, MetaError>;
}

/// The remedy when a file could not be downloaded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MediaRemedy {
    /// Ask for a new link, and download again. Limit the number of times.
    NewLink,
    /// Retry later.
    Later,
    /// Have a person repair the connection, its permissions or the app's secret; then retry.
    Reconnect,
    /// Nothing: the file is lost.
    GiveUp,
}

impl MetaError {
    /// Returns the remedy when a file could not be downloaded.
    pub const fn media_remedy(&self) -> MediaRemedy {
        match self.kind {
            MetaErrorKind::LinkExpired | MetaErrorKind::MediaCorrupt => MediaRemedy::NewLink,
            MetaErrorKind::Unavailable
            | MetaErrorKind::RateLimited(_)
            | MetaErrorKind::VaultUnavailable => MediaRemedy::Later,
            MetaErrorKind::TokenInvalid
            | MetaErrorKind::TokenUnreadable
            | MetaErrorKind::PermissionMissing
            | MetaErrorKind::AppMisconfigured => MediaRemedy::Reconnect,
            MetaErrorKind::NotFound
            | MetaErrorKind::MediaTooLarge
            | MetaErrorKind::Refused
            | MetaErrorKind::CodeExpired
            | MetaErrorKind::CodeUsed
            | MetaErrorKind::CodeRejected
            | MetaErrorKind::RedirectMismatch
            | MetaErrorKind::PinMismatch
            | MetaErrorKind::RegistrationLimit
            | MetaErrorKind::NotVerified => MediaRemedy::GiveUp,
        }
    }
}
