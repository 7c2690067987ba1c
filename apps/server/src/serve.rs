//! Running the server: bind, serve, drain.

use std::{
    net::{SocketAddr, TcpListener},
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_web::{App, HttpServer, dev::ServerHandle, middleware::from_fn};
use async_trait::async_trait;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;
use url::Url;
use wabakit_http::{Api, Bodies, HttpSettings, Listeners, Readiness, ReadinessCheck};
use wabakit_storage_engine::ServerLock;
use wabakit_work::Supervisor;

use crate::{
    Assembly, Config, Safety, StartError,
    assembly::open_database,
    assets,
    connections::{self, Connections},
    metrics_listener::MetricsListener,
    telemetry, workers,
};

/// Seconds that requests in progress get at shutdown.
const DRAIN_SECONDS: u64 = 30;

/// A running server.
pub struct RunningServer {
    /// The address that it listens on.
    pub address: SocketAddr,
    /// Its adapters and services.
    pub assembly: Box<Assembly>,
    metrics: Option<MetricsListener>,
    handle: ServerHandle,
    task: JoinHandle<std::io::Result<()>>,
    workers: JoinSet<()>,
    receiving: JoinSet<()>,
    /// The writers that queue messages.
    queueing: JoinSet<()>,
    /// The sender.
    sending: JoinSet<()>,
    /// Stops WebSockets and workers.
    stop: CancellationToken,
    /// Stops receiving, once no request is open any more.
    stop_receiving: CancellationToken,
    ready: Arc<AtomicBool>,
    /// Keeps other servers off the database.
    _lock: Option<ServerLock>,
}

impl RunningServer {
    /// Returns its address as a URL.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the address of `/metrics`, if there is a listener for it.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().map(|metrics| metrics.address)
    }

    /// Stops the server. It accepts no new requests, closes WebSockets, lets running requests end within 30 seconds,
    /// and ends the workers after their round. The sender begins no request any more, and writes the outcomes of those
    /// in progress. The writers of the journal and of the queue stop last, so that waiting requests are answered.
    pub async fn stop(mut self) {
        self.ready.store(false, Ordering::Relaxed);
        self.stop.cancel();
        self.handle.stop(true).await;
        self.stop_receiving.cancel();
        if let Some(metrics) = &self.metrics {
            metrics.stop().await;
        }
        while self.workers.join_next().await.is_some() {}
        while self.receiving.join_next().await.is_some() {}
        while self.queueing.join_next().await.is_some() {}
        while self.sending.join_next().await.is_some() {}
        let _ = self.task.await;
    }

    /// Waits until the server ends by itself after a fault.
    ///
    /// # Errors
    /// The error of the listener.
    pub async fn wait(&mut self) -> std::io::Result<()> {
        (&mut self.task).await.map_err(std::io::Error::other)?
    }
}

/// Starts a server. It serves requests when this returns.
///
/// # Errors
/// With a sentence for the person who runs it.
pub async fn start(config: Config, safety: Safety) -> Result<RunningServer, StartError> {
    // The future holds the whole assembly, so it is kept on the heap.
    Box::pin(put_together(config, safety)).await
}

async fn put_together(mut config: Config, safety: Safety) -> Result<RunningServer, StartError> {
    let wanted = SocketAddr::new(config.host, config.port);
    let listener = TcpListener::bind(wanted).map_err(|error| StartError::Listen(wanted, error))?;
    let address = listener
        .local_addr()
        .map_err(|error| StartError::Listen(wanted, error))?;
    if config.port == 0 {
        config = with_port(config, address.port());
    }
    // Checked before any resource of another server is touched.
    config.check(safety)?;
    let database = open_database(&config).await?;
    let lock = database.lock_for_server()?;
    database.migrate().await?;
    let assembly = Assembly::over(&config, safety, database).await?;
    if !assembly.database.is_shared() {
        // No other process uses this database, so all holders of sessions are dead.
        assembly
            .ports
            .connect
            .release_all_runners()
            .await
            .map_err(wabakit_services::ServiceError::from)?;
    }
    let ready = Arc::new(AtomicBool::new(true));
    let (stop, stop_receiving) = (CancellationToken::new(), CancellationToken::new());
    let api = api(&config, &assembly, safety, (ready.clone(), stop.clone()));
    let metrics = match api.settings.serves_metrics {
        true => None,
        false => MetricsListener::start(config.metrics, api.metrics.clone())?,
    };
    // Started before the first request: without a writer no webhook is answered.
    let receiving = assembly.receive.start(&stop_receiving);
    let queueing = assembly.sending.start(&stop_receiving);
    let sending = assembly.sending.sender.start(&stop);
    let public_url = config.public_url.clone();
    let threads = std::thread::available_parallelism().map_or(2, NonZero::get);
    let connections = Connections::default();
    let opened = connections.clone();
    let server = HttpServer::new(move || {
        let routes = wabakit_http::configure(api.clone());
        App::new()
            .configure(routes)
            .configure(assets::configure(public_url.clone()))
            .wrap(from_fn(connections::used))
    })
    .on_connect(move |stream, data| opened.opened(stream, data))
    .workers(threads)
    .max_connections(config.limits.connections.div_ceil(threads))
    .disable_signals()
    .shutdown_timeout(DRAIN_SECONDS)
    .listen(listener)
    .map_err(|error| StartError::Listen(address, error))?
    .run();
    let handle = server.handle();
    let task = tokio::spawn(server);
    let connections = (connections, config.limits.bodies.deadline);
    let workers = workers::start(&assembly, connections, &stop);
    tracing::info!(%address, public_url = %config.public_url, "serving");
    Ok(RunningServer {
        address,
        assembly: Box::new(assembly),
        metrics,
        handle,
        task,
        workers,
        receiving,
        queueing,
        sending,
        stop,
        stop_receiving,
        ready,
        _lock: lock,
    })
}

