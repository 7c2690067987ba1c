//! A world that receives: connected numbers, a store that fails on demand, and Meta's webhooks.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use ring::hmac;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use wabakit_domain::{
    account::Account,
    connect::{BrowserBinding, ConnectMode},
    delivery::ParkedItem,
    event::Event,
    identity::Role,
    ids::{MetaAppId, MetaMediaId, OrgId, PhoneNumberId},
};
use wabakit_ports::{
    fakes::MemoryBlobs,
    meta::{GrantAccess, MediaDownload, MediaGateway, MediaLink, MetaError, MetaErrorKind},
    store::{EventPage, Scope},
};
use wabakit_services::{
    Caller, IngestRefusal, LocalBus, PageRequest, Receive, ReceivePorts, ReceiveSettings,
};

use super::{FaultyStore, World, caller, number, token_of, waba};

pub(crate) const APP_SECRET: &str = "canary-app-secret";

pub(crate) struct Receiver {
    pub(crate) world: World,
    pub(crate) store: Arc<FaultyStore>,
    pub(crate) files: Arc<FakeFiles>,
    pub(crate) blobs: Arc<MemoryBlobs>,
    pub(crate) ports: ReceivePorts,
    pub(crate) receive: Receive,
    pub(crate) account: Account,
}

pub(crate) fn settings() -> ReceiveSettings {
    ReceiveSettings::new(hmac::Key::new(hmac::HMAC_SHA256, &[5; 32]))
}

/// Starts receiving with the writer as the only worker.
fn started(ports: &ReceivePorts, settings: ReceiveSettings) -> Receive {
    let receive = Receive::new(ports.clone(), settings);
    let writing = receive.clone();
    tokio::spawn(async move { writing.write(&CancellationToken::new()).await });
    receive
}

impl Receiver {
    /// Makes a world in which the admin's organisation has the number `n1` on the WABA `waba`.
    pub(crate) async fn new() -> Self {
        Self::with(settings()).await
    }

    pub(crate) async fn with(settings: ReceiveSettings) -> Self {
        let world = World::new().await;
        let account = world.connected().await;
        let store = Arc::new(FaultyStore::new(world.inbox.clone()));
        let (files, blobs) = (Arc::<FakeFiles>::default(), Arc::<MemoryBlobs>::default());
        let ports = ReceivePorts {
            journal: store.clone(),
            changes: store.clone(),
            ..ReceivePorts::new(
                world.ports.clone(),
                world.inbox.clone(),
                blobs.clone(),
                files.clone(),
            )
        };
        let receive = started(&ports, settings);
        Self {
            world,
            store,
            files,
            blobs,
            ports,
            receive,
            account,
        }
    }

    /// Makes another process over the same store, with a quota of files.
    pub(crate) fn with_quota(&self, bytes: i64) -> Receive {
        let mut ports = self.ports.clone();
        ports.base.media_quota = Some(bytes);
        started(&ports, settings())
    }

    /// Makes another process over the same store.
    pub(crate) fn restarted(&self) -> Receive {
        started(&self.ports, settings())
    }

    /// Makes another replica, with its own bus, whose writer does not run yet.
    pub(crate) fn replica(&self) -> Receive {
        self.replica_with(settings())
    }

    pub(crate) fn replica_with(&self, settings: ReceiveSettings) -> Receive {
        let ports = ReceivePorts {
            bus: Arc::new(LocalBus::default()),
            ..self.ports.clone()
        };
        Receive::new(ports, settings)
    }

    /// Connects the number `id` on `waba_id` for another organisation.
    pub(crate) async fn connected(&self, org: u128, id: &str, waba_id: &str) -> (Caller, Account) {
        let caller = caller(org, org, Role::Admin);
        self.world.meta.script().wabas = vec![(waba(waba_id), vec![number(id, "CONNECTED")])];
        let name = format!("login of {org} {id}");
        let account = self.world.connected_as(&caller, &name).await;
        (caller, account)
    }

    /// Posts a body, signed by the platform's app.
    pub(crate) async fn post(&self, body: &Value) -> Result<(), IngestRefusal> {
        self.post_by(None, APP_SECRET, body).await
    }

