//! Two-factor sign-in: turning it on, codes, guesses, recovery and turning it off.

use chrono::Duration;
use totp_rs::{Builder, Secret};
use wabakit_domain::{
    audit::Actor,
    identity::Role,
    secret::{ExposeSecret, SecretString},
};
use wabakit_services::{Caller, Credentials, Origin, ServiceError, SignedIn};

use crate::support::{PASSWORD, People};

const OWNER: &str = "owner@shrub.example";
const AGENT: &str = "agent@shrub.example";

/// A person with two-factor sign-in.
struct Guarded {
    p: People,
    caller: Caller,
    email: &'static str,
    secret: SecretString,
    recovery: Vec<SecretString>,
}

impl Guarded {
    async fn new() -> Self {
        Self::of(People::new().await, OWNER).await
    }

    async fn of(p: People, email: &'static str) -> Self {
        let caller = p.caller_for(email).await;
        let begun = p.auth.begin_two_factor(&caller, PASSWORD.into()).await;
        let secret = begun.unwrap().secret;
        let mut guarded = Self {
            p,
            caller,
            email,
            secret,
            recovery: Vec::new(),
        };
        let code = guarded.code(0);
        let confirmed = guarded.p.auth.confirm_two_factor(&guarded.caller, &code);
        guarded.recovery = confirmed.await.unwrap();
        guarded.wait();
        guarded
    }

    /// Waits until every earlier code is too old.
    fn wait(&self) {
        self.p.world.clock.advance(Duration::minutes(2));
    }

    /// Returns the app's code of so many steps from now.
    fn code(&self, steps: i64) -> SecretString {
        code_of(&self.p, &self.secret, steps)
    }

    async fn login(&self, password: &str, code: Option<&str>) -> Result<SignedIn, ServiceError> {
        let credentials = Credentials {
            email: self.email.into(),
            password: password.into(),
            org: None,
            code: code.map(SecretString::from),
        };
        self.p.auth.login(credentials, &Origin::default()).await
    }

    async fn login_with(&self, code: &SecretString) -> Result<SignedIn, ServiceError> {
        self.login(PASSWORD, Some(code.expose_secret())).await
    }
}

/// The app's code of so many steps from now.
pub(crate) fn code_of(p: &People, secret: &SecretString, steps: i64) -> SecretString {
    let secret = Secret::try_from_base32(secret.expose_secret()).unwrap();
    let totp = Builder::new().with_secret(secret).build().unwrap();
    let seconds = p.world.ports.clock.now().timestamp() + 30 * steps;
    let code = totp.generate(u64::try_from(seconds).unwrap());
    code.to_string().into()
}

fn wrong_code<T>(result: &Result<T, ServiceError>) -> bool {
    matches!(result, Err(ServiceError::WrongCode))
}

fn required<T>(result: &Result<T, ServiceError>) -> bool {
    matches!(result, Err(ServiceError::SecondFactorRequired))
}

#[tokio::test]
async fn it_is_on_once_a_first_code_confirms_it_and_needs_the_password() {
    let p = People::new().await;
    let caller = p.caller_for(OWNER).await;
    let wrong = p.auth.begin_two_factor(&caller, "not the password".into());
    assert!(
        matches!(wrong.await, Err(ServiceError::Invalid(i)) if i.pointer == "/currentPassword")
    );
    let replaced = p.auth.begin_two_factor(&caller, PASSWORD.into()).await;
    let replaced = replaced.unwrap().secret;
    let begun = p
        .auth
        .begin_two_factor(&caller, PASSWORD.into())
        .await
        .unwrap();
    assert!(
        begun
            .otpauth
            .expose_secret()
            .contains(begun.secret.expose_secret())
    );
    assert!(p.auth.two_factor(&caller).await.unwrap().is_none());
    p.signed_in(OWNER).await;
    for code in [
        "",
        "12345",
        "not a code",
        code_of(&p, &replaced, 0).expose_secret(),
    ] {
        let confirmed = p.auth.confirm_two_factor(&caller, &code.into()).await;
        assert!(
            matches!(confirmed, Err(ServiceError::Invalid(i)) if i.pointer == "/code"),
            "{code}"
        );
    }
    let code = code_of(&p, &begun.secret, 0);
    let recovery = p.auth.confirm_two_factor(&caller, &code).await.unwrap();
    assert_eq!(recovery.len(), 10);
    let on = p.auth.two_factor(&caller).await.unwrap().unwrap();
    assert_eq!(on.recovery_codes, 10);
    let again = p.auth.begin_two_factor(&caller, PASSWORD.into()).await;
    assert!(matches!(again, Err(ServiceError::Conflict(..))));
    assert!(required(&p.login(OWNER, PASSWORD).await));
}

