//! Finding businesses, WABAs and numbers, with any of the sources missing.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use rstest::rstest;
use serde_json::{Value, json};
use wabakit_domain::{
    connect::SignupHints,
    ids::{BusinessId, MetaUserId, PhoneNumberId, WabaId},
};
use wabakit_ports::meta::{Assets, MetaError, MetaErrorKind as Kind, MetaGateway};
use wiremock::{Mock, Request, ResponseTemplate, matchers::path_regex};

use crate::support::{Meta, access, list, refusal};

fn denied() -> ResponseTemplate {
    refusal(403, 200, None, "Requires business_management permission")
}

fn number(id: &str) -> Value {
    json!({ "id": id, "display_phone_number": format!("+1 555 {id}"), "status": "CONNECTED" })
}

fn waba(id: &str) -> Value {
    json!({ "id": id, "name": format!("WABA {id}") })
}

async fn find(meta: &Meta, granted: &[&str], hints: &SignupHints) -> Result<Assets, MetaError> {
    let granted: Vec<_> = granted.iter().copied().map(WabaId::from).collect();
    meta.gateway.find_assets(&access(), &granted, hints).await
}

/// Returns the ids as `waba: number, number`.
fn ids(assets: &Assets) -> Vec<String> {
    let row = |(waba, numbers): &(
        wabakit_ports::meta::WabaFacts,
        Vec<wabakit_ports::meta::NumberFacts>,
    )| {
        let numbers: Vec<_> = numbers.iter().map(|number| number.id.as_str()).collect();
        format!("{}: {}", waba.id, numbers.join(", "))
    };
    assets.wabas.iter().map(row).collect()
}

fn hinted(waba: &str) -> SignupHints {
    SignupHints {
        waba_id: Some(WabaId::from(waba)),
        ..SignupHints::default()
    }
}

#[tokio::test]
async fn all_sources_are_joined_what_was_named_first_and_nothing_twice() {
    let meta = Meta::start().await;
    let businesses = json!([{ "id": "301", "name": "Acme Inc" }, { "id": "302", "name": "Bravo" }]);
    meta.get("me/businesses", list(&businesses)).await;
    let owned = json!([waba("101"), waba("102")]);
    meta.get("301/owned_whatsapp_business_accounts", list(&owned))
        .await;
    let mut shared = waba("103");
    shared["owner_business_info"] = json!({ "id": "399", "name": "Client" });
    meta.get(
        "302/client_whatsapp_business_accounts",
        list(&json!([shared, waba("102")])),
    )
    .await;
    let assigned = json!([waba("104"), { "id": "101" }]);
    meta.get("me/assigned_whatsapp_business_accounts", list(&assigned))
        .await;
    meta.get("105", waba("105")).await;
    for id in 101..=105 {
        let numbers = json!([number(&format!("{id}1")), number(&format!("{id}2"))]);
        meta.get(&format!("{id}/phone_numbers"), list(&numbers))
            .await;
    }

    let found = find(&meta, &["105", "102"], &hinted("103")).await.unwrap();
    assert_eq!(
        ids(&found),
        [
            "103: 1031, 1032",
            "105: 1051, 1052",
            "102: 1021, 1022",
            "101: 1011, 1012",
            "104: 1041, 1042",
        ]
    );
    assert_eq!(found.businesses, 3);
    let business = |nth: usize| {
        let waba = &found.wabas[nth].0;
        (
            waba.business_id.as_ref().map(BusinessId::as_str),
            waba.business_name.as_deref(),
        )
    };
    assert_eq!(business(0), (Some("399"), Some("Client")));
    assert_eq!(business(1), (None, None));
    assert_eq!(business(2), (Some("301"), Some("Acme Inc")));
    assert_eq!(found.wabas[3].0.name.as_deref(), Some("WABA 101"));

    let calls = meta.calls().await;
    let count = |call: &str| calls.iter().filter(|made| *made == call).count();
    assert_eq!(count("102/phone_numbers"), 1);
    assert_eq!(count("102"), 0, "a list told about it already");
}

#[tokio::test]
async fn granular_scopes_alone_are_enough() {
    let meta = Meta::start().await;
    meta.on("GET", "me/businesses", denied()).await;
    meta.on("GET", "me/assigned_whatsapp_business_accounts", denied())
        .await;
    meta.get("101", waba("101")).await;
    meta.get("101/phone_numbers", list(&json!([number("201")])))
        .await;
    let found = find(&meta, &["101"], &SignupHints::default())
        .await
        .unwrap();
    assert_eq!(ids(&found), ["101: 201"]);
}

