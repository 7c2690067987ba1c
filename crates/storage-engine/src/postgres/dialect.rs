//! The parts that differ for PostgreSQL: connections, session settings, and locks by name.

use std::sync::Arc;

use diesel::{
    ConnectionError, ConnectionResult, QueryResult, result::Error as DieselError, sql_query,
    sql_types::Text,
};
use diesel_async::{
    AnsiTransactionManager, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, PoolableConnection as _, RecyclingMethod,
        bb8::Pool,
    },
};
use futures::{FutureExt as _, future::BoxFuture};
use tokio::runtime::Handle;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};
use tracing::Instrument as _;

use super::{Engine, url::Target};
use crate::{StoreOptions, health::Health, pool::LogErrors};

/// A connection.
pub type Conn = AsyncPgConnection;
/// Diesel's type for the engine.
pub type Db = diesel::pg::Pg;

/// The settings of each session. Timeouts: none of our statements takes this long, and a connection that hangs must not
/// hold its locks for ever. No JIT: compiling a plan costs hundreds of times what our statements take, and the planner
/// overestimates walks along an index. No sequential scans: a statement is prepared once, perhaps while its table is
/// empty, and would keep a plan that reads the whole table when it is full.
const SETTINGS: &str = "SET statement_timeout = '30s'; SET lock_timeout = '10s'; SET jit = off; \
                        SET enable_seqscan = off; \
                        SET idle_in_transaction_session_timeout = '60s'";

/// Opens a connection, encrypted as the target asks, with our settings.
pub(super) async fn establish(target: &Target) -> ConnectionResult<Conn> {
    let mut conn = establish_plain(target).await?;
    conn.batch_execute(SETTINGS)
        .await
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(conn)
}

/// Opens a connection without our settings.
async fn establish_plain(target: &Target) -> ConnectionResult<Conn> {
    match target.tls() {
        Some(tls) => {
            let (client, driver) = target.config().connect(tls).await.map_err(bad)?;
            AsyncPgConnection::try_from_client_and_connection(client, driver).await
        }
        None => {
            let (client, driver) = target.config().connect(NoTls).await.map_err(bad)?;
            AsyncPgConnection::try_from_client_and_connection(client, driver).await
        }
    }
}

/// Adds the reason to a connection error, whose own text is only "error connecting to server".
fn bad(error: tokio_postgres::Error) -> ConnectionError {
    let reason = std::error::Error::source(&error).map(ToString::to_string);
    ConnectionError::BadConnection(match reason {
        Some(reason) => format!("{error}: {reason}"),
        None => error.to_string(),
    })
}

/// Opens a session for simple queries, which prepare no statement.
async fn session(target: &Target) -> ConnectionResult<Client> {
    Ok(match target.tls() {
        Some(tls) => {
            let (client, driver) = target.config().connect(tls).await.map_err(bad)?;
            tokio::spawn(driver);
            client
        }
        None => {
            let (client, driver) = target.config().connect(NoTls).await.map_err(bad)?;
            tokio::spawn(driver);
            client
        }
    })
}

/// Returns the id of the server process that answers a session.
async fn backend(session: &Client) -> ConnectionResult<String> {
    let answer = session.simple_query("SELECT pg_backend_pid()").await;
    let mut rows = answer
        .map_err(bad)?
        .into_iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(ToOwned::to_owned),
            _ => None,
        });
    let none = || ConnectionError::BadConnection("the server does not tell its process".to_owned());
    rows.next().ok_or_else(none)
}

/// Tells whether sessions share the server's processes, as behind a pooler that gives one to each transaction. Such a
/// pooler loses our settings and locks, hands them to other programs, and mixes up prepared statements. A second
/// session that gets the first one's process shows it, and so does a session whose process changes.
pub(super) async fn shares_backends(target: &Target) -> ConnectionResult<bool> {
    let first = session(target).await?;
    let own = backend(&first).await?;
    let second = session(target).await?;
    second.simple_query("BEGIN").await.map_err(bad)?;
    let held = backend(&second).await?;
    let shares = held == own || backend(&first).await? != own;
    second.simple_query("ROLLBACK").await.map_err(bad)?;
    Ok(shares)
}

/// A pool of connections.
pub(super) fn pool(target: &Target, size: u32, options: &StoreOptions) -> Pool<Conn> {
    let target = target.clone();
    let mut config = ManagerConfig::<Conn>::default();
    // Asks the driver, not the server, whether the connection is still open.
    config.recycling_method = RecyclingMethod::CustomFunction(Box::new(|conn| {
        let broken = conn.is_broken();
        async move {
            match broken {
                true => Err(DieselError::BrokenTransactionManager),
                false => Ok(()),
            }
        }
        .boxed()
    }));
    config.custom_setup = Box::new(move |_| {
        let target = target.clone();
        async move { establish(&target).await }.boxed()
    });
    Pool::builder()
        .max_size(size)
        .connection_timeout(options.acquire_timeout)
        .error_sink(Box::new(LogErrors))
        .build_unchecked(AsyncDieselConnectionManager::new_with_config("", config))
}

impl Engine {
    pub(super) const fn readers(&self) -> &Pool<Conn> {
        &self.pool
    }
    pub(super) const fn writer(&self) -> &Pool<Conn> {
        &self.pool
    }
    pub(super) const fn runtime(&self) -> &Handle {
        &self.runtime
    }
    pub(super) const fn health(&self) -> &Arc<Health> {
        &self.health
    }
}

/// Runs a query in a task of the runtime.
pub(super) fn spawn(runtime: &Handle, query: BoxFuture<'static, ()>) {
    runtime.spawn(query.in_current_span());
}

/// A statement that takes a transaction id, which a server that cannot write refuses.
pub(super) const EMPTY_WRITE: &str = "SELECT txid_current()";

/// Begins a transaction that writes.
pub(super) async fn begin(conn: &mut Conn) -> QueryResult<()> {
    AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN").await
}

/// Takes a lock by name until the transaction ends. Other transactions that take the same name wait.
///
/// # Errors
/// When the database does not answer, or the lock does not become free in time.
pub async fn hold(conn: &mut Conn, what: &str) -> QueryResult<()> {
    sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind::<Text, _>(what)
        .execute(conn)
        .await?;
    Ok(())
}
