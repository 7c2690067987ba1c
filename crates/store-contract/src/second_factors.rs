use wabakit_domain::{
    identity::Role,
    ids::{OrgId, UserId},
    second_factor::SecondFactor,
    secret::SealedSecret,
};
use wabakit_ports::store::{SecondFactorEnd, StoreError};

use super::{World, assert_refused, at, world::count};

fn sealed(text: &str) -> SealedSecret {
    SealedSecret::new(text.as_bytes().to_vec())
}

/// Turns a second factor on at step 100, with two recovery codes.
async fn turn_on(w: &World, org: OrgId, user: UserId) -> [wabakit_domain::identity::TokenHash; 2] {
    let codes = [w.make.hash(), w.make.hash()];
    let begun = w.store.begin_second_factor(user, sealed("secret"), at(0));
    begun.await.unwrap();
    let events = vec![w.make.event(org, "auth.two_factor_on")];
    let confirmed = w
        .store
        .confirm_second_factor(on(user, "secret"), codes.into(), events);
    assert!(confirmed.await.unwrap());
    codes
}

fn on(user: UserId, secret: &str) -> SecondFactor {
    SecondFactor {
        user,
        secret: sealed(secret),
        created_at: at(0),
        confirmed_at: Some(at(60)),
        last_step: Some(100),
        recovery_codes: 2,
    }
}

fn end(w: &World, org: OrgId, user: UserId) -> SecondFactorEnd {
    SecondFactorEnd {
        user,
        only_in: None,
        keep: None,
        now: at(90),
        audit: vec![w.make.event(org, "auth.two_factor_off")],
    }
}

pub async fn a_second_factor_comes_back_whole_once_it_is_confirmed(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let user = tenant.owner.id;
    assert_eq!(w.store.second_factor(user).await.unwrap(), None);
    turn_on(&w, tenant.org, user).await;
    let found = w.store.second_factor(user).await.unwrap();
    assert_eq!(found, Some(on(user, "secret")));
    assert_eq!(w.store.second_factor(other.owner.id).await.unwrap(), None);
    assert_eq!(w.actions(tenant.org).await, ["auth.two_factor_on"]);
}

pub async fn a_waiting_secret_is_replaced_and_a_confirmed_one_is_not(w: World) {
    let tenant = w.tenant().await;
    let user = tenant.owner.id;
    for secret in ["first", "second"] {
        let begun = w.store.begin_second_factor(user, sealed(secret), at(0));
        begun.await.unwrap();
    }
    let confirm = |secret| {
        w.store
            .confirm_second_factor(on(user, secret), vec![], vec![])
    };
    assert!(!confirm("first").await.unwrap(), "it was replaced");
    let waiting = w.store.second_factor(user).await.unwrap().unwrap();
    assert_eq!((waiting.confirmed_at, waiting.last_step), (None, None));
    assert!(
        !w.store.accept_step(user, 200).await.unwrap(),
        "it counts for nothing"
    );
    let replaced = w
        .store
        .replace_recovery_codes(user, vec![w.make.hash()], vec![]);
    assert!(!replaced.await.unwrap());
    assert!(confirm("second").await.unwrap());
    assert!(!confirm("second").await.unwrap(), "it waits no more");
    let begun = w.store.begin_second_factor(user, sealed("third"), at(0));
    assert_refused!(begun.await, StoreError::Forbidden(_));
    let kept = w.store.second_factor(user).await.unwrap().unwrap();
    assert_eq!(kept.secret, sealed("second"));
}

pub async fn a_step_is_accepted_once_and_none_before_it(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let user = tenant.owner.id;
    assert!(
        !w.store.accept_step(user, 100).await.unwrap(),
        "nothing is on"
    );
    turn_on(&w, tenant.org, user).await;
    turn_on(&w, other.org, other.owner.id).await;
    for (step, accepted) in [
        (100, false),
        (99, false),
        (102, true),
        (102, false),
        (101, false),
    ] {
        assert_eq!(
            w.store.accept_step(user, step).await.unwrap(),
            accepted,
            "{step}"
        );
    }
    assert!(
        w.store.accept_step(other.owner.id, 101).await.unwrap(),
        "another person's"
    );
}

