//! Invitations: making and revoking them, and joining by one.

use wabakit_domain::{
    audit::Actor,
    identity::{LinkKind, OneTimeLink, Role, User},
};
use wabakit_ports::store::{Acceptance, MembershipChange, StoreError};

use super::{
    World, assert_refused, at,
    links::{accepting, holds, only_person, password_of, place},
    password,
    world::count,
};

pub async fn a_new_invitation_replaces_the_orgs_older_one(w: World) {
    let (one, two) = (w.tenant().await, w.tenant().await);
    let invite = |org, by: &User, email| w.make.invitation(org, by.id, email);
    let older = invite(one.org, &one.owner, "new@acme.example");
    let elsewhere = invite(two.org, &two.owner, "new@acme.example");
    let another = invite(one.org, &one.owner, "two@acme.example");
    let newer = invite(one.org, &one.owner, "new@acme.example");
    for link in [&older, &elsewhere, &another, &newer] {
        w.store.create_link(link.clone(), vec![]).await.unwrap();
    }
    assert_eq!(w.store.link(older.hash, at(0)).await.unwrap(), None);
    for link in [elsewhere, another, newer] {
        let found = w.store.link(link.hash, at(0)).await.unwrap();
        assert_eq!(found, Some(link));
    }
}

pub async fn a_member_is_not_invited_again(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let email = &tenant.owner.email;
    let again = w.make.invitation(tenant.org, tenant.owner.id, email);
    let event = w.make.event(tenant.org, "invitation.created");
    let refused = w.store.create_link(again.clone(), vec![event]).await;
    assert_refused!(refused, StoreError::Duplicate(_));
    assert_eq!(w.store.link(again.hash, at(0)).await.unwrap(), None);
    assert!(w.actions(tenant.org).await.is_empty());
    let elsewhere = w.make.invitation(other.org, other.owner.id, email);
    w.store.create_link(elsewhere, vec![]).await.unwrap();
}

pub async fn invitations_are_the_orgs_own_and_newest_first(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let mut expected = Vec::new();
    for (n, created) in [20, 30, 10].into_iter().enumerate() {
        let email = format!("n{n}@acme.example");
        let mut link = w.make.invitation(tenant.org, tenant.owner.id, &email);
        link.created_at = at(created);
        w.store.create_link(link.clone(), vec![]).await.unwrap();
        expected.push(link);
    }
    let mut over = w
        .make
        .invitation(tenant.org, tenant.owner.id, "over@acme.example");
    over.expires_at = at(60);
    let reset = w.make.password_reset(tenant.org, tenant.owner.id);
    let theirs = w
        .make
        .invitation(other.org, other.owner.id, "n1@acme.example");
    for link in [over, reset, theirs] {
        w.store.create_link(link, vec![]).await.unwrap();
    }
    expected.swap(0, 1);
    let open = w.store.invitations(tenant.org, at(60)).await.unwrap();
    assert_eq!(open, expected);
}

pub async fn another_org_takes_back_no_link(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let link = w
        .make
        .invitation(tenant.org, tenant.owner.id, "new@acme.example");
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let revoke = |org| {
        let event = w.make.event(org, "invitation.revoked");
        let (store, id) = (w.store.clone(), link.id);
        async move { store.revoke_link(org, id, vec![event]).await.unwrap() }
    };
    assert!(!revoke(other.org).await);
    assert!(w.store.link(link.hash, at(0)).await.unwrap().is_some());
    assert!(w.actions(other.org).await.is_empty());
    assert!(revoke(tenant.org).await);
    assert!(w.store.link(link.hash, at(0)).await.unwrap().is_none());
    assert!(!revoke(tenant.org).await, "it is gone already");
    assert_eq!(w.actions(tenant.org).await, ["invitation.revoked"]);
}

pub async fn accepting_makes_a_person_with_a_place(w: World) {
    let tenant = w.tenant().await;
    let link = w
        .make
        .invitation(tenant.org, tenant.owner.id, "new@acme.example");
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let acceptance = accepting(&w, tenant.org, link.hash);
    let (user, audit) = (acceptance.user.clone(), acceptance.audit.clone());
    let accepted = w.store.accept_invitation(acceptance).await.unwrap();
    assert_eq!(accepted.as_ref(), Some(&user));
    let member = w.store.member(tenant.org, user.id).await.unwrap().unwrap();
    assert_eq!((&member.user, member.role), (&user, Role::Agent));
    assert_eq!((member.joined_at, member.last_seen_at), (at(60), None));
    assert_eq!(password_of(&w, &user).await, "chosen");
    assert_eq!(w.log(tenant.org).await[0].event, audit);
    assert_eq!(w.store.link(link.hash, at(60)).await.unwrap(), None);
    let open = w.store.invitations(tenant.org, at(60)).await.unwrap();
    assert_eq!(open, []);
}

pub async fn accepting_keeps_the_name_and_password_of_a_known_person(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let known = w.member(other.org, Role::Owner).await;
    let link = w.make.invitation(tenant.org, tenant.owner.id, &known.email);
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let mut acceptance = w
        .make
        .acceptance(link.hash, tenant.org, known.clone(), false);
    acceptance.user.name = "Mallory".into();
    let accepted = w.store.accept_invitation(acceptance).await.unwrap();
    assert_eq!(accepted.as_ref(), Some(&known));
    assert_eq!(password_of(&w, &known).await, "secret");
    let places = w.store.memberships(known.id).await.unwrap();
    let places: Vec<_> = places.iter().map(|(org, role)| (org.id, *role)).collect();
    assert_eq!(
        places,
        [(other.org, Role::Owner), (tenant.org, Role::Agent)]
    );
    let event = w.log(tenant.org).await.remove(0).event;
    assert_eq!(event.actor, Actor::User(known.id));
    assert_eq!(event.subject_id, known.id.to_string());
    w.assert_chain(tenant.org).await;
}

