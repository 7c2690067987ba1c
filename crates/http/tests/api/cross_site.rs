//! Pages of other sites: what they may send by a cookie, and what they may read.

use actix_web::http::{Method, StatusCode};
use rstest::rstest;
use serde_json::json;

use crate::support::{LISTED, PUBLIC, Who, World, ask};

const EVIL: &str = "https://evil.example";

#[rstest]
#[case::our_page(Some(PUBLIC), Some("same-origin"), true)]
#[case::a_program(None, None, true)]
#[case::an_old_browser_on_our_page(Some(PUBLIC), None, true)]
#[case::a_listed_page(Some(LISTED), Some("cross-site"), true)]
#[case::a_listed_page_beside_ours(Some(LISTED), Some("same-site"), true)]
#[case::another_page(Some(EVIL), Some("cross-site"), false)]
#[case::another_page_in_an_old_browser(Some(EVIL), None, false)]
#[case::another_page_that_claims_to_be_ours(Some(EVIL), Some("same-origin"), false)]
#[case::a_page_beside_ours(Some("https://x.waba.example"), Some("same-site"), false)]
#[case::a_sandboxed_page(Some("null"), Some("cross-site"), false)]
#[case::a_page_that_hides_its_origin(None, Some("cross-site"), false)]
#[case::our_host_by_http(Some("http://waba.example"), Some("same-site"), false)]
#[case::a_longer_host(Some("https://waba.example.evil.example"), Some("cross-site"), false)]
#[actix_web::test]
async fn a_cookie_acts_only_for_our_pages_and_listed_ones(
    #[case] origin: Option<&str>,
    #[case] site: Option<&str>,
    #[case] may: bool,
) {
    let world = World::new().await;
    let mut request = ask(
        Method::PATCH,
        "/api/orgs/current",
        Some(Who::Owner),
        Some(&json!({"name": "New"})),
    );
    if let Some(origin) = origin {
        request = request.insert_header(("origin", origin));
    }
    if let Some(site) = site {
        request = request.insert_header(("sec-fetch-site", site));
    }
    let answer = world.send(request).await;
    let name = world.get(Who::Owner, "/api/orgs/current").await.json()["name"].clone();
    if may {
        assert_eq!((answer.status, name), (StatusCode::OK, json!("New")));
    } else {
        assert_eq!(
            (answer.status, name),
            (StatusCode::FORBIDDEN, json!("Acme Coffee"))
        );
        assert_eq!(answer.code(), "csrf");
    }
}

#[rstest]
#[case::our_page(None, Some("same-origin"), true)]
#[case::the_address_bar(None, Some("none"), true)]
#[case::another_page(Some(EVIL), Some("cross-site"), false)]
#[case::a_page_beside_ours(None, Some("same-site"), false)]
#[actix_web::test]
async fn beginning_by_the_cookie_is_an_act_although_it_is_a_get(
    #[case] origin: Option<&str>,
    #[case] site: Option<&str>,
    #[case] may: bool,
) {
    let world = World::new().await;
    let mut request = ask(Method::GET, "/auth/meta-oauth/init", Some(Who::Owner), None);
    for (name, value) in [("origin", origin), ("sec-fetch-site", site)] {
        if let Some(value) = value {
            request = request.insert_header((name, value));
        }
    }
    assert_eq!(world.send(request).await.status.is_success(), may);
}

#[actix_web::test]
async fn a_bearer_token_needs_no_page_of_ours() {
    let world = World::new().await.with_password().await;
    let login = json!({"email": Who::Owner.email(), "password": crate::support::PASSWORD});
    let login = world
        .send(ask(Method::POST, "/auth/login", None, Some(&login)))
        .await
        .json();
    let token = login["accessToken"].as_str().unwrap();
    let request = ask(
        Method::PATCH,
        "/api/orgs/current",
        None,
        Some(&json!({"name": "New"})),
    )
    .insert_header(("origin", EVIL))
    .insert_header(("sec-fetch-site", "cross-site"))
    .insert_header(("authorization", format!("Bearer {token}")));
    let answer = world.send(request).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "",
        "but the page may not read it"
    );
}

#[rstest]
#[case(PUBLIC, true)]
#[case(LISTED, true)]
#[case(EVIL, false)]
#[case("null", false)]
#[case("https://shop.example.evil.example", false)]
#[actix_web::test]
async fn only_listed_origins_may_read(#[case] origin: &'static str, #[case] may: bool) {
    let world = World::new().await;
    let preflight = ask(Method::OPTIONS, "/api/accounts", None, None)
        .insert_header(("origin", origin))
        .insert_header(("access-control-request-method", "PATCH"));
    let request =
        ask(Method::GET, "/api/accounts", Some(Who::Owner), None).insert_header(("origin", origin));
    for request in [preflight, request] {
        let answer = world.send(request).await;
        let allowed = if may { origin } else { "" };
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
        assert_eq!(
            answer.header("access-control-allow-credentials"),
            if may { "true" } else { "" }
        );
        assert_eq!(answer.header("vary"), "Origin");
    }
}

#[actix_web::test]
async fn a_preflight_names_methods_and_headers_and_needs_no_sign_in() {
    let world = World::new().await;
    let preflight = ask(Method::OPTIONS, "/api/accounts/x", None, None)
        .insert_header(("origin", LISTED))
        .insert_header(("access-control-request-method", "PATCH"));
    let answer = world.send(preflight).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(
        answer
            .header("access-control-allow-methods")
            .contains("PATCH")
    );
    assert!(
        answer
            .header("access-control-allow-headers")
            .contains("authorization")
    );
}
