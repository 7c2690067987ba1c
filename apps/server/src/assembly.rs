//! The assembly of one process: adapters are connected to ports, and ports to services.

use std::{fs, path::Path, sync::Arc, time::Duration};

use ring::hmac;
use secrecy::ExposeSecret;
use thiserror::Error;
use tokio::task;
use wabakit_domain::ids::AppId;
use wabakit_media_store::MediaStore;
use wabakit_meta_gateway::{GatewayConfig, GraphGateway};
use wabakit_ports::{
    blob::BlobStore,
    store::{ReceiveStore, Store},
    system::{Clock, IdSource, Random},
};
use wabakit_services::{
    AccountService, AuditService, AuthService, AuthSettings, ConnectService, ConnectSettings,
    EnvironmentApp, LocalBus, MailService, MailSettings, MetaAppService, OrgService,
    OverviewService, PasswordHasher, Ports, Receive, ReceivePorts, ReceiveSettings,
    RetentionSettings, SendPorts, SendSettings, Sending, ServiceError, SubscriberPorts,
    TeamService, TemplatePorts, TemplateService, TemplateSettings,
};
use wabakit_storage_engine::{Database, SetupError, StoreOptions};
use wabakit_vault::{EnvelopeVault, KeyError, KeyRing, VaultStartError};

use crate::{
    Config, ConfigError, Safety, SystemClock, SystemIds, SystemRandom, null_journal::NullJournal,
};

