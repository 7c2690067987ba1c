use uuid::Uuid;
use wabakit_domain::{
    audit::Actor,
    identity::{Principal, Role},
    ids::{AuthSessionId, OrgId, UserId},
};

use crate::ServiceError;

/// The origin of a request, for the audit log and for throttling.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Origin {
    /// The HTTP request.
    pub request_id: Option<Uuid>,
    /// The client's address.
    pub address: Option<String>,
}

/// The person who asks: the authority that a use case acts on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    /// The organisation: every row that the caller reaches belongs to it.
    pub org: OrgId,
    /// The person.
    pub user: UserId,
    /// The person's role.
    pub role: Role,
    /// Whether the person operates the platform.
    pub is_operator: bool,
    /// The sign-in.
    pub session: AuthSessionId,
    /// The HTTP request.
    pub request_id: Option<Uuid>,
}

impl Caller {
    /// Makes the caller of a sign-in.
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

    /// Requires an agent, admin or owner.
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

    /// Requires an admin or owner.
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

    /// Requires an operator of the platform.
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
