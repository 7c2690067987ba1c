use wabakit_domain::{
    account::NumberHealth,
    grant::{Expiry, GrantState, TokenKind},
    ids::{AccountId, GrantId, PhoneNumberId},
    secret::SealedSecret,
};

use super::{World, assert_refused, at, world::assert_pages, world::count};
use wabakit_ports::store::{Facts, PageRequest, StoreError, VerifiedWrite};

const LONG: usize = 5_000;

pub async fn accounts_and_grants_come_back_whole(w: World) {
    let tenant = w.tenant().await;
    let plain = w.connect(&tenant, &[("w1", "n1")]).await;
    let mut write = w.connecting(&tenant, &[("w2", "n2")]).await;
    let grant = write.grant.as_mut().unwrap();
    grant.token = Some(SealedSecret::new((0..=255).collect()));
    grant.token_kind = TokenKind::User;
    grant.meta_user = None;
    grant.scopes = vec![];
    grant.expires = Expiry::At(at(1));
    grant.data_access_expires = Expiry::Unknown;
    grant.state = GrantState::Dead;
    grant.state_reason = Some("für immer 死".repeat(500));
    grant.checked_at = None;
    let account = &mut write.activate[0];
    account.waba_name = Some("Zoë’s Café ☕ \"quoted\" \\ back".into());
    account.business_id = Some("b1".into());
    account.business_name = Some("ж".repeat(LONG));
    account.verified_name = Some("שלום".into());
    account.display_name = Some("👩‍👩‍👧".into());
    account.needs_registration = true;
    account.problem = Some("two_step_pin_mismatch".into());
    account.registration_pin = Some(SealedSecret::new(vec![0, 255]));
    account.health = NumberHealth {
        quality_rating: Some("GREEN".into()),
        status: Some("A_VALUE_OF_TOMORROW".into()),
        throughput_level: Some("HIGH".into()),
        messaging_limit: Some("TIER_250".into()),
        name_status: Some("APPROVED".into()),
        code_verification_status: Some("VERIFIED".into()),
        is_coexistence: true,
    };
    account.last_verified_at = Some(at(2));
    let (sent_grant, mut sent) = (grant.clone(), account.clone());
    let full = w.write(tenant.org, write).await.unwrap();

    sent.version = full.accounts[0].version;
    assert_eq!(full.accounts[0], sent);
    assert_eq!(w.account(&sent).await, sent);
    assert_eq!(w.grant_now(&full.grant).await, full.grant);
    let version = full.grant.version;
    let sent_grant = wabakit_domain::grant::Grant {
        version,
        ..sent_grant
    };
    assert_eq!(full.grant, sent_grant);
    assert_eq!(w.account(&plain.accounts[0]).await, plain.accounts[0]);
    assert_eq!(w.grant_now(&plain.grant).await, plain.grant);

    // A save changes every field, and back to nothing.
    let mut empty = plain.accounts[0].clone();
    (empty.id, empty.version) = (sent.id, sent.version);
    (empty.org, empty.grant) = (sent.org, sent.grant);
    empty.phone_number_id.clone_from(&sent.phone_number_id);
    empty.is_default = false;
    let grant = wabakit_domain::grant::Grant {
        id: sent_grant.id,
        version,
        ..plain.grant.clone()
    };
    let write = VerifiedWrite {
        grant: Some(grant.clone()),
        ..VerifiedWrite::account(
            empty,
            w.make.ids(),
            vec![w.make.event(tenant.org, "account.verified")],
        )
    };
    let mut expected = write.account.clone();
    let (saved, _) = w.store.save_account(tenant.org, write).await.unwrap();
    assert!(saved.version > expected.version);
    expected.version = saved.version;
    assert_eq!(saved, expected);
    assert_eq!(w.account(&saved).await, expected);
    let now = w.grant_now(&grant).await;
    assert!(now.version > grant.version);
    assert_eq!(now.scopes, grant.scopes);
    assert_eq!(now.expires, Expiry::Never);
    assert_eq!(now.state_reason, None);
    assert_eq!(w.actions(tenant.org).await, ["account.verified"]);
}

pub async fn accounts_are_paged_in_id_order(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let own: Vec<_> = (0..5).map(|n| format!("n{n}")).collect();
    let numbers: Vec<_> = own.iter().map(|n| ("w", n.as_str())).collect();
    let mut connected = w.connect(&tenant, &numbers).await;
    w.connect(&other, &[("w", "m1")]).await;
    connected.accounts.sort_by_key(|a| a.id);
    let gone = connected.accounts[1].id;
    w.disconnect(tenant.org, &[gone]).await;

    let mut all = Vec::new();
    for account in &connected.accounts {
        all.push((
            w.account(account).await,
            w.grant_now(&connected.grant).await,
        ));
    }
    let (store, org) = (&w.store, tenant.org);
    assert_pages(&all, |page| store.list_accounts(org, false, page)).await;
    all.remove(1);
    assert_pages(&all, |page| store.list_accounts(org, true, page)).await;
}

