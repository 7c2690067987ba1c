//! The calls from pages of other sites, and under other machines' names.

use reqwest::{Method, StatusCode};
use rstest::rstest;

use super::support::*;

async fn status(meta: &Meta, method: Method, path: &str, headers: &[(&str, &str)]) -> StatusCode {
    let mut request = meta.request(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap().status()
}

#[rstest]
#[case::a_page_of_another_site(&[("origin", "https://evil.example")])]
#[case::a_page_that_hides_its_origin(&[("origin", "null")])]
#[case::a_framed_page_of_another_site(&[("origin", "null"), ("sec-fetch-site", "cross-site")])]
#[case::a_name_that_was_pointed_here(&[("host", "evil.example:9000")])]
#[case::a_name_and_its_own_origin(&[("host", "evil.example"), ("origin", "http://evil.example")])]
#[case::a_name_that_only_looks_local(&[("host", "localhost.evil.example")])]
#[case::a_form_without_an_origin(&[("sec-fetch-site", "cross-site")])]
#[case::a_page_of_a_sibling(&[("origin", "http://127.0.0.1.evil.example")])]
#[tokio::test]
async fn other_sites_change_nothing(#[case] headers: &[(&str, &str)]) {
    let meta = Meta::start();
    for (method, path) in [
        (Method::POST, "/_sandbox/reset"),
        (Method::DELETE, "/_sandbox/dialog"),
        (Method::DELETE, "/v25.0/1"),
        (Method::POST, "/dialog/oauth"),
        (Method::PUT, "/nothing"),
        (Method::PATCH, "/"),
    ] {
        let refused = status(&meta, method.clone(), path, headers).await;
        assert_eq!(refused, StatusCode::FORBIDDEN, "{method} {path}");
    }
    let read = status(&meta, Method::GET, "/_sandbox/dialog", headers).await;
    assert_eq!(read, StatusCode::OK);
}

#[rstest]
#[case::a_program(&[])]
#[case::the_dashboard(&[("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "same-site")])]
#[case::by_name(&[("origin", "http://app.localhost:5173"), ("host", "localhost:9000")])]
#[case::by_ipv6(&[("host", "[::1]:9000")])]
#[case::the_dialog_form(&[("origin", "null"), ("sec-fetch-site", "same-origin")])]
#[tokio::test]
async fn this_machine_changes_what_it_wants(#[case] headers: &[(&str, &str)]) {
    let meta = Meta::start();
    let done = status(&meta, Method::DELETE, "/_sandbox/dialog", headers).await;
    assert_eq!(done, StatusCode::OK);
}

#[tokio::test]
async fn the_dialogs_pages_run_no_script_but_their_own() {
    let meta = Meta::start();
    let answer = meta
        .request(Method::GET, "/dialog/oauth?client_id=x")
        .send();
    let answer = answer.await.unwrap();
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    assert!(!policy.contains("script-src"), "{policy}");
}
