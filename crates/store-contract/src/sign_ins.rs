use chrono::Duration;
use wabakit_domain::{Time, identity::TokenHash};

use super::{World, at, world::count};
use wabakit_ports::store::{Rotation, SignIn, WhichSignIns};

const DAY: i64 = 86_400;

async fn lives(w: &World, sign_in: &SignIn, now: Time) -> bool {
    let id = sign_in.session.id;
    w.store.principal(id, now).await.unwrap().is_some()
}

/// Exchanges a token with a grace of ten seconds. Returns the hash of the next one.
async fn rotate(w: &World, presented: TokenHash, now: Time) -> (Rotation, TokenHash) {
    let rotation = w.make.rotation(presented, now);
    let next = rotation.next.hash;
    (w.store.rotate_refresh(rotation).await.unwrap(), next)
}

fn rotated(rotation: &Rotation) -> bool {
    matches!(rotation, Rotation::Rotated(_))
}

pub async fn a_sign_in_is_found_by_id_and_cookie_until_it_ends(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    w.sign_in(other.org, &other.owner).await;
    let sign_in = w.make.sign_in(tenant.org, tenant.owner.id);
    let event = w.make.event(tenant.org, "auth.signed_in");
    w.store.sign_in(sign_in.clone(), vec![event]).await.unwrap();
    assert_eq!(w.actions(tenant.org).await, ["auth.signed_in"]);
    let session = &sign_in.session;
    let last = session.expires_at - Duration::microseconds(1);
    let by_id = w.store.principal(session.id, last).await.unwrap().unwrap();
    let by_cookie = w.store.principal_by_cookie(session.cookie, last).await;
    assert_eq!(by_cookie.unwrap().as_ref(), Some(&by_id));
    assert_eq!(by_id.session, *session);
    assert_eq!(by_id.user, tenant.owner);
    assert_eq!(by_id.org.id, tenant.org);
    assert_eq!(by_id.role, wabakit_domain::identity::Role::Owner);

    let end = session.expires_at;
    assert_eq!(w.store.principal(session.id, end).await.unwrap(), None);
    let by_cookie = w.store.principal_by_cookie(session.cookie, end).await;
    assert_eq!(by_cookie.unwrap(), None);
    assert_eq!(w.store.principal(w.make.id(), at(0)).await.unwrap(), None);
    let unknown = w.store.principal_by_cookie(w.make.hash(), at(0)).await;
    assert_eq!(unknown.unwrap(), None);
}

pub async fn signing_out_ends_a_sign_in_once(w: World) {
    let tenant = w.tenant().await;
    let sign_in = w.sign_in(tenant.org, &tenant.owner).await;
    let another = w.sign_in(tenant.org, &tenant.owner).await;
    for id in [sign_in.session.id, sign_in.session.id, w.make.id()] {
        let event = w.make.event(tenant.org, "auth.signed_out");
        w.store.sign_out(id, at(60), vec![event]).await.unwrap();
    }
    assert!(!lives(&w, &sign_in, at(60)).await);
    let by_cookie = w.store.principal_by_cookie(sign_in.session.cookie, at(60));
    assert_eq!(by_cookie.await.unwrap(), None);
    assert!(lives(&w, &another, at(60)).await);
    assert_eq!(w.actions(tenant.org).await, ["auth.signed_out"]);
    let (rotation, _) = rotate(&w, sign_in.refresh.hash, at(60)).await;
    assert_eq!(rotation, Rotation::Unknown);
}

pub async fn a_use_shows_as_last_seen(w: World) {
    let tenant = w.tenant().await;
    let older = w.sign_in(tenant.org, &tenant.owner).await;
    w.sign_in(tenant.org, &tenant.owner).await;
    let seen = || async {
        let member = w.store.member(tenant.org, tenant.owner.id).await.unwrap();
        member.unwrap().last_seen_at
    };
    assert_eq!(seen().await, Some(at(0)));
    let id = older.session.id;
    let end = older.session.expires_at;
    w.store.touch_session(id, at(120), end).await.unwrap();
    assert_eq!(seen().await, Some(at(120)));
    let principal = w.store.principal(id, at(120)).await.unwrap().unwrap();
    assert_eq!(principal.session.last_seen_at, at(120));
    let page = wabakit_ports::store::PageRequest::default();
    let members = w.store.members(tenant.org, page).await.unwrap();
    assert_eq!(members.rows[0].last_seen_at, Some(at(120)));
}

