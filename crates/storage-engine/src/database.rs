//! Opens a database by its URL, of either engine.

use std::{fs::File, sync::Arc, time::Duration};

use wabakit_ports::store::StoreError;

use crate::SetupError;
#[cfg(feature = "postgres")]
use crate::postgres;
#[cfg(feature = "sqlite")]
use crate::sqlite;

/// The settings of a database's connections.
#[derive(Clone, Copy, Debug)]
pub struct StoreOptions {
    /// PostgreSQL: the most connections at once, by default 16. SQLite: the most readers, by default 4; there is always
    /// one writer.
    pub connections: Option<u32>,
    /// How long a query waits for a free connection before the store counts as unavailable.
    pub acquire_timeout: Duration,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            connections: None,
            acquire_timeout: Duration::from_secs(10),
        }
    }
}

/// A server's lock on a database that only one server may use.
#[derive(Debug)]
pub struct ServerLock(#[allow(dead_code, reason = "the lock lives as long as the open file")] File);

/// An open database. Clones share its connections.
#[derive(Clone, Debug)]
pub enum Database {
    /// An SQLite file.
    #[cfg(feature = "sqlite")]
    Sqlite(Arc<sqlite::Engine>),
    /// A PostgreSQL database.
    #[cfg(feature = "postgres")]
    Postgres(Arc<postgres::Engine>),
}

impl Database {
    /// Opens the database that the URL names: `sqlite:<path>`, `postgres://…` or `postgresql://…`. It does not change
    /// the schema; call [`migrate`](Self::migrate) next.
    ///
    /// All queries run on the Tokio runtime that this is called on.
    ///
    /// # Errors
    /// A [`SetupError`] when the URL cannot be used or the database does not answer.
    pub async fn open(url: &str, options: &StoreOptions) -> Result<Self, SetupError> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            #[cfg(feature = "sqlite")]
            Some("sqlite") => Ok(Self::Sqlite(Arc::new(
                sqlite::Engine::connect(url, options).await?,
            ))),
            #[cfg(feature = "postgres")]
            Some("postgres" | "postgresql") => Ok(Self::Postgres(Arc::new(
                postgres::Engine::connect(url, options).await?,
            ))),
            _ => Err(SetupError::Scheme),
        }
    }

    /// Brings the schema up to date, under a lock, so that several processes may call it at once. Returns how many
    /// migrations it ran.
    ///
    /// # Errors
    /// [`SetupError::Newer`] when a later version of this program has changed the schema; [`SetupError::Migration`] or
    /// [`SetupError::Unavailable`] when it could not be done.
    pub async fn migrate(&self) -> Result<usize, SetupError> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(engine) => engine.migrate().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(engine) => engine.migrate().await,
        }
    }

    /// Reverts every migration, which deletes all data. For tests. Returns how many it reverted.
    ///
    /// # Errors
    /// The same as of [`migrate`](Self::migrate).
    pub async fn revert_all(&self) -> Result<usize, SetupError> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(engine) => engine.revert_all().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(engine) => engine.revert_all().await,
        }
    }

    /// Checks with a cheap read that the database answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn ping(&self) -> Result<(), StoreError> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(engine) => engine.ping().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(engine) => engine.ping().await,
        }
    }

    /// Checks that a write can be found again: that the database answers, that its files are where they were opened,
    /// and, where nothing was written since the last check, that an empty write can be committed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], with the reason.
    pub async fn check_writes(&self) -> Result<(), StoreError> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(engine) => engine.check_writes().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(engine) => engine.check_writes().await,
        }
    }

    /// Tells whether anything was written since the last check.
    #[must_use]
    pub fn has_written(&self) -> bool {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(engine) => engine.has_written(),
            #[cfg(feature = "postgres")]
            Self::Postgres(engine) => engine.has_written(),
        }
    }

    /// Locks an SQLite database against other servers until the returned lock is dropped. Commands may still use the
    /// database. PostgreSQL needs no such lock.
    ///
    /// # Errors
    /// [`SetupError::InUse`] while another server holds the lock.
    pub fn lock_for_server(&self) -> Result<Option<ServerLock>, SetupError> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(engine) => engine.lock_for_server().map(|file| Some(ServerLock(file))),
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => Ok(None),
        }
    }

    /// Tells whether processes on several machines may use this database at once.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => false,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => true,
        }
    }
}
