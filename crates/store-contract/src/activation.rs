use wabakit_domain::{
    grant::GrantState,
    identity::Role,
    ids::{OrgId, PhoneNumberId},
    teardown::TeardownAct,
};

use super::{Connected, Tenant, World, assert_refused, at, world::count};
use wabakit_ports::store::{ConnectWrite, Facts, StoreError, TakenOver};

/// Makes two tenants. The first holds the number n1 as its default, and n2.
async fn rivals(w: &World) -> (Tenant, Connected, Tenant) {
    let holder = w.tenant().await;
    let held = w.connect(&holder, &[("w", "n1"), ("w", "n2")]).await;
    (holder, held, w.tenant().await)
}

fn taking(w: &World, from: OrgId, held: &Connected) -> TakenOver {
    let mut audit = w.make.event(from, "account.taken_over");
    audit.at = at(50);
    TakenOver {
        from,
        account: held.accounts[0].id,
        audit,
    }
}

pub async fn the_first_number_of_an_org_becomes_its_default(w: World) {
    let tenant = w.tenant().await;
    let first = w.connect(&tenant, &[("w", "n1"), ("w", "n2")]).await;
    let second = w.connect(&tenant, &[("w", "n3")]).await;
    let defaults: Vec<_> = first.accounts.iter().chain(&second.accounts).collect();
    let marks: Vec<_> = defaults.iter().map(|a| a.is_default).collect();
    assert_eq!(marks, [true, false, false]);
    let again = w.connect(&tenant, &[("w", "n1")]).await;
    assert!(again.accounts[0].is_default, "reconnecting keeps the mark");
}

pub async fn reconnecting_keeps_id_creation_and_display_name(w: World) {
    let tenant = w.tenant().await;
    let mut write = w.connecting(&tenant, &[("w", "n1")]).await;
    write.activate[0].display_name = Some("Front desk".into());
    let first = w.write(tenant.org, write).await.unwrap();
    w.disconnect(tenant.org, &[first.accounts[0].id]).await;
    let gone = w.account(&first.accounts[0]).await;

    let mut write = w.connecting(&tenant, &[("w2", "n1")]).await;
    let new = &mut write.activate[0];
    new.display_name = None;
    new.verified_name = Some("Acme".into());
    (new.created_at, new.connected_at, new.updated_at) = (at(500), at(500), at(500));
    let mut expected = new.clone();
    let second = w.write(tenant.org, write).await.unwrap();
    let back = &second.accounts[0];
    assert!(back.version > gone.version);
    expected.id = gone.id;
    expected.created_at = gone.created_at;
    expected.display_name = gone.display_name;
    expected.is_default = true;
    expected.version = back.version;
    assert_eq!(*back, expected);
    assert_eq!(w.account(back).await, expected);
    assert_eq!(back.grant, second.grant.id);
    assert_eq!(back.disconnected_at, None);
}

pub async fn a_number_that_moved_keeps_its_account(w: World) {
    let tenant = w.tenant().await;
    let first = w.connect(&tenant, &[("w", "n1"), ("w", "n2")]).await;
    let account = &first.accounts[0];
    for (waba, number) in [("w2", "n1-moved"), ("w3", "n1-again"), ("w", "n1")] {
        let mut write = w.connecting(&tenant, &[(waba, number)]).await;
        write.activate[0].id = account.id;
        let moved = w.write(tenant.org, write).await.unwrap();
        let moved = &moved.accounts[0];
        assert_eq!((moved.id, moved.is_default), (account.id, true));
        assert_eq!(moved.phone_number_id.as_str(), number);
        assert_eq!(w.account(account).await.waba_id.as_str(), waba);
    }
    // An id of another tenant's account is not reused.
    let rival = w.tenant().await;
    let mut write = w.connecting(&rival, &[("w", "n9")]).await;
    write.activate[0].id = account.id;
    let _ = w.write(rival.org, write).await;
    assert_eq!(w.account(account).await.phone_number_id.as_str(), "n1");
}

