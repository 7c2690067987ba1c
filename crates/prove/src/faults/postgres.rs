//! Ways in which a PostgreSQL server of its own refuses writes.

use std::{path::Path, time::Duration};

use tokio_postgres::{Client, Error, NoTls};
use wabakit_prove::{Probe, until};

use super::SmallDisk;

/// Tables that every message is written to.
const TABLES: [&str; 5] = [
    "outbox",
    "messages",
    "journal_batches",
    "change_queue",
    "org_events",
];
/// The time for which a statement may wait for a lock before it is cancelled.
const PATIENCE: &str = "100 milliseconds";
const LOCKED: Duration = Duration::from_millis(500);

async fn connect(url: &str) -> Result<Client, Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    drop(tokio::spawn(connection));
    // This session works while the server takes no writes.
    client
        .batch_execute("SET default_transaction_read_only = off; SET statement_timeout = '5s'")
        .await?;
    Ok(client)
}

/// Makes every new transaction read-only, or writable again. It waits for a server that is being restarted.
pub(super) async fn set_read_only(url: &str, on: bool) {
    let set = match on {
        true => "ALTER SYSTEM SET default_transaction_read_only = on",
        false => "ALTER SYSTEM RESET default_transaction_read_only",
    };
    until("PostgreSQL to change its setting", async || {
        let client = connect(url).await.ok()?;
        client.batch_execute(set).await.ok()?;
        let reload = client.batch_execute("SELECT pg_reload_conf()").await;
        reload.ok()
    })
    .await;
}

/// Locks a table for half a second, and cancels every statement that waits for it, as `statement_timeout` does. The
/// server's sessions set a timeout of their own, longer than a proof can wait.
pub(super) async fn cancel_waiting(url: &str, dice: u64) -> Result<(), Error> {
    let table = TABLES[usize::try_from(dice).unwrap_or(0) % TABLES.len()];
    let (holds, cancels) = (connect(url).await?, connect(url).await?);
    let lock = format!("BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE");
    let cancel = format!(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database() \
         AND wait_event_type = 'Lock' AND query_start < now() - interval '{PATIENCE}' \
         AND application_name <> 'prove'"
    );
    holds
        .batch_execute("SET application_name = 'prove'")
        .await?;
    holds.batch_execute(&lock).await?;
    let rounds = 10;
    for _ in 0..rounds {
        tokio::time::sleep(LOCKED / rounds).await;
        cancels.batch_execute(&cancel).await?;
    }
    holds.batch_execute("ROLLBACK").await
}

/// Moves all tables and indexes to a small disk, while no server runs. `None` where this process may not mount one.
pub(crate) async fn small_tablespace(database: &Probe) -> Option<SmallDisk> {
    let data = "SELECT current_setting('data_directory') AS value";
    let data = database.texts(data).await.remove(0);
    let disk = SmallDisk::mount(&Path::new(&data).with_file_name("small"))?;
    let folder = disk.folder().display();
    for sql in [
        &format!("CREATE TABLESPACE small LOCATION '{folder}'"),
        "ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE small",
        "ALTER INDEX ALL IN TABLESPACE pg_default SET TABLESPACE small",
    ] {
        database.execute(sql).await;
    }
    Some(disk)
}
