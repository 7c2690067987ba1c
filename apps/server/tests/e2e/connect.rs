//! Connecting, from the click to the stored connection.

use rstest::rstest;
use serde_json::{Value, json};
use wabakit_prove::until;

use crate::world::{
    EMERGENCIES, Engine, FRONT_DESK, JUNIPER, JUNIPER_WABA, LOCKED, LOCKED_PIN, Postgres,
    RECEPTION, Sqlite, UNVERIFIED, World, sharing, step, text,
};

#[rstest]
#[tokio::test]
async fn one_click_connects_the_one_number(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    assert_eq!(owner.status().await["connected"], false);

    let begun = owner.begin("").await;
    let back = world.meta.press_continue(&text(&begun, "authUrl")).await;
    let landing = wabakit_prove::Landing::of(&owner.navigate(&back).await);
    landing.connected();
    assert_eq!(landing.get("phoneNumber"), "+1 555-013-4201");
    assert_eq!(landing.get("wabaId"), JUNIPER_WABA);
    assert!(
        landing
            .url
            .as_str()
            .starts_with(&format!("{}/connections?", world.base()))
    );

    let status = owner.status().await;
    assert_eq!(status["connected"], true);
    assert_eq!(status["wabaId"], JUNIPER_WABA);
    assert_eq!(status["phoneNumber"], "+1 555-013-4201");
    assert_eq!(status["businessName"], "Juniper & Sage Coffee");
    assert_eq!(status["needsReconnect"], false);
    assert!(status["tokenExpiresAt"].is_string() && status["dataAccessExpiresAt"].is_string());
    let number = &status["phoneNumbers"][0];
    assert_eq!(
        (&number["id"], &number["isActive"]),
        (&json!(JUNIPER), &json!(true))
    );
    assert_eq!(
        status,
        owner.get("/api/integrations/whatsapp/status").await.ok()
    );
    assert_eq!(
        status,
        owner
            .get("/api/integrations/whatsapp/oauth/status")
            .await
            .ok()
    );

    let session = owner.session(&text(&begun, "sessionId")).await;
    assert_eq!(session["status"], "completed");
    for step in session["steps"].as_array().unwrap() {
        assert!(
            ["done", "skipped"].contains(&step["state"].as_str().unwrap()),
            "{step}"
        );
    }
    assert_eq!(session["accounts"][0]["id"], number["accountId"]);
    assert!(world.meta.is_subscribed(JUNIPER_WABA).await);
    assert_eq!(world.meta.effective("POST", "/register").await, 1);
    assert_eq!(world.meta.phone(JUNIPER).await["status"], "CONNECTED");
}

#[rstest]
#[tokio::test]
async fn a_connection_outlives_a_restart(#[values(Sqlite, Postgres)] engine: Engine) {
    let mut world = World::start(engine).await;
    let owner = world.anybody().await;
    owner.connect(&world.meta, json!({})).await.connected();
    let before = owner.status().await;
    world.restart().await;
    let owner = owner.moved_to(&world.base());
    assert_eq!(owner.status().await, before);
    let account = text(&before["phoneNumbers"][0], "accountId");
    let verified = owner
        .post(&format!("/api/accounts/{account}/verify"), json!({}))
        .await
        .ok();
    assert_eq!(
        verified["state"], "connected",
        "the sealed token opens after the restart"
    );
}

/// Returns the message of the popup's last page, and the origin that it is sent to.
fn told(html: &str) -> (Value, String) {
    let attribute = |name: &str| {
        let (_, rest) = html.split_once(&format!("data-{name}=\"")).unwrap();
        let value = rest.split_once('"').unwrap().0;
        value
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&amp;", "&")
    };
    (
        serde_json::from_str(&attribute("message")).unwrap(),
        attribute("origin"),
    )
}