pub async fn only_one_of_twenty_accepts_an_invitation(w: World) {
    let tenant = w.tenant().await;
    let link = w
        .make
        .invitation(tenant.org, tenant.owner.id, "new@acme.example");
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let org = tenant.org;
    let accepted = w
        .race(|w, _| async move {
            let acceptance = accepting(&w, org, link.hash);
            w.store.accept_invitation(acceptance).await.unwrap()
        })
        .await;
    assert_eq!(count(&accepted, Option::is_some), 1);
    assert_eq!(w.actions(org).await, ["member.joined"]);
    let page = wabakit_ports::store::PageRequest::default();
    let members = w.store.members(org, page).await.unwrap();
    assert_eq!(members.rows.len(), 2);
}

pub async fn an_invitation_ends_with_its_makers_right(w: World) {
    let tenant = w.tenant().await;
    let maker = w.member(tenant.org, Role::Owner).await;
    let invite = |email: &str, role| {
        let mut link = w.make.invitation(tenant.org, maker.id, email);
        link.kind = LinkKind::Invitation {
            email: email.to_owned(),
            role,
            invited_by: maker.id,
        };
        link
    };
    let (owner, admin) = (
        invite("a@acme.example", Role::Owner),
        invite("b@acme.example", Role::Admin),
    );
    let by_other = w
        .make
        .invitation(tenant.org, tenant.owner.id, "c@acme.example");
    for link in [&owner, &admin, &by_other] {
        assert!(holds(&w, link.clone()).await);
    }
    let open = || async {
        let mut open: Vec<_> = w.store.invitations(tenant.org, at(1)).await.unwrap();
        open.sort_by_key(|link| link.id);
        open.into_iter().map(|link| link.id).collect::<Vec<_>>()
    };
    place(
        &w,
        tenant.org,
        &maker,
        MembershipChange::SetRole(Role::Admin),
    )
    .await;
    assert_eq!(open().await, [admin.id, by_other.id]);
    place(&w, tenant.org, &maker, MembershipChange::Remove).await;
    assert_eq!(open().await, [by_other.id]);
    for link in [owner, admin] {
        let acceptance = accepting(&w, tenant.org, link.hash);
        let accepted = w.store.accept_invitation(acceptance).await.unwrap();
        assert_eq!(accepted, None);
    }
}

/// Races twenty invitations of one new address in as many organisations. Returns the winner's index, and the links.
pub(super) async fn race_to_be_first(w: &World, mailed: bool) -> (usize, Vec<OneTimeLink>) {
    let mut links = Vec::new();
    for _ in 0..20 {
        let tenant = w.tenant().await;
        let by = tenant.owner.id;
        let link = match mailed {
            true => w.make.mailed_invitation(tenant.org, by, "new@acme.example"),
            false => w.make.invitation(tenant.org, by, "new@acme.example"),
        };
        w.store.create_link(link.clone(), vec![]).await.unwrap();
        links.push(link);
    }
    let accepted = w
        .race(|w, turn| {
            let link = links[turn].clone();
            async move {
                let mut acceptance = accepting(&w, link.org, link.hash);
                acceptance.password = password(&turn.to_string());
                (turn, w.store.accept_invitation(acceptance).await)
            }
        })
        .await;
    let known = |(_, result): &(_, Result<_, _>)| matches!(result, Err(StoreError::Conflict));
    assert_eq!(count(&accepted, known), 19, "{accepted:?}");
    let mut made = accepted
        .iter()
        .filter(|(_, result)| matches!(result, Ok(Some(_))));
    let winner = made.next().expect("one of them makes the person").0;
    for (turn, link) in links.iter().enumerate() {
        let left = w.store.link(link.hash, at(1)).await.unwrap();
        assert_eq!(
            left.is_some(),
            turn != winner,
            "the others can still be taken"
        );
    }
    (winner, links)
}

pub async fn one_of_two_first_invitations_makes_the_person(w: World) {
    let (winner, _) = race_to_be_first(&w, false).await;
    let person = only_person(&w, "new@acme.example").await;
    assert_eq!(w.store.memberships(person.id).await.unwrap().len(), 1);
    assert_eq!(password_of(&w, &person).await, winner.to_string());
    assert_eq!(person.proven_at, None);
}

pub async fn an_invitation_makes_no_second_member_of_one_address(w: World) {
    let tenant = w.tenant().await;
    let link = w
        .make
        .invitation(tenant.org, tenant.owner.id, "new@acme.example");
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let made = w.make.user("new@acme.example");
    let place = Some((tenant.org, Role::Agent));
    let created = w.store.create_user(made, password("x"), place, vec![]);
    created.await.unwrap();
    let mut acceptance = accepting(&w, tenant.org, link.hash);
    acceptance.namesakes = 1;
    let refused = w.store.accept_invitation(acceptance).await;
    assert_refused!(refused, StoreError::Duplicate(_));
    only_person(&w, "new@acme.example").await;
}

pub async fn a_password_that_changed_since_it_was_proven_joins_nothing(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let owner = &other.owner;
    let link = w.make.invitation(tenant.org, tenant.owner.id, &owner.email);
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let acceptance = Acceptance {
        password: password("an older one"),
        ..w.make
            .acceptance(link.hash, tenant.org, owner.clone(), false)
    };
    let refused = w.store.accept_invitation(acceptance).await;
    assert_refused!(refused, StoreError::Conflict);
    assert_eq!(w.store.member(tenant.org, owner.id).await.unwrap(), None);
    assert!(w.store.link(link.hash, at(1)).await.unwrap().is_some());
}
