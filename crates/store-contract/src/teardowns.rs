use wabakit_domain::{
    Time,
    grant::{Grant, GrantOrigin, GrantState},
    ids::{MetaUserId, OrgId, TeardownId},
    teardown::{Teardown, TeardownAct, TeardownState},
};

use super::{Tenant, World, assert_refused, at, world::count};
use wabakit_ports::store::{ConnectWrite, Facts, StoreError, TeardownOutcome};

/// Stores teardowns that unsubscribe, due at these seconds.
async fn due_at(w: &World, tenant: &Tenant, seconds: &[i64]) -> (Grant, Vec<Teardown>) {
    let grant = w.grant(tenant).await;
    let mut write = ConnectWrite::session(w.session(tenant).await);
    for due in seconds {
        let act = TeardownAct::Unsubscribe(format!("w{due}").as_str().into());
        let mut teardown = w.make.teardown(tenant.org, grant.id, act);
        teardown.next_attempt_at = at(*due);
        write.teardowns.push(teardown);
    }
    let teardowns = write.teardowns.clone();
    w.store.write(tenant.org, write).await.unwrap();
    (grant, teardowns)
}

async fn claim(w: &World, now: i64, until: i64) -> Vec<TeardownId> {
    let claimed = w.store.claim_teardowns(at(now), at(until), 10).await;
    claimed.unwrap().iter().map(|t| t.id).collect()
}

fn outcome(state: TeardownState, next_attempt_at: Time) -> TeardownOutcome {
    TeardownOutcome {
        state,
        next_attempt_at,
        last_error: None,
        destroy_token: false,
        audit: vec![],
    }
}

pub async fn teardowns_come_back_whole_and_oldest_first(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let grant = w.grant(&tenant).await;
    let mut write = ConnectWrite::session(w.session(&tenant).await);
    let acts = [
        (TeardownAct::Unsubscribe("w1".into()), 30),
        (TeardownAct::Deregister("n1".into()), 10),
        (TeardownAct::ReleaseGrant { revoke: false }, 40),
        (TeardownAct::ReleaseGrant { revoke: true }, 20),
    ];
    for (act, due) in acts {
        let mut teardown = w.make.teardown(tenant.org, grant.id, act);
        teardown.next_attempt_at = at(due);
        teardown.last_error = (due == 10).then(|| "ñ 👋".repeat(1_000));
        (teardown.created_at, teardown.updated_at) = (at(1), at(2));
        write.teardowns.push(teardown);
    }
    let mut expected = write.teardowns.clone();
    w.store.write(tenant.org, write).await.unwrap();
    let (_, theirs) = due_at(&w, &other, &[15]).await;
    expected.extend(theirs);
    expected.sort_by_key(|t| t.next_attempt_at);
    let first = w.store.claim_teardowns(at(50), at(100), 3).await.unwrap();
    let rest = w.store.claim_teardowns(at(50), at(100), 3).await.unwrap();
    assert_eq!((first.len(), rest.len()), (3, 2));
    for (claimed, mut stored) in first.into_iter().chain(rest).zip(expected) {
        stored.next_attempt_at = at(100);
        stored.updated_at = claimed.updated_at;
        assert_eq!(claimed, stored);
    }
}

pub async fn teardowns_that_are_not_due_are_not_claimed(w: World) {
    let tenant = w.tenant().await;
    let (_, stored) = due_at(&w, &tenant, &[10, 20]).await;
    assert_eq!(claim(&w, 9, 100).await, []);
    assert_eq!(claim(&w, 10, 100).await, [stored[0].id]);
}

pub async fn a_claimed_teardown_is_held_until_its_lease_ends(w: World) {
    let tenant = w.tenant().await;
    let (_, stored) = due_at(&w, &tenant, &[10]).await;
    assert_eq!(claim(&w, 10, 70).await, [stored[0].id]);
    assert_eq!(claim(&w, 69, 200).await, []);
    assert_eq!(claim(&w, 70, 200).await, [stored[0].id]);
}

pub async fn twenty_claimers_share_teardowns_without_a_repeat(w: World) {
    let tenant = w.tenant().await;
    let (_, stored) = due_at(&w, &tenant, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).await;
    let claims = w
        .race(|w, _| async move {
            let claimed = w.store.claim_teardowns(at(10), at(70), 3).await;
            claimed.unwrap()
        })
        .await;
    let mut ids: Vec<_> = claims.iter().flatten().map(|t| t.id).collect();
    // A claimer may have met only rows that another had locked, and returned empty.
    ids.extend(claim(&w, 10, 70).await);
    ids.sort();
    let mut expected: Vec<_> = stored.iter().map(|t| t.id).collect();
    expected.sort();
    assert_eq!(ids, expected);
}