/// Why a server does not start. Each error is a sentence for the person who runs it.
#[derive(Debug, Error)]
pub enum StartError {
    /// A setting is missing, malformed or unsafe.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data folder cannot be used.
    #[error("WABAKIT_DATA_DIR cannot be used: {0}.")]
    DataDir(#[source] std::io::Error),
    /// The database cannot be opened or migrated.
    #[error("DATABASE_URL: {0}.")]
    Database(#[from] SetupError),
    /// An encryption key is malformed.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// The vault does not fit the database.
    #[error("{0}")]
    Vault(#[from] VaultStartError),
    /// An address of Meta's cannot be used.
    #[error("{0}.")]
    Meta(#[from] wabakit_meta_gateway::GatewayConfigError),
    /// The media store cannot be opened.
    #[error("MEDIA_STORE: {0}.")]
    MediaStore(#[from] wabakit_media_store::OpenError),
    /// A use case that runs at the start failed.
    #[error("the server could not be set up: {0}")]
    Service(#[from] ServiceError),
    /// The port cannot be listened on.
    #[error("PORT: cannot listen on {0}: {1}.")]
    Listen(std::net::SocketAddr, #[source] std::io::Error),
    /// A task of the start failed. This is a bug.
    #[error("the start was cut short: {0}")]
    Task(#[from] task::JoinError),
}

/// The adapters and services of one process.
#[derive(Clone)]
pub struct Assembly {
    /// The database.
    pub database: Database,
    /// The store of access and connections, in this database.
    pub store: Arc<dyn Store>,
    /// The store of receiving, in the same database.
    pub inbox: Arc<dyn ReceiveStore>,
    /// The key ring.
    pub ring: KeyRing,
    /// The ports of all services.
    pub ports: Ports,
    /// Signing in.
    pub auth: AuthService,
    /// People.
    pub team: TeamService,
    /// Organisations.
    pub orgs: OrgService,
    /// The audit log.
    pub audit: AuditService,
    /// Meta apps.
    pub meta_apps: MetaAppService,
    /// Connecting.
    pub connect: ConnectService,
    /// Accounts.
    pub accounts: AccountService,
    /// Receiving.
    pub receive: Receive,
    /// Sending.
    pub sending: Sending,
    /// The counts of messages by day.
    pub overview: OverviewService,
    /// Templates.
    pub templates: TemplateService,
}

impl Assembly {
    /// Opens the database, migrates its schema, opens the vault, and makes all services.
    ///
    /// # Errors
    /// With a sentence for the person who runs the server.
    pub async fn new(config: &Config, safety: Safety) -> Result<Self, StartError> {
        config.check(safety)?;
        let database = open_database(config).await?;
        database.migrate().await?;
        Self::over(config, safety, database).await
    }

    /// Opens the vault over an open database whose schema is up to date, and makes all services.
    ///
    /// # Errors
    /// With a sentence for the person who runs the server.
    pub async fn over(
        config: &Config,
        safety: Safety,
        database: Database,
    ) -> Result<Self, StartError> {
        config.check(safety)?;
        let store = wabakit_storage::store(&database);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        if let Some(ended) = config.graph_version_ended(clock.now()) {
            tracing::warn!(
                version = config.graph_version,
                ended,
                "META_GRAPH_VERSION names a version that Meta has ended: Meta answers as its oldest living version; \
                 set a newer one, or none"
            );
        }
        let ids: Arc<dyn IdSource> = Arc::new(SystemIds::default());
        let random: Arc<dyn Random> = Arc::new(SystemRandom::default());
        let ring = key_ring(config, &store, &*random).await?;
        let vault = EnvelopeVault::open(
            store.clone(),
            ring.clone(),
            clock.clone(),
            ids.clone(),
            random.clone(),
        )
        .await?;
        let vault = Arc::new(vault);
        let gateway = GatewayConfig {
            graph_url: config.graph_url.to_string(),
            graph_version: config.graph_version.clone(),
            dialog_url: config.dialog_url.to_string(),
            sdk_url: config.sdk_url.to_string(),
            ..GatewayConfig::default()
        };
        let meta = Arc::new(GraphGateway::new(gateway, vault.clone())?);
        let ports = Ports {
            media_quota: config.receive.media_quota,
            ..Ports::new(
                store.clone(),
                vault,
                meta.clone(),
                (clock, ids.clone(), random.clone()),
                Arc::new(LocalBus::default()),
            )
        };
        let inbox = wabakit_storage_inbox::store(&database);
        let blobs: Arc<dyn BlobStore> =
            Arc::new(MediaStore::open(config.receive.media_store.clone())?);
        let received = ReceivePorts::new(ports.clone(), inbox.clone(), blobs.clone(), meta.clone());
        #[cfg(feature = "broken")]
        let received = crate::broken::receiving(received);
        let receive = receive(config, &database, received);
        let overview = OverviewService::new(SubscriberPorts {
            base: ports.clone(),
            events: inbox.clone(),
            subscribers: wabakit_storage_events::subscribers(&database),
            bus: ports.bus.clone(),
            owner: ids.next(),
        });
        let kept = TemplatePorts {
            base: ports.clone(),
            templates: inbox.clone(),
            gateway: meta.clone(),
        };
        let templates = TemplateService::new(kept, TemplateSettings::default());
        let outbox = wabakit_storage_inbox::outbox(&database);
        #[cfg(feature = "broken")]
        let outbox = crate::broken::sending(outbox);
        let sent = SendPorts::new(ports.clone(), (outbox, inbox.clone()), blobs, meta);
        let sending = Sending::new(sent, send_settings(config, &database));

        let hasher = PasswordHasher::new(random);
        let auth = AuthService::new(
            ports.clone(),
            hasher,
            AuthSettings {
                idle: config.sign_in_idle,
                ..AuthSettings::new(config.jwt_secret.clone())
            },
        );
        let meta_apps = MetaAppService::new(ports.clone());
        let app = meta_apps
            .install_environment_app(EnvironmentApp {
                app_id: AppId::from(config.meta_app_id.as_str()),
                app_secret: config.meta_app_secret.clone(),
                verify_token: config.verify_token.clone(),
                config_id: config.meta_config_id.clone(),
            })
            .await?;
        let settings = ConnectSettings {
            redirect_uri: config.redirect_uri.to_string(),
            frontend_url: config.frontend_url.clone(),
            allowed_urls: config.allowed_return_urls.clone(),
            default_app: app.id,
            shared_app: config.meta_app_shared,
            state_key: derived_key(config, b"wabakit connect state key"),
            instance: ids.next().to_string(),
        };
        let connect = ConnectService::new(ports.clone(), settings);
        let mut team = TeamService::new(ports.clone(), auth.clone());
        if let Some(mailer) = &config.mail {
            let settings = MailSettings {
                mailer: Arc::new(mailer.clone()),
                token_key: derived_key(config, b"wabakit mailed link key"),
                public_url: config.public_url.as_str().trim_end_matches('/').to_owned(),
            };
            team = team.mailing(MailService::new(ports.clone(), settings));
        }
        Ok(Self {
            team,
            orgs: OrgService::new(ports.clone()),
            audit: AuditService::new(ports.clone()),
            accounts: AccountService::new(ports.clone(), connect.clone()),
            database,
            store,
            inbox,
            ring,
            ports,
            auth,
            meta_apps,
            connect,
            receive,
            sending,
            overview,
            templates,
        })
    }
}

/// Opens the database. It makes the data folder if files are kept in it.
pub(crate) async fn open_database(config: &Config) -> Result<Database, StartError> {
    if config.keeps_files() {
        make_private(&config.data_dir).map_err(StartError::DataDir)?;
    }
    let database = Database::open(
        config.database_url.expose_secret(),
        &StoreOptions::default(),
    )
    .await?;
    Ok(database)
}

/// Derives the keys of passphrases on a blocking thread, because each takes tens of milliseconds.
pub(crate) async fn key_ring(
    config: &Config,
    store: &Arc<dyn Store>,
    random: &dyn Random,
) -> Result<KeyRing, StartError> {
    let salt = wabakit_vault::passphrase_salt(&**store, random).await?;
    let (primary, others) = (
        config.encryption_key.clone(),
        config.encryption_key_ring.clone(),
    );
    Ok(task::spawn_blocking(move || KeyRing::parse(&primary, &others, &salt)).await??)
}

/// Makes receiving, over the same database.
fn receive(config: &Config, database: &Database, mut ports: ReceivePorts) -> Receive {
    if config.receive.null_journal {
        tracing::error!("webhooks are LOST: this server runs with --unsafe-null-journal");
        ports.journal = Arc::new(NullJournal(ports.journal));
    }
    if config.receive.hold_processor {
        tracing::warn!("webhooks are stored and not applied: WABAKIT_HOLD_PROCESSOR is set");
    }
    let days = config.receive.retention;
    let key = derived_key(config, b"wabakit event ticket key");
    let mut settings = ReceiveSettings::new(key);
    settings
        .more_app_secrets
        .clone_from(&config.receive.app_secrets);
    settings.retention = RetentionSettings {
        deliveries: days.deliveries,
        changes: days.changes,
        events: days.events,
        ..settings.retention
    };
    settings.processor.hold = config.receive.hold_processor;
    if database.is_shared() {
        // PostgreSQL runs several transactions at the same time, and syncs them together.
        settings.processor.appliers = 2;
        // Replicas share the work by turns.
        settings.processor.turn = Duration::from_secs(5);
        settings.writer.commits = 2;
    }
    if let Some(appliers) = config.receive.appliers {
        settings.processor.appliers = appliers;
    }
    Receive::new(ports, settings)
}

fn send_settings(config: &Config, database: &Database) -> SendSettings {
    let mut settings = SendSettings {
        time_to_live: config.send.time_to_live,
        proof_wait: config.send.proof_wait,
        unknown: config.send.unknown,
        stuck_after: config.send.stuck_after,
        hold: config.send.hold,
        requests: config.send.requests,
        ..SendSettings::default()
    };
    if database.is_shared() {
        settings.submit.commits = 2;
    }
    settings
}

/// Derives a key for one purpose, so that a signature for one purpose is never valid for another.
fn derived_key(config: &Config, purpose: &[u8]) -> hmac::Key {
    let master = hmac::Key::new(
        hmac::HMAC_SHA256,
        config.jwt_secret.expose_secret().as_bytes(),
    );
    hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&master, purpose).as_ref())
}

/// Makes a folder that only this user can read.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
