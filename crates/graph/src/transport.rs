//! One HTTP exchange: writes the request, reads an answer of bounded size, and classifies failures.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::DateTime;
use reqwest::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, RETRY_AFTER,
};
use rustls::{ClientConfig, RootCertStore};
use secrecy::ExposeSecret;
use url::Url;

use crate::builder::{BuildError, GraphClientBuilder};
use crate::credentials::{AccessToken, Credentials};
use crate::endpoint::{Body, Method, Request};
use crate::error::{ErrorKind, Replay};
use crate::usage::Usage;

/// The time for which a connection stays open without a request. Less than servers wait, so that ours is the side that
/// closes it and no request meets a connection that is just being closed.
const IDLE: Duration = Duration::from_secs(30);
const KEEP_ALIVE: Duration = Duration::from_secs(20);

pub(crate) struct Transport {
    http: reqwest::Client,
    /// The client for requests that are made once. It uses HTTP/1.1 with one connection for each request under way: a
    /// connection that breaks leaves one request in doubt, and HTTP/2's limit of streams (usually 100) does not delay
    /// hundreds.
    single: reqwest::Client,
    base: Url,
    max_response_bytes: usize,
    stall_timeout: Duration,
    transfer_timeout: Duration,
}

/// A complete answer, of whatever status.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) usage: Usage,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Vec<u8>,
}

/// An exchange without a complete answer. The detail holds no URL, but secrets are not removed from it yet.
pub(crate) struct NoAnswer {
    pub(crate) kind: ErrorKind,
    pub(crate) replay: Replay,
    pub(crate) maybe_processed: bool,
    pub(crate) timed_out: bool,
    pub(crate) status: Option<u16>,
    pub(crate) detail: String,
}

impl Transport {
    pub(crate) fn new(settings: &GraphClientBuilder, base: Url) -> Result<Self, BuildError> {
        Ok(Self {
            http: client(settings, false)?,
            single: client(settings, true)?,
            base,
            max_response_bytes: settings.max_response_bytes,
            stall_timeout: settings.request_timeout,
            transfer_timeout: settings.transfer_timeout,
        })
    }

    pub(crate) fn base(&self) -> &Url {
        &self.base
    }

    /// Makes the request once.
    pub(crate) async fn exchange(
        &self,
        credentials: &Credentials,
        request: &Request,
    ) -> Result<Answer, NoAnswer> {
        let http = self.write(credentials, request)?;
        let response = http.send().await.map_err(|error| no_answer(error, None))?;
        self.read(response).await
    }

    /// Posts a form, whose content can be sent only once.
    pub(crate) async fn post_form(
        &self,
        credentials: &Credentials,
        request: &Request,
        form: reqwest::multipart::Form,
    ) -> Result<Answer, NoAnswer> {
        let http = self.write(credentials, request)?;
        let http = http.multipart(form).timeout(self.transfer_timeout);
        let response = http.send().await.map_err(|error| no_answer(error, None))?;
        self.read(response).await
    }

