//! Source: Meta, WhatsApp Cloud API, "Media".

use secrecy::SecretString;
use serde::Deserialize;

use super::table::endpoint;
use super::{DownloadMedia, Success};
use crate::endpoint::Request;
use crate::wire::{Extra, lenient, sha256};

endpoint! {
    /// `GET /{media}`: asks for the link of a media file, which [`DownloadMedia`](super::DownloadMedia) can use for five
    /// minutes.
    pub struct GetMedia {
        /// Meta's id of the file.
        media_id,
        /// The number that received the file or that it was uploaded for. With it, Meta does not answer for another
        /// number's file.
        phone_number_id: Option<String>,
    }
    Media: |it| Request::get([it.media_id.as_str()])
        .optional_query("phone_number_id", it.phone_number_id.as_deref())
}

/// A media file.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Media {
    /// Meta's id of the file.
    #[serde(deserialize_with = "lenient::id")]
    pub id: String,
    /// The link. It works for five minutes, with a token.
    #[serde(deserialize_with = "lenient::secret")]
    pub url: SecretString,
    /// The MIME type.
    #[serde(default)]
    pub mime_type: Option<String>,
    /// SHA-256 of the bytes, in hex or base64.
    #[serde(default)]
    pub sha256: Option<String>,
    /// The length in bytes.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub file_size: Option<i64>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Media {
    /// Makes the download of the file, which checks it by the digest and the length that Meta promised.
    pub fn download(&self, max_bytes: u64) -> DownloadMedia {
        DownloadMedia {
            sha256: self.sha256.as_deref().and_then(sha256::parse),
            size: self.file_size.and_then(|size| size.try_into().ok()),
            ..DownloadMedia::new(self.url.clone(), max_bytes)
        }
    }
}

endpoint! {
    /// `DELETE /{media}`: deletes a media file at Meta.
    pub struct DeleteMedia {
        /// Meta's id of the file.
        media_id,
        /// The number that the file was uploaded for. With it, Meta does not delete another number's file.
        phone_number_id: Option<String>,
    }
    Success: |it| Request::delete([it.media_id.as_str()])
        .optional_query("phone_number_id", it.phone_number_id.as_deref())
}
