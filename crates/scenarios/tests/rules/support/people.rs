//! An organisation with an owner who signs in with a password.

use chrono::Duration;
use wabakit_domain::secret::{ExposeSecret, SecretString};
use wabakit_domain::{
    audit::Actor,
    identity::{Org, Role, User},
};
use wabakit_services::{
    AuthService, AuthSettings, Caller, Credentials, OrgService, Origin, PasswordHasher,
    ServiceError, SignedIn, TeamService,
};

use super::World;

pub(crate) struct People {
    pub(crate) world: World,
    pub(crate) auth: AuthService,
    pub(crate) team: TeamService,
    pub(crate) orgs: OrgService,
    pub(crate) org: Org,
    pub(crate) owner: User,
}

pub(crate) const PASSWORD: &str = "correct horse battery";

impl People {
    pub(crate) async fn new() -> Self {
        let world = World::unpeopled().await;
        let ports = world.ports.clone();
        let settings = AuthSettings {
            refresh_grace: Duration::seconds(10),
            ..AuthSettings::new("canary-jwt-secret-of-32-bytes-or-more".into())
        };
        let hasher = PasswordHasher::new(ports.random.clone());
        let auth = AuthService::new(ports.clone(), hasher, settings);
        let team = TeamService::new(ports.clone(), auth.clone());
        let orgs = OrgService::new(ports);
        let org = orgs
            .create_by(Actor::Operator, "Lucky Shrub")
            .await
            .unwrap();
        let who = ("owner@shrub.example", "Olive");
        let owner = team.create_user(who, PASSWORD.into(), (org.id, Role::Owner), false);
        let owner = owner.await.unwrap();
        Self {
            world,
            auth,
            team,
            orgs,
            org,
            owner,
        }
    }

    pub(crate) async fn person(&self, email: &str, role: Role) -> User {
        let place = (self.org.id, role);
        self.team
            .create_user((email, "Pat"), PASSWORD.into(), place, false)
            .await
            .unwrap()
    }

    pub(crate) async fn login(
        &self,
        email: &str,
        password: &str,
    ) -> Result<SignedIn, ServiceError> {
        let credentials = Credentials {
            email: email.into(),
            password: password.into(),
            org: None,
            code: None,
        };
        self.auth.login(credentials, &Origin::default()).await
    }

    pub(crate) async fn refresh(&self, signed_in: &SignedIn) -> Result<SignedIn, ServiceError> {
        self.auth
            .refresh(&signed_in.refresh_token, &Origin::default())
            .await
    }

    pub(crate) async fn accept(
        &self,
        token: &SecretString,
        password: &str,
    ) -> Result<SignedIn, ServiceError> {
        let token = token.expose_secret();
        self.team
            .accept_invitation(token, "Nia", (password.into(), None), &Origin::default())
            .await
    }

    pub(crate) async fn reset(
        &self,
        token: &SecretString,
        password: &str,
    ) -> Result<(), ServiceError> {
        let token = token.expose_secret();
        self.team
            .reset_password(token, password.into(), &Origin::default())
            .await
    }

    pub(crate) async fn signed_in(&self, email: &str) -> SignedIn {
        self.login(email, PASSWORD).await.unwrap()
    }

    /// Finds the caller of a sign-in by its bearer token, as a request does.
    pub(crate) async fn caller(&self, signed_in: &SignedIn) -> Result<Caller, ServiceError> {
        let principal = self
            .auth
            .by_bearer(signed_in.access_token.expose_secret())
            .await?;
        Ok(Caller::of(&principal, None))
    }

    pub(crate) async fn caller_for(&self, email: &str) -> Caller {
        self.caller(&self.signed_in(email).await).await.unwrap()
    }
}