#[tokio::test]
async fn business_edges_alone_are_enough() {
    let meta = Meta::start().await;
    meta.get("me/businesses", list(&json!([{ "id": "301" }])))
        .await;
    meta.get(
        "301/owned_whatsapp_business_accounts",
        list(&json!([waba("101")])),
    )
    .await;
    meta.on("GET", "301/client_whatsapp_business_accounts", denied())
        .await;
    meta.get("101/phone_numbers", list(&json!([number("201")])))
        .await;
    let found = find(&meta, &[], &SignupHints::default()).await.unwrap();
    assert_eq!(ids(&found), ["101: 201"]);
}

#[tokio::test]
async fn what_is_assigned_to_the_known_user_alone_is_enough() {
    let meta = Meta::start().await;
    meta.get(
        "55/assigned_whatsapp_business_accounts",
        list(&json!([waba("101")])),
    )
    .await;
    meta.get("101/phone_numbers", list(&json!([number("201")])))
        .await;
    let mut access = access();
    access.grant.meta_user = Some(MetaUserId::from("55"));
    let hints = SignupHints::default();
    let found = meta
        .gateway
        .find_assets(&access, &[], &hints)
        .await
        .unwrap();
    assert_eq!(ids(&found), ["101: 201"]);
}

#[tokio::test]
async fn the_signups_waba_and_business_alone_are_enough() {
    let meta = Meta::start().await;
    meta.get("101", waba("101")).await;
    meta.get("101/phone_numbers", list(&json!([number("201")])))
        .await;
    let found = find(&meta, &[], &hinted("101")).await.unwrap();
    assert_eq!(ids(&found), ["101: 201"]);

    let meta = Meta::start().await;
    meta.get(
        "301/owned_whatsapp_business_accounts",
        list(&json!([waba("101")])),
    )
    .await;
    meta.get("101/phone_numbers", list(&json!([number("201")])))
        .await;
    let hints = SignupHints {
        business_id: Some("301".into()),
        ..SignupHints::default()
    };
    assert_eq!(ids(&find(&meta, &[], &hints).await.unwrap()), ["101: 201"]);
}

#[tokio::test]
async fn a_hint_that_meta_does_not_confirm_counts_for_nothing() {
    let meta = Meta::start().await;
    meta.get("me/businesses", list(&json!([]))).await;
    let found = find(&meta, &[], &hinted("666")).await.unwrap();
    assert_eq!(found, Assets::default());
}

#[rstest]
#[tokio::test]
async fn a_hint_that_is_no_id_is_never_called(
    #[values(
        "me",
        "",
        "1/../2",
        "101?x=y",
        "\u{ff11}01",
        "123456789012345678901234567890123"
    )]
    id: &str,
) {
    let meta = Meta::start().await;
    meta.get("me/businesses", list(&json!([]))).await;
    let hints = SignupHints {
        business_id: Some(id.into()),
        ..hinted(id)
    };
    find(&meta, &[id], &hints).await.unwrap();
    let mut calls = meta.calls().await;
    calls.sort();
    assert_eq!(
        calls,
        ["me/assigned_whatsapp_business_accounts", "me/businesses"]
    );
}

#[tokio::test]
async fn an_empty_account_is_told_as_empty() {
    let meta = Meta::start().await;
    meta.get(
        "me/businesses",
        list(&json!([{ "id": "301", "name": "Acme" }])),
    )
    .await;
    for edge in ["owned", "client"] {
        meta.get(
            &format!("301/{edge}_whatsapp_business_accounts"),
            list(&json!([])),
        )
        .await;
    }
    let found = find(&meta, &[], &SignupHints::default()).await.unwrap();
    assert_eq!((found.businesses, found.wabas.len()), (1, 0));

    meta.get("101", waba("101")).await;
    meta.get("101/phone_numbers", list(&json!([]))).await;
    let found = find(&meta, &["101"], &SignupHints::default())
        .await
        .unwrap();
    assert_eq!(ids(&found), ["101: "]);
}

#[rstest]
#[case::token_first(&[(190, Kind::TokenInvalid), (200, Kind::PermissionMissing)])]
#[case::then_permission(&[(200, Kind::PermissionMissing), (2, Kind::Unavailable)])]
#[case::then_trouble(&[(2, Kind::Unavailable), (100, Kind::Refused)])]
#[tokio::test]
async fn when_no_source_answers_the_most_telling_error_is_told(#[case] codes: &[(i64, Kind)]) {
    for order in [[0, 1], [1, 0]] {
        let meta = Meta::start().await;
        let edges = ["me/businesses", "me/assigned_whatsapp_business_accounts"];
        for (edge, nth) in edges.into_iter().zip(order) {
            meta.on("GET", edge, refusal(400, codes[nth].0, None, "Nein."))
                .await;
        }
        let error = find(&meta, &[], &SignupHints::default()).await.unwrap_err();
        assert_eq!(error.kind, codes[0].1);
    }
}

