//! A world of two organisations, with people of every role signed in.

mod documented;
mod inbox;
mod meta;
mod sending;
mod templates;
mod vault;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use actix_web::{
    App,
    body::to_bytes,
    http::{
        Method, StatusCode,
        header::{self, HeaderMap},
    },
    test::{TestRequest, call_service, init_service},
};
use async_trait::async_trait;
use futures::future::LocalBoxFuture;
use ring::{digest, hmac};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wabakit_domain::{
    identity::{AuthSession, Org, PasswordHash, RefreshToken, Role, TokenHash, User},
    ids::{AuthSessionId, MetaAppId, OrgId, UserId},
    second_factor::SecondFactor,
    secret::SealedSecret,
};
use wabakit_http::{
    Api, Bodies, BodyLimits, HttpSettings, ListenerLimits, Listeners, Readiness, ReadinessCheck,
    configure,
};
use wabakit_ports::{
    fakes::{SeededRandom, SequentialIds, TestClock},
    store::{ReceiveStore, SignIn, Store},
    system::{Clock, IdSource},
};
use wabakit_scenarios::Stores;
use wabakit_services::{
    AccountService, AuditService, AuthService, AuthSettings, ConnectService, ConnectSettings,
    EnvironmentApp, LocalBus, MetaAppService, OrgService, PasswordHasher, Ports, TeamService,
};

pub use inbox::{FILE, GONE, changes, image_from, signature, text_from};
pub use sending::template;

pub use meta::{EXPIRED_CODE, Holdings, TOKEN};

pub const PUBLIC: &str = "https://waba.example";
pub const LISTED: &str = "https://shop.example";
pub const SESSION: &str = "wabakit_session_8080";
pub const NONCE: &str = "wabakit_connect_8080";
pub const PASSWORD: &str = "canary-password-of-the-owner";
pub const APP_SECRET: &str = "canary-app-secret";
pub const VERIFY_TOKEN: &str = "canary-verify-token";

/// Who asks. The stranger owns the other organisation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Who {
    Owner,
    Admin,
    Agent,
    Viewer,
    Operator,
    Stranger,
}

impl Who {
    const ALL: [Self; 6] = [
        Self::Owner,
        Self::Admin,
        Self::Agent,
        Self::Viewer,
        Self::Operator,
        Self::Stranger,
    ];

    const fn place(self) -> (OrgId, Role) {
        match self {
            Self::Owner => (ACME, Role::Owner),
            Self::Admin => (ACME, Role::Admin),
            Self::Agent => (ACME, Role::Agent),
            Self::Viewer | Self::Operator => (ACME, Role::Viewer),
            Self::Stranger => (OTHER, Role::Owner),
        }
    }

    pub const fn role(self) -> Role {
        self.place().1
    }

    pub const fn id(self) -> UserId {
        UserId(Uuid::from_u128(0x100 + self as u128))
    }

    pub const fn sign_in(self) -> AuthSessionId {
        AuthSessionId(Uuid::from_u128(0x200 + self as u128))
    }

    fn cookie(self) -> String {
        format!("cookie-of-{self:?}")
    }

    pub fn email(self) -> String {
        format!("{self:?}@acme.example").to_lowercase()
    }
}

pub const ACME: OrgId = OrgId(Uuid::from_u128(0xA));
pub const OTHER: OrgId = OrgId(Uuid::from_u128(0xB));

struct Ready(Arc<AtomicBool>);

#[async_trait]
impl Readiness for Ready {
    async fn check(&self) -> Vec<ReadinessCheck> {
        let ok = self.0.load(Ordering::SeqCst);
        vec![ReadinessCheck {
            name: "database".into(),
            ok,
        }]
    }
}

pub struct World {
    pub api: Api,
    pub meta: Holdings,
    pub store: Arc<dyn Store>,
    pub inbox: Arc<dyn ReceiveStore>,
    _stores: Stores,
    pub ports: Ports,
    pub ready: Arc<AtomicBool>,
    hasher: PasswordHasher,
}

