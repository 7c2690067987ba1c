//! The thread on which a query runs on SQLite.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::thread;

use wabakit_storage_engine::Database;

#[tokio::test]
async fn the_statements_of_a_query_share_a_thread_that_may_block() {
    let (database, _file) = common::sqlite().await;
    let Database::Sqlite(engine) = database else {
        panic!("not SQLite");
    };
    let threads = engine.write((), |conn, ()| {
        Box::pin(async move {
            let mut threads = vec![thread::current().id()];
            for _ in 0..3 {
                let next = conn.spawn_blocking(|_| Ok(thread::current().id()));
                threads.push(next.await?);
            }
            Ok(threads)
        })
    });
    let threads = threads.await.unwrap();
    assert!(threads.iter().all(|thread| *thread == threads[0]));
    assert_ne!(
        threads[0],
        thread::current().id(),
        "the runtime's thread was blocked"
    );
}
