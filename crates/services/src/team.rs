//! The people of an organisation: roles, invitations, password reset links.

use chrono::Duration;
use secrecy::SecretString;
use serde_json::json;
use wabakit_domain::{
    Time,
    audit::Actor,
    identity::{LinkKind, LinkMail, Member, OneTimeLink, Org, ResetMaker, Role, Standing, User},
    ids::{LinkId, OrgId, UserId},
    principal::Scope,
};
use wabakit_ports::store::{
    Acceptance, MembershipChange, Namesake, Page, PageRequest, SecondFactorEnd, StoreError,
};

use crate::{
    AuthService, Caller, MailService, Origin, Ports, Revocation, ServiceError, SignedIn,
    audit::Trail,
    auth::{Guesser, Proof, Throttle, checked_email, checked_password},
    orgs::checked_name,
    ports::hash_token,
};

const INVITATION_LIFETIME: Duration = Duration::days(7);
const RESET_LIFETIME: Duration = Duration::hours(24);
const PROOF_LIFETIME: Duration = Duration::hours(24);
/// The lifetime of a link that anybody who knows the address can have sent.
const OWN_RESET_LIFETIME: Duration = Duration::hours(1);
/// How many mails that people ask for go to one person or address, and for one client, in a quarter of an hour.
const ASKED_MAILS: (u32, u32) = (3, 30);

/// A new link. Its token is shown only once, or goes by mail.
pub struct NewLink {
    /// The row.
    pub link: OneTimeLink,
    /// The token for the link's fragment, which no server logs. Empty where it goes by mail: nobody else may see it.
    pub token: SecretString,
}

/// An invitation, as shown to the holder of its link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvitationView {
    /// The invited email address.
    pub email: String,
    /// The role.
    pub role: Role,
    /// The organisation.
    pub org: Org,
    /// When it expires.
    pub expires_at: Time,
}

/// The use cases of an organisation's people.
#[derive(Clone)]
pub struct TeamService {
    ports: Ports,
    auth: AuthService,
    mail: Option<MailService>,
    asked: Throttle,
}

impl TeamService {
    /// Creates the service on these ports. It tells `auth` about changed roles.
    pub fn new(ports: Ports, auth: AuthService) -> Self {
        Self {
            ports,
            auth,
            mail: None,
            asked: Throttle::allowing(ASKED_MAILS.0, ASKED_MAILS.1),
        }
    }

    /// Has links sent by mail.
    #[must_use]
    pub fn mailing(mut self, mail: MailService) -> Self {
        self.mail = Some(mail);
        self
    }

    /// Returns the sender of mail, where mail is set up.
    pub const fn mail(&self) -> Option<&MailService> {
        self.mail.as_ref()
    }

    fn required_mail(&self) -> Result<&MailService, ServiceError> {
        self.mail.as_ref().ok_or_else(|| {
            let why =
                "This server sends no mail. An admin of your organisation can make you a link.";
            ServiceError::Conflict("mail_not_set_up", why.into())
        })
    }

    /// Lists the organisation's members.
    pub async fn members(
        &self,
        caller: &Caller,
        page: PageRequest<UserId>,
    ) -> Result<Page<Member, UserId>, ServiceError> {
        caller.require_any(&[Scope::TeamRead, Scope::AuditRead])?;
        Ok(self.ports.identity.members(caller.org, page).await?)
    }