pub async fn teardowns_are_taken_by_id_while_pending(w: World) {
    let tenant = w.tenant().await;
    let (_, stored) = due_at(&w, &tenant, &[500, 500, 500]).await;
    let (pending, done) = (stored[0].id, stored[1].id);
    let finished = outcome(TeardownState::Done, at(10));
    w.store
        .finish_teardown(tenant.org, done, finished)
        .await
        .unwrap();
    let ids = [pending, done, w.make.id()];
    let taken = w.store.take_teardowns(tenant.org, &ids, at(600)).await;
    let taken = taken.unwrap();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].id, pending);
    assert_eq!(taken[0].next_attempt_at, at(600));
    assert_eq!(claim(&w, 599, 700).await, [stored[2].id]);
    let none = w.store.take_teardowns(tenant.org, &[], at(600)).await;
    assert_eq!(none.unwrap(), []);
}

pub async fn a_failed_try_is_counted_and_tried_again(w: World) {
    let tenant = w.tenant().await;
    let (_, stored) = due_at(&w, &tenant, &[10]).await;
    let claimed = w.store.claim_teardowns(at(10), at(70), 10).await.unwrap();
    assert_eq!(claimed[0].attempts, 0, "claiming is not yet a try");
    let mut again = outcome(TeardownState::Pending, at(40));
    again.last_error = Some("Meta is busy".into());
    again.audit = vec![w.make.event(tenant.org, "teardown.retry")];
    let id = stored[0].id;
    w.store
        .finish_teardown(tenant.org, id, again)
        .await
        .unwrap();
    let claimed = w.store.claim_teardowns(at(40), at(99), 10).await.unwrap();
    assert_eq!(claimed.len(), 1, "the lease ended with the try");
    assert_eq!(claimed[0].attempts, 1);
    assert_eq!(claimed[0].last_error.as_deref(), Some("Meta is busy"));
    assert_eq!(w.actions(tenant.org).await, ["teardown.retry"]);
}

pub async fn a_finished_teardown_is_not_claimed_again(w: World) {
    let tenant = w.tenant().await;
    let (_, stored) = due_at(&w, &tenant, &[10, 10, 10]).await;
    let states = [TeardownState::Done, TeardownState::Failed];
    for (teardown, state) in stored.iter().zip(states) {
        w.store
            .finish_teardown(tenant.org, teardown.id, outcome(state, at(10)))
            .await
            .unwrap();
    }
    assert_eq!(claim(&w, 1_000, 2_000).await, [stored[2].id]);
    let unknown = w.make.id();
    let done = outcome(TeardownState::Done, at(10));
    let refused = w.store.finish_teardown(tenant.org, unknown, done).await;
    assert_refused!(refused, StoreError::Missing(_));
}

pub async fn a_destroyed_token_does_not_come_back(w: World) {
    let tenant = w.tenant().await;
    let (grant, stored) = due_at(&w, &tenant, &[10, 10]).await;
    let bystander = w.grant(&tenant).await;
    let done = outcome(TeardownState::Done, at(10));
    w.store
        .finish_teardown(tenant.org, stored[0].id, done.clone())
        .await
        .unwrap();
    assert_eq!(w.grant_now(&grant).await, grant);
    let destroying = TeardownOutcome {
        destroy_token: true,
        ..done
    };
    w.store
        .finish_teardown(tenant.org, stored[1].id, destroying)
        .await
        .unwrap();
    assert_eq!(w.grant_now(&grant).await.token, None);
    assert_eq!(w.grant_now(&bystander).await, bystander);
    let stale = w
        .store
        .save_grant(tenant.org, grant.clone(), Facts::default())
        .await;
    assert_refused!(stale, StoreError::Conflict);
    assert_eq!(w.grant_now(&grant).await.token, None);
}

pub async fn another_org_takes_and_finishes_no_teardown(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let (grant, stored) = due_at(&w, &tenant, &[10]).await;
    let id = stored[0].id;
    let taken = w.store.take_teardowns(other.org, &[id], at(500)).await;
    assert_eq!(taken.unwrap(), []);
    let finished = TeardownOutcome {
        destroy_token: true,
        audit: vec![w.make.event(other.org, "teardown.done")],
        ..outcome(TeardownState::Done, at(10))
    };
    let refused = w.store.finish_teardown(other.org, id, finished).await;
    assert_refused!(refused, StoreError::Missing(_));
    assert_eq!(w.grant_now(&grant).await, grant);
    assert!(w.actions(other.org).await.is_empty());
    assert_eq!(claim(&w, 10, 70).await, [id]);
    let unfinished = w.store.unfinished_teardowns(other.org, grant.id).await;
    assert_eq!(unfinished.unwrap(), 0);
}

