//! The typed client and its examples against the sandbox, which shares no types with it.

use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use serde_json::json;
use tokio::sync::mpsc;
use wabakit_domain::{outbound::Outbound, secret::Purpose};
use wabakit_graph::{
    AccessToken, AppCredentials, CallRetryPolicy, Credentials, ErrorKind, GraphClient,
    endpoints::{
        GetMedia, GetUpload, MarkRead, SendMessage, StartUpload, SubscribeApp, SubscribeWebhooks,
        TemplateCategory, UploadMedia, UploadPart,
    },
    messages::{
        AddressRequest, Audio, CardValues, ContactShare, Document, FlowLaunch, Image,
        InteractiveCard, InteractiveMessage, ListRow, ListSection, MessageDraft, NewMessage, Place,
        ProductGroup, Sticker, TemplateMessage, TemplateValue, TextContent, Video, VoiceCallButton,
    },
};
use wabakit_ports::vault::Vault as _;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

use crate::{
    sandbox::Play,
    support::{APP_ID, APP_SECRET, PaperVault},
};

/// The examples, compiled as modules: `run` is the part that a reader copies.
macro_rules! examples {
    ($($name:ident $file:literal)+) => {$(
        #[allow(
            dead_code,
            clippy::duplicate_mod,
            clippy::print_stdout,
            reason = "an example is a program"
        )]
        #[path = $file]
        mod $name;
    )+};
}

examples! {
    send_text "../../../graph/examples/send_text.rs"
    send_template "../../../graph/examples/send_template.rs"
    send_file "../../../graph/examples/send_file.rs"
    list_templates "../../../graph/examples/list_templates.rs"
    handle_errors "../../../graph/examples/handle_errors.rs"
    receive "../../../webhooks/examples/receive.rs"
}

pub(crate) const DENTAL: &str = "420000000000002";
/// A number that is connected from the start.
pub(crate) const NUMBER: &str = "530000000000004";
pub(crate) const PERSON: &str = "+15550100123";
const VERIFY_TOKEN: &str = "the receiver's token";

pub(crate) struct Sender {
    pub(crate) play: Play,
    pub(crate) client: GraphClient,
    pub(crate) credentials: Credentials,
}

impl Sender {
    pub(crate) async fn begin() -> Self {
        let play = Play::begin();
        let access = play.login(json!({"wabas": [DENTAL]})).await;
        let binding = access.grant.binding(Purpose::AccessToken);
        let sealed = access.grant.token.as_ref().unwrap();
        let token = PaperVault::default().open(binding, sealed).await.unwrap();
        let app = AppCredentials::new(APP_ID, APP_SECRET.to_owned());
        let client = GraphClient::builder()
            .base_url(&play.base)
            .retry(CallRetryPolicy::NEVER);
        Self {
            client: client.build().unwrap(),
            credentials: Credentials::proven(AccessToken::from(token), &app),
            play,
        }
    }

    /// The window is open, or a message outside of it is refused at once.
    pub(crate) async fn knobs(&self, window: &str) {
        let knobs = json!({
            "window": window, "refuseAtOnce": [131_026, 131_047], "metering": "off", "pairs": "off",
        });
        self.play.order("sending/knobs", knobs).await;
    }

    pub(crate) async fn send(&self, message: &NewMessage) -> String {
        let call = SendMessage::new(NUMBER, message);
        let sent = self.client.call(&self.credentials, &call).await;
        let sent = sent.unwrap_or_else(|error| panic!("{error}\n{}", message.to_json()));
        sent.body.id
    }

    async fn upload(&self, mime_type: &str, bytes: &'static [u8]) -> String {
        let upload = UploadMedia {
            phone_number_id: NUMBER.to_owned(),
            mime_type: mime_type.to_owned(),
            file_name: "file".to_owned(),
            size: bytes.len() as u64,
            content: stream::iter([Ok(Bytes::from_static(bytes))]).boxed(),
        };
        let uploaded = self.client.upload_media(&self.credentials, upload).await;
        uploaded.unwrap().body.id
    }
}

fn to() -> MessageDraft {
    NewMessage::to(PERSON)
}

/// The next answer of the example's server.
async fn next(told: &mut mpsc::UnboundedReceiver<(u16, String)>, what: &str) -> String {
    let next = tokio::time::timeout(Duration::from_secs(20), told.recv()).await;
    let (status, text) = next.unwrap_or_else(|_| panic!("no {what} came")).unwrap();
    assert_eq!(status, 200, "{text}");
    text
}

