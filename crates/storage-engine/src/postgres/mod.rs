//! The PostgreSQL engine, for production and several replicas.

#[path = "../append.rs"]
mod append;
pub mod bulk;
mod dialect;
#[path = "../statement.rs"]
mod statement;
#[path = "../task.rs"]
mod task;
mod tls;
#[path = "../transaction.rs"]
mod transaction;
mod url;

use std::sync::Arc;

use diesel::connection::SimpleConnection as _;
use diesel_async::{
    AsyncPgConnection, async_connection_wrapper::AsyncConnectionWrapper,
    pooled_connection::bb8::Pool,
};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use tokio::runtime::Handle;

use self::url::Target;
pub use self::{
    dialect::{Conn, Db, hold},
    statement::{Prepared, statement},
    transaction::Work,
};
use crate::{SetupError, StoreOptions, health::Health, migrations};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// The default number of connections.
const CONNECTIONS: u32 = 16;

/// The advisory lock under which the schema changes: "wabakit" in ASCII.
const SCHEMA_LOCK: &str = "SELECT pg_advisory_lock(33602597397686644)";

/// The connections to a PostgreSQL database, version 13 or later.
pub struct Engine {
    target: Target,
    pool: Pool<Conn>,
    runtime: Handle,
    health: Arc<Health>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// Connects to the database that `postgres://user:password@host:port/database` names.
    ///
    /// `sslmode` is read as libpq reads it: `disable` never encrypts, `prefer` (the default) encrypts if the server
    /// can, and `require` always; both accept any server. `verify-ca` and `verify-full` also check its certificate and
    /// name, against the certificates in the file `sslrootcert` or, without one, the well-known authorities.
    ///
    /// # Errors
    /// [`SetupError::Url`] when the URL cannot be read, [`SetupError::Unavailable`] when the server does not answer or
    /// refuses us, [`SetupError::Pooler`] behind a pooler that lends a server process for one transaction. No error
    /// shows the password.
    pub async fn connect(url: &str, options: &StoreOptions) -> Result<Self, SetupError> {
        let target = Target::parse(url)?;
        // Connects once without the pool, which would retry and hide the reason of a failure.
        let shares = dialect::shares_backends(&target).await;
        if shares.map_err(SetupError::unavailable)? {
            return Err(SetupError::Pooler);
        }
        Ok(Self {
            health: Arc::default(),
            pool: dialect::pool(
                &target,
                options.connections.unwrap_or(CONNECTIONS).max(1),
                options,
            ),
            target,
            runtime: Handle::current(),
        })
    }

    /// Runs one act on the schema on a connection of its own, under the schema lock.
    async fn with_schema(
        &self,
        act: fn(&mut AsyncConnectionWrapper<AsyncPgConnection>) -> Result<usize, SetupError>,
    ) -> Result<usize, SetupError> {
        let conn = dialect::establish(&self.target)
            .await
            .map_err(SetupError::unavailable)?;
        tokio::task::spawn_blocking(move || {
            let mut conn = AsyncConnectionWrapper::from(conn);
            // Closing the connection releases the lock, however this ends.
            conn.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0")
                .and_then(|()| conn.batch_execute(SCHEMA_LOCK))
                .map_err(SetupError::unavailable)?;
            act(&mut conn)
        })
        .await
        .map_err(SetupError::unavailable)?
    }
}

impl Engine {
    pub(crate) async fn migrate(&self) -> Result<usize, SetupError> {
        self.with_schema(|conn| migrations::run(conn, MIGRATIONS))
            .await
    }
    pub(crate) async fn revert_all(&self) -> Result<usize, SetupError> {
        self.with_schema(|conn| migrations::revert(conn, MIGRATIONS))
            .await
    }
}