pub async fn only_one_of_twenty_uses_a_step(w: World) {
    let tenant = w.tenant().await;
    let user = tenant.owner.id;
    turn_on(&w, tenant.org, user).await;
    let accepted = w
        .race(move |w, _| async move { w.store.accept_step(user, 101).await.unwrap() })
        .await;
    assert_eq!(count(&accepted, |accepted| *accepted), 1);
}

pub async fn only_one_of_twenty_uses_a_recovery_code(w: World) {
    let tenant = w.tenant().await;
    let (org, user) = (tenant.org, tenant.owner.id);
    let [code, other] = turn_on(&w, org, user).await;
    let used = w
        .race(move |w, _| async move {
            let events = vec![w.make.event(org, "auth.recovery_code_used")];
            w.store.use_recovery_code(user, code, events).await.unwrap()
        })
        .await;
    assert_eq!(count(&used, |used| *used), 1);
    let left = w.store.second_factor(user).await.unwrap().unwrap();
    assert_eq!(left.recovery_codes, 1);
    let recorded = ["auth.two_factor_on", "auth.recovery_code_used"];
    assert_eq!(w.actions(org).await, recorded);
    let colleague = w.member(org, Role::Admin).await.id;
    for (who, code) in [(user, w.make.hash()), (colleague, other)] {
        let used = w.store.use_recovery_code(who, code, vec![]);
        assert!(!used.await.unwrap(), "none of theirs");
    }
}

pub async fn new_recovery_codes_end_the_old_ones(w: World) {
    let tenant = w.tenant().await;
    let (org, user) = (tenant.org, tenant.owner.id);
    let [old, _] = turn_on(&w, org, user).await;
    let new = w.make.hash();
    let events = vec![w.make.event(org, "auth.recovery_codes_made")];
    let replaced = w.store.replace_recovery_codes(user, vec![new], events);
    assert!(replaced.await.unwrap());
    for (code, works) in [(old, false), (new, true)] {
        let used = w.store.use_recovery_code(user, code, vec![]).await.unwrap();
        assert_eq!(used, works);
    }
    assert_eq!(
        w.actions(org).await.last().unwrap(),
        "auth.recovery_codes_made"
    );
}

pub async fn ending_a_second_factor_ends_the_other_sign_ins(w: World) {
    let tenant = w.tenant().await;
    let (org, user) = (tenant.org, tenant.owner.id);
    let none = w.store.end_second_factor(end(&w, org, user)).await;
    assert!(!none.unwrap(), "there is none to end");
    let [code, _] = turn_on(&w, org, user).await;
    let here = w.sign_in(org, &tenant.owner).await;
    let there = w.sign_in(org, &tenant.owner).await;
    let ended = SecondFactorEnd {
        keep: Some(here.session.id),
        ..end(&w, org, user)
    };
    assert!(w.store.end_second_factor(ended).await.unwrap());
    assert_eq!(w.store.second_factor(user).await.unwrap(), None);
    let used = w.store.use_recovery_code(user, code, vec![]).await;
    assert!(!used.unwrap());
    for (sign_in, lives) in [(here, true), (there, false)] {
        let principal = w.store.principal(sign_in.session.id, at(90)).await;
        assert_eq!(principal.unwrap().is_some(), lives);
    }
    let recorded = ["auth.two_factor_on", "auth.two_factor_off"];
    assert_eq!(w.actions(org).await, recorded);
}

pub async fn an_organisation_ends_no_second_factor_that_guards_another(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let member = w.member(tenant.org, Role::Agent).await;
    turn_on(&w, tenant.org, member.id).await;
    let by = |org| SecondFactorEnd {
        only_in: Some(org),
        ..end(&w, tenant.org, member.id)
    };
    let foreign = w.store.end_second_factor(by(other.org)).await;
    assert!(!foreign.unwrap());
    assert!(w.store.second_factor(member.id).await.unwrap().is_some());
    assert!(w.store.end_second_factor(by(tenant.org)).await.unwrap());
}