/// Runs the example's server for the rest of the process. Returns its address, and what it answered.
fn receiver() -> (String, mpsc::UnboundedReceiver<(u16, String)>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (tell, told) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        let secret = wabakit_webhooks::SecretString::from(APP_SECRET);
        let token = wabakit_webhooks::SecretString::from(VERIFY_TOKEN);
        for stream in listener.incoming() {
            let answer = receive::serve(stream.unwrap(), &secret, &token).unwrap();
            if tell.send(answer).is_err() {
                return;
            }
        }
    });
    (url, told)
}

fn interactive() -> Vec<InteractiveMessage> {
    let image = || Image::link("https://shop.example/tea.jpg");
    let card =
        |body| InteractiveCard::cta_url(image(), "See", "https://shop.example/tea").body(body);
    let rows = [ListRow::new("green", "Green tea").description("From Uji")];
    vec![
        InteractiveMessage::buttons("Tea?", [("yes", "Yes"), ("no", "No")]).header(image()),
        InteractiveMessage::list("Which?", "Choose", [ListSection::untitled(rows)]).footer("Tea"),
        InteractiveMessage::cta_url("Look", "See", "https://shop.example").header("News"),
        InteractiveMessage::flow(
            "Book",
            FlowLaunch::id("77", "Open")
                .token("t")
                .navigate("FIRST", json!({"a": 1})),
        ),
        InteractiveMessage::flow(
            "Book",
            FlowLaunch::name("booking", "Open").data_exchange().draft(),
        ),
        InteractiveMessage::product("9", "tea-1").body("Fresh"),
        InteractiveMessage::product_list(
            "Teas",
            "All",
            "9",
            [ProductGroup::new("Green", ["tea-1"])],
        ),
        InteractiveMessage::catalog("Our teas", Some("tea-1")),
        InteractiveMessage::location_request("Where are you?"),
        InteractiveMessage::address("Where to?", AddressRequest::country("IN")),
        InteractiveMessage::carousel("Offers", [card("One"), card("Two")]),
        InteractiveMessage::voice_call("Call us", VoiceCallButton::new("Call").ttl_minutes(60)),
        InteractiveMessage::call_permission_request("May we call?"),
        InteractiveMessage::contact_info_request("Your number?"),
        InteractiveMessage::order_status("On its way", "order-7", "shipped"),
        InteractiveMessage::order_details(
            "Pay",
            json!({
                "reference_id": "order-8", "type": "physical-goods", "currency": "INR",
                "payment_configuration": "shop", "payment_type": "upi",
                "total_amount": {"value": 1100, "offset": 100},
                "order": {
                    "status": "pending",
                    "items": [{"retailer_id": "tea-1", "name": "Tea", "quantity": 1,
                               "amount": {"value": 1100, "offset": 100}}],
                    "subtotal": {"value": 1100, "offset": 100}, "tax": {"value": 0, "offset": 100},
                },
            }),
        ),
    ]
}

fn templates() -> Vec<TemplateMessage> {
    let new = || TemplateMessage::new("any_template", "en_US");
    let card = |id| CardValues::new().header(Image::link(id)).url(0, "tea");
    vec![
        new().body([
            TemplateValue::named("name", "Zoë"),
            TemplateValue::currency("$1.00", "USD", 1000),
            TemplateValue::date_time("May 5"),
        ]),
        new()
            .header(Place::at(1.0, 2.0).name("Shop").address("Street 1"))
            .quick_reply(0, "stop"),
        new()
            .header(Document::link("https://shop.example/bill.pdf").filename("bill.pdf"))
            .url(0, "x"),
        new()
            .header(TemplateValue::product("9", "tea-1"))
            .offer_ends(1_900_000_000_000)
            .copy_code(0, "TEA25"),
        new().flow(0, "token", json!({"a": 1})),
        new().catalog(0, "tea-1"),
        new().products(0, "tea-1", [ProductGroup::new("Green", ["tea-1"])]),
        new().carousel([
            card("https://shop.example/1.jpg"),
            card("https://shop.example/2.jpg"),
        ]),
        TemplateMessage::one_time_code("any_code", "en_US", "123456"),
    ]
}

