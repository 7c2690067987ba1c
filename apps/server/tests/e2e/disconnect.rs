//! Disconnecting: rows stay here, and Meta proves the unsubscription.

use rstest::rstest;
use serde_json::json;
use wabakit_prove::until;

use crate::world::{
    DENTAL_WABA, EMERGENCIES, Engine, FRONT_DESK, JUNIPER, JUNIPER_WABA, Postgres, Sqlite, World,
    sharing, text,
};

#[rstest]
#[tokio::test]
async fn the_app_is_unsubscribed_with_the_last_number_and_not_before(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    let landing = owner
        .connect(&world.meta, sharing(&[FRONT_DESK, EMERGENCIES]))
        .await;
    let both = json!({"phoneNumberIds": [FRONT_DESK, EMERGENCIES]});
    let session = owner.act(landing.get("pending"), "choose", both).await.ok();
    let accounts = session["accounts"].as_array().unwrap();
    let ids: Vec<String> = accounts.iter().map(|account| text(account, "id")).collect();

    let first = json!({"accountId": ids[0]});
    let answer = owner.post("/auth/meta-oauth/disconnect", first).await.ok();
    assert_eq!(answer["success"], true);
    assert_eq!(answer["accounts"][0]["unsubscribed"], "not_needed");
    assert!(world.meta.is_subscribed(DENTAL_WABA).await);
    assert_eq!(owner.status().await["connected"], true);

    let answer = owner
        .post("/api/integrations/whatsapp/disconnect", json!({}))
        .await
        .ok();
    assert_eq!(answer["accounts"][0]["accountId"], ids[1]);
    assert_eq!(answer["accounts"][0]["unsubscribed"], "done");
    assert!(!world.meta.is_subscribed(DENTAL_WABA).await);
    let status = owner.status().await;
    assert_eq!(status["connected"], false);
    for field in [
        "businessName",
        "phoneNumber",
        "wabaId",
        "tokenExpiresAt",
        "lastConnected",
    ] {
        assert!(status[field].is_null(), "{field} in {status}");
    }
    let account = owner.get(&format!("/api/accounts/{}", ids[0])).await.ok();
    assert_eq!(account["isActive"], false, "history is kept");
    assert!(account["disconnectedAt"].is_string());
}

#[rstest]
#[tokio::test]
async fn reconnecting_keeps_the_account_and_its_name(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    owner.connect(&world.meta, json!({})).await.connected();
    let id = text(&owner.accounts().await[0], "id");
    let path = format!("/api/accounts/{id}");
    let named = owner
        .patch(&path, json!({"displayName": "Front counter"}))
        .await
        .ok();
    assert_eq!(named["displayName"], "Front counter");
    assert_eq!(owner.delete(&path).await.status, 204);
    assert_eq!(owner.accounts().await.len(), 0);
    owner.connect(&world.meta, json!({})).await.connected();
    let account = owner.accounts().await.remove(0);
    assert_eq!(text(&account, "id"), id);
    assert_eq!(account["displayName"], "Front counter");
    assert!(account["disconnectedAt"].is_null());
    // Connecting a connected number again is a reconnect.
    owner.connect(&world.meta, json!({})).await.connected();
    assert_eq!(text(&owner.accounts().await[0], "id"), id);
}

#[rstest]
#[tokio::test]
async fn what_meta_does_not_take_now_is_done_later(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    owner.connect(&world.meta, json!({})).await.connected();
    let trouble = json!({"status": 503, "code": 2});
    world
        .meta
        .fault("DELETE */subscribed_apps", json!("always"), trouble)
        .await;
    let answer = owner
        .send(owner.request(
            reqwest::Method::DELETE,
            "/api/integrations/whatsapp/disconnect",
        ))
        .await
        .ok();
    assert_eq!(answer["accounts"][0]["unsubscribed"], "pending");
    assert_eq!(
        owner.status().await["connected"],
        false,
        "for us it is over at once"
    );
    assert!(world.meta.is_subscribed(JUNIPER_WABA).await);
    world.meta.lift_faults().await;
    // Half a minute passes.
    let past = match engine {
        Sqlite => "0",
        Postgres => "now() - interval '1 minute'",
    };
    world
        .database
        .execute(&format!("UPDATE teardowns SET next_attempt_at = {past}"))
        .await;
    until("the worker to unsubscribe", async || {
        (!world.meta.is_subscribed(JUNIPER_WABA).await).then_some(())
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn a_pasted_token_works_on_after_the_number_is_disconnected(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    let minted = json!({"kind": "system_user", "expiresIn": 0});
    let minted = world.meta.order("tokens", minted).await;
    let token = text(&minted, "accessToken");
    let pasted = json!({"phoneNumberId": JUNIPER, "wabaId": JUNIPER_WABA, "accessToken": token});
    let path = "/api/settings/phone-numbers";
    assert_eq!(owner.post(path, pasted).await.status, 201);
    let works = async || {
        let url = format!("{}/v25.0/{JUNIPER}", world.meta.base());
        let asked = wabakit_prove::http().get(url).bearer_auth(&token).send();
        asked.await.unwrap().status().as_u16()
    };
    assert_eq!(works().await, 200);
    let id = text(&owner.accounts().await[0], "id");
    assert_eq!(
        owner.delete(&format!("/api/accounts/{id}")).await.status,
        204
    );
    until("the app to be unsubscribed", async || {
        (!world.meta.is_subscribed(JUNIPER_WABA).await).then_some(())
    })
    .await;
    until("the token to be forgotten here", async || {
        let log = owner.get("/api/audit?action=teardown").await.ok();
        let done = log["data"].as_array().unwrap().iter();
        done.map(|entry| text(entry, "action"))
            .any(|action| action == "teardown.release_grant_done")
            .then_some(())
    })
    .await;
    assert_eq!(works().await, 200, "it is the business's own");
    let revoked = world.meta.calls("DELETE", "permissions").await;
    assert_eq!(revoked.len(), 0, "{revoked:?}");
}

#[tokio::test]
async fn only_admins_disconnect() {
    let world = World::start(Sqlite).await;
    let owner = world.owner("Juniper").await;
    let agent = world
        .member(&owner, wabakit_domain::identity::Role::Agent)
        .await;
    world
        .signed_in(&owner)
        .await
        .connect(&world.meta, json!({}))
        .await
        .connected();
    let agent = world.signed_in(&agent).await;
    assert_eq!(agent.status().await["connected"], true, "any member looks");
    let _ = agent
        .post("/auth/meta-oauth/disconnect", json!({}))
        .await
        .refused(403, "forbidden");
    let _ = agent
        .get("/auth/meta-oauth/init")
        .await
        .refused(403, "forbidden");
    assert!(world.meta.is_subscribed(JUNIPER_WABA).await);
}
