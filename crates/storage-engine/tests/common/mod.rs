//! Databases for tests, shared with the tests of the crates of queries.
#![allow(dead_code, reason = "no test file uses all of it")]

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _, sql_query, sql_types::Text,
};
use tokio_postgres::{NoTls, SimpleQueryMessage};
use wabakit_storage_engine::{Database, StoreOptions};
use wabakit_testkit::TestDatabase;

/// Opens a migrated SQLite file.
pub(crate) async fn sqlite() -> (Database, TestDatabase) {
    let test = TestDatabase::sqlite_from_template("storage", async |url: String| {
        open(&url).await.migrate().await.unwrap();
    })
    .await;
    (open(test.url()).await, test)
}

/// Opens a migrated PostgreSQL database.
pub(crate) async fn postgres() -> (Database, TestDatabase) {
    let test = TestDatabase::postgres_from_template("storage", async |url: String| {
        open(&url).await.migrate().await.unwrap();
    })
    .await;
    (open(test.url()).await, test)
}

/// Returns options with few connections: all tests of a file share one PostgreSQL server.
fn few() -> StoreOptions {
    StoreOptions {
        connections: Some(8),
        ..StoreOptions::default()
    }
}

async fn open(url: &str) -> Database {
    Database::open(url, &few()).await.unwrap()
}

/// A database that a test also reads and changes without the program.
pub(crate) struct Lab {
    pub(crate) database: TestDatabase,
}

impl Lab {
    pub(crate) fn sqlite() -> Self {
        let database = TestDatabase::sqlite();
        Self { database }
    }
    pub(crate) async fn postgres() -> Self {
        let database = TestDatabase::postgres().await;
        Self { database }
    }
    /// Opens the database, again if it is open already, as another process would.
    pub(crate) async fn open(&self) -> Database {
        open(self.database.url()).await
    }
    pub(crate) async fn migrated(&self) -> Database {
        let database = self.open().await;
        database.migrate().await.unwrap();
        database
    }
    pub(crate) fn sqlite_path(&self) -> Option<&str> {
        self.database.url().strip_prefix("sqlite:")
    }
    /// Runs a statement beside the program.
    pub(crate) async fn execute(&self, statement: &str) -> Result<(), String> {
        if let Some(path) = self.sqlite_path() {
            let mut conn = SqliteConnection::establish(path).unwrap();
            // SQLite checks foreign keys only on connections that ask for it.
            conn.batch_execute("PRAGMA foreign_keys=ON").unwrap();
            return conn.batch_execute(statement).map_err(|e| e.to_string());
        }
        let client = self.client().await;
        let done = client.batch_execute(statement).await;
        done.map_err(|error| format!("{:?}", error.as_db_error()))
    }
    /// Returns the first column of a query, which must be text.
    pub(crate) async fn texts(&self, query: &str) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            line: String,
        }
        if let Some(path) = self.sqlite_path() {
            let mut conn = SqliteConnection::establish(path).unwrap();
            let rows: Vec<Row> = sql_query(query).load(&mut conn).unwrap();
            return rows.into_iter().map(|row| row.line).collect();
        }
        let rows = self.client().await.simple_query(query).await.unwrap();
        rows.iter()
            .filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
            .collect()
    }
    async fn client(&self) -> tokio_postgres::Client {
        let url = self.database.url();
        let (client, driver) = tokio_postgres::connect(url, NoTls).await.unwrap();
        drop(tokio::spawn(driver));
        client
    }
    /// Returns every part of the schema, sorted.
    pub(crate) async fn schema(&self) -> Vec<String> {
        let query = if self.sqlite_path().is_some() {
            "SELECT type || ' ' || name || ': ' || coalesce(sql, '') AS line FROM sqlite_master \
             WHERE tbl_name <> '__diesel_schema_migrations' ORDER BY 1"
        } else {
            "SELECT line FROM ( \
               SELECT format('column %s.%s %s %s %s %s', table_name, ordinal_position, column_name, \
                        udt_name, is_nullable, concat_ws(' ', column_default, collation_name, \
                        identity_generation)) AS line \
                 FROM information_schema.columns WHERE table_schema = 'public' \
                   AND table_name <> '__diesel_schema_migrations' \
               UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' \
                   AND tablename <> '__diesel_schema_migrations' \
               UNION ALL SELECT format('constraint %s %s %s', conrelid::regclass, conname, \
                        pg_get_constraintdef(oid)) \
                 FROM pg_constraint WHERE connamespace = 'public'::regnamespace \
                   AND conrelid::regclass::text <> '__diesel_schema_migrations' \
               UNION ALL SELECT format('%s %s', relkind, relname) FROM pg_class \
                WHERE relnamespace = 'public'::regnamespace \
                   AND relname NOT LIKE '\\_\\_diesel%' \
             ) AS parts ORDER BY line"
        };
        self.texts(query).await
    }
}

/// Defines a test of each rule on each engine. A rule takes a [`Lab`] with an empty database.
#[macro_export]
macro_rules! on_both_engines {
    ($($rule:ident)*) => {
        mod sqlite {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                super::$rule($crate::common::Lab::sqlite()).await;
            }
        )*}
        mod postgres {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                super::$rule($crate::common::Lab::postgres().await).await;
            }
        )*}
    };
}
