use std::sync::Arc;

use wabakit_domain::{
    account::Account,
    ids::{AccountId, IdBlock, OrgId},
};
use wabakit_ports::{
    blob::BlobStore,
    bus::EventBus,
    meta::{GrantAccess, SendGateway},
    store::{
        ChangeStore, EventStore, InboxStore, MediaStore, OutboxStore, ReceiveStore, StoreError,
    },
};

use super::SendError;
use crate::{Ports, ServiceError};

/// Everything that sending stands on. Cheap to clone.
#[derive(Clone)]
pub struct SendPorts {
    /// What all services stand on.
    pub base: Ports,
    /// The queue.
    pub outbox: Arc<dyn OutboxStore>,
    /// What happens to messages is applied here.
    pub changes: Arc<dyn ChangeStore>,
    /// Conversations, contacts, messages.
    pub inbox: Arc<dyn InboxStore>,
    /// The event log.
    pub events: Arc<dyn EventStore>,
    /// Messages' files, as rows.
    pub media: Arc<dyn MediaStore>,
    /// Files, as bytes.
    pub blobs: Arc<dyn BlobStore>,
    /// Meta.
    pub gateway: Arc<dyn SendGateway>,
    /// Word that an event log has grown: the base's.
    pub bus: Arc<dyn EventBus>,
}

impl SendPorts {
    /// Wires the stores of what is sent and of what is received, which are one database.
    pub fn new(
        base: Ports,
        (outbox, store): (Arc<dyn OutboxStore>, Arc<dyn ReceiveStore>),
        blobs: Arc<dyn BlobStore>,
        gateway: Arc<dyn SendGateway>,
    ) -> Self {
        Self {
            bus: base.bus.clone(),
            base,
            outbox,
            changes: store.clone(),
            inbox: store.clone(),
            events: store.clone(),
            media: store,
            blobs,
            gateway,
        }
    }

    pub(super) fn ids(&self) -> IdBlock {
        self.base.id_block()
    }

    /// An account and what Meta is called with on its behalf; nothing where the account, its app, or its grant's
    /// token is gone.
    pub(super) async fn access(
        &self,
        org: OrgId,
        account: AccountId,
    ) -> Result<Option<(Account, GrantAccess)>, StoreError> {
        let Some((account, grant)) = self.base.accounts.account(org, account).await? else {
            return Ok(None);
        };
        let app = self.base.meta_apps.meta_app(org, grant.meta_app).await?;
        let app = app.filter(|_| grant.token.is_some());
        Ok(app.map(|app| (account, GrantAccess { app, grant })))
    }

    /// A connected account of the org, and what Meta is called with on its behalf.
    ///
    /// # Errors
    /// When it is not there; [`SendError::NotConnected`].
    pub(super) async fn connected(
        &self,
        org: OrgId,
        account: AccountId,
    ) -> Result<(Account, GrantAccess), SendError> {
        if self.base.accounts.account(org, account).await?.is_none() {
            return Err(ServiceError::NotFound("this account").into());
        }
        let found = self.access(org, account).await?;
        found
            .filter(|(account, _)| account.is_active)
            .ok_or(SendError::NotConnected)
    }

    /// A number from 0 to 1; 1 without randomness, which is the longest wait.
    pub(super) fn random_unit(&self) -> f64 {
        self.base.random_unit()
    }
}
