//! Members, roles, invitations, reset links, operators.

use chrono::Duration;
use wabakit_domain::{audit::Actor, identity::Role, principal::Scope, secret::ExposeSecret};
use wabakit_services::{Origin, PageRequest, ServiceError};

use crate::support::{PASSWORD, People, id_of};

const OWNER: &str = "owner@shrub.example";
const ADMIN: &str = "admin@shrub.example";

fn forbidden<T>(result: Result<T, ServiceError>) -> bool {
    matches!(result, Err(ServiceError::Forbidden(_)))
}

fn gone<T>(result: Result<T, ServiceError>) -> bool {
    matches!(result, Err(ServiceError::LinkGone))
}

#[tokio::test]
async fn a_changed_role_acts_on_the_next_request() {
    let p = People::new().await;
    let admin = p.person(ADMIN, Role::Admin).await;
    let signed_in = p.signed_in(ADMIN).await;
    assert_eq!(
        p.caller(&signed_in).await.unwrap().principal.role(),
        Some(Role::Admin)
    );
    let owner = p.caller_for(OWNER).await;
    p.team
        .set_role(&owner, admin.id, Role::Viewer)
        .await
        .unwrap();
    let demoted = p.caller(&signed_in).await.unwrap();
    assert_eq!(demoted.principal.role(), Some(Role::Viewer));
    assert!(forbidden(demoted.require(Scope::TeamWrite)));
    p.team.remove(&owner, admin.id).await.unwrap();
    assert!(p.caller(&signed_in).await.is_err());
    assert!(p.refresh(&signed_in).await.is_err());
}

#[tokio::test]
async fn admins_manage_up_to_admin_and_agents_manage_nobody() {
    let p = People::new().await;
    p.person(ADMIN, Role::Admin).await;
    let agent = p.person("agent@shrub.example", Role::Agent).await;
    let admin = p.caller_for(ADMIN).await;
    assert!(forbidden(
        p.team.set_role(&admin, p.owner.id, Role::Viewer).await
    ));
    assert!(forbidden(
        p.team.set_role(&admin, agent.id, Role::Owner).await
    ));
    assert!(forbidden(p.team.remove(&admin, p.owner.id).await));
    assert!(forbidden(
        p.team
            .invite(&admin, "new@shrub.example", Role::Owner)
            .await
    ));
    assert!(forbidden(p.team.password_reset(&admin, p.owner.id).await));
    let colleague = p.person("colleague@shrub.example", Role::Admin).await;
    assert!(forbidden(p.team.password_reset(&admin, colleague.id).await));
    assert!(forbidden(
        p.team.password_reset(&admin, id_of(&admin)).await
    ));
    assert!(p.team.password_reset(&admin, agent.id).await.is_ok());
    let owner = p.caller_for(OWNER).await;
    assert!(p.team.password_reset(&owner, colleague.id).await.is_ok());
    p.team
        .set_role(&admin, agent.id, Role::Admin)
        .await
        .unwrap();
    p.team
        .set_role(&admin, agent.id, Role::Agent)
        .await
        .unwrap();
    let agent = p.caller_for("agent@shrub.example").await;
    assert!(forbidden(
        p.team
            .invite(&agent, "new@shrub.example", Role::Viewer)
            .await
    ));
    assert!(forbidden(p.team.invitations(&agent).await));
    p.team.remove(&agent, id_of(&agent)).await.unwrap();
}

#[tokio::test]
async fn an_org_keeps_its_last_owner() {
    let p = People::new().await;
    let owner = p.caller_for(OWNER).await;
    let kept = |r: Result<(), ServiceError>| {
        matches!(r, Err(ServiceError::Conflict("not_allowed_now", _)))
    };
    let demoted = p.team.set_role(&owner, p.owner.id, Role::Admin).await;
    assert!(kept(demoted.map(drop)));
    assert!(kept(p.team.remove(&owner, p.owner.id).await));
    let second = p.person("second@shrub.example", Role::Owner).await;
    p.team
        .set_role(&owner, p.owner.id, Role::Admin)
        .await
        .unwrap();
    let second = p.caller_for(&second.email).await;
    assert!(kept(p.team.remove(&second, id_of(&second)).await));
}

#[tokio::test]
async fn people_of_another_org_are_not_there() {
    let p = People::new().await;
    let other = p.orgs.create_by(Actor::Operator, "Other").await.unwrap();
    let who = ("them@other.example", "Theo");
    let place = (other.id, Role::Owner);
    let them = p
        .team
        .create_user(who, PASSWORD.into(), place, false)
        .await
        .unwrap();
    let owner = p.caller_for(OWNER).await;
    let not_there = |e: ServiceError| matches!(e, ServiceError::NotFound(_));
    assert!(not_there(
        p.team
            .set_role(&owner, them.id, Role::Viewer)
            .await
            .unwrap_err()
    ));
    assert!(not_there(p.team.remove(&owner, them.id).await.unwrap_err()));
    assert!(not_there(
        p.team.password_reset(&owner, them.id).await.err().unwrap()
    ));
    let members = p
        .team
        .members(&owner, PageRequest::default())
        .await
        .unwrap()
        .rows;
    assert_eq!(members.len(), 1);
}

