//! The error log of both engines' pools.

use bb8::ErrorSink;
use diesel_async::pooled_connection::PoolError;

/// Logs why a connection cannot be made. A query that waits for one only learns that it took too long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogErrors;

impl ErrorSink<PoolError> for LogErrors {
    fn sink(&self, error: PoolError) {
        tracing::warn!(%error, "the database cannot be reached");
    }

    fn boxed_clone(&self) -> Box<dyn ErrorSink<PoolError>> {
        Box::new(*self)
    }
}
