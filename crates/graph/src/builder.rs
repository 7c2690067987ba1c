//! Settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::client::GraphClient;
use crate::retry::{CallRetryPolicy, Random, system_random};
use crate::transport::Transport;

/// Says why a client cannot be built.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// The base URL is not an `http` or `https` URL with a host and without user, query and
    /// fragment.
    BaseUrl,
    /// The version is not written as Meta does, such as `v25.0`.
    Version,
    /// The proxy cannot be used.
    Proxy,
    /// The HTTP client refuses a setting, such as a user agent with control characters.
    Http(String),
    /// The TLS settings are refused.
    Tls(String),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BaseUrl => f.write_str(
                "the base URL must be http(s), with a host and without user, query and fragment",
            ),
            Self::Version => f.write_str("the Graph API version must look like v25.0"),
            Self::Proxy => f.write_str("the proxy URL cannot be used"),
            Self::Http(detail) => write!(f, "the HTTP client cannot be built: {detail}"),
            Self::Tls(detail) => write!(f, "TLS cannot be set up: {detail}"),
        }
    }
}

impl std::error::Error for BuildError {}

/// Builds a [`GraphClient`].
#[derive(Clone)]
#[must_use]
pub struct GraphClientBuilder {
    pub(crate) base_url: String,
    pub(crate) version: String,
    pub(crate) connect_timeout: Duration,
    pub(crate) request_timeout: Duration,
    pub(crate) transfer_timeout: Duration,
    pub(crate) user_agent: String,
    pub(crate) proxy: Option<Url>,
    pub(crate) max_response_bytes: usize,
    pub(crate) retry: CallRetryPolicy,
    pub(crate) random: Option<Random>,
}

impl Default for GraphClientBuilder {
    fn default() -> Self {
        Self {
            base_url: "https://graph.facebook.com".to_owned(),
            version: "v25.0".to_owned(),
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(30),
            transfer_timeout: Duration::from_secs(300),
            user_agent: concat!("wabakit-graph/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxy: None,
            max_response_bytes: 8 * 1024 * 1024,
            retry: CallRetryPolicy::STANDARD,
            random: None,
        }
    }
}

impl GraphClientBuilder {
    /// Sets where the Graph API is; by default `https://graph.facebook.com`. A path is kept. Use plain `http` only
    /// for a sandbox on the same machine: it carries tokens in the open.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Sets the Graph API version, by default `v25.0`.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// Sets the longest time for making a connection, by default 5 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the longest time for one attempt, from connecting to the last byte; by default 30 s. During the download
    /// of a media file it is the longest time without a byte.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }

    /// Sets the longest time for the upload or download of a media file, by default 5 minutes.
    pub fn transfer_timeout(mut self, timeout: Duration) -> Self {
        self.transfer_timeout = timeout;
        self
    }

    /// Sets the `User-Agent` header.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Sets a proxy for all calls. By default there is none, whatever the environment says.
    pub fn proxy(mut self, proxy: Url) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Sets the largest answer that is read, by default 8 MiB.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Sets when failed requests are retried; by default [`CallRetryPolicy::STANDARD`].
    pub fn retry(mut self, policy: CallRetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the source of randomness that spreads retries: numbers from 0 to 1. By default it is the operating
    /// system's.
    pub fn random(mut self, source: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.random = Some(Arc::new(source));
        self
    }

    /// Builds the client. It needs no network and no process-wide TLS provider.
    ///
    /// # Errors
    /// Each setting that cannot be used has its own [`BuildError`].
    pub fn build(self) -> Result<GraphClient, BuildError> {
        let base = self.versioned_base()?;
        let transport = Transport::new(&self, base)?;
        let random = self.random.unwrap_or_else(system_random);
        Ok(GraphClient::new(transport, self.retry, random))
    }

    fn versioned_base(&self) -> Result<Url, BuildError> {
        let mut base = Url::parse(&self.base_url).map_err(|_| BuildError::BaseUrl)?;
        let plain = base.query().is_none()
            && base.fragment().is_none()
            && base.username().is_empty()
            && base.password().is_none();
        if !matches!(base.scheme(), "http" | "https") || !base.has_host() || !plain {
            return Err(BuildError::BaseUrl);
        }
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let version = self
            .version
            .strip_prefix('v')
            .and_then(|numbers| numbers.split_once('.'));
        if !version.is_some_and(|(major, minor)| digits(major) && digits(minor)) {
            return Err(BuildError::Version);
        }
        base.path_segments_mut()
            .map_err(|()| BuildError::BaseUrl)?
            .pop_if_empty()
            .push(&self.version);
        Ok(base)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://graph.facebook.com", "https://graph.facebook.com/v25.0")]
    #[case("https://graph.facebook.com/", "https://graph.facebook.com/v25.0")]
    #[case("http://127.0.0.1:9/meta", "http://127.0.0.1:9/meta/v25.0")]
    fn version_follows_the_base(#[case] base: &str, #[case] expected: &str) {
        let builder = GraphClientBuilder::default().base_url(base);
        assert_eq!(builder.versioned_base().unwrap().as_str(), expected);
    }

    #[rstest]
    fn a_base_that_is_no_plain_http_url_is_refused(
        #[values(
            "",
            "graph",
            "ftp://x",
            "https://u:p@x",
            "https://x?a=b",
            "https://x#a",
            "data:x"
        )]
        base: &str,
    ) {
        let result = GraphClientBuilder::default().base_url(base).build();
        assert!(matches!(result, Err(BuildError::BaseUrl)));
    }

    #[rstest]
    fn a_version_that_meta_would_not_write_is_refused(
        #[values("", "25.0", "v25", "v25.", "v.0", "v25.0/me", "v25.0?x", "v2 5.0")] version: &str,
    ) {
        let result = GraphClientBuilder::default().version(version).build();
        assert!(matches!(result, Err(BuildError::Version)));
    }

    #[test]
    fn a_user_agent_that_is_no_header_is_refused() {
        let result = GraphClientBuilder::default().user_agent("a\nb").build();
        assert!(matches!(result, Err(BuildError::Http(_))));
    }
}