pub async fn a_use_moves_the_end_of_a_living_sign_in_and_revives_none(w: World) {
    let tenant = w.tenant().await;
    let used = w.sign_in(tenant.org, &tenant.owner).await;
    let [over, signed_out] = [
        w.sign_in(tenant.org, &tenant.owner).await,
        w.sign_in(tenant.org, &tenant.owner).await,
    ];
    let touch = |sign_in: &SignIn, now, end| w.store.touch_session(sign_in.session.id, now, end);
    for sign_in in [&used, &over] {
        touch(sign_in, at(10), at(100)).await.unwrap();
    }
    touch(&used, at(99), at(200)).await.unwrap();
    assert!(lives(&w, &used, at(199)).await);
    assert!(!lives(&w, &used, at(200)).await);
    let id = signed_out.session.id;
    w.store.sign_out(id, at(50), vec![]).await.unwrap();
    for sign_in in [&over, &signed_out] {
        touch(sign_in, at(100), at(9 * DAY)).await.unwrap();
        assert!(!lives(&w, sign_in, at(100)).await);
        let (rotation, _) = rotate(&w, sign_in.refresh.hash, at(100)).await;
        assert_eq!(rotation, Rotation::Unknown);
    }
}

pub async fn a_person_sees_their_own_living_sign_ins_last_used_first(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let colleague = w.member(tenant.org, wabakit_domain::identity::Role::Admin);
    w.sign_in(tenant.org, &colleague.await).await;
    let mut named = w.make.sign_in(tenant.org, tenant.owner.id);
    named.session.client = Some("Firefox on Linux".into());
    named.session.address = Some("203.0.113.7".into());
    w.store.sign_in(named.clone(), vec![]).await.unwrap();
    let elsewhere = w.make.sign_in(other.org, tenant.owner.id);
    w.store.sign_in(elsewhere.clone(), vec![]).await.unwrap();
    let end = elsewhere.session.expires_at;
    let touched = w.store.touch_session(elsewhere.session.id, at(60), end);
    touched.await.unwrap();
    let mut over = w.make.sign_in(tenant.org, tenant.owner.id);
    over.session.expires_at = at(70);
    w.store.sign_in(over, vec![]).await.unwrap();
    let signed_out = w.sign_in(tenant.org, &tenant.owner).await;
    let id = signed_out.session.id;
    w.store.sign_out(id, at(65), vec![]).await.unwrap();

    let listed = w.store.sign_ins(tenant.owner.id, at(70)).await.unwrap();
    let ids: Vec<_> = listed.iter().map(|(session, _)| session.id).collect();
    assert_eq!(ids, [elsewhere.session.id, named.session.id]);
    assert_eq!(listed[1].0, named.session);
    assert_eq!((listed[0].1.id, listed[1].1.id), (other.org, tenant.org));
}

