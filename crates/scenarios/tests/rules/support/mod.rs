//! The world of every rule: a store, a vault, a clock, a scripted Meta, and the services over them.

mod crash;
mod meta;
mod people;
mod receiver;
pub(crate) mod sending;
mod templates;
mod vault;

use std::sync::{Arc, atomic::AtomicBool};

use ring::hmac;
use uuid::Uuid;
use wabakit_domain::{
    account::Account,
    audit::AuditEvent,
    connect::{BrowserBinding, ConnectMode, ConnectSession, ConnectStatus, Refusal},
    grant::Grant,
    identity::Role,
    ids::{AccountId, AuthSessionId, ConnectSessionId, MetaAppId, OrgId, UserId},
    principal::Principal,
    secret::{ExposeSecret, Purpose, SecretBinding},
};
use wabakit_ports::{
    fakes::{SeededRandom, SequentialIds, TestClock},
    store::{ReceiveStore, Store},
    vault::Vault,
};
use wabakit_scenarios::Stores;
use wabakit_services::{
    AccountService, AuditFilter, BeginConnect, Begun, CallbackParams, CallbackResult, Caller,
    ConnectService, ConnectSettings, EnvironmentApp, Landing, Limit, LocalBus, MetaAppService,
    OauthSubmission, PageRequest, Ports, ServiceError,
};

pub(crate) use crash::{CrashingStore, Meet};
pub(crate) use meta::{FakeMeta, number, token_of, waba};
pub(crate) use people::{PASSWORD, People};
pub(crate) use receiver::{
    APP_SECRET, FakeFiles, Receiver, delivery, message, settings as receive_settings, texts,
    texts_value,
};
pub(crate) use templates::{FakeTemplates, template_node};
pub(crate) use vault::GlassVault;
pub(crate) use wabakit_ports::fakes::{Fate, FaultyStore, down};

pub(crate) const REDIRECT_URI: &str = "https://waba.example/auth/meta-oauth/callback";

pub(crate) struct World {
    /// The store of access and connections.
    pub(crate) store: Arc<dyn Store>,
    /// The store of receiving.
    pub(crate) inbox: Arc<dyn ReceiveStore>,
    _stores: Stores,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) meta: FakeMeta,
    /// Set when the process is dead to Meta and to the store.
    pub(crate) dead: Arc<AtomicBool>,
    pub(crate) ports: Ports,
    pub(crate) connect: ConnectService,
    pub(crate) accounts: AccountService,
    pub(crate) app: MetaAppId,
    pub(crate) admin: Caller,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::over(Stores::with_orgs().await).await
    }

    /// Makes a world without organisations.
    pub(crate) async fn unpeopled() -> Self {
        Self::over(Stores::empty().await).await
    }

    async fn over(stores: Stores) -> Self {
        let (store, inbox) = (stores.store.clone(), stores.inbox.clone());
        let clock = Arc::new(TestClock::default());
        let dead = Arc::new(AtomicBool::new(false));
        let meta = FakeMeta::new(dead.clone());
        let ports = Ports::new(
            store.clone(),
            Arc::new(GlassVault),
            Arc::new(meta.clone()),
            (
                clock.clone(),
                Arc::new(SequentialIds::default()),
                Arc::new(SeededRandom::new(7)),
            ),
            Arc::new(LocalBus::default()),
        );
        let environment = EnvironmentApp {
            app_id: "1001".into(),
            app_secret: "canary-app-secret".into(),
            verify_token: "canary-verify-token".into(),
            config_id: Some("config".into()),
        };
        let apps = MetaAppService::new(ports.clone());
        let app = apps.install_environment_app(environment).await.unwrap().id;
        let connect = ConnectService::new(ports.clone(), settings_of(app));
        let accounts = AccountService::new(ports.clone(), connect.clone());
        let admin = caller(1, 1, Role::Admin);
        Self {
            store,
            inbox,
            _stores: stores,
            clock,
            meta,
            dead,
            ports,
            connect,
            accounts,
            app,
            admin,
        }
    }

    /// Returns the connect service of a process that starts after this one died.
    pub(crate) fn restarted_over(&self, ports: Ports) -> ConnectService {
        ConnectService::new(ports, settings_of(self.app))
    }

    /// Makes the services of a process in which the first two calls meet at this point.
    pub(crate) fn meeting(&self, at: Meet) -> (ConnectService, Arc<CrashingStore>) {
        let store = CrashingStore::meeting(self.store.clone(), at);
        let ports = Ports {
            connect: store.clone(),
            ..self.ports.clone()
        };
        (self.restarted_over(ports), store)
    }

    pub(crate) async fn begin(&self, mode: ConnectMode, binding: BrowserBinding) -> Begun {
        self.begin_as(&self.admin, mode, binding).await.unwrap()
    }

    pub(crate) async fn begin_as(
        &self,
        caller: &Caller,
        mode: ConnectMode,
        binding: BrowserBinding,
    ) -> Result<Begun, ServiceError> {
        let begin = BeginConnect {
            mode,
            redirect_uri: None,
            return_to: None,
            meta_app: None,
            nonce: None,
            binding,
        };
        self.connect.begin(caller, begin).await
    }

    /// Logs in by redirect, in the browser that began.
    pub(crate) async fn log_in(&self, code: &str) -> (ConnectSessionId, Landing) {
        self.log_in_as(&self.admin, code).await
    }

    pub(crate) async fn log_in_as(
        &self,
        caller: &Caller,
        code: &str,
    ) -> (ConnectSessionId, Landing) {
        let mode = ConnectMode::Redirect;
        let begun = self
            .begin_as(caller, mode, BrowserBinding::Nonce)
            .await
            .unwrap();
        let landing = self.connect.callback(answer(&begun, code)).await;
        (begun.session, landing)
    }

    /// Connects the world's number `n1`, and returns its account.
    pub(crate) async fn connected(&self) -> Account {
        self.connected_as(&self.admin, "first").await
    }

    pub(crate) async fn connected_as(&self, caller: &Caller, name: &str) -> Account {
        let code = self.meta.login(name, token_of("person"));
        let (id, landing) = self.log_in_as(caller, &code).await;
        assert!(
            matches!(landing.result, CallbackResult::Success { .. }),
            "{:?}",
            landing.result
        );
        let (_, accounts) = self.connect.session(caller, id).await.unwrap();
        accounts[0].clone()
    }

    /// Makes a login that is refused. Returns the refusal and the session.
    pub(crate) async fn refused(&self, code: &str) -> (Refusal, ConnectSession) {
        let (id, landing) = self.log_in(code).await;
        let session = self.session(id).await;
        match landing.result {
            CallbackResult::Error(refusal, _) => (refusal, session),
            // A passing failure lands as pending, and the session has the problem.
            CallbackResult::Pending(_) => (session.problem().unwrap().refusal, session),
            CallbackResult::Success { .. } | CallbackResult::Unavailable => {
                panic!("it was to be refused")
            }
        }
    }

    pub(crate) async fn session(&self, id: ConnectSessionId) -> ConnectSession {
        self.store
            .session(self.admin.org, id)
            .await
            .unwrap()
            .unwrap()
    }

    pub(crate) async fn grant(&self, account: &Account) -> Grant {
        self.store
            .grant(account.org, account.grant)
            .await
            .unwrap()
            .unwrap()
    }

    /// Returns the organisation's active accounts.
    pub(crate) async fn listed(&self, caller: &Caller) -> Vec<Account> {
        let page = PageRequest {
            after: None,
            limit: Limit::MAX,
        };
        let page = self.accounts.list(caller, true, page).await.unwrap();
        page.rows.into_iter().map(|v| v.account).collect()
    }

    pub(crate) async fn account(&self, id: AccountId) -> Account {
        let row = self.store.account(self.admin.org, id).await.unwrap();
        row.unwrap().0
    }

    /// Returns the organisation's audit log, oldest first.
    pub(crate) async fn log(&self, org: OrgId) -> Vec<AuditEvent> {
        self.store.audit_chain(org, 0, 10_000).await.unwrap()
    }

    pub(crate) async fn actions(&self, org: OrgId) -> Vec<String> {
        self.log(org)
            .await
            .into_iter()
            .map(|e| e.event.action)
            .collect()
    }

    pub(crate) async fn find(&self, org: OrgId, action: &str) -> Vec<AuditEvent> {
        let filter = AuditFilter {
            action: Some(action.into()),
            user: None,
        };
        self.store
            .audit_log(org, filter, PageRequest::default())
            .await
            .unwrap()
            .rows
    }

    /// Runs the teardown worker until nothing is due.
    pub(crate) async fn tear_down(&self) {
        while self.connect.run_teardowns().await.unwrap() > 0 {}
    }

    pub(crate) async fn opened_pin(&self, account: &Account) -> Option<String> {
        let pin = account.registration_pin.as_ref()?;
        let binding = SecretBinding::grant(account.org, account.grant, Purpose::RegistrationPin);
        Some(
            GlassVault
                .open(binding, pin)
                .await
                .unwrap()
                .expose_secret()
                .to_owned(),
        )
    }
}

