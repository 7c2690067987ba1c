//! whatsapp-business-rs.

use std::env;
use std::error::Error;
use std::net::TcpListener;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;
use whatsapp_business_rs::app::SubscriptionField;
use whatsapp_business_rs::client::{Auth, Client};
use whatsapp_business_rs::message::{Draft, Media, MediaSource, MediaType, MessageRef};
use whatsapp_business_rs::server::{EventContext, Handler, IncomingMessage, Server};

type Outcome = Result<(), Box<dyn Error>>;

const NUMBER: &str = "530000000000004";
const WABA: &str = "420000000000002";
const CUSTOMER: &str = "4915112345678";
const APP: (&str, &str) = ("880000000000001", "sandbox-app-secret");
const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89,
];

struct Sandbox {
    base: String,
    http: reqwest::Client,
    client: Client,
    token: String,
}

impl Sandbox {
    /// Calls the control API.
    async fn control(&self, path: &str, body: Value) -> Result<Value, Box<dyn Error>> {
        let call = self
            .http
            .post(format!("{}/_sandbox/{path}", self.base))
            .json(&body);
        Ok(call.send().await?.error_for_status()?.json().await?)
    }

    async fn write(&self, text: &str) -> Result<String, Box<dyn Error>> {
        let order = json!({ "to": NUMBER, "type": "text", "text": text });
        let written = self
            .control(&format!("phones/{CUSTOMER}/messages"), order)
            .await?;
        Ok(written["id"].as_str().unwrap_or_default().to_owned())
    }

    async fn sending(&self) -> Outcome {
        let written = self.write("Hello").await?;
        let manager = self.client.message(NUMBER);
        let sent = manager.send(CUSTOMER, "Hello").await?;
        if !sent.message.message_id().starts_with("wamid.") {
            return Err("no message id".into());
        }
        let buttons = Draft::text("Which?")
            .add_reply_button("a", "A")
            .add_reply_button("b", "B");
        manager.send(CUSTOMER, buttons).await?;
        manager
            .send(CUSTOMER, Draft::location(52.5, 13.4).location_name("Here"))
            .await?;
        let written = MessageRef::from_message_id(written);
        manager.send(CUSTOMER, Draft::react('👍', &written)).await?;
        manager.set_read(&written).await?;
        Ok(())
    }

    async fn media(&self) -> Outcome {
        let manager = self.client.message(NUMBER);
        let kind = MediaType::Image(whatsapp_business_rs::message::ImageExtension::Png);
        let id = manager.upload_media(PNG.to_vec(), kind, "a.png").await?;
        let info = manager.get_media_info(&id).await?;
        let call = self.http.get(info.url()).bearer_auth(&self.token);
        if call.send().await?.bytes().await? != PNG {
            return Err("other bytes".into());
        }
        manager
            .send(
                CUSTOMER,
                Draft::media(Media::png(MediaSource::id(id.clone()))),
            )
            .await?;
        manager.delete_media(&id).await?;
        Ok(())
    }

    async fn webhooks(&self) -> Outcome {
        let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
        let (told, mut heard) = mpsc::unbounded_channel();
        let config = ("my-verify-token", format!("http://{address}/"));
        let app_auth = Auth::secret(APP);
        let registration = self
            .client
            .app(APP.0)
            .configure_webhook(config)
            .events([SubscriptionField::Messages].into())
            .with_auth(app_auth);
        let server = Server::builder()
            .endpoint(address)
            .verify_payload(APP.1)
            .build();
        let serving = tokio::spawn(
            server
                .serve(Ear(told))
                .register_webhook(registration)
                .into_future(),
        );
        let subscribe = format!("{}/v24.0/{WABA}/subscribed_apps", self.base);
        let call = self.http.post(subscribe).bearer_auth(&self.token);
        call.send().await?.error_for_status()?;
        let mut text = None;
        // The library registers its callback while the server begins, so the customer writes until it is heard.
        for _ in 0..40 {
            self.write("Are you open?").await?;
            if let Ok(Some(came)) =
                tokio::time::timeout(Duration::from_millis(250), heard.recv()).await
            {
                text = Some(came);
                break;
            }
            if serving.is_finished() {
                serving.await??;
                return Err("its server ended".into());
            }
        }
        serving.abort();
        match text.as_deref() {
            Some("Are you open?") => Ok(()),
            other => Err(format!("heard {other:?}").into()),
        }
    }
}

/// Tells the texts that come.
#[derive(Clone)]
struct Ear(mpsc::UnboundedSender<String>);

impl Handler for Ear {
    async fn handle_message(&self, _: EventContext, message: IncomingMessage) {
        let text = message.text().unwrap_or_default().to_owned();
        drop(self.0.send(text));
    }
}

#[tokio::main]
async fn main() -> Outcome {
    let base = env::var("SANDBOX_URL")?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let order = json!({ "expiresIn": 0 });
    let issued = http
        .post(format!("{base}/_sandbox/tokens"))
        .json(&order)
        .send()
        .await?;
    let issued: Value = issued.json().await?;
    let token = issued["accessToken"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let sandbox = Sandbox {
        client: Client::new(token.as_str()).await?,
        base,
        http,
        token,
    };
    let say = |area: &str, outcome: Outcome| {
        let text = outcome.map_or_else(|error| error.to_string(), |()| "ok".to_owned());
        let line = text.lines().next().unwrap_or_default().replace('\t', " ");
        println!("whatsapp-business-rs 0.5.0\t{area}\t{line}");
    };
    say("sending", sandbox.sending().await);
    say("media", sandbox.media().await);
    say("profile", Err("none".into()));
    say("settings", Err("none".into()));
    say("webhooks", sandbox.webhooks().await);
    Ok(())
}
