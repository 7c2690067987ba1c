//! The SQLite engine, the embedded default.

#[path = "../append.rs"]
mod append;
mod blocking;
pub mod bulk;
mod dialect;
mod file;
#[path = "../statement.rs"]
mod statement;
#[path = "../task.rs"]
mod task;
#[path = "../transaction.rs"]
mod transaction;

use std::{
    fs::File,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use diesel::{SqliteConnection, connection::SimpleConnection as _, result::Error as DieselError};
use diesel_async::pooled_connection::bb8::Pool;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use tokio::runtime::Handle;

pub use self::{
    blocking::Blocking,
    dialect::{Conn, Db, hold},
    statement::{Prepared, statement},
    transaction::Work,
};
use crate::{SetupError, StoreOptions, health::Health, migrations};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// The default number of readers beside the one writer.
const READERS: u32 = 4;

/// The connections to an SQLite file: write-ahead log, synced at each commit, one writer, some readers.
pub struct Engine {
    path: PathBuf,
    readers: Pool<Conn>,
    writer: Pool<Conn>,
    runtime: Handle,
    health: Arc<Health>,
    /// Stays open, so that SQLite never deletes the log because its last connection closed.
    _first: Mutex<SqliteConnection>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// Opens the file that `sqlite:<path>` names. Creates a missing file, readable by its owner alone.
    ///
    /// # Errors
    /// [`SetupError::Url`] for an empty path or `:memory:`, [`SetupError::Folder`] when the folder does not exist,
    /// [`SetupError::NotADatabase`] when the file is not a database or is damaged, [`SetupError::Unavailable`] when it
    /// cannot be opened.
    pub async fn connect(url: &str, options: &StoreOptions) -> Result<Self, SetupError> {
        let path = file::path_of(url)?;
        file::create(&path)?;
        // Connects once without the pool, which would retry and hide the reason of a failure. The first connection also
        // switches the file to its write-ahead log, which readers cannot do.
        let probed = path.clone();
        let first = tokio::task::spawn_blocking(move || dialect::probe(&probed));
        let first = first.await.map_err(SetupError::unavailable)??;
        let writer = dialect::pool(&path, dialect::Access::Write, 1, options);
        let readers = options.connections.unwrap_or(READERS).max(1);
        let store = Self {
            readers: dialect::pool(&path, dialect::Access::Read, readers, options),
            writer,
            #[cfg(unix)]
            health: Health::watching(&path)
                .map_err(SetupError::unavailable)?
                .into(),
            #[cfg(not(unix))]
            health: Arc::default(),
            path,
            runtime: Handle::current(),
            _first: Mutex::new(first),
        };
        drop(store.writer.get().await.map_err(SetupError::unavailable)?);
        Ok(store)
    }

    /// Locks the database against other servers until the lock is dropped. The system releases it when the process
    /// dies. It is a separate file, so that it does not interfere with SQLite's own locks.
    ///
    /// # Errors
    /// [`SetupError::InUse`] while another server holds the lock; [`SetupError::Unavailable`] when the lock file cannot
    /// be created.
    pub fn lock_for_server(&self) -> Result<File, SetupError> {
        file::lock(&self.path)
    }

    /// Runs one act on the schema on a connection of its own, with the whole file locked. It checks foreign keys only
    /// at the end, because SQLite changes a constraint only by replacing the table.
    async fn with_schema(
        &self,
        act: fn(&mut SqliteConnection) -> Result<usize, SetupError>,
    ) -> Result<usize, SetupError> {
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || {
            let mut conn = dialect::establish(&path, dialect::Access::Write)
                .map_err(SetupError::unavailable)?;
            // SQLite ignores this pragma within a transaction.
            conn.batch_execute("PRAGMA foreign_keys=OFF")
                .map_err(SetupError::unavailable)?;
            let mut outcome = None;
            let ended = conn.exclusive_transaction(|conn| {
                let done = act(conn).and_then(|done| match done {
                    0 => Ok(0),
                    done => dialect::check_references(conn).map(|()| done),
                });
                let done = outcome.insert(done);
                // `outcome` carries the error; this result only rolls back.
                if done.is_ok() {
                    Ok(())
                } else {
                    Err(DieselError::RollbackTransaction)
                }
            });
            match (outcome, ended) {
                (Some(Err(error)), _) => Err(error),
                (Some(Ok(done)), Ok(())) => Ok(done),
                (_, Err(error)) => Err(SetupError::unavailable(error)),
                (None, Ok(())) => Ok(0),
            }
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
