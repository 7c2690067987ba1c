//! Pages of other origins: listed ones may do everything, and others nothing.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;
use wabakit_prove::{Client, Landing};

use crate::world::{Engine, PASSWORD, Postgres, Sqlite, World, text};

const SHOP: &str = "https://shop.example";
const LISTED: [(&str, &str); 2] = [
    ("ALLOWED_ORIGINS", SHOP),
    (
        "ALLOWED_RETURN_URLS",
        "https://shop.example/app, http://127.0.0.1:9/app",
    ),
];

/// Returns the origin and the methods that a preflight allows.
async fn preflight(client: &Client, path: &str) -> (String, String) {
    let request = client
        .request(Method::OPTIONS, path)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization, content-type",
        );
    let answer = client.send(request).await;
    let header = |name| answer.header(name).to_owned();
    (
        header("access-control-allow-origin"),
        header("access-control-allow-methods"),
    )
}

#[rstest]
#[tokio::test]
async fn a_listed_origin_runs_the_whole_flow(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::with(engine, &LISTED).await;
    let person = world.owner("Juniper").await;
    let page = Client::other_site(&world.base(), SHOP);
    for path in [
        "/auth/login",
        "/auth/meta-oauth/init",
        "/api/connect-sessions",
    ] {
        let (origin, methods) = preflight(&page, path).await;
        assert_eq!(origin, SHOP, "{path}");
        assert!(methods.contains("POST"));
    }
    let body = json!({"email": person.email, "password": PASSWORD});
    let answer = page.post("/auth/login", body).await;
    assert_eq!(answer.header("access-control-allow-origin"), SHOP);
    assert!(answer.header("vary").to_lowercase().contains("origin"));
    let page = page.with_bearer(&text(&answer.ok(), "accessToken"));

    let begun = page
        .begin("returnTo=https://shop.example/app/done?step=2")
        .await;
    let id = text(&begun, "sessionId");
    let back = world.meta.login(&text(&begun, "authUrl"), json!({})).await;
    let landing = Landing::of(&world.browser().navigate(&back).await);
    assert!(
        landing
            .url
            .as_str()
            .starts_with("https://shop.example/app/done?")
    );
    assert_eq!(
        (landing.get("pending"), landing.get("step")),
        (id.as_str(), "2")
    );
    assert_eq!(
        page.act(&id, "confirm", json!({})).await.ok()["status"],
        "completed"
    );
    assert_eq!(page.status().await["connected"], true);
    assert_eq!(
        page.post("/auth/meta-oauth/disconnect", json!({}))
            .await
            .ok()["success"],
        true
    );
}

#[tokio::test]
async fn a_host_products_own_callback_hands_in_the_code() {
    let world = World::with(Sqlite, &LISTED).await;
    let person = world.owner("Juniper").await;
    let program = world.program(&person).await;
    let begun = program
        .begin("redirectUri=http://127.0.0.1:9/app/back")
        .await;
    let back = world.meta.login(&text(&begun, "authUrl"), json!({})).await;
    assert!(back.as_str().starts_with("http://127.0.0.1:9/app/back?"));
    let find = |name: &str| {
        let mut pairs = back.query_pairs();
        pairs.find(|(key, _)| key == name).unwrap().1.into_owned()
    };
    let body = json!({"code": find("code"), "state": find("state")});
    let answer = program
        .post("/api/integrations/whatsapp/oauth", body)
        .await
        .ok();
    assert_eq!(
        (&answer["status"], &answer["phoneNumbers"]),
        (&json!("completed"), &json!(1))
    );
}

#[tokio::test]
async fn an_unlisted_origin_is_refused() {
    let world = World::with(Sqlite, &LISTED).await;
    let person = world.owner("Juniper").await;
    for origin in [
        "https://evil.example",
        "http://shop.example",
        "https://shop.example.evil.example",
        "https://sub.shop.example",
        "null",
    ] {
        let page = Client::other_site(&world.base(), origin);
        assert_eq!(
            preflight(&page, "/auth/meta-oauth/init").await,
            Default::default(),
            "{origin}"
        );
        let answer = page.get("/healthz").await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
    }
    let program = world.program(&person).await;
    for place in [
        "returnTo=https://evil.example/app",
        "returnTo=https://shop.example/application",
        "returnTo=//evil.example",
        "redirectUri=https://evil.example/app",
    ] {
        let answer = program.get(&format!("/auth/meta-oauth/init?{place}")).await;
        assert_eq!(answer.status, 422, "{place}: {}", answer.text);
    }
}

#[tokio::test]
async fn another_sites_page_does_nothing_by_somebodys_cookie() {
    let world = World::with(Sqlite, &LISTED).await;
    let owner = world.anybody().await;
    let cookie = format!(
        "wabakit_session={}",
        owner.cookie("wabakit_session").unwrap()
    );
    let program = Client::program(&world.base());
    let post = |headers: &[(&'static str, &'static str)]| {
        let mut request = program
            .request(Method::POST, "/auth/meta-oauth/disconnect")
            .header("cookie", &cookie)
            .json(&json!({}));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        program.send(request)
    };
    for headers in [
        &[("origin", "https://evil.example")][..],
        &[
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "same-origin"),
        ],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
    ] {
        let _ = post(headers).await.refused(403, "csrf");
    }
    assert_eq!(
        post(&[("origin", SHOP), ("sec-fetch-site", "cross-site")])
            .await
            .status,
        200
    );
    // Beginning a session is a GET, and must still be refused to other pages.
    let init = program
        .request(Method::GET, "/auth/meta-oauth/init")
        .header("cookie", &cookie)
        .header("sec-fetch-site", "cross-site");
    let _ = program.send(init).await.refused(403, "csrf");
    // A bearer token is given on purpose, unlike a cookie.
    let person = world.owner("Bistro").await;
    let bearer = world.program(&person).await;
    let request = bearer
        .request(Method::POST, "/auth/logout")
        .header("origin", "https://evil.example");
    assert_eq!(bearer.send(request).await.status, 204);
}
