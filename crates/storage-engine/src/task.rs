//! Runs work to its end with a connection, whatever it returns: what a runtime needs for a task is compiled once.
//! Compiled once for each engine.

use diesel_async::pooled_connection::bb8::{Pool, PooledConnection};
use futures::future::BoxFuture;
use tokio::{runtime::Handle, sync::oneshot};
use wabakit_ports::store::StoreError;

use super::{Conn, dialect::spawn};

/// A connection of a pool that a task owns.
pub(super) type Owned = PooledConnection<'static, Conn>;

/// Waits for a connection and runs a query with it, to its end even if its caller is dropped meanwhile.
pub(super) async fn to_the_end<T: Send + 'static>(
    runtime: &Handle,
    pool: &Pool<Conn>,
    query: impl FnOnce(Owned) -> BoxFuture<'static, Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let query = query(pool.get_owned().await.map_err(StoreError::unavailable)?);
    let (answer, answered) = oneshot::channel();
    spawn(
        runtime,
        Box::pin(async move {
            // A caller that is gone needs no answer.
            drop(answer.send(query.await));
        }),
    );
    answered.await.map_err(StoreError::unavailable)?
}
