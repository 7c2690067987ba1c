use uuid::Uuid;
use wabakit_domain::{
    audit::Actor,
    identity::{Role, SignedInPerson},
    ids::{AuthSessionId, OrgId, UserId},
    principal::{Principal, Scope},
};

use crate::ServiceError;

/// The origin of a request, for the audit log and for throttling.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Origin {
    /// The id of the HTTP request.
    pub request_id: Option<Uuid>,
    /// The client's address.
    pub address: Option<String>,
    /// The client's name for itself, shortened.
    pub client: Option<String>,
    /// The token by which a client shows that the person signed in there before.
    pub known_client: Option<String>,
}

/// The authority that a use case acts on: a principal in an organisation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    /// The organisation: every row that the caller reaches belongs to it.
    pub org: OrgId,
    /// The principal who acts.
    pub principal: Principal,
    /// The id of the HTTP request.
    pub request_id: Option<Uuid>,
}

/// The person of a caller, for acts that only a person can do: signing out, inviting, connecting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CallingPerson {
    /// The person.
    pub user: UserId,
    /// The person's role.
    pub role: Role,
    /// The sign-in.
    pub session: AuthSessionId,
}

impl Caller {
    /// Makes the caller of a sign-in.
    pub fn of(person: &SignedInPerson, request_id: Option<Uuid>) -> Self {
        Self {
            org: person.org.id,
            principal: Principal::Person {
                user: person.user.id,
                role: person.role,
                is_operator: person.user.is_operator,
                session: person.session.id,
            },
            request_id,
        }
    }

    /// Makes the caller of a worker that acts for an organisation.
    pub const fn system(org: OrgId) -> Self {
        Self {
            org,
            principal: Principal::System,
            request_id: None,
        }
    }

    pub(crate) const fn actor(&self) -> Actor {
        match self.principal {
            Principal::Person { user, .. } => Actor::User(user),
            Principal::Key { key, .. } => Actor::Key(key),
            Principal::System => Actor::System,
        }
    }

    /// Returns the person who calls.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for keys and the system.
    pub const fn person(&self) -> Result<CallingPerson, ServiceError> {
        match self.principal {
            Principal::Person {
                user,
                role,
                session,
                ..
            } => Ok(CallingPerson {
                user,
                role,
                session,
            }),
            Principal::Key { .. } | Principal::System => {
                Err(ServiceError::Forbidden("person who is signed in"))
            }
        }
    }

    /// Requires a scope.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`], with the lowest role that has the scope, for a person without it;
    /// [`ServiceError::ScopeRequired`] for a key without it.
    pub fn require(&self, scope: Scope) -> Result<(), ServiceError> {
        self.require_any(&[scope])
    }

    /// Requires one of these scopes.
    ///
    /// # Errors
    /// As [`Self::require`].
    pub fn require_any(&self, scopes: &[Scope]) -> Result<(), ServiceError> {
        if scopes.iter().any(|scope| self.principal.may(*scope)) {
            return Ok(());
        }
        Err(match (self.principal.role(), scopes.first()) {
            (None, Some(scope)) => ServiceError::ScopeRequired(*scope),
            _ => ServiceError::Forbidden(Role::least_with(scopes).as_str()),
        })
    }

    /// Requires an operator of the platform.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for others.
    pub fn require_operator(&self) -> Result<(), ServiceError> {
        if self.principal.is_operator() {
            Ok(())
        } else {
            Err(ServiceError::Forbidden("operator"))
        }
    }
}

#[cfg(test)]
mod tests {
    use wabakit_domain::{ids::ApiKeyId, principal::ScopeSet};

    use super::*;

    fn with(principal: Principal) -> Caller {
        Caller {
            principal,
            ..Caller::system(OrgId(Uuid::from_u128(1)))
        }
    }

    #[test]
    fn a_principal_is_refused_by_the_word_that_it_can_act_on() {
        let person = |role| {
            with(Principal::Person {
                user: UserId(Uuid::from_u128(2)),
                role,
                is_operator: true,
                session: AuthSessionId(Uuid::from_u128(3)),
            })
        };
        let key = with(Principal::Key {
            key: ApiKeyId(Uuid::from_u128(4)),
            scopes: ScopeSet::of(&[Scope::MessagesRead]),
        });
        for (scope, needs) in [
            (Scope::MessagesSend, "agent"),
            (Scope::ConnectWrite, "admin"),
            (Scope::ContactsWrite, "admin"),
        ] {
            let refused = person(Role::Viewer).require(scope);
            assert!(matches!(refused, Err(ServiceError::Forbidden(role)) if role == needs));
            let refused = key.require(scope);
            assert!(matches!(refused, Err(ServiceError::ScopeRequired(of)) if of == scope));
            assert!(person(Role::Owner).require(scope).is_ok());
            assert!(with(Principal::System).require(scope).is_ok());
        }
        assert!(key.require(Scope::MessagesRead).is_ok());
        for caller in [&key, &with(Principal::System)] {
            assert!(caller.person().is_err() && caller.require_operator().is_err());
        }
        assert!(person(Role::Viewer).require_operator().is_ok());
    }
}
