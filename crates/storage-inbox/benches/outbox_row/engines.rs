//! The statements of the measurement, in the forms of the product's queries on each engine: SQLite runs one prepared
//! statement for each row, PostgreSQL one statement with an array for each column.

use std::{collections::BTreeMap, sync::Arc};

use diesel::{
    Connection as _, QueryResult, QueryableByName, SqliteConnection,
    connection::SimpleConnection as _,
    query_builder::{AstPass, BoxedSqlQuery, Query, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Integer, Nullable, SmallInt, Text, Untyped},
    sqlite::Sqlite as Sqlite3,
};
use diesel_async::{
    AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _,
};
use tokio::runtime::Runtime;
use uuid::Uuid;
use wabakit_domain::Time;
use wabakit_storage_engine::{
    postgres, sqlite,
    types::{PTime, PUuid, T, U},
};

/// The same settings as the product's connections.
const POSTGRES: &str = "SET statement_timeout = '30s'; SET jit = off; SET enable_seqscan = off";
const SQLITE: &str = "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
                      PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384; \
                      PRAGMA journal_size_limit=67108864;";

/// A value of a column. Times are microseconds since 1970.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    Null,
    Uuid(Uuid),
    Text(String),
    Number(i64),
}

/// A bind of a query. `= ANY ($n)` takes a list.
#[derive(Clone, Debug)]
pub(crate) enum Bind {
    Uuid(Uuid),
    Text(String),
    Small(i16),
    Big(i64),
    Time(i64),
    Uuids(Vec<Uuid>),
    Texts(Vec<String>),
}

/// A message that is due, and its conversation.
#[derive(QueryableByName)]
pub(crate) struct Candidate {
    #[diesel(sql_type = PUuid)]
    pub(crate) id: U,
    #[diesel(sql_type = PUuid)]
    pub(crate) conversation_id: U,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = PUuid)]
    id: U,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Marks messages as dispatching.
pub(crate) struct Mark<'m> {
    /// `messages` or `outbox`.
    pub(crate) table: &'m str,
    /// The columns to set besides the queue's own.
    pub(crate) also: &'m str,
    pub(crate) account: Uuid,
    pub(crate) owner: Uuid,
    pub(crate) now: i64,
    /// Messages and the tokens of their attempts.
    pub(crate) messages: &'m [(Uuid, Uuid)],
}

/// A database of one design.
pub(crate) trait Base {
    fn is_postgres(&self) -> bool;
    fn script(&mut self, sql: &str);
    /// Reads the column `number` of the only row.
    fn number(&mut self, sql: &str) -> i64;
    /// Reads the column `line` of all rows.
    fn lines(&mut self, sql: &str) -> Vec<String>;
    fn insert(&mut self, table: &str, columns: &[&str], rows: Vec<Vec<Cell>>);
    /// Changes rows, found by the first column, `id`.
    fn update(&mut self, table: &str, columns: &[&str], rows: Vec<Vec<Cell>>);
    fn delete(&mut self, table: &str, ids: &[Uuid]);
    fn mark(&mut self, mark: &Mark<'_>) -> usize;
    /// Reads the column `id` of the rows.
    fn ids(&mut self, sql: &str, binds: &[Bind]) -> Vec<Uuid>;
    fn candidates(&mut self, sql: &str, binds: &[Bind]) -> Vec<Candidate>;
    /// Finds the next message of each of these conversations, by the product's query.
    fn next(&mut self, sql: &str, threads: &[Uuid], now: i64) -> Vec<Uuid>;

    fn begin(&mut self);
    fn commit(&mut self);
}

fn time(micros: i64) -> T {
    T(Time::from_timestamp_micros(micros).unwrap())
}

/// A statement that stays prepared, and runs without a task.
struct Kept<'f>(sqlite::Prepared<'f>);

impl QueryFragment<Sqlite3> for Kept<'_> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Sqlite3>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }
    fn is_safe_to_cache_prepared(&self, backend: &Sqlite3) -> QueryResult<bool> {
        self.0.is_safe_to_cache_prepared(backend)
    }
}

