use wabakit_domain::{
    identity::{Member, Org, Role, User},
    ids::OrgId,
    secret::ExposeSecret,
};

use super::{World, assert_refused, at, password, world::assert_pages, world::count};
use wabakit_ports::store::{MembershipChange, OrgOverview, StoreError};

async fn change(
    w: &World,
    org: OrgId,
    user: &User,
    change: MembershipChange,
) -> Result<(), StoreError> {
    let audit = vec![w.make.event(org, "member.changed")];
    w.store
        .change_membership(org, user.id, change, at(60), audit)
        .await
}

pub async fn orgs_and_people_come_back_whole(w: World) {
    let mut org = w.make.org();
    org.name = "Zürich ❄️ Straße".repeat(320);
    org.created_at = at(5);
    let event = w.make.event(org.id, "org.created");
    w.store.create_org(org.clone(), vec![event]).await.unwrap();
    assert_eq!(w.store.org(org.id).await.unwrap(), Some(org.clone()));
    assert_eq!(w.store.org(w.make.id()).await.unwrap(), None);

    let mut user = w.make.user("josé@münchen.example");
    user.name = "José 🙂".into();
    user.is_operator = true;
    let event = w.make.event(org.id, "user.created");
    let place = Some((org.id, Role::Owner));
    w.store
        .create_user(user.clone(), password("$argon2id$x"), place, vec![event])
        .await
        .unwrap();
    let by_email = w.store.people_by_email(&user.email, None, 5).await;
    let by_email = by_email.unwrap().people.remove(0);
    assert!(by_email.is_member);
    let by_id = w.store.user(user.id).await.unwrap();
    for (found, hash) in [(by_email.user, by_email.password), by_id.unwrap()] {
        assert_eq!(found, user);
        assert_eq!(hash.0.expose_secret(), "$argon2id$x");
    }
    assert!(w.store.user(w.make.id()).await.unwrap().is_none());
    let nobody = w.store.people_by_email("nobody@acme.example", None, 5);
    assert_eq!(nobody.await.unwrap().count, 0);
    assert_eq!(w.actions(org.id).await, ["org.created", "user.created"]);
    w.assert_chain(org.id).await;
}

pub async fn an_email_address_is_taken_once_in_an_org(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let before = w.snapshot(tenant.org).await;
    let again = w.make.user(&tenant.owner.email);
    let create = |user: &User, org| {
        let event = w.make.event(org, "user.created");
        let place = Some((org, Role::Admin));
        w.store
            .create_user(user.clone(), password("x"), place, vec![event])
    };
    let refused = create(&again, tenant.org).await;
    assert_refused!(refused, StoreError::Duplicate(_));
    assert!(w.store.user(again.id).await.unwrap().is_none());
    assert_eq!(w.snapshot(tenant.org).await, before);
    // An unproven address binds nobody elsewhere.
    create(&again, other.org).await.unwrap();
    let found = w.store.people_by_email(&again.email, Some(tenant.org), 5);
    let found = found.await.unwrap();
    let people: Vec<_> = found.people.iter().map(|one| &one.user).collect();
    assert_eq!(people, [&tenant.owner, &again]);
    assert_eq!(found.people[0].password.0.expose_secret(), "secret");
}

pub async fn only_one_of_twenty_takes_an_email_address_of_an_org(w: World) {
    let org = w.tenant().await.org;
    let results = w
        .race(|w, _| async move {
            let user = w.make.user("same@acme.example");
            let event = w.make.event(org, "user.created");
            let place = Some((org, Role::Agent));
            w.store
                .create_user(user, password("x"), place, vec![event])
                .await
        })
        .await;
    assert_eq!(count(&results, Result::is_ok), 1);
    let duplicate = |r: &Result<_, _>| matches!(r, Err(StoreError::Duplicate(_)));
    assert_eq!(count(&results, duplicate), 19, "{results:?}");
    assert_eq!(w.actions(org).await, ["user.created"]);
}

pub async fn a_person_of_a_missing_org_is_not_stored(w: World) {
    let user = w.make.user("new@acme.example");
    let org: OrgId = w.make.id();
    let event = w.make.event(org, "user.created");
    let refused = w
        .store
        .create_user(
            user.clone(),
            password("x"),
            Some((org, Role::Owner)),
            vec![event],
        )
        .await;
    assert_refused!(refused, StoreError::Missing(_));
    assert!(w.store.user(user.id).await.unwrap().is_none());
    assert_eq!(w.log(org).await, []);
}

