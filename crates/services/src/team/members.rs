//! Members of an organisation: who is one, and with which role.

use secrecy::SecretString;
use serde_json::json;
use wabakit_domain::{
    audit::Actor,
    identity::{Member, Role, User},
    ids::{OrgId, UserId},
    principal::Scope,
};
use wabakit_ports::store::{MembershipChange, Page, PageRequest};

use super::TeamService;
use crate::{
    Caller, Revocation, ServiceError,
    audit::Trail,
    auth::{checked_email, checked_password},
    orgs::checked_name,
};

impl TeamService {
    /// Lists the organisation's members.
    pub async fn members(
        &self,
        caller: &Caller,
        page: PageRequest<UserId>,
    ) -> Result<Page<Member, UserId>, ServiceError> {
        caller.require_any(&[Scope::TeamRead, Scope::AuditRead])?;
        Ok(self.ports.identity.members(caller.org, page).await?)
    }

    /// Finds a member whom the caller may manage.
    pub(super) async fn managed(
        &self,
        caller: &Caller,
        user: UserId,
    ) -> Result<Member, ServiceError> {
        caller.require(Scope::TeamWrite)?;
        let member = self
            .ports
            .identity
            .member(caller.org, user)
            .await?
            .ok_or(ServiceError::NotFound("this person"))?;
        if caller.person()?.role.may_manage(member.role) {
            Ok(member)
        } else {
            Err(ServiceError::Forbidden("owner"))
        }
    }

    /// Changes a member's role. The new role applies at once.
    ///
    /// # Errors
    /// When the caller may not manage the old and the new role; when the organisation would lose its last owner.
    pub async fn set_role(
        &self,
        caller: &Caller,
        user: UserId,
        role: Role,
    ) -> Result<Member, ServiceError> {
        let member = self.managed(caller, user).await?;
        if !caller.person()?.role.may_manage(role) {
            return Err(ServiceError::Forbidden("owner"));
        }
        let event = Trail::of(&self.ports, caller).event(
            "team.role_changed",
            ("user", user),
            &json!({"from": member.role.as_str(), "to": role.as_str()}),
        );
        let change = MembershipChange::SetRole(role);
        self.ports
            .identity
            .change_membership(caller.org, user, change, self.ports.now(), vec![event])
            .await?;
        self.auth.revoke(Revocation::Person(user)).await;
        Ok(Member { role, ..member })
    }

    /// Removes a member. Their sign-ins here end at once. People may remove themselves.
    ///
    /// # Errors
    /// When the caller may not manage the member's role; when the organisation would lose its last owner.
    pub async fn remove(&self, caller: &Caller, user: UserId) -> Result<(), ServiceError> {
        if caller.principal.user() != Some(user) {
            self.managed(caller, user).await?;
        }
        let event =
            Trail::of(&self.ports, caller).event("team.removed", ("user", user), &json!({}));
        let change = MembershipChange::Remove;
        self.ports
            .identity
            .change_membership(caller.org, user, change, self.ports.now(), vec![event])
            .await?;
        self.auth.revoke(Revocation::Person(user)).await;
        Ok(())
    }

    /// Creates a person with a membership. For the command line.
    ///
    /// # Errors
    /// When a member has the address; when the organisation does not exist; for a password that is too short.
    pub async fn create_user(
        &self,
        (email, name): (&str, &str),
        password: SecretString,
        (org, role): (OrgId, Role),
        is_operator: bool,
    ) -> Result<User, ServiceError> {
        checked_password(&password, "/password")?;
        let user = User {
            id: self.ports.id(),
            email: checked_email(email, "/email")?,
            name: checked_name(name, "/name")?,
            is_operator,
            created_at: self.ports.now(),
            proven_at: None,
        };
        let hash = self.auth.hasher().hash(password).await?;
        let event = Trail::by(&self.ports, org, Actor::Operator, None).event(
            "team.user_created",
            ("user", user.id),
            &json!({"email": user.email, "role": role.as_str(), "isOperator": is_operator}),
        );
        self.ports
            .identity
            .create_user(user.clone(), hash, Some((org, role)), vec![event])
            .await?;
        Ok(user)
    }
}