    pub(crate) async fn post_by(
        &self,
        app: Option<MetaAppId>,
        secret: &str,
        body: &Value,
    ) -> Result<(), IngestRefusal> {
        self.post_to(&self.receive, app, secret, body).await
    }

    pub(crate) async fn post_to(
        &self,
        receive: &Receive,
        app: Option<MetaAppId>,
        secret: &str,
        body: &Value,
    ) -> Result<(), IngestRefusal> {
        let body = Bytes::from(body.to_string());
        let signature = wabakit_webhooks::sign(&secret.into(), &body);
        self.take(receive, app, Some(&signature), body).await
    }

    pub(crate) async fn take(
        &self,
        receive: &Receive,
        app: Option<MetaAppId>,
        signature: Option<&str>,
        body: Bytes,
    ) -> Result<(), IngestRefusal> {
        let signature = signature.map(str::as_bytes);
        let admission = receive.ingest.admit(app, signature).await?;
        receive.ingest.take(&admission, body).await.map(drop)
    }

    pub(crate) async fn split(&self) {
        let mut splitter = self.receive.splitter();
        while splitter.round().await.unwrap() > 0 {}
    }

    pub(crate) async fn apply(&self) {
        let mut applier = self.receive.applier(0);
        while applier.round().await.unwrap() > 0 {}
        applier.rest().await;
    }

    /// Posts, splits and applies.
    pub(crate) async fn receive(&self, body: &Value) {
        self.post(body).await.unwrap();
        self.settle().await;
    }

    pub(crate) async fn settle(&self) {
        self.split().await;
        self.apply().await;
    }

    pub(crate) async fn events(&self, org: OrgId) -> Vec<Event> {
        match self.world.inbox.events_after(org, 0, 10_000).await.unwrap() {
            EventPage::Events { events, .. } => events,
            EventPage::Gone { .. } => panic!("the log is gone"),
        }
    }

    /// Returns the organisation's events that were not pruned.
    pub(crate) async fn events_left(&self, org: OrgId) -> Vec<Event> {
        match self.world.inbox.events_after(org, 0, 1).await.unwrap() {
            EventPage::Gone { oldest } => {
                match self
                    .world
                    .inbox
                    .events_after(org, oldest - 1, 10_000)
                    .await
                    .unwrap()
                {
                    EventPage::Events { events, .. } => events,
                    EventPage::Gone { .. } => panic!("the oldest is gone"),
                }
            }
            EventPage::Events { .. } => self.events(org).await,
        }
    }

    /// Returns the kinds of the organisation's events, except those of connecting its numbers.
    pub(crate) async fn kinds(&self, org: OrgId) -> Vec<&'static str> {
        let events = self.events(org).await;
        let kinds = events.iter().map(|event| event.data.kind());
        let of_connecting =
            |kind: &&str| kind.starts_with("connection.") || *kind == "account.connected";
        kinds.filter(|kind| !of_connecting(kind)).collect()
    }

    /// Returns the texts of the organisation's messages, in the order of the log.
    pub(crate) async fn texts(&self, org: OrgId) -> Vec<String> {
        use wabakit_domain::event::EventData;
        let events = self.events(org).await;
        let text = |event: Event| match event.data {
            EventData::MessageReceived(told) => told.message.content.preview().map(str::to_owned),
            _ => None,
        };
        events.into_iter().filter_map(text).collect()
    }

    pub(crate) async fn parked(&self) -> Vec<ParkedItem> {
        let page = PageRequest::default();
        let found = self.world.inbox.parked(Scope::Platform, None, page).await;
        let mut rows = found.unwrap().rows;
        rows.sort_by_key(|item| (item.change, item.index));
        rows
    }

    pub(crate) async fn queued(&self) -> i64 {
        self.world.inbox.queued_count(1_000).await.unwrap()
    }

    pub(crate) async fn connects(&self, caller: &Caller, id: &str, waba_id: &str) {
        self.world.meta.script().wabas = vec![(waba(waba_id), vec![number(id, "CONNECTED")])];
        let connect = &self.world.connect;
        let begin = wabakit_services::BeginConnect {
            mode: ConnectMode::Redirect,
            redirect_uri: None,
            return_to: None,
            meta_app: None,
            nonce: None,
            binding: BrowserBinding::Nonce,
        };
        let begun = connect.begin(caller, begin).await.unwrap();
        let code = self
            .world
            .meta
            .login(&format!("late {id}"), token_of("person"));
        let landing = connect.callback(super::answer(&begun, &code)).await;
        assert!(matches!(
            landing.result,
            wabakit_services::CallbackResult::Success { .. }
        ));
    }
}

