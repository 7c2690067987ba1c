//! Runs the suite of receiving on both engines.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

#[path = "../../storage-engine/tests/common/mod.rs"]
mod common;

use std::sync::Arc;

use wabakit_ports::store::{ReceiveStore, Store};
use wabakit_storage_engine::Database;
use wabakit_testkit::TestDatabase;

type Stores = (Arc<dyn Store>, Arc<dyn ReceiveStore>, TestDatabase);

fn stores((database, test): (Database, TestDatabase)) -> Stores {
    (
        wabakit_storage::store(&database),
        wabakit_storage_inbox::store(&database),
        test,
    )
}

mod sqlite {
    wabakit_store_contract::receive_contract!(async {
        super::stores(super::common::sqlite().await)
    });
}

mod postgres {
    wabakit_store_contract::receive_contract!(async {
        super::stores(super::common::postgres().await)
    });
}