#[rstest]
#[tokio::test]
async fn a_popup_tells_its_opener_and_nobody_else(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    let begun = owner.begin("mode=popup").await;
    let back = world.meta.login(&text(&begun, "authUrl"), json!({})).await;
    let page = owner.navigate(&back).await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert_eq!(
        page.header("cross-origin-opener-policy"),
        "same-origin-allow-popups"
    );
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("script-src 'sha256-") && !policy.contains("unsafe-inline"),
        "{policy}"
    );
    let (message, origin) = told(&page.text);
    assert_eq!(origin, world.base(), "never *");
    assert_eq!(message["type"], "wabakit.connect");
    assert_eq!(message["sessionId"], begun["sessionId"]);
    assert_eq!(message["result"]["success"], true);
    assert_eq!(message["result"]["wabaId"], JUNIPER_WABA);

    let begun = owner.begin("mode=popup").await;
    let back = world
        .meta
        .login(&text(&begun, "authUrl"), json!({"outcome": "cancel"}))
        .await;
    let (message, _) = told(&owner.navigate(&back).await.text);
    assert_eq!(message["result"]["error"], "access_denied");
    assert!(message["result"]["message"].is_string(), "{message}");
}

#[rstest]
#[tokio::test]
async fn embedded_signup_hands_in_code_and_choice(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::with(engine, &[("META_CONFIG_ID", "990000000000001")]).await;
    let owner = world.anybody().await;
    let begun = owner.begin("mode=sdk").await;
    assert_eq!(begun["configId"], "990000000000001");
    assert_eq!(begun["graphVersion"], "v26.0");
    let dialog = format!(
        "{}/v26.0/dialog/oauth?client_id={}&config_id=990000000000001&response_type=code&origin=http://127.0.0.1&cb=x",
        world.meta.base(),
        text(&begun, "appId"),
    );
    let mut outcome = sharing(&[FRONT_DESK, EMERGENCIES]);
    outcome["auto"] = true.into();
    world.meta.order("dialog", outcome).await;
    let closing = owner.navigate(&dialog.parse().unwrap()).await;
    let (_, rest) = closing.text.split_once("\"code\":\"").unwrap();
    let code = rest.split_once('"').unwrap().0;

    let body = json!({
        "code": code, "state": begun["state"],
        "wabaId": "420000000000002", "phoneNumberId": EMERGENCIES, "event": "FINISH",
    });
    let answer = owner
        .post("/api/integrations/whatsapp/oauth", body.clone())
        .await
        .ok();
    assert_eq!(answer["success"], true);
    assert_eq!(
        answer["phoneNumbers"], 1,
        "the number that was picked at Meta is not asked for again"
    );
    assert_eq!(answer["accounts"][0]["phoneNumberId"], EMERGENCIES);
    assert_eq!(answer["sessionId"], begun["sessionId"]);
    assert_eq!(
        world.meta.effective("POST", "/register").await,
        0,
        "it is connected already"
    );
    let _ = owner
        .post("/api/integrations/whatsapp/oauth", body)
        .await
        .refused(422, "state_used");
}

#[rstest]
#[tokio::test]
async fn several_numbers_are_a_choice(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    let all = [FRONT_DESK, UNVERIFIED, EMERGENCIES, RECEPTION];
    let landing = owner.connect(&world.meta, sharing(&all)).await;
    let id = landing.get("pending").to_owned();
    let session = owner.session(&id).await;
    assert_eq!(session["status"], "awaiting_choice");
    let candidates = session["candidates"].as_array().unwrap();
    assert_eq!(candidates.len(), 4);
    let unverified = candidates
        .iter()
        .find(|c| c["phoneNumberId"] == UNVERIFIED)
        .unwrap();
    assert_eq!(unverified["selectable"], false);
    assert_eq!(unverified["reason"]["code"], "number_not_verified");
    assert_eq!(
        owner.accounts().await.len(),
        0,
        "nothing is connected before the choice"
    );
    assert_eq!(world.meta.effective("POST", "/subscribed_apps").await, 0);

    for wrong in [json!([]), json!([JUNIPER]), json!([UNVERIFIED])] {
        let answer = owner
            .act(&id, "choose", json!({"phoneNumberIds": wrong}))
            .await;
        assert_eq!(answer.status, 422, "{}", answer.text);
    }
    let chosen = json!({"phoneNumberIds": [FRONT_DESK, RECEPTION]});
    let session = owner.act(&id, "choose", chosen.clone()).await.ok();
    assert_eq!(session["status"], "completed", "{session}");
    assert_eq!(owner.accounts().await.len(), 2);
    let registered = world.meta.calls("POST", "/register").await;
    assert_eq!(
        registered.len(),
        1,
        "a coexistence number is never registered"
    );
    let _ = owner
        .act(&id, "choose", chosen)
        .await
        .refused(409, "wrong_state");
}

