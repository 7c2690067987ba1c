//! A database of one test.

use tempfile::TempDir;

use crate::postgres;

/// An empty database that only one test knows.
///
/// An SQLite file goes when this is dropped; a PostgreSQL database goes with its server, because
/// dropping one costs a checkpoint.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    _folder: Option<TempDir>,
}

impl TestDatabase {
    /// A file in a temporary folder. It does not exist before the first connection makes it.
    ///
    /// # Panics
    /// When the temporary folder cannot be made.
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

    /// A new database on [`postgres::server`].
    ///
    /// # Panics
    /// When there is no PostgreSQL to be had: the message says how to get it.
    pub async fn postgres() -> Self {
        let server = postgres::server().await;
        let name = server.create_database(None).await;
        Self {
            url: server.url_of(&name),
            _folder: None,
        }
    }

    /// A copy of the database that `migrate` fills, which runs once per process and `template`.
    ///
    /// `migrate` gets the URL of an empty database. It may leave connections open: they are ended.
    ///
    /// # Panics
    /// When there is no PostgreSQL to be had, or when `migrate` panics.
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

    /// The database as `DATABASE_URL` takes it: `sqlite:<absolute path>` or `postgres://…`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}
