//! Signing in, staying signed in, and signing out.

use chrono::Duration;
use wabakit_domain::{identity::Role, ids::AuthSessionId, secret::ExposeSecret};
use wabakit_services::{Credentials, Origin, Revocation, ServiceError, SignedIn};

use crate::support::{PASSWORD, People};

const OWNER: &str = "owner@shrub.example";

fn unauthenticated<T>(result: Result<T, ServiceError>) -> bool {
    matches!(result, Err(ServiceError::Unauthenticated))
}

#[tokio::test]
async fn a_sign_in_is_known_by_its_bearer_and_by_its_cookie_and_by_nothing_else() {
    let p = People::new().await;
    let signed_in = p.login("  Owner@Shrub.Example ", PASSWORD).await.unwrap();
    assert_eq!(
        (signed_in.user.id, signed_in.role),
        (p.owner.id, Role::Owner)
    );
    assert_eq!(p.caller(&signed_in).await.unwrap().org, p.org.id);
    let cookie = signed_in.cookie.as_ref().unwrap().expose_secret();
    assert_eq!(p.auth.by_cookie(cookie).await.unwrap().user.id, p.owner.id);
    let refresh = signed_in.refresh_token.expose_secret();
    for wrong in ["", "x", cookie, refresh] {
        assert!(unauthenticated(p.auth.by_bearer(wrong).await));
    }
    assert!(unauthenticated(p.auth.by_cookie(refresh).await));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_answer_alike_with_like_work() {
    let p = People::new().await;
    let mut fastest = [std::time::Duration::MAX; 2];
    for _ in 0..3 {
        for (i, email) in [OWNER, "nobody@shrub.example"].into_iter().enumerate() {
            let start = std::time::Instant::now();
            let answer = p.login(email, "a wrong password").await;
            fastest[i] = fastest[i].min(start.elapsed());
            assert!(matches!(answer, Err(ServiceError::InvalidCredentials)));
        }
    }
    let [known, unknown] = fastest;
    assert!(
        unknown > known / 4,
        "an unknown address is told by its speed: {fastest:?}"
    );
}

#[tokio::test]
async fn ten_failures_block_an_address_for_fifteen_minutes_right_password_or_not() {
    let p = People::new().await;
    for _ in 0..10 {
        let answer = p.login(OWNER, "a wrong password").await;
        assert!(matches!(answer, Err(ServiceError::InvalidCredentials)));
    }
    match p.login(OWNER, PASSWORD).await {
        Err(ServiceError::TooMany(wait)) => assert_eq!(wait, Duration::minutes(15)),
        _ => panic!("the eleventh try is to be blocked"),
    }
    p.world.clock.advance(Duration::minutes(15));
    p.signed_in(OWNER).await;
}

#[tokio::test]
async fn guesses_made_at_once_are_counted_like_guesses_in_a_row() {
    let p = People::new().await;
    let guesses = (0..15).map(|_| p.login(OWNER, "a wrong password"));
    let answers = futures::future::join_all(guesses).await;
    let tried = |a: &&Result<_, _>| matches!(a, Err(ServiceError::InvalidCredentials));
    assert_eq!(answers.iter().filter(tried).count(), 10);
}

#[tokio::test]
async fn an_access_token_ends_after_fifteen_minutes_and_a_sign_in_after_thirty_days() {
    let p = People::new().await;
    let signed_in = p.signed_in(OWNER).await;
    assert_eq!(signed_in.expires_in, Duration::minutes(15));
    p.world.clock.advance(Duration::minutes(15));
    assert!(unauthenticated(p.caller(&signed_in).await));
    let cookie = signed_in.cookie.as_ref().unwrap().expose_secret();
    assert!(p.auth.by_cookie(cookie).await.is_ok());
    p.world.clock.advance(Duration::days(30));
    assert!(unauthenticated(p.auth.by_cookie(cookie).await));
    assert!(unauthenticated(p.refresh(&signed_in).await));
}

#[tokio::test]
async fn a_refresh_token_is_good_once_with_a_grace_for_two_tabs() {
    let p = People::new().await;
    let first = p.signed_in(OWNER).await;
    let second = p.refresh(&first).await.unwrap();
    assert!(second.cookie.is_none());
    p.world.clock.advance(Duration::seconds(10));
    p.refresh(&first).await.unwrap();
    let third = p.refresh(&second).await.unwrap();
    assert!(p.caller(&third).await.is_ok());
}

#[tokio::test]
async fn a_refresh_token_used_again_after_the_grace_ends_the_whole_sign_in_at_once() {
    let p = People::new().await;
    let first = p.signed_in(OWNER).await;
    let second = p.refresh(&first).await.unwrap();
    assert!(p.caller(&second).await.is_ok(), "and is remembered now");
    p.world.clock.advance(Duration::seconds(11));
    let reused = p.refresh(&first).await;
    assert!(matches!(reused, Err(ServiceError::RefreshTokenReused)));
    assert!(unauthenticated(p.caller(&second).await));
    assert!(unauthenticated(p.refresh(&second).await));
    let cookie = first.cookie.as_ref().unwrap().expose_secret();
    assert!(unauthenticated(p.auth.by_cookie(cookie).await));
    assert_eq!(
        p.world
            .find(p.org.id, "auth.refresh_token_reused")
            .await
            .len(),
        1
    );
}

#[tokio::test]
async fn logging_out_ends_that_sign_in_at_once_and_no_other() {
    let p = People::new().await;
    let (here, there) = (p.signed_in(OWNER).await, p.signed_in(OWNER).await);
    let caller = p.caller(&here).await.unwrap();
    p.auth.logout(&caller).await.unwrap();
    assert!(unauthenticated(p.caller(&here).await));
    assert!(unauthenticated(p.refresh(&here).await));
    let cookie = here.cookie.as_ref().unwrap().expose_secret();
    assert!(unauthenticated(p.auth.by_cookie(cookie).await));
    assert!(p.caller(&there).await.is_ok());
}

#[tokio::test]
async fn a_new_password_ends_the_other_sign_ins_and_needs_the_old_one() {
    let p = People::new().await;
    let (here, there) = (p.signed_in(OWNER).await, p.signed_in(OWNER).await);
    let caller = p.caller(&here).await.unwrap();
    p.caller(&there).await.unwrap();
    let new = || "another long password".into();
    let wrong = p
        .auth
        .change_password(&caller, "wrong password".into(), new())
        .await;
    assert!(matches!(wrong, Err(ServiceError::Invalid(i)) if i.pointer == "/currentPassword"));
    let short = p
        .auth
        .change_password(&caller, PASSWORD.into(), "short".into())
        .await;
    assert!(matches!(short, Err(ServiceError::Invalid(i)) if i.pointer == "/newPassword"));
    assert!(p.caller(&there).await.is_ok());
    p.auth
        .change_password(&caller, PASSWORD.into(), new())
        .await
        .unwrap();
    assert!(p.caller(&here).await.is_ok());
    assert!(unauthenticated(p.caller(&there).await));
    assert!(p.login(OWNER, PASSWORD).await.is_err());
    assert!(p.login(OWNER, "another long password").await.is_ok());
}

#[tokio::test]
async fn a_person_in_several_orgs_signs_in_only_to_the_named_one() {
    let p = People::new().await;
    let stranger = p
        .orgs
        .create_by(wabakit_domain::audit::Actor::Operator, "Other")
        .await
        .unwrap();
    let credentials = Credentials {
        email: OWNER.into(),
        password: PASSWORD.into(),
        org: Some(stranger.id),
        code: None,
    };
    let refused = p.auth.login(credentials, &Origin::default()).await;
    assert!(matches!(refused, Err(ServiceError::Forbidden(_))));
}

/// Uses a sign-in after a wait, by its cookie or its refresh token, and waits until the use is stored.
async fn use_after(p: &People, signed_in: &mut SignedIn, wait: Duration, by_cookie: bool) -> bool {
    p.world.clock.advance(wait);
    let now = p.world.ports.clock.now();
    if by_cookie {
        let cookie = signed_in.cookie.as_ref().unwrap().expose_secret();
        if p.auth.by_cookie(cookie).await.is_err() {
            return false;
        }
    } else {
        match p.refresh(signed_in).await {
            Ok(next) => signed_in.refresh_token = next.refresh_token,
            Err(_) => return false,
        }
    }
    loop {
        let noted = p.world.store.sign_ins(p.owner.id, now).await.unwrap();
        if noted[0].0.last_seen_at == now {
            return true;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_sign_in_ends_when_it_is_unused_for_fourteen_days_and_lasts_thirty_in_use() {
    for by_cookie in [true, false] {
        let p = People::new().await;
        let mut idle = p.signed_in(OWNER).await;
        let wait = Duration::days(14);
        assert!(!use_after(&p, &mut idle, wait, by_cookie).await);

        let p = People::new().await;
        let mut used = p.signed_in(OWNER).await;
        for wait in [Duration::days(13), Duration::days(13), Duration::days(3)] {
            assert!(use_after(&p, &mut used, wait, by_cookie).await);
        }
        let wait = Duration::days(1);
        assert!(!use_after(&p, &mut used, wait, by_cookie).await);
    }
}

#[tokio::test]
async fn an_event_ticket_of_an_idle_sign_in_opens_nothing() {
    let p = People::new().await;
    let signed_in = p.signed_in(OWNER).await;
    let caller = p.caller(&signed_in).await.unwrap();
    p.world.clock.advance(Duration::days(14));
    assert!(unauthenticated(p.auth.recheck(&caller).await));
}

#[tokio::test]
async fn the_use_of_a_sign_in_is_written_once_in_five_minutes() {
    let p = People::new().await;
    let mut signed_in = p.signed_in(OWNER).await;
    let begun = p.world.ports.clock.now();
    p.world
        .clock
        .advance(Duration::minutes(5) - Duration::seconds(1));
    let cookie = signed_in.cookie.as_ref().unwrap().expose_secret();
    p.auth.by_cookie(cookie).await.unwrap();
    assert!(use_after(&p, &mut signed_in, Duration::seconds(1), true).await);
    let member = p.world.store.member(p.org.id, p.owner.id).await.unwrap();
    let seen = member.unwrap().last_seen_at.unwrap();
    assert_eq!(seen, begun + Duration::minutes(5));
}

#[tokio::test]
async fn a_person_sees_and_ends_their_own_sign_ins_at_once() {
    let p = People::new().await;
    p.person("pat@shrub.example", Role::Admin).await;
    let here = p.signed_in(OWNER).await;
    let origin = Origin {
        client: Some("Firefox on Linux".into()),
        address: Some("203.0.113.7".into()),
        ..Origin::default()
    };
    let credentials = Credentials {
        email: OWNER.into(),
        password: PASSWORD.into(),
        org: None,
        code: None,
    };
    let there = p.auth.login(credentials, &origin).await.unwrap();
    let pat = p.signed_in("pat@shrub.example").await;
    let (caller, pats) = (
        p.caller(&here).await.unwrap(),
        p.caller(&pat).await.unwrap(),
    );
    p.caller(&there).await.unwrap();

    let listed = p.auth.sign_ins(&caller).await.unwrap();
    assert_eq!(listed.len(), 2, "none of Pat's");
    let ours = caller.person().unwrap().session;
    let other = listed.iter().find(|(session, _)| session.id != ours);
    let (session, org) = other.unwrap();
    assert_eq!(session.client.as_deref(), Some("Firefox on Linux"));
    assert_eq!(session.address.as_deref(), Some("203.0.113.7"));
    assert_eq!(org.id, p.org.id);

    let not_found = |result| matches!(result, Err(ServiceError::NotFound(_)));
    assert!(not_found(p.auth.end_sign_in(&pats, session.id).await));
    let nobodys = AuthSessionId(uuid::Uuid::nil());
    assert!(not_found(p.auth.end_sign_in(&caller, nobodys).await));
    assert!(p.caller(&there).await.is_ok());
    let mut told = p.auth.revocations();
    p.auth.end_sign_in(&caller, session.id).await.unwrap();
    assert_eq!(told.try_recv(), Ok(Revocation::SignIn(session.id)));
    assert!(
        unauthenticated(p.caller(&there).await),
        "its cached person too"
    );
    assert!(unauthenticated(p.refresh(&there).await));
    assert!(not_found(p.auth.end_sign_in(&caller, session.id).await));
    let recorded = p.world.find(p.org.id, "auth.sign_in_ended").await;
    assert_eq!(recorded.len(), 1);

    let third = p.signed_in(OWNER).await;
    p.caller(&third).await.unwrap();
    p.auth.end_other_sign_ins(&caller).await.unwrap();
    assert!(unauthenticated(p.caller(&third).await));
    assert!(p.caller(&here).await.is_ok() && p.caller(&pat).await.is_ok());
}
