//! The parts that differ for SQLite: connections, pragmas, and the transaction that writes.

use std::{path::Path, sync::Arc};

use diesel::{
    Connection as _, ConnectionError, ConnectionResult, QueryResult, RunQueryDsl as _,
    SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection as _},
    dsl::sql,
    sql_types::BigInt,
};
use diesel_async::{
    pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod, bb8::Pool},
    sync_connection_wrapper::SyncConnectionWrapper,
};
use futures::FutureExt as _;
use tokio::runtime::Handle;

pub(super) use super::blocking::spawn;
use super::{Engine, blocking::Blocking};
use crate::{SetupError, StoreOptions, health::Health, pool::LogErrors};

/// A connection.
pub type Conn = SyncConnectionWrapper<SqliteConnection, Blocking>;
/// Diesel's type for the engine.
pub type Db = diesel::sqlite::Sqlite;

/// The use of a connection.
#[derive(Clone, Copy)]
pub(super) enum Access {
    Read,
    Write,
}

impl Access {
    /// Returns the pragmas. `synchronous=FULL` makes a commit return only when it is on the disk. Negative cache sizes
    /// are in KiB, and a cache grows only as needed.
    const fn pragmas(self) -> &'static str {
        match self {
            Self::Read => {
                "PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; \
                 PRAGMA cache_size=-4096; PRAGMA query_only=ON;"
            }
            Self::Write => {
                "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
                 PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384; \
                 PRAGMA journal_size_limit=67108864;"
            }
        }
    }
}

/// Opens a connection. Blocks.
pub(super) fn establish(path: &Path, access: Access) -> ConnectionResult<SqliteConnection> {
    let path = path
        .to_str()
        .ok_or_else(|| ConnectionError::InvalidConnectionUrl("the path is not UTF-8".to_owned()))?;
    let mut conn = SqliteConnection::establish(path)?;
    conn.batch_execute(access.pragmas())
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(conn)
}

/// Opens the first connection, and reads the schema, which shows whether the file is a database. Blocks.
pub(super) fn probe(path: &Path) -> Result<SqliteConnection, SetupError> {
    let read =
        |conn: &mut SqliteConnection| conn.batch_execute("SELECT count(*) FROM sqlite_master");
    let opened = establish(path, Access::Write).map_err(|error| error.to_string());
    let probed = opened.and_then(|mut conn| match read(&mut conn) {
        Ok(()) => Ok(conn),
        Err(error) => Err(error.to_string()),
    });
    probed.map_err(|error| {
        let damaged = ["not a database", "malformed", "unsupported file format"];
        if damaged.iter().any(|words| error.contains(words)) {
            SetupError::NotADatabase(path.to_owned(), error)
        } else {
            SetupError::unavailable(error)
        }
    })
}

/// Checks that every foreign key of the file refers to an existing row.
pub(super) fn check_references(conn: &mut SqliteConnection) -> Result<(), SetupError> {
    let broken: i64 = diesel::select(sql::<BigInt>(
        "(SELECT count(*) FROM pragma_foreign_key_check)",
    ))
    .get_result(conn)
    .map_err(SetupError::unavailable)?;
    match broken {
        0 => Ok(()),
        rows => Err(SetupError::Migration(
            format!("{rows} rows would name a row that is not there").into(),
        )),
    }
}

/// A pool of connections that stay open.
pub(super) fn pool(path: &Path, access: Access, size: u32, options: &StoreOptions) -> Pool<Conn> {
    let path = path.to_owned();
    let mut config = ManagerConfig::<Conn>::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |_| {
        let path = path.clone();
        async move {
            let conn = tokio::task::spawn_blocking(move || establish(&path, access))
                .await
                .map_err(|error| ConnectionError::BadConnection(error.to_string()))??;
            Ok(SyncConnectionWrapper::new(conn))
        }
        .boxed()
    });
    Pool::builder()
        .max_size(size)
        .idle_timeout(None)
        .max_lifetime(None)
        .connection_timeout(options.acquire_timeout)
        .error_sink(Box::new(LogErrors))
        .build_unchecked(AsyncDieselConnectionManager::new_with_config("", config))
}

impl Engine {
    pub(super) const fn readers(&self) -> &Pool<Conn> {
        &self.readers
    }
    pub(super) const fn writer(&self) -> &Pool<Conn> {
        &self.writer
    }
    pub(super) const fn runtime(&self) -> &Handle {
        &self.runtime
    }
    pub(super) const fn health(&self) -> &Arc<Health> {
        &self.health
    }
}

/// A statement that writes a page and changes nothing: only we use this number, and it is always the same.
pub(super) const EMPTY_WRITE: &str = "PRAGMA user_version = 1";

/// Begins a transaction that writes, and takes the write lock at once. A transaction that reads first and locks later
/// would fail if somebody else wrote in between, however long it waited.
pub(super) async fn begin(conn: &mut Conn) -> QueryResult<()> {
    conn.spawn_blocking(|conn| match begin_immediate(conn) {
        // A failed commit, on a full disk for example, leaves its transaction open, but diesel does not know it.
        Err(error) if error.to_string().contains("within a transaction") => {
            conn.batch_execute("ROLLBACK")?;
            begin_immediate(conn)
        }
        outcome => outcome,
    })
    .await
}

fn begin_immediate(conn: &mut SqliteConnection) -> QueryResult<()> {
    AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")
}

/// Does nothing: SQLite has one writer at a time, so no lock by name is needed.
pub async fn hold(_conn: &mut Conn, _what: &str) -> QueryResult<()> {
    Ok(())
}