impl QueryId for Kept<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Kept<'_> {
    type SqlType = Untyped;
}

impl diesel::RunQueryDsl<SqliteConnection> for Kept<'_> {}

/// An SQLite file, over the one connection that writes.
pub(crate) struct Sqlite(SqliteConnection);

impl Sqlite {
    pub(crate) fn open(url: &str) -> Self {
        let path = url.strip_prefix("sqlite:").unwrap();
        let mut conn = SqliteConnection::establish(path).unwrap();
        conn.batch_execute(SQLITE).unwrap();
        Self(conn)
    }

    fn query<'f>(sql: &str, binds: &'f [Bind]) -> Kept<'f> {
        let mut text = sql.to_owned();
        for (place, bind) in (1..).zip(binds) {
            let count = match bind {
                Bind::Uuids(list) => list.len(),
                Bind::Texts(list) => list.len(),
                _ => continue,
            };
            let names: Vec<String> = (0..count).map(|n| format!("${place}_{n}")).collect();
            let list = format!("IN ({})", names.join(", "));
            text = text.replace(&format!("= ANY (${place})"), &list);
        }
        let mut query = sqlite::statement(&text);
        for bind in binds {
            query = match bind {
                Bind::Uuid(id) => query.bind::<PUuid, _>(U(*id)),
                Bind::Text(text) => query.bind::<Text, _>(text),
                Bind::Small(number) => query.bind::<SmallInt, _>(*number),
                Bind::Big(number) => query.bind::<BigInt, _>(*number),
                Bind::Time(micros) => query.bind::<PTime, _>(time(*micros)),
                Bind::Uuids(list) => list
                    .iter()
                    .fold(query, |query, id| query.bind::<PUuid, _>(U(*id))),
                Bind::Texts(list) => list.iter().fold(query, BoxedSqlQuery::bind::<Text, _>),
            };
        }
        Kept(sqlite::Prepared(query))
    }

    /// Executes a statement once for each row.
    fn each(&mut self, sql: &str, rows: Vec<Vec<Cell>>) {
        for row in rows {
            let query = row
                .into_iter()
                .fold(sqlite::statement(sql), |query, cell| match cell {
                    Cell::Null => query.bind::<Nullable<Text>, _>(None::<String>),
                    Cell::Uuid(id) => query.bind::<PUuid, _>(U(id)),
                    Cell::Text(text) => query.bind::<Text, _>(text),
                    Cell::Number(number) => query.bind::<BigInt, _>(number),
                });
            let done = diesel::RunQueryDsl::execute(Kept(sqlite::Prepared(query)), &mut self.0);
            assert_eq!(done.unwrap(), 1, "{sql}");
        }
    }
}

fn places(from: usize, count: usize) -> String {
    let places: Vec<String> = (from..from + count).map(|n| format!("${n}")).collect();
    places.join(", ")
}

