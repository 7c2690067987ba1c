use std::error::Error;
use std::fmt;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use reqwest::multipart::{Form, Part};
use serde::Deserialize;

use crate::client::{Call, GraphClient, Response, scrubber};
use crate::credentials::Credentials;
use crate::endpoint::Request;
use crate::error::GraphError;
use crate::transport::unsendable;
use crate::wire::lenient;

const NAME: &str = "UploadMedia";

/// `POST /{phone number}/media`: uploads a media file, which Meta keeps for 30 days. Call it by
/// [`GraphClient::upload_media`]: it is sent as a form, and its bytes can be sent only once.
pub struct UploadMedia {
    /// Meta's id of the number that will send the file.
    pub phone_number_id: String,
    /// The MIME type. Meta accepts only certain types, such as `image/jpeg`.
    pub mime_type: String,
    /// The file's name.
    pub file_name: String,
    /// The length in bytes. The content must have exactly this length.
    pub size: u64,
    /// The bytes.
    pub content: BoxStream<'static, Result<Bytes, Box<dyn Error + Send + Sync>>>,
}

impl fmt::Debug for UploadMedia {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadMedia")
            .field("phone_number_id", &self.phone_number_id)
            .field("mime_type", &self.mime_type)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// A media file that was uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct UploadedMedia {
    /// Meta's id of the file.
    #[serde(deserialize_with = "lenient::id")]
    pub id: String,
}

impl GraphClient {
    /// Uploads a media file. It is never retried, since its bytes can be read only once. A retry by the caller leaves
    /// at most an unused file at Meta.
    ///
    /// # Errors
    /// A [`GraphError`] whose [`kind`](GraphError::kind) says what can be done about it.
    pub async fn upload_media(
        &self,
        credentials: &Credentials,
        upload: UploadMedia,
    ) -> Result<Response<UploadedMedia>, GraphError> {
        let call = Call {
            name: NAME,
            is_read: false,
            // A second upload leaves an unused file at Meta, which is no harm.
            idempotent: true,
            scrubber: scrubber(credentials, []),
        };
        let UploadMedia {
            phone_number_id,
            mime_type,
            file_name,
            size,
            content,
        } = upload;
        let body = reqwest::Body::wrap_stream(content);
        let file = Part::stream_with_length(body, size)
            .file_name(file_name)
            .mime_str(&mime_type)
            .map_err(|_| call.unanswered(&unsendable("the MIME type cannot be read")))?;
        let form = Form::new()
            .text("messaging_product", "whatsapp")
            .text("type", mime_type)
            .part("file", file);
        let request = Request::post([phone_number_id.as_str(), "media"]);
        let answer = self
            .transport()
            .post_form(credentials, &request, form)
            .await;
        call.conclude(1, answer, |body| serde_json::from_slice(body))
            .map_err(|error| error.after_attempts(1))
    }
}
