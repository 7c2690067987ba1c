//! Runs queries on a connection, in transactions, with retries. Compiled once for each engine.

use std::{future::ready, time::Duration};

use diesel::dsl::sql;
use diesel::sql_types::Integer;
use diesel_async::{
    AsyncConnection, RunQueryDsl as _, SimpleAsyncConnection as _, TransactionManager,
};
use futures::future::BoxFuture;
use tracing::Instrument as _;
use wabakit_ports::store::{Facts, LogHeads, StoreError};

use super::{
    Conn, Engine,
    append::append,
    dialect::{EMPTY_WRITE, begin},
};
use crate::error::Fault;

/// A query: gets a connection and its input. It is a plain function, so that it can be run again.
pub type Work<I, T> = for<'a> fn(&'a mut Conn, &'a I) -> BoxFuture<'a, Result<T, Fault>>;

/// The last statements of a write before the commit.
type Finish<T, R> = for<'a> fn(&'a mut Conn, T) -> BoxFuture<'a, Result<R, Fault>>;

type Transactions = <Conn as AsyncConnection>::TransactionManager;

/// How often a query is retried after a lost connection or a lost race.
const RETRIES: u32 = 3;

/// Waits before a retry: long enough for a concurrent transaction to end, and for a pool's drivers to see that their
/// server is gone.
async fn pause(retry: u32) {
    tokio::time::sleep(Duration::from_millis(5 << retry)).await;
}

impl Engine {
    /// Runs a query that reads. It runs in a task of its own, because a connection must not be dropped in the middle of
    /// a statement.
    ///
    /// # Errors
    /// The error of `work`; [`StoreError::Unavailable`] when the database does not answer.
    pub async fn read<I, T>(&self, input: I, work: Work<I, T>) -> Result<T, StoreError>
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
                    Err(fault) if retries < RETRIES && fault.is_lost_connection() => {}
                    outcome => return Ok(outcome?),
                }
                drop(conn);
                retries += 1;
                pause(retries).await;
            }
        };
        self.runtime()
            .spawn(task.in_current_span())
            .await
            .map_err(StoreError::unavailable)?
    }

    /// Runs a transaction that appends to no log: claims, leases, counts, pruning. It runs in a task of its own, so
    /// that it ends even if its caller is dropped.
    ///
    /// # Errors
    /// The same as of [`read`](Self::read).
    pub async fn write<I, T>(&self, input: I, work: Work<I, T>) -> Result<T, StoreError>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        self.transact(input, work, |_, value| Box::pin(ready(Ok(value))))
            .await
    }

    /// Runs a transaction like [`write`](Self::write), and appends the facts that the work returns, as its last
    /// statements. Returns the work's value, and the last sequence of each touched org's event log.
    ///
    /// # Errors
    /// The same as of [`read`](Self::read).
    pub async fn record<I, T>(
        &self,
        input: I,
        work: Work<I, (T, Facts)>,
    ) -> Result<(T, LogHeads), StoreError>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        self.transact(input, work, |conn, (value, facts)| {
            Box::pin(async move { Ok((value, append(conn, &facts).await?)) })
        })
        .await
    }

    async fn transact<I, T, R>(
        &self,
        input: I,
        work: Work<I, T>,
        finish: Finish<T, R>,
    ) -> Result<R, StoreError>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        R: Send + 'static,
    {
        let pool = self.writer().clone();
        let health = self.health().clone();
        let task = async move {
            health.check_files()?;
            let mut retries = 0;
            loop {
                let mut conn = pool.get().await.map_err(StoreError::unavailable)?;
                match attempt(&mut conn, &input, (work, finish)).await {
                    Attempt::Done(value) => {
                        health.committed();
                        return Ok(value);
                    }
                    Attempt::Undone(fault)
                        if retries < RETRIES
                            && (fault.is_lost_connection() || fault.is_lost_race()) => {}
                    Attempt::Undone(fault) | Attempt::Unknown(fault) => {
                        let error = StoreError::from(fault);
                        if matches!(error, StoreError::Unavailable(_)) {
                            health.failed();
                        }
                        return Err(error);
                    }
                }
                drop(conn);
                retries += 1;
                pause(retries).await;
            }
        };
        self.runtime()
            .spawn(task.in_current_span())
            .await
            .map_err(StoreError::unavailable)?
    }
}

/// The end of a transaction.
enum Attempt<T> {
    /// It was committed.
    Done(T),
    /// It was rolled back.
    Undone(Fault),
    /// The commit was sent, but its answer was lost.
    Unknown(Fault),
}

async fn attempt<I, T, R>(
    conn: &mut Conn,
    input: &I,
    (work, finish): (Work<I, T>, Finish<T, R>),
) -> Attempt<R> {
    if let Err(error) = begin(conn).await {
        return Attempt::Undone(error.into());
    }
    let outcome = match work(conn, input).await {
        Ok(value) => finish(conn, value).await,
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(value) => match Transactions::commit_transaction(conn)
            .await
            .map_err(Fault::from)
        {
            Ok(()) => Attempt::Done(value),
            Err(fault) if fault.is_lost_connection() => Attempt::Unknown(fault),
            Err(fault) => Attempt::Undone(fault),
        },
        Err(fault) => {
            // If this fails, the pool drops the connection, and the database rolls back by itself.
            if let Err(error) = Transactions::rollback_transaction(conn).await
                && !fault.is_lost_connection()
            {
                tracing::warn!(%error, "a transaction could not be rolled back");
            }
            Attempt::Undone(fault)
        }
    }
}

impl Engine {
    /// Checks with a cheap read that the database answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.read((), |conn, ()| {
            Box::pin(async move {
                diesel::select(sql::<Integer>("1")).execute(conn).await?;
                Ok(())
            })
        })
        .await
    }

    /// Checks that written data can be found again. A commit since the last check proves that writes succeed; without
    /// one, this commits an empty write.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer, cannot write, or is not in its place.
    pub async fn check_writes(&self) -> Result<(), StoreError> {
        self.health().check_files()?;
        if self.health().has_written() {
            return self.ping().await;
        }
        let written = self
            .write((), |conn, ()| {
                Box::pin(async move {
                    conn.batch_execute(EMPTY_WRITE).await?;
                    Ok(())
                })
            })
            .await;
        self.health().has_written();
        written
    }

    /// Tells whether anything was committed since the last check.
    pub(crate) fn has_written(&self) -> bool {
        self.health().has_written()
    }
}