pub async fn another_org_sees_and_changes_no_account_or_grant(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let connected = w.connect(&tenant, &[("w", "n1")]).await;
    let account = connected.accounts[0].clone();
    let before = w.snapshot(tenant.org).await;
    let store = &w.store;

    assert_eq!(store.account(other.org, account.id).await.unwrap(), None);
    let grant = store.grant(other.org, connected.grant.id).await.unwrap();
    assert_eq!(grant, None);
    let page = PageRequest::default();
    let listed = store.list_accounts(other.org, false, page).await.unwrap();
    assert_eq!(listed.rows, []);
    let numbers = [account.phone_number_id.clone()];
    let found = store.accounts_of_numbers(other.org, &numbers).await;
    assert_eq!(found.unwrap(), []);
    let event = w.make.event(other.org, "account.verified");
    let write = VerifiedWrite::account(account, w.make.ids(), vec![event]);
    let saved = store.save_account(other.org, write).await;
    assert_refused!(saved, StoreError::Missing(_));
    let event = w.make.event(other.org, "grant.checked");
    let saved = store
        .save_grant(other.org, connected.grant, vec![event].into())
        .await;
    assert_refused!(saved, StoreError::Missing(_) | StoreError::Conflict);

    assert_eq!(w.snapshot(tenant.org).await, before);
    assert!(w.actions(other.org).await.is_empty());
}

pub async fn a_stale_account_is_refused(w: World) {
    let tenant = w.tenant().await;
    let account = w.connect(&tenant, &[("w", "n1")]).await.accounts.remove(0);
    let write = |name: &str| {
        let mut account = account.clone();
        account.display_name = Some(name.into());
        let event = w.make.event(tenant.org, name);
        VerifiedWrite::account(account, w.make.ids(), vec![event])
    };
    let first = w.store.save_account(tenant.org, write("first")).await;
    let second = w.store.save_account(tenant.org, write("second")).await;
    assert_refused!(second, StoreError::Conflict);
    assert_eq!(w.account(&account).await, first.unwrap().0);
    assert_eq!(w.actions(tenant.org).await, ["first"]);

    let mut unknown = write("third");
    unknown.account.id = w.make.id();
    let third = w.store.save_account(tenant.org, unknown).await;
    assert_refused!(third, StoreError::Missing(_));
}

pub async fn a_stale_grant_is_refused(w: World) {
    let tenant = w.tenant().await;
    let grant = w.grant(&tenant).await;
    let (store, org) = (&w.store, tenant.org);
    let mut dead = grant.clone();
    dead.state = GrantState::Dead;
    let event = w.make.event(org, "grant.dead");
    let saved = store
        .save_grant(org, dead.clone(), vec![event].into())
        .await;
    let (saved, _) = saved.unwrap();
    dead.version = saved.version;
    assert_eq!(saved, dead);
    assert!(saved.version > grant.version);
    let event = w.make.event(org, "grant.checked");
    let stale = store
        .save_grant(org, grant.clone(), vec![event].into())
        .await;
    assert_refused!(stale, StoreError::Conflict);
    assert_eq!(w.grant_now(&grant).await, saved);
    assert_eq!(w.actions(org).await, ["grant.dead"]);
}

pub async fn a_stale_grant_leaves_its_account_as_it_was(w: World) {
    let tenant = w.tenant().await;
    let connected = w.connect(&tenant, &[("w", "n1"), ("w", "n2")]).await;
    let grant = connected.grant.clone();
    w.store
        .save_grant(tenant.org, grant.clone(), Facts::default())
        .await
        .unwrap();
    let before = w.snapshot(tenant.org).await;
    let mut account = connected.accounts[1].clone();
    account.is_default = true;
    let event = w.make.event(tenant.org, "account.verified");
    let write = VerifiedWrite {
        grant: Some(grant),
        ..VerifiedWrite::account(account, w.make.ids(), vec![event])
    };
    let saved = w.store.save_account(tenant.org, write).await;
    assert_refused!(saved, StoreError::Conflict);
    assert_eq!(w.snapshot(tenant.org).await, before);
}

