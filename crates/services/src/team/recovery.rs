//! Recovery of a person who cannot sign in: password reset links, and the end of a lost second factor.

use chrono::Duration;
use secrecy::SecretString;
use serde_json::json;
use wabakit_domain::{
    audit::Actor,
    identity::{LinkKind, Member, OneTimeLink, ResetMaker, Standing},
    ids::{OrgId, UserId},
};
use wabakit_ports::store::{Namesake, SecondFactorEnd};

use super::{NewLink, TeamService};
use crate::{
    Caller, MailService, Origin, Revocation, ServiceError,
    audit::Trail,
    auth::{checked_email, checked_password},
    ports::hash_token,
};

const RESET_LIFETIME: Duration = Duration::hours(24);

/// The lifetime of a link that anybody who knows the address can request.
const OWN_RESET_LIFETIME: Duration = Duration::hours(1);

impl TeamService {
    /// Finds a member whose password or second factor the caller may reset.
    ///
    /// # Errors
    /// When the caller's role may not reset the member's. A person in several organisations, or an operator, can be
    /// reset only from the command line: an admin of one organisation must not take over an account that reaches beyond
    /// it.
    async fn resettable(&self, caller: &Caller, user: UserId) -> Result<Member, ServiceError> {
        let member = self.managed(caller, user).await?;
        if !caller.person()?.role.may_reset(member.role) {
            return Err(ServiceError::Forbidden("owner"));
        }
        let elsewhere = self
            .ports
            .identity
            .memberships(user)
            .await?
            .iter()
            .any(|(org, _)| org.id != caller.org);
        let person = Standing {
            role: Some(member.role),
            is_elsewhere: elsewhere,
            is_operator: member.user.is_operator,
        };
        let own = caller.person()?;
        let maker = Standing {
            role: Some(own.role),
            is_elsewhere: false,
            is_operator: caller.principal.is_operator(),
        };
        if !maker.may_reset(&person) {
            return Err(ServiceError::Forbidden(
                "operator, at the server's command line",
            ));
        }
        Ok(member)
    }

    /// Makes a password reset link for a member. It is mailed if mail is set up and the address is proven. An unproven
    /// address may belong to nobody.
    ///
    /// # Errors
    /// For members whom the caller may not reset.
    pub async fn password_reset(
        &self,
        caller: &Caller,
        user: UserId,
    ) -> Result<NewLink, ServiceError> {
        let member = self.resettable(caller, user).await?;
        let own = caller.person()?;
        let trail = Trail::of(&self.ports, caller);
        let made_by = ResetMaker::Member(own.user);
        let mail = self.mail.as_ref();
        let mail = mail.filter(|_| member.user.proven_at.is_some());
        self.reset_link(&trail, caller.org, (user, made_by), (RESET_LIFETIME, mail))
            .await
    }

    /// Mails a password reset link to an address, if a person has proven it. Neither the answer nor its time shows
    /// whether one has.
    ///
    /// # Errors
    /// When mail is not set up; for a text that is not an email address; [`ServiceError::TooMany`].
    pub fn request_password_reset(&self, email: &str, origin: &Origin) -> Result<(), ServiceError> {
        self.required_mail()?;
        let email = checked_email(email, "/email")?;
        self.count_asked(&email, origin)?;
        let (team, origin) = (self.clone(), origin.clone());
        // Done in the background, so that the time of the answer does not show who exists.
        tokio::spawn(async move {
            if let Err(error) = team.mail_password_reset(&email, &origin).await {
                tracing::warn!(%error, "a password reset could not be mailed");
            }
        });
        Ok(())
    }

    async fn mail_password_reset(&self, email: &str, origin: &Origin) -> Result<(), ServiceError> {
        let found = self.ports.identity.people_by_email(email, None, 1).await?;
        let first = found.people.into_iter().next();
        let Some(one) = first.filter(|one| one.user.proven_at.is_some()) else {
            return Ok(());
        };
        let user = one.user.id;
        let memberships = self.ports.identity.memberships(user).await?;
        let Some((org, _)) = memberships.first() else {
            return Ok(());
        };
        let trail = Trail::by(&self.ports, org.id, Actor::System, origin.request_id);
        let how = (OWN_RESET_LIFETIME, self.mail.as_ref());
        self.reset_link(&trail, org.id, (user, ResetMaker::Person), how)
            .await?;
        Ok(())
    }

    /// Makes a password reset link for any person, by email address. For the command line. If several people have the
    /// address, it takes the person who has proven it, or the member of `org`.
    ///
    /// # Errors
    /// When the person does not exist or is in no organisation; when several people have the address, nobody has proven
    /// it, and no organisation is named.
    pub async fn password_reset_by_email(
        &self,
        email: &str,
        org: Option<OrgId>,
    ) -> Result<NewLink, ServiceError> {
        let (user, org) = self.person_by_email(email, org).await?;
        let trail = Trail::by(&self.ports, org, Actor::Operator, None);
        let whose = (user, ResetMaker::CommandLine);
        self.reset_link(&trail, org, whose, (RESET_LIFETIME, None))
            .await
    }

