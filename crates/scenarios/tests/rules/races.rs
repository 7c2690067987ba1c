//! Acts that happen once, even if two requests ask at the same time.

use chrono::Duration;
use wabakit_domain::{
    connect::{BrowserBinding, ConnectMode, ConnectStatus, Refusal},
    identity::Role,
};
use wabakit_ports::meta::MetaErrorKind;
use wabakit_services::{CallbackResult, Caller};

use crate::support::{Meet, World, answer, caller, is_completed, number, token_of};

#[tokio::test]
async fn of_two_callbacks_at_once_one_exchanges_and_the_other_gets_the_result() {
    let w = World::new().await;
    let code = w.meta.login("first", token_of("person"));
    let begun = w.begin(ConnectMode::Redirect, BrowserBinding::Nonce).await;
    let (connect, store) = w.meeting(Meet::Reading);
    let callback = || connect.callback(answer(&begun, &code));
    let (one, two) = tokio::join!(callback(), callback());
    assert_eq!(
        store.conflicts(),
        1,
        "both saw a state that nobody had used"
    );
    let told = |r: &CallbackResult| *r == CallbackResult::Pending(begun.session);
    let connected = |r: &CallbackResult| matches!(r, CallbackResult::Success { .. });
    let results = [one.result, two.result];
    assert_eq!(results.iter().filter(|r| told(r)).count(), 1, "{results:?}");
    assert_eq!(
        results.iter().filter(|r| connected(r)).count(),
        1,
        "{results:?}"
    );
    assert_eq!(w.meta.count("exchange_code"), 1);
    assert_eq!(w.listed(&w.admin).await.len(), 1);
}

#[tokio::test]
async fn of_two_choices_at_once_one_runs() {
    let w = World::new().await;
    w.meta.script().wabas[0].1.push(number("n2", "PENDING"));
    let code = w.meta.login("first", token_of("person"));
    let (id, _) = w.log_in(&code).await;
    let (connect, store) = w.meeting(Meet::Reading);
    let choose = |n: &str| connect.choose(&w.admin, id, vec![n.into()]);
    let (one, two) = tokio::join!(choose("n1"), choose("n2"));
    assert_eq!(
        store.conflicts(),
        1,
        "both saw a session that waits for a choice"
    );
    assert_eq!(
        [one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(),
        1
    );
    assert_eq!(w.meta.count("register"), 1);
    assert_eq!(w.listed(&w.admin).await.len(), 1);
}

#[tokio::test]
async fn two_resumes_at_once_run_the_steps_once() {
    let w = World::new().await;
    w.meta
        .fail("is_subscribed", 0, 1, MetaErrorKind::Unavailable);
    let code = w.meta.login("first", token_of("person"));
    let (id, _) = w.log_in(&code).await;
    let (connect, store) = w.meeting(Meet::Reading);
    let resume = || connect.resume(&w.admin, id, None);
    let (one, two) = tokio::join!(resume(), resume());
    assert_eq!(store.conflicts(), 1, "both saw a session that nobody runs");
    assert!(one.is_ok() && two.is_ok());
    assert!(is_completed(&w.session(id).await));
    assert_eq!(
        (w.meta.count("subscribe"), w.meta.count("register")),
        (1, 1)
    );
    assert_eq!(w.find(w.admin.org, "connect.completed").await.len(), 1);
}

#[tokio::test]
async fn a_session_that_runs_is_not_taken_up_nor_given_up_before_its_lease_ends() {
    let w = World::new().await;
    let begun = w.begin(ConnectMode::Redirect, BrowserBinding::Nonce).await;
    let code = w.meta.login("first", token_of("person"));
    let meddle = async {
        // Wait until the callback calls Meta.
        while w.meta.script().calls.is_empty() {
            tokio::task::yield_now().await;
        }
        let recovered = w.connect.recover_interrupted().await.unwrap();
        let cancelled = w.connect.cancel(&w.admin, begun.session).await;
        (recovered, cancelled.is_err())
    };
    let (landing, meddled) = tokio::join!(w.connect.callback(answer(&begun, &code)), meddle);
    assert_eq!(meddled, (0, true));
    assert!(matches!(landing.result, CallbackResult::Success { .. }));
}

#[tokio::test]
async fn a_slow_runner_whose_session_was_taken_up_goes_on_no_further() {
    let w = World::new().await;
    let begun = w.begin(ConnectMode::Redirect, BrowserBinding::Nonce).await;
    let code = w.meta.login("first", token_of("person"));
    let take_up = async {
        while w.meta.count("find_assets") == 0 {
            tokio::task::yield_now().await;
        }
        w.clock.advance(Duration::seconds(61));
        w.connect.recover_interrupted().await.unwrap()
    };
    let (_, taken) = tokio::join!(w.connect.callback(answer(&begun, &code)), take_up);
    assert_eq!(taken, 1);
    assert_eq!(
        w.session(begun.session).await.status(),
        ConnectStatus::Completed
    );
    assert_eq!(
        (w.meta.count("subscribe"), w.meta.count("register")),
        (1, 1)
    );
    assert_eq!(w.find(w.admin.org, "account.connected").await.len(), 1);
}

#[tokio::test]
async fn of_two_orgs_that_race_for_a_number_one_holds_it_and_the_other_learns_that_it_is_in_use() {
    let w = World::new().await;
    let other = caller(2, 9, Role::Owner);
    let (connect, _) = w.meeting(Meet::Activating);
    let log_in = async |who: &Caller, name: &str| {
        let begun = w
            .begin_as(who, ConnectMode::Redirect, BrowserBinding::Nonce)
            .await
            .unwrap();
        let code = w.meta.login(name, token_of(name));
        let landing = connect.callback(answer(&begun, &code)).await;
        (landing.result, w.listed(who).await.len())
    };
    let (mine, theirs) = tokio::join!(log_in(&w.admin, "mine"), log_in(&other, "theirs"));
    let holds = |end: &&(CallbackResult, usize)| matches!(end, (CallbackResult::Success { .. }, 1));
    let learns = |end: &&(CallbackResult, usize)| {
        matches!(end, (CallbackResult::Error(Refusal::NumberInUse, _), 0))
    };
    let ends = [mine, theirs];
    assert_eq!(ends.iter().filter(holds).count(), 1, "{ends:?}");
    assert_eq!(ends.iter().filter(learns).count(), 1, "{ends:?}");
}