#[tokio::test]
async fn an_invitation_makes_a_person_once_and_signs_them_in() {
    let p = People::new().await;
    let owner = p.caller_for(OWNER).await;
    let link = p
        .team
        .invite(&owner, "New@Shrub.example", Role::Agent)
        .await
        .unwrap();
    let token = link.token.expose_secret();
    let view = p.team.inspect_invitation(token).await.unwrap();
    assert_eq!(
        (view.email.as_str(), view.role),
        ("new@shrub.example", Role::Agent)
    );
    let short = p.accept(&link.token, "short").await;
    assert!(matches!(short, Err(ServiceError::Invalid(_))));
    let joined = p.accept(&link.token, "a long password").await.unwrap();
    assert_eq!((joined.role, joined.org.id), (Role::Agent, p.org.id));
    assert_eq!(
        p.caller(&joined).await.unwrap().principal.role(),
        Some(Role::Agent)
    );
    assert!(gone(p.accept(&link.token, "a long password").await));
    assert!(gone(p.team.inspect_invitation(token).await));
    let again = p
        .team
        .invite(&owner, "new@shrub.example", Role::Agent)
        .await;
    assert!(matches!(
        again,
        Err(ServiceError::Conflict("already_exists", _))
    ));
}

#[tokio::test]
async fn a_known_person_joins_by_their_own_password_and_keeps_it_and_their_name() {
    let p = People::new().await;
    let other = p.orgs.create_by(Actor::Operator, "Other").await.unwrap();
    let who = ("them@other.example", "Theo");
    let place = (other.id, Role::Owner);
    let them = p
        .team
        .create_user(who, PASSWORD.into(), place, false)
        .await
        .unwrap();
    let owner = p.caller_for(OWNER).await;
    let link = p
        .team
        .invite(&owner, "them@other.example", Role::Viewer)
        .await
        .unwrap();
    let token = link.token.expose_secret();
    let origin = Origin::default();
    let accepted = p
        .team
        .accept_invitation(token, "", (PASSWORD.into(), None), &origin);
    let joined = accepted.await.unwrap();
    assert_eq!(
        (joined.user.id, joined.user.name.as_str()),
        (them.id, "Theo")
    );
    assert_eq!((joined.org.id, joined.role), (p.org.id, Role::Viewer));
    p.signed_in("them@other.example").await;
}

#[tokio::test]
async fn guesses_at_a_known_persons_password_by_an_invitation_are_throttled() {
    let p = People::new().await;
    let other = p.orgs.create_by(Actor::Operator, "Other").await.unwrap();
    let who = ("them@other.example", "Theo");
    p.team
        .create_user(who, PASSWORD.into(), (other.id, Role::Owner), false)
        .await
        .unwrap();
    let owner = p.caller_for(OWNER).await;
    for email in ["them@other.example", "nobody@other.example"] {
        let link = p.team.invite(&owner, email, Role::Viewer).await.unwrap();
        let token = link.token.expose_secret();
        let origin = Origin::default();
        // Without a name the link is not used up.
        let guess = |password: &str| {
            p.team
                .accept_invitation(token, "", (password.into(), None), &origin)
        };
        for _ in 0..10 {
            let wrong = guess("a wrong password").await;
            assert!(matches!(wrong, Err(ServiceError::Invalid(i)) if i.pointer == "/name"));
        }
        let blocked = guess(PASSWORD).await;
        assert!(matches!(blocked, Err(ServiceError::TooMany(_))), "{email}");
    }
}

#[tokio::test]
async fn an_invitation_ends_after_a_week_or_when_taken_back_or_replaced() {
    let p = People::new().await;
    let owner = p.caller_for(OWNER).await;
    let invite = || p.team.invite(&owner, "new@shrub.example", Role::Agent);
    let first = invite().await.unwrap();
    let second = invite().await.unwrap();
    assert!(gone(p.accept(&first.token, "a long password").await));
    assert_eq!(p.team.invitations(&owner).await.unwrap().len(), 1);
    p.team
        .revoke_invitation(&owner, second.link.id)
        .await
        .unwrap();
    assert!(gone(p.accept(&second.token, "a long password").await));
    let twice = p.team.revoke_invitation(&owner, second.link.id).await;
    assert!(matches!(twice, Err(ServiceError::NotFound(_))));
    let third = invite().await.unwrap();
    p.world.clock.advance(Duration::days(7));
    assert!(gone(p.accept(&third.token, "a long password").await));
    assert_eq!(p.team.invitations(&owner).await.unwrap(), []);
}