#[rstest]
#[case::trouble(2, Kind::Unavailable)]
#[case::limit(80008, Kind::RateLimited(None))]
#[case::dead_token(190, Kind::TokenInvalid)]
#[tokio::test]
async fn trouble_is_not_taken_for_an_empty_account(#[case] code: i64, #[case] kind: Kind) {
    let meta = Meta::start().await;
    meta.get("me/businesses", list(&json!([{ "id": "301" }])))
        .await;
    let owned = "301/owned_whatsapp_business_accounts";
    meta.on("GET", owned, refusal(400, code, None, "Nein."))
        .await;
    let error = find(&meta, &[], &SignupHints::default()).await.unwrap_err();
    assert_eq!(error.kind, kind);
}

#[tokio::test]
async fn a_waba_whose_numbers_cannot_be_read_is_left_out_unless_it_is_the_only_one() {
    let meta = Meta::start().await;
    for id in ["101", "102"] {
        meta.get(id, waba(id)).await;
    }
    meta.on("GET", "101/phone_numbers", denied()).await;
    let error = find(&meta, &["101"], &SignupHints::default())
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::PermissionMissing);

    meta.get("102/phone_numbers", list(&json!([number("201")])))
        .await;
    let found = find(&meta, &["101", "102"], &SignupHints::default())
        .await
        .unwrap();
    assert_eq!(ids(&found), ["102: 201"]);
}

#[rstest]
#[case("FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING", true)]
#[case("FINISH", false)]
#[tokio::test]
async fn the_signups_word_on_coexistence_holds_for_its_own_number(
    #[case] event: &str,
    #[case] is: bool,
) {
    let meta = Meta::start().await;
    meta.get("101", waba("101")).await;
    meta.get(
        "101/phone_numbers",
        list(&json!([number("201"), number("202")])),
    )
    .await;
    let hints = SignupHints {
        phone_number_id: Some(PhoneNumberId::from("201")),
        event: Some(event.to_owned()),
        ..hinted("101")
    };
    let found = find(&meta, &[], &hints).await.unwrap();
    let coexist: Vec<_> = found.wabas[0]
        .1
        .iter()
        .map(|number| number.health.is_coexistence)
        .collect();
    assert_eq!(coexist, [is, false]);
}

/// Meta documents the end of such a signup with the WABA alone, or with nothing.
#[rstest]
#[case::the_waba(Some("101"), [true, true, false])]
#[case::another_waba(Some("102"), [false, false, true])]
#[case::nothing(None, [true, true, true])]
#[tokio::test]
async fn a_signup_that_stays_in_the_app_without_a_number_speaks_of_all_of_its_waba(
    #[case] named: Option<&str>,
    #[case] stays: [bool; 3],
) {
    let meta = Meta::start().await;
    for (id, numbers) in [("101", vec!["201", "202"]), ("102", vec!["203"])] {
        meta.get(id, waba(id)).await;
        let numbers: Vec<_> = numbers.into_iter().map(number).collect();
        meta.get(&format!("{id}/phone_numbers"), list(&json!(numbers)))
            .await;
    }
    for event in [
        "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING",
        " finish_whatsapp_business_app_onboarding ",
    ] {
        let hints = SignupHints {
            waba_id: named.map(WabaId::from),
            event: Some(event.to_owned()),
            ..SignupHints::default()
        };
        let found = find(&meta, &["101", "102"], &hints).await.unwrap();
        let mut seen: Vec<_> = found
            .wabas
            .iter()
            .flat_map(|(_, numbers)| numbers)
            .map(|number| (number.id.to_string(), number.health.is_coexistence))
            .collect();
        seen.sort();
        let seen: Vec<bool> = seen.into_iter().map(|(_, stays)| stays).collect();
        assert_eq!(seen, stays, "{event:?}");
    }
}

#[tokio::test]
async fn no_more_than_four_calls_run_at_a_time() {
    const SLOW: Duration = Duration::from_millis(100);
    let meta = Meta::start().await;
    let wabas: Vec<_> = (101..=112).map(|id| waba(&id.to_string())).collect();
    meta.get(
        "me/assigned_whatsapp_business_accounts",
        list(&json!(wabas)),
    )
    .await;
    let arrivals = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&arrivals);
    Mock::given(path_regex("/phone_numbers$"))
        .respond_with(move |_: &Request| {
            seen.lock().unwrap().push(Instant::now());
            let body = list(&json!([number("201")]));
            ResponseTemplate::new(200)
                .set_body_json(body)
                .set_delay(SLOW)
        })
        .mount(&meta.server)
        .await;
    find(&meta, &[], &SignupHints::default()).await.unwrap();
    let arrivals = arrivals.lock().unwrap();
    assert_eq!(arrivals.len(), 12);
    for five in arrivals.windows(5) {
        assert!(five[4] - five[0] >= SLOW, "five calls ran at once");
    }
}
