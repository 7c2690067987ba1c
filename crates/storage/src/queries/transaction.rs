//! How queries get their connection.

use std::time::Duration;

use async_trait::async_trait;
use diesel::dsl::sql;
use diesel::sql_types::Integer;
use diesel_async::{AsyncConnection, RunQueryDsl as _, TransactionManager};
use futures::future::BoxFuture;
use tracing::Instrument as _;
use wabakit_ports::store::{StoreError, StoreHealth};

use super::{Conn, Store, begin};
use crate::error::Fault;

/// What a query does with its connection and its input. A plain function, so that it can be begun again.
pub(super) type Work<I, T> = for<'a> fn(&'a mut Conn, &'a I) -> BoxFuture<'a, Result<T, Fault>>;

type Transactions = <Conn as AsyncConnection>::TransactionManager;

/// How often work is begun again that failed through no fault of its own.
const RETRIES: u32 = 3;

impl Store {
    /// Reads. A task of its own, because a connection must not be let go of in the middle of a statement.
    pub(super) async fn read<I, T>(&self, input: I, work: Work<I, T>) -> Result<T, StoreError>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        let pool = self.readers().clone();
        let task = async move {
            let mut retries = 0;
            loop {
                let mut conn = pool.get().await.map_err(StoreError::unavailable)?;
                match work(&mut conn, &input).await {
                    Err(fault) if retries < RETRIES && fault.is_lost_connection() => retries += 1,
                    outcome => return Ok(outcome?),
                }
            }
        };
        self.runtime()
            .spawn(task.in_current_span())
            .await
            .map_err(StoreError::unavailable)?
    }

    /// Writes: all of it, or nothing. A task of its own, so that the transaction ends whoever waits for it.
    pub(super) async fn write<I, T>(&self, input: I, work: Work<I, T>) -> Result<T, StoreError>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        let pool = self.writer().clone();
        let task = async move {
            let mut retries = 0;
            loop {
                let mut conn = pool.get().await.map_err(StoreError::unavailable)?;
                let outcome = match begin(&mut conn).await.map_err(Fault::from) {
                    Ok(()) => finish(&mut conn, &input, work).await,
                    // The server closed the connection while it lay idle: nothing was done on it.
                    Err(fault) if retries < RETRIES && fault.is_lost_connection() => {
                        retries += 1;
                        continue;
                    }
                    Err(fault) => Err(fault),
                };
                match outcome {
                    Err(fault) if retries < RETRIES && fault.is_lost_race() => {
                        retries += 1;
                        drop(conn);
                        tokio::time::sleep(Duration::from_millis(5 << retries)).await;
                    }
                    outcome => return Ok(outcome?),
                }
            }
        };
        self.runtime()
            .spawn(task.in_current_span())
            .await
            .map_err(StoreError::unavailable)?
    }
}

/// Does the work in the transaction that was begun, and ends it.
async fn finish<I, T>(conn: &mut Conn, input: &I, work: Work<I, T>) -> Result<T, Fault> {
    match work(conn, input).await {
        Ok(value) => {
            Transactions::commit_transaction(conn).await?;
            Ok(value)
        }
        Err(fault) => {
            // Where this fails, the pool throws the connection away, and the database rolls back by itself.
            if let Err(error) = Transactions::rollback_transaction(conn).await {
                tracing::warn!(%error, "a transaction could not be rolled back");
            }
            Err(fault)
        }
    }
}

#[async_trait]
impl StoreHealth for Store {
    async fn ping(&self) -> Result<(), StoreError> {
        self.read((), |conn, ()| {
            Box::pin(async move {
                diesel::select(sql::<Integer>("1")).execute(conn).await?;
                Ok(())
            })
        })
        .await
    }
}
