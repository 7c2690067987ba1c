//! Receiving, and a Meta that sends and keeps files.

use std::{sync::Arc, time::Duration};

use actix_web::{
    http::{Method, StatusCode},
    test::TestRequest,
    web::Bytes,
};
use futures::{StreamExt as _, stream};
use ring::hmac;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use wabakit_ports::{
    fakes::MemoryBlobs,
    meta::{MediaDownload, MediaLink, MetaError, MetaErrorKind, MockMediaGateway},
    store::ReceiveStore,
};
use wabakit_services::{Ports, Receive, ReceivePorts, ReceiveSettings};

use super::{ACME, APP_SECRET, Answer, OTHER, Who, World, ask};

/// The content of every file.
pub const FILE: &[u8] = b"0123456789";
/// The id of a file that Meta no longer has.
pub const GONE: &str = "5005";

pub fn receive(store: &Arc<dyn ReceiveStore>, ports: &Ports) -> Receive {
    let ports = ReceivePorts::new(
        ports.clone(),
        store.clone(),
        Arc::new(MemoryBlobs::default()),
        Arc::new(files()),
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, &[2; 32]);
    Receive::new(ports, ReceiveSettings::new(key))
}

fn files() -> MockMediaGateway {
    let mut files = MockMediaGateway::new();
    files.expect_media_link().returning(|_, _, id| {
        if id.as_str() == GONE {
            return Err(MetaError::new(MetaErrorKind::NotFound, "gone"));
        }
        Ok(MediaLink {
            url: "https://files.meta.example/one".into(),
            mime_type: None,
            sha256: None,
            size: None,
        })
    });
    files.expect_download().returning(|_, _, _| {
        Ok(MediaDownload {
            content_type: None,
            size: None,
            bytes: stream::iter([Ok(Bytes::from_static(FILE))]).boxed(),
        })
    });
    files
}

/// The secret with which Meta signs a body.
pub fn signature(body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, APP_SECRET.as_bytes());
    let tag = hmac::sign(&key, body.as_bytes());
    let digits = tag.as_ref().iter().map(|byte| format!("{byte:02x}"));
    format!("sha256={}", digits.collect::<String>())
}

/// A delivery of changes of the organisation's one number, each a field and what its value has beside metadata.
pub fn changes(who: Who, changes: &[(&str, Value)]) -> String {
    let (org, number) = match who {
        Who::Stranger => (OTHER, "0909"),
        _ => (ACME, "0101"),
    };
    let changes = changes.iter().map(|(field, more)| {
        let mut value = json!({"messaging_product": "whatsapp",
            "metadata": {"display_phone_number": format!("1555{number}"), "phone_number_id": number}});
        value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"field": field, "value": value})
    });
    let entry =
        json!({"id": format!("waba-{org}"), "time": 1, "changes": changes.collect::<Vec<_>>()});
    json!({"object": "whatsapp_business_account", "entry": [entry]}).to_string()
}

fn message(phone: &str, id: &str, content: Value) -> Value {
    let mut message =
        json!({"id": format!("wamid.{id}"), "from": phone, "timestamp": "1790000000"});
    message
        .as_object_mut()
        .unwrap()
        .extend(content.as_object().unwrap().clone());
    json!({"contacts": [{"wa_id": phone, "profile": {"name": format!("Person {phone}")}}], "messages": [message]})
}

pub fn text_from(phone: &str, id: &str, body: &str) -> (&'static str, Value) {
    let content = json!({"type": "text", "text": {"body": body}});
    ("messages", message(phone, id, content))
}

/// A file of this id, type and name.
pub fn image_from(phone: &str, id: &str, file: (&str, &str, &str)) -> (&'static str, Value) {
    let (media, mime, name) = file;
    let content = json!({"type": "document",
        "document": {"id": media, "mime_type": mime, "filename": name, "sha256": ""}});
    ("messages", message(phone, id, content))
}

impl World {
    /// Posts a body as Meta would.
    pub async fn deliver(&self, body: &str) -> Answer {
        let request = TestRequest::post()
            .uri("/api/webhooks/whatsapp")
            .insert_header(("x-hub-signature-256", signature(body)))
            .set_payload(body.to_owned());
        self.send(request).await
    }

    /// Works off what is delivered while `act` runs.
    pub async fn working<T>(&self, act: impl AsyncFnOnce() -> T) -> T {
        let stop = CancellationToken::new();
        let mut workers = self.api.receive.start(&stop);
        let done = act().await;
        stop.cancel();
        while workers.join_next().await.is_some() {}
        done
    }

    /// Delivers, and waits until it is applied: until the organisation's list has so many rows.
    pub async fn receive(&self, who: Who, body: &str, list: &str, rows: usize) -> Vec<Value> {
        self.working(async || {
            assert_eq!(self.deliver(body).await.status, StatusCode::OK);
            self.until(who, list, |data| data.len() == rows).await
        })
        .await
    }

    /// Asks for a list until it is as wanted.
    pub async fn until(
        &self,
        who: Who,
        list: &str,
        wanted: impl Fn(&[Value]) -> bool,
    ) -> Vec<Value> {
        let mut data = Vec::new();
        for _ in 0..2_000 {
            let answer = self.send(ask(Method::GET, list, Some(who), None)).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            data = answer.json()["data"].as_array().unwrap().clone();
            if wanted(&data) {
                return data;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("waited in vain: {list} has {data:?}");
    }
}