pub async fn a_person_ends_their_own_sign_ins_and_no_others(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let [here, there, third] = [
        w.sign_in(tenant.org, &tenant.owner).await,
        w.sign_in(tenant.org, &tenant.owner).await,
        w.sign_in(tenant.org, &tenant.owner).await,
    ];
    let theirs = w.sign_in(other.org, &other.owner).await;
    let end = async |user, which| {
        let orgs = [tenant.org, other.org];
        let events = orgs.map(|org| w.make.event(org, "auth.sign_in_ended"));
        let ended = w.store.end_sign_ins(user, which, at(60), events.into());
        ended.await.unwrap()
    };
    let owner = tenant.owner.id;
    let foreign = WhichSignIns::One(theirs.session.id);
    assert_eq!(end(owner, foreign).await, 0);
    assert_eq!(end(owner, WhichSignIns::One(w.make.id())).await, 0);
    assert!(lives(&w, &theirs, at(60)).await);
    assert!(w.actions(tenant.org).await.is_empty());
    let one = WhichSignIns::One(there.session.id);
    assert_eq!((end(owner, one).await, end(owner, one).await), (1, 0));
    assert!(!lives(&w, &there, at(60)).await);
    let (rotation, _) = rotate(&w, there.refresh.hash, at(60)).await;
    assert_eq!(rotation, Rotation::Unknown);
    assert!(lives(&w, &third, at(60)).await);
    let others = WhichSignIns::AllBut(here.session.id);
    assert_eq!((end(owner, others).await, end(owner, others).await), (1, 0));
    assert!(lives(&w, &here, at(60)).await && !lives(&w, &third, at(60)).await);
    assert!(lives(&w, &theirs, at(60)).await);
    let recorded = ["auth.sign_in_ended", "auth.sign_in_ended"];
    assert_eq!(w.actions(tenant.org).await, recorded);
    assert!(w.actions(other.org).await.is_empty(), "none was for it");
}

pub async fn a_refresh_token_is_exchanged_for_the_next(w: World) {
    let tenant = w.tenant().await;
    let sign_in = w.sign_in(tenant.org, &tenant.owner).await;
    let (rotation, second) = rotate(&w, sign_in.refresh.hash, at(60)).await;
    let Rotation::Rotated(principal) = rotation else {
        panic!("{rotation:?}");
    };
    assert_eq!(principal.session, sign_in.session);
    assert_eq!(principal.user, tenant.owner);
    let (rotation, _) = rotate(&w, second, at(120)).await;
    assert!(rotated(&rotation), "the next belongs to the sign-in");
}

pub async fn a_second_use_within_the_grace_is_forgiven(w: World) {
    let tenant = w.tenant().await;
    let sign_in = w.sign_in(tenant.org, &tenant.owner).await;
    let (one, next_of_one) = rotate(&w, sign_in.refresh.hash, at(60)).await;
    let (two, next_of_two) = rotate(&w, sign_in.refresh.hash, at(70)).await;
    assert!(rotated(&one) && rotated(&two));
    for next in [next_of_one, next_of_two] {
        let (rotation, _) = rotate(&w, next, at(80)).await;
        assert!(rotated(&rotation), "both tabs go on");
    }
    assert!(w.actions(tenant.org).await.is_empty());
}

pub async fn the_grace_counts_from_the_first_use(w: World) {
    let tenant = w.tenant().await;
    let sign_in = w.sign_in(tenant.org, &tenant.owner).await;
    let presented = sign_in.refresh.hash;
    assert!(rotated(&rotate(&w, presented, at(60)).await.0));
    assert!(rotated(&rotate(&w, presented, at(69)).await.0));
    let (third, _) = rotate(&w, presented, at(75)).await;
    assert!(matches!(third, Rotation::Reused(_)));
}

pub async fn a_reuse_revokes_the_sign_in_and_is_recorded(w: World) {
    let tenant = w.tenant().await;
    let sign_in = w.sign_in(tenant.org, &tenant.owner).await;
    let another = w.sign_in(tenant.org, &tenant.owner).await;
    let (_, next) = rotate(&w, sign_in.refresh.hash, at(60)).await;
    let (reuse, not_given) = rotate(&w, sign_in.refresh.hash, at(71)).await;
    assert!(matches!(reuse, Rotation::Reused(_)));
    assert!(!lives(&w, &sign_in, at(71)).await);
    assert!(lives(&w, &another, at(71)).await);
    for hash in [next, not_given, sign_in.refresh.hash] {
        let (rotation, _) = rotate(&w, hash, at(72)).await;
        assert_eq!(rotation, Rotation::Unknown);
    }
    assert_eq!(w.actions(tenant.org).await, ["auth.refresh_reused"]);
    w.assert_chain(tenant.org).await;
}

