//! The check that the database answers.

use async_trait::async_trait;
use wabakit_ports::store::{StoreError, StoreHealth};

use super::Store;

#[async_trait]
impl StoreHealth for Store {
    async fn ping(&self) -> Result<(), StoreError> {
        self.0.ping().await
    }
}
