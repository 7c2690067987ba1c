//! Runs work to its end with a connection, whatever it returns: what a runtime needs for a task is compiled once.
//! Compiled once for each engine.

use std::future::ready;

use diesel_async::pooled_connection::bb8::{Pool, PooledConnection};
use futures::{FutureExt as _, future::BoxFuture};
use tokio::{runtime::Handle, sync::oneshot};
use tracing::Instrument as _;
use wabakit_ports::store::StoreError;

use super::{Conn, dialect::spawn};

/// A connection of a pool that a task owns.
pub(super) type Owned = PooledConnection<'static, Conn>;

/// A query that waits for its connection, and then tells its caller what came of it.
type Waiting = Box<dyn FnOnce(Result<Owned, StoreError>) -> BoxFuture<'static, ()> + Send>;

/// Runs a query with a connection of the pool, to its end even if its caller is dropped.
pub(super) async fn to_the_end<T: Send + 'static>(
    runtime: &Handle,
    pool: &Pool<Conn>,
    query: impl FnOnce(Owned) -> BoxFuture<'static, Result<T, StoreError>> + Send + 'static,
) -> Result<T, StoreError> {
    let (answer, answered) = oneshot::channel();
    // A caller that is gone needs no answer.
    let waiting: Waiting = Box::new(move |conn| match conn {
        Ok(conn) => {
            let query = query(conn);
            Box::pin(async move { drop(answer.send(query.await)) })
        }
        Err(error) => {
            drop(answer.send(Err(error)));
            Box::pin(ready(()))
        }
    });
    start(runtime, pool, waiting);
    answered.await.map_err(StoreError::unavailable)?
}

/// Starts a query at once if a connection is free, or else as soon as there is one. The pool opens connections on the
/// same runtime, because that of a caller may end before.
fn start(runtime: &Handle, pool: &Pool<Conn>, query: Waiting) {
    let _runtime = runtime.enter();
    if let Some(conn) = pool.get_owned().now_or_never() {
        return spawn(runtime, query(conn.map_err(StoreError::unavailable)));
    }
    let (pool, own) = (pool.clone(), runtime.clone());
    let wait = async move {
        let conn = pool.get_owned().await.map_err(StoreError::unavailable);
        spawn(&own, query(conn));
    };
    runtime.spawn(wait.in_current_span());
}
