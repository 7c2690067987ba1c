//! Circuits: conditions that stop several numbers at once, such as a WABA's limit or a refused token.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use wabakit_domain::{
    Time,
    ids::{GrantId, WabaId},
    secret::SealedSecret,
};
use wabakit_ports::{meta::GrantAccess, store::QueueBlock};

/// The open circuits of this process. Other replicas learn them from their own requests.
#[derive(Default)]
pub(super) struct Circuits(Mutex<Open>);

#[derive(Default)]
struct Open {
    wabas: HashMap<WabaId, QueueBlock>,
    /// Each with the refused token. Another token is tried at once.
    grants: HashMap<GrantId, (QueueBlock, Option<SealedSecret>)>,
}

impl Circuits {
    pub(super) fn open_waba(&self, waba: WabaId, block: QueueBlock) {
        self.locked(|open| open.wabas.insert(waba, block));
    }

    pub(super) fn open_grant(&self, access: &GrantAccess, block: QueueBlock) {
        let token = access.grant.token.clone();
        self.locked(|open| open.grants.insert(access.grant.id, (block, token)));
    }

    /// Returns the circuit that stops a number of this WABA with this access, if one is open.
    pub(super) fn block(
        &self,
        waba: &WabaId,
        access: Option<&GrantAccess>,
        now: Time,
    ) -> Option<QueueBlock> {
        self.locked(|open| {
            open.wabas.retain(|_, block| block.until > now);
            open.grants.retain(|_, (block, _)| block.until > now);
            if let Some(access) = access {
                let id = access.grant.id;
                let is_other =
                    |(_, token): &(QueueBlock, Option<SealedSecret>)| *token != access.grant.token;
                if open.grants.get(&id).is_some_and(is_other) {
                    open.grants.remove(&id);
                }
                if let Some((block, _)) = open.grants.get(&id) {
                    return Some(block.clone());
                }
            }
            open.wabas.get(waba).cloned()
        })
    }

    fn locked<T>(&self, work: impl FnOnce(&mut Open) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
