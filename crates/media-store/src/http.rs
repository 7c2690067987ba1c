//! The HTTP client for S3: TLS by ring with Mozilla's roots, whatever the process's default is.

use std::{sync::Arc, time::Duration};

use object_store::{
    ClientOptions, Error,
    client::{HttpClient, HttpConnector},
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};

const CONNECT: Duration = Duration::from_secs(5);
/// The longest wait for a part's upload and answer, and between two bytes of a download.
const SILENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, _options: &ClientOptions) -> Result<HttpClient, Error> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls().map_err(generic)?)
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .http1_only()
            .build()
            .map_err(generic)?;
        Ok(HttpClient::new(client))
    }
}

fn tls() -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

fn generic(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Generic {
        store: "S3",
        source: Box::new(error),
    }
}