#[tokio::test]
async fn the_right_password_asks_for_a_code_and_the_code_signs_in() {
    let g = Guarded::new().await;
    // More often than a throttle allows, because an incomplete try is no failure.
    for _ in 0..12 {
        assert!(required(&g.login(PASSWORD, None).await));
    }
    assert!(
        required(&g.login(PASSWORD, Some("  - ")).await),
        "nothing was typed"
    );
    let code = g.code(0);
    let (first, last) = code.expose_secret().split_at(3);
    let typed = format!(" {first}-{last} ");
    assert!(g.login(PASSWORD, Some(&typed)).await.is_ok());
    assert_eq!(g.p.world.find(g.p.org.id, "auth.signed_in").await.len(), 2);
}

#[tokio::test]
async fn a_code_signs_in_once_and_neither_does_an_older_one() {
    let g = Guarded::new().await;
    let (before_last, last, now, next) = (g.code(-2), g.code(-1), g.code(0), g.code(1));
    assert!(wrong_code(&g.login_with(&before_last).await));
    assert!(g.login_with(&now).await.is_ok());
    for code in [&now, &last] {
        assert!(wrong_code(&g.login_with(code).await));
    }
    assert!(g.login_with(&next).await.is_ok());
    assert!(wrong_code(&g.login_with(&next).await));
    g.wait();
    let code = g.code(0);
    let both = futures::future::join_all((0..5).map(|_| g.login_with(&code)));
    let signed_in = both.await.iter().filter(|one| one.is_ok()).count();
    assert_eq!(signed_in, 1, "of five at once");
}

#[tokio::test]
async fn a_recovery_code_signs_in_once() {
    let g = Guarded::new().await;
    let [first, second, third, ..] = g.recovery.as_slice() else {
        panic!("there are ten");
    };
    assert!(g.login_with(first).await.is_ok());
    assert!(wrong_code(&g.login_with(first).await));
    let typed = second.expose_secret().replace('-', " ").to_lowercase();
    assert!(g.login(PASSWORD, Some(&typed)).await.is_ok());
    let both = futures::future::join_all((0..5).map(|_| g.login_with(third)));
    assert_eq!(both.await.iter().filter(|one| one.is_ok()).count(), 1);
    let left = g.p.auth.two_factor(&g.caller).await.unwrap().unwrap();
    assert_eq!(left.recovery_codes, 7);
    let used = g.p.world.find(g.p.org.id, "auth.recovery_code_used").await;
    assert_eq!(used.len(), 3);

    let renew = g.p.auth.renew_recovery_codes(&g.caller, PASSWORD.into());
    let new = renew.await.unwrap();
    assert!(wrong_code(&g.login_with(g.recovery.last().unwrap()).await));
    assert!(g.login_with(&new[0]).await.is_ok());
}

#[tokio::test]
async fn guessing_codes_is_throttled_as_guessing_passwords_is() {
    let g = Guarded::new().await;
    for guess in 0..10 {
        let wrong = if guess % 2 == 0 {
            "000000"
        } else {
            "ABCD-EFGH-IJKL-MNOP"
        };
        assert!(wrong_code(&g.login(PASSWORD, Some(wrong)).await), "{guess}");
        if guess < 9 {
            // The right password alone takes no failure back.
            assert!(required(&g.login(PASSWORD, None).await));
        }
    }
    for code in [Some(g.code(0)), Some(g.recovery[0].clone()), None] {
        let code = code.as_ref().map(ExposeSecret::expose_secret);
        let blocked = g.login(PASSWORD, code).await;
        assert!(matches!(blocked, Err(ServiceError::TooMany(_))));
    }
    g.p.world.clock.advance(Duration::minutes(15));
    assert!(g.login_with(&g.code(0)).await.is_ok());
}

