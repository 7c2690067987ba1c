//! Proven addresses: which links prove one, and that one person has proven it.

use wabakit_domain::identity::{OneTimeLink, Role};
use wabakit_ports::store::{Namesake, Namesakes, StoreError};

use super::{
    World, assert_refused, at,
    invitations::race_to_be_first,
    links::{accepting, holds, only_person},
    password,
    world::count,
};

pub async fn one_of_twenty_proves_an_address_and_others_may_have_it_unproven(w: World) {
    let (winner, links) = race_to_be_first(&w, true).await;
    let person = only_person(&w, "new@acme.example").await;
    assert_eq!(person.proven_at, Some(at(60)));
    // The database itself refuses a second one, whatever the caller has read.
    let loser = &links[usize::from(winner == 0)];
    let mut second = accepting(&w, loser.org, loser.hash);
    second.namesakes = 1;
    let refused = w.store.accept_invitation(second).await;
    assert_refused!(refused, StoreError::Conflict);
    // A link that was shown binds nobody, and is never refused because of somebody.
    let tenant = w.tenant().await;
    let shown = w
        .make
        .invitation(tenant.org, tenant.owner.id, "new@acme.example");
    w.store.create_link(shown.clone(), vec![]).await.unwrap();
    let mut third = accepting(&w, tenant.org, shown.hash);
    third.namesakes = 1;
    let other = w.store.accept_invitation(third).await.unwrap().unwrap();
    assert_eq!(other.proven_at, None);
    let of = |org| w.store.people_by_email("new@acme.example", org, 5);
    let ids = |found: Namesakes| -> Vec<_> { found.people.iter().map(|one| one.user.id).collect() };
    assert_eq!(ids(of(None).await.unwrap()), [person.id, other.id]);
    let here = of(Some(tenant.org)).await.unwrap();
    assert_eq!(ids(here), [other.id, person.id], "its member comes first");
    let first = w.store.people_by_email("new@acme.example", None, 1).await;
    let first = first.unwrap();
    assert_eq!((first.people.len(), first.count), (1, 2));
}

pub async fn a_mailed_invitation_proves_the_address_of_a_known_person(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let known = w.member(other.org, Role::Agent).await;
    let link = w
        .make
        .mailed_invitation(tenant.org, tenant.owner.id, &known.email);
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    assert_eq!(
        w.store.link(link.hash, at(1)).await.unwrap(),
        Some(link.clone())
    );
    let acceptance = w
        .make
        .acceptance(link.hash, tenant.org, known.clone(), false);
    let joined = w.store.accept_invitation(acceptance).await.unwrap();
    assert_eq!(joined.unwrap().proven_at, Some(at(60)));
    assert_eq!(only_person(&w, &known.email).await.proven_at, Some(at(60)));
}

pub async fn a_reset_by_a_link_that_was_shown_takes_the_proof_back(w: World) {
    for mailed in [false, true] {
        let tenant = w.tenant().await;
        let email = format!("{mailed}@acme.example");
        let link = w
            .make
            .mailed_invitation(tenant.org, tenant.owner.id, &email);
        w.store.create_link(link.clone(), vec![]).await.unwrap();
        let acceptance = accepting(&w, tenant.org, link.hash);
        let person = w.store.accept_invitation(acceptance).await.unwrap();
        let person = person.unwrap();
        let mut reset = w.make.password_reset(tenant.org, person.id);
        reset.mail = link.mail.filter(|_| mailed);
        w.store.create_link(reset.clone(), vec![]).await.unwrap();
        let event = w.make.event(tenant.org, "password.reset");
        let used = w
            .store
            .reset_password(reset.hash, password("new"), at(61), event);
        assert_eq!(used.await.unwrap(), Some(person.id));
        let proven = only_person(&w, &email).await.proven_at.is_some();
        assert_eq!(proven, mailed, "only mail shows that it is still theirs");
    }
}

pub async fn one_of_twenty_proves_an_address_by_a_link(w: World) {
    let mut asked = Vec::new();
    for _ in 0..20 {
        let org = w.tenant().await.org;
        let user = w.make.user("same@acme.example");
        let place = Some((org, Role::Agent));
        let made = w
            .store
            .create_user(user.clone(), password("x"), place, vec![]);
        made.await.unwrap();
        let link = w.make.address_proof(org, user.id);
        assert!(holds(&w, link.clone()).await);
        asked.push((user.id, link));
    }
    let prove = |w: World, user, link: OneTimeLink| async move {
        let event = w.make.event(link.org, "address.proven");
        w.store.prove_address(link.hash, user, at(60), event).await
    };
    let (user, link) = asked[0].clone();
    let other = prove(w.clone(), asked[1].0, link.clone()).await;
    assert!(!other.unwrap(), "it is for who asked");
    let proven = w
        .race(|w, turn| {
            let (user, link) = asked[turn].clone();
            prove(w, user, link)
        })
        .await;
    assert_eq!(count(&proven, |done| matches!(done, Ok(true))), 1);
    let refused = |done: &Result<_, _>| matches!(done, Err(StoreError::Conflict));
    assert_eq!(count(&proven, refused), 19, "{proven:?}");
    let again = prove(w.clone(), user, link).await;
    assert!(matches!(again, Ok(false) | Err(StoreError::Conflict)));
    let found = w.store.people_by_email("same@acme.example", None, 50).await;
    let found = found.unwrap();
    assert_eq!(found.count, 20);
    let proven = |one: &Namesake| one.user.proven_at == Some(at(60));
    assert_eq!(count(&found.people, proven), 1);
    assert!(proven(&found.people[0]), "the proven one comes first");
}
