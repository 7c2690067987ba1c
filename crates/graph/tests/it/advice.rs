//! The advice of an error, from the answer to the caller.

use std::time::Duration;

use rstest::rstest;
use serde_json::{Value, json};
use wabakit_graph::endpoints::{
    DeleteTemplate, GetBusinessProfile, MarkRead, SendMessage, UpdateBusinessProfile,
};
use wabakit_graph::messages::NewMessage;
use wabakit_graph::{CallRetryPolicy, Endpoint, ErrorKind, RetryAdvice};
use wiremock::ResponseTemplate;

use crate::support::{Meta, builder, raw_server, token};

fn error(code: i64) -> Value {
    json!({"error": {"code": code, "message": "m"}})
}

async fn advice<E: Endpoint>(answer: ResponseTemplate, endpoint: &E) -> RetryAdvice {
    let mut meta = Meta::answering(answer).await;
    let uri = meta.server.uri();
    meta.client = builder(&uri).retry(CallRetryPolicy::NEVER).build().unwrap();
    meta.call(endpoint).await.map(drop).unwrap_err().advice()
}

async fn of_send(status: u16, body: Value) -> RetryAdvice {
    let message = NewMessage::to("15550100123").text("x");
    let answer = ResponseTemplate::new(status).set_body_json(body);
    advice(answer, &SendMessage::new("51", &message)).await
}

fn read() -> MarkRead {
    MarkRead {
        phone_number_id: "51".into(),
        message_id: "wamid.A".into(),
        typing: false,
    }
}

fn profile() -> GetBusinessProfile {
    GetBusinessProfile {
        phone_number_id: "51".into(),
    }
}

#[rstest]
#[case(500, error(131_000))]
#[case(503, error(2))]
#[case(502, json!("a proxy's page"))]
#[case(200, json!({"messages": []}))]
#[tokio::test]
async fn a_message_that_may_be_on_its_way_is_checked_first(
    #[case] status: u16,
    #[case] body: Value,
) {
    assert_eq!(of_send(status, body).await, RetryAdvice::CheckFirst);
}

#[tokio::test]
async fn what_does_no_harm_twice_is_made_again_after_the_same_answer() {
    let again = RetryAdvice::After(Duration::from_secs(1));
    let down = || ResponseTemplate::new(503).set_body_json(error(2));
    assert_eq!(advice(down(), &profile()).await, again);
    assert_eq!(advice(down(), &read()).await, again);
    let delete = DeleteTemplate {
        waba_id: "42".into(),
        name: "n".into(),
        template_id: None,
    };
    assert_eq!(advice(down(), &delete).await, again);
    let profile = UpdateBusinessProfile {
        phone_number_id: "51".into(),
        profile: Default::default(),
    };
    assert_eq!(advice(down(), &profile).await, again);
}

#[rstest]
#[case(190, RetryAdvice::Reauthorise)]
#[case(10, RetryAdvice::Reauthorise)]
#[case(131_042, RetryAdvice::Resolve)]
#[case(131_047, RetryAdvice::ChangeRequest)]
#[case(131_050, RetryAdvice::Never)]
#[case(987_654, RetryAdvice::Never)]
#[case(131_056, RetryAdvice::After(Duration::from_secs(4)))]
#[case(131_049, RetryAdvice::After(Duration::from_secs(24 * 3600)))]
#[tokio::test]
async fn a_refusal_has_the_advice_of_its_code(#[case] code: i64, #[case] advice: RetryAdvice) {
    assert_eq!(of_send(400, error(code)).await, advice);
}

#[tokio::test]
async fn a_wait_that_meta_demands_comes_before_the_documented_one() {
    let answer = |code| {
        ResponseTemplate::new(400)
            .set_body_json(error(code))
            .insert_header("retry-after", "77")
    };
    let demanded = RetryAdvice::After(Duration::from_secs(77));
    assert_eq!(advice(answer(130_429), &read()).await, demanded);
    assert_eq!(advice(answer(4), &read()).await, demanded);
    // The header is about limits: no wait brings back a person who opted out, or a token.
    assert_eq!(advice(answer(131_050), &read()).await, RetryAdvice::Never);
    assert_eq!(advice(answer(190), &read()).await, RetryAdvice::Reauthorise);
}

#[tokio::test]
async fn without_an_answer_it_depends_on_how_far_the_request_came() {
    let message = NewMessage::to("15550100123").text("x");
    let send = SendMessage::new("51", &message);
    let broken = builder(&raw_server("", false).await).build().unwrap();
    let error = broken.call(&token(), &send).await.unwrap_err();
    assert_eq!(
        (error.may_have_been_sent(), error.advice()),
        (true, RetryAdvice::CheckFirst)
    );
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let nobody = builder(&format!("http://{closed}")).build().unwrap();
    let error = nobody.call(&token(), &send).await.unwrap_err();
    let again = RetryAdvice::After(Duration::from_secs(1));
    assert_eq!((error.may_have_been_sent(), error.advice()), (false, again));
    let send = SendMessage::new("5/1", &message);
    let error = nobody.call(&token(), &send).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.advice()),
        (ErrorKind::InvalidRequest, RetryAdvice::ChangeRequest)
    );
}
