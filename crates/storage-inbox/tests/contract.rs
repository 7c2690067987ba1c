//! Runs the suites of receiving and sending on both engines, and looks at the plan of each statement on SQLite.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

#[path = "../../storage-engine/tests/common/mod.rs"]
mod common;
mod plans;

use wabakit_storage_engine::Database;
use wabakit_testkit::TestDatabase;

async fn sqlite() -> (Database, TestDatabase) {
    plans::watch();
    common::sqlite().await
}

mod receiving {
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
        wabakit_store_contract::receive_contract!(async { super::stores(crate::sqlite().await) });
    }

    mod postgres {
        wabakit_store_contract::receive_contract!(async {
            super::stores(crate::common::postgres().await)
        });
    }
}

mod sending {
    use std::sync::Arc;

    use wabakit_ports::store::{OutboxStore, ReceiveStore, Store};
    use wabakit_storage_engine::Database;
    use wabakit_testkit::TestDatabase;

    type Stores = (
        Arc<dyn Store>,
        Arc<dyn ReceiveStore>,
        Arc<dyn OutboxStore>,
        TestDatabase,
    );

    fn stores((database, test): (Database, TestDatabase)) -> Stores {
        (
            wabakit_storage::store(&database),
            wabakit_storage_inbox::store(&database),
            wabakit_storage_inbox::outbox(&database),
            test,
        )
    }

    mod sqlite {
        wabakit_store_contract::outbox_contract!(async { super::stores(crate::sqlite().await) });
    }

    mod postgres {
        wabakit_store_contract::outbox_contract!(async {
            super::stores(crate::common::postgres().await)
        });
    }
}
