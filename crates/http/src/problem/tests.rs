use actix_web::body::{MessageBody, to_bytes};
use rstest::rstest;
use serde_json::Value;
use wabakit_domain::{meta_error::MetaErrorRef, principal::Scope};

use super::*;

async fn answered(error: &ApiError) -> (HttpResponse<()>, Value) {
    let (head, body) = Answer::from(error)
        .respond(Some(Uuid::from_u128(1)))
        .into_parts();
    let body = to_bytes(body.boxed()).await.unwrap();
    (head, serde_json::from_slice(&body).unwrap())
}

#[rstest]
#[case(ServiceError::Unauthenticated, 401, "unauthenticated")]
#[case(ServiceError::InvalidCredentials, 401, "invalid_credentials")]
#[case(ServiceError::SecondFactorRequired, 401, "second_factor_required")]
#[case(ServiceError::WrongCode, 401, "wrong_code")]
#[case(ServiceError::RefreshTokenReused, 401, "refresh_token_reused")]
#[case(ServiceError::Forbidden("admin"), 403, "forbidden")]
#[case(ServiceError::ScopeRequired(Scope::MessagesSend), 403, "forbidden")]
#[case(ServiceError::NotFound("this account"), 404, "not_found")]
#[case(Invalid::new("/email", "No.").into(), 422, "invalid")]
#[case(ServiceError::Conflict("wrong_state", "It is over.".into()), 409, "wrong_state")]
#[case(ServiceError::LinkGone, 410, "link_gone")]
#[case(Refusal::NumberInUse.into(), 409, "number_in_use")]
#[case(Refusal::MetaUnavailable.into(), 503, "meta_unavailable")]
#[case(Refusal::VaultUnavailable.into(), 503, "vault_unavailable")]
#[case(Refusal::MetaRateLimited.into(), 429, "meta_rate_limited")]
#[case(Refusal::MissingScope.into(), 422, "missing_scope")]
#[case(
    ServiceError::TooMany(chrono::Duration::seconds(90)),
    429,
    "too_many_attempts"
)]
#[case(ServiceError::Internal("canary".into()), 500, "internal")]
#[actix_web::test]
async fn each_error_has_its_status_and_code(
    #[case] error: ServiceError,
    #[case] status: u16,
    #[case] code: &str,
) {
    let (head, problem) = answered(&error.into()).await;
    assert_eq!(head.status().as_u16(), status);
    assert_eq!(
        (&problem["status"], &problem["code"]),
        (&status.into(), &code.into())
    );
    assert_eq!(problem["requestId"], "00000000-0000-0000-0000-000000000001");
    let retry = head.headers().contains_key(header::RETRY_AFTER);
    assert_eq!(retry, status == 429 || status == 503);
    assert_eq!(
        head.headers().contains_key(header::WWW_AUTHENTICATE),
        status == 401
    );
    assert!(
        !problem.to_string().contains("canary"),
        "a fault of ours tells no cause"
    );
}

#[actix_web::test]
async fn a_wait_is_told_in_whole_seconds_that_are_enough() {
    let error = ServiceError::TooMany(chrono::Duration::milliseconds(89_500)).into();
    let (head, _) = answered(&error).await;
    assert_eq!(head.headers().get(header::RETRY_AFTER).unwrap(), "90");
}

#[actix_web::test]
async fn every_refusal_reaches_the_caller_in_its_own_words_with_what_meta_said() {
    for refusal in Refusal::ALL {
        let problem = connect::Problem::new(*refusal).with_meta(Some(MetaErrorRef {
            code: 190,
            subcode: Some(463),
            fbtrace_id: Some("trace".into()),
            message: "canary".into(),
        }));
        let (_, told) = answered(&ServiceError::Refused(problem).into()).await;
        assert_eq!(told["code"], refusal.code());
        let detail = told["detail"].as_str().unwrap();
        // Only Meta knows the cause of these three refusals, so its words are shown with them.
        let of_meta = [
            Refusal::MetaRefused,
            Refusal::SubscribeFailed,
            Refusal::RegistrationFailed,
        ];
        if of_meta.contains(refusal) {
            assert_eq!(detail, format!("{} (190: canary)", refusal.detail()));
        } else {
            assert_eq!(detail, refusal.detail());
        }
        assert_eq!(told["who"], refusal.who().as_str());
        let docs = told["docs"].as_str().unwrap();
        let anchor = docs.strip_prefix("docs/troubleshooting.md#").unwrap();
        let page = include_str!("../../../../docs/troubleshooting.md");
        assert!(page.contains(&format!("<a id=\"{anchor}\">")), "{anchor}");
        assert_eq!(told["remedy"], refusal.remedy());
        let meta = serde_json::json!({"code": 190, "subcode": 463, "fbtraceId": "trace"});
        assert_eq!(told["meta"], meta);
    }
}

