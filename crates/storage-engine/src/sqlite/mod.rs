//! SQLite: the embedded default.

#[path = "../append.rs"]
mod append;
pub mod bulk;
mod dialect;
mod file;
#[path = "../statement.rs"]
mod statement;
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
    dialect::{Conn, Db, hold},
    statement::{Prepared, statement},
    transaction::Work,
};
use crate::{SetupError, StoreOptions, health::Health, migrations};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// Readers beside the one writer.
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
    /// Opens the file that `sqlite:<path>` names, and makes it, readable by its owner alone, where it is not
    /// there.
    ///
    /// # Errors
    /// [`SetupError::Url`] for an empty path or `:memory:`, [`SetupError::Folder`] when the folder is not
    /// there, [`SetupError::NotADatabase`] when the file is another one, [`SetupError::Unavailable`] when it cannot
    /// be opened.
    pub async fn connect(url: &str, options: &StoreOptions) -> Result<Self, SetupError> {
        let path = file::path_of(url)?;
        file::create(&path)?;
        // Asked once by itself: the pool would go on trying, and hide why it cannot. The first connection switches the
        // file to its log, which readers cannot do.
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

    /// Keeps every other server off the file for as long as the lock lives. The system gives it back when the process
    /// dies. It is a file of its own beside the database: SQLite's locks are not to be met.
    ///
    /// # Errors
    /// [`SetupError::InUse`] while another holds it; [`SetupError::Unavailable`] when it cannot be made.
    pub fn lock_for_server(&self) -> Result<File, SetupError> {
        file::lock(&self.path)
    }

    /// Runs one act on the schema on a connection of its own, with the whole file locked. Foreign keys are checked at
    /// its end, because SQLite changes a constraint only by making the table anew under its name.
    async fn with_schema(
        &self,
        act: fn(&mut SqliteConnection) -> Result<usize, SetupError>,
    ) -> Result<usize, SetupError> {
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || {
            let mut conn = dialect::establish(&path, dialect::Access::Write)
                .map_err(SetupError::unavailable)?;
            // Within a transaction SQLite would ignore it.
            conn.batch_execute("PRAGMA foreign_keys=OFF")
                .map_err(SetupError::unavailable)?;
            let mut outcome = None;
            let ended = conn.exclusive_transaction(|conn| {
                let done = act(conn).and_then(|done| match done {
                    0 => Ok(0),
                    done => dialect::check_references(conn).map(|()| done),
                });
                let done = outcome.insert(done);
                // The outcome is told by itself; this only rolls back.
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
