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

use std::path::PathBuf;

use diesel::{SqliteConnection, result::Error as DieselError};
use diesel_async::pooled_connection::bb8::Pool;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use tokio::runtime::Handle;

pub use self::{
    dialect::{Conn, Db, hold},
    statement::{Prepared, statement},
    transaction::Work,
};
use crate::{SetupError, StoreOptions, migrations};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// Readers beside the one writer.
const READERS: u32 = 4;

/// The connections to an SQLite file: write-ahead log, synced at each commit, one writer, some readers.
pub struct Engine {
    path: PathBuf,
    readers: Pool<Conn>,
    writer: Pool<Conn>,
    runtime: Handle,
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
    /// there, [`SetupError::Unavailable`] when the file cannot be opened.
    pub async fn connect(url: &str, options: &StoreOptions) -> Result<Self, SetupError> {
        let path = file::path_of(url)?;
        file::create(&path)?;
        let writer = dialect::pool(&path, dialect::Access::Write, 1, options);
        let readers = options.connections.unwrap_or(READERS).max(1);
        let store = Self {
            readers: dialect::pool(&path, dialect::Access::Read, readers, options),
            writer,
            path,
            runtime: Handle::current(),
        };
        // The first connection switches the file to its log, which readers cannot do.
        drop(store.writer.get().await.map_err(SetupError::unavailable)?);
        Ok(store)
    }

    /// Runs one act on the schema on a connection of its own, with the whole file locked.
    async fn with_schema(
        &self,
        act: fn(&mut SqliteConnection) -> Result<usize, SetupError>,
    ) -> Result<usize, SetupError> {
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || {
            let mut conn = dialect::establish(&path, dialect::Access::Write)
                .map_err(SetupError::unavailable)?;
            let mut outcome = None;
            let ended = conn.exclusive_transaction(|conn| {
                let done = outcome.insert(act(conn));
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
