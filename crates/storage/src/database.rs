//! Opening a database by its URL.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use wabakit_ports::store::Store;

use crate::SetupError;

/// How a store uses its database.
#[derive(Clone, Copy, Debug)]
pub struct StoreOptions {
    /// PostgreSQL: the most connections at once. SQLite: the most readers; there is always one writer.
    /// None is 16 and 4.
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

/// A store with its schema.
#[async_trait]
pub trait Database: Store {
    /// Brings the schema up to date, under a lock: several processes may do it at once. Answers how many
    /// migrations were run.
    ///
    /// # Errors
    /// [`SetupError::Newer`] when a later version of this program has changed the schema;
    /// [`SetupError::Migration`] or [`SetupError::Unavailable`] when it could not be done.
    async fn migrate(&self) -> Result<usize, SetupError>;

    /// Takes every migration back, and all data with them: for tests. Answers how many were.
    ///
    /// # Errors
    /// As [`migrate`](Self::migrate).
    async fn revert_all(&self) -> Result<usize, SetupError>;

    /// Whether processes on several machines may use this database at once.
    fn is_shared(&self) -> bool;
}

/// Opens the database that the URL names: `sqlite:<path>`, `postgres://…` or `postgresql://…`. Its schema is
/// left as it is; call [`Database::migrate`] next.
///
/// Queries run on the Tokio runtime that this is called on, wherever they are asked from.
///
/// # Errors
/// A [`SetupError`] when the URL cannot be used or the database does not answer.
pub async fn open(url: &str, options: &StoreOptions) -> Result<Arc<dyn Database>, SetupError> {
    match url.split_once(':').map(|(scheme, _)| scheme) {
        #[cfg(feature = "sqlite")]
        Some("sqlite") => Ok(Arc::new(crate::SqliteStore::connect(url, options).await?)),
        #[cfg(feature = "postgres")]
        Some("postgres" | "postgresql") => {
            Ok(Arc::new(crate::PostgresStore::connect(url, options).await?))
        }
        _ => Err(SetupError::Scheme),
    }
}
