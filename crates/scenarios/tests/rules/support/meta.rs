//! A scripted Meta: it holds assets, codes, tokens and PINs, records each call, and fails on demand.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use chrono::Duration;
use wabakit_domain::{
    account::NumberHealth,
    connect::SignupHints,
    grant::{Expiry, Grant, TokenKind},
    ids::{PhoneNumberId, WabaId},
    meta_app::MetaApp,
    meta_error::MetaErrorRef,
    secret::{ExposeSecret, Purpose, SealedSecret, SecretString},
};
use wabakit_ports::{
    meta::{
        Assets, DialogRequest, ExchangedToken, GrantAccess, MetaError, MetaErrorKind, MetaGateway,
        NumberFacts, SdkConfig, TokenFacts, WabaFacts,
    },
    vault::Vault,
};

use super::vault::GlassVault;

/// The way in which a call fails.
struct Fault {
    method: &'static str,
    /// The calls that pass before it strikes.
    after: usize,
    /// The number of times that it strikes.
    times: usize,
    kind: MetaErrorKind,
    /// Tells whether Meta acts and only the answer is lost.
    acts: bool,
    /// Meta's code and subcode.
    said: Option<(i64, i64)>,
}

pub(crate) struct Script {
    pub(crate) businesses: usize,
    pub(crate) wabas: Vec<(WabaFacts, Vec<NumberFacts>)>,
    pub(crate) tokens: BTreeMap<String, TokenFacts>,
    pub(crate) codes: BTreeMap<String, String>,
    pub(crate) used_codes: BTreeSet<String>,
    pub(crate) subscribed: BTreeSet<WabaId>,
    /// The two-step PINs of numbers that have one.
    pub(crate) pins: BTreeMap<PhoneNumberId, String>,
    pub(crate) calls: Vec<String>,
    faults: Vec<Fault>,
    /// The call at which the process dies, after Meta has acted.
    pub(crate) dies_at: Option<(&'static str, Arc<AtomicBool>)>,
    /// The redirect addresses with which codes were exchanged.
    pub(crate) redirect_uris: Vec<Option<String>>,
}

#[derive(Clone)]
pub(crate) struct FakeMeta(Arc<Mutex<Script>>, Arc<AtomicBool>);

pub(crate) fn meta_error(kind: MetaErrorKind) -> MetaError {
    MetaError {
        kind,
        detail: "scripted".into(),
        meta: Some(MetaErrorRef {
            code: 4242,
            subcode: None,
            fbtrace_id: Some("trace".into()),
            message: "scripted".into(),
        }),
    }
}

pub(crate) fn health(status: &str) -> NumberHealth {
    NumberHealth {
        quality_rating: Some("GREEN".into()),
        status: Some(status.into()),
        code_verification_status: Some("VERIFIED".into()),
        ..NumberHealth::default()
    }
}

pub(crate) fn number(id: &str, status: &str) -> NumberFacts {
    NumberFacts {
        id: id.into(),
        display_phone_number: format!("+1 555 {id}"),
        verified_name: Some(format!("Name of {id}")),
        health: health(status),
    }
}

pub(crate) fn waba(id: &str) -> WabaFacts {
    WabaFacts {
        id: id.into(),
        name: Some(format!("WABA {id}")),
        business_id: Some("business".into()),
        business_name: Some("Lucky Shrub".into()),
    }
}

pub(crate) fn token_of(user: &str) -> TokenFacts {
    TokenFacts {
        is_valid: true,
        app_id: Some("1001".into()),
        kind: TokenKind::SystemUser,
        meta_user: Some(user.into()),
        scopes: vec![
            "whatsapp_business_management".into(),
            "whatsapp_business_messaging".into(),
            "business_management".into(),
        ],
        granted_wabas: Vec::new(),
        expires: Expiry::Never,
        data_access_expires: Expiry::Unknown,
        error: None,
    }
}

impl FakeMeta {
    pub(crate) fn new(dead: Arc<AtomicBool>) -> Self {
        let script = Script {
            businesses: 1,
            wabas: vec![(waba("waba"), vec![number("n1", "PENDING")])],
            tokens: BTreeMap::new(),
            codes: BTreeMap::new(),
            used_codes: BTreeSet::new(),
            subscribed: BTreeSet::new(),
            pins: BTreeMap::new(),
            calls: Vec::new(),
            faults: Vec::new(),
            dies_at: None,
            redirect_uris: Vec::new(),
        };
        Self(Arc::new(Mutex::new(script)), dead)
    }