impl Base for Sqlite {
    fn is_postgres(&self) -> bool {
        false
    }
    fn script(&mut self, sql: &str) {
        self.0.batch_execute(sql).unwrap();
    }
    fn number(&mut self, sql: &str) -> i64 {
        let row: Number =
            diesel::RunQueryDsl::get_result(diesel::sql_query(sql), &mut self.0).unwrap();
        row.number
    }
    fn lines(&mut self, sql: &str) -> Vec<String> {
        let rows: Vec<Line> =
            diesel::RunQueryDsl::load(diesel::sql_query(sql), &mut self.0).unwrap();
        rows.into_iter().map(|row| row.line).collect()
    }
    fn insert(&mut self, table: &str, columns: &[&str], rows: Vec<Vec<Cell>>) {
        let (names, binds) = (columns.join(", "), places(1, columns.len()));
        self.each(
            &format!("INSERT INTO {table} ({names}) VALUES ({binds})"),
            rows,
        );
    }
    fn update(&mut self, table: &str, columns: &[&str], mut rows: Vec<Vec<Cell>>) {
        let set = columns.iter().enumerate().skip(1);
        let set: Vec<String> = set
            .map(|(place, name)| format!("{name} = ${place}"))
            .collect();
        let sql = format!("UPDATE {table} SET {} WHERE id = $id", set.join(", "));
        for row in &mut rows {
            row.rotate_left(1);
        }
        self.each(&sql, rows);
    }
    fn delete(&mut self, table: &str, ids: &[Uuid]) {
        let binds = [Bind::Uuids(ids.to_vec())];
        let query = Self::query(&format!("DELETE FROM {table} WHERE id = ANY ($1)"), &binds);
        let gone = diesel::RunQueryDsl::execute(query, &mut self.0).unwrap();
        assert_eq!(gone, ids.len());
    }
    fn mark(&mut self, mark: &Mark<'_>) -> usize {
        let held = [
            Bind::Uuid(mark.account),
            Bind::Uuid(mark.owner),
            Bind::Big(1),
            Bind::Time(mark.now),
        ];
        let sql = "SELECT account_id AS id FROM number_queues \
                   WHERE account_id = $1 AND owner = $2 AND epoch = $3 AND until > $4";
        assert_eq!(self.ids(sql, &held).len(), 1);
        let sql = format!(
            "UPDATE {} SET queue = 1, attempt = attempt + 1, wait = NULL, token = $1, epoch = $2, \
             dispatched_at = $3{} WHERE id = $4 AND account_id = $5 AND queue = 0",
            mark.table, mark.also
        );
        let mut marked = 0;
        for (id, token) in mark.messages {
            let query = sqlite::statement(&sql)
                .bind::<PUuid, _>(U(*token))
                .bind::<BigInt, _>(1)
                .bind::<PTime, _>(time(mark.now))
                .bind::<PUuid, _>(U(*id))
                .bind::<PUuid, _>(U(mark.account));
            marked +=
                diesel::RunQueryDsl::execute(Kept(sqlite::Prepared(query)), &mut self.0).unwrap();
        }
        marked
    }
    fn ids(&mut self, sql: &str, binds: &[Bind]) -> Vec<Uuid> {
        let rows: Vec<Found> =
            diesel::RunQueryDsl::load(Self::query(sql, binds), &mut self.0).unwrap();
        rows.into_iter().map(|row| row.id.0).collect()
    }
    fn candidates(&mut self, sql: &str, binds: &[Bind]) -> Vec<Candidate> {
        diesel::RunQueryDsl::load(Self::query(sql, binds), &mut self.0).unwrap()
    }
    fn next(&mut self, sql: &str, threads: &[Uuid], now: i64) -> Vec<Uuid> {
        let these = "(SELECT unhex(value) AS id FROM json_each($2)) AS c";
        let threads: Vec<String> = threads.iter().map(|id| id.simple().to_string()).collect();
        let threads = format!("[\"{}\"]", threads.join("\",\""));
        let binds = [Bind::Time(now), Bind::Text(threads)];
        self.ids(&sql.replace("{these}", these), &binds)
    }
    fn begin(&mut self) {
        self.script("BEGIN IMMEDIATE");
    }
    fn commit(&mut self) {
        self.script("COMMIT");
    }
}

/// A PostgreSQL database, over one connection.
pub(crate) struct Postgres {
    runtime: Arc<Runtime>,
    conn: AsyncPgConnection,
    /// The types of the columns, by name. Columns of one name have one type.
    types: BTreeMap<String, String>,
}

impl Postgres {
    pub(crate) fn open(runtime: Arc<Runtime>, url: &str) -> Self {
        let conn = runtime.block_on(async {
            let mut conn = AsyncPgConnection::establish(url).await.unwrap();
            conn.batch_execute(POSTGRES).await.unwrap();
            conn
        });
        let mut base = Self {
            runtime,
            conn,
            types: BTreeMap::new(),
        };
        let sql = "SELECT DISTINCT column_name || ' ' || data_type AS line \
                   FROM information_schema.columns \
                   WHERE table_name IN ('messages', 'message_statuses', 'number_queues', 'outbox')";
        let types = base.lines(sql);
        let types = types.iter().filter_map(|line| line.split_once(' '));
        base.types = types.map(|(name, of)| (name.into(), of.into())).collect();
        base
    }