#[tokio::test]
async fn a_reset_link_sets_the_password_once_and_ends_every_sign_in() {
    let p = People::new().await;
    let agent = p.person("agent@shrub.example", Role::Agent).await;
    let signed_in = p.signed_in(&agent.email).await;
    let owner = p.caller_for(OWNER).await;
    let link = p.team.password_reset(&owner, agent.id).await.unwrap();
    assert!(
        p.caller(&signed_in).await.is_ok(),
        "making a link changes nothing yet"
    );
    assert!(matches!(
        p.reset(&link.token, "short").await,
        Err(ServiceError::Invalid(_))
    ));
    p.reset(&link.token, "another long password").await.unwrap();
    assert!(p.caller(&signed_in).await.is_err());
    assert!(p.login(&agent.email, PASSWORD).await.is_err());
    assert!(p.login(&agent.email, "another long password").await.is_ok());
    assert!(gone(p.reset(&link.token, "another long password").await));
    let late = p.team.password_reset(&owner, agent.id).await.unwrap();
    p.world.clock.advance(Duration::hours(24));
    assert!(gone(p.reset(&late.token, "another long password").await));
}

#[tokio::test]
async fn links_work_only_for_their_purpose() {
    let p = People::new().await;
    let agent = p.person("agent@shrub.example", Role::Agent).await;
    let owner = p.caller_for(OWNER).await;
    let reset = p.team.password_reset(&owner, agent.id).await.unwrap();
    let invitation = p
        .team
        .invite(&owner, "new@shrub.example", Role::Agent)
        .await
        .unwrap();
    assert!(gone(p.accept(&reset.token, "a long password").await));
    assert!(gone(p.reset(&invitation.token, "a long password").await));
    assert!(p.accept(&invitation.token, "a long password").await.is_ok());
}

#[tokio::test]
async fn an_admin_resets_nobody_whose_account_reaches_further_than_the_org() {
    let p = People::new().await;
    let other = p.orgs.create_by(Actor::Operator, "Other").await.unwrap();
    let who = ("them@other.example", "Theo");
    let place = (other.id, Role::Owner);
    let them = p
        .team
        .create_user(who, PASSWORD.into(), place, false)
        .await
        .unwrap();
    let owner = p.caller_for(OWNER).await;
    let link = p
        .team
        .invite(&owner, &them.email, Role::Viewer)
        .await
        .unwrap();
    p.accept(&link.token, PASSWORD).await.unwrap();
    assert!(forbidden(p.team.password_reset(&owner, them.id).await));
    let place = (p.org.id, Role::Viewer);
    let who = ("operator@wabakit.example", "Opal");
    let operator = p
        .team
        .create_user(who, PASSWORD.into(), place, true)
        .await
        .unwrap();
    assert!(forbidden(p.team.password_reset(&owner, operator.id).await));
    // The command line may.
    let link = p
        .team
        .password_reset_by_email(&them.email, None)
        .await
        .unwrap();
    p.reset(&link.token, "another long password").await.unwrap();
}

#[tokio::test]
async fn only_operators_see_and_make_orgs() {
    let p = People::new().await;
    let owner = p.caller_for(OWNER).await;
    assert!(forbidden(p.orgs.list(&owner, PageRequest::default()).await));
    assert!(forbidden(p.orgs.create(&owner, "Mine").await));
    let who = ("operator@wabakit.example", "Opal");
    p.team
        .create_user(who, PASSWORD.into(), (p.org.id, Role::Viewer), true)
        .await
        .unwrap();
    let operator = p.caller_for("operator@wabakit.example").await;
    p.orgs.create(&operator, "New").await.unwrap();
    let orgs = p
        .orgs
        .list(&operator, PageRequest::default())
        .await
        .unwrap()
        .rows;
    assert_eq!(orgs.len(), 2);
    assert_eq!((orgs[0].members, orgs[1].members), (2, 0));
    assert!(
        forbidden(p.orgs.rename(&operator, "Taken").await),
        "a viewer all the same"
    );
    assert_eq!(
        p.orgs.rename(&owner, " Shrub ").await.unwrap().name,
        "Shrub"
    );
    for bad in ["", " ", "a\nb"] {
        assert!(matches!(
            p.orgs.rename(&owner, bad).await,
            Err(ServiceError::Invalid(_))
        ));
    }
}

#[tokio::test]
async fn a_person_needs_an_address_that_is_free_a_name_and_a_password() {
    let p = People::new().await;
    let place = (p.org.id, Role::Agent);
    let create = |email: &'static str, name: &'static str, password: &'static str| {
        p.team
            .create_user((email, name), password.into(), place, false)
    };
    for (email, name, password, pointer) in [
        ("no address", "Pat", PASSWORD, "/email"),
        ("a@b@c", "Pat", PASSWORD, "/email"),
        ("pat@shrub.example", "", PASSWORD, "/name"),
        ("pat@shrub.example", "Pat", "elevenchars", "/password"),
    ] {
        match create(email, name, password).await {
            Err(ServiceError::Invalid(invalid)) => assert_eq!(invalid.pointer, pointer),
            other => panic!("{other:?}"),
        }
    }
    let taken = create("OWNER@shrub.example", "Pat", PASSWORD).await;
    assert!(matches!(
        taken,
        Err(ServiceError::Conflict("already_exists", _))
    ));
}