    pub(crate) fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap()
    }

    /// Makes a login code for a token with these facts. Code and token are distinguished by their names.
    pub(crate) fn login(&self, name: &str, facts: TokenFacts) -> String {
        let (code, token) = (format!("code-{name}"), format!("token-{name}"));
        let mut script = self.script();
        script.tokens.insert(token.clone(), facts);
        script.codes.insert(code.clone(), token);
        code
    }

    /// Makes the call after `after` more of them fail, without an effect at Meta.
    pub(crate) fn fail(
        &self,
        method: &'static str,
        after: usize,
        times: usize,
        kind: MetaErrorKind,
    ) {
        let acts = false;
        self.script().faults.push(Fault {
            method,
            after,
            times,
            kind,
            acts,
            said: None,
        });
    }

    /// Makes the next call fail with this code and subcode about the login.
    pub(crate) fn fail_with(&self, method: &'static str, code: i64, subcode: i64) {
        self.script().faults.push(Fault {
            method,
            after: 0,
            times: 1,
            kind: MetaErrorKind::TokenInvalid,
            acts: false,
            said: Some((code, subcode)),
        });
    }

    /// Makes each call after so many more fail with this code and subcode of Meta's about the login.
    pub(crate) fn fail_always_after(
        &self,
        method: &'static str,
        after: usize,
        code: i64,
        subcode: i64,
    ) {
        self.script().faults.push(Fault {
            method,
            after,
            times: usize::MAX,
            kind: MetaErrorKind::TokenInvalid,
            acts: false,
            said: Some((code, subcode)),
        });
    }

    /// Makes the next call succeed at Meta, and loses the answer.
    pub(crate) fn lose_answer(&self, method: &'static str) {
        self.script().faults.push(Fault {
            method,
            after: 0,
            times: 1,
            kind: MetaErrorKind::Unavailable,
            acts: true,
            said: None,
        });
    }

    pub(crate) fn heal(&self) {
        self.script().faults.clear();
    }

    /// Counts the calls: `"register n1"`, or `"register"` for all calls of a method.
    pub(crate) fn count(&self, call: &str) -> usize {
        let calls = &self.script().calls;
        let same = |c: &&String| *c == call || c.split(' ').next() == Some(call);
        calls.iter().filter(same).count()
    }

    /// Kills a token, as a person does who removes the app's permissions.
    pub(crate) fn kill(&self, token: &str) {
        self.script().tokens.get_mut(token).unwrap().is_valid = false;
    }

    pub(crate) fn set_health(&self, id: &str, change: impl Fn(&mut NumberHealth)) {
        let mut script = self.script();
        for number in script.wabas.iter_mut().flat_map(|(_, n)| n) {
            if number.id.as_str() == id {
                change(&mut number.health);
            }
        }
    }

    /// Records the call and does what Meta does, unless a fault strikes.
    async fn call<T>(
        &self,
        method: &'static str,
        target: &str,
        act: impl FnOnce(&mut Script) -> Result<T, MetaErrorKind>,
    ) -> Result<T, MetaError> {
        // Yields, so that racing tasks do race.
        tokio::task::yield_now().await;
        if self.1.load(Ordering::SeqCst) {
            return Err(meta_error(MetaErrorKind::Unavailable));
        }
        let mut script = self.script();
        script.calls.push(format!("{method} {target}"));
        let mut struck = None;
        for fault in script.faults.iter_mut().filter(|f| f.method == method) {
            if fault.after > 0 {
                fault.after -= 1;
            } else if fault.times > 0 && struck.is_none() {
                fault.times -= 1;
                struck = Some((fault.kind, fault.acts, fault.said));
            }
        }
        if let Some((kind, false, said)) = struck {
            let mut error = meta_error(kind);
            if let (Some((code, subcode)), Some(meta)) = (said, &mut error.meta) {
                (meta.code, meta.subcode) = (code, Some(subcode));
            }
            return Err(error);
        }
        let answer = act(&mut script);
        if let Some((at, dead)) = &script.dies_at
            && *at == method
        {
            dead.store(true, Ordering::SeqCst);
            return Err(meta_error(MetaErrorKind::Unavailable));
        }
        match struck {
            Some((kind, ..)) => Err(meta_error(kind)),
            None => answer.map_err(meta_error),
        }
    }