    fn query<'f>(sql: &str, binds: &'f [Bind]) -> postgres::Prepared<'f> {
        let mut query = postgres::statement(sql);
        for bind in binds {
            query = match bind {
                Bind::Uuid(id) => query.bind::<PUuid, _>(U(*id)),
                Bind::Text(text) => query.bind::<Text, _>(text),
                Bind::Small(number) => query.bind::<SmallInt, _>(*number),
                Bind::Big(number) => query.bind::<BigInt, _>(*number),
                Bind::Time(micros) => query.bind::<PTime, _>(time(*micros)),
                Bind::Uuids(list) => {
                    let list: Vec<U> = list.iter().map(|id| U(*id)).collect();
                    query.bind::<Array<PUuid>, _>(list)
                }
                Bind::Texts(list) => query.bind::<Array<Text>, _>(list),
            };
        }
        postgres::Prepared(query)
    }

    /// Executes a statement that takes the columns of the rows as its binds.
    fn all(&mut self, sql: &str, columns: &[&str], rows: Vec<Vec<Cell>>) {
        let expected = rows.len();
        let mut lists: Vec<Vec<Cell>> = columns.iter().map(|_| Vec::new()).collect();
        for row in rows {
            for (list, cell) in lists.iter_mut().zip(row) {
                list.push(cell);
            }
        }
        let number = |cell: &Cell| match cell {
            Cell::Number(number) => Some(*number),
            _ => None,
        };
        let mut query = postgres::statement(sql);
        for (column, list) in columns.iter().zip(lists) {
            let numbers = list.iter().map(number);
            query = match self.types[*column].as_str() {
                "uuid" => {
                    let ids = list.iter().map(|cell| match cell {
                        Cell::Uuid(id) => Some(U(*id)),
                        _ => None,
                    });
                    query.bind::<Array<Nullable<PUuid>>, _>(ids.collect::<Vec<_>>())
                }
                "text" => {
                    let texts = list.into_iter().map(|cell| match cell {
                        Cell::Text(text) => Some(text),
                        _ => None,
                    });
                    query.bind::<Array<Nullable<Text>>, _>(texts.collect::<Vec<_>>())
                }
                "smallint" => {
                    let numbers = numbers.map(|cell| cell.map(|n| i16::try_from(n).unwrap()));
                    query.bind::<Array<Nullable<SmallInt>>, _>(numbers.collect::<Vec<_>>())
                }
                "integer" => {
                    let numbers = numbers.map(|cell| cell.map(|n| i32::try_from(n).unwrap()));
                    query.bind::<Array<Nullable<Integer>>, _>(numbers.collect::<Vec<_>>())
                }
                "bigint" => query.bind::<Array<Nullable<BigInt>>, _>(numbers.collect::<Vec<_>>()),
                "timestamp with time zone" => {
                    let times = numbers.map(|cell| cell.map(time));
                    query.bind::<Array<Nullable<PTime>>, _>(times.collect::<Vec<_>>())
                }
                other => panic!("{column} is {other}"),
            };
        }
        let done = postgres::Prepared(query).execute(&mut self.conn);
        assert_eq!(self.runtime.block_on(done).unwrap(), expected, "{sql}");
    }
}

