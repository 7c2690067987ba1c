//! No secret shows in anything that this crate can print.

use std::fmt::Write as _;

use serde_json::json;
use wabakit_graph::endpoints::{
    DebugToken, DownloadMedia, ExchangeCode, ExchangeLongLived, IssuedToken, Me, OverrideCallback,
    OverridePhoneCallback, RegisterPhone, SubscribeApp, SubscribeWebhooks, VerifyCode,
};
use wabakit_graph::{AccessToken, AppCredentials, Credentials, Endpoint, GraphClient};
use wiremock::ResponseTemplate;

use crate::support::{Meta, builder};

const SECRETS: [&str; 7] = [
    "canary-token",
    "canary|app+secret",
    "canary%7Capp%2Bsecret",
    "canary code",
    "canary+code",
    "987654",
    "canary-verify",
];

fn app() -> AppCredentials {
    AppCredentials::new("1001", "canary|app+secret".to_owned())
}

fn credentials() -> Credentials {
    Credentials::proven(AccessToken::new("canary-token"), &app())
}

/// The printed form of every type that holds a secret.
struct Printed(String);

impl Printed {
    async fn call<E: Endpoint + std::fmt::Debug>(&mut self, client: &GraphClient, endpoint: &E)
    where
        E::Response: std::fmt::Debug,
    {
        write!(self.0, "{endpoint:?} {:?} ", endpoint.request()).unwrap();
        for credentials in [credentials(), Credentials::app(&app()), Credentials::none()] {
            write!(self.0, "{credentials:?} ").unwrap();
            match client.call(&credentials, endpoint).await {
                Ok(response) => write!(self.0, "{response:?}").unwrap(),
                Err(error) => write!(self.0, "{error} {error:?} {error:#?}").unwrap(),
            }
        }
    }

    async fn every_call(client: &GraphClient) -> String {
        let mut printed = Self(format!("{client:?} "));
        let token = AccessToken::new("canary-token");
        let code = || "canary code".into();
        let exchange = ExchangeCode {
            app: app(),
            code: code(),
            redirect_uri: None,
        };
        printed.call(client, &exchange).await;
        let long_lived = ExchangeLongLived {
            app: app(),
            token: token.clone(),
        };
        printed.call(client, &long_lived).await;
        printed.call(client, &DebugToken { token }).await;
        printed.call(client, &Me).await;
        let register = RegisterPhone {
            phone_number_id: "51".into(),
            pin: "987654".into(),
            data_localization_region: None,
        };
        printed.call(client, &register).await;
        printed
            .call(
                client,
                &VerifyCode {
                    phone_number_id: "51".into(),
                    code: code(),
                },
            )
            .await;
        let callback = OverrideCallback {
            uri: "https://x".into(),
            verify_token: "canary-verify".into(),
        };
        let subscribe = SubscribeApp {
            waba_id: "31".into(),
            override_callback: Some(callback),
        };
        printed.call(client, &subscribe).await;
        let callback = subscribe.override_callback;
        let webhooks = SubscribeWebhooks {
            app_id: "1001".into(),
            object: SubscribeWebhooks::WABA.into(),
            callback_url: "https://x".into(),
            verify_token: "canary-verify".into(),
            fields: vec![],
        };
        printed.call(client, &webhooks).await;
        let number = OverridePhoneCallback {
            phone_number_id: "51".into(),
            callback,
        };
        printed.call(client, &number).await;
        printed.0
    }
}

fn assert_clean(text: &str) {
    let proof = app().proof(&AccessToken::new("canary-token"));
    for secret in SECRETS
        .into_iter()
        .chain([proof.as_str(), "EAAfreshcanary"])
    {
        assert!(!text.contains(secret), "{secret} is seen in {text}");
    }
}

/// An error that echoes what it can: whole URLs, headers and bodies.
fn echo(status: u16) -> impl wiremock::Respond {
    move |request: &wiremock::Request| {
        let header = request.headers.get("authorization");
        let message = format!(
            "Malformed: {} {:?} {} {}",
            request.url,
            header.map(|value| value.to_str().unwrap_or_default()),
            String::from_utf8_lossy(&request.body),
            request
                .url
                .query_pairs()
                .map(|(_, value)| value.into_owned() + " ")
                .collect::<String>(),
        );
        ResponseTemplate::new(status).set_body_json(json!({"error": {
            "code": 100, "message": message, "type": message, "error_user_title": message,
            "error_user_msg": message, "fbtrace_id": message,
            "error_data": {"details": message},
        }}))
    }
}

#[tokio::test]
async fn errors_do_not_show_what_meta_echoes() {
    let meta = Meta::silent().await;
    wiremock::Mock::given(wiremock::matchers::any())
        .respond_with(echo(400))
        .mount(&meta.server)
        .await;

    let text = Printed::every_call(&meta.client).await;

    assert!(text.contains("Malformed") && text.contains("[redacted]"));
    assert_clean(&text);
}

#[tokio::test]
async fn a_download_shows_neither_its_link_nor_the_token() {
    let meta = Meta::silent().await;
    wiremock::Mock::given(wiremock::matchers::path("/echo"))
        .respond_with(echo(400))
        .mount(&meta.server)
        .await;
    let here = meta.server.uri();
    for (link, shows_link) in [
        // The server's own answer may quote the link, which is useless without the token.
        (format!("{here}/echo?hash=linkcanary"), true),
        (format!("{here}/404?hash=linkcanary"), false),
        ("http://127.0.0.1:1/?hash=linkcanary".to_owned(), false),
        (
            "https://elsewhere.example/?hash=linkcanary".to_owned(),
            false,
        ),
    ] {
        let media = DownloadMedia::new(link.into(), 10);
        let error = meta.client.download_media(&credentials(), &media).await;
        let error = error.unwrap_err();
        let text = format!("{media:?} {error} {error:?}");
        assert_clean(&text);
        assert_eq!(text.contains("linkcanary"), shows_link, "{text}");
    }
}

#[tokio::test]
async fn errors_do_not_show_answers_that_cannot_be_read() {
    // A fresh token in the place of a number: serde would quote it.
    let answer = json!({"access_token": {"EAAfreshcanary": 1}, "id": ["EAAfreshcanary"],
        "success": "EAAfreshcanary", "data": "EAAfreshcanary"});
    let meta = Meta::answering_json(200, answer).await;
    let text = Printed::every_call(&meta.client).await;
    assert!(text.contains("cannot be read"));
    assert_clean(&text);
}

#[tokio::test]
async fn transport_errors_do_not_show_the_url() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let text = Printed::every_call(&builder(&url).build().unwrap()).await;
    assert!(text.contains("Connect"));
    assert!(!text.contains("oauth/access_token"), "{text}");
    assert_clean(&text);
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_not_shown() {
    let target = Meta::answering_json(200, json!({"id": "1"})).await;
    let location = format!("{}/?access_token=EAAfreshcanary", target.server.uri());
    let answer = ResponseTemplate::new(302).insert_header("location", location.as_str());
    let meta = Meta::answering(answer).await;
    assert_clean(&Printed::every_call(&meta.client).await);
    assert!(target.received().await.is_empty());
}

#[test]
fn an_issued_token_hides_itself_and_what_came_with_it() {
    let issued: IssuedToken = serde_json::from_value(
        json!({"access_token": "EAAfreshcanary", "id_token": "EAAfreshcanary"}),
    )
    .unwrap();
    let text = format!("{issued:?}");
    assert!(text.contains("id_token"));
    assert_clean(&text);
}
