//! Organisations.

use serde_json::json;
use wabakit_domain::{audit::Actor, identity::Org};
use wabakit_domain::{ids::OrgId, principal::Scope};
use wabakit_ports::store::{OrgOverview, Page, PageRequest};

use crate::{Caller, Invalid, Ports, ServiceError, audit::Trail};

/// The use cases of organisations.
#[derive(Clone)]
pub struct OrgService {
    ports: Ports,
}

impl OrgService {
    /// Creates the service on these ports.
    pub const fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// Returns the caller's organisation.
    pub async fn current(&self, caller: &Caller) -> Result<Org, ServiceError> {
        self.ports
            .identity
            .org(caller.org)
            .await?
            .ok_or(ServiceError::NotFound("the organisation"))
    }

    /// Renames the caller's organisation.
    ///
    /// # Errors
    /// For a name that is empty or over 100 characters.
    pub async fn rename(&self, caller: &Caller, name: &str) -> Result<Org, ServiceError> {
        caller.require(Scope::TeamWrite)?;
        let name = checked_name(name, "/name")?;
        let event = Trail::of(&self.ports, caller).event(
            "org.renamed",
            ("org", caller.org),
            &json!({"name": name}),
        );
        Ok(self
            .ports
            .identity
            .rename_org(caller.org, &name, vec![event])
            .await?)
    }

    /// Lists all organisations. For operators of the platform.
    pub async fn list(
        &self,
        caller: &Caller,
        page: PageRequest<OrgId>,
    ) -> Result<Page<OrgOverview, OrgId>, ServiceError> {
        caller.require_operator()?;
        Ok(self.ports.identity.list_orgs(page).await?)
    }

    /// Creates an organisation. For operators of the platform.
    ///
    /// # Errors
    /// For a name that is empty or over 100 characters.
    pub async fn create(&self, caller: &Caller, name: &str) -> Result<Org, ServiceError> {
        caller.require_operator()?;
        self.create_by(caller.actor(), name).await
    }

    /// Creates an organisation. For the command line.
    ///
    /// # Errors
    /// For a name that is empty or over 100 characters.
    pub async fn create_by(&self, actor: Actor, name: &str) -> Result<Org, ServiceError> {
        let org = Org {
            id: self.ports.id(),
            name: checked_name(name, "/name")?,
            created_at: self.ports.now(),
        };
        let event = Trail::by(&self.ports, org.id, actor, None).event(
            "org.created",
            ("org", org.id),
            &json!({"name": org.name}),
        );
        self.ports
            .identity
            .create_org(org.clone(), vec![event])
            .await?;
        Ok(org)
    }
}

/// Trims a name, and requires 1 to 100 characters without control characters.
pub(crate) fn checked_name(name: &str, pointer: &str) -> Result<String, Invalid> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(Invalid::new(pointer, "A name has 1 to 100 characters."));
    }
    Ok(name.to_owned())
}
