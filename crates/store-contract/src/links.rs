//! One-time links of any kind: how long they hold, and when they are not used.

use wabakit_domain::{
    identity::{OneTimeLink, ResetMaker, TokenHash, User},
    ids::OrgId,
    secret::ExposeSecret,
};
use wabakit_ports::store::{Acceptance, MembershipChange};

use super::{World, at, password};

/// The lifetime of the fixtures' links, in seconds.
pub(super) const WEEK: i64 = 7 * 86_400;

pub(super) fn accepting(w: &World, org: OrgId, hash: TokenHash) -> Acceptance {
    let user = w.make.user("new@acme.example");
    Acceptance {
        password: password("chosen"),
        ..w.make.acceptance(hash, org, user, true)
    }
}

pub(super) async fn password_of(w: &World, user: &User) -> String {
    let (_, hash) = w.store.user(user.id).await.unwrap().unwrap();
    hash.0.expose_secret().to_owned()
}

/// Stores a link. Returns whether it is found.
pub(super) async fn holds(w: &World, link: OneTimeLink) -> bool {
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    w.store.link(link.hash, at(1)).await.unwrap().is_some()
}

pub(super) async fn place(w: &World, org: OrgId, user: &User, change: MembershipChange) {
    let changed = w
        .store
        .change_membership(org, user.id, change, at(1), vec![]);
    changed.await.unwrap();
}

/// Makes a known person join another organisation.
pub(super) async fn join(w: &World, org: OrgId, by: &User, person: &User) {
    let link = w.make.invitation(org, by.id, &person.email);
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let acceptance = w.make.acceptance(link.hash, org, person.clone(), false);
    let joined = w.store.accept_invitation(acceptance).await.unwrap();
    assert_eq!(joined.as_ref(), Some(person));
}

pub(super) async fn only_person(w: &World, email: &str) -> User {
    let found = w.store.people_by_email(email, None, 5).await.unwrap();
    assert_eq!((found.count, found.people.len()), (1, 1));
    found.people.into_iter().next().unwrap().user
}

pub async fn a_link_is_found_until_it_ends(w: World) {
    let tenant = w.tenant().await;
    let invitation = w
        .make
        .invitation(tenant.org, tenant.owner.id, "new@acme.example");
    let reset = w.make.password_reset(tenant.org, tenant.owner.id);
    let by_admin = ResetMaker::Member(tenant.owner.id);
    let by_admin = w
        .make
        .password_reset_by(by_admin, tenant.org, tenant.owner.id);
    let before = ResetMaker::Unrecorded;
    let before = w
        .make
        .password_reset_by(before, tenant.org, tenant.owner.id);
    let own = w
        .make
        .password_reset_by(ResetMaker::Person, tenant.org, tenant.owner.id);
    let proof = w.make.address_proof(tenant.org, tenant.owner.id);
    for link in [invitation, reset, by_admin, before, own, proof] {
        let event = w.make.event(tenant.org, "link.created");
        w.store
            .create_link(link.clone(), vec![event])
            .await
            .unwrap();
        let found = w.store.link(link.hash, at(WEEK - 1)).await.unwrap();
        assert_eq!(found.as_ref(), Some(&link));
        assert_eq!(w.store.link(link.hash, at(WEEK)).await.unwrap(), None);
    }
    assert_eq!(w.store.link(w.make.hash(), at(0)).await.unwrap(), None);
    assert_eq!(w.actions(tenant.org).await.len(), 6);
}

pub async fn a_link_that_is_over_or_of_another_kind_is_not_accepted(w: World) {
    let tenant = w.tenant().await;
    let mut over = w
        .make
        .invitation(tenant.org, tenant.owner.id, "new@acme.example");
    over.expires_at = at(60);
    let open = w
        .make
        .invitation(tenant.org, tenant.owner.id, "two@acme.example");
    let reset = w.make.password_reset(tenant.org, tenant.owner.id);
    for link in [&over, &open, &reset] {
        w.store.create_link(link.clone(), vec![]).await.unwrap();
    }
    for hash in [over.hash, reset.hash, w.make.hash()] {
        let acceptance = accepting(&w, tenant.org, hash);
        let accepted = w.store.accept_invitation(acceptance).await.unwrap();
        assert_eq!(accepted, None);
    }
    let event = w.make.event(tenant.org, "password.reset");
    let used = w
        .store
        .reset_password(open.hash, password("x"), at(60), event)
        .await;
    assert_eq!(used.unwrap(), None);
    assert_eq!(password_of(&w, &tenant.owner).await, "secret");
    assert!(w.actions(tenant.org).await.is_empty());
    for link in [open, reset] {
        let found = w.store.link(link.hash, at(60)).await.unwrap();
        assert_eq!(found, Some(link), "neither was used up");
    }
}

/// Such links are older than the rule that they end with their maker's right, so no write has deleted them.
pub async fn a_link_that_no_longer_holds_is_not_used(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let outsider = &other.owner;
    let invitation = w
        .make
        .invitation(tenant.org, outsider.id, "new@acme.example");
    assert!(!holds(&w, invitation.clone()).await);
    let acceptance = accepting(&w, tenant.org, invitation.hash);
    assert_eq!(w.store.accept_invitation(acceptance).await.unwrap(), None);
    let reset = w.make.password_reset(tenant.org, outsider.id);
    assert!(!holds(&w, reset.clone()).await);
    let event = w.make.event(tenant.org, "password.reset");
    let used = w
        .store
        .reset_password(reset.hash, password("stolen"), at(1), event);
    assert_eq!(used.await.unwrap(), None);
    assert_eq!(password_of(&w, outsider).await, "secret");
    assert!(w.actions(tenant.org).await.is_empty());
}

pub async fn pruning_takes_links_that_are_over_and_no_others(w: World) {
    let tenant = w.tenant().await;
    let mut links = Vec::new();
    for (n, end) in [10, 20, 30, 40].into_iter().enumerate() {
        let email = format!("n{n}@acme.example");
        let mut link = w.make.invitation(tenant.org, tenant.owner.id, &email);
        link.expires_at = at(end);
        w.store.create_link(link.clone(), vec![]).await.unwrap();
        links.push(link);
    }
    let before = at(35);
    let pruned = w.store.prune_identity(before, 2).await.unwrap();
    assert_eq!(pruned, 2, "at most so many at once");
    assert_eq!(w.store.prune_identity(before, 2).await.unwrap(), 1);
    assert_eq!(w.store.prune_identity(before, 2).await.unwrap(), 0);
    // Read at a time before their end, to distinguish deleted links from expired ones.
    let left = w.store.invitations(tenant.org, at(0)).await.unwrap();
    assert_eq!(left, [links.remove(3)]);
}