/// A message of each type, kind and part.
fn messages(earlier: &str) -> Vec<NewMessage> {
    let card = ContactShare::named("Zoë", "Young")
        .phone("WORK", "+1 555 010 0199")
        .email("WORK", "zoe@example.com");
    let group = || NewMessage::to_group("Y2FwaV9ncm91cDox");
    let plain = [
        to().text(TextContent::new("https://shop.example").preview_url(true)),
        to().image(Image::link("https://shop.example/a.jpg").caption("A")),
        to().video(Video::link("https://shop.example/a.mp4").caption("A")),
        to().audio(Audio::link("https://shop.example/a.ogg").voice()),
        to().document(Document::link("https://shop.example/a.pdf").filename("a.pdf")),
        to().sticker(Sticker::link("https://shop.example/a.webp")),
        to().location(Place::at(37.75, -122.42).name("Shop").address("Street 1")),
        to().contacts([card]),
        to().reaction(earlier, "👍"),
        to().no_reaction(earlier),
        to().text("Quoted").reply_to(earlier),
        group().text("All"),
        group().pin(earlier, 7),
        group().unpin(earlier),
    ];
    let interactive = interactive().into_iter().map(|it| to().interactive(it));
    let templates = templates().into_iter().map(|it| to().template(it));
    plain
        .into_iter()
        .chain(interactive)
        .chain(templates)
        .collect()
}

#[tokio::test]
async fn the_sandbox_takes_every_typed_message() {
    let sender = Sender::begin().await;
    sender.knobs("open").await;
    let first = sender
        .send(&to().text("Hello").callback_data("order-7"))
        .await;
    for message in messages(&first) {
        assert!(sender.send(&message).await.starts_with("wamid."));
    }
}

#[test]
fn the_products_own_checks_take_every_typed_message() {
    for message in messages("wamid.HBgLMTU1NTAxMDAxMjMVAgARGBJGMjI0RDIzREZEQjY1QjEwQkEA") {
        let message = message.to_json();
        let read = Outbound::from_json(message.clone());
        assert!(read.is_ok(), "{message}: {read:?}");
    }
}

#[tokio::test]
async fn a_file_is_sent_by_its_id_and_comes_back_checked() {
    let sender = Sender::begin().await;
    sender.knobs("open").await;
    let id = sender.upload("text/plain", b"tea and coffee").await;
    sender
        .send(&to().document(Document::id(id.as_str()).caption("Menu")))
        .await;
    let media = GetMedia {
        media_id: id,
        phone_number_id: Some(NUMBER.to_owned()),
    };
    let media = sender
        .client
        .call(&sender.credentials, &media)
        .await
        .unwrap()
        .body;
    let download = media.download(1000);
    assert!(download.sha256.is_some());
    assert_eq!(download.size, Some(14));
    let download = sender
        .client
        .download_media(&sender.credentials, &download)
        .await
        .unwrap();
    let bytes: Vec<_> = download.bytes.map(Result::unwrap).collect().await;
    assert_eq!(bytes.concat(), b"tea and coffee");
}

#[tokio::test]
async fn a_file_for_a_template_is_uploaded_to_a_handle() {
    let sender = Sender::begin().await;
    let (client, credentials) = (&sender.client, &sender.credentials);
    let start = StartUpload {
        app_id: APP_ID.to_owned(),
        file_name: "menu.pdf".to_owned(),
        file_length: 8,
        file_type: "application/pdf".to_owned(),
    };
    let session = client.call(credentials, &start).await.unwrap().body;
    let progress = GetUpload {
        session: session.clone(),
    };
    let progress = client.call(credentials, &progress).await.unwrap().body;
    let part = UploadPart {
        session,
        file_offset: progress.file_offset,
        size: 8,
        content: stream::iter([Ok(Bytes::from("%PDF")), Ok(Bytes::from("-1.7"))]).boxed(),
    };
    let file = client.upload_part(credentials, part).await.unwrap().body;
    assert!(file.handle.starts_with("4:"), "{}", file.handle);
}

#[tokio::test]
async fn a_refusal_has_its_kind() {
    let sender = Sender::begin().await;
    let error = async |message: &NewMessage| {
        let call = SendMessage::new(NUMBER, message);
        let error = sender
            .client
            .call(&sender.credentials, &call)
            .await
            .unwrap_err();
        assert!(!error.may_have_been_sent());
        error.kind()
    };
    sender.knobs("enforced").await;
    assert_eq!(error(&to().text("Hello")).await, ErrorKind::WindowClosed);
    sender.knobs("open").await;
    let unknown = to().image(Image::id("1"));
    assert_eq!(error(&unknown).await, ErrorKind::InvalidParameter);
    let user = NewMessage::to_user("US.999999999999999").text("Hello");
    assert_eq!(error(&user).await, ErrorKind::RecipientUnavailable);
    let read = MarkRead {
        phone_number_id: NUMBER.to_owned(),
        message_id: "wamid.unknown".to_owned(),
        typing: true,
    };
    let error = sender
        .client
        .call(&sender.credentials, &read)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidParameter);
}