/// Makes a body with one change.
pub(crate) fn delivery(waba: &str, field: &str, value: Value) -> Value {
    json!({"object": "whatsapp_business_account", "entry": [{"id": waba, "changes": [
        {"field": field, "value": value},
    ]}]})
}

/// Makes a body with texts to a number, each with the id `wamid.<text>`, from the customer `491510000`.
pub(crate) fn texts(waba: &str, number: &str, texts: &[&str]) -> Value {
    delivery(waba, "messages", texts_value(number, texts))
}

pub(crate) fn texts_value(number: &str, texts: &[&str]) -> Value {
    let messages: Vec<_> = texts.iter().map(|text| message(text)).collect();
    json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1555", "phone_number_id": number},
        "contacts": [{"profile": {"name": "Zoë"}, "wa_id": "491510000"}],
        "messages": messages,
    })
}

pub(crate) fn message(text: &str) -> Value {
    json!({"id": format!("wamid.{text}"), "from": "491510000", "timestamp": "1767225000",
        "type": "text", "text": {"body": text}})
}

/// Scripted files at Meta.
#[derive(Default)]
pub(crate) struct FakeFiles(Mutex<Files>);

#[derive(Default)]
pub(crate) struct Files {
    /// The bytes by link.
    pub(crate) bytes: std::collections::BTreeMap<String, Result<Vec<u8>, MetaErrorKind>>,
    /// The link that Meta returns for a media id.
    pub(crate) links: std::collections::BTreeMap<String, Result<String, MetaErrorKind>>,
    pub(crate) calls: Vec<String>,
}

impl FakeFiles {
    pub(crate) fn script(&self) -> std::sync::MutexGuard<'_, Files> {
        self.0.lock().unwrap()
    }
}

fn failed(kind: MetaErrorKind) -> MetaError {
    MetaError::new(kind, "scripted")
}

#[async_trait]
impl MediaGateway for FakeFiles {
    async fn media_link(
        &self,
        _access: &GrantAccess,
        number: &PhoneNumberId,
        media: &MetaMediaId,
    ) -> Result<MediaLink, MetaError> {
        let mut script = self.script();
        script.calls.push(format!("link {media} of {number}"));
        let link = script.links.get(media.as_str()).cloned();
        let url = link
            .unwrap_or(Err(MetaErrorKind::NotFound))
            .map_err(failed)?;
        Ok(MediaLink {
            url: url.into(),
            mime_type: None,
            sha256: None,
            size: None,
        })
    }

    /// Compares the bytes with the link's digest, as the port says.
    async fn download(
        &self,
        _access: &GrantAccess,
        link: &MediaLink,
        max_bytes: u64,
    ) -> Result<MediaDownload, MetaError> {
        use wabakit_domain::secret::ExposeSecret as _;
        let mut script = self.script();
        let url = link.url.expose_secret();
        script.calls.push(format!("download {url}"));
        let bytes = script.bytes.get(url).cloned();
        let bytes = bytes
            .unwrap_or(Err(MetaErrorKind::LinkExpired))
            .map_err(failed)?;
        if bytes.len() as u64 > max_bytes {
            return Err(failed(MetaErrorKind::MediaTooLarge));
        }
        let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
        let same = link
            .sha256
            .is_none_or(|promised| promised.0 == digest.as_ref());
        let (first, second) = bytes.split_at(bytes.len() / 2);
        let mut parts = vec![Ok(Bytes::copy_from_slice(first))];
        parts.push(match same {
            true => Ok(Bytes::copy_from_slice(second)),
            false => Err(failed(MetaErrorKind::MediaCorrupt)),
        });
        Ok(MediaDownload {
            content_type: Some("image/jpeg".into()),
            size: Some(bytes.len() as u64),
            bytes: stream::iter(parts).boxed(),
        })
    }
}
