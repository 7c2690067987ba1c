//! Runs whole queries on a thread that may block, so that no statement of theirs has to change threads.

use std::{cell::Cell, error::Error};

use diesel_async::sync_connection_wrapper::SpawnBlocking;
use futures::{
    FutureExt as _, TryFutureExt as _,
    future::{BoxFuture, ready},
};
use tokio::{runtime::Handle, sync::oneshot};
use tracing::Instrument as _;

thread_local! {
    /// Whether this thread may block, because a query has it for itself.
    static MAY_BLOCK: Cell<bool> = const { Cell::new(false) };
}

/// Runs a query on a thread of the runtime that may block. Its statements run there without another thread: a change of
/// threads costs more than most statements do.
pub(super) fn spawn(runtime: &Handle, query: BoxFuture<'static, ()>) {
    let query = query.in_current_span();
    let own = runtime.clone();
    runtime.spawn_blocking(move || {
        let _thread = Thread::take();
        own.block_on(query);
    });
}

/// This thread, for as long as a query has it.
struct Thread;

impl Thread {
    fn take() -> Self {
        MAY_BLOCK.set(true);
        Self
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        MAY_BLOCK.set(false);
    }
}

/// Runs the statements of a connection, which block: on the thread of their query, or else on another one that may
/// block. Unlike diesel's own, it compiles what a thread needs once, and not for each query.
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
        if MAY_BLOCK.get() {
            return ready(Ok(task())).boxed();
        }
        let (answer, answered) = oneshot::channel();
        on_another(Box::new(move || drop(answer.send(task()))));
        answered.map_err(Into::into).boxed()
    }

    fn get_runtime() -> Self {
        Self
    }
}

fn on_another(task: Box<dyn FnOnce() + Send>) {
    tokio::task::spawn_blocking(task);
}
