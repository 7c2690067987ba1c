//! A database, with access to its rows that bypasses the server.

use std::{fs, path::PathBuf, time::Duration};

use diesel::{
    Connection as _, QueryResult, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
    sql_query,
    sql_types::{BigInt, Text},
};
use tokio_postgres::{Client, NoTls};
use wabakit_testkit::{TestDatabase, postgres::Cluster};

use crate::{process::cpu_of_family, until};

/// The kind of database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// A database of one test or proof.
#[derive(Debug)]
pub struct Probe {
    engine: Engine,
    database: Database,
}

#[derive(Debug)]
enum Database {
    /// A database on the server that the test run shares.
    Shared(TestDatabase),
    /// A database on a PostgreSQL server of its own.
    Own(Cluster),
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    value: String,
}

impl Probe {
    /// Creates an empty database.
    pub async fn new(engine: Engine) -> Self {
        let database = match engine {
            Engine::Sqlite => TestDatabase::sqlite(),
            Engine::Postgres => TestDatabase::postgres().await,
        };
        Self {
            engine,
            database: Database::Shared(database),
        }
    }

    /// Creates an empty database that can be restarted: PostgreSQL gets a server of its own.
    pub async fn alone(engine: Engine) -> Self {
        if engine == Engine::Sqlite {
            return Self::new(engine).await;
        }
        let started = tokio::task::spawn_blocking(Cluster::start).await.unwrap();
        Self {
            engine,
            database: Database::Own(started.unwrap_or_else(|error| panic!("{error}"))),
        }
    }

    /// Restarts the database's own PostgreSQL, and waits until it is back.
    pub async fn restart(&self) {
        let Database::Own(cluster) = &self.database else {
            panic!("others use this server");
        };
        const STARTED: &str = "SELECT pg_postmaster_start_time()::text";
        let before: String = self
            .postgres()
            .await
            .query_one(STARTED, &[])
            .await
            .unwrap()
            .get(0);
        cluster.restart().unwrap();
        until("PostgreSQL to be back", async || {
            let (client, connection) = tokio_postgres::connect(self.url(), NoTls).await.ok()?;
            drop(tokio::spawn(connection));
            let row = client.query_one(STARTED, &[]).await.ok()?;
            (row.get::<_, String>(0) != before).then_some(())
        })
        .await;
    }

    /// Returns the URL in the form of `DATABASE_URL`.
    #[must_use]
    pub fn url(&self) -> &str {
        match &self.database {
            Database::Shared(database) => database.url(),
            Database::Own(cluster) => cluster.url(),
        }
    }

