use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use reqwest::header::{CONTENT_TYPE, LOCATION};
use ring::digest;
use secrecy::{ExposeSecret, SecretString};
use tracing::debug;
use url::Url;

use crate::client::{Call, GraphClient, scrubber};
use crate::credentials::Credentials;
use crate::error::{ErrorKind, GraphError, Scrubber};
use crate::media_hosts::is_allowed;
use crate::transport::chunk;

const NAME: &str = "DownloadMedia";
const MAX_REDIRECTS: usize = 3;

/// Downloads a media file by the link from [`GetMedia`](super::GetMedia) or from a webhook. Call it by
/// [`GraphClient::download_media`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DownloadMedia {
    /// The link.
    pub url: SecretString,
    /// The largest file that is accepted, in bytes.
    pub max_bytes: u64,
    /// The SHA-256 that the bytes must have, if it is known.
    pub sha256: Option<[u8; 32]>,
    /// The length in bytes that the file must have, if it is known.
    pub size: Option<u64>,
    /// The MIME type that the answer must have. Parameters such as `codecs` are not compared. Meta does not document
    /// the type that its media hosts answer with, so nothing sets it but you.
    pub mime_type: Option<String>,
}

impl DownloadMedia {
    /// Downloads a file without checks of its content. [`Media::download`](super::Media::download) makes a download that
    /// is checked by what Meta says about the file.
    pub fn new(url: SecretString, max_bytes: u64) -> Self {
        Self {
            url,
            max_bytes,
            sha256: None,
            size: None,
            mime_type: None,
        }
    }
}

/// A media file that is being downloaded.
#[non_exhaustive]
pub struct Download {
    /// `Content-Type` of the answer.
    pub content_type: Option<String>,
    /// The length in bytes, if the answer says it.
    pub size: Option<u64>,
    /// The bytes. After an error the stream ends, and the bytes before it are not to be used:
    /// [`ErrorKind::ResponseTooLarge`], [`ErrorKind::MediaMismatch`], or a connection that broke or stalled.
    pub bytes: BoxStream<'static, Result<Bytes, GraphError>>,
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("content_type", &self.content_type)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

impl GraphClient {
    /// Downloads a media file. Retries until an answer begins.
    ///
    /// The token goes to `lookaside.fbsbx.com`, to hosts below `fbcdn.net` and to the host of the Graph API, and to
    /// no other host. A redirect is followed to one of these, and takes the token along only to the same host.
    ///
    /// # Errors
    /// [`ErrorKind::LinkExpired`], [`ErrorKind::HostNotAllowed`], [`ErrorKind::ResponseTooLarge`],
    /// [`ErrorKind::MediaMismatch`], and those of any call. More errors may come with the bytes: see [`Download::bytes`].
    pub async fn download_media(
        &self,
        credentials: &Credentials,
        media: &DownloadMedia,
    ) -> Result<Download, GraphError> {
        self.repeat(NAME, true, |attempt| {
            self.begin_download(attempt, credentials, media)
        })
        .await
    }

