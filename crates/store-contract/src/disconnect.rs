use wabakit_domain::{
    connect::{ConnectSession, WabaProgress},
    grant::{GrantOrigin, GrantState},
    ids::OrgId,
    teardown::{TeardownAct, TeardownState},
};

use super::{Tenant, World, at, world::count};

/// Returns the acts of these teardowns, in their order.
async fn acts(w: &World, teardowns: &[wabakit_domain::ids::TeardownId]) -> Vec<TeardownAct> {
    let due = w
        .store
        .claim_teardowns(at(200), at(200), 100)
        .await
        .unwrap();
    let mut acts = Vec::new();
    for id in teardowns {
        let teardown = due.iter().find(|t| t.id == *id);
        acts.push(teardown.expect("the teardown is stored").act.clone());
    }
    acts
}

async fn two_on_the_platforms_app(w: &World) -> (Tenant, Tenant) {
    let (mut one, mut two) = (w.tenant().await, w.tenant().await);
    let app = w.make.meta_app(OrgId::PLATFORM);
    one.app = w.store.upsert_meta_app(app, vec![]).await.unwrap();
    two.app = one.app.clone();
    (one, two)
}

pub async fn a_disconnected_account_is_kept_and_inactive(w: World) {
    let tenant = w.tenant().await;
    let connected = w.connect(&tenant, &[("w", "n1")]).await;
    let before = connected.accounts[0].clone();
    let mut done = w.disconnect(tenant.org, &[before.id]).await;
    let done = done.remove(0);
    let mut expected = before.clone();
    expected.is_active = false;
    expected.is_default = false;
    expected.disconnected_at = Some(at(100));
    expected.updated_at = at(100);
    expected.version = done.account.version;
    assert_eq!(done.account, expected);
    assert!(done.account.version > before.version);
    assert_eq!(w.account(&before).await, expected);
    assert_eq!(w.actions(tenant.org).await, ["account.disconnected"]);
    w.assert_chain(tenant.org).await;
}

pub async fn the_oldest_other_number_becomes_the_default(w: World) {
    let tenant = w.tenant().await;
    let numbers = [("w", "n1"), ("w", "n2"), ("w", "n3"), ("w", "n4")];
    let mut write = w.connecting(&tenant, &numbers).await;
    for (account, age) in write.activate.iter_mut().zip([10, 30, 20, 40]) {
        account.created_at = at(age);
    }
    let accounts = w.write(tenant.org, write).await.unwrap().accounts;
    assert!(accounts[0].is_default);
    // The last account is disconnected in the same write as the default, so it is no candidate.
    w.disconnect(tenant.org, &[accounts[0].id, accounts[3].id])
        .await;
    let promoted = w.account(&accounts[2]).await;
    assert!(promoted.is_default);
    assert!(promoted.version > accounts[2].version);
    assert!(!w.account(&accounts[1]).await.is_default);
    w.disconnect(tenant.org, &[accounts[1].id]).await;
    assert!(w.account(&accounts[2]).await.is_default);
}

pub async fn numbers_that_are_not_active_are_left_alone(w: World) {
    let tenant = w.tenant().await;
    let accounts = w
        .connect(&tenant, &[("w", "n1"), ("w", "n2")])
        .await
        .accounts;
    w.disconnect(tenant.org, &[accounts[0].id]).await;
    let gone = w.account(&accounts[0]).await;
    let ids = [accounts[0].id, w.make.id(), accounts[1].id];
    let done = w.disconnect(tenant.org, &ids).await;
    assert_eq!(done.len(), 1);
    assert_eq!(done[0].account.id, accounts[1].id);
    assert_eq!(w.account(&accounts[0]).await, gone);
    let log = w.log(tenant.org).await;
    let subjects: Vec<_> = log.iter().map(|e| e.event.subject_id.clone()).collect();
    let expected = accounts.iter().map(|a| a.id.to_string());
    assert_eq!(subjects, expected.collect::<Vec<_>>(), "each its own event");
}

pub async fn another_org_disconnects_nothing(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let account = w.connect(&tenant, &[("w", "n1")]).await.accounts.remove(0);
    let before = w.snapshot(tenant.org).await;
    assert_eq!(w.disconnect(other.org, &[account.id]).await, []);
    assert_eq!(w.snapshot(tenant.org).await, before);
    assert!(w.actions(other.org).await.is_empty());
}

pub async fn unsubscribing_waits_for_the_last_number_of_all_orgs(w: World) {
    let (one, two) = two_on_the_platforms_app(&w).await;
    let first = w.connect(&one, &[("w", "n1"), ("w2", "n2")]).await;
    let second = w.connect(&two, &[("w", "n3")]).await;
    let done = w.disconnect(one.org, &[first.accounts[0].id]).await;
    assert_eq!(done[0].teardowns, []);
    let done = w.disconnect(two.org, &[second.accounts[0].id]).await;
    let expected = [
        TeardownAct::Unsubscribe("w".into()),
        TeardownAct::ReleaseGrant { revoke: true },
    ];
    assert_eq!(acts(&w, &done[0].teardowns).await, expected);
}

