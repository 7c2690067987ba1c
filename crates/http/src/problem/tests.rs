use actix_web::body::{MessageBody, to_bytes};
use rstest::rstest;
use serde_json::Value;
use wabakit_domain::meta_error::MetaErrorRef;

use super::*;

async fn answered(error: &ApiError) -> (HttpResponse<()>, Value) {
    let (head, body) = Problem::from(error)
        .answer(Some(Uuid::from_u128(1)))
        .into_parts();
    let body = to_bytes(body.boxed()).await.unwrap();
    (head, serde_json::from_slice(&body).unwrap())
}

#[rstest]
#[case(ServiceError::Unauthenticated, 401, "unauthenticated")]
#[case(ServiceError::InvalidCredentials, 401, "invalid_credentials")]
#[case(ServiceError::RefreshTokenReused, 401, "refresh_token_reused")]
#[case(ServiceError::Forbidden("admin"), 403, "forbidden")]
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
        assert_eq!(told["detail"], refusal.detail());
        assert_eq!(told["remedy"], refusal.remedy());
        let meta = serde_json::json!({"code": 190, "subcode": 463, "fbtraceId": "trace"});
        assert_eq!(told["meta"], meta);
    }
}