pub async fn orgs_are_paged_in_id_order_with_their_counts(w: World) {
    let (one, two) = (w.tenant().await, w.tenant().await);
    let empty = w.make.org();
    w.store.create_org(empty.clone(), vec![]).await.unwrap();
    let last = w.tenant().await;
    w.member(two.org, Role::Viewer).await;
    w.member(two.org, Role::Agent).await;
    let connected = w.connect(&two, &[("w", "n1"), ("w", "n2")]).await;
    w.connect(&one, &[("w", "n3"), ("w", "n4")]).await;
    w.disconnect(two.org, &[connected.accounts[0].id]).await;
    let mut all = Vec::new();
    for (org, members, active_accounts) in [
        (one.org, 1, 2),
        (two.org, 3, 1),
        (empty.id, 0, 0),
        (last.org, 1, 0),
    ] {
        all.push(OrgOverview {
            org: w.store.org(org).await.unwrap().unwrap(),
            members,
            active_accounts,
        });
    }
    assert_pages(&all, |page| w.store.list_orgs(page)).await;
}

pub async fn an_org_is_renamed_only_if_it_is_there(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let event = w.make.event(tenant.org, "org.renamed");
    let renamed = w.store.rename_org(tenant.org, "Neu", vec![event]).await;
    let renamed = renamed.unwrap();
    assert_eq!(renamed.name, "Neu");
    assert_eq!(w.store.org(tenant.org).await.unwrap(), Some(renamed));
    let untouched = w.store.org(other.org).await.unwrap().unwrap();
    assert_ne!(untouched.name, "Neu");
    let missing: OrgId = w.make.id();
    let event = w.make.event(missing, "org.renamed");
    let refused = w.store.rename_org(missing, "Neu", vec![event]).await;
    assert_refused!(refused, StoreError::Missing(_));
    assert_eq!(w.log(missing).await, []);
}

pub async fn members_are_the_orgs_own_and_paged_in_id_order(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let mut all = Vec::new();
    let roles = [Role::Viewer, Role::Agent, Role::Admin, Role::Owner];
    let mut people = vec![(tenant.owner.clone(), Role::Owner)];
    for role in roles {
        people.push((w.member(tenant.org, role).await, role));
    }
    for (user, role) in people {
        let member = Member {
            joined_at: user.created_at,
            user,
            role,
            last_seen_at: None,
        };
        let found = w.store.member(tenant.org, member.user.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&member));
        all.push(member);
    }
    assert_pages(&all, |page| w.store.members(tenant.org, page)).await;
    let stranger = w.store.member(tenant.org, other.owner.id).await.unwrap();
    assert_eq!(stranger, None);
}

pub async fn memberships_are_listed_oldest_first(w: World) {
    let (late, early) = (w.tenant().await, w.tenant().await);
    let user = w.member(early.org, Role::Viewer).await;
    let link = w.make.invitation(late.org, late.owner.id, &user.email);
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let acceptance = w.make.acceptance(link.hash, late.org, user.clone(), false);
    w.store.accept_invitation(acceptance).await.unwrap();
    let org = |id| {
        let store = w.store.clone();
        async move { store.org(id).await.unwrap().unwrap() }
    };
    let expected: [(Org, Role); 2] = [
        (org(early.org).await, Role::Viewer),
        (org(late.org).await, Role::Agent),
    ];
    assert_eq!(w.store.memberships(user.id).await.unwrap(), expected);
    let nobody = w.store.memberships(w.make.id()).await.unwrap();
    assert_eq!(nobody, []);
}

pub async fn another_org_changes_no_member(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let member = w.member(tenant.org, Role::Agent).await;
    let sign_in = w.sign_in(tenant.org, &member).await;
    let before = w.snapshot(tenant.org).await;
    for act in [
        MembershipChange::SetRole(Role::Owner),
        MembershipChange::Remove,
    ] {
        let refused = change(&w, other.org, &member, act).await;
        assert_refused!(refused, StoreError::Missing(_));
    }
    assert_eq!(w.snapshot(tenant.org).await, before);
    assert!(w.actions(other.org).await.is_empty());
    let principal = w.store.principal(sign_in.session.id, at(60)).await;
    assert!(principal.unwrap().is_some());
}

pub async fn the_last_owner_stays(w: World) {
    let tenant = w.tenant().await;
    let admin = w.member(tenant.org, Role::Admin).await;
    let sign_in = w.sign_in(tenant.org, &tenant.owner).await;
    let before = w.snapshot(tenant.org).await;
    for act in [
        MembershipChange::SetRole(Role::Admin),
        MembershipChange::Remove,
    ] {
        let refused = change(&w, tenant.org, &tenant.owner, act).await;
        assert_refused!(refused, StoreError::Forbidden(_));
    }
    assert_eq!(w.snapshot(tenant.org).await, before);
    let principal = w.store.principal(sign_in.session.id, at(60)).await;
    assert!(principal.unwrap().is_some(), "nothing of it was done");

    let owner = MembershipChange::SetRole(Role::Owner);
    let same = change(&w, tenant.org, &tenant.owner, owner.clone()).await;
    same.expect("an owner may be made an owner");
    change(&w, tenant.org, &admin, owner).await.unwrap();
    let remove = MembershipChange::Remove;
    change(&w, tenant.org, &tenant.owner, remove).await.unwrap();
    let gone = w.store.member(tenant.org, tenant.owner.id).await.unwrap();
    assert_eq!(gone, None);
}