    /// Returns the kind of database.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// Returns the file of an SQLite database.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.url().strip_prefix("sqlite:").unwrap().into()
    }

    /// Works on the SQLite file, off the runtime: a server under test may run on the same thread, in the middle of the
    /// very transaction that this waits for.
    async fn on_sqlite<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> QueryResult<T> + Send + 'static,
    ) -> T {
        let file = self.file();
        let task = tokio::task::spawn_blocking(move || {
            let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
            sql_query("PRAGMA busy_timeout = 10000")
                .execute(&mut connection)
                .unwrap();
            work(&mut connection).unwrap()
        });
        task.await.unwrap()
    }

    async fn postgres(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(self.url(), NoTls).await.unwrap();
        drop(tokio::spawn(connection));
        client
    }

    /// Changes rows without the server. Returns how many.
    pub async fn execute(&self, sql: &str) -> u64 {
        match self.engine {
            Engine::Sqlite => {
                let sql = sql.to_owned();
                self.on_sqlite(|connection| sql_query(sql).execute(connection))
                    .await as u64
            }
            Engine::Postgres => self.postgres().await.execute(sql, &[]).await.unwrap(),
        }
    }

    /// Runs all statements in one transaction.
    pub async fn execute_all(&self, statements: &[String]) {
        match self.engine {
            Engine::Sqlite => {
                let statements = statements.to_vec();
                self.on_sqlite(|connection| {
                    connection.immediate_transaction(|connection| {
                        for sql in statements {
                            sql_query(sql).execute(connection)?;
                        }
                        Ok(())
                    })
                })
                .await;
            }
            Engine::Postgres => {
                let all = format!("BEGIN; {}; COMMIT", statements.join("; "));
                self.postgres().await.batch_execute(&all).await.unwrap();
            }
        }
    }

    /// Fills an empty database from a dump in SQL.
    pub async fn restore(&self, dump: &str) {
        match self.engine {
            // A dump lists its tables by name, so a row may come before the row that it refers to.
            Engine::Sqlite => {
                let dump = format!("PRAGMA foreign_keys = OFF;\n{dump}");
                self.on_sqlite(move |connection| connection.batch_execute(&dump))
                    .await;
            }
            Engine::Postgres => self.postgres().await.batch_execute(dump).await.unwrap(),
        }
    }

    /// Updates the statistics of a PostgreSQL database, as its own worker does after a while.
    pub async fn vacuum(&self) {
        self.postgres()
            .await
            .batch_execute("VACUUM ANALYZE")
            .await
            .unwrap();
    }

    /// Returns the processor time of the PostgreSQL server so far. SQLite has no process of its own.
    pub async fn cpu(&self) -> Duration {
        match self.engine {
            Engine::Sqlite => Duration::ZERO,
            Engine::Postgres => {
                let client = self.postgres().await;
                let own = client.query_one("SELECT pg_backend_pid()", &[]).await;
                let own: i32 = own.unwrap().get(0);
                cpu_of_family(&own.to_string())
            }
        }
    }

    /// Reads a number: the column `value` of the query's only row.
    pub async fn number(&self, sql: &str) -> i64 {
        match self.engine {
            Engine::Sqlite => {
                let sql = sql.to_owned();
                let row: Number = self
                    .on_sqlite(|connection| sql_query(sql).get_result(connection))
                    .await;
                row.value
            }
            Engine::Postgres => {
                let client = self.postgres().await;
                client.query_one(sql, &[]).await.unwrap().get("value")
            }
        }
    }

    /// Reads texts: the column `value` of the query's rows.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        match self.engine {
            Engine::Sqlite => {
                let sql = sql.to_owned();
                let rows: Vec<Line> = self
                    .on_sqlite(|connection| sql_query(sql).load(connection))
                    .await;
                rows.into_iter().map(|row| row.value).collect()
            }
            Engine::Postgres => {
                let rows = self.postgres().await.query(sql, &[]).await.unwrap();
                rows.iter().map(|row| row.get("value")).collect()
            }
        }
    }

    /// Returns everything that is stored: the files of an SQLite database, or every row of a PostgreSQL one.
    pub async fn everything(&self) -> Vec<u8> {
        match self.engine {
            Engine::Sqlite => {
                let file = self.file();
                let files = fs::read_dir(file.parent().unwrap()).unwrap();
                files
                    .flat_map(|entry| fs::read(entry.unwrap().path()).unwrap())
                    .collect()
            }
            Engine::Postgres => {
                let tables =
                    "SELECT tablename::text AS value FROM pg_tables WHERE schemaname = 'public'";
                let mut all = Vec::new();
                for table in self.texts(tables).await {
                    let rows = format!("SELECT t::text AS value FROM \"{table}\" t");
                    all.extend(self.texts(&rows).await.join("\n").into_bytes());
                }
                all
            }
        }
    }

    /// Returns the secrets that are stored in plain text, or as the hexadecimal digits of the text.
    pub async fn plain_among(&self, secrets: &[String]) -> Vec<String> {
        let all = self.everything().await;
        assert!(
            !all.is_empty(),
            "nothing is stored, so nothing was searched"
        );
        let holds = |needle: &[u8]| all.windows(needle.len()).any(|part| part == needle);
        let found = |secret: &&String| {
            let digits: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            holds(secret.as_bytes())
                || (self.engine == Engine::Postgres && holds(digits.as_bytes()))
        };
        secrets.iter().filter(found).cloned().collect()
    }

    /// Expires the leases of a process that died, as a minute would.
    pub async fn lapse_leases(&self) {
        let past = match self.engine {
            Engine::Sqlite => "0",
            Engine::Postgres => "now() - interval '1 minute'",
        };
        self.execute(&format!(
            "UPDATE connect_sessions SET runner_until = {past} WHERE runner_until IS NOT NULL"
        ))
        .await;
    }

    /// Counts the active accounts.
    pub async fn active_accounts(&self) -> i64 {
        let is_active = match self.engine {
            Engine::Sqlite => "is_active = 1",
            Engine::Postgres => "is_active",
        };
        self.number(&format!(
            "SELECT count(*) AS value FROM whatsapp_accounts WHERE {is_active}"
        ))
        .await
    }

    /// Runs a statement on the PostgreSQL server, outside this database. `{}` stands for its name.
    async fn beside(&self, sql: &str) {
        let (server, name) = self.url().rsplit_once('/').unwrap();
        let url = format!("{server}/postgres");
        let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
        drop(tokio::spawn(connection));
        client
            .batch_execute(&sql.replace("{}", name))
            .await
            .unwrap();
    }

    /// Breaks all connections to a PostgreSQL database, and refuses new ones.
    pub async fn take_away(&self) {
        self.beside("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false")
            .await;
        self.beside("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'")
            .await;
    }

    /// Allows connections again.
    pub async fn give_back(&self) {
        self.beside("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true")
            .await;
    }
}
