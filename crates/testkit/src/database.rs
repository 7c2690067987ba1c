//! A database of one test.

use tempfile::TempDir;

use crate::postgres;

/// An empty database for one test.
///
/// An SQLite file is deleted when this is dropped. A PostgreSQL database is deleted with its server, because dropping
/// one costs a checkpoint.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    _folder: Option<TempDir>,
}

impl TestDatabase {
    /// Names a file in a temporary folder. The first connection creates it.
    ///
    /// # Panics
    /// When the temporary folder cannot be created.
    #[must_use]
    pub fn sqlite() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("wabakit-sqlite-")
            .tempdir()
            .expect("a temporary folder is needed for SQLite");
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        Self {
            url,
            _folder: Some(folder),
        }
    }

    /// Creates a database on [`postgres::server`].
    ///
    /// # Panics
    /// When no PostgreSQL is available. The message says how to install it.
    pub async fn postgres() -> Self {
        let server = postgres::server().await;
        let name = server.create_database(None).await;
        Self {
            url: server.url_of(&name),
            _folder: None,
        }
    }

    /// Copies the database that `migrate` fills. `migrate` runs once for each process and `template`.
    ///
    /// `migrate` gets the URL of an empty database. Connections that it leaves open are closed.
    ///
    /// # Panics
    /// When no PostgreSQL is available, or when `migrate` panics.
    pub async fn postgres_from_template<F, Migrated>(template: &str, migrate: F) -> Self
    where
        F: FnOnce(String) -> Migrated,
        Migrated: Future<Output = ()>,
    {
        let server = postgres::server().await;
        let source = server.template(template, migrate).await;
        let name = server.create_database(Some(&source)).await;
        Self {
            url: server.url_of(&name),
            _folder: None,
        }
    }

    /// Returns the URL in the form of `DATABASE_URL`: `sqlite:<absolute path>` or `postgres://…`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}
