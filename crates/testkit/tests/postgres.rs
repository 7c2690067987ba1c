//! The PostgreSQL harness: databases are isolated, and nothing outlives its process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio_postgres::{Client, NoTls};
use wabakit_testkit::TestDatabase;
use wabakit_testkit::postgres::Cluster;

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    drop(tokio::spawn(connection));
    client
}

async fn text(client: &Client, query: &str) -> String {
    client.query_one(query, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn two_tests_never_share_a_database() {
    let (one, two) = tokio::join!(TestDatabase::postgres(), TestDatabase::postgres());
    assert_ne!(one.url(), two.url());
    connect(one.url())
        .await
        .batch_execute("CREATE TABLE mine (id int)")
        .await
        .unwrap();
    let two = connect(two.url()).await;
    assert!(two.batch_execute("SELECT * FROM mine").await.is_err());
}

#[tokio::test]
async fn a_template_is_filled_once_and_copied_for_each_test() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    let copy = || {
        TestDatabase::postgres_from_template("filled", |url| async move {
            RUNS.fetch_add(1, Ordering::SeqCst);
            let client = connect(&url).await;
            client
                .batch_execute("CREATE TABLE t (x text)")
                .await
                .unwrap();
            client
                .batch_execute("INSERT INTO t VALUES ('row')")
                .await
                .unwrap();
            // A pool that is not closed in time must not prevent the copy.
            std::mem::forget(client);
        })
    };
    let (one, two) = tokio::join!(copy(), copy());
    assert_eq!(RUNS.load(Ordering::SeqCst), 1);
    let one = connect(one.url()).await;
    one.batch_execute("UPDATE t SET x = 'changed'")
        .await
        .unwrap();
    let two = connect(two.url()).await;
    assert_eq!(text(&two, "SELECT x FROM t").await, "row");
}

#[tokio::test]
async fn a_test_has_room_for_many_connections_and_commits_durably() {
    let database = TestDatabase::postgres().await;
    let client = connect(database.url()).await;
    assert_eq!(text(&client, "SHOW max_connections").await, "300");
    assert_eq!(text(&client, "SHOW fsync").await, "on");
}

#[tokio::test]
async fn the_server_asks_for_its_password() {
    let database = TestDatabase::postgres().await;
    let (server, name) = database.url().rsplit_once('@').unwrap();
    assert!(server.contains("postgres:"));
    let refused = tokio_postgres::connect(&format!("postgres://postgres:x@{name}"), NoTls).await;
    assert!(refused.is_err());
}

#[test]
fn a_dropped_cluster_leaves_no_files() {
    let cluster = Cluster::start().unwrap();
    let folder = cluster.folder().to_owned();
    assert!(folder.join("data/PG_VERSION").is_file());
    drop(cluster);
    assert!(!folder.exists());
}

#[tokio::test]
async fn a_server_that_is_restarted_breaks_connections_and_keeps_what_was_committed() {
    let cluster = Cluster::start().unwrap();
    let (client, connection) = tokio_postgres::connect(cluster.url(), NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let write = "CREATE TABLE t (x text); INSERT INTO t VALUES ('row')";
    client.batch_execute(write).await.unwrap();
    cluster.restart().unwrap();
    assert!(connection.await.unwrap().is_err());
    let back = async {
        loop {
            if let Ok((client, connection)) = tokio_postgres::connect(cluster.url(), NoTls).await {
                drop(tokio::spawn(connection));
                return text(&client, "SELECT x FROM t").await;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let row = tokio::time::timeout(Duration::from_secs(30), back).await;
    assert_eq!(row.expect("it did not come back"), "row");
    let folder = cluster.folder().to_owned();
    drop(cluster);
    assert!(!folder.exists());
}

#[tokio::test]
async fn a_killed_process_leaves_neither_server_nor_files() {
    let mut process = Command::new(env!("CARGO_BIN_EXE_pg-serve"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(process.stdout.take().unwrap())
        .read_line(&mut url)
        .unwrap();
    let (client, connection) = tokio_postgres::connect(url.trim(), NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let data = text(&client, "SHOW data_directory").await;
    let folder = Path::new(&data).parent().unwrap();
    assert!(folder.exists());

    process.kill().unwrap();
    process.wait().unwrap();

    // The open connection shows that the server ended.
    assert!(connection.await.unwrap().is_err());
    let gone = async {
        while folder.exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), gone)
        .await
        .expect("the files are still there");
}

#[test]
fn a_sqlite_file_goes_with_its_test() {
    let database = TestDatabase::sqlite();
    let path = Path::new(database.url().strip_prefix("sqlite:").unwrap()).to_owned();
    assert!(path.is_absolute());
    std::fs::write(&path, "").unwrap();
    drop(database);
    assert!(!path.exists());
    assert!(!path.parent().unwrap().exists());
}

/// Compiles only if the future is `Send`, which test suites that box their set-up (async-trait) need.
#[test]
fn making_a_database_can_be_spawned() {
    fn spawnable<T: Send>(_: &T) {}
    spawnable(&TestDatabase::postgres());
    spawnable(&TestDatabase::postgres_from_template("never", async |_| {}));
}