/// Puts the port that was taken for port 0 into the addresses that were derived from it.
fn with_port(mut config: Config, port: u16) -> Config {
    let follow = |url: &mut Url| {
        if url.port() == Some(0) {
            let _ = url.set_port(Some(port));
        }
    };
    follow(&mut config.public_url);
    follow(&mut config.redirect_uri);
    follow(&mut config.frontend_url);
    config.cookie_port = config.cookie_port.map(|_| port);
    config.port = port;
    config
}

fn api(
    config: &Config,
    assembly: &Assembly,
    safety: Safety,
    (ready, stopping): (Arc<AtomicBool>, CancellationToken),
) -> Api {
    let metrics = telemetry::install_metrics();
    Api {
        auth: assembly.auth.clone(),
        team: assembly.team.clone(),
        orgs: assembly.orgs.clone(),
        audit: assembly.audit.clone(),
        meta_apps: assembly.meta_apps.clone(),
        connect: assembly.connect.clone(),
        accounts: assembly.accounts.clone(),
        receive: assembly.receive.clone(),
        sending: assembly.sending.clone(),
        templates: assembly.templates.clone(),
        listeners: Listeners::new(config.receive.listeners),
        bodies: Bodies::new(config.limits.bodies),
        stopping,
        settings: HttpSettings {
            public_url: config.public_url.clone(),
            frontend_url: config.frontend_url.clone(),
            allowed_origins: config.allowed_origins.clone(),
            cookie_suffix: config.cookie_port,
            secure_cookies: config.secure_cookies(),
            trust_proxy: config.trust_proxy,
            proxy_hops: config.proxy_hops,
            graph_version: config.graph_version.clone(),
            // The demo is on loopback, and one address is easier to find than two.
            serves_metrics: safety == Safety::Demo,
        },
        readiness: Arc::new(ServerReadiness {
            database: assembly.database.clone(),
            supervisor: assembly.ports.supervisor.clone(),
            ready,
        }),
        metrics: Arc::new(move || {
            metrics
                .as_ref()
                .map(PrometheusHandle::render)
                .unwrap_or_default()
        }),
        now: {
            let clock = assembly.ports.clock.clone();
            Arc::new(move || clock.now())
        },
        new_request_id: {
            let ids = assembly.ports.ids.clone();
            Arc::new(move || ids.next())
        },
    }
}

struct ServerReadiness {
    database: wabakit_storage_engine::Database,
    supervisor: Supervisor,
    ready: Arc<AtomicBool>,
}

/// Load balancers give up after two to five seconds, so the answer comes before that.
const READINESS_WAIT: Duration = Duration::from_millis(1_500);

impl ServerReadiness {
    /// Checks that the database accepts writes. A database that is busy with other writes is ready; one that does not
    /// answer in time is not.
    async fn database(&self) -> Result<(), String> {
        let database = self.database.clone();
        // In a task of its own, so that a write is not left halfway.
        let check = tokio::spawn(async move { database.check_writes().await });
        match tokio::time::timeout(READINESS_WAIT, check).await {
            Ok(Ok(checked)) => checked.map_err(|error| told(&error)),
            Ok(Err(_)) => Err("the check was cut short".to_owned()),
            Err(_) if self.database.has_written() => Ok(()),
            Err(_) => Err(format!(
                "the database did not answer within {} ms",
                READINESS_WAIT.as_millis()
            )),
        }
    }
}

/// Returns an error with its causes.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

#[async_trait]
impl Readiness for ServerReadiness {
    async fn check(&self) -> Vec<ReadinessCheck> {
        let database = self.database().await;
        if let Err(reason) = &database {
            tracing::warn!(reason, "not ready: the database cannot be used");
        }
        let accepting = self.ready.load(Ordering::Relaxed);
        let check = |name: &'static str, ok| ReadinessCheck {
            name: name.into(),
            ok,
        };
        let mut checks = vec![
            check("database", database.is_ok()),
            check("accepting", accepting),
        ];
        let workers = self.supervisor.health().into_iter();
        let troubled = workers.filter(|worker| worker.is_troubled);
        checks.extend(troubled.map(|worker| ReadinessCheck {
            name: format!("worker {}", worker.name).into(),
            ok: false,
        }));
        checks
    }
}
