//! Deliveries that are accepted and refused.

use rstest::rstest;
use serde_json::{Value, json};
use wabakit_prove::{Client, until};

use crate::{
    receive::{WEBHOOKS, connected, list, post, rows, texts},
    world::{Engine, JUNIPER, JUNIPER_WABA, PASSWORD, Postgres, Sqlite, World, owner, text},
};

fn one(id: &str) -> String {
    texts(
        JUNIPER,
        JUNIPER_WABA,
        &[(id.to_owned(), "Hello".to_owned())],
    )
}

async fn operator(world: &World) -> Client {
    let person = owner(&world.server().assembly, "Platform", true).await;
    let browser = world.browser();
    browser.sign_in(&person.email, PASSWORD).await;
    browser
}

#[rstest]
#[tokio::test]
async fn a_wrong_signature_leaves_nothing_but_a_count(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let operator = operator(&world).await;
    for signature in ["wrong", "missing", "malformed"] {
        let raw = json!({"field": "messages", "phoneNumberId": JUNIPER, "signature": signature,
            "value": {"messages": [{"id": "wamid.forged", "from": "1", "timestamp": "1", "type": "text",
                "text": {"body": "forged"}}]}});
        world.meta.order("webhooks/raw", raw).await;
    }
    let refused = until("three counts of refusals", async || {
        let refused = list(&operator, "/api/operator/webhooks/rejections").await;
        let mut reasons: Vec<_> = refused.iter().map(|row| text(row, "reason")).collect();
        reasons.sort_unstable();
        reasons.dedup();
        (reasons.len() == 3).then_some(refused)
    })
    .await;
    assert!(refused.iter().all(|row| row["lastAddress"] == "127.0.0.1"));
    assert_eq!(
        list(&operator, "/api/operator/webhooks/deliveries")
            .await
            .len(),
        0
    );
    assert_eq!(list(&owner, "/api/conversations").await.len(), 0);
}

#[rstest]
#[tokio::test]
async fn while_a_secret_is_changed_the_old_and_the_new_sign(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let (new, next) = ("5d1f3a97c6e84b20a91d", "77c0e5b2814f4a3d9e62");
    let secrets = format!("{new},{next}");
    let world = World::with(engine, &[("WHATSAPP_APP_SECRET", &secrets)]).await;
    let (_, owner) = connected(&world).await;
    let old = world.vars["META_APP_SECRET"].clone();
    for (id, secret) in [("a", old.as_str()), ("b", new), ("c", next)] {
        let answer = post(&world.base(), WEBHOOKS, secret, &one(id)).await;
        assert_eq!(answer, Some(200), "{id}");
    }
    let other = post(&world.base(), WEBHOOKS, "0123456789abcdef0123", &one("d")).await;
    assert_eq!(other, Some(401));
    let conversation = rows(&owner, "/api/conversations?unread=true", 1).await[0].clone();
    let thread = format!("/api/conversations/{}/messages", text(&conversation, "id"));
    rows(&owner, &thread, 3).await;
}

#[rstest]
#[tokio::test]
async fn an_organisations_own_app_delivers_by_its_own_route(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let (_, owner) = connected(&world).await;
    let secret = "9b1c77e0a2f64d3f8c55";
    let app = json!({"appId": "880000000000077", "name": "Ours", "appSecret": secret,
        "verifyToken": "tok-9Qx27Lm4"});
    let app = owner.post("/api/meta-apps", app).await.ok();
    let route = format!("{WEBHOOKS}/{}", text(&app, "id"));
    assert_eq!(
        post(&world.base(), &route, secret, &one("a")).await,
        Some(200)
    );
    assert_eq!(
        post(&world.base(), WEBHOOKS, secret, &one("b")).await,
        Some(401)
    );
    let platform = world.vars["META_APP_SECRET"].clone();
    assert_eq!(
        post(&world.base(), &route, &platform, &one("c")).await,
        Some(401)
    );
    let query = "hub.mode=subscribe&hub.verify_token=tok-9Qx27Lm4&hub.challenge=4711";
    let program = Client::program(&world.base());
    assert_eq!(program.get(&format!("{route}?{query}")).await.text, "4711");
    let operator = operator(&world).await;
    let deliveries = list(&operator, "/api/operator/webhooks/deliveries").await;
    assert_eq!(deliveries[0]["metaAppId"], app["id"]);
}

#[rstest]
#[tokio::test]
async fn deliveries_from_before_the_connection_are_applied_after_it(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let secret = world.vars["META_APP_SECRET"].clone();
    assert_eq!(
        post(&world.base(), WEBHOOKS, &secret, &one("early")).await,
        Some(200)
    );
    let operator = operator(&world).await;
    let homeless = "/api/operator/webhooks/parked?state=homeless";
    let item = rows(&operator, homeless, 1).await[0].clone();
    assert_eq!(text(&item, "lane"), format!("n:{JUNIPER}"));
    let (_, owner) = connected(&world).await;
    let conversations = rows(&owner, "/api/conversations", 1).await;
    assert_eq!(conversations[0]["lastMessage"]["preview"], "Hello");
    rows(&operator, homeless, 0).await;
    assert_eq!(
        list(&operator, "/api/conversations").await,
        Vec::<Value>::new()
    );
}

#[tokio::test]
async fn a_database_that_is_gone_is_503_and_nothing_is_pretended() {
    let mut world = World::start(Postgres).await;
    let (person, _) = connected(&world).await;
    let secret = world.vars["META_APP_SECRET"].clone();
    assert_eq!(
        post(&world.base(), WEBHOOKS, &secret, &one("before")).await,
        Some(200)
    );
    world.database.take_away().await;
    assert_eq!(
        post(&world.base(), WEBHOOKS, &secret, &one("during")).await,
        Some(503)
    );
    world.database.give_back().await;
    let base = world.base();
    until("a stored delivery", async || {
        let answer = post(&base, WEBHOOKS, &secret, &one("after")).await;
        (answer == Some(200)).then_some(())
    })
    .await;
    world.restart().await;
    let owner = world.signed_in(&person).await;
    let conversation = rows(&owner, "/api/conversations", 1).await[0].clone();
    let thread = format!("/api/conversations/{}/messages", text(&conversation, "id"));
    let messages = rows(&owner, &thread, 2).await;
    assert!(
        messages
            .iter()
            .all(|message| message["metaMessageId"] != "wamid.during")
    );
}