#[tokio::test]
async fn guesses_of_a_code_at_once_are_counted_like_guesses_in_a_row() {
    let g = Guarded::new().await;
    let guesses = (0..15).map(|_| g.login(PASSWORD, Some("000000")));
    let answers = futures::future::join_all(guesses).await;
    assert_eq!(answers.iter().filter(|one| wrong_code(one)).count(), 10);
}

#[tokio::test]
async fn a_code_without_the_password_tells_nothing_and_is_not_used_up() {
    let g = Guarded::new().await;
    let (code, recovery) = (g.code(0), g.recovery[0].clone());
    for given in [code.expose_secret(), recovery.expose_secret(), "000000"] {
        let answer = g.login("not the password", Some(given)).await;
        assert!(
            matches!(answer, Err(ServiceError::InvalidCredentials)),
            "{given}"
        );
    }
    assert!(g.login_with(&code).await.is_ok());
    assert!(g.login_with(&recovery).await.is_ok());
}

#[tokio::test]
async fn wrong_codes_are_recorded_and_no_log_shows_a_secret() {
    const GUESS: &str = "908172";
    let g = Guarded::new().await;
    assert!(wrong_code(&g.login(PASSWORD, Some(GUESS)).await));
    assert!(g.login_with(&g.recovery[0]).await.is_ok());
    let failed = loop {
        let failed = g.p.world.find(g.p.org.id, "auth.sign_in_failed").await;
        if !failed.is_empty() {
            break failed;
        }
        tokio::task::yield_now().await;
    };
    assert!(failed[0].event.data.contains("\"code\""), "{failed:?}");
    let stored = g.p.world.store.second_factor(g.p.owner.id).await.unwrap();
    let log =
        g.p.world
            .store
            .audit_chain(g.p.org.id, 0, 1000)
            .await
            .unwrap();
    let seen = format!("{stored:?} {log:?}");
    for secret in g.recovery.iter().chain([&g.secret]) {
        let secret = secret.expose_secret();
        assert!(!seen.contains(secret) && !seen.contains(&secret.replace('-', "")));
    }
    assert!(!seen.contains(GUESS), "what was guessed, too");
}

#[tokio::test]
async fn turning_it_off_needs_password_and_code_and_ends_the_other_sign_ins() {
    let g = Guarded::new().await;
    let other = g.login_with(&g.code(0)).await.unwrap();
    g.p.caller(&other).await.unwrap();
    g.wait();
    let end = async |password: &str, code: &SecretString| {
        let auth = &g.p.auth;
        auth.end_two_factor(&g.caller, password.into(), code).await
    };
    let wrong = end("not the password", &g.code(0)).await;
    assert!(matches!(wrong, Err(ServiceError::Invalid(i)) if i.pointer == "/currentPassword"));
    for code in ["000000", ""] {
        let wrong = end(PASSWORD, &code.into()).await;
        assert!(
            matches!(wrong, Err(ServiceError::Invalid(i)) if i.pointer == "/code"),
            "{code}"
        );
    }
    assert!(g.p.caller(&other).await.is_ok());
    end(PASSWORD, &g.code(0)).await.unwrap();
    assert!(g.p.caller(&other).await.is_err());
    assert!(g.p.auth.two_factor(&g.caller).await.unwrap().is_none());
    assert!(g.login(PASSWORD, None).await.is_ok());
    assert!(
        g.login(PASSWORD, Some("000000")).await.is_ok(),
        "none is asked"
    );
    let again = end(PASSWORD, &g.code(1)).await;
    assert!(matches!(
        again,
        Err(ServiceError::Conflict("two_factor_off", _))
    ));
    let off = g.p.world.find(g.p.org.id, "auth.two_factor_off").await;
    assert_eq!(off.len(), 1);
}

