//! Sending, to a Meta that takes everything.

use std::sync::Arc;

use actix_web::{
    http::{Method, StatusCode},
    test::TestRequest,
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use wabakit_ports::{
    fakes::MemoryBlobs,
    meta::{MockSendGateway, RawAnswer},
    store::ReceiveStore,
};
use wabakit_services::{Ports, SendPorts, SendSettings, Sending};

use super::{Answer, Who, World, ask};

/// A world in which messages are queued, and nothing is taken to Meta.
pub fn sending(store: &Arc<dyn ReceiveStore>, ports: &Ports) -> Sending {
    let ports = SendPorts::new(
        ports.clone(),
        (store.clone(), store.clone()),
        Arc::new(MemoryBlobs::default()),
        Arc::new(meta()),
    );
    let sending = Sending::new(ports, SendSettings::default());
    sending.start(&CancellationToken::new()).detach_all();
    sending
}

fn meta() -> MockSendGateway {
    let mut meta = MockSendGateway::new();
    meta.expect_mark_read()
        .withf(|_, number, message, _| {
            number.as_str() == "0101" && message.as_str().starts_with("wamid.")
        })
        .returning(|_, _, _, _| Ok(()));
    meta.expect_raw().returning(|_, request| {
        let body = json!({"asked": request.path, "query": request.query});
        Ok(RawAnswer { status: 400, body })
    });
    meta
}

/// A template, which is sent in any window.
pub fn template(to: &str) -> Value {
    json!({"to": to, "type": "template", "template": {"name": "hello_world", "language": {"code": "en_US"}}})
}

impl World {
    /// Sends a message by the API, under this key.
    pub async fn submit(&self, who: Who, key: &str, body: &Value) -> Answer {
        let request = ask(Method::POST, "/api/messages", Some(who), Some(body));
        self.send(request.insert_header(("idempotency-key", key)))
            .await
    }

    /// Queues a template; answers the message.
    pub async fn queued(&self, who: Who, to: &str) -> Value {
        let answer = self.post(who, "/api/messages", template(to)).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text);
        answer.json()
    }

    /// Uploads a file of this type and name.
    pub async fn upload(&self, who: Who, (mime, name): (&str, &str), bytes: &[u8]) -> Answer {
        let path = format!("/api/media?filename={name}");
        let request: TestRequest = ask(Method::POST, &path, Some(who), None);
        let request = request.insert_header(("content-type", mime));
        self.send(request.set_payload(bytes.to_vec())).await
    }
}
