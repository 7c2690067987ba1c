//! Invitations: an admin invites a person, who joins by the link.

use chrono::Duration;
use secrecy::SecretString;
use serde_json::json;
use wabakit_domain::{
    Time,
    audit::Actor,
    identity::{LinkKind, OneTimeLink, Org, Role, User},
    ids::LinkId,
    principal::Scope,
};
use wabakit_ports::store::{Acceptance, Namesake};

use super::{NewLink, TeamService};
use crate::{
    Caller, Origin, ServiceError, SignedIn,
    audit::Trail,
    auth::{Proof, checked_email, checked_password},
    orgs::checked_name,
    ports::hash_token,
};

const INVITATION_LIFETIME: Duration = Duration::days(7);

/// An invitation, as shown to the holder of its link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvitationView {
    /// The invited email address.
    pub email: String,
    /// The role.
    pub role: Role,
    /// The organisation.
    pub org: Org,
    /// The time when it expires.
    pub expires_at: Time,
}

impl TeamService {
    /// Lists the organisation's open invitations.
    pub async fn invitations(&self, caller: &Caller) -> Result<Vec<OneTimeLink>, ServiceError> {
        caller.require(Scope::TeamWrite)?;
        Ok(self
            .ports
            .identity
            .invitations(caller.org, self.ports.now())
            .await?)
    }

    /// Invites a person, by mail where it is set up. A second invitation replaces the first.
    ///
    /// # Errors
    /// For a role that the caller may not give; for a text that is not an email address; for a member.
    pub async fn invite(
        &self,
        caller: &Caller,
        email: &str,
        role: Role,
    ) -> Result<NewLink, ServiceError> {
        caller.require(Scope::TeamWrite)?;
        if !caller.person()?.role.may_manage(role) {
            return Err(ServiceError::Forbidden("owner"));
        }
        let email = checked_email(email, "/email")?;
        let kind = LinkKind::Invitation {
            email: email.clone(),
            role,
            invited_by: caller.person()?.user,
        };
        let new = self.new_link(caller.org, kind, (INVITATION_LIFETIME, self.mail.as_ref()))?;
        let event = Trail::of(&self.ports, caller).event(
            "team.invited",
            ("invitation", new.link.id),
            &json!({"email": email, "role": role.as_str()}),
        );
        self.ports
            .identity
            .create_link(new.link.clone(), vec![event])
            .await?;
        Ok(new)
    }

    /// Revokes an invitation.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn revoke_invitation(&self, caller: &Caller, id: LinkId) -> Result<(), ServiceError> {
        caller.require(Scope::TeamWrite)?;
        let event = Trail::of(&self.ports, caller).event(
            "team.invitation_revoked",
            ("invitation", id),
            &json!({}),
        );
        if self
            .ports
            .identity
            .revoke_link(caller.org, id, vec![event])
            .await?
        {
            Ok(())
        } else {
            Err(ServiceError::NotFound("this invitation"))
        }
    }

    /// Shows an invitation to the holder of its token.
    ///
    /// # Errors
    /// [`ServiceError::LinkGone`] when it was used or revoked, has expired, or its maker lost the right to invite.
    pub async fn inspect_invitation(&self, token: &str) -> Result<InvitationView, ServiceError> {
        Ok(self.invitation(token).await?.0)
    }

    /// Finds the invitation of a token. Also returns whether the token was mailed.
    async fn invitation(&self, token: &str) -> Result<(InvitationView, bool), ServiceError> {
        let link = self
            .ports
            .identity
            .link(hash_token(token), self.ports.now())
            .await?;
        let Some(OneTimeLink {
            kind: LinkKind::Invitation { email, role, .. },
            org,
            expires_at,
            mail,
            ..
        }) = link
        else {
            return Err(ServiceError::LinkGone);
        };
        let org = self
            .ports
            .identity
            .org(org)
            .await?
            .ok_or(ServiceError::LinkGone)?;
        let view = InvitationView {
            email,
            role,
            org,
            expires_at,
        };
        Ok((view, mail.is_some()))
    }

    /// Accepts an invitation, and signs the person in. A person with this address and password joins. Without one, a
    /// new person is created, whose address is proven if the link was mailed to it.
    ///
    /// The answer does not show whether the address is known. A link that was shown proves no address, so it never
    /// binds another person with the address, and is never refused because of one.
    ///
    /// # Errors
    /// [`ServiceError::LinkGone`]; for a password or a name that a new person may not have;
    /// [`ServiceError::InvalidCredentials`] when the link was mailed, the address is proven, and the password is not
    /// that person's; [`ServiceError::SecondFactorRequired`], [`ServiceError::WrongCode`] and [`ServiceError::TooMany`]
    /// as for signing in.
    pub async fn accept_invitation(
        &self,
        token: &str,
        name: &str,
        (password, code): (SecretString, Option<SecretString>),
        origin: &Origin,
    ) -> Result<SignedIn, ServiceError> {
        let mut tries = 0;
        loop {
            let proof = Proof::new(password.clone(), code.as_ref());
            let accepted = self.accept_once(token, name, proof, origin);
            match accepted.await {
                // Another request created a person of this address, or one of them changed the password.
                Err(ServiceError::Conflict("changed_meanwhile", _)) if tries < 2 => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn accept_once(
        &self,
        token: &str,
        name: &str,
        proof: Proof<'_>,
        origin: &Origin,
    ) -> Result<SignedIn, ServiceError> {
        let password = proof.password.clone();
        let (invitation, is_mailed) = self.invitation(token).await?;
        // Checked for everybody. Otherwise the answer to a short password would show who is known.
        checked_password(&password, "/password")?;
        let org = invitation.org.id;
        let (mut people, namesakes) = self.auth.people(&invitation.email, Some(org)).await?;
        let is_proven = |one: &Namesake| one.user.proven_at.is_some();
        let is_claimed = is_mailed && people.iter().any(is_proven);
        if is_claimed {
            people.retain(is_proven);
        }
        let now = self.ports.now();
        let email = invitation.email.as_str();
        let proof = self.auth.prove_one(email, people, proof, (origin, false));
        let (user, hash, is_new) = match proof.await? {
            Some(known) => (known.user, known.password, false),
            None if is_claimed => return Err(ServiceError::InvalidCredentials),
            None => {
                let new = User {
                    id: self.ports.id(),
                    email: email.to_owned(),
                    name: checked_name(name, "/name")?,
                    is_operator: false,
                    created_at: now,
                    proven_at: None,
                };
                (new, self.auth.hasher().hash(password).await?, true)
            }
        };
        let actor = Actor::User(user.id);
        let audit = Trail::by(&self.ports, org, actor, origin.request_id).event(
            "team.joined",
            ("user", user.id),
            &json!({"role": invitation.role.as_str()}),
        );
        let acceptance = Acceptance {
            hash: hash_token(token),
            user,
            is_new,
            password: hash,
            namesakes,
            now,
            audit,
        };
        let user = self
            .ports
            .identity
            .accept_invitation(acceptance)
            .await?
            .ok_or(ServiceError::LinkGone)?;
        self.auth
            .start(user, invitation.org, invitation.role, origin)
            .await
    }
}
