//! Starts and stops a sandbox.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data};
use actix_web::{App, HttpServer};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::context::Context;
use crate::customer::Chat;
use crate::graph::templates;
use crate::har::Har;
use crate::ledger::Ledger;
use crate::media::Shelf;
use crate::meter::Meter;
use crate::scenarios::Scenarios;
use crate::sending::{self, Sending};
use crate::state::{AppSubscription, StateError, Store};
use crate::webhooks::{self, Webhooks};
use crate::{SandboxConfig, control, entry, guard, har, pages};

/// The largest body that is read into memory, in bytes. Files are read to disk.
const BODY_LIMIT: usize = 8 << 20;

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxStartError {
    /// The port is taken or not allowed.
    #[error("the sandbox cannot listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The requested port.
        port: u16,
        /// The system's error.
        source: io::Error,
    },
    /// The state cannot be opened.
    #[error(transparent)]
    State(#[from] StateError),
    /// Another sandbox uses the folder.
    #[error("another sandbox uses {0}")]
    InUse(PathBuf),
    /// The ledger, the webhooks or the messages cannot be opened.
    #[error("the sandbox's records cannot be opened: {0}")]
    Records(io::Error),
    /// The client for callbacks cannot be made.
    #[error("the sandbox cannot send requests: {0}")]
    Client(String),
}

/// The sandbox.
#[derive(Debug)]
pub struct Sandbox;

/// A running sandbox. Dropping this stops it at once; [`RunningSandbox::stop`] finishes what is being answered.
pub struct RunningSandbox {
    address: SocketAddr,
    handle: ServerHandle,
    stopping: watch::Sender<bool>,
    task: JoinHandle<io::Result<()>>,
    statuses: JoinHandle<()>,
    courier: JoinHandle<()>,
    agenda: JoinHandle<()>,
    context: Data<Context>,
    /// Locks the folder. The system unlocks it when the process dies.
    _lock: File,
}

impl Sandbox {
    /// Opens the state and starts to answer on loopback, on the caller's Tokio runtime.
    ///
    /// # Errors
    /// [`SandboxStartError`], when the port is taken or the data folder cannot be used.
    pub fn start(config: SandboxConfig) -> Result<RunningSandbox, SandboxStartError> {
        let SandboxConfig {
            port,
            data_dir,
            seed,
            apps,
            scenarios,
            har,
        } = config;
        let lock = lock(&data_dir)?;
        let callbacks: Vec<(String, AppSubscription)> = apps
            .iter()
            .filter_map(|app| Some((app.id.clone(), AppSubscription::of(app)?)))
            .collect();
        let store = Arc::new(Store::open(&data_dir, seed, apps)?);
        let ledger =
            Ledger::open(data_dir.join("ledger.jsonl")).map_err(SandboxStartError::Records)?;
        let webhooks = Webhooks::open(&data_dir.join("webhooks"), Arc::clone(&store))
            .map_err(SandboxStartError::Records)?;
        for (app_id, subscription) in callbacks {
            let is_there = store.read(|world| {
                let known = world.app_subscriptions.get(&app_id);
                known.is_some_and(|known| known.callback_url() == subscription.callback_url())
            });
            // The existing subscription may have chosen its fields.
            if is_there {
                continue;
            }
            webhooks
                .subscribe(&app_id, subscription)
                .map_err(SandboxStartError::Records)?;
        }
        let webhooks = Arc::new(webhooks);
        let client = webhooks::client().map_err(SandboxStartError::Client)?;
        let listen = |source| SandboxStartError::Listen { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let (stopping, stopping_seen) = watch::channel(false);
        let context = Data::new(Context {
            sending: Sending::open(
                data_dir.join("sends.jsonl"),
                Arc::clone(&store),
                Arc::clone(&webhooks),
            )
            .map_err(SandboxStartError::Records)?,
            store,
            ledger,
            meter: Meter::default(),
            chat: Chat::open(data_dir.join("chat.jsonl"), data_dir.join("sent.jsonl"))
                .map_err(SandboxStartError::Records)?,
            media: Shelf::open(&data_dir.join("media")).map_err(SandboxStartError::Records)?,
            webhooks: Arc::clone(&webhooks),
            scenarios: Scenarios::new(scenarios),
            har: Har::new(har),
            agenda: Notify::new(),
            client: client.clone(),
            base_url: format!("http://{address}"),
            stopping: stopping_seen.clone(),
        });
        let shared = context.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .app_data(web::PayloadConfig::new(BODY_LIMIT))
                .wrap(from_fn(guard::guard))
                .wrap(from_fn(har::record))
                .configure(control::routes)
                .configure(pages::routes)
                .default_service(web::to(entry::entry))
        })
        .workers(1)
        // Longer than callers keep idle connections, so that no caller uses a connection that is just being closed.
        .keep_alive(Duration::from_secs(120))
        // A long timeout, because a caller on a busy machine can be slow too.
        .client_request_timeout(Duration::from_secs(60))
        .disable_signals()
        .shutdown_timeout(2)
        .listen(listener)
        .map_err(listen)?
        .run();
        let handle = server.handle();
        let task = tokio::spawn(server);
        let outbox = Arc::clone(&context.sending.outbox);
        let statuses = tokio::spawn(sending::run(outbox, stopping_seen.clone()));
        let agenda = tokio::spawn(templates::run(context.clone(), stopping_seen.clone()));
        let courier = tokio::spawn(webhooks::run(webhooks, client, stopping_seen));
        Ok(RunningSandbox {
            address,
            handle,
            stopping,
            task,
            statuses,
            courier,
            agenda,
            context,
            _lock: lock,
        })
    }
}

