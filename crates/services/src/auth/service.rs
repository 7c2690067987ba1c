use chrono::Duration;
use secrecy::SecretString;
use serde_json::json;
use tokio::sync::broadcast;
use wabakit_domain::{
    Time,
    audit::Actor,
    identity::{AuthSession, Org, PasswordHash, RefreshToken, Role, SignedInPerson, User},
    ids::{AuthSessionId, OrgId, UserId},
    principal::Scope,
};
use wabakit_ports::store::{Namesake, RefreshRotation, Rotation, SignIn, StoreError};

use super::{
    access_token::{AccessTokens, LIFETIME},
    cache::{Generation, PrincipalCache},
    checked_email, checked_password,
    device::KnownClients,
    password::PasswordHasher,
    second_factor::{Checked, Proof},
    sign_ins::NotedUses,
    throttle::{Guesser, Throttle},
};
use crate::{
    Caller, CallingPerson, Invalid, Origin, Ports, ServiceError, audit::Trail, ports::hash_token,
};

/// The settings of signing in.
#[derive(Clone)]
pub struct AuthSettings {
    /// The key that signs access tokens, at least 32 bytes.
    pub jwt_secret: SecretString,
    /// The longest time that a sign-in lasts.
    pub session_lifetime: Duration,
    /// The time for which a sign-in may be unused before it ends.
    pub idle: Duration,
    /// The time for which a used refresh token may be used again, for two tabs that race.
    pub refresh_grace: Duration,
}

impl AuthSettings {
    /// Makes the default settings: 30 days, of which 14 unused, and 10 seconds of grace.
    pub const fn new(jwt_secret: SecretString) -> Self {
        Self {
            jwt_secret,
            session_lifetime: Duration::days(30),
            idle: Duration::days(14),
            refresh_grace: Duration::seconds(10),
        }
    }
}

/// The credentials of a person.
pub struct Credentials {
    /// The email address.
    pub email: String,
    /// The password.
    pub password: SecretString,
    /// The organisation, for people in several. The default is the oldest membership.
    pub org: Option<OrgId>,
    /// A code of the authenticator app or a recovery code, where the person has a second factor.
    pub code: Option<SecretString>,
}

/// A sign-in that was just created or renewed.
pub struct SignedIn {
    /// A JWT that is valid for 15 minutes.
    pub access_token: SecretString,
    /// The token that is exchanged for the next access token. It works once.
    pub refresh_token: SecretString,
    /// The cookie for a browser. Set only when a person signs in.
    pub cookie: Option<SecretString>,
    /// A token by which this client is recognised later. Set only when a person signs in.
    pub known_client: Option<SecretString>,
    /// The lifetime of the access token.
    pub expires_in: Duration,
    /// The person.
    pub user: User,
    /// The organisation.
    pub org: Org,
    /// The role.
    pub role: Role,
}

/// A right that ended or changed. Open WebSockets under it are checked at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Revocation {
    /// A sign-in ended.
    SignIn(AuthSessionId),
    /// A person's sign-ins, role or membership changed.
    Person(UserId),
}

/// The most people of one address whose password is compared.
const NAMESAKES: usize = 5;
/// The fewest comparisons of a refused try. Without it, the time of the answer would show whether other people have the
/// address.
const COMPARISONS: usize = 2;

/// The number of revocations that a slow WebSocket may lag behind. After more, it checks its right without a reason.
const REVOCATIONS: usize = 256;

/// The person or address that a password try is for.
#[derive(Clone, Copy)]
struct Target<'a> {
    email: &'a str,
    /// The subject by which failures are counted: the person, or the address where no person has it.
    whose: &'a str,
    /// The person, if anybody has the address.
    user: Option<UserId>,
    /// The person whose organisations record a failure.
    told: Option<UserId>,
}

/// The use cases of sign-ins.
#[derive(Clone)]
pub struct AuthService {
    pub(super) ports: Ports,
    hasher: PasswordHasher,
    tokens: std::sync::Arc<AccessTokens>,
    principals: PrincipalCache,
    pub(super) noted: NotedUses,
    pub(super) throttle: Throttle,
    known_clients: std::sync::Arc<KnownClients>,
    revocations: broadcast::Sender<Revocation>,
    pub(super) settings: AuthSettings,
}

