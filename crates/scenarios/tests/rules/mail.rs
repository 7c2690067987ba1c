//! Mailed links: whom they reach, what they prove, and failures of the mail server.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::Duration;
use ring::hmac;
use wabakit_domain::{
    audit::Actor,
    identity::{LinkMail, Org, Role},
    secret::{ExposeSecret, SecretString},
};
use wabakit_ports::mail::{Mail, MailError, Mailer};
use wabakit_services::{
    Caller, Credentials, MailService, MailSettings, Origin, ServiceError, SignedIn, TeamService,
};

use crate::{
    support::{PASSWORD, People},
    two_factor::code_of,
};

const OWNER: &str = "owner@shrub.example";
const CEO: &str = "ceo@othercorp.example";

/// A scripted mail server.
#[derive(Default)]
struct Post {
    mails: Mutex<Vec<Mail>>,
    fails: Mutex<Option<MailError>>,
}

#[async_trait]
impl Mailer for Post {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        if let Some(error) = self.fails.lock().unwrap().clone() {
            return Err(error);
        }
        self.mails.lock().unwrap().push(mail.clone());
        Ok(())
    }
}

/// An organisation with a team service that mails links, and one that does not.
struct Mailing {
    p: People,
    post: Arc<Post>,
    silent: TeamService,
}

impl Mailing {
    async fn new() -> Self {
        let mut p = People::new().await;
        let post = Arc::new(Post::default());
        let silent = p.team.clone();
        let settings = MailSettings {
            mailer: post.clone(),
            token_key: hmac::Key::new(hmac::HMAC_SHA256, b"canary"),
            public_url: "https://waba.example".into(),
        };
        let mail = MailService::new(p.world.ports.clone(), settings);
        p.team = p.team.mailing(mail);
        Self { p, post, silent }
    }

    /// Sends due mails.
    async fn deliver(&self) -> usize {
        self.p.team.mail().unwrap().send_due().await.unwrap()
    }

    fn taken(&self) -> Option<Mail> {
        let mut mails = self.post.mails.lock().unwrap();
        (!mails.is_empty()).then(|| mails.remove(0))
    }

    /// Returns the next mail, and the token in it.
    async fn next(&self) -> (Mail, SecretString) {
        loop {
            self.deliver().await;
            if let Some(mail) = self.taken() {
                let text = mail.text.expose_secret();
                let token = text.split_once('#').unwrap().1;
                let token = token.split_whitespace().next().unwrap().to_owned();
                return (mail, token.into());
            }
            tokio::task::yield_now().await;
        }
    }

    /// Makes a person who joined by a mailed invitation.
    async fn joined_by_mail(&self, by: &Caller, email: &str, password: &str) -> SignedIn {
        self.p.team.invite(by, email, Role::Agent).await.unwrap();
        let (mail, token) = self.next().await;
        assert_eq!(mail.to, email);
        self.p.accept(&token, password).await.unwrap()
    }

    async fn invitation(&self, by: &Caller) -> Option<LinkMail> {
        let open = self.p.team.invitations(by).await.unwrap();
        open.into_iter().next().unwrap().mail
    }

    async fn second_org(&self) -> (Org, Caller) {
        let org = self.p.orgs.create_by(Actor::Operator, "Other").await;
        let org = org.unwrap();
        let who = ("owner@other.example", "Theo");
        let place = (org.id, Role::Owner);
        let made = self
            .p
            .team
            .create_user(who, PASSWORD.into(), place, false)
            .await;
        made.unwrap();
        (org, self.p.caller_for("owner@other.example").await)
    }
}

