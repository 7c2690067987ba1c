//! Source: Meta, Graph API, "Resumable upload".

use std::error::Error;
use std::fmt;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::form_urlencoded;

use super::table::endpoint;
use crate::client::{Call, GraphClient, Response, scrubber};
use crate::credentials::Credentials;
use crate::endpoint::Request;
use crate::error::GraphError;
use crate::wire::lenient;

const NAME: &str = "UploadPart";

endpoint! {
    /// `POST /{app}/uploads`: begins the upload of a file for a template's header or a profile's picture. Its bytes follow
    /// by [`GraphClient::upload_part`].
    pub struct StartUpload {
        /// The app.
        app_id,
        /// The file's name.
        file_name,
        /// The length in bytes.
        file_length: u64,
        /// The MIME type: PDF, JPEG, PNG or MP4.
        file_type,
    }
    UploadSession: |it| Request::post([it.app_id.as_str(), "uploads"])
        .query("file_name", &it.file_name)
        .query("file_length", it.file_length.to_string())
        .query("file_type", &it.file_type)
}

endpoint! {
    /// `GET /{upload}`: asks how much of a file has arrived, so that an upload that broke off can go on from there.
    pub struct GetUpload {
        /// The session.
        session: UploadSession,
    }
    UploadProgress: |it| it.session.request(Request::get)
}

/// An upload that was begun.
#[derive(Debug, Clone, Deserialize)]
pub struct UploadSession {
    /// Meta's id of the session, `upload:…`. It holds a signature.
    #[serde(deserialize_with = "lenient::secret")]
    pub id: SecretString,
}

impl UploadSession {
    /// Makes a request for the session. Its id holds a path and a query.
    fn request<'a>(&'a self, method: fn([&'a str; 1]) -> Request) -> Request {
        let id = self.id.expose_secret();
        let (path, query) = id.split_once('?').unwrap_or((id, ""));
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        pairs.fold(method([path]).hide(&self.id), |request, (key, value)| {
            request.query(key, value)
        })
    }
}

/// The part of a file that has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct UploadProgress {
    /// The number of bytes, which is the offset of the next part.
    pub file_offset: u64,
}

/// The bytes of a file from an offset to its end. Send it by [`GraphClient::upload_part`].
pub struct UploadPart {
    /// The session.
    pub session: UploadSession,
    /// The offset of the first byte: 0, or what [`GetUpload`] answered.
    pub file_offset: u64,
    /// The length of the content in bytes.
    pub size: u64,
    /// The bytes.
    pub content: BoxStream<'static, Result<Bytes, Box<dyn Error + Send + Sync>>>,
}

impl fmt::Debug for UploadPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadPart")
            .field("file_offset", &self.file_offset)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// A file that has arrived as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct UploadedFile {
    /// The handle, for [`TemplateHeader`](crate::template_definitions::TemplateHeader) and
    /// [`BusinessProfile::profile_picture_handle`](super::BusinessProfile::profile_picture_handle).
    #[serde(rename = "h")]
    pub handle: String,
}

impl GraphClient {
    /// Uploads a file in a session, as a stream. It is never retried, since the bytes can be read only once: ask
    /// [`GetUpload`] for the offset, and go on from there.
    ///
    /// # Errors
    /// A [`GraphError`] whose [`kind`](GraphError::kind) says what can be done about it.
    pub async fn upload_part(
        &self,
        credentials: &Credentials,
        part: UploadPart,
    ) -> Result<Response<UploadedFile>, GraphError> {
        let call = Call {
            name: NAME,
            is_read: false,
            idempotent: false,
            scrubber: scrubber(credentials, [&part.session.id]),
        };
        let request = part.session.request(Request::post);
        let body = reqwest::Body::wrap_stream(part.content);
        let answer = self
            .transport()
            .post_part(credentials, &request, (part.file_offset, part.size), body)
            .await;
        call.conclude(1, answer, |body| serde_json::from_slice(body))
            .map_err(|error| error.after_attempts(1))
    }
}
