//! The address to which Meta sends webhooks.

use actix_web::{http::StatusCode, test::TestRequest};
use rstest::rstest;
use serde_json::json;

use crate::support::{VERIFY_TOKEN, Who, World, changes, signature, text_from};

const PATH: &str = "/api/webhooks/whatsapp";

fn post(path: &str, body: impl Into<Vec<u8>>) -> TestRequest {
    TestRequest::post().uri(path).set_payload(body.into())
}

#[actix_web::test]
async fn a_signed_delivery_is_answered_200_with_nothing() {
    let world = World::new().await;
    let body = changes(Who::Owner, &[text_from("1", "1", "Hello")]);
    let answer = world.working(async || world.deliver(&body).await).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, ""));
    for header in ["x-request-id", "content-security-policy", "set-cookie"] {
        assert_eq!(answer.header(header), "", "it stands outside the edge");
    }
    let found = world
        .get(Who::Operator, "/api/operator/webhooks/deliveries")
        .await
        .json();
    assert_eq!(found["data"][0]["size"], body.len());
}

#[rstest]
#[case::missing(None, "missing_signature")]
#[case::malformed(Some("sha256=zz".to_owned()), "malformed_signature")]
#[case::of_another_body(Some(signature("another")), "wrong_signature")]
#[actix_web::test]
async fn a_delivery_that_is_not_signed_is_refused_and_counted(
    #[case] sent: Option<String>,
    #[case] reason: &str,
) {
    let world = World::new().await;
    let body = changes(Who::Owner, &[text_from("1", "1", "canary")]);
    let refused = world
        .working(async || {
            let mut request = post(PATH, body.clone()).peer_addr("192.0.2.7:1".parse().unwrap());
            if let Some(sent) = &sent {
                request = request.insert_header(("x-hub-signature-256", sent.as_str()));
            }
            let answer = world.send(request).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
            assert!(answer.text.len() < 20, "it is terse: {}", answer.text);
            let counted = "/api/operator/webhooks/rejections";
            world
                .until(Who::Operator, counted, |rows| !rows.is_empty())
                .await
        })
        .await;
    assert_eq!(refused[0]["reason"], reason);
    assert_eq!(refused[0]["count"], 1);
    assert_eq!(refused[0]["lastAddress"], "192.0.2.7");
    let stored = world
        .get(Who::Operator, "/api/operator/webhooks/deliveries")
        .await
        .json();
    assert_eq!(stored["data"], json!([]));
}

#[actix_web::test]
async fn more_than_three_megabytes_are_refused_before_they_are_checked() {
    let world = World::new().await;
    let body = "a".repeat(3 * 1024 * 1024 + 1);
    let answer = world.deliver(&body).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let fits = "a".repeat(3 * 1024 * 1024);
    let answer = world.working(async || world.deliver(&fits).await).await;
    assert_eq!(
        answer.status,
        StatusCode::OK,
        "what cannot be read is stored too"
    );
}

#[actix_web::test]
async fn a_delivery_that_could_not_be_stored_gets_503_and_may_be_sent_again() {
    let world = World::new().await;
    let body = changes(Who::Owner, &[text_from("1", "1", "Hello")]);
    // The writer has ended: nothing can be stored any more.
    world.working(async || ()).await;
    let answer = world.deliver(&body).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("retry-after"), "1");
}

#[actix_web::test]
async fn an_organisations_own_app_has_a_route_with_its_own_secret() {
    let world = World::new().await;
    let app = json!({"appId": "2002", "appSecret": "an-app-secret-of-their-own", "name": "Ours",
        "verifyToken": "a-verify-token-of-their-own"});
    let app = world.post(Who::Admin, "/api/meta-apps", app).await.json();
    let path = format!("{PATH}/{}", app["id"].as_str().unwrap());
    let body = changes(Who::Owner, &[text_from("1", "1", "Hello")]);
    let signed =
        || post(&path, body.clone()).insert_header(("x-hub-signature-256", signature(&body)));
    let refused = world.send(signed()).await;
    assert_eq!(
        refused.status,
        StatusCode::UNAUTHORIZED,
        "the platform's secret is not theirs"
    );
    let ask = |token: &str| {
        let query = format!("hub.mode=subscribe&hub.verify_token={token}&hub.challenge=42");
        TestRequest::get().uri(&format!("{path}?{query}"))
    };
    let theirs = world.send(ask("a-verify-token-of-their-own")).await;
    assert_eq!(
        (theirs.status, theirs.text.as_str()),
        (StatusCode::OK, "42")
    );
    assert_eq!(
        world.send(ask(VERIFY_TOKEN)).await.status,
        StatusCode::FORBIDDEN
    );
    for nobody in ["018f0000-0000-7000-8000-000000000000", "not-an-id"] {
        let answer = world
            .send(post(&format!("{PATH}/{nobody}"), body.clone()))
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}

#[actix_web::test]
async fn the_challenge_comes_back_as_plain_text_for_the_right_token_only() {
    let world = World::new().await;
    let ask = |query: &str| TestRequest::get().uri(&format!("{PATH}?{query}"));
    let right =
        format!("hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge=%3Cb%3E7");
    let answer = world.send(ask(&right)).await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (StatusCode::OK, "<b>7")
    );
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let wrong = "hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=7";
    for query in [wrong, "", "hub.challenge=7"] {
        let answer = world.send(ask(query)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(!answer.text.contains('7'));
        assert_plain(&answer);
    }
}

fn assert_plain(answer: &crate::support::Answer) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'"),
        (
            "strict-transport-security",
            "max-age=31536000; includeSubDomains",
        ),
    ] {
        assert_eq!(answer.header(name), value, "{}", answer.status);
    }
}

#[actix_web::test]
async fn each_answer_to_a_webhook_carries_headers_that_keep_it_from_being_shown() {
    let world = World::new().await;
    let requests = [
        TestRequest::get().uri(PATH),
        TestRequest::post().uri(PATH),
        TestRequest::post().uri(&format!("{PATH}/no-app")),
        TestRequest::post()
            .uri(PATH)
            .insert_header(("content-encoding", "gzip")),
        TestRequest::post()
            .uri(PATH)
            .insert_header(("content-length", "4000000")),
    ];
    for request in requests {
        let answer = world.send(request).await;
        assert!(answer.status.is_client_error(), "{}", answer.status);
        assert_plain(&answer);
    }
}