    /// Posts a part of a file, by offset and length. Meta wants the token in the form of OAuth here.
    pub(crate) async fn post_part(
        &self,
        credentials: &Credentials,
        request: &Request,
        (offset, size): (u64, u64),
        body: reqwest::Body,
    ) -> Result<Answer, NoAnswer> {
        let mut headers = HeaderMap::new();
        headers.insert("file_offset", HeaderValue::from(offset));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(size));
        if let Some(token) = credentials.token() {
            headers.insert(AUTHORIZATION, authorization("OAuth", token)?);
        }
        let http = self.write(credentials, request)?.headers(headers);
        let http = http.body(body).timeout(self.transfer_timeout);
        let response = http.send().await.map_err(|error| no_answer(error, None))?;
        self.read(response).await
    }

    /// Gets an address that the caller has checked.
    pub(crate) async fn fetch(
        &self,
        url: Url,
        token: Option<&AccessToken>,
    ) -> Result<reqwest::Response, NoAnswer> {
        let mut http = self.http.get(url).timeout(self.transfer_timeout);
        if let Some(token) = token {
            http = http.header(AUTHORIZATION, bearer(token)?);
        }
        let answer = tokio::time::timeout(self.stall_timeout, http.send()).await;
        answer
            .map_err(|_| stalled(None))?
            .map_err(|error| no_answer(error, None))
    }

    /// The longest time without a byte during a download.
    pub(crate) fn stall_timeout(&self) -> Duration {
        self.stall_timeout
    }

    /// Reads an answer of bounded size.
    pub(crate) async fn read(&self, mut response: reqwest::Response) -> Result<Answer, NoAnswer> {
        let status = response.status().as_u16();
        let usage = Usage::from_headers(response.headers());
        let retry_after = retry_after(response.headers()).or(usage.regain_access_after());
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| no_answer(error, Some(status)))?
        {
            if body.len() + chunk.len() > self.max_response_bytes {
                return Err(NoAnswer {
                    kind: ErrorKind::ResponseTooLarge,
                    replay: Replay::Final,
                    maybe_processed: true,
                    timed_out: false,
                    status: Some(status),
                    detail: format!("the answer exceeds {} bytes", self.max_response_bytes),
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            usage,
            retry_after,
            body,
        })
    }

    fn write(
        &self,
        credentials: &Credentials,
        request: &Request,
    ) -> Result<reqwest::RequestBuilder, NoAnswer> {
        let method = match request.method() {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Delete => reqwest::Method::DELETE,
        };
        let client = if request.is_once() {
            &self.single
        } else {
            &self.http
        };
        let mut http = client.request(method, self.url(credentials, request)?);
        if let Some(token) = credentials.token() {
            http = http.header(AUTHORIZATION, bearer(token)?);
        }
        Ok(match request.body() {
            Body::Empty => http,
            Body::Json(body) => json(http, body.to_string().into()),
            Body::RawJson(body) => json(http, body.clone()),
        })
    }

    fn url(&self, credentials: &Credentials, request: &Request) -> Result<Url, NoAnswer> {
        let mut url = self.base.clone();
        // An id comes from outside, and must not change the path.
        let is_plain = |segment: &String| {
            !segment.is_empty()
                && !segment.bytes().all(|b| b == b'.')
                && segment
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"_-.:=".contains(&b))
        };
        if !request.path().iter().all(is_plain) {
            return Err(unsendable(
                "an id or a name in the path is not one of Meta's",
            ));
        }
        url.path_segments_mut()
            .map_err(|()| unsendable("the base URL cannot have a path"))?
            .extend(request.path());
        let proof = credentials
            .proof()
            .map(|proof| ("appsecret_proof", proof.expose_secret()));
        let mut pairs = request.query_pairs().chain(proof).peekable();
        if pairs.peek().is_some() {
            url.query_pairs_mut().extend_pairs(pairs);
        }
        Ok(url)
    }
}

fn client(settings: &GraphClientBuilder, single: bool) -> Result<reqwest::Client, BuildError> {
    let protocols: &[&[u8]] = if single {
        &[b"http/1.1"]
    } else {
        &[b"h2", b"http/1.1"]
    };
    let mut http = reqwest::Client::builder()
        .tls_backend_preconfigured(tls(protocols)?)
        .connect_timeout(settings.connect_timeout)
        .timeout(settings.request_timeout)
        .pool_idle_timeout(IDLE)
        .tcp_keepalive(KEEP_ALIVE)
        .user_agent(&settings.user_agent)
        // The Graph API does not redirect, and a token must not follow a redirect elsewhere.
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy();
    if let Some(proxy) = &settings.proxy {
        let proxy = reqwest::Proxy::all(proxy.clone()).map_err(|_| BuildError::Proxy)?;
        http = http.proxy(proxy);
    }
    if single {
        http = http.retry(reqwest::retry::never());
    }
    http.build()
        .map_err(|error| BuildError::Http(chain(&error.without_url())))
}