pub async fn teardowns_of_a_grant_are_counted_without_its_release(w: World) {
    let tenant = w.tenant().await;
    let grant = w.grant(&tenant).await;
    let mut write = ConnectWrite::session(w.session(&tenant).await);
    let acts = [
        TeardownAct::Unsubscribe("w1".into()),
        TeardownAct::Deregister("n1".into()),
        TeardownAct::ReleaseGrant { revoke: true },
    ];
    for act in acts {
        let teardown = w.make.teardown(tenant.org, grant.id, act);
        write.teardowns.push(teardown);
    }
    let stored = write.teardowns.clone();
    w.store.write(tenant.org, write).await.unwrap();
    due_at(&w, &tenant, &[10]).await;
    for (teardown, (state, left)) in stored.iter().zip([
        (TeardownState::Done, 1),
        (TeardownState::Failed, 0),
        (TeardownState::Done, 0),
    ]) {
        let finished = outcome(state, at(10));
        w.store
            .finish_teardown(tenant.org, teardown.id, finished)
            .await
            .unwrap();
        let unfinished = w.store.unfinished_teardowns(tenant.org, grant.id).await;
        assert_eq!(unfinished.unwrap(), left);
    }
}

pub async fn living_grants_are_counted_across_orgs(w: World) {
    let (mut one, mut two) = (w.tenant().await, w.tenant().await);
    let own = one.clone();
    let app = w.make.meta_app(OrgId::PLATFORM);
    one.app = w.store.upsert_meta_app(app, vec![]).await.unwrap();
    two.app = one.app.clone();
    let user = MetaUserId::from("u1");
    let states = [
        (&one, "u1", GrantState::Active),
        (&two, "u1", GrantState::Pending),
        (&two, "u1", GrantState::Dead),
        (&two, "u1", GrantState::Revoked),
        (&two, "u1", GrantState::Quarantined),
        (&two, "u2", GrantState::Active),
        (&own, "u1", GrantState::Active),
    ];
    for (tenant, user, state) in states {
        let mut write = w.connecting(tenant, &[]).await;
        let grant = write.grant.as_mut().unwrap();
        grant.meta_user = Some(user.into());
        grant.state = state;
        w.write(tenant.org, write).await.unwrap();
    }
    let living = w.store.living_grants_of(one.app.id, &user).await.unwrap();
    assert_eq!(living, 2);
    // The number is given up here and lives on elsewhere.
    let mut write = w.connecting(&two, &[]).await;
    let grant = write.grant.as_mut().unwrap();
    grant.meta_user = Some("u1".into());
    grant.state = GrantState::Revoked;
    grant.origin = GrantOrigin::Pasted;
    w.write(two.org, write).await.unwrap();
    let living = w.store.living_grants_of(one.app.id, &user).await.unwrap();
    assert_eq!(living, 3);
}

pub async fn ten_registrations_fit_in_the_window(w: World) {
    const HOUR: i64 = 3_600;
    let number = "n1".into();
    let spend = |number, hour| {
        let now = at(hour * HOUR);
        let since = at((hour - 72) * HOUR);
        w.store.spend_registration(number, now, since, 10)
    };
    for hour in 0..10 {
        assert_eq!(spend(&number, hour).await.unwrap(), Some(9 - hour));
    }
    assert_eq!(spend(&number, 71).await.unwrap(), None);
    assert_eq!(spend(&"n2".into(), 71).await.unwrap(), Some(9));
    // By hour 73.5 the two oldest have left the window. Refused ones were not counted.
    let (now, since) = (at(73 * HOUR + 1_800), at(HOUR + 1_800));
    let spent = w.store.spend_registration(&number, now, since, 10).await;
    assert_eq!(spent.unwrap(), Some(1));
}

pub async fn twenty_registrations_at_once_spend_ten(w: World) {
    let answers = w
        .race(|w, _| async move {
            let number = "n1".into();
            let spent = w.store.spend_registration(&number, at(60), at(0), 10).await;
            spent.unwrap()
        })
        .await;
    let mut left: Vec<_> = answers.iter().flatten().copied().collect();
    left.sort_unstable();
    assert_eq!(left, (0..10).collect::<Vec<_>>());
    assert_eq!(count(&answers, Option::is_none), 10);
}