pub async fn a_new_default_takes_the_mark_from_the_old(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let connected = w.connect(&tenant, &[("w", "n1"), ("w", "n2")]).await;
    let elsewhere = w.connect(&other, &[("w", "m1")]).await;
    let [old, mut new] = <[_; 2]>::try_from(connected.accounts).unwrap();
    assert!(old.is_default && !new.is_default);
    new.is_default = true;
    let write = VerifiedWrite::account(new, w.make.ids(), vec![]);
    let (new, _) = w.store.save_account(tenant.org, write).await.unwrap();
    assert!(new.is_default);
    assert!(w.account(&new).await.is_default);
    let old_now = w.account(&old).await;
    assert!(!old_now.is_default);
    assert!(
        old_now.version > old.version,
        "a copy with the mark is stale"
    );
    assert!(w.account(&elsewhere.accounts[0]).await.is_default);
}

pub async fn twenty_defaults_at_once_leave_one(w: World) {
    let tenant = w.tenant().await;
    let own: Vec<_> = (0..20).map(|n| format!("n{n}")).collect();
    let numbers: Vec<_> = own.iter().map(|n| ("w", n.as_str())).collect();
    let accounts = w.connect(&tenant, &numbers).await.accounts;
    let org = tenant.org;
    w.race(|w, turn| {
        let mut account = accounts[turn].clone();
        account.is_default = true;
        async move {
            let event = w.make.event(org, "account.default_set");
            let write = VerifiedWrite::account(account, w.make.ids(), vec![event]);
            match w.store.save_account(org, write).await {
                Ok((saved, _)) => assert!(saved.is_default),
                // It lost the default mark before its own save was written.
                Err(error) => assert!(matches!(error, StoreError::Conflict), "{error}"),
            }
        }
    })
    .await;
    let mut now = Vec::new();
    for account in &accounts {
        now.push(w.account(account).await);
    }
    assert_eq!(count(&now, |a| a.is_default), 1);
    w.assert_chain(org).await;
}

pub async fn accounts_are_found_by_number_active_or_not(w: World) {
    let tenant = w.tenant().await;
    let connected = w
        .connect(&tenant, &[("w", "n1"), ("w", "n2"), ("w", "n3")])
        .await;
    w.disconnect(tenant.org, &[connected.accounts[0].id]).await;
    let of = |numbers: &[&str]| {
        let numbers: Vec<PhoneNumberId> = numbers.iter().map(|n| (*n).into()).collect();
        let (store, org) = (w.store.clone(), tenant.org);
        async move {
            let found = store.accounts_of_numbers(org, &numbers).await.unwrap();
            let mut ids: Vec<AccountId> = found.iter().map(|a| a.id).collect();
            ids.sort();
            ids
        }
    };
    let expected = [connected.accounts[0].id, connected.accounts[2].id];
    assert_eq!(of(&["n1", "n3", "n9"]).await, expected);
    assert_eq!(of(&[]).await, []);
}

pub async fn holders_of_a_number_in_other_orgs_are_found(w: World) {
    let (asks, holds, gave_up) = (w.tenant().await, w.tenant().await, w.tenant().await);
    w.connect(&asks, &[("w", "mine")]).await;
    let holder = w.connect(&holds, &[("w", "theirs"), ("w", "also")]).await;
    let former = w.connect(&gave_up, &[("w", "free")]).await;
    w.disconnect(gave_up.org, &[former.accounts[0].id]).await;
    let numbers = ["mine", "theirs", "free"].map(PhoneNumberId::from);
    let found = w.store.active_holders_elsewhere(asks.org, &numbers).await;
    let found = found.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].account, holder.accounts[0]);
    assert_eq!(found[0].grant, holder.grant);
    let found = w.store.active_holders_elsewhere(asks.org, &[]).await;
    assert_eq!(found.unwrap(), []);
}

pub async fn active_numbers_of_a_waba_are_counted_across_orgs_by_app(w: World) {
    let (mut one, mut two) = (w.tenant().await, w.tenant().await);
    let own_app = w.connect(&one, &[("w1", "n0")]).await;
    let platform = w.make.meta_app(wabakit_domain::ids::OrgId::PLATFORM);
    let platform = w.store.upsert_meta_app(platform, vec![]).await.unwrap();
    one.app = platform.clone();
    two.app = platform.clone();
    let first = w.connect(&one, &[("w1", "n1"), ("w2", "n2")]).await;
    w.connect(&two, &[("w1", "n3")]).await;
    let (w1, w2) = ("w1".into(), "w2".into());
    let store = &w.store;
    assert_eq!(store.active_on_waba(platform.id, &w1).await.unwrap(), 2);
    assert_eq!(store.active_on_waba(platform.id, &w2).await.unwrap(), 1);
    let app = own_app.grant.meta_app;
    assert_eq!(store.active_on_waba(app, &w1).await.unwrap(), 1);
    w.disconnect(one.org, &[first.accounts[0].id]).await;
    assert_eq!(store.active_on_waba(platform.id, &w1).await.unwrap(), 1);
    assert_eq!(
        store
            .grant(one.org, GrantId(uuid::Uuid::nil()))
            .await
            .unwrap(),
        None
    );
}
