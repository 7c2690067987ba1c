//! `/metrics` on a listener of its own, so that no proxy must hide it from the public.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use actix_web::{App, HttpResponse, HttpServer, dev::ServerHandle, http::header, web};

use crate::{StartError, config::MetricsAddress};

/// Renders the metrics.
pub(crate) type Render = Arc<dyn Fn() -> String + Send + Sync>;

/// The running listener.
pub(crate) struct MetricsListener {
    pub(crate) address: SocketAddr,
    handle: ServerHandle,
}

impl MetricsListener {
    /// Starts to listen. `None` if it is off, or if the default address is taken.
    ///
    /// # Errors
    /// When an address that was set cannot be listened on.
    pub(crate) fn start(
        wanted: MetricsAddress,
        render: Render,
    ) -> Result<Option<Self>, StartError> {
        let (listener, wanted) = match wanted {
            MetricsAddress::Off => return Ok(None),
            MetricsAddress::On(address) => {
                let listener = TcpListener::bind(address);
                (
                    listener.map_err(|error| StartError::Listen(address, error))?,
                    address,
                )
            }
            MetricsAddress::Usual(address) => match TcpListener::bind(address) {
                Ok(listener) => (listener, address),
                Err(error) => {
                    tracing::warn!(%error, %address, "no metrics: the address is taken; set METRICS_ADDRESS");
                    return Ok(None);
                }
            },
        };
        let failed = |error| StartError::Listen(wanted, error);
        let address = listener.local_addr().map_err(failed)?;
        let server = HttpServer::new(move || {
            let render = render.clone();
            let metrics = move || {
                let text = render();
                async move {
                    let kind = "text/plain; version=0.0.4; charset=utf-8";
                    HttpResponse::Ok()
                        .insert_header((header::CONTENT_TYPE, kind))
                        .body(text)
                }
            };
            App::new().route("/metrics", web::get().to(metrics))
        })
        .workers(1)
        .max_connections(64)
        .disable_signals()
        .shutdown_timeout(1)
        .listen(listener)
        .map_err(failed)?
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        tracing::info!(%address, "serving metrics");
        Ok(Some(Self { address, handle }))
    }

    pub(crate) async fn stop(&self) {
        self.handle.stop(false).await;
    }
}