#[tokio::test]
async fn an_invitation_by_mail_is_shown_to_nobody_and_proves_the_address() {
    let m = Mailing::new().await;
    let owner = m.p.caller_for(OWNER).await;
    let link = m.p.team.invite(&owner, CEO, Role::Agent).await.unwrap();
    assert_eq!(link.token.expose_secret(), "", "the admin does not see it");
    let (mail, token) = m.next().await;
    assert_eq!(mail.to, CEO);
    let text = mail.text.expose_secret();
    for told in [
        "Olive",
        "Lucky Shrub",
        "agent",
        "https://waba.example/invite#",
    ] {
        assert!(text.contains(told), "{told} in {text}");
    }
    assert!(mail.subject.contains("Lucky Shrub"));
    assert_eq!(m.deliver().await, 0, "it is sent once");
    let sent = m.invitation(&owner).await.unwrap();
    assert!(sent.sent_at.is_some() && sent.due_at.is_none());
    let joined = m.p.accept(&token, "a long password").await.unwrap();
    assert!(joined.user.proven_at.is_some());
    let again = m.p.accept(&token, "a long password").await;
    assert!(matches!(again, Err(ServiceError::LinkGone)));
    // The stored link does not reveal the token.
    let other = MailSettings {
        mailer: m.post.clone(),
        token_key: hmac::Key::new(hmac::HMAC_SHA256, b"another"),
        public_url: String::new(),
    };
    let other = MailService::new(m.p.world.ports.clone(), other);
    m.p.team
        .invite(&owner, "b@x.example", Role::Agent)
        .await
        .unwrap();
    assert_eq!(other.send_due().await.unwrap(), 1);
    let unsent = m.invitation(&owner).await.unwrap();
    assert!(unsent.sent_at.is_none() && unsent.failure.is_some());
    assert!(m.post.mails.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_proven_address_is_captured_by_no_link_that_another_org_shows() {
    let m = Mailing::new().await;
    let owner = m.p.caller_for(OWNER).await;
    let real = m.joined_by_mail(&owner, CEO, "their own again").await;
    let (other, by) = m.second_org().await;
    let shown = m.silent.invite(&by, CEO, Role::Admin).await.unwrap();
    let fake = m.p.accept(&shown.token, "a password of the attacker").await;
    let fake = fake.unwrap();
    assert_ne!(fake.user.id, real.user.id);
    assert_eq!((fake.user.proven_at, fake.org.id), (None, other.id));
    let own = m.p.login(CEO, "their own again").await.unwrap();
    assert_eq!((own.user.id, own.org.id), (real.user.id, m.p.org.id));
    // A mail that the impostor requests reaches the real person, who proves nothing for others by it.
    let (fake, real) = (
        m.p.caller(&fake).await.unwrap(),
        m.p.caller(&real).await.unwrap(),
    );
    let origin = Origin::default();
    m.p.team
        .request_address_proof(&fake, &origin)
        .await
        .unwrap();
    let (mail, token) = m.next().await;
    assert_eq!(mail.to, CEO);
    let by_real = m.p.team.prove_address(&real, token.expose_secret()).await;
    assert!(matches!(by_real, Err(ServiceError::LinkGone)));
    let stolen = m.p.team.prove_address(&fake, token.expose_secret()).await;
    assert!(matches!(
        stolen,
        Err(ServiceError::Conflict("address_taken", _))
    ));
    // Nor does a mailed invitation accept another person's password.
    m.p.team.remove(&by, id(&fake)).await.unwrap();
    m.p.team.invite(&by, CEO, Role::Admin).await.unwrap();
    let (_, token) = m.next().await;
    let wrong = m.p.accept(&token, "a password of the attacker").await;
    assert!(matches!(wrong, Err(ServiceError::InvalidCredentials)));
    let joined = m.p.accept(&token, "their own again").await.unwrap();
    assert_eq!(joined.user.id, id(&real));
}

fn id(caller: &Caller) -> wabakit_domain::ids::UserId {
    crate::support::id_of(caller)
}

#[tokio::test]
async fn a_person_proves_their_address_by_a_mail_that_they_asked_for() {
    let m = Mailing::new().await;
    let owner = m.p.caller_for(OWNER).await;
    let origin = Origin::default();
    let prove = |token: SecretString| {
        let (team, owner) = (m.p.team.clone(), owner.clone());
        async move { team.prove_address(&owner, token.expose_secret()).await }
    };
    m.p.team
        .request_address_proof(&owner, &origin)
        .await
        .unwrap();
    let (mail, token) = m.next().await;
    assert_eq!(mail.to, OWNER);
    assert!(
        mail.text
            .expose_secret()
            .contains("https://waba.example/prove#")
    );
    for wrong in ["", "x"] {
        let refused = prove(wrong.to_owned().into()).await;
        assert!(matches!(refused, Err(ServiceError::LinkGone)));
    }
    prove(token.clone()).await.unwrap();
    let (me, _) = m.p.auth.memberships(&owner).await.unwrap();
    assert!(me.proven_at.is_some());
    assert!(matches!(prove(token).await, Err(ServiceError::LinkGone)));
    let again = m.p.team.request_address_proof(&owner, &origin).await;
    assert!(matches!(
        again,
        Err(ServiceError::Conflict("address_proven", _))
    ));
    let without = m.silent.request_address_proof(&owner, &origin).await;
    assert!(matches!(
        without,
        Err(ServiceError::Conflict("mail_not_set_up", _))
    ));
}

#[tokio::test]
async fn a_forgotten_password_is_mailed_to_a_proven_address_alone_and_answers_alike() {
    let m = Mailing::new().await;
    let owner = m.p.caller_for(OWNER).await;
    let ada = "ada@shrub.example";
    m.joined_by_mail(&owner, ada, "their own again").await;
    let unproven = OWNER;
    let mut answers = Vec::new();
    for email in ["nobody@shrub.example", unproven, " ADA@shrub.example"] {
        let ask = || m.p.team.request_password_reset(email, &Origin::default());
        let told: Vec<_> = (0..4).map(|_| ask().map_err(|e| e.to_string())).collect();
        assert!(told[2].is_ok() && told[3].is_err(), "{told:?}");
        answers.push(told);
    }
    assert!(answers.iter().all(|told| *told == answers[0]));
    let malformed = m.p.team.request_password_reset("x", &Origin::default());
    assert!(matches!(malformed, Err(ServiceError::Invalid(_))));
    let without = m.silent.request_password_reset(ada, &Origin::default());
    assert!(matches!(
        without,
        Err(ServiceError::Conflict("mail_not_set_up", _))
    ));
    let mut tokens = Vec::new();
    for _ in 0..3 {
        let (mail, token) = m.next().await;
        assert_eq!(mail.to, ada);
        tokens.push(token);
    }
    m.p.reset(&tokens[0], "a new long password").await.unwrap();
    let older = m.p.reset(&tokens[1], "another long password").await;
    assert!(matches!(older, Err(ServiceError::LinkGone)));
    let signed_in = m.p.login(ada, "a new long password").await.unwrap();
    assert!(signed_in.user.proven_at.is_some(), "it went by mail");
    assert_eq!(m.deliver().await, 0);
}

#[tokio::test]
async fn an_admins_reset_link_is_mailed_where_the_address_is_proven() {
    let m = Mailing::new().await;
    let owner = m.p.caller_for(OWNER).await;
    let ada = m
        .joined_by_mail(&owner, "ada@shrub.example", "their own again")
        .await;
    let link = m.p.team.password_reset(&owner, ada.user.id).await.unwrap();
    assert_eq!(link.token.expose_secret(), "");
    let (mail, token) = m.next().await;
    assert_eq!(mail.to, "ada@shrub.example");
    assert!(mail.text.expose_secret().contains("Olive of Lucky Shrub"));
    m.p.reset(&token, "a new long password").await.unwrap();
    // A mail to an unproven address might reach nobody.
    let bob = m.p.person("bob@shrub.example", Role::Agent).await;
    let link = m.p.team.password_reset(&owner, bob.id).await.unwrap();
    m.p.reset(&link.token, "a new long password").await.unwrap();
    assert_eq!(m.deliver().await, 0);
}

#[tokio::test]
async fn a_mail_is_tried_for_a_day_while_the_server_is_away_and_with_the_same_link() {
    let m = Mailing::new().await;
    let owner = m.p.caller_for(OWNER).await;
    let invite = |email: &'static str| m.p.team.invite(&owner, email, Role::Agent);
    let fails = |error: Option<MailError>| *m.post.fails.lock().unwrap() = error;
    let away = || Some(MailError::Unavailable("away".into()));
    let clock = &m.p.world.clock;

    fails(away());
    invite(CEO).await.unwrap();
    for attempts in 1..=3 {
        assert_eq!(m.deliver().await, 1);
        let mail = m.invitation(&owner).await.unwrap();
        assert_eq!(mail.attempts, attempts);
        assert!(mail.due_at.is_some() && mail.failure.is_some());
        assert_eq!(m.deliver().await, 0, "it backs off");
        clock.advance(Duration::minutes(15));
    }
    fails(None);
    let (_, token) = m.next().await;
    assert_eq!(m.invitation(&owner).await.unwrap().failure, None);
    m.p.accept(&token, "a long password").await.unwrap();

    fails(away());
    invite("b@x.example").await.unwrap();
    for _ in 0..100 {
        m.deliver().await;
        clock.advance(Duration::minutes(15));
    }
    let mail = m.invitation(&owner).await.unwrap();
    assert!(mail.due_at.is_none() && mail.sent_at.is_none());
    assert_eq!(
        m.p.world.find(m.p.org.id, "team.mail_failed").await.len(),
        1
    );
    // A second invitation is mailed again.
    fails(None);
    let owner = m.p.caller_for(OWNER).await;
    m.joined_by_mail(&owner, "b@x.example", "a long password")
        .await;
}

#[tokio::test]
async fn a_refused_recipient_is_given_up_at_once_and_a_revoked_link_is_not_sent() {
    let m = Mailing::new().await;
    let owner = m.p.caller_for(OWNER).await;
    let refused = MailError::Refused("nobody here".into());
    *m.post.fails.lock().unwrap() = Some(refused);
    m.p.team.invite(&owner, CEO, Role::Agent).await.unwrap();
    assert_eq!(m.deliver().await, 1);
    let mail = m.invitation(&owner).await.unwrap();
    assert_eq!((mail.due_at, mail.sent_at), (None, None));
    assert!(mail.failure.unwrap().contains("nobody here"));
    let told = m.p.world.find(m.p.org.id, "team.mail_failed").await;
    assert_eq!(told.len(), 1);
    *m.post.fails.lock().unwrap() = None;
    let link = m.p.team.invite(&owner, CEO, Role::Agent).await.unwrap();
    let revoked = m.p.team.revoke_invitation(&owner, link.link.id).await;
    revoked.unwrap();
    assert_eq!(m.deliver().await, 0);
    let credentials = Credentials {
        email: CEO.into(),
        password: PASSWORD.into(),
        org: None,
        code: None,
    };
    assert!(
        m.p.auth
            .login(credentials, &Origin::default())
            .await
            .is_err()
    );
}

/// Turns two-factor sign-in on. Answers the app's secret and the recovery codes.
async fn guard(m: &Mailing, caller: &Caller, password: &str) -> (SecretString, Vec<SecretString>) {
    let auth = &m.p.auth;
    let begun = auth.begin_two_factor(caller, password.into()).await;
    let secret = begun.unwrap().secret;
    let code = code_of(&m.p, &secret, 0);
    let recovery = auth.confirm_two_factor(caller, &code).await.unwrap();
    m.p.world.clock.advance(Duration::minutes(2));
    (secret, recovery)
}

async fn login(
    m: &Mailing,
    email: &str,
    password: &str,
    code: Option<&SecretString>,
) -> Result<SignedIn, ServiceError> {
    let credentials = Credentials {
        email: email.into(),
        password: password.into(),
        org: None,
        code: code.cloned(),
    };
    m.p.auth.login(credentials, &Origin::default()).await
}

#[tokio::test]
async fn no_mailed_reset_goes_round_the_second_factor_and_recovery_codes_outlive_it() {
    let m = Mailing::new().await;
    let owner = m.p.caller_for(OWNER).await;
    let ada = "ada@shrub.example";
    let joined = m.joined_by_mail(&owner, ada, "their own again").await;
    let caller = m.p.caller(&joined).await.unwrap();
    let (secret, recovery) = guard(&m, &caller, "their own again").await;
    let mut old = "their own again".to_owned();
    for (round, by_admin) in [false, true, false].into_iter().enumerate() {
        let before = login(&m, ada, &old, Some(&code_of(&m.p, &secret, 0))).await;
        let before = before.unwrap();
        match by_admin {
            true => {
                m.p.team
                    .password_reset(&owner, joined.user.id)
                    .await
                    .unwrap();
            }
            false => {
                m.p.team
                    .request_password_reset(ada, &Origin::default())
                    .unwrap();
            }
        }
        let (mail, token) = m.next().await;
        assert_eq!(mail.to, ada);
        let new = format!("a new long password {round}");
        m.p.reset(&token, &new).await.unwrap();
        assert!(m.p.caller(&before).await.is_err(), "sign-ins of before end");

        let without = login(&m, ada, &new, None).await;
        assert!(matches!(without, Err(ServiceError::SecondFactorRequired)));
        let guessed = login(&m, ada, &new, Some(&"000000".into())).await;
        assert!(matches!(guessed, Err(ServiceError::WrongCode)));
        let known = login(&m, ada, &old, Some(&recovery[round])).await;
        assert!(matches!(known, Err(ServiceError::InvalidCredentials)));
        login(&m, ada, &new, Some(&recovery[round])).await.unwrap();
        let twice = login(&m, ada, &new, Some(&recovery[round])).await;
        assert!(matches!(twice, Err(ServiceError::WrongCode)));
        m.p.world.clock.advance(Duration::minutes(20));
        old = new;
    }
    let again = login(&m, ada, &old, Some(&code_of(&m.p, &secret, 0))).await;
    let caller = m.p.caller(&again.unwrap()).await.unwrap();
    let left = m.p.auth.two_factor(&caller).await.unwrap().unwrap();
    assert_eq!(left.recovery_codes, 7);
}

#[tokio::test]
async fn a_mailed_reset_takes_back_no_guess_of_a_code() {
    let m = Mailing::new().await;
    let owner = m.p.caller_for(OWNER).await;
    let ada = "ada@shrub.example";
    let joined = m.joined_by_mail(&owner, ada, "their own again").await;
    let caller = m.p.caller(&joined).await.unwrap();
    let (secret, recovery) = guard(&m, &caller, "their own again").await;
    let mut password = "their own again".to_owned();
    for round in 0..10 {
        let guess = login(&m, ada, &password, Some(&"000000".into())).await;
        assert!(matches!(guess, Err(ServiceError::WrongCode)), "{round}");
        if round % 4 == 0 {
            m.p.team
                .password_reset(&owner, joined.user.id)
                .await
                .unwrap();
            let (_, token) = m.next().await;
            password = format!("a new long password {round}");
            m.p.reset(&token, &password).await.unwrap();
        }
    }
    for code in [code_of(&m.p, &secret, 0), recovery[0].clone()] {
        let blocked = login(&m, ada, &password, Some(&code)).await;
        assert!(matches!(blocked, Err(ServiceError::TooMany(_))));
    }
}

#[tokio::test]
async fn a_mailed_token_does_what_its_mail_says_and_nothing_else() {
    let m = Mailing::new().await;
    let owner = m.p.caller_for(OWNER).await;
    let (secret, _) = guard(&m, &owner, PASSWORD).await;
    let gone = |result: Result<(), ServiceError>| matches!(result, Err(ServiceError::LinkGone));

    let origin = Origin::default();
    m.p.team
        .request_address_proof(&owner, &origin)
        .await
        .unwrap();
    let (_, proof) = m.next().await;
    assert!(gone(m.p.reset(&proof, "a new long password").await));
    assert!(gone(m.p.accept(&proof, PASSWORD).await.map(drop)));
    m.p.team
        .prove_address(&owner, proof.expose_secret())
        .await
        .unwrap();
    assert!(m.p.auth.two_factor(&owner).await.unwrap().is_some());
    let without = login(&m, OWNER, PASSWORD, None).await;
    assert!(
        matches!(without, Err(ServiceError::SecondFactorRequired)),
        "a proven address is no second factor"
    );

    m.p.team.request_password_reset(OWNER, &origin).unwrap();
    let (_, reset) = m.next().await;
    let proven = m.p.team.prove_address(&owner, reset.expose_secret()).await;
    assert!(gone(proven));
    assert!(gone(m.p.accept(&reset, PASSWORD).await.map(drop)));
    m.p.reset(&reset, "a new long password").await.unwrap();

    let (_, by) = m.second_org().await;
    m.p.team.invite(&by, OWNER, Role::Agent).await.unwrap();
    let (_, invitation) = m.next().await;
    assert!(gone(m.p.reset(&invitation, "one more long password").await));
    let accept = |code: Option<SecretString>| {
        let proof = ("a new long password".into(), code);
        let token = invitation.expose_secret();
        m.p.team.accept_invitation(token, "", proof, &origin)
    };
    let without = accept(None).await;
    assert!(matches!(without, Err(ServiceError::SecondFactorRequired)));
    let guessed = accept(Some("000000".into())).await;
    assert!(matches!(guessed, Err(ServiceError::WrongCode)));
    let joined = accept(Some(code_of(&m.p, &secret, 0))).await.unwrap();
    assert_eq!(joined.org.id, by.org);
}