#[test]
fn a_full_disk_is_told_as_one_whichever_database_says_it_and_however_deep() {
    #[derive(Debug, thiserror::Error)]
    #[error("the write failed")]
    struct Wrapped(#[source] std::io::Error);
    type Cause = Box<dyn std::error::Error + Send + Sync>;
    let unavailable = |cause: Cause| {
        let error = wabakit_ports::store::StoreError::Unavailable(cause);
        let answer = Answer::from(&ServiceError::Unavailable(error));
        let (title, who) = (answer.problem.title.clone(), answer.problem.who.clone());
        (answer.status, title.contains("disk is full"), who.is_some())
    };
    let deep = |words: &'static str| -> Cause { Box::new(Wrapped(std::io::Error::other(words))) };
    let full: [Cause; 4] = [
        "database or disk is full".into(),
        "could not extend file \"base/5/16\": No space left on device".into(),
        deep("database or disk is full"),
        deep("PANIC: could not write to file \"pg_wal/xlogtemp\": No space left on device"),
    ];
    for full in full {
        assert_eq!(
            unavailable(full),
            (StatusCode::SERVICE_UNAVAILABLE, true, true)
        );
    }
    for other in [
        deep("the database cannot be reached"),
        deep("disk I/O error"),
    ] {
        assert_eq!(
            unavailable(other),
            (StatusCode::SERVICE_UNAVAILABLE, false, false)
        );
    }
}

/// Makes every error once, with its texts.
fn all() -> Vec<ApiError> {
    use wabakit_domain::{message::MessageStatus, outbound::MediaKind};
    let service = [
        ServiceError::Unauthenticated,
        ServiceError::InvalidCredentials,
        ServiceError::RefreshTokenReused,
        ServiceError::Forbidden("admin"),
        ServiceError::ScopeRequired(Scope::MessagesSend),
        ServiceError::NotFound("this account"),
        Invalid::new("/email", "No.").into(),
        ServiceError::Conflict("wrong_state", "It is over.".into()),
        ServiceError::LinkGone,
        ServiceError::TooMany(chrono::Duration::seconds(90)),
        ServiceError::Unavailable(wabakit_ports::store::StoreError::Conflict),
        ServiceError::Internal("canary".into()),
    ];
    let until = chrono::DateTime::from_timestamp(1_790_000_000, 0);
    let send = [
        SendError::Invalid(vec![Invalid::new("/text/body", "Too long.")]),
        SendError::WindowClosed { until },
        SendError::WindowClosed { until: None },
        SendError::OptedOut,
        SendError::NoAccount,
        SendError::NotConnected,
        SendError::InFlight,
        SendError::KeyReused,
        SendError::KeyMalformed,
        SendError::NotQueued(MessageStatus::Sent),
        SendError::NotRetryable(MessageStatus::Sent),
        SendError::NotUnknown(MessageStatus::Sent),
        SendError::MayRepeat,
        SendError::NoInbound,
        SendError::NotStored,
        SendError::OverQuota(20 << 30),
        SendError::MediaTooLarge {
            kind: MediaKind::Image,
            at_most: 5_242_880,
        },
        SendError::MediaType("Meta takes no such file.".into()),
        SendError::MediaEmpty,
        SendError::RawNotAllowed("There is no such edge."),
    ];
    let refused = Refusal::ALL.iter().map(|refusal| {
        let problem = connect::Problem::new(*refusal).about(["1".to_owned()]);
        ApiError::Session(problem, Uuid::from_u128(2))
    });
    let own = [
        ApiError::SessionExpired,
        ApiError::Csrf,
        ApiError::MalformedJson,
        ApiError::NotJson,
        ApiError::TooLarge(65_536),
        ApiError::EventsGone(17),
        ApiError::TooManyListeners,
        ApiError::NoWebSocket,
        ApiError::RangeNotSatisfiable(9),
        ApiError::UnknownRoute,
        ApiError::WrongMethod("GET, POST".into()),
    ];
    let service = service.into_iter().map(ApiError::Service);
    let send = send.into_iter().map(ApiError::Send);
    service.chain(send).chain(refused).chain(own).collect()
}

#[actix_web::test]
async fn problems_are_written_as_ever() {
    let mut text = String::new();
    for error in all() {
        let (_, body) = Answer::from(&error)
            .respond(Some(Uuid::from_u128(1)))
            .into_parts();
        let body = to_bytes(body.boxed()).await.unwrap();
        text.push_str(std::str::from_utf8(&body).unwrap());
        text.push('\n');
    }
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("problems", text);
    });
}