#[tokio::test]
async fn the_examples_run() {
    let sender = Sender::begin().await;
    let (client, credentials) = (&sender.client, &sender.credentials);

    sender.knobs("enforced").await;
    let done = handle_errors::run(client, credentials, NUMBER, PERSON)
        .await
        .unwrap();
    // The window is closed, so it went as a template.
    assert!(matches!(done, handle_errors::Done::Sent(_)), "{done:?}");

    sender.knobs("open").await;
    send_text::run(client, credentials, NUMBER, PERSON)
        .await
        .unwrap();
    send_file::run(client, credentials, NUMBER, PERSON)
        .await
        .unwrap();
    let category = TemplateCategory::Utility;
    send_template::send(client, credentials, NUMBER, PERSON, &category)
        .await
        .unwrap();
}

#[tokio::test]
async fn the_example_of_webhooks_reads_what_the_sandbox_sends() {
    let sender = Sender::begin().await;
    let (client, credentials) = (&sender.client, &sender.credentials);
    let (callback_url, mut told) = receiver();
    let subscribe = SubscribeWebhooks {
        app_id: APP_ID.to_owned(),
        object: SubscribeWebhooks::WABA.to_owned(),
        callback_url,
        verify_token: VERIFY_TOKEN.into(),
        fields: vec!["messages".to_owned()],
    };
    let app = AppCredentials::new(APP_ID, APP_SECRET.to_owned());
    client
        .call(&Credentials::app(&app), &subscribe)
        .await
        .unwrap();
    next(&mut told, "challenge").await;
    let subscribe = SubscribeApp {
        waba_id: DENTAL.to_owned(),
        override_callback: None,
    };
    client.call(credentials, &subscribe).await.unwrap();

    let words = json!({"type": "text", "text": "Is it open?", "to": NUMBER});
    let written = sender
        .play
        .order("phones/15550100123/messages", words)
        .await;
    assert!(written.contains(r#""silence":null"#), "{written}");
    let line = next(&mut told, "message").await;
    assert!(line.starts_with("15550100123 "), "{line}");

    // The person has written, so a text may be sent.
    let wamid = sender.send(&to().text("Until six.")).await;
    let mut lines = Vec::new();
    while !lines.contains(&format!("{wamid} is Delivered")) {
        let text = next(&mut told, &format!("status after {lines:?}")).await;
        lines.extend(text.lines().map(str::to_owned));
    }
}

#[tokio::test]
async fn the_examples_of_templates_run() {
    let server = MockServer::start().await;
    let page = |body| ResponseTemplate::new(200).set_body_json(body);
    let template = |id: u32, language: &str| {
        json!({
            "id": id, "name": "order_shipped", "language": language, "status": "APPROVED", "category": "UTILITY",
        })
    };
    let next = json!({"cursors": {"after": "A"}, "next": "https://graph.facebook.com/next"});
    Mock::given(matchers::method("GET"))
        .and(matchers::query_param("after", "A"))
        .respond_with(page(json!({"data": [template(2, "en_US")]})))
        .with_priority(1)
        .mount(&server)
        .await;
    Mock::given(matchers::method("GET"))
        .respond_with(page(
            json!({"data": [template(1, "pt_BR")], "paging": next}),
        ))
        .mount(&server)
        .await;
    let client = GraphClient::builder()
        .base_url(server.uri())
        .build()
        .unwrap();
    let credentials = Credentials::bearer(AccessToken::new("token"));
    list_templates::run(&client, &credentials, DENTAL)
        .await
        .unwrap();
    let found = send_template::find_or_create(&client, &credentials, DENTAL)
        .await
        .unwrap();
    assert_eq!(found.id, "2");
    let requests = server.received_requests().await.unwrap();
    assert!(
        requests
            .iter()
            .all(|request| request.method.as_str() == "GET")
    );

    let empty = MockServer::start().await;
    Mock::given(matchers::method("GET"))
        .respond_with(page(json!({"data": []})))
        .mount(&empty)
        .await;
    Mock::given(matchers::method("POST"))
        .respond_with(page(
            json!({"id": "3", "status": "PENDING", "category": "MARKETING"}),
        ))
        .mount(&empty)
        .await;
    let client = GraphClient::builder()
        .base_url(empty.uri())
        .build()
        .unwrap();
    let created = send_template::find_or_create(&client, &credentials, DENTAL)
        .await
        .unwrap();
    assert_eq!(created.category, Some(TemplateCategory::Marketing));
}