    async fn reset_link(
        &self,
        trail: &Trail<'_>,
        org: OrgId,
        (user, made_by): (UserId, ResetMaker),
        how: (Duration, Option<&MailService>),
    ) -> Result<NewLink, ServiceError> {
        let kind = LinkKind::PasswordReset { user, made_by };
        let new = self.new_link(org, kind, how)?;
        let event = trail.event("team.password_reset_linked", ("user", user), &json!({}));
        self.ports
            .identity
            .create_link(new.link.clone(), vec![event])
            .await?;
        Ok(new)
    }

    /// Sets a new password by a reset link. All sign-ins and all other reset links of the person end.
    ///
    /// # Errors
    /// [`ServiceError::LinkGone`], also when the link could not be made now: the person left the organisation or joined
    /// another one, or its maker lost the right; for a password that is too short.
    pub async fn reset_password(
        &self,
        token: &str,
        password: SecretString,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        checked_password(&password, "/newPassword")?;
        let now = self.ports.now();
        let link = self.ports.identity.link(hash_token(token), now).await?;
        let Some(OneTimeLink {
            kind: LinkKind::PasswordReset { user, .. },
            org,
            ..
        }) = link
        else {
            return Err(ServiceError::LinkGone);
        };
        let hash = self.auth.hasher().hash(password).await?;
        let audit = Trail::by(&self.ports, org, Actor::User(user), origin.request_id).event(
            "auth.password_reset",
            ("user", user),
            &json!({}),
        );
        self.ports
            .identity
            .reset_password(hash_token(token), hash, now, audit)
            .await?
            .ok_or(ServiceError::LinkGone)?;
        self.auth.revoke(Revocation::Person(user)).await;
        Ok(())
    }

    /// Ends the second factor of a member who lost it. All sign-ins of the person end.
    ///
    /// # Errors
    /// For a member whom the caller may not reset; for the caller, who has a code or asks another admin;
    /// [`ServiceError::Conflict`] when the member has no second factor.
    pub async fn end_two_factor(&self, caller: &Caller, user: UserId) -> Result<(), ServiceError> {
        self.resettable(caller, user).await?;
        if caller.principal.user() == Some(user) {
            return Err(ServiceError::Forbidden("another admin or owner"));
        }
        let trail = Trail::of(&self.ports, caller);
        self.end_factor(&trail, user, Some(caller.org)).await
    }

    /// Ends the second factor of a person, who is found as for a password reset link. For the command line.
    ///
    /// # Errors
    /// As for a password reset link; [`ServiceError::Conflict`] when the person has none.
    pub async fn end_two_factor_by_email(
        &self,
        email: &str,
        org: Option<OrgId>,
    ) -> Result<(), ServiceError> {
        let (user, org) = self.person_by_email(email, org).await?;
        let trail = Trail::by(&self.ports, org, Actor::Operator, None);
        self.end_factor(&trail, user, None).await
    }

    async fn end_factor(
        &self,
        trail: &Trail<'_>,
        user: UserId,
        only_in: Option<OrgId>,
    ) -> Result<(), ServiceError> {
        let event = trail.event("team.two_factor_ended", ("user", user), &json!({}));
        let end = SecondFactorEnd {
            user,
            only_in,
            keep: None,
            now: self.ports.now(),
            audit: vec![event],
        };
        self.auth.end_factor(end).await
    }

    /// Finds the person of an address, and one of their organisations.
    async fn person_by_email(
        &self,
        email: &str,
        org: Option<OrgId>,
    ) -> Result<(UserId, OrgId), ServiceError> {
        let email = checked_email(email, "/email")?;
        let identity = &self.ports.identity;
        let found = identity.people_by_email(&email, org, 2).await?;
        let is_clear = org.is_some() || found.count == 1;
        let named = |one: &Namesake| is_clear || one.user.proven_at.is_some();
        let user = match found.people.into_iter().next() {
            Some(one) if named(&one) => one.user,
            Some(_) => {
                let why = "Several people have this address: name the organisation of the one, with --org.";
                return Err(ServiceError::Conflict("several_people", why.into()));
            }
            None => return Err(ServiceError::NotFound("this person")),
        };
        let memberships = identity.memberships(user.id).await?;
        let (org, _) = memberships
            .iter()
            .find(|(place, _)| org.is_none_or(|org| org == place.id))
            .ok_or(ServiceError::NotFound("their organisation"))?;
        Ok((user.id, org.id))
    }
}
