use uuid::Uuid;
use wabakit_domain::{
    audit::Actor,
    identity::{Principal, Role},
    ids::{AuthSessionId, OrgId, UserId},
};

use crate::ServiceError;

/// Where a request came from, for the audit log and for throttling.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Origin {
    /// The HTTP request.
    pub request_id: Option<Uuid>,
    /// The client's address.
    pub address: Option<String>,
}

/// Who asks: the authority that a use case acts on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    /// Where they work: every row they reach is this org's.
    pub org: OrgId,
    /// Who.
    pub user: UserId,
    /// As what.
    pub role: Role,
    /// Runs the platform.
    pub is_operator: bool,
    /// The sign-in.
    pub session: AuthSessionId,
    /// The HTTP request.
    pub request_id: Option<Uuid>,
}

impl Caller {
    /// The caller that a sign-in stands for.
    pub fn of(principal: &Principal, request_id: Option<Uuid>) -> Self {
        Self {
            org: principal.org.id,
            user: principal.user.id,
            role: principal.role,
            is_operator: principal.user.is_operator,
            session: principal.session.id,
            request_id,
        }
    }

    pub(crate) const fn actor(&self) -> Actor {
        Actor::User(self.user)
    }

    /// Lets agents, admins and owners pass.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others.
    pub fn require_agent(&self) -> Result<(), ServiceError> {
        if self.role >= Role::Agent {
            Ok(())
        } else {
            Err(ServiceError::Forbidden("agent"))
        }
    }

    /// Lets admins and owners pass.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others.
    pub fn require_admin(&self) -> Result<(), ServiceError> {
        if self.role.may_connect() {
            Ok(())
        } else {
            Err(ServiceError::Forbidden("admin"))
        }
    }

    /// Lets the platform's operators pass.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others.
    pub fn require_operator(&self) -> Result<(), ServiceError> {
        if self.is_operator {
            Ok(())
        } else {
            Err(ServiceError::Forbidden("operator"))
        }
    }
}