impl AuthService {
    /// Creates the service on these ports. One instance serves the whole process, because it holds the caches.
    pub fn new(ports: Ports, hasher: PasswordHasher, settings: AuthSettings) -> Self {
        use secrecy::ExposeSecret;
        let secret = settings.jwt_secret.expose_secret().as_bytes();
        let tokens = AccessTokens::new(secret).into();
        let known_clients = KnownClients::new(secret).into();
        Self {
            ports,
            hasher,
            tokens,
            principals: PrincipalCache::new(),
            noted: NotedUses::new(),
            throttle: Throttle::new(),
            known_clients,
            revocations: broadcast::Sender::new(REVOCATIONS),
            settings,
        }
    }

    /// Signs in.
    ///
    /// # Errors
    /// [`ServiceError::InvalidCredentials`], the same whether the address or the password is wrong;
    /// [`ServiceError::SecondFactorRequired`] and [`ServiceError::WrongCode`] where the password is right;
    /// [`ServiceError::TooMany`] after ten failures in 15 minutes.
    pub async fn login(
        &self,
        credentials: Credentials,
        origin: &Origin,
    ) -> Result<SignedIn, ServiceError> {
        let email = checked_email(&credentials.email, "/email")
            .map_err(|_| ServiceError::InvalidCredentials)?;
        let (people, _) = self.people(&email, credentials.org).await?;
        let proven = self.prove_one(
            &email,
            people,
            Proof::new(credentials.password, credentials.code.as_ref()),
            (origin, true),
        );
        let user = proven.await?.ok_or(ServiceError::InvalidCredentials)?.user;
        let mut memberships = self.ports.identity.memberships(user.id).await?.into_iter();
        let (org, role) = match credentials.org {
            Some(wanted) => memberships.find(|(org, _)| org.id == wanted),
            None => memberships.next(),
        }
        .ok_or(ServiceError::Forbidden("member of an organisation"))?;
        self.start(user, org, role, origin).await
    }

    /// Finds the people whose password may match an address, and counts all people of the address. People without an
    /// organisation count only where nobody else has the address.
    pub(crate) async fn people(
        &self,
        email: &str,
        org: Option<OrgId>,
    ) -> Result<(Vec<Namesake>, i64), ServiceError> {
        let identity = &self.ports.identity;
        let found = identity.people_by_email(email, org, NAMESAKES).await?;
        let mut people = found.people;
        let first = people.first().map(|one| one.user.id);
        people.retain(|one| {
            one.is_member || one.user.proven_at.is_some() || Some(one.user.id) == first
        });
        Ok((people, found.count))
    }

    /// Finds the person among the people of an address whose password this is.
    ///
    /// Failures are counted for each person alone: a person who signs in with the own password takes back no guess at
    /// another's. A failure is recorded for a person who has proven the address, and, with `tells_alone`, for the only
    /// person of the address. Others of the address may have nothing to do with the try.
    ///
    /// # Errors
    /// [`ServiceError::TooMany`] while this client may try nobody's password;
    /// [`ServiceError::SecondFactorRequired`] and [`ServiceError::WrongCode`] where the password is right.
    pub(crate) async fn prove_one(
        &self,
        email: &str,
        people: Vec<Namesake>,
        proof: Proof<'_>,
        (origin, tells_alone): (&Origin, bool),
    ) -> Result<Option<Namesake>, ServiceError> {
        let alone = tells_alone && people.len() == 1;
        let mut refused = None;
        let mut compared = 0;
        let everybody: Vec<_> = if people.is_empty() {
            vec![None]
        } else {
            people.into_iter().map(Some).collect()
        };
        for one in everybody {
            let hash = one.as_ref().map(|one| one.password.clone());
            let told = one
                .as_ref()
                .filter(|one| alone || one.user.proven_at.is_some())
                .map(|one| one.user.id);
            let whose = one
                .as_ref()
                .map_or_else(|| email.to_owned(), |one| one.user.id.to_string());
            let guesser = self.guesser(&whose, origin);
            let target = Target {
                email,
                whose: &whose,
                user: one.as_ref().map(|one| one.user.id),
                told,
            };
            match self.prove(target, guesser, &proof, hash, origin).await {
                Ok(true) => return Ok(one),
                Ok(false) => compared += 1,
                Err(ServiceError::TooMany(wait)) => refused = refused.max(Some(wait)),
                Err(error) => return Err(error),
            }
        }
        if let Some(wait) = refused.filter(|_| compared == 0) {
            return Err(ServiceError::TooMany(wait));
        }
        for _ in compared..COMPARISONS {
            self.hasher.verify(proof.password.clone(), None).await?;
        }
        Ok(None)
    }

