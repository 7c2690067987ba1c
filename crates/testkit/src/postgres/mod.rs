//! The PostgreSQL server of a test run.

mod cluster;
mod install;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::sync::{Arc, Mutex, OnceLock};

use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};

pub use cluster::{Cluster, PostgresStartError};

/// Names the server that the whole run shares: a URL to a maintenance database.
pub const SHARED_SERVER_VARIABLE: &str = "WABAKIT_TEST_POSTGRES";

/// Returns the server of this test process: the shared one, or else one of its own, started once.
///
/// # Panics
/// When no PostgreSQL is available. The message says how to install it.
pub async fn server() -> &'static Server {
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
    // Starting blocks, and tests that wait for the same start must not block their own runtimes.
    let server = tokio::task::spawn_blocking(|| SERVER.get_or_init(Server::find_or_start)).await;
    match server.expect("starting PostgreSQL does not panic") {
        Ok(server) => server,
        Err(reason) => panic!("{reason}"),
    }
}

/// A running PostgreSQL in which tests create their databases.
#[derive(Debug)]
pub struct Server {
    maintenance_url: String,
    /// Distinguishes the databases of this process from those of others on a shared server.
    run: String,
    templates: Mutex<HashMap<String, Arc<OnceCell<String>>>>,
    _cluster: Option<Cluster>,
}

impl Server {
    #[allow(
        clippy::disallowed_methods,
        reason = "the runner of the tests has no other way to hand its server to them"
    )]
    fn find_or_start() -> Result<Self, String> {
        let (maintenance_url, cluster) = match std::env::var(SHARED_SERVER_VARIABLE) {
            Ok(url) => (url, None),
            Err(_) => {
                let cluster = Cluster::start().map_err(|error| error.to_string())?;
                (cluster.url().to_owned(), Some(cluster))
            }
        };
        Ok(Self {
            maintenance_url,
            run: random_hex(6).map_err(|error| format!("no randomness to be had: {error}"))?,
            templates: Mutex::default(),
            _cluster: cluster,
        })
    }

    /// Returns the URL of a database on this server.
    #[must_use]
    pub fn url_of(&self, database: &str) -> String {
        let server = self
            .maintenance_url
            .rsplit_once('/')
            .map_or("", |(server, _)| server);
        format!("{server}/{database}")
    }

    /// Creates a database, empty or as a copy of `template`, and returns its name.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn create_database(&self, template: Option<&str>) -> String {
        static NUMBER: Mutex<u32> = Mutex::new(0);
        let number = {
            let mut number = NUMBER.lock().expect("no holder of this lock panics");
            *number += 1;
            *number
        };
        let name = format!("test_{}_{number}", self.run);
        let statement = match template {
            Some(template) => format!("CREATE DATABASE {name} TEMPLATE {template}"),
            None => format!("CREATE DATABASE {name}"),
        };
        self.execute(&statement).await;
        name
    }

    /// Returns the name of the database that the first caller's `migrate` filled for this `template`.
    pub(crate) async fn template<F, Migrated>(&self, template: &str, migrate: F) -> String
    where
        F: FnOnce(String) -> Migrated,
        Migrated: Future<Output = ()>,
    {
        let cell = {
            let mut templates = self
                .templates
                .lock()
                .expect("no holder of this lock panics");
            Arc::clone(templates.entry(template.to_owned()).or_default())
        };
        cell.get_or_init(|| async {
            let name = self.create_database(None).await;
            migrate(self.url_of(&name)).await;
            // A database can be copied only while nobody is connected to it.
            self.execute(&format!(
                "ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false"
            ))
            .await;
            self.execute(&format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            ))
            .await;
            name
        })
        .await
        .clone()
    }

    async fn execute(&self, statement: &str) {
        // One connection for each call: a kept one would be bound to the runtime of the test that made it.
        let client = connect(&self.maintenance_url).await;
        if let Err(error) = client.batch_execute(statement).await {
            panic!("PostgreSQL refused `{statement}`: {error:?}");
        }
    }
}

async fn connect(url: &str) -> Client {
    match tokio_postgres::connect(url, NoTls).await {
        Ok((client, connection)) => {
            // The task ends when the client is dropped. Errors reach the client.
            drop(tokio::spawn(connection));
            client
        }
        Err(error) => panic!("the tests' PostgreSQL does not answer: {error:?}"),
    }
}

/// Returns `bytes` random bytes in hex.
fn random_hex(bytes: usize) -> std::io::Result<String> {
    let mut buffer = vec![0; bytes];
    File::open("/dev/urandom")?.read_exact(&mut buffer)?;
    Ok(buffer.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}