#[rstest]
#[tokio::test]
async fn a_wrong_pin_ends_as_connected_and_needs_registration(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    owner
        .connect(&world.meta, sharing(&[LOCKED]))
        .await
        .connected();
    let account = owner.accounts().await.remove(0);
    assert_eq!(account["needsRegistration"], true);
    assert_eq!(account["state"], "needs_attention");
    assert_eq!(account["problem"]["code"], "needs_registration");
    assert!(
        text(&account["problem"], "remedy").contains("PIN"),
        "{account}"
    );
    let path = format!("/api/accounts/{}/register", text(&account, "id"));
    let malformed = owner.post(&path, json!({"pin": "12"})).await;
    assert_eq!(malformed.status, 422, "{}", malformed.text);
    let _ = owner
        .post(&path, json!({"pin": "111111"}))
        .await
        .refused(422, "pin_mismatch");
    let account = owner.post(&path, json!({"pin": LOCKED_PIN})).await.ok();
    assert_eq!(account["needsRegistration"], false);
    assert_eq!(account["state"], "connected");
    assert_eq!(world.meta.phone(LOCKED).await["status"], "CONNECTED");
}

#[rstest]
#[tokio::test]
async fn a_session_waits_for_its_choice_over_a_restart(#[values(Sqlite, Postgres)] engine: Engine) {
    let mut world = World::start(engine).await;
    let owner = world.anybody().await;
    let landing = owner
        .connect(&world.meta, sharing(&[FRONT_DESK, EMERGENCIES]))
        .await;
    let id = landing.get("pending").to_owned();
    world.restart().await;
    let owner = owner.moved_to(&world.base());
    let open = owner.get("/api/connect-sessions?status=open").await.ok();
    assert_eq!(open["data"][0]["id"], id);
    let chosen = json!({"phoneNumberIds": [FRONT_DESK]});
    assert_eq!(
        owner.act(&id, "choose", chosen).await.ok()["status"],
        "completed"
    );
}

#[tokio::test]
async fn a_login_may_be_answered_after_a_restart() {
    // The port is fixed, because the login returns to the address that it began with.
    let mut world = World::start(Sqlite).await;
    let owner = world.anybody().await;
    let begun = owner.begin("").await;
    let port = world.server().address.port().to_string();
    world.vars.insert("PORT".into(), port);
    world.restart().await;
    let back = world.meta.login(&text(&begun, "authUrl"), json!({})).await;
    wabakit_prove::Landing::of(&owner.navigate(&back).await).connected();
}

#[rstest]
#[tokio::test]
async fn a_plain_link_begins_too(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    let link = owner
        .get("/api/integrations/whatsapp/connect?returnTo=/connections?tab=2")
        .await;
    let back = world.meta.login(link.location().as_str(), json!({})).await;
    let landing = wabakit_prove::Landing::of(&owner.navigate(&back).await);
    landing.connected();
    assert_eq!(landing.get("tab"), "2", "returnTo keeps what it carried");
}