pub async fn accounts_are_found_by_the_digits_of_their_number(w: World) {
    let tenant = w.tenant().await;
    let mut write = w.connecting(&tenant, &[("w", "n1"), ("w", "n2")]).await;
    write.activate[0].display_phone_number = "+1 555-013-4201".into();
    write.activate[1].display_phone_number = "+49 30 901820".into();
    let connected = w.write(tenant.org, write).await.unwrap();
    w.disconnect(tenant.org, &[connected.accounts[1].id]).await;
    let other = w.tenant().await;
    for (digits, found) in [("15550134201", 0), ("4930901820", 1)] {
        let digits = [digits.to_owned()];
        let accounts = w.store.accounts_of_digits(tenant.org, &digits).await;
        let ids: Vec<_> = accounts.unwrap().iter().map(|account| account.id).collect();
        assert_eq!(ids, [connected.accounts[found].id]);
        let accounts = w.store.accounts_of_digits(other.org, &digits).await;
        assert_eq!(accounts.unwrap(), [], "another org sees none");
    }
    let none = w
        .store
        .accounts_of_digits(tenant.org, &["4201".to_owned()])
        .await;
    assert_eq!(none.unwrap(), []);
}

pub async fn a_number_active_elsewhere_is_refused_and_nothing_is_left(w: World) {
    let (holder, _, rival) = rivals(&w).await;
    let mut write = w.connecting(&rival, &[("w", "free"), ("w", "n1")]).await;
    let grant = write.grant.clone().unwrap();
    let act = TeardownAct::Unsubscribe("w".into());
    write.teardowns = vec![w.make.teardown(rival.org, grant.id, act)];
    write.audit = vec![w.make.event(rival.org, "connect.completed")];
    let (before, theirs) = (w.snapshot(rival.org).await, w.snapshot(holder.org).await);

    let refused = w.store.write(rival.org, write.clone()).await;
    assert_refused!(refused, StoreError::Duplicate(_));
    assert_eq!(w.snapshot(rival.org).await, before);
    assert_eq!(w.snapshot(holder.org).await, theirs);
    let stored = w.store.grant(rival.org, grant.id).await.unwrap();
    assert_eq!(stored, None);
    let due = w.store.claim_teardowns(at(1), at(2), 10).await.unwrap();
    assert_eq!(due, []);
    let session = w.store.session(rival.org, write.session.id).await.unwrap();
    assert_eq!(session.unwrap().version, write.session.version);

    write.activate.pop();
    w.write(rival.org, write).await.unwrap();
}

pub async fn a_number_given_up_elsewhere_can_be_activated(w: World) {
    let (holder, held, rival) = rivals(&w).await;
    w.disconnect(holder.org, &[held.accounts[0].id]).await;
    let connected = w.connect(&rival, &[("w", "n1")]).await;
    assert!(connected.accounts[0].is_active);
    assert_ne!(connected.accounts[0].id, held.accounts[0].id);
    let again = w.connecting(&holder, &[("w", "n1")]).await;
    let again = w.write(holder.org, again).await;
    assert_refused!(again, StoreError::Duplicate(_));
}

pub async fn only_one_of_twenty_orgs_activates_a_number(w: World) {
    let mut writes = Vec::new();
    for _ in 0..20 {
        let tenant = w.tenant().await;
        let mut write = w.connecting(&tenant, &[("w", "n1")]).await;
        write.audit = vec![w.make.event(tenant.org, "connect.completed")];
        writes.push((tenant.org, write));
    }
    let results = w
        .race(|w, turn| {
            let (org, write) = writes[turn].clone();
            async move { (org, w.write(org, write).await) }
        })
        .await;
    assert_eq!(count(&results, |(_, result)| result.is_ok()), 1);
    for (org, result) in results {
        let expected = usize::from(result.is_ok());
        if let Err(error) = result {
            assert!(matches!(error, StoreError::Duplicate(_)), "{error}");
        }
        let numbers = [PhoneNumberId::from("n1")];
        let stored = w.store.accounts_of_numbers(org, &numbers).await.unwrap();
        assert_eq!(stored.len(), expected);
        assert_eq!(w.actions(org).await.len(), expected);
    }
}

