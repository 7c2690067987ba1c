//! A number of another organisation changes hands only if Meta says that the other login is dead.

use rstest::rstest;
use wabakit_domain::{
    connect::{BrowserBinding, ConnectMode, Refusal},
    grant::GrantState,
    identity::Role,
    meta_error::MetaErrorRef,
};
use wabakit_ports::{meta::MetaErrorKind, store::Facts};
use wabakit_services::{CallbackResult, Caller};

use crate::support::{World, answer, caller, token_of};

async fn held_by_another() -> (World, Caller) {
    let w = World::new().await;
    let other = caller(2, 9, Role::Owner);
    w.connected_as(&other, "theirs").await;
    (w, other)
}

#[tokio::test]
async fn a_number_with_a_dead_login_is_taken_over_and_both_audit_logs_record_it() {
    let (w, other) = held_by_another().await;
    let theirs = w.listed(&other).await.remove(0);
    w.meta.kill("token-theirs");
    let (id, landing) = w.log_in(&w.meta.login("mine", token_of("me"))).await;
    assert!(
        matches!(landing.result, CallbackResult::Success { .. }),
        "{:?}",
        landing.result
    );
    assert!(w.session(id).await.progress.candidates[0].takes_over);
    assert_eq!(w.listed(&other).await, []);
    assert_eq!(w.listed(&w.admin).await.len(), 1);

    let lost = w.find(other.org, "account.taken_over").await;
    assert_eq!(lost[0].event.subject_id, theirs.id.to_string());
    assert!(
        !lost[0].event.data.contains(&w.admin.org.to_string()),
        "not told to whom"
    );
    let won = w.find(w.admin.org, "account.connected").await;
    assert!(won[0].event.data.contains(r#""takenOver":true"#));
    assert!(
        !won[0].event.data.contains(&other.org.to_string()),
        "not told from whom"
    );

    // The dead token is not used any more.
    let grant = w
        .store
        .grant(other.org, theirs.grant)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((grant.state, grant.token), (GrantState::Dead, None));
    assert_eq!(w.meta.count("revoke"), 0);
    assert!(w.meta.script().subscribed.contains(&"waba".into()));
}

#[tokio::test]
async fn a_login_that_meta_cannot_be_asked_about_is_not_dead() {
    let (w, other) = held_by_another().await;
    w.meta.kill("token-theirs");
    // The first inspections are of our own token.
    w.meta
        .fail("inspect_token", 2, 1, MetaErrorKind::Unavailable);
    let (refusal, session) = w.refused(&w.meta.login("mine", token_of("me"))).await;
    assert_eq!(refusal, Refusal::NumberInUse);
    assert_eq!(w.listed(&other).await.len(), 1);
    // Once Meta answers, the same login continues.
    w.connect.resume(&w.admin, session.id, None).await.unwrap();
    assert_eq!(w.listed(&w.admin).await.len(), 1);
}

/// A login that its person must confirm at Meta lives: its number stays where it is.
#[rstest]
#[case(459, false)]
#[case(464, false)]
#[case(458, true)]
#[case(460, true)]
#[case(463, true)]
#[tokio::test]
async fn a_login_that_waits_at_a_checkpoint_is_not_dead(
    #[case] subcode: i64,
    #[case] is_dead: bool,
    #[values(false, true)] in_facts: bool,
) {
    let (w, other) = held_by_another().await;
    match in_facts {
        true => {
            let mut script = w.meta.script();
            let facts = script.tokens.get_mut("token-theirs").unwrap();
            facts.is_valid = false;
            facts.error = Some(MetaErrorRef {
                code: 190,
                subcode: Some(subcode),
                ..MetaErrorRef::default()
            });
        }
        // The first inspections are of our own token.
        false => w.meta.fail_always_after("inspect_token", 2, 190, subcode),
    }
    let code = w.meta.login("mine", token_of("me"));
    let (_, landing) = w.log_in(&code).await;
    let is_taken = matches!(landing.result, CallbackResult::Success { .. });
    assert_eq!(is_taken, is_dead, "{:?}", landing.result);
    assert_eq!(w.listed(&other).await.len(), usize::from(!is_dead));
}

#[tokio::test]
async fn our_own_mark_that_a_login_is_dead_is_not_metas_word() {
    let (w, other) = held_by_another().await;
    let theirs = w.listed(&other).await.remove(0);
    let mut grant = w
        .store
        .grant(other.org, theirs.grant)
        .await
        .unwrap()
        .unwrap();
    grant.state = GrantState::Dead;
    w.store
        .save_grant(other.org, grant, Facts::default())
        .await
        .unwrap();
    let (refusal, _) = w.refused(&w.meta.login("mine", token_of("me"))).await;
    assert_eq!(refusal, Refusal::NumberInUse);
    assert_eq!(w.listed(&other).await.len(), 1);
}

#[tokio::test]
async fn a_login_that_came_back_to_life_before_the_last_step_keeps_its_number() {
    let (w, other) = held_by_another().await;
    w.meta.kill("token-theirs");
    let begun = w.begin(ConnectMode::Redirect, BrowserBinding::Nonce).await;
    let code = w.meta.login("mine", token_of("me"));
    let revive = async {
        while w.meta.count("inspect_token") < 5 {
            tokio::task::yield_now().await;
        }
        w.meta
            .script()
            .tokens
            .get_mut("token-theirs")
            .unwrap()
            .is_valid = true;
    };
    let (landing, ()) = tokio::join!(w.connect.callback(answer(&begun, &code)), revive);
    assert!(
        matches!(
            landing.result,
            CallbackResult::Error(Refusal::NumberInUse, _)
        ),
        "{:?}",
        landing.result
    );
    assert_eq!(w.listed(&other).await.len(), 1);
    assert_eq!(w.listed(&w.admin).await, []);
}