impl World {
    pub async fn new() -> Self {
        let stores = Stores::filled("people", settle).await;
        let (store, inbox) = (stores.store.clone(), stores.inbox.clone());
        let clock = Arc::new(TestClock::default());
        let ids = Arc::new(SequentialIds::default());
        let random = Arc::new(SeededRandom::new(1));
        let holdings = Holdings::default();
        holdings.give(ACME, &["0101"]);
        holdings.give(OTHER, &["0909"]);
        let ports = Ports::new(
            store.clone(),
            Arc::new(vault::GlassVault),
            Arc::new(meta::scripted(holdings.clone())),
            (clock.clone(), ids.clone(), random.clone()),
            Arc::new(LocalBus::default()),
        );
        let hasher = PasswordHasher::new(random);
        let meta_apps = MetaAppService::new(ports.clone());
        let app = meta_apps
            .install_environment_app(environment_app())
            .await
            .unwrap()
            .id;
        let jwt_secret = SecretString::from("a secret of the test's own, 32 bytes");
        let auth = AuthService::new(ports.clone(), hasher.clone(), AuthSettings::new(jwt_secret));
        let connect = ConnectService::new(ports.clone(), connect_settings(app));
        let ready = Arc::new(AtomicBool::new(true));
        let api = Api {
            team: TeamService::new(ports.clone(), auth.clone()),
            auth,
            orgs: OrgService::new(ports.clone()),
            audit: AuditService::new(ports.clone()),
            meta_apps,
            accounts: AccountService::new(ports.clone(), connect.clone()),
            connect,
            settings: settings(),
            readiness: Arc::new(Ready(ready.clone())),
            receive: inbox::receive(&inbox, &ports),
            sending: sending::sending(&inbox, &ports),
            templates: templates::templates(&inbox, &ports),
            listeners: Listeners::new(ListenerLimits::default()),
            bodies: Bodies::new(BodyLimits::default()),
            stopping: CancellationToken::new(),
            metrics: Arc::new(|| "up 1\n".to_owned()),
            now: Arc::new(move || clock.now()),
            new_request_id: Arc::new(move || ids.next()),
        };
        Self {
            api,
            meta: holdings,
            store,
            inbox,
            _stores: stores,
            ports,
            ready,
            hasher,
        }
    }

    /// The same world, in which each org's files may take so many bytes.
    pub fn with_media_quota(mut self, bytes: i64) -> Self {
        self.ports.media_quota = Some(bytes);
        self.api.receive = inbox::receive(&self.inbox, &self.ports);
        self.api.sending = sending::sending(&self.inbox, &self.ports);
        self
    }