pub async fn a_takeover_moves_the_number_and_is_in_both_audit_logs(w: World) {
    let (holder, held, rival) = rivals(&w).await;
    let mut write = w.connecting(&rival, &[("w", "n1")]).await;
    write.take_over = vec![taking(&w, holder.org, &held)];
    write.audit = vec![w.make.event(rival.org, "connect.completed")];
    let connected = w.write(rival.org, write).await.unwrap();

    assert!(w.account(&connected.accounts[0]).await.is_active);
    let lost = w.account(&held.accounts[0]).await;
    assert!(!lost.is_active && !lost.is_default);
    assert!(lost.version > held.accounts[0].version);
    assert_eq!(lost.disconnected_at, Some(at(50)), "when the event says");
    assert_eq!(w.actions(holder.org).await, ["account.taken_over"]);
    assert_eq!(w.actions(rival.org).await, ["connect.completed"]);
    w.assert_chain(holder.org).await;
    w.assert_chain(rival.org).await;
}

pub async fn a_takeover_of_an_inactive_number_leaves_nothing(w: World) {
    let (holder, held, rival) = rivals(&w).await;
    let mut write = w.connecting(&rival, &[("w", "free")]).await;
    let mut second = taking(&w, holder.org, &held);
    second.account = held.accounts[1].id;
    write.take_over = vec![taking(&w, holder.org, &held), second];
    write.audit = vec![w.make.event(rival.org, "connect.completed")];
    w.disconnect(holder.org, &[held.accounts[1].id]).await;
    let (before, theirs) = (w.snapshot(rival.org).await, w.snapshot(holder.org).await);
    let grant = write.grant.clone().unwrap();

    let refused = w.store.write(rival.org, write).await;
    assert_refused!(refused, StoreError::Conflict);
    assert_eq!(w.snapshot(rival.org).await, before);
    assert_eq!(w.snapshot(holder.org).await, theirs);
    let stored = w.store.grant(rival.org, grant.id).await.unwrap();
    assert_eq!(stored, None);
}

pub async fn a_takeover_promotes_the_losers_next_default(w: World) {
    let (holder, held, rival) = rivals(&w).await;
    let mut write = w.connecting(&rival, &[("w", "n1")]).await;
    write.take_over = vec![taking(&w, holder.org, &held)];
    w.write(rival.org, write).await.unwrap();
    assert!(w.account(&held.accounts[1]).await.is_default);
}

pub async fn a_stale_grant_stops_the_whole_write(w: World) {
    let tenant = w.tenant().await;
    let mut write = w.connecting(&tenant, &[("w", "n1")]).await;
    let pending = w.grant(&tenant).await;
    let saved = w
        .store
        .save_grant(tenant.org, pending.clone(), Facts::default())
        .await;
    let before = w.snapshot(tenant.org).await;
    write.activate[0].grant = pending.id;
    write.audit = vec![w.make.event(tenant.org, "connect.completed")];
    write.grant = Some(pending);
    let stale = w.store.write(tenant.org, write.clone()).await;
    assert_refused!(stale, StoreError::Conflict);
    assert_eq!(w.snapshot(tenant.org).await, before);

    let (mut grant, _) = saved.unwrap();
    grant.state = GrantState::Active;
    grant.state_reason = Some("confirmed".into());
    write.grant = Some(grant.clone());
    let connected = w.write(tenant.org, write).await.unwrap();
    grant.version = connected.grant.version;
    assert_eq!(connected.grant, grant);
    assert_eq!(w.grant_now(&grant).await, grant);
}

pub async fn a_grant_is_new_only_once(w: World) {
    let tenant = w.tenant().await;
    let first = w.connecting(&tenant, &[]).await;
    let mut second = w.connecting(&tenant, &[]).await;
    second.grant.clone_from(&first.grant);
    let stored = w.write(tenant.org, first).await.unwrap();
    assert!(stored.grant.version > 0, "version 0 means new");
    let again = w.store.write(tenant.org, second).await;
    assert_refused!(again, StoreError::Conflict | StoreError::Duplicate(_));
    assert_eq!(w.grant_now(&stored.grant).await, stored.grant);
}

pub async fn another_org_cannot_write_a_session(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    w.member(other.org, Role::Admin).await;
    let session = w.session(&tenant).await;
    let before = w.snapshot(tenant.org).await;
    let mut write = ConnectWrite::session(session);
    write.audit = vec![w.make.event(other.org, "connect.cancelled")];
    let refused = w.store.write(other.org, write).await;
    assert_refused!(refused, StoreError::Missing(_) | StoreError::Conflict);
    assert_eq!(w.snapshot(tenant.org).await, before);
    assert!(w.actions(other.org).await.is_empty());
}