pub(crate) fn settings_of(app: MetaAppId) -> ConnectSettings {
    ConnectSettings {
        redirect_uri: REDIRECT_URI.into(),
        frontend_url: "https://waba.example/connections".parse().unwrap(),
        allowed_urls: vec!["https://shop.example/app".parse().unwrap()],
        default_app: app,
        shared_app: false,
        state_key: hmac::Key::new(hmac::HMAC_SHA256, &[3; 32]),
        instance: "one".into(),
    }
}

pub(crate) fn caller(org: u128, user: u128, role: Role) -> Caller {
    Caller {
        org: OrgId(Uuid::from_u128(org)),
        principal: Principal::Person {
            user: UserId(Uuid::from_u128(user)),
            role,
            is_operator: false,
            session: AuthSessionId(Uuid::from_u128(user)),
        },
        request_id: None,
    }
}

/// Makes Meta's redirect with a code, in the browser that began.
pub(crate) fn answer(begun: &Begun, code: &str) -> CallbackParams {
    CallbackParams {
        state: Some(begun.state.clone()),
        code: Some(code.into()),
        nonce: Some(begun.nonce.clone()),
        ..CallbackParams::default()
    }
}

pub(crate) fn submission(begun: &Begun, code: &str) -> OauthSubmission {
    OauthSubmission {
        code: code.into(),
        state: begun.state.clone(),
        ..OauthSubmission::default()
    }
}

pub(crate) fn refusal_of<T>(result: Result<T, ServiceError>) -> Refusal {
    match result {
        Err(ServiceError::Refused(problem)) => problem.refusal,
        Err(other) => panic!("not a refusal: {other}"),
        Ok(_) => panic!("it was to be refused"),
    }
}

pub(crate) fn is_completed(session: &ConnectSession) -> bool {
    session.status() == ConnectStatus::Completed
}

/// Returns the person of a caller.
pub(crate) fn id_of(caller: &Caller) -> UserId {
    caller.principal.user().unwrap()
}