    /// Calls with a grant's token, which must be valid.
    async fn call_as<T>(
        &self,
        method: &'static str,
        target: &str,
        access: &GrantAccess,
        act: impl FnOnce(&mut Script) -> Result<T, MetaErrorKind>,
    ) -> Result<T, MetaError> {
        let token = opened(access).await?;
        self.call(method, target, |script| {
            let lives = script.tokens.get(&token).is_some_and(|t| t.is_valid);
            if lives {
                act(script)
            } else {
                Err(MetaErrorKind::TokenInvalid)
            }
        })
        .await
    }
}

async fn opened(access: &GrantAccess) -> Result<String, MetaError> {
    let missing = || meta_error(MetaErrorKind::TokenUnreadable);
    let sealed = access.grant.token.as_ref().ok_or_else(missing)?;
    let binding = access.grant.binding(Purpose::AccessToken);
    Ok(GlassVault
        .open(binding, sealed)
        .await?
        .expose_secret()
        .to_owned())
}

impl Script {
    fn number(&mut self, id: &PhoneNumberId) -> Result<&mut NumberFacts, MetaErrorKind> {
        let mut numbers = self.wabas.iter_mut().flat_map(|(_, numbers)| numbers);
        numbers.find(|n| n.id == *id).ok_or(MetaErrorKind::NotFound)
    }

    pub(crate) fn facts(&self, token: &str) -> TokenFacts {
        self.tokens
            .get(token)
            .cloned()
            .unwrap_or_else(|| TokenFacts {
                is_valid: false,
                app_id: None,
                ..token_of("nobody")
            })
    }
}

#[async_trait]
impl MetaGateway for FakeMeta {
    fn dialog_url(&self, app: &MetaApp, request: &DialogRequest) -> String {
        let (app, state) = (&app.app_id, &request.state);
        format!(
            "https://meta.example/dialog?client_id={app}&state={state}&popup={}",
            request.popup
        )
    }

    fn sdk_config(&self) -> SdkConfig {
        SdkConfig {
            graph_version: "v25.0".into(),
            sdk_url: "https://meta.example/sdk.js".into(),
        }
    }

    async fn exchange_code(
        &self,
        _app: &MetaApp,
        grant: &Grant,
        code: &SealedSecret,
        redirect_uri: Option<String>,
    ) -> Result<ExchangedToken, MetaError> {
        let code = GlassVault
            .open(grant.binding(Purpose::AuthorizationCode), code)
            .await?;
        let code = code.expose_secret().to_owned();
        let token = self
            .call("exchange_code", "", |script| {
                script.redirect_uris.push(redirect_uri);
                let token = script.codes.get(&code).cloned();
                let token = token.ok_or(MetaErrorKind::CodeRejected)?;
                let first = script.used_codes.insert(code);
                first.then_some(token).ok_or(MetaErrorKind::CodeUsed)
            })
            .await?;
        let token = GlassVault
            .seal(grant.binding(Purpose::AccessToken), &token.into())
            .await?;
        Ok(ExchangedToken {
            token,
            expires_in: None,
        })
    }

    async fn exchange_long_lived(&self, access: &GrantAccess) -> Result<ExchangedToken, MetaError> {
        let short = opened(access).await?;
        let long = self
            .call("exchange_long_lived", "", |script| {
                let long = format!("{short}-long");
                let mut facts = script.facts(&short);
                facts.expires = Expiry::Unknown;
                script.tokens.insert(long.clone(), facts);
                Ok(long)
            })
            .await?;
        let binding = access.grant.binding(Purpose::AccessToken);
        Ok(ExchangedToken {
            token: GlassVault.seal(binding, &long.into()).await?,
            expires_in: Some(Duration::days(60)),
        })
    }

