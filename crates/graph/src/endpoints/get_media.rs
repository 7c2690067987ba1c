use secrecy::SecretString;
use serde::Deserialize;

use super::DownloadMedia;
use crate::endpoint::{Endpoint, Request};
use crate::wire::{Extra, lenient, sha256};

/// `GET /{media}`: asks for the link of a media file, which [`DownloadMedia`](super::DownloadMedia) can use for five
/// minutes.
#[derive(Debug, Clone)]
pub struct GetMedia {
    /// Meta's id of the file.
    pub media_id: String,
    /// The number that received the file or that it was uploaded for. With it, Meta does not answer for another
    /// number's file.
    pub phone_number_id: Option<String>,
}

impl Endpoint for GetMedia {
    type Response = Media;
    const NAME: &'static str = "GetMedia";

    fn request(&self) -> Request {
        let request = Request::get([self.media_id.as_str()]);
        match &self.phone_number_id {
            Some(number) => request.query("phone_number_id", number),
            None => request,
        }
    }
}

/// A media file.
#[derive(Debug, Clone, Deserialize)]
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
