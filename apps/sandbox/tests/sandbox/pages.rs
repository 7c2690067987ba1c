use reqwest::Method;
use serde_json::json;

use super::support::*;

async fn page(meta: &Meta, path: &str) -> String {
    let answer = meta.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let kind = answer.headers()["content-type"].to_str().unwrap();
    assert!(kind.starts_with("text/html") || kind.starts_with("text/javascript"));
    answer.text().await.unwrap()
}

#[tokio::test]
async fn the_home_page_leads_to_the_phone_and_graph_is_not_in_its_way() {
    let meta = Meta::start();
    assert!(page(&meta, "/").await.contains(r#"href="/phone""#));
    let token = meta.token_for_all().await;
    meta.get(&token, "me").await.ok();
    assert_eq!(meta.get(&token, "").await.refusal(), (400, 100, None));
}

#[tokio::test]
async fn the_phone_offers_customers_registered_numbers_and_every_type() {
    let meta = Meta::start();
    meta.order("phones/4917612345678", json!({ "name": "<b>Eve</b>" }))
        .await;
    let html = page(
        &meta,
        &format!("/phone?customer=4917612345678&number={COEXISTENCE}"),
    )
    .await;
    assert!(html.contains("&lt;b&gt;Eve&lt;/b&gt;") && !html.contains("<b>Eve"));
    assert!(html.contains(r#"value="4917612345678" selected"#));
    assert!(html.contains(&format!(r#"value="{COEXISTENCE}" selected"#)));
    assert!(html.contains(&format!(r#"value="{JUNIPER_PHONE}" disabled"#)));
    for path in [
        "text.body",
        "location.latitude",
        "nfm_reply.response_json",
        "revoke.original_message_id",
    ] {
        assert!(html.contains(&format!(r#"data-path="{path}""#)), "{path}");
    }
    assert!(page(&meta, "/phone.js").await.contains("_sandbox"));
}