    /// Gives the owner a password that can be typed. Hashing takes its time, so only on demand.
    pub fn with_password(self) -> LocalBoxFuture<'static, Self> {
        Box::pin(async move {
            let hash = self.hasher.hash(PASSWORD.into()).await.unwrap();
            let now = self.ports.clock.now();
            let cookie = hash_of(&Who::Owner.cookie());
            let owner = self
                .store
                .principal_by_cookie(cookie, now)
                .await
                .unwrap()
                .unwrap();
            let kept = Some(owner.session.id);
            self.store
                .set_password(owner.user.id, hash, kept, now, vec![])
                .await
                .unwrap();
            self
        })
    }

    /// Makes the secret of an authenticator app of a person who has the password.
    pub async fn begin_two_factor(&self, who: Who) -> String {
        let body = json!({"currentPassword": PASSWORD});
        let begun = self.post(who, "/auth/two-factor", body).await;
        assert_eq!(begun.status, StatusCode::OK, "{}", begun.text);
        begun.json()["secret"].as_str().unwrap().to_owned()
    }

    /// Turns two-factor sign-in on. Answers the secret and the recovery codes.
    pub async fn turn_two_factor_on(&self, who: Who) -> (String, Vec<String>) {
        let secret = self.begin_two_factor(who).await;
        let body = json!({"code": self.code(&secret, 0)});
        let on = self.post(who, "/auth/two-factor/confirm", body).await;
        assert_eq!(on.status, StatusCode::OK, "{}", on.text);
        let codes = on.json()["recoveryCodes"].clone();
        (secret, serde_json::from_value(codes).unwrap())
    }

    /// The code of an authenticator app, so many steps from now.
    pub fn code(&self, secret: &str, steps: i64) -> String {
        let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
        let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
        let seconds = self.ports.clock.now().timestamp() + 30 * steps;
        totp.generate(u64::try_from(seconds).unwrap()).to_string()
    }

    /// Gives a person a second factor that nobody can use.
    pub async fn give_two_factor(&self, who: Who) {
        let now = self.ports.clock.now();
        let secret = SealedSecret::new(vec![1]);
        let store = &self.store;
        let begun = store.begin_second_factor(who.id(), secret.clone(), now);
        begun.await.unwrap();
        let factor = SecondFactor {
            user: who.id(),
            secret,
            created_at: now,
            confirmed_at: Some(now),
            last_step: None,
            recovery_codes: 0,
        };
        let confirmed = store.confirm_second_factor(factor, vec![], vec![]);
        assert!(confirmed.await.unwrap());
    }

    pub async fn send(&self, request: TestRequest) -> Answer {
        let app = init_service(App::new().configure(configure(self.api.clone()))).await;
        let request = request.to_request();
        let (method, path) = (request.method().clone(), request.path().to_owned());
        let response = call_service(&app, request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        documented::check(&method, &path, status);
        let body = to_bytes(response.into_body()).await.unwrap();
        Answer {
            status,
            headers,
            text: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// The status alone: what a WebSocket answers does not end.
    pub async fn send_head(&self, request: TestRequest) -> StatusCode {
        let app = init_service(App::new().configure(configure(self.api.clone()))).await;
        let request = request.to_request();
        let (method, path) = (request.method().clone(), request.path().to_owned());
        let status = call_service(&app, request).await.status();
        documented::check(&method, &path, status);
        status
    }

    pub async fn get(&self, who: Who, path: &str) -> Answer {
        self.send(ask(Method::GET, path, Some(who), None)).await
    }

    pub async fn post(&self, who: Who, path: &str, body: Value) -> Answer {
        self.send(ask(Method::POST, path, Some(who), Some(&body)))
            .await
    }

    /// Begins to connect in a browser on our own page. Answers the state and the nonce of its cookie.
    pub async fn begin(&self, who: Who, query: &str) -> (String, String) {
        let request = ask(
            Method::GET,
            &format!("/auth/meta-oauth/init?{query}"),
            Some(who),
            None,
        )
        .insert_header(("sec-fetch-site", "same-origin"));
        let answer = self.send(request).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let body = answer.json();
        let url = body["authUrl"].as_str().unwrap_or_default();
        let state = body["state"]
            .as_str()
            .or_else(|| url.split("state=").nth(1))
            .unwrap();
        (state.to_owned(), answer.cookie(NONCE).unwrap())
    }

    /// Connects the organisation's one number by the redirect flow. Answers where the browser was sent.
    pub async fn connect(&self, who: Who) -> Answer {
        let (state, nonce) = self.begin(who, "mode=redirect").await;
        let path = format!("/auth/meta-oauth/callback?code=canary-code&state={state}");
        let request = ask(Method::GET, &path, None, None)
            .append_header((header::COOKIE, format!("{NONCE}={nonce}")));
        self.send(request).await
    }
}

/// Two organisations with people who are signed in.
async fn settle(stores: &Stores) {
    let now = TestClock::default().now();
    for (id, name) in [(ACME, "Acme Coffee"), (OTHER, "Bravo Bikes")] {
        let org = Org {
            id,
            name: name.into(),
            created_at: now,
        };
        stores.store.create_org(org, vec![]).await.unwrap();
    }
    for who in Who::ALL {
        let user = User {
            id: who.id(),
            email: who.email(),
            name: format!("{who:?}"),
            is_operator: who == Who::Operator,
            created_at: now,
            proven_at: None,
        };
        let hash = PasswordHash(SecretString::from("no password has this hash"));
        let place = Some(who.place());
        let created = stores.store.create_user(user, hash, place, vec![]);
        created.await.unwrap();
        let session = AuthSession {
            id: who.sign_in(),
            user: who.id(),
            org: who.place().0,
            cookie: hash_of(&who.cookie()),
            created_at: now,
            expires_at: now + chrono::Duration::days(1),
            last_seen_at: now,
            revoked_at: None,
            client: None,
            address: None,
        };
        let refresh = RefreshToken {
            id: Uuid::from_u128(0x300 + who as u128).into(),
            session: session.id,
            hash: hash_of(&format!("refresh-of-{who:?}")),
            created_at: now,
            expires_at: now + chrono::Duration::days(1),
            used_at: None,
        };
        let signed_in = stores.store.sign_in(SignIn { session, refresh }, vec![]);
        signed_in.await.unwrap();
    }
}

fn hash_of(text: &str) -> TokenHash {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    TokenHash(hash.as_ref().try_into().unwrap())
}

fn environment_app() -> EnvironmentApp {
    EnvironmentApp {
        app_id: "1001".into(),
        app_secret: APP_SECRET.into(),
        verify_token: VERIFY_TOKEN.into(),
        config_id: Some("config".into()),
    }
}

fn connect_settings(app: MetaAppId) -> ConnectSettings {
    ConnectSettings {
        shared_app: false,
        redirect_uri: format!("{PUBLIC}/auth/meta-oauth/callback"),
        frontend_url: format!("{PUBLIC}/connections").parse().unwrap(),
        allowed_urls: vec![format!("{LISTED}/app").parse().unwrap()],
        default_app: app,
        state_key: hmac::Key::new(hmac::HMAC_SHA256, &[1; 32]),
        instance: "test".into(),
    }
}

fn settings() -> HttpSettings {
    HttpSettings {
        public_url: PUBLIC.parse().unwrap(),
        frontend_url: format!("{PUBLIC}/connections").parse().unwrap(),
        allowed_origins: vec![LISTED.into()],
        cookie_suffix: Some(8080),
        secure_cookies: true,
        serves_metrics: true,
        graph_version: "v25.0".into(),
        trust_proxy: false,
        proxy_hops: 0,
    }
}

/// A request by the person's cookie, as a program sends it: nothing says from which page.
pub fn ask(method: Method, path: &str, who: Option<Who>, body: Option<&Value>) -> TestRequest {
    let mut request = TestRequest::with_uri(path).method(method);
    if let Some(who) = who {
        request = request.append_header((header::COOKIE, format!("{SESSION}={}", who.cookie())));
    }
    match body {
        Some(body) => request.set_json(body),
        None => request,
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The whole Set-Cookie of this cookie.
    pub fn set_cookie(&self, name: &str) -> Option<String> {
        let mut cookies = self
            .headers
            .get_all(header::SET_COOKIE)
            .map(|v| v.to_str().unwrap());
        cookies
            .find(|c| c.starts_with(&format!("{name}=")))
            .map(str::to_owned)
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        let cookie = self.set_cookie(name)?;
        let value = cookie.split(';').next()?.split_once('=')?.1;
        Some(value.to_owned())
    }
}
