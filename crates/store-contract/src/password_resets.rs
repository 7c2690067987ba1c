//! Password reset links: their effect, and their limits.

use wabakit_domain::identity::{ResetMaker, Role, User};
use wabakit_ports::store::MembershipChange;

use super::{
    World, at,
    links::{holds, join, password_of, place},
    password,
};

pub async fn a_password_reset_works_once_and_ends_all_sign_ins(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let link = w.make.password_reset(tenant.org, tenant.owner.id);
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let own = w.sign_in(tenant.org, &tenant.owner).await;
    let theirs = w.sign_in(other.org, &other.owner).await;
    let reset = |text: &str| {
        let event = w.make.event(tenant.org, "password.reset");
        w.store
            .reset_password(link.hash, password(text), at(60), event)
    };
    assert_eq!(reset("first").await.unwrap(), Some(tenant.owner.id));
    assert_eq!(reset("second").await.unwrap(), None);
    assert_eq!(password_of(&w, &tenant.owner).await, "first");
    assert_eq!(w.actions(tenant.org).await, ["password.reset"]);
    let ended = w.store.principal(own.session.id, at(60)).await.unwrap();
    assert_eq!(ended, None);
    let kept = w.store.principal(theirs.session.id, at(60)).await.unwrap();
    assert!(kept.is_some());
}

pub async fn only_one_of_twenty_resets_a_password(w: World) {
    let tenant = w.tenant().await;
    let link = w.make.password_reset(tenant.org, tenant.owner.id);
    w.store.create_link(link.clone(), vec![]).await.unwrap();
    let org = tenant.org;
    let reset = w
        .race(|w, turn| async move {
            let event = w.make.event(org, "password.reset");
            let text = password(&turn.to_string());
            let done = w.store.reset_password(link.hash, text, at(60), event).await;
            done.unwrap().map(|_| turn)
        })
        .await;
    let winners: Vec<_> = reset.into_iter().flatten().collect();
    assert_eq!(winners.len(), 1);
    let now = password_of(&w, &tenant.owner).await;
    assert_eq!(now, winners[0].to_string());
    assert_eq!(w.actions(org).await, ["password.reset"]);
}

pub async fn a_reset_link_reaches_no_further_than_its_maker_does_now(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    let admin = w.member(tenant.org, Role::Admin).await;
    let agent = w.member(tenant.org, Role::Agent).await;
    let reset = |maker, user: &User| w.make.password_reset_by(maker, tenant.org, user.id);
    let by_admin = ResetMaker::Member(admin.id);
    assert!(holds(&w, reset(by_admin, &agent)).await);
    assert!(!holds(&w, reset(by_admin, &tenant.owner)).await);
    assert!(!holds(&w, reset(by_admin, &other.owner)).await);
    assert!(!holds(&w, reset(ResetMaker::CommandLine, &other.owner)).await);
    assert!(!holds(&w, reset(ResetMaker::Member(agent.id), &agent)).await);
    assert!(!holds(&w, reset(ResetMaker::Member(w.make.id()), &agent)).await);

    let mut operator = w.make.user("operator@acme.example");
    operator.is_operator = true;
    let seat = Some((tenant.org, Role::Viewer));
    let made = w
        .store
        .create_user(operator.clone(), password("secret"), seat, vec![]);
    made.await.unwrap();
    assert!(!holds(&w, reset(by_admin, &operator)).await);
    assert!(!holds(&w, reset(ResetMaker::Unrecorded, &operator)).await);
    assert!(holds(&w, reset(ResetMaker::CommandLine, &operator)).await);

    join(&w, other.org, &other.owner, &agent).await;
    assert!(!holds(&w, reset(by_admin, &agent)).await);
    assert!(!holds(&w, reset(ResetMaker::Unrecorded, &agent)).await);
    assert!(holds(&w, reset(ResetMaker::CommandLine, &agent)).await);
}

pub async fn a_change_of_a_persons_memberships_or_password_ends_their_reset_links(w: World) {
    let (tenant, other) = (w.tenant().await, w.tenant().await);
    for act in ["password", "another link", "removal", "joining"] {
        let person = w.member(tenant.org, Role::Agent).await;
        let colleague = w.make.password_reset(tenant.org, tenant.owner.id);
        assert!(holds(&w, colleague.clone()).await);
        let link = w.make.password_reset(tenant.org, person.id);
        assert!(holds(&w, link.clone()).await);
        match act {
            "password" => {
                let changed = w
                    .store
                    .set_password(person.id, password("new"), None, at(1), vec![]);
                changed.await.unwrap();
            }
            "another link" => {
                let another = w.make.password_reset(tenant.org, person.id);
                assert!(holds(&w, another.clone()).await);
                let event = w.make.event(tenant.org, "password.reset");
                let used = w
                    .store
                    .reset_password(another.hash, password("new"), at(1), event);
                assert_eq!(used.await.unwrap(), Some(person.id));
            }
            "removal" => place(&w, tenant.org, &person, MembershipChange::Remove).await,
            _ => join(&w, other.org, &other.owner, &person).await,
        }
        let event = w.make.event(tenant.org, "password.reset");
        let used = w
            .store
            .reset_password(link.hash, password("stolen"), at(1), event);
        assert_eq!(used.await.unwrap(), None, "after: {act}");
        assert_ne!(password_of(&w, &person).await, "stolen");
        let kept = w.store.link(colleague.hash, at(1)).await.unwrap();
        assert!(kept.is_some(), "another person's link stays after: {act}");
    }
}
