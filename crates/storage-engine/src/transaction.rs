//! Runs queries on a connection, in transactions, with retries. Compiled once for each engine.

use std::{future::ready, time::Duration};

use diesel::dsl::sql;
use diesel::sql_types::Integer;
use diesel_async::pooled_connection::bb8::Pool;
use diesel_async::{
    AsyncConnection, RunQueryDsl as _, SimpleAsyncConnection as _, TransactionManager,
};
use futures::future::BoxFuture;
use wabakit_ports::store::{Facts, LogHeads, StoreError};

use super::{
    Conn, Engine,
    append::append,
    dialect::{EMPTY_WRITE, begin},
    task::{Owned, to_the_end},
};
use crate::{error::Fault, health::Health};

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

/// Work in a transaction, whatever it takes and returns: the code that runs and repeats it is compiled once.
trait Step: Send {
    /// Does the work. When it succeeds, its value is kept.
    fn take<'a>(&'a mut self, conn: &'a mut Conn) -> BoxFuture<'a, Result<(), Fault>>;
}

/// A query with its input, and its value when it is done.
struct Asked<I, T, R> {
    input: I,
    work: Work<I, T>,
    finish: Finish<T, R>,
    done: Option<R>,
}

impl<I: Send + Sync, T: Send, R: Send> Step for Asked<I, T, R> {
    fn take<'a>(&'a mut self, conn: &'a mut Conn) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(async move {
            let value = (self.work)(conn, &self.input).await?;
            self.done = Some((self.finish)(conn, value).await?);
            Ok(())
        })
    }
}

impl<I, T, R> Asked<I, T, R> {
    /// Returns the value, which is there once the step has succeeded.
    fn value(self) -> Result<R, StoreError> {
        self.done
            .ok_or_else(|| StoreError::unavailable("the query was not run"))
    }
}

/// Ends a query that appends nothing.
fn as_it_is<T: Send + 'static>(_conn: &mut Conn, value: T) -> BoxFuture<'_, Result<T, Fault>> {
    Box::pin(ready(Ok(value)))
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
        let mut asked = Asked {
            input,
            work,
            finish: as_it_is,
            done: None,
        };
        to_the_end(self.runtime(), self.readers(), |conn| {
            Box::pin(async move {
                read_of(&pool, conn, &mut asked).await?;
                asked.value()
            })
        })
        .await
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
        self.transact(input, work, as_it_is).await
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
        let mut asked = Asked {
            input,
            work,
            finish,
            done: None,
        };
        to_the_end(self.runtime(), self.writer(), |conn| {
            Box::pin(async move {
                transaction_of(&pool, conn, &health, &mut asked).await?;
                asked.value()
            })
        })
        .await
    }
}

async fn read_of(
    pool: &Pool<Conn>,
    mut conn: Owned,
    step: &mut dyn Step,
) -> Result<(), StoreError> {
    let mut retries = 0;
    loop {
        match step.take(&mut conn).await {
            Err(fault) if retries < RETRIES && fault.is_lost_connection() => {}
            outcome => return Ok(outcome?),
        }
        drop(conn);
        retries += 1;
        pause(retries).await;
        conn = pool.get_owned().await.map_err(StoreError::unavailable)?;
    }
}

async fn transaction_of(
    pool: &Pool<Conn>,
    mut conn: Owned,
    health: &Health,
    step: &mut dyn Step,
) -> Result<(), StoreError> {
    health.check_files()?;
    let mut retries = 0;
    loop {
        match attempt(&mut conn, step).await {
            Attempt::Done => {
                health.committed();
                return Ok(());
            }
            Attempt::Undone(fault)
                if retries < RETRIES && (fault.is_lost_connection() || fault.is_lost_race()) => {}
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
        conn = pool.get_owned().await.map_err(StoreError::unavailable)?;
    }
}

/// The end of a transaction.
enum Attempt {
    /// It was committed.
    Done,
    /// It was rolled back.
    Undone(Fault),
    /// The commit was sent, but its answer was lost.
    Unknown(Fault),
}

async fn attempt(conn: &mut Conn, step: &mut dyn Step) -> Attempt {
    if let Err(error) = begin(conn).await {
        return Attempt::Undone(error.into());
    }
    match step.take(conn).await {
        Ok(()) => match Transactions::commit_transaction(conn)
            .await
            .map_err(Fault::from)
        {
            Ok(()) => Attempt::Done,
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