#[tokio::test]
async fn a_new_password_by_a_reset_link_does_not_go_round_it() {
    let p = People::new().await;
    let agent = p.person(AGENT, Role::Agent).await;
    let owner = p.caller_for(OWNER).await;
    let g = Guarded::of(p, AGENT).await;
    let link = g.p.team.password_reset(&owner, agent.id).await.unwrap();
    let new = "another long password";
    g.p.reset(&link.token, new).await.unwrap();
    assert!(required(&g.login(new, None).await));
    assert!(wrong_code(&g.login(new, Some("000000")).await));
    let code = g.code(0);
    assert!(g.login(new, Some(code.expose_secret())).await.is_ok());
}

#[tokio::test]
async fn an_invitation_that_signs_a_known_person_in_asks_for_the_code() {
    let g = Guarded::new().await;
    let other = g.p.orgs.create_by(Actor::Operator, "Other").await.unwrap();
    let who = ("boss@other.example", "Bo");
    let place = (other.id, Role::Owner);
    let boss = g.p.team.create_user(who, PASSWORD.into(), place, false);
    boss.await.unwrap();
    let boss = g.p.caller_for("boss@other.example").await;
    let link = g.p.team.invite(&boss, OWNER, Role::Agent).await.unwrap();
    let origin = Origin::default();
    let accept = |code: Option<SecretString>| {
        let token = link.token.expose_secret();
        let proof = (PASSWORD.into(), code);
        g.p.team.accept_invitation(token, "Olive", proof, &origin)
    };
    assert!(required(&accept(None).await));
    assert!(wrong_code(&accept(Some("000000".into())).await));
    assert_eq!(accept(Some(g.code(0))).await.unwrap().org.id, other.id);
}

#[tokio::test]
async fn only_a_person_who_may_reset_the_password_ends_a_lost_second_factor() {
    let p = People::new().await;
    let agent = p.person(AGENT, Role::Agent).await;
    let colleague = p.person("pat@shrub.example", Role::Agent).await;
    let (owner, pat) = (
        p.caller_for(OWNER).await,
        p.caller_for("pat@shrub.example").await,
    );
    let other = p.orgs.create_by(Actor::Operator, "Other").await.unwrap();
    let who = ("boss@other.example", "Bo");
    let boss = p
        .team
        .create_user(who, PASSWORD.into(), (other.id, Role::Owner), false);
    boss.await.unwrap();
    let boss = p.caller_for("boss@other.example").await;
    let g = Guarded::of(p, AGENT).await;
    let team = &g.p.team;
    let forbidden = |result| matches!(result, Err(ServiceError::Forbidden(_)));
    assert!(forbidden(team.end_two_factor(&pat, agent.id).await));
    let own = team.end_two_factor(&owner, owner.principal.user().unwrap());
    assert!(
        forbidden(own.await),
        "a stolen sign-in goes round nobody's own"
    );
    let foreign = team.end_two_factor(&boss, agent.id).await;
    assert!(matches!(foreign, Err(ServiceError::NotFound(_))));
    let off = team.end_two_factor(&owner, colleague.id).await;
    assert!(matches!(
        off,
        Err(ServiceError::Conflict("two_factor_off", _))
    ));

    let link = team.invite(&boss, AGENT, Role::Agent).await.unwrap();
    let proof = (PASSWORD.into(), Some(g.code(0)));
    let (token, origin) = (link.token.expose_secret(), Origin::default());
    let joined = team.accept_invitation(token, "", proof, &origin);
    joined.await.unwrap();
    assert!(
        forbidden(team.end_two_factor(&owner, agent.id).await),
        "it guards another, too"
    );
    team.remove(&boss, agent.id).await.unwrap();

    assert!(g.p.auth.recheck(&g.caller).await.is_ok());
    team.end_two_factor(&owner, agent.id).await.unwrap();
    assert!(
        g.p.auth.recheck(&g.caller).await.is_err(),
        "all sign-ins ended"
    );
    assert!(g.login(PASSWORD, None).await.is_ok());
    let recorded = g.p.world.find(g.p.org.id, "team.two_factor_ended").await;
    assert_eq!(recorded.len(), 1);

    g.p.world.clock.advance(Duration::minutes(5));
    let g = Guarded::of(g.p, AGENT).await;
    g.p.team.end_two_factor_by_email(AGENT, None).await.unwrap();
    assert!(g.login(PASSWORD, None).await.is_ok());
}
