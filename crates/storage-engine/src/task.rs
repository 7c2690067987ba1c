//! Runs work in tasks of its own, whatever it returns: what a runtime needs for a task is compiled once.

use futures::future::BoxFuture;
use tokio::{runtime::Handle, sync::oneshot};
use tracing::Instrument as _;
use wabakit_ports::store::StoreError;

/// Runs a query to its end, even if its caller is dropped.
pub(crate) async fn to_the_end<T: Send + 'static>(
    runtime: &Handle,
    query: BoxFuture<'static, Result<T, StoreError>>,
) -> Result<T, StoreError> {
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

fn spawn(runtime: &Handle, task: BoxFuture<'static, ()>) {
    runtime.spawn(task.in_current_span());
}
