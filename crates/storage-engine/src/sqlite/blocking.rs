//! Runs the statements of a connection, which block, on threads of the runtime.

use std::error::Error;

use diesel_async::sync_connection_wrapper::SpawnBlocking;
use futures::{FutureExt as _, TryFutureExt as _, future::BoxFuture};
use tokio::sync::oneshot;

/// The runtime's threads for work that blocks. Unlike diesel's own, it compiles what a thread needs once, and not for
/// each query.
#[derive(Clone, Copy, Debug)]
pub struct Blocking;

impl SpawnBlocking for Blocking {
    fn spawn_blocking<'a, R>(
        &mut self,
        task: impl FnOnce() -> R + Send + 'static,
    ) -> BoxFuture<'a, Result<R, Box<dyn Error + Send + Sync + 'static>>>
    where
        R: Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        spawn(Box::new(move || drop(answer.send(task()))));
        answered.map_err(Into::into).boxed()
    }

    fn get_runtime() -> Self {
        Self
    }
}

fn spawn(task: Box<dyn FnOnce() + Send>) {
    tokio::task::spawn_blocking(task);
}
