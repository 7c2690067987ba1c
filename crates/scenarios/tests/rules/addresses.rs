//! An email address that nobody proved binds nobody else.

use wabakit_domain::{
    audit::Actor,
    identity::{Org, Role},
    secret::{ExposeSecret, SecretString},
};
use wabakit_services::{Caller, Credentials, NewLink, Origin, ServiceError, SignedIn};

use crate::support::{PASSWORD, People, id_of};

const OWNER: &str = "owner@shrub.example";
const CEO: &str = "ceo@othercorp.example";
/// The password that the first organisation's admin chose for the address.
const THEIRS: &str = "a password of the attacker";
/// The password of the real person.
const OWN: &str = "their own again";

/// Makes a second organisation. Returns it with its owner.
async fn second_org(p: &People) -> (Org, Caller) {
    let org = p.orgs.create_by(Actor::Operator, "Other").await.unwrap();
    let who = ("owner@other.example", "Theo");
    p.team
        .create_user(who, PASSWORD.into(), (org.id, Role::Owner), false)
        .await
        .unwrap();
    (org, p.caller_for("owner@other.example").await)
}

async fn invite(p: &People, by: &Caller, email: &str) -> NewLink {
    p.team.invite(by, email, Role::Admin).await.unwrap()
}

async fn login(
    p: &People,
    password: &str,
    org: Option<&Org>,
    origin: &Origin,
) -> Result<SignedIn, ServiceError> {
    let credentials = Credentials {
        email: CEO.into(),
        password: password.into(),
        org: org.map(|org| org.id),
        code: None,
    };
    p.auth.login(credentials, origin).await
}

/// Makes an organisation whose admin took the address, and another one that invited the real person.
async fn taken() -> (People, Org, Caller, [SignedIn; 2]) {
    let p = People::new().await;
    let owner = p.caller_for(OWNER).await;
    let taken = invite(&p, &owner, CEO).await;
    let fake = p.accept(&taken.token, THEIRS).await.unwrap();
    let (org, by) = second_org(&p).await;
    let real = invite(&p, &by, " CEO@OtherCorp.Example ").await;
    let real = p.accept(&real.token, OWN).await.unwrap();
    (p, org, by, [fake, real])
}

#[tokio::test]
async fn an_address_that_an_admin_took_binds_nobody_else() {
    let (p, other, _, [fake, real]) = taken().await;
    assert_ne!(fake.user.id, real.user.id);
    assert_eq!((fake.org.id, real.org.id), (p.org.id, other.id));
    let anywhere = Origin::default();
    for (password, who, own, foreign) in [
        (THEIRS, &fake, &p.org, &other),
        (OWN, &real, &other, &p.org),
    ] {
        for org in [None, Some(own)] {
            let signed_in = login(&p, password, org, &anywhere).await.unwrap();
            assert_eq!(signed_in.user.id, who.user.id);
            assert_eq!(signed_in.org.id, own.id);
        }
        let refused = login(&p, password, Some(foreign), &anywhere).await;
        assert!(matches!(refused, Err(ServiceError::Forbidden(_))));
        let mut orgs = Vec::new();
        let caller = p.caller(who).await.unwrap();
        for (org, _) in p.auth.memberships(&caller).await.unwrap().1 {
            orgs.push(org.id);
        }
        assert_eq!(orgs, [own.id]);
    }
    let wrong = login(&p, "a wrong password", None, &anywhere).await;
    assert!(matches!(wrong, Err(ServiceError::InvalidCredentials)));
}

