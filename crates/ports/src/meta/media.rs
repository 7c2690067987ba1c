//! Files at Meta. Meta keeps what customers sent for days only, and a link to it works for minutes: whoever wants
//! a file fetches it at once.

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

/// The SHA-256 of some bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// Reads Meta's text, which is hex in one place and base64 in another; `None` where it is neither.
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

/// In hex.
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

/// Where a file can be fetched for the next minutes, and what Meta says of it.
#[derive(Clone, Debug)]
pub struct MediaLink {
    /// The address. With a token it opens the file, so it is not shown.
    pub url: SecretString,
    /// What kind of file the sender's phone says it is.
    pub mime_type: Option<String>,
    /// The digest that a download must have. `None` where Meta gave none that can be read; whoever knows the
    /// webhook's may put it here.
    pub sha256: Option<Sha256>,
    /// The length in bytes.
    pub size: Option<u64>,
}

/// A file on its way.
pub struct MediaDownload {
    /// `Content-Type` of the answer.
    pub content_type: Option<String>,
    /// Length in bytes, where the answer says so.
    pub size: Option<u64>,
    /// The bytes. Its first error ends it, and all that came before is worth nothing.
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
    /// Asks where a file is that came in by this number.
    ///
    /// # Errors
    /// [`MetaError::media_remedy`] says what can be done. [`MetaErrorKind::NotFound`] means that Meta no longer
    /// has the file, or not for this token.
    async fn media_link(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
        media: &MetaMediaId,
    ) -> Result<MediaLink, MetaError>;

    /// Fetches a file of at most `max_bytes`. The token goes to Meta's media hosts only, whatever the link says.
    ///
    /// # Errors
    /// Here, or while the bytes come; [`MetaError::media_remedy`] says what can be done.
    /// [`MetaErrorKind::LinkExpired`] asks for a new link, [`MetaErrorKind::MediaCorrupt`] means that the bytes
    /// are not those of the link's digest, [`MetaErrorKind::MediaTooLarge`] that there are more than allowed.
    async fn download(
        &self,
        access: &GrantAccess,
        link: &MediaLink,
        max_bytes: u64,
    ) -> Result<MediaDownload, MetaError>;
}

/// What helps where a file could not be fetched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MediaRemedy {
    /// Ask for a new link, and fetch by that. Not for ever.
    NewLink,
    /// Try the same later.
    Later,
    /// Have somebody mend the connection, its rights or the app's secret; then try again.
    Reconnect,
    /// Nothing: the file is lost.
    GiveUp,
}

impl MetaError {
    /// What helps where a file could not be fetched.
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