impl fmt::Debug for RunningSandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningSandbox")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl RunningSandbox {
    /// Returns `http://127.0.0.1:<port>`: the base URL of dialog, Graph and control API.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sends an app's webhooks to `callback_url` from now on, waiting ones included, without the challenge that Meta
    /// would demand. All fields are subscribed, unless the app has chosen some. The WABAs' `subscribed_apps` decide
    /// which WABAs' webhooks the app gets.
    ///
    /// # Errors
    /// [`StateError`], when the state cannot be kept.
    pub async fn subscribe(
        &self,
        app_id: &str,
        callback_url: &str,
        verify_token: &str,
    ) -> Result<(), StateError> {
        let store = &self.context.store;
        let fields = store.read(|world| {
            let known = world.app_subscriptions.get(app_id)?;
            known.fields.clone()
        });
        let token = Some(verify_token.to_owned());
        let subscription = AppSubscription::new(callback_url.to_owned(), token, fields);
        let kept = match self.context.webhooks.subscribe(app_id, subscription) {
            Ok(()) => store.flush().await,
            Err(error) => Err(error),
        };
        kept.map_err(|source| store.failure(source))
    }

    /// Stops answering and delivering. Calls that hang are broken off; the others are finished.
    pub async fn stop(mut self) {
        self.stopping.send_replace(true);
        self.handle.stop(true).await;
        if let Ok(Err(error)) = (&mut self.task).await {
            tracing::error!(%error, "the sandbox did not stop cleanly");
        }
        if let Err(error) = (&mut self.agenda).await {
            tracing::error!(%error, "what Meta does to templates did not stop cleanly");
        }
        // The counts of faults on messages are not written at once.
        if let Err(error) = self.context.store.flush().await {
            tracing::error!(%error, "the state was not kept");
        }
        if let Err(error) = (&mut self.statuses).await {
            tracing::error!(%error, "the statuses did not stop cleanly");
        }
        if let Err(error) = (&mut self.courier).await {
            tracing::error!(%error, "the webhooks did not stop cleanly");
        }
    }
}

impl Drop for RunningSandbox {
    fn drop(&mut self) {
        self.stopping.send_replace(true);
        // The order is sent now. Its future only waits until it is done.
        drop(self.handle.stop(false));
    }
}

/// Locks the folder for this sandbox.
fn lock(folder: &Path) -> Result<File, SandboxStartError> {
    let path = folder.join("lock");
    let failed = |source| StateError::Io {
        path: path.clone(),
        source,
    };
    fs::create_dir_all(folder).map_err(failed)?;
    let file = File::create(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(SandboxStartError::InUse(folder.to_owned())),
        Err(TryLockError::Error(source)) => Err(failed(source).into()),
    }
}
