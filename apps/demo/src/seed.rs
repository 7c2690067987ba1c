//! Creates an organisation to sign in to.

use secrecy::SecretString;
use thiserror::Error;
use wabakit_domain::{audit::Actor, identity::Role};
use wabakit_ports::store::StoreError;
use wabakit_server::{Assembly, ServiceError};

pub(crate) const EMAIL: &str = "owner@acme.example";
pub(crate) const PASSWORD: &str = "sandbox-owner-password";

#[derive(Debug, Error)]
pub(crate) enum SeedError {
    #[error("the demo's organisation could not be made: {0}")]
    Service(#[from] ServiceError),
    #[error("the demo's organisation could not be looked up: {0}")]
    Store(#[from] StoreError),
}

/// Creates the organisation and its owner, unless an earlier start created them.
pub(crate) async fn seed(assembly: &Assembly) -> Result<(), SeedError> {
    let identity = &assembly.ports.identity;
    if identity.people_by_email(EMAIL, None, 1).await?.count > 0 {
        return Ok(());
    }
    let org = assembly
        .orgs
        .create_by(Actor::System, "Acme Coffee")
        .await?;
    let password = SecretString::from(PASSWORD);
    assembly
        .team
        .create_user((EMAIL, "Owner"), password, (org.id, Role::Owner), true)
        .await?;
    Ok(())
}
