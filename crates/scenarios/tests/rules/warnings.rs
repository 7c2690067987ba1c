//! Warnings, most urgent first.

use std::collections::HashMap;

use chrono::Duration;
use rstest::rstest;
use wabakit_domain::{grant::Expiry, identity::Role};
use wabakit_ports::system::Clock;
use wabakit_services::{Severity, WarningAct};

use crate::support::{World, caller, number, token_of};

async fn expiring_in(days: i64) -> World {
    let w = World::new().await;
    let mut facts = token_of("person");
    facts.expires = Expiry::At(w.clock.now() + Duration::days(100));
    w.log_in(&w.meta.login("first", facts)).await;
    w.clock.advance(Duration::days(100 - days));
    w
}

#[rstest]
#[case(31, None)]
#[case(30, Some(Severity::Info))]
#[case(8, Some(Severity::Info))]
#[case(7, Some(Severity::Warning))]
#[case(1, Some(Severity::Warning))]
#[case(0, Some(Severity::Critical))]
#[case(-5, Some(Severity::Critical))]
#[tokio::test]
async fn a_login_warns_from_thirty_days_urgently_from_seven_and_then_says_that_it_is_over(
    #[case] days: i64,
    #[case] expected: Option<Severity>,
) {
    let w = expiring_in(days).await;
    let warnings = w.accounts.warnings(&w.admin).await.unwrap();
    assert_eq!(warnings.first().map(|w| w.severity), expected);
    assert!(
        warnings
            .iter()
            .all(|w| w.code == "token_expiring" && !w.remedy.is_empty())
    );
}

#[tokio::test]
async fn the_expiry_that_comes_first_has_the_warning() {
    let w = World::new().await;
    let mut facts = token_of("person");
    facts.expires = Expiry::At(w.clock.now() + Duration::days(20));
    facts.data_access_expires = Expiry::At(w.clock.now() + Duration::days(5));
    w.log_in(&w.meta.login("first", facts)).await;
    let warnings = w.accounts.warnings(&w.admin).await.unwrap();
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].code, "data_access_expiring");
    assert!(
        warnings[0].detail.contains("5 days"),
        "{}",
        warnings[0].detail
    );
}

#[tokio::test]
async fn warnings_are_of_the_orgs_active_accounts_most_urgent_first() {
    let w = World::new().await;
    w.meta.script().pins.insert("n1".into(), "424242".into());
    w.meta.script().wabas[0].1.push(number("n2", "CONNECTED"));
    w.meta
        .set_health("n2", |h| h.quality_rating = Some("RED".into()));
    let (id, _) = w.log_in(&w.meta.login("first", token_of("person"))).await;
    w.connect
        .choose(&w.admin, id, vec!["n1".into(), "n2".into()])
        .await
        .unwrap();
    let codes = async || {
        let warnings = w.accounts.warnings(&w.admin).await.unwrap();
        warnings.into_iter().map(|w| w.code).collect::<Vec<_>>()
    };
    assert_eq!(codes().await, ["needs_registration", "quality_red"]);
    let accounts = w.listed(&w.admin).await;
    w.meta.kill("token-first");
    w.accounts.verify(&w.admin, accounts[1].id).await.unwrap();
    assert!(codes().await.contains(&"token_invalid".to_owned()));
    let stranger = caller(2, 9, Role::Owner);
    assert_eq!(w.accounts.warnings(&stranger).await.unwrap(), []);
    w.accounts.disconnect(&w.admin, None).await.unwrap();
    assert_eq!(codes().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_warning_carries_the_act_that_its_remedy_names() {
    let w = World::new().await;
    w.meta.script().pins.insert("n1".into(), "424242".into());
    w.meta.script().wabas[0].1.push(number("n2", "CONNECTED"));
    w.meta
        .set_health("n2", |h| h.quality_rating = Some("RED".into()));
    let mut facts = token_of("person");
    facts.expires = Expiry::At(w.clock.now() + Duration::days(5));
    let (id, _) = w.log_in(&w.meta.login("first", facts)).await;
    w.connect
        .choose(&w.admin, id, vec!["n1".into(), "n2".into()])
        .await
        .unwrap();
    let acts = async || {
        let warnings = w.accounts.warnings(&w.admin).await.unwrap();
        for warning in &warnings {
            let named = warning.remedy.contains("lick ");
            assert_eq!(named, warning.act.is_some(), "{}", warning.remedy);
            let label = warning.act.map_or("", WarningAct::label);
            assert!(warning.remedy.contains(label), "{}", warning.remedy);
        }
        warnings
            .into_iter()
            .map(|w| (w.code, w.act))
            .collect::<HashMap<_, _>>()
    };
    let found = acts().await;
    assert_eq!(found["needs_registration"], Some(WarningAct::Register));
    assert_eq!(found["token_expiring"], Some(WarningAct::Reconnect));
    assert_eq!(found["quality_red"], None);
    w.meta.kill("token-first");
    let account = w.listed(&w.admin).await[0].id;
    w.accounts.verify(&w.admin, account).await.unwrap();
    assert_eq!(acts().await["token_invalid"], Some(WarningAct::Reconnect));
}