pub async fn two_numbers_of_a_waba_in_one_write_unsubscribe_once(w: World) {
    let tenant = w.tenant().await;
    let connected = w.connect(&tenant, &[("w", "n1"), ("w", "n2")]).await;
    let ids = [connected.accounts[0].id, connected.accounts[1].id];
    let done = w.disconnect(tenant.org, &ids).await;
    assert_eq!(done.len(), 2);
    let all: Vec<_> = done.iter().flat_map(|d| d.teardowns.clone()).collect();
    let expected = [
        TeardownAct::Unsubscribe("w".into()),
        TeardownAct::ReleaseGrant { revoke: true },
    ];
    assert_eq!(acts(&w, &all).await, expected);
}

pub async fn another_app_on_the_waba_does_not_hold_it(w: World) {
    let (one, two) = (w.tenant().await, w.tenant().await);
    let first = w.connect(&one, &[("w", "n1")]).await;
    w.connect(&two, &[("w", "n2")]).await;
    let done = w.disconnect(one.org, &[first.accounts[0].id]).await;
    let acts = acts(&w, &done[0].teardowns).await;
    assert_eq!(acts[0], TeardownAct::Unsubscribe("w".into()));
}

pub async fn the_grant_is_released_with_its_last_number(w: World) {
    let tenant = w.tenant().await;
    let connected = w.connect(&tenant, &[("w", "n1"), ("w2", "n2")]).await;
    w.connect(&tenant, &[("w", "n3")]).await;
    let done = w.disconnect(tenant.org, &[connected.accounts[0].id]).await;
    assert_eq!(done[0].teardowns, [], "the WABA and the grant have others");
    assert_eq!(w.grant_now(&connected.grant).await, connected.grant);

    let done = w.disconnect(tenant.org, &[connected.accounts[1].id]).await;
    let grant = w.grant_now(&connected.grant).await;
    assert_eq!(grant.state, GrantState::Revoked);
    assert_eq!(grant.token, connected.grant.token, "the release needs it");
    assert!(grant.version > connected.grant.version);
    let due = w.store.claim_teardowns(at(199), at(300), 10).await.unwrap();
    assert_eq!(due, [], "the caller tries first");
    let due = w.store.claim_teardowns(at(200), at(300), 10).await.unwrap();
    assert_eq!(due.len(), 2);
    for teardown in due {
        assert!(done[0].teardowns.contains(&teardown.id));
        assert_eq!(teardown.org, tenant.org);
        assert_eq!(teardown.grant, grant.id);
        assert_eq!(teardown.state, TeardownState::Pending);
        assert_eq!((teardown.attempts, teardown.last_error), (0, None));
        assert_eq!(teardown.created_at, at(100));
    }
}

pub async fn a_pasted_token_is_forgotten_and_left_as_it_is_at_meta(w: World) {
    for origin in [GrantOrigin::Pasted, GrantOrigin::Unrecorded] {
        for subscribed_by_us in [false, true] {
            let tenant = w.tenant().await;
            let mut write = w.connecting(&tenant, &[("w", "n1")]).await;
            write.grant.as_mut().unwrap().origin = origin;
            let mut session = write.session.into_record();
            session.progress.wabas = vec![WabaProgress {
                waba_id: "w".into(),
                subscribed_by_us,
                confirmed: true,
            }];
            write.session = ConnectSession::new(session);
            let account = w.write(tenant.org, write).await.unwrap().accounts.remove(0);
            let done = w.disconnect(tenant.org, &[account.id]).await;
            let mut expected = vec![TeardownAct::ReleaseGrant { revoke: false }];
            if subscribed_by_us {
                expected.insert(0, TeardownAct::Unsubscribe("w".into()));
            }
            assert_eq!(acts(&w, &done[0].teardowns).await, expected, "{origin:?}");
        }
    }
}

pub async fn only_one_of_twenty_disconnects_a_number(w: World) {
    let tenant = w.tenant().await;
    let account = w.connect(&tenant, &[("w", "n1")]).await.accounts.remove(0);
    let org = tenant.org;
    let done = w
        .race(|w, _| async move { w.disconnect(org, &[account.id]).await })
        .await;
    assert_eq!(count(&done, |d| d.len() == 1), 1);
    assert_eq!(count(&done, Vec::is_empty), 19);
    assert_eq!(w.actions(org).await, ["account.disconnected"]);
    let due = w
        .store
        .claim_teardowns(at(200), at(300), 100)
        .await
        .unwrap();
    assert_eq!(due.len(), 2);
}
