//! The contract of `SubscriberStore`, on both engines.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

#[path = "../../storage-engine/tests/common/mod.rs"]
mod common;

use std::sync::Arc;

use common::Lab;
use wabakit_domain::{Time, ids::OrgId};
use wabakit_ports::store::SubscriberStore;
use wabakit_storage_engine::Database;
use wabakit_store_contract::subscribers::Append;
use wabakit_testkit::TestDatabase;

/// Opens a store, and a way to write events to a log without it.
fn stores(
    (database, test): (Database, TestDatabase),
) -> (Arc<dyn SubscriberStore>, Append, Arc<Lab>) {
    let lab = Arc::new(Lab { database: test });
    let beside = lab.clone();
    let append = move |org: OrgId, at: Time| {
        let lab = beside.clone();
        Box::pin(async move { lab.execute(&event(&lab, org, at)).await.unwrap() }) as _
    };
    let store = wabakit_storage_events::subscribers(&database);
    (store, Box::new(append), lab)
}

/// Returns the statements that append an event.
fn event(lab: &Lab, org: OrgId, at: Time) -> String {
    let micros = at.timestamp_micros();
    let (org, at) = match lab.sqlite_path() {
        Some(_) => (format!("x'{}'", org.0.simple()), micros.to_string()),
        None => (
            format!("'{}'::uuid", org.0),
            format!("to_timestamp({micros} / 1e6)"),
        ),
    };
    format!(
        "INSERT INTO event_heads (org_id, sequence) VALUES ({org}, 1)
            ON CONFLICT (org_id) DO UPDATE SET sequence = event_heads.sequence + 1;
        INSERT INTO org_events (org_id, sequence, id, at, data)
            SELECT {org}, sequence, {org}, {at}, '{{}}' FROM event_heads WHERE org_id = {org};"
    )
}

mod sqlite {
    wabakit_store_contract::subscriber_contract!(async {
        super::stores(super::common::sqlite().await)
    });
}

mod postgres {
    wabakit_store_contract::subscriber_contract!(async {
        super::stores(super::common::postgres().await)
    });
}