pub async fn an_ended_sign_in_cannot_be_refreshed(w: World) {
    let tenant = w.tenant().await;
    let sign_in = w.sign_in(tenant.org, &tenant.owner).await;
    let (rotation, _) = rotate(&w, w.make.hash(), at(0)).await;
    assert_eq!(rotation, Rotation::Unknown);
    let (rotation, _) = rotate(&w, sign_in.refresh.hash, at(7 * DAY)).await;
    assert_eq!(rotation, Rotation::Unknown, "the token is over");

    let mut long = w.make.sign_in(tenant.org, tenant.owner.id);
    long.refresh.expires_at = at(90 * DAY);
    w.store.sign_in(long.clone(), vec![]).await.unwrap();
    let (rotation, _) = rotate(&w, long.refresh.hash, at(30 * DAY)).await;
    assert_eq!(rotation, Rotation::Unknown, "the sign-in is over");
    let (rotation, _) = rotate(&w, long.refresh.hash, at(30 * DAY - 1)).await;
    assert!(rotated(&rotation), "and nothing was used up before");
    assert!(w.actions(tenant.org).await.is_empty());
}

pub async fn only_one_of_twenty_rotates_a_token_outside_the_grace(w: World) {
    let tenant = w.tenant().await;
    let sign_in = w.sign_in(tenant.org, &tenant.owner).await;
    let presented = sign_in.refresh.hash;
    let results = w
        .race(|w, _| async move {
            let mut rotation = w.make.rotation(presented, at(60));
            rotation.grace_since = at(61);
            w.store.rotate_refresh(rotation).await.unwrap()
        })
        .await;
    assert_eq!(count(&results, rotated), 1);
    assert_eq!(count(&results, |r| matches!(r, Rotation::Reused(_))), 1);
    assert!(!lives(&w, &sign_in, at(60)).await);
    assert_eq!(w.actions(tenant.org).await, ["auth.refresh_reused"]);
}

pub async fn twenty_tabs_within_the_grace_all_stay_signed_in(w: World) {
    let tenant = w.tenant().await;
    let sign_in = w.sign_in(tenant.org, &tenant.owner).await;
    let presented = sign_in.refresh.hash;
    let results = w
        .race(|w, _| async move { rotate(&w, presented, at(60)).await.0 })
        .await;
    assert_eq!(count(&results, rotated), 20);
    assert!(lives(&w, &sign_in, at(60)).await);
}

pub async fn pruning_takes_sign_ins_that_are_over_and_no_others(w: World) {
    let tenant = w.tenant().await;
    let mut over = w.make.sign_in(tenant.org, tenant.owner.id);
    over.session.expires_at = at(100);
    w.store.sign_in(over.clone(), vec![]).await.unwrap();
    let signed_out = w.sign_in(tenant.org, &tenant.owner).await;
    let id = signed_out.session.id;
    w.store.sign_out(id, at(100), vec![]).await.unwrap();
    let living = w.sign_in(tenant.org, &tenant.owner).await;

    assert_eq!(w.store.prune_identity(at(50), 100).await.unwrap(), 0);
    assert!(lives(&w, &over, at(50)).await, "it is not over yet");
    let first = w.store.prune_identity(at(200), 1).await.unwrap();
    assert!(first > 0);
    let second = w.store.prune_identity(at(200), 1).await.unwrap();
    assert!(second > 0, "two were over, and one was the limit");
    while w.store.prune_identity(at(200), 1).await.unwrap() > 0 {}
    assert!(!lives(&w, &over, at(50)).await, "it is gone, not only over");
    assert!(lives(&w, &living, at(200)).await);
    let (rotation, _) = rotate(&w, living.refresh.hash, at(200)).await;
    assert!(rotated(&rotation));
}

pub async fn pruning_keeps_used_tokens_of_a_living_sign_in(w: World) {
    let tenant = w.tenant().await;
    let sign_in = w.sign_in(tenant.org, &tenant.owner).await;
    assert!(rotated(&rotate(&w, sign_in.refresh.hash, at(60)).await.0));
    assert_eq!(w.store.prune_identity(at(DAY), 100).await.unwrap(), 0);
    let (reuse, _) = rotate(&w, sign_in.refresh.hash, at(DAY)).await;
    assert!(
        matches!(reuse, Rotation::Reused(_)),
        "a stolen token is still noticed"
    );
}