/// Returns how an acceptance ended, without the person.
fn told(outcome: &Result<SignedIn, ServiceError>) -> String {
    match outcome {
        Ok(signed_in) => format!("{:?} {}", signed_in.role, signed_in.user.name),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn an_invitations_holder_learns_from_no_answer_who_is_known() {
    let (p, ..) = taken().await;
    let owner = p.caller_for(OWNER).await;
    let known = "owner@other.example";
    let wrong_name = "a\nb";
    for (name, password) in [
        ("Nia", "x"),
        ("Nia", ""),
        ("Nia", "passwordpassword"),
        ("Nia", "elevenchars"),
        ("", "a new long password"),
        (wrong_name, "a new long password"),
        ("Nia", "a new long password"),
    ] {
        let mut answers = Vec::new();
        for email in [known, "OWNER@other.example", "nobody@other.example"] {
            let link = invite(&p, &owner, email).await;
            let token = link.token.expose_secret();
            let origin = Origin::default();
            let accepted = p
                .team
                .accept_invitation(token, name, (password.into(), None), &origin);
            let accepted = accepted.await;
            answers.push(told(&accepted));
            if let Ok(joined) = accepted {
                p.team.remove(&owner, joined.user.id).await.unwrap();
            }
        }
        assert_eq!(answers[0], answers[2], "{name:?} {password:?}");
        assert_eq!(answers[1], answers[2], "{name:?} {password:?}");
    }
    // None of this changed the known person.
    p.caller_for(known).await;
}

#[tokio::test]
async fn a_person_with_the_password_joins_as_themselves_even_if_others_took_the_address() {
    let (p, _, by, [fake, real]) = taken().await;
    let third = p.orgs.create_by(Actor::Operator, "Third").await.unwrap();
    let who = ("owner@third.example", "Tess");
    p.team
        .create_user(who, PASSWORD.into(), (third.id, Role::Owner), false)
        .await
        .unwrap();
    let third = p.caller_for("owner@third.example").await;
    let link = invite(&p, &third, CEO).await;
    let joined = p.accept(&link.token, OWN).await.unwrap();
    assert_eq!(joined.user.id, real.user.id);
    // A removed person comes back as the same person.
    p.team.remove(&by, real.user.id).await.unwrap();
    let again = invite(&p, &by, CEO).await;
    let again = p.accept(&again.token, OWN).await.unwrap();
    assert_eq!(again.user.id, real.user.id);
    assert_ne!(again.user.id, fake.user.id);
}

#[tokio::test]
async fn a_member_is_known_by_the_address_in_the_own_org_only() {
    let (p, _, by, _) = taken().await;
    let owner = p.caller_for(OWNER).await;
    for caller in [&owner, &by] {
        let again = p.team.invite(caller, CEO, Role::Agent).await;
        let exists = |e: ServiceError| matches!(e, ServiceError::Conflict("already_exists", _));
        assert!(again.is_err_and(exists));
    }
    let who = (CEO, "Cleo");
    let place = (p.org.id, Role::Agent);
    let made = p.team.create_user(who, PASSWORD.into(), place, false).await;
    assert!(made.is_err());
}

#[tokio::test]
async fn a_reset_link_is_for_the_one_person_that_it_was_made_for() {
    let (p, other, _, [fake, real]) = taken().await;
    let owner = p.caller_for(OWNER).await;
    let anywhere = Origin::default();
    let foreign = p.team.password_reset(&owner, real.user.id).await;
    assert!(matches!(foreign, Err(ServiceError::NotFound(_))));
    let link = p.team.password_reset(&owner, fake.user.id).await.unwrap();
    p.reset(&link.token, "yet another password").await.unwrap();
    assert!(login(&p, OWN, None, &anywhere).await.is_ok());
    assert!(login(&p, THEIRS, None, &anywhere).await.is_err());

    let unnamed = p.team.password_reset_by_email(CEO, None).await;
    assert!(matches!(
        unnamed,
        Err(ServiceError::Conflict("several_people", _))
    ));
    let link = p.team.password_reset_by_email(CEO, Some(other.id)).await;
    p.reset(&link.unwrap().token, "a password of the real one")
        .await
        .unwrap();
    let signed_in = login(&p, "a password of the real one", None, &anywhere).await;
    assert_eq!(signed_in.unwrap().user.id, real.user.id);
    let elsewhere = p.orgs.create_by(Actor::Operator, "Third").await.unwrap();
    let nobody = p
        .team
        .password_reset_by_email(CEO, Some(elsewhere.id))
        .await;
    assert!(matches!(nobody, Err(ServiceError::NotFound(_))));
}

fn at(address: &str, known_client: Option<&SecretString>) -> Origin {
    Origin {
        address: Some(address.into()),
        known_client: known_client.map(|token| token.expose_secret().into()),
        ..Origin::default()
    }
}

#[tokio::test]
async fn a_namesake_who_signs_in_takes_back_no_guess_at_another_and_gets_no_further_ones() {
    let (p, _, _, [fake, real]) = taken().await;
    let home = at("10.0.0.1", real.known_client.as_ref());
    let mut client = fake.known_client;
    for turn in 0..10 {
        let origin = at("6.6.6.6", client.as_ref());
        let guess = login(&p, &format!("wrong password {turn}"), None, &origin).await;
        assert!(matches!(guess, Err(ServiceError::InvalidCredentials)));
        let own = login(&p, THEIRS, None, &origin).await.unwrap();
        client = own.known_client;
    }
    let origin = at("6.6.6.6", client.as_ref());
    let guessed = login(&p, OWN, None, &origin).await;
    assert!(guessed.is_err(), "the eleventh guess is not compared");
    assert!(login(&p, OWN, None, &at("7.7.7.7", None)).await.is_err());
    // The real person is not locked out where they signed in before.
    assert!(login(&p, OWN, None, &home).await.is_ok());
}

#[tokio::test]
async fn a_failure_is_recorded_in_no_org_whose_member_only_has_the_same_address() {
    let (p, other, by, [_, real]) = taken().await;
    let origin = at("10.0.0.1", None);
    login(&p, "a wrong password", None, &origin)
        .await
        .map(drop)
        .unwrap_err();
    login(&p, OWN, None, &origin).await.unwrap();
    for org in [p.org.id, other.id] {
        let failed = p.world.find(org, "auth.sign_in_failed").await;
        assert_eq!(failed.len(), 0);
    }
    assert_eq!(id_of(&p.caller(&real).await.unwrap()), real.user.id);
    assert_ne!(id_of(&by), real.user.id);
}