    async fn inspect_token(&self, access: &GrantAccess) -> Result<TokenFacts, MetaError> {
        let token = opened(access).await?;
        self.call("inspect_token", "", |script| Ok(script.facts(&token)))
            .await
    }

    async fn inspect_foreign_token(
        &self,
        app: &MetaApp,
        token: &SecretString,
    ) -> Result<TokenFacts, MetaError> {
        let token = token.expose_secret().to_owned();
        self.call("inspect_foreign_token", app.app_id.as_str(), |script| {
            Ok(script.facts(&token))
        })
        .await
    }

    async fn find_assets(
        &self,
        access: &GrantAccess,
        _granted: &[WabaId],
        _hints: &SignupHints,
    ) -> Result<Assets, MetaError> {
        self.call_as("find_assets", "", access, |script| {
            Ok(Assets {
                businesses: script.businesses,
                wabas: script.wabas.clone(),
            })
        })
        .await
    }

    async fn number(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
    ) -> Result<NumberFacts, MetaError> {
        self.call_as("number", number.as_str(), access, |s| {
            s.number(number).cloned()
        })
        .await
    }

    async fn waba(&self, access: &GrantAccess, waba: &WabaId) -> Result<WabaFacts, MetaError> {
        self.call_as("waba", waba.as_str(), access, |s| {
            let found = s.wabas.iter().find(|(w, _)| w.id == *waba);
            found.map(|(w, _)| w.clone()).ok_or(MetaErrorKind::NotFound)
        })
        .await
    }

    async fn numbers(
        &self,
        access: &GrantAccess,
        waba: &WabaId,
    ) -> Result<Vec<NumberFacts>, MetaError> {
        self.call_as("numbers", waba.as_str(), access, |s| {
            let found = s.wabas.iter().find(|(w, _)| w.id == *waba);
            found.map(|(_, n)| n.clone()).ok_or(MetaErrorKind::NotFound)
        })
        .await
    }

    async fn is_subscribed(&self, access: &GrantAccess, waba: &WabaId) -> Result<bool, MetaError> {
        self.call_as("is_subscribed", waba.as_str(), access, |s| {
            Ok(s.subscribed.contains(waba))
        })
        .await
    }

    async fn subscribe(&self, access: &GrantAccess, waba: &WabaId) -> Result<(), MetaError> {
        self.call_as("subscribe", waba.as_str(), access, |s| {
            s.subscribed.insert(waba.clone());
            Ok(())
        })
        .await
    }

    async fn unsubscribe(&self, access: &GrantAccess, waba: &WabaId) -> Result<(), MetaError> {
        self.call_as("unsubscribe", waba.as_str(), access, |s| {
            s.subscribed.remove(waba);
            Ok(())
        })
        .await
    }

    async fn register(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
        pin: &SealedSecret,
    ) -> Result<(), MetaError> {
        let pin = GlassVault
            .open(access.grant.binding(Purpose::RegistrationPin), pin)
            .await?;
        let pin = pin.expose_secret().to_owned();
        self.call_as("register", number.as_str(), access, |s| {
            if *s.pins.entry(number.clone()).or_insert_with(|| pin.clone()) != pin {
                return Err(MetaErrorKind::PinMismatch);
            }
            s.number(number)?.health.status = Some("CONNECTED".into());
            Ok(())
        })
        .await
    }

    async fn deregister(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
    ) -> Result<(), MetaError> {
        self.call_as("deregister", number.as_str(), access, |s| {
            s.number(number)?.health.status = Some("DISCONNECTED".into());
            Ok(())
        })
        .await
    }

    async fn revoke(&self, access: &GrantAccess) -> Result<(), MetaError> {
        let token = opened(access).await?;
        let target = self.script().facts(&token).meta_user.map(|u| u.to_string());
        self.call_as("revoke", &target.unwrap_or_default(), access, |s| {
            s.tokens
                .get_mut(&token)
                .ok_or(MetaErrorKind::TokenInvalid)?
                .is_valid = false;
            Ok(())
        })
        .await
    }
}