impl Base for Postgres {
    fn is_postgres(&self) -> bool {
        true
    }
    fn script(&mut self, sql: &str) {
        let done = self.conn.batch_execute(sql);
        self.runtime.block_on(done).unwrap();
    }
    fn number(&mut self, sql: &str) -> i64 {
        let row = diesel::sql_query(sql).get_result(&mut self.conn);
        let row: Number = self.runtime.block_on(row).unwrap();
        row.number
    }
    fn lines(&mut self, sql: &str) -> Vec<String> {
        let rows = diesel::sql_query(sql).load(&mut self.conn);
        let rows: Vec<Line> = self.runtime.block_on(rows).unwrap();
        rows.into_iter().map(|row| row.line).collect()
    }
    fn insert(&mut self, table: &str, columns: &[&str], rows: Vec<Vec<Cell>>) {
        let (names, binds) = (columns.join(", "), places(1, columns.len()));
        let sql = format!("INSERT INTO {table} ({names}) SELECT * FROM unnest({binds})");
        self.all(&sql, columns, rows);
    }
    fn update(&mut self, table: &str, columns: &[&str], rows: Vec<Vec<Cell>>) {
        let (names, binds) = (columns.join(", "), places(1, columns.len()));
        let set = columns.iter().skip(1);
        let set: Vec<String> = set.map(|name| format!("{name} = u.{name}")).collect();
        let set = set.join(", ");
        let sql = format!(
            "UPDATE {table} AS t SET {set} FROM unnest({binds}) AS u ({names}) WHERE t.id = u.id"
        );
        self.all(&sql, columns, rows);
    }
    fn delete(&mut self, table: &str, ids: &[Uuid]) {
        let binds = [Bind::Uuids(ids.to_vec())];
        let sql = format!("DELETE FROM {table} WHERE id = ANY ($1)");
        let gone = Self::query(&sql, &binds).execute(&mut self.conn);
        assert_eq!(self.runtime.block_on(gone).unwrap(), ids.len());
    }
    fn mark(&mut self, mark: &Mark<'_>) -> usize {
        // The product's statement with another table.
        let sql = format!(
            "WITH held AS MATERIALIZED ( \
                SELECT q.account_id, q.epoch FROM number_queues q \
                JOIN unnest($1, $2) AS u (account_id, epoch) ON u.account_id = q.account_id AND u.epoch = q.epoch \
                WHERE q.owner = $3 AND q.until > $4 \
                ORDER BY q.account_id FOR SHARE OF q \
            ), queued AS MATERIALIZED ( \
                SELECT m.id, m.account_id, m.queue FROM {table} m \
                WHERE m.id = ANY ($5) ORDER BY m.id FOR NO KEY UPDATE \
            ) \
            UPDATE {table} AS m SET queue = 1, attempt = m.attempt + 1, wait = NULL, token = t.token, epoch = h.epoch, \
                dispatched_at = $4{also} \
            FROM queued q JOIN held h ON h.account_id = q.account_id JOIN unnest($5, $6) AS t (id, token) ON t.id = q.id \
            WHERE m.id = q.id AND q.queue = 0 \
            RETURNING m.id",
            table = mark.table,
            also = mark.also,
        );
        let (ids, tokens): (Vec<U>, Vec<U>) = mark
            .messages
            .iter()
            .map(|(id, token)| (U(*id), U(*token)))
            .unzip();
        let query = postgres::statement(&sql)
            .bind::<Array<PUuid>, _>(vec![U(mark.account)])
            .bind::<Array<BigInt>, _>(vec![1])
            .bind::<PUuid, _>(U(mark.owner))
            .bind::<PTime, _>(time(mark.now))
            .bind::<Array<PUuid>, _>(ids)
            .bind::<Array<PUuid>, _>(tokens);
        let marked = postgres::Prepared(query).load(&mut self.conn);
        let marked: Vec<Found> = self.runtime.block_on(marked).unwrap();
        marked.len()
    }
    fn ids(&mut self, sql: &str, binds: &[Bind]) -> Vec<Uuid> {
        let rows = Self::query(sql, binds).load(&mut self.conn);
        let rows: Vec<Found> = self.runtime.block_on(rows).unwrap();
        rows.into_iter().map(|row| row.id.0).collect()
    }
    fn candidates(&mut self, sql: &str, binds: &[Bind]) -> Vec<Candidate> {
        let rows = Self::query(sql, binds).load(&mut self.conn);
        self.runtime.block_on(rows).unwrap()
    }
    fn next(&mut self, sql: &str, threads: &[Uuid], now: i64) -> Vec<Uuid> {
        let binds = [Bind::Time(now), Bind::Uuids(threads.to_vec())];
        self.ids(&sql.replace("{these}", "unnest($2) AS c (id)"), &binds)
    }
    fn begin(&mut self) {
        self.script("BEGIN");
    }
    fn commit(&mut self) {
        self.script("COMMIT");
    }
}