pub async fn twenty_owners_stepping_down_leave_one(w: World) {
    let tenant = w.tenant().await;
    let mut owners = vec![tenant.owner];
    for _ in 1..20 {
        owners.push(w.member(tenant.org, Role::Owner).await);
    }
    let org = tenant.org;
    let results = w
        .race(|w, turn| {
            let owner = owners[turn].clone();
            let act = if turn % 2 == 0 {
                MembershipChange::Remove
            } else {
                MembershipChange::SetRole(Role::Viewer)
            };
            async move { change(&w, org, &owner, act).await }
        })
        .await;
    assert_eq!(count(&results, Result::is_ok), 19, "{results:?}");
    let forbidden = |r: &Result<_, _>| matches!(r, Err(StoreError::Forbidden(_)));
    assert_eq!(count(&results, forbidden), 1, "{results:?}");
    let page = wabakit_ports::store::PageRequest::default();
    let members = w.store.members(org, page).await.unwrap().rows;
    assert_eq!(count(&members, |m| m.role == Role::Owner), 1);
    assert_eq!(w.actions(org).await.len(), 19);
}

pub async fn a_changed_role_acts_at_once(w: World) {
    let tenant = w.tenant().await;
    let member = w.member(tenant.org, Role::Agent).await;
    let sign_in = w.sign_in(tenant.org, &member).await;
    let admin = MembershipChange::SetRole(Role::Admin);
    change(&w, tenant.org, &member, admin).await.unwrap();
    let principal = w.store.principal(sign_in.session.id, at(60)).await;
    assert_eq!(principal.unwrap().unwrap().role, Role::Admin);
    assert_eq!(w.actions(tenant.org).await, ["member.changed"]);
}

pub async fn removal_ends_the_persons_sign_ins_there(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let member = w.member(tenant.org, Role::Agent).await;
    let link = w.make.invitation(other.org, other.owner.id, &member.email);
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let join = |org, hash| w.make.acceptance(hash, org, member.clone(), false);
    let joined = w.store.accept_invitation(join(other.org, link.hash)).await;
    joined.unwrap();
    let here = w.sign_in(tenant.org, &member).await;
    let there = w.sign_in(other.org, &member).await;
    let colleague = w.sign_in(tenant.org, &tenant.owner).await;
    let lives = |id| {
        let store = w.store.clone();
        async move { store.principal(id, at(61)).await.unwrap().is_some() }
    };
    let remove = MembershipChange::Remove;
    change(&w, tenant.org, &member, remove).await.unwrap();
    assert!(!lives(here.session.id).await);
    assert!(lives(there.session.id).await);
    assert!(lives(colleague.session.id).await);

    // The link has ended. It is not only hidden while the membership is missing, so coming back does not revive it.
    let link = w
        .make
        .invitation(tenant.org, tenant.owner.id, &member.email);
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let joined = w.store.accept_invitation(join(tenant.org, link.hash)).await;
    assert!(joined.unwrap().is_some());
    assert!(!lives(here.session.id).await);
}

pub async fn a_new_password_ends_all_sign_ins_but_the_kept(w: World) {
    let tenant = w.tenant().await;
    let owner = &tenant.owner;
    let kept = w.sign_in(tenant.org, owner).await;
    let ended = w.sign_in(tenant.org, owner).await;
    let set = |user, keep| {
        let event = w.make.event(tenant.org, "password.changed");
        w.store
            .set_password(user, password("new"), keep, at(60), vec![event])
    };
    set(owner.id, Some(kept.session.id)).await.unwrap();
    let (_, hash) = w.store.user(owner.id).await.unwrap().unwrap();
    assert_eq!(hash.0.expose_secret(), "new");
    let principal = w.store.principal(kept.session.id, at(60)).await;
    assert!(principal.unwrap().is_some());
    let principal = w.store.principal(ended.session.id, at(60)).await;
    assert!(principal.unwrap().is_none());
    assert_refused!(set(w.make.id(), None).await, StoreError::Missing(_));
    assert_eq!(w.actions(tenant.org).await, ["password.changed"]);
    set(owner.id, None).await.unwrap();
    let principal = w.store.principal(kept.session.id, at(60)).await;
    assert!(principal.unwrap().is_none());
}
