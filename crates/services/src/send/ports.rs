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

/// The ports of sending. Cheap to clone.
#[derive(Clone)]
pub struct SendPorts {
    /// The ports of all services.
    pub base: Ports,
    /// The queue.
    pub outbox: Arc<dyn OutboxStore>,
    /// Changes to messages: outcomes and acts are applied here.
    pub changes: Arc<dyn ChangeStore>,
    /// Conversations, contacts, messages.
    pub inbox: Arc<dyn InboxStore>,
    /// The event log.
    pub events: Arc<dyn EventStore>,
    /// Files of messages, as rows.
    pub media: Arc<dyn MediaStore>,
    /// Files, as bytes.
    pub blobs: Arc<dyn BlobStore>,
    /// Meta.
    pub gateway: Arc<dyn SendGateway>,
    /// Announces that an event log has grown. It is the bus of `base`.
    pub bus: Arc<dyn EventBus>,
}

impl SendPorts {
    /// Makes the ports from the stores of sending and receiving, which are one database.
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

    /// Finds an account with the access that Meta is called with. `None` if the account, its app or the grant's token
    /// is gone.
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

    /// Finds a connected account of the organisation, with the access that Meta is called with.
    ///
    /// # Errors
    /// When it does not exist; [`SendError::NotConnected`].
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

    /// Returns a number from 0 to 1. Without randomness it is 1, the longest wait.
    pub(super) fn random_unit(&self) -> f64 {
        self.base.random_unit()
    }
}