/// TLS by ring and Mozilla's roots, without touching the process-wide provider.
fn tls(protocols: &[&[u8]]) -> Result<ClientConfig, BuildError> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| BuildError::Tls(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    Ok(config)
}

fn json(http: reqwest::RequestBuilder, body: Bytes) -> reqwest::RequestBuilder {
    let json = HeaderValue::from_static("application/json");
    http.header(CONTENT_TYPE, json).body(body)
}

fn bearer(token: &AccessToken) -> Result<HeaderValue, NoAnswer> {
    authorization("Bearer", token)
}

fn authorization(scheme: &str, token: &AccessToken) -> Result<HeaderValue, NoAnswer> {
    let mut header = HeaderValue::try_from(format!("{scheme} {}", token.expose()))
        .map_err(|_| unsendable("the access token cannot be written as a header"))?;
    header.set_sensitive(true);
    Ok(header)
}

/// Reads the next bytes of a download. `None` at its end.
pub(crate) async fn chunk(
    response: &mut reqwest::Response,
    stall_timeout: Duration,
) -> Result<Option<Bytes>, NoAnswer> {
    let status = Some(response.status().as_u16());
    tokio::time::timeout(stall_timeout, response.chunk())
        .await
        .map_err(|_| stalled(status))?
        .map_err(|error| no_answer(error, status))
}

fn stalled(status: Option<u16>) -> NoAnswer {
    NoAnswer {
        kind: ErrorKind::Timeout,
        replay: Replay::Ambiguous,
        maybe_processed: true,
        timed_out: true,
        status,
        detail: "no bytes came in time".to_owned(),
    }
}

pub(crate) fn unsendable(detail: &str) -> NoAnswer {
    NoAnswer {
        kind: ErrorKind::InvalidRequest,
        replay: Replay::Final,
        maybe_processed: false,
        timed_out: false,
        status: None,
        detail: detail.to_owned(),
    }
}

fn no_answer(error: reqwest::Error, status: Option<u16>) -> NoAnswer {
    let timed_out = error.is_timeout();
    let (kind, replay) = if error.is_builder() {
        (ErrorKind::InvalidRequest, Replay::Final)
    } else if error.is_connect() {
        (ErrorKind::Connect, Replay::RejectedBeforeProcessing)
    } else if timed_out {
        (ErrorKind::Timeout, Replay::Ambiguous)
    } else {
        (ErrorKind::Transport, Replay::Ambiguous)
    };
    NoAnswer {
        kind,
        replay,
        maybe_processed: replay == Replay::Ambiguous,
        timed_out,
        status,
        detail: chain(&error.without_url()),
    }
}

/// Joins an error with its causes, which name what really happened.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// Reads `Retry-After`: seconds, or a date that is compared with the answer's own `Date`.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(value).ok()?;
    let now = DateTime::parse_from_rfc2822(headers.get(DATE)?.to_str().ok()?).ok()?;
    Some((until - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("120", Some(120))]
    #[case(" 0 ", Some(0))]
    #[case("Fri, 20 Nov 2026 10:00:30 GMT", Some(30))]
    #[case("Fri, 20 Nov 2026 09:00:00 GMT", Some(0))]
    #[case("-5", None)]
    #[case("soon", None)]
    fn retry_after_is_seconds_or_a_date(#[case] value: &'static str, #[case] seconds: Option<u64>) {
        let headers: HeaderMap = [
            (RETRY_AFTER, HeaderValue::from_static(value)),
            (
                DATE,
                HeaderValue::from_static("Fri, 20 Nov 2026 10:00:00 GMT"),
            ),
        ]
        .into_iter()
        .collect();
        assert_eq!(retry_after(&headers), seconds.map(Duration::from_secs));
    }

    #[test]
    fn a_retry_date_means_nothing_without_the_servers_clock() {
        let value = HeaderValue::from_static("Fri, 20 Nov 2026 10:00:30 GMT");
        let headers: HeaderMap = [(RETRY_AFTER, value)].into_iter().collect();
        assert_eq!(retry_after(&headers), None);
    }
}
