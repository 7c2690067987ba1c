//! Ports of which none expects a call.

use std::sync::Arc;

use wabakit_ports::{
    fakes::{SeededRandom, SequentialIds, TestClock},
    meta::MockMetaGateway,
    store::{
        MockAccountStore, MockAuditStore, MockConnectStore, MockIdentityStore, MockMetaAppStore,
        MockSecondFactorStore,
    },
    vault::MockVault,
};
use wabakit_services::{LocalBus, Ports};

/// Ports that fail at each call of a store, of Meta or of the vault. A test replaces those that it is about.
pub(crate) fn ports() -> Ports {
    Ports {
        clock: Arc::new(TestClock::default()),
        ids: Arc::new(SequentialIds::default()),
        random: Arc::new(SeededRandom::new(7)),
        identity: Arc::new(MockIdentityStore::new()),
        accounts: Arc::new(MockAccountStore::new()),
        connect: Arc::new(MockConnectStore::new()),
        meta_apps: Arc::new(MockMetaAppStore::new()),
        audit: Arc::new(MockAuditStore::new()),
        second_factors: Arc::new(MockSecondFactorStore::new()),
        vault: Arc::new(MockVault::new()),
        meta: Arc::new(MockMetaGateway::new()),
        bus: Arc::new(LocalBus::default()),
        media_quota: None,
        app_changes: Arc::default(),
        supervisor: Default::default(),
    }
}