    async fn managed(&self, caller: &Caller, user: UserId) -> Result<Member, ServiceError> {
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
    /// For callers who may not manage both the old and the new role; when the org would lose its last owner.
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
    /// For callers who may not manage the member's role; when the organisation would lose its last owner.
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

    /// Lists the organisation's open invitations.
    ///
    /// # Errors
    /// For others than admins.
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
    /// For callers who may not give the role; for a text that is not an email address; for a member.
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

    fn new_link(
        &self,
        org: OrgId,
        kind: LinkKind,
        (lifetime, mail): (Duration, Option<&MailService>),
    ) -> Result<NewLink, ServiceError> {
        let id = self.ports.id();
        let (token, hash) = match mail {
            Some(mail) => (String::new(), hash_token(&mail.token(id))),
            None => self.ports.token()?,
        };
        let now = self.ports.now();
        let link = OneTimeLink {
            id,
            org,
            kind,
            hash,
            created_at: now,
            expires_at: now + lifetime,
            mail: mail.map(|_| LinkMail::due(now)),
        };
        Ok(NewLink {
            link,
            token: token.into(),
        })
    }

    /// Revokes an invitation.
    ///
    /// # Errors
    /// For others than admins; when it does not exist.
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

    /// Finds a member whose way of signing in the caller may reset.
    ///
    /// # Errors
    /// For callers whose role may not reset the member's. A person in several organisations, or an operator of the
    /// platform, can be reset only from the command line: an admin of one organisation must not take over an account
    /// that reaches beyond it.
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

    /// Makes a password reset link for a member. It goes by mail where mail is set up and the address is proven: to
    /// another address it might reach nobody.
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

    /// Ends the second factor of a member who lost it. All sign-ins of the person end.
    ///
    /// # Errors
    /// For members whom the caller may not reset, and for oneself, who has a code or asks another admin;
    /// [`ServiceError::Conflict`] when the member has none.
    pub async fn end_two_factor(&self, caller: &Caller, user: UserId) -> Result<(), ServiceError> {
        self.resettable(caller, user).await?;
        if caller.principal.user() == Some(user) {
            return Err(ServiceError::Forbidden("another admin or owner"));
        }
        let trail = Trail::of(&self.ports, caller);
        self.end_factor(&trail, user, Some(caller.org)).await
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

    /// Ends the second factor of a person from the command line, found as for a password reset link.
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

    /// Makes a password reset link from the command line, for any person by email address. Where several people have
    /// it, it is the one who has proven it, or the member of `org`.
    ///
    /// # Errors
    /// When there is no such person, or they are in no organisation; when several people have the address, none has
    /// proven it, and no organisation is named.
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

    /// Finds the person of an address, and an organisation of theirs.
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

    /// Mails a password reset link to an address, if somebody has proven it. Whether somebody has shows in nothing.
    ///
    /// # Errors
    /// Where mail is not set up; for a text that is not an email address; [`ServiceError::TooMany`].
    pub fn request_password_reset(&self, email: &str, origin: &Origin) -> Result<(), ServiceError> {
        self.required_mail()?;
        let email = checked_email(email, "/email")?;
        self.count_asked(&email, origin)?;
        let (team, origin) = (self.clone(), origin.clone());
        // The time of the answer does not tell who exists.
        tokio::spawn(async move {
            if let Err(error) = team.mail_password_reset(&email, &origin).await {
                tracing::warn!(%error, "a password reset cannot be mailed");
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

    /// Counts a mail that somebody asks for.
    fn count_asked(&self, whose: &str, origin: &Origin) -> Result<(), ServiceError> {
        let now = self.ports.now();
        let who = Guesser::Stranger(origin.address.as_deref());
        if let Some(wait) = self.asked.blocked(whose, who, now) {
            return Err(ServiceError::TooMany(wait));
        }
        self.asked.failed(whose, who, now);
        Ok(())
    }

    /// Mails the caller a link that proves their address.
    ///
    /// # Errors
    /// Where mail is not set up; when the address is proven already; [`ServiceError::TooMany`].
    pub async fn request_address_proof(
        &self,
        caller: &Caller,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        let mail = self.required_mail()?;
        let id = caller.person()?.user;
        let identity = &self.ports.identity;
        let (user, _) = identity
            .user(id)
            .await?
            .ok_or(ServiceError::Unauthenticated)?;
        if user.proven_at.is_some() {
            let why = "Your address is proven already.";
            return Err(ServiceError::Conflict("address_proven", why.into()));
        }
        self.count_asked(&id.to_string(), origin)?;
        let kind = LinkKind::AddressProof { user: id };
        let new = self.new_link(caller.org, kind, (PROOF_LIFETIME, Some(mail)))?;
        let event = Trail::of(&self.ports, caller).event(
            "auth.address_proof_asked",
            ("user", id),
            &json!({"email": user.email}),
        );
        Ok(identity.create_link(new.link, vec![event]).await?)
    }

    /// Proves the caller's address by the token that was mailed there. The caller must be who asked: else whoever reads
    /// a mail that they did not ask for would prove the address for somebody else.
    ///
    /// # Errors
    /// [`ServiceError::LinkGone`]; when another person has proven the address.
    pub async fn prove_address(&self, caller: &Caller, token: &str) -> Result<(), ServiceError> {
        let user = caller.person()?.user;
        let event =
            Trail::of(&self.ports, caller).event("auth.address_proven", ("user", user), &json!({}));
        let (hash, now) = (hash_token(token), self.ports.now());
        match self
            .ports
            .identity
            .prove_address(hash, user, now, event)
            .await
        {
            Ok(true) => Ok(()),
            Ok(false) => Err(ServiceError::LinkGone),
            Err(StoreError::Conflict) => {
                let why = "Another person has proven this address: sign in with that person's password, or choose a new one by mail.";
                Err(ServiceError::Conflict("address_taken", why.into()))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Shows an invitation to the holder of its token.
    ///
    /// # Errors
    /// [`ServiceError::LinkGone`] when it was used or revoked, has expired, or its maker could not make it now.
    pub async fn inspect_invitation(&self, token: &str) -> Result<InvitationView, ServiceError> {
        Ok(self.invitation(token).await?.0)
    }

    /// Finds the invitation of a token, and tells whether the token went by mail.
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

    /// Accepts an invitation, and signs the person in. A person of this address with this password joins; where there is
    /// none, a new person is created, who has proven the address if the link went there by mail.
    ///
    /// Nobody learns from the answer whether the address is known: a link that was shown proves nothing, so it binds
    /// nobody who has the address elsewhere, and is refused nowhere because of them.
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
        // Asked of everybody, or the answer to a short one would tell who is known here.
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

    /// Uses a password reset link. All sign-ins of the person end, and all other such links.
    ///
    /// # Errors
    /// [`ServiceError::LinkGone`], also where the link could not be made now: the person left the organisation or
    /// joined another one, or who made it lost the right; for a password that is too short.
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

    /// Makes a person from the command line, with a place in an org.
    ///
    /// # Errors
    /// For an address of a member of the org, an org that is not there, a password that is too short.
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