#[tokio::test]
async fn a_pasted_token_is_verified_before_it_is_stored() {
    let world = World::start(Sqlite).await;
    let owner = world.anybody().await;
    let minted = world
        .meta
        .order("tokens", json!({"kind": "system_user", "expiresIn": 0}))
        .await;
    let body = |number: &str, token: &str| json!({"phoneNumberId": number, "wabaId": JUNIPER_WABA, "accessToken": token});
    let path = "/api/settings/phone-numbers";
    let refused = owner.post(path, body(JUNIPER, "EAAnotatoken")).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    let token = text(&minted, "accessToken");
    let _ = owner
        .post(path, body(FRONT_DESK, &token))
        .await
        .refused(422, "number_not_found");
    assert_eq!(owner.accounts().await.len(), 0);
    let made = owner.post(path, body(JUNIPER, &token)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let account = made.ok();
    assert_eq!(account["state"], "connected");
    assert_eq!(account["grant"]["tokenExpiry"]["kind"], "never");
    assert!(world.meta.is_subscribed(JUNIPER_WABA).await);

    let foreign = world
        .meta
        .order(
            "apps",
            json!({"id": "880000000000077", "secret": "an-app-that-is-not-ours"}),
        )
        .await;
    assert!(foreign.is_object());
    let minted = world
        .meta
        .order("tokens", json!({"appId": "880000000000077"}))
        .await;
    let refused = owner
        .post(path, body(JUNIPER, &text(&minted, "accessToken")))
        .await
        .refused(422, "unknown_meta_app");
    assert!(text(&refused, "remedy").contains("app secret"), "{refused}");
}

#[rstest]
#[tokio::test]
async fn what_a_given_up_session_did_is_undone(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    // Only the last step before the connection is stored fails.
    world
        .meta
        .fault(
            &format!("GET {JUNIPER}"),
            json!("always"),
            json!({"status": 503, "code": 2}),
        )
        .await;
    let landing = owner.connect(&world.meta, json!({})).await;
    let id = landing.get("pending").to_owned();
    let session = owner.session(&id).await;
    assert_eq!(
        step(&session, "read_health")["state"],
        "failed",
        "{session}"
    );
    assert!(world.meta.is_subscribed(JUNIPER_WABA).await);
    assert_eq!(world.meta.phone(JUNIPER).await["status"], "CONNECTED");
    world.meta.lift_faults().await;

    assert_eq!(
        owner.act(&id, "cancel", json!({})).await.ok()["status"],
        "cancelled"
    );
    assert!(
        !world.meta.is_subscribed(JUNIPER_WABA).await,
        "unsubscribed"
    );
    assert_ne!(
        world.meta.phone(JUNIPER).await["status"],
        "CONNECTED",
        "deregistered"
    );
    assert_eq!(owner.accounts().await.len(), 0);
    let _ = owner
        .act(&id, "resume", json!({}))
        .await
        .refused(409, "wrong_state");
    owner.connect(&world.meta, json!({})).await.connected();
}

#[rstest]
#[tokio::test]
async fn a_new_login_is_not_hurt_by_what_is_undone_of_the_last(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let world = World::start(engine).await;
    let owner = world.anybody().await;
    let refused = json!({"declineScopes": ["whatsapp_business_messaging"]});
    let first = owner.begin("").await;
    // The second login begins before the first is refused. Both have the permissions of the same person.
    let second = owner.begin("").await;
    let back = world.meta.login(&text(&second, "authUrl"), json!({})).await;
    let refusal = world.meta.login(&text(&first, "authUrl"), refused).await;
    let refusal = wabakit_prove::Landing::of(&owner.navigate(&refusal).await);
    assert_eq!(refusal.get("error"), "missing_scope");
    let waiting =
        "SELECT count(*) AS value FROM teardowns WHERE state = 'pending' AND attempts > 0";
    until("the worker to look at the refused login", async || {
        (world.database.number(waiting).await == 1).then_some(())
    })
    .await;
    assert_eq!(world.meta.effective("DELETE", "/permissions").await, 0);
    wabakit_prove::Landing::of(&owner.navigate(&back).await).connected();
    assert_eq!(owner.status().await["connected"], true);
}