    /// Returns the guesser whose failures count for a client that is not signed in.
    fn guesser<'o>(&self, whose: &str, origin: &'o Origin) -> Guesser<'o> {
        let token = origin.known_client.as_deref();
        match token.and_then(|token| self.known_clients.id(whose, token)) {
            Some(id) => Guesser::Known(id),
            None => Guesser::Stranger(origin.address.as_deref()),
        }
    }

    /// Begins a try, which counts as failed until it succeeds. Returns whether it is the last one before a block.
    ///
    /// # Errors
    /// [`ServiceError::TooMany`] while this client is blocked.
    pub(super) fn begin_try(
        &self,
        whose: &str,
        guesser: Guesser<'_>,
    ) -> Result<bool, ServiceError> {
        let now = self.ports.now();
        match self.throttle.blocked(whose, guesser, now) {
            Some(wait) => Err(ServiceError::TooMany(wait)),
            None => Ok(self.throttle.failed(whose, guesser, now)),
        }
    }

    /// Compares a password with a hash, and checks the second step if the password is right. All tries of this client
    /// are throttled. A failure is logged, and recorded for the person who is to know of it.
    async fn prove(
        &self,
        target: Target<'_>,
        guesser: Guesser<'_>,
        proof: &Proof<'_>,
        hash: Option<PasswordHash>,
        origin: &Origin,
    ) -> Result<bool, ServiceError> {
        let Target { email, whose, .. } = target;
        let client = origin.address.as_deref().unwrap_or_default();
        let blocked = |_: &_| tracing::info!(email, client, "sign-in blocked");
        let is_last = self.begin_try(whose, guesser).inspect_err(blocked)?;
        let verified = self.hasher.verify(proof.password.clone(), hash).await?;
        let (factor, told) = match target.user.filter(|_| verified) {
            None => ("password", target.told),
            Some(user) => match self.check_second_step(user, proof.step, origin).await? {
                Checked::Right => {
                    self.throttle.succeeded(whose, guesser);
                    return Ok(true);
                }
                Checked::Missing => {
                    self.throttle.withdrawn(whose, guesser);
                    return Err(ServiceError::SecondFactorRequired);
                }
                Checked::Wrong => ("code", Some(user)),
            },
        };
        tracing::info!(email, client, factor, is_last, "sign-in failed");
        if let Some(who) = told {
            self.record_failure(who, factor, is_last, origin);
        }
        if verified {
            Err(ServiceError::WrongCode)
        } else {
            Ok(false)
        }
    }

    /// Checks the password of a caller, and the second step where it is asked for.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] when the password is wrong; [`ServiceError::WrongCode`];
    /// [`ServiceError::SecondFactorRequired`]; [`ServiceError::TooMany`].
    pub(super) async fn prove_caller(
        &self,
        caller: &Caller,
        proof: Proof<'_>,
    ) -> Result<User, ServiceError> {
        let CallingPerson {
            user: id, session, ..
        } = caller.person()?;
        let found = self.ports.identity.user(id).await?;
        let (user, hash) = found.ok_or(ServiceError::Unauthenticated)?;
        let origin = Origin {
            request_id: caller.request_id,
            ..Origin::default()
        };
        let target = Target {
            email: &user.email,
            whose: &id.to_string(),
            user: Some(id),
            told: Some(id),
        };
        let guesser = Guesser::SignedIn(session);
        let proven = self.prove(target, guesser, &proof, Some(hash), &origin);
        if proven.await? {
            Ok(user)
        } else {
            Err(Invalid::new("/currentPassword", "This is not your current password.").into())
        }
    }

    /// Records a failed try in the audit logs of the person's organisations. It runs in the background, so that the
    /// time of the answer does not show who exists.
    fn record_failure(&self, who: UserId, factor: &'static str, is_last: bool, origin: &Origin) {
        let (ports, origin) = (self.ports.clone(), origin.clone());
        tokio::spawn(async move {
            let recorded = async {
                for (org, _) in ports.identity.memberships(who).await? {
                    let trail = Trail::by(&ports, org.id, Actor::System, origin.request_id);
                    let data = json!({"address": origin.address, "factor": factor});
                    let mut events = vec![trail.event("auth.sign_in_failed", ("user", who), &data)];
                    if is_last {
                        events.push(trail.event("auth.sign_in_blocked", ("user", who), &data));
                    }
                    ports.audit.record(org.id, events).await?;
                }
                Ok::<(), StoreError>(())
            };
            if let Err(error) = recorded.await {
                tracing::warn!(%error, user = %who, "a failed sign-in could not be recorded");
            }
        });
    }

    /// Starts a sign-in for a person who has just proved their identity.
    pub(crate) async fn start(
        &self,
        user: User,
        org: Org,
        role: Role,
        origin: &Origin,
    ) -> Result<SignedIn, ServiceError> {
        let now = self.ports.now();
        let (cookie, cookie_hash) = self.ports.token()?;
        let (refresh_token, refresh_hash) = self.ports.token()?;
        let (client, _) = self.ports.token()?;
        let known_client = self.known_clients.issue(&user.id.to_string(), &client);
        let session = AuthSession {
            id: self.ports.id(),
            user: user.id,
            org: org.id,
            cookie: cookie_hash,
            created_at: now,
            expires_at: self.end_after_use(now, now),
            last_seen_at: now,
            revoked_at: None,
            client: origin.client.clone(),
            address: origin.address.clone(),
        };
        let refresh = RefreshToken {
            id: self.ports.id(),
            session: session.id,
            hash: refresh_hash,
            created_at: now,
            expires_at: now + self.settings.session_lifetime,
            used_at: None,
        };
        let access_token = self.tokens.issue(&user.id.to_string(), session.id, now)?;
        let event = Trail::by(&self.ports, org.id, Actor::User(user.id), origin.request_id).event(
            "auth.signed_in",
            ("user", user.id),
            &json!({"address": origin.address}),
        );
        self.ports
            .identity
            .sign_in(SignIn { session, refresh }, vec![event])
            .await?;
        Ok(SignedIn {
            access_token: access_token.into(),
            refresh_token: refresh_token.into(),
            cookie: Some(cookie.into()),
            known_client: Some(known_client.into()),
            expires_in: LIFETIME,
            user,
            org,
            role,
        })
    }

    /// Exchanges a refresh token for the next one, with a new access token.
    ///
    /// # Errors
    /// [`ServiceError::RefreshTokenReused`] when it was used before, which ends the sign-in;
    /// [`ServiceError::Unauthenticated`] when the token does not exist any more.
    pub async fn refresh(
        &self,
        refresh_token: &SecretString,
        origin: &Origin,
    ) -> Result<SignedIn, ServiceError> {
        use secrecy::ExposeSecret;
        let now = self.ports.now();
        let (next_token, next_hash) = self.ports.token()?;
        let reuse_audit = Trail::by(
            &self.ports,
            OrgId::PLATFORM,
            Actor::System,
            origin.request_id,
        )
        .event(
            "auth.refresh_token_reused",
            ("auth_session", ""),
            &json!({"address": origin.address}),
        );
        let rotation = RefreshRotation {
            presented: hash_token(refresh_token.expose_secret()),
            next: RefreshToken {
                id: self.ports.id(),
                session: AuthSessionId(uuid::Uuid::nil()),
                hash: next_hash,
                created_at: now,
                expires_at: now + self.settings.session_lifetime,
                used_at: None,
            },
            now,
            grace_since: now - self.settings.refresh_grace,
            reuse_audit,
        };
        match self.ports.identity.rotate_refresh(rotation).await? {
            Rotation::Rotated(principal) => {
                let SignedInPerson {
                    session,
                    user,
                    org,
                    role,
                } = *principal;
                self.note_use(&session, now);
                Ok(SignedIn {
                    access_token: self
                        .tokens
                        .issue(&user.id.to_string(), session.id, now)?
                        .into(),
                    refresh_token: next_token.into(),
                    cookie: None,
                    known_client: None,
                    expires_in: LIFETIME,
                    user,
                    org,
                    role,
                })
            }
            Rotation::Reused(session) => {
                self.revoke(Revocation::SignIn(session)).await;
                Err(ServiceError::RefreshTokenReused)
            }
            Rotation::Unknown => Err(ServiceError::Unauthenticated),
        }
    }

    /// Finds the principal of a bearer token.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when this server did not sign it, it has expired, or its sign-in has ended.
    pub async fn by_bearer(&self, token: &str) -> Result<SignedInPerson, ServiceError> {
        let now = self.ports.now();
        let session = self
            .tokens
            .session(token, now)
            .ok_or(ServiceError::Unauthenticated)?;
        if let Some(principal) = self.principals.get(session).await {
            return Ok(principal);
        }
        let read_in = self.principals.generation();
        let principal = self.ports.identity.principal(session, now).await?;
        self.welcome(principal, read_in, now).await
    }

    /// Finds the principal of a browser's cookie.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when its sign-in has ended.
    pub async fn by_cookie(&self, cookie: &str) -> Result<SignedInPerson, ServiceError> {
        let now = self.ports.now();
        let read_in = self.principals.generation();
        let principal = self
            .ports
            .identity
            .principal_by_cookie(hash_token(cookie), now)
            .await?;
        self.welcome(principal, read_in, now).await
    }

    /// Checks that the caller's sign-in is still valid, in the same organisation, and may read events.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when it is not.
    pub async fn recheck(&self, caller: &Caller) -> Result<(), ServiceError> {
        let CallingPerson { user, session, .. } = caller.person()?;
        let now = self.ports.now();
        let principal = self.ports.identity.principal(session, now).await?;
        let same = principal.is_some_and(|person| {
            let now = Caller::of(&person, None);
            now.org == caller.org
                && now.principal.user() == Some(user)
                && now.principal.may(Scope::EventsRead)
        });
        same.then_some(()).ok_or(ServiceError::Unauthenticated)
    }

    async fn welcome(
        &self,
        principal: Option<SignedInPerson>,
        read_in: Generation,
        now: Time,
    ) -> Result<SignedInPerson, ServiceError> {
        let principal = principal.ok_or(ServiceError::Unauthenticated)?;
        self.note_use(&principal.session, now);
        self.principals.put(read_in, principal.clone()).await;
        Ok(principal)
    }

    /// Signs out: the cookie and the tokens of this sign-in end at once.
    pub async fn logout(&self, caller: &Caller) -> Result<(), ServiceError> {
        let CallingPerson { user, session, .. } = caller.person()?;
        let event =
            Trail::of(&self.ports, caller).event("auth.signed_out", ("user", user), &json!({}));
        self.ports
            .identity
            .sign_out(session, self.ports.now(), vec![event])
            .await?;
        self.revoke(Revocation::SignIn(session)).await;
        Ok(())
    }

    /// Returns the caller, and the caller's organisations.
    pub async fn memberships(
        &self,
        caller: &Caller,
    ) -> Result<(User, Vec<(Org, Role)>), ServiceError> {
        let id = caller.person()?.user;
        let (user, _) = self
            .ports
            .identity
            .user(id)
            .await?
            .ok_or(ServiceError::Unauthenticated)?;
        Ok((user, self.ports.identity.memberships(id).await?))
    }

    /// Changes the password. All other sign-ins of the person end.
    ///
    /// # Errors
    /// When the old password is wrong, or the new one too short.
    pub async fn change_password(
        &self,
        caller: &Caller,
        current: SecretString,
        new: SecretString,
    ) -> Result<(), ServiceError> {
        checked_password(&new, "/newPassword")?;
        let now = self.ports.now();
        let CallingPerson {
            user: id, session, ..
        } = caller.person()?;
        self.prove_caller(caller, Proof::of_signed_in(current))
            .await?;
        let hash = self.hasher.hash(new).await?;
        let event =
            Trail::of(&self.ports, caller).event("auth.password_changed", ("user", id), &json!({}));
        self.ports
            .identity
            .set_password(id, hash, Some(session), now, vec![event])
            .await?;
        self.revoke(Revocation::Person(id)).await;
        Ok(())
    }

    /// Drops the cached rights, and announces the revocation to open WebSockets of this process. Others find the changed
    /// row within two seconds.
    pub(crate) async fn revoke(&self, revocation: Revocation) {
        match revocation {
            Revocation::SignIn(session) => self.principals.forget(session).await,
            Revocation::Person(_) => self.principals.forget_all(),
        }
        // There may be no WebSocket to listen.
        let _ = self.revocations.send(revocation);
    }

    /// Subscribes to the revocations of this process from now on.
    pub fn revocations(&self) -> broadcast::Receiver<Revocation> {
        self.revocations.subscribe()
    }

    pub(crate) const fn hasher(&self) -> &PasswordHasher {
        &self.hasher
    }
}