    async fn begin_download(
        &self,
        attempt: u32,
        credentials: &Credentials,
        media: &DownloadMedia,
    ) -> Result<Download, GraphError> {
        let call = Call {
            name: NAME,
            is_read: true,
            idempotent: true,
            scrubber: scrubber(credentials, [&media.url]),
        };
        let local = |kind, detail: String| GraphError::local(NAME, kind, detail);
        let transport = self.transport();
        let mut url = Url::parse(media.url.expose_secret())
            .map_err(|_| local(ErrorKind::InvalidRequest, "the link is no URL".to_owned()))?;
        let origin = url.origin();
        for _ in 0..=MAX_REDIRECTS {
            if !is_allowed(&url, transport.base()) {
                let host = url.host_str().unwrap_or("no host");
                let detail = format!("the link leads to {host} by {}", url.scheme());
                return Err(local(ErrorKind::HostNotAllowed, detail));
            }
            let token = credentials.token().filter(|_| url.origin() == origin);
            let answer = transport.fetch(url.clone(), token).await;
            let response = answer.map_err(|failure| call.unanswered(&failure))?;
            let status = response.status();
            debug!(attempt, status = status.as_u16(), "answered");
            if status.is_redirection() {
                let location = response.headers().get(LOCATION);
                let location = location.and_then(|location| location.to_str().ok());
                if let Some(next) = location.and_then(|location| url.join(location).ok()) {
                    url = next;
                    continue;
                }
            }
            if status.as_u16() == 404 {
                let detail = "the media host does not know the link any more";
                return Err(local(ErrorKind::LinkExpired, detail.to_owned()));
            }
            if status.as_u16() != 200 {
                let answer = transport.read(response).await;
                let answer = answer.map_err(|failure| call.unanswered(&failure))?;
                return Err(call.refused(answer, None));
            }
            return begin(response, media, transport.stall_timeout());
        }
        let detail = format!("more than {MAX_REDIRECTS} redirects");
        Err(local(ErrorKind::Unexpected, detail))
    }
}

fn begin(
    response: reqwest::Response,
    media: &DownloadMedia,
    stall_timeout: Duration,
) -> Result<Download, GraphError> {
    let size = response.content_length();
    if size.is_some_and(|size| size > media.max_bytes) {
        return Err(too_large(media.max_bytes));
    }
    if let (Some(expected), Some(size)) = (media.size, size)
        && size != expected
    {
        return Err(mismatch(format!(
            "the file has {size} bytes and not {expected}"
        )));
    }
    let content_type = response.headers().get(CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    if let Some(expected) = &media.mime_type
        && !content_type.is_some_and(|found| essence(found).eq_ignore_ascii_case(essence(expected)))
    {
        let found = content_type.unwrap_or("no type");
        return Err(mismatch(format!("the file has {found} and not {expected}")));
    }
    Ok(Download {
        content_type: content_type.map(str::to_owned),
        size,
        bytes: Incoming {
            response,
            stall_timeout,
            max_bytes: media.max_bytes,
            taken: 0,
            sha256: media.sha256,
            size: media.size,
            hash: digest::Context::new(&digest::SHA256),
        }
        .bytes(),
    })
}

fn too_large(max_bytes: u64) -> GraphError {
    let detail = format!("the file exceeds {max_bytes} bytes");
    GraphError::local(NAME, ErrorKind::ResponseTooLarge, detail)
}

fn mismatch(detail: String) -> GraphError {
    GraphError::local(NAME, ErrorKind::MediaMismatch, detail)
}

/// Returns a MIME type without its parameters.
fn essence(mime_type: &str) -> &str {
    mime_type.split(';').next().unwrap_or_default().trim()
}

/// The body of an answer, counted and hashed.
struct Incoming {
    response: reqwest::Response,
    stall_timeout: Duration,
    max_bytes: u64,
    taken: u64,
    sha256: Option<[u8; 32]>,
    size: Option<u64>,
    hash: digest::Context,
}

impl Incoming {
    fn bytes(self) -> BoxStream<'static, Result<Bytes, GraphError>> {
        stream::try_unfold(self, Self::next).boxed()
    }

    async fn next(mut self) -> Result<Option<(Bytes, Self)>, GraphError> {
        let next = chunk(&mut self.response, self.stall_timeout).await;
        let next = next.map_err(|failure| {
            let call = Call {
                name: NAME,
                is_read: true,
                idempotent: true,
                scrubber: Scrubber::default(),
            };
            call.unanswered(&failure)
        })?;
        let Some(bytes) = next else {
            return self.end().map(|()| None);
        };
        self.taken = self.taken.saturating_add(bytes.len() as u64);
        if self.taken > self.max_bytes {
            return Err(too_large(self.max_bytes));
        }
        self.hash.update(&bytes);
        Ok(Some((bytes, self)))
    }

    fn end(self) -> Result<(), GraphError> {
        let found = self.hash.finish();
        let taken = self.taken;
        if let Some(expected) = self.size.filter(|expected| *expected != taken) {
            return Err(mismatch(format!(
                "the file has {taken} bytes and not {expected}"
            )));
        }
        if self
            .sha256
            .is_some_and(|expected| found.as_ref() != expected)
        {
            return Err(mismatch(format!(
                "the {taken} bytes have another SHA-256 than promised"
            )));
        }
        Ok(())
    }
}
