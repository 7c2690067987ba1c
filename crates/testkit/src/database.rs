//! A database of one test.

use std::{
    collections::BTreeMap,
    fs,
    sync::{Arc, Mutex},
};

use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::postgres;

/// The files of a database that was filled once: the ends of their names, and their bytes.
type Template = Arc<OnceCell<Vec<(&'static str, Vec<u8>)>>>;

/// A database for one test.
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

    /// Copies the SQLite file that `migrate` fills. `migrate` runs once for each process and `template`.
    ///
    /// `migrate` gets the URL of an empty file, and has closed it when it ends.
    ///
    /// # Panics
    /// When the temporary folder cannot be written, or when `migrate` panics.
    pub async fn sqlite_from_template<F, Migrated>(template: &str, migrate: F) -> Self
    where
        F: FnOnce(String) -> Migrated,
        Migrated: Future<Output = ()>,
    {
        static TEMPLATES: Mutex<BTreeMap<String, Template>> = Mutex::new(BTreeMap::new());
        let cell = {
            let mut templates = TEMPLATES.lock().expect("no holder of this lock panics");
            Arc::clone(templates.entry(template.to_owned()).or_default())
        };
        let files = cell.get_or_init(|| async {
            let source = Self::sqlite();
            migrate(source.url.clone()).await;
            let read = |end| fs::read(source.path(end)).ok().map(|bytes| (end, bytes));
            ["", "-wal"].into_iter().filter_map(read).collect()
        });
        let copy = Self::sqlite();
        for (end, bytes) in files.await {
            fs::write(copy.path(end), bytes).expect("the temporary folder can be written");
        }
        copy
    }

    /// Returns the path of an SQLite database's file whose name has this end.
    fn path(&self, end: &str) -> String {
        let file = self.url.strip_prefix("sqlite:").unwrap_or(&self.url);
        format!("{file}{end}")
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
