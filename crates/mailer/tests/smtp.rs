//! Mail against an SMTP server on loopback.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use rstest::rstest;
use secrecy::SecretString;
use wabakit_mailer::{MailerConfigError, Sender, SmtpMailer};
use wabakit_ports::mail::{Mail, MailError, Mailer as _};
use wabakit_testkit::SmtpCatcher;

const FROM: &str = "Wabakit <no-reply@wabakit.example>";

fn mailer(url: &str) -> Result<SmtpMailer, MailerConfigError> {
    SmtpMailer::new(&SecretString::from(url), Sender::parse(FROM)?)
}

fn mail(to: &str, subject: &str) -> Mail {
    let link = format!("https://waba.example/invite#{}", "x".repeat(100));
    Mail {
        to: to.into(),
        subject: subject.into(),
        text: format!("Guten Tag, José!\n\n{link}\n.\nBye\n").into(),
    }
}

#[tokio::test]
async fn a_mail_arrives_whole_as_plain_text() {
    let server = SmtpCatcher::start().await;
    let mailer = mailer(&server.url()).unwrap();
    let sent = mail("ada@acme.example", "Tretet „Zürich“ bei");
    mailer.send(&sent).await.unwrap();
    let caught = server.caught(1).await.remove(0);
    assert_eq!(caught.from, "no-reply@wabakit.example");
    assert_eq!(caught.to, ["ada@acme.example"]);
    let link = format!("https://waba.example/invite#{}", "x".repeat(100));
    let text = format!("Guten Tag, José!\n\n{link}\n.\nBye");
    assert_eq!(caught.text.trim_end(), text);
    assert!(
        caught.head.contains("Content-Type: text/plain"),
        "{caught:?}"
    );
    assert!(!format!("{sent:?} {mailer:?}").contains("xxx"));
}

#[rstest]
#[case("Join\r\nBcc: eve@evil.example\r\n\r\nnow")]
#[case("Join\nBcc: eve@evil.example")]
#[case("Join\u{0}\u{85}Bcc: eve@evil.example")]
#[tokio::test]
async fn no_text_of_a_person_becomes_a_header(#[case] subject: &str) {
    let server = SmtpCatcher::start().await;
    let mailer = mailer(&server.url()).unwrap();
    mailer
        .send(&mail("ada@acme.example", subject))
        .await
        .unwrap();
    let caught = server.caught(1).await.remove(0);
    assert_eq!(caught.to, ["ada@acme.example"]);
    let is_injected = |line: &str| line.to_lowercase().starts_with("bcc");
    assert!(!caught.head.lines().any(is_injected), "{}", caught.head);
    assert!(caught.text.starts_with("Guten Tag"), "{}", caught.text);
}

#[rstest]
#[case("ada@acme.example\r\nRCPT TO:<eve@evil.example>")]
#[case("ada@acme.example>, <eve@evil.example")]
#[case("ada")]
#[tokio::test]
async fn what_is_no_address_is_refused_before_anything_is_sent(#[case] to: &str) {
    let server = SmtpCatcher::start().await;
    let refused = mailer(&server.url()).unwrap().send(&mail(to, "Join")).await;
    assert!(matches!(refused, Err(MailError::Refused(_))), "{refused:?}");
    assert_eq!(server.mails(), []);
}

#[tokio::test]
async fn a_refused_recipient_is_final_and_a_server_that_is_away_or_busy_is_not() {
    let server = SmtpCatcher::start().await;
    let mailer = mailer(&server.url()).unwrap();
    server.refuse("gone@acme.example");
    let refused = mailer.send(&mail("gone@acme.example", "Join")).await;
    match refused {
        Err(MailError::Refused(why)) => assert!(why.contains("nobody here"), "{why}"),
        other => panic!("{other:?}"),
    }
    let again = mail("ada@acme.example", "Join");
    let later = || mailer.send(&again);
    for away in [true, false] {
        server.be_away(away);
        server.be_busy(!away);
        let refused = later().await;
        assert!(
            matches!(refused, Err(MailError::Unavailable(_))),
            "{refused:?}"
        );
    }
    server.be_busy(false);
    later().await.unwrap();
    assert_eq!(server.mails().len(), 1);
}

#[rstest]
#[case("", MailerConfigError::Url)]
#[case("mail.example", MailerConfigError::Url)]
#[case("https://mail.example", MailerConfigError::Url)]
#[case("smtp://", MailerConfigError::Url)]
#[case("smtps://", MailerConfigError::Url)]
#[case("smtp://canary:canary@mail.example", MailerConfigError::Plain)]
#[case("smtp://10.0.0.1:25", MailerConfigError::Plain)]
#[case("smtp://canary@mail.example?tls=canary", MailerConfigError::Url)]
fn an_address_that_cannot_be_used_is_refused_without_being_quoted(
    #[case] url: &str,
    #[case] why: MailerConfigError,
) {
    let refused = mailer(url).unwrap_err();
    assert_eq!(refused, why);
    assert!(!refused.to_string().contains("canary"));
}

#[rstest]
#[case("smtps://user:pass%40word@mail.example")]
#[case("smtp://user:password@mail.example?tls=required")]
#[case("smtp://mail.internal?tls=opportunistic")]
#[case("smtp://127.0.0.1:2525")]
#[case("smtp://localhost")]
#[case("smtp://[::1]:25")]
fn an_address_with_tls_or_on_this_machine_is_taken(#[case] url: &str) {
    let taken = format!("{:?}", mailer(url).unwrap());
    assert!(!taken.contains("pass"), "{taken}");
}

#[rstest]
#[case("")]
#[case("Wabakit")]
#[case("no-reply@")]
#[case("a@b.example, c@d.example")]
#[case("Wabakit <no-reply@wabakit.example")]
fn a_sender_that_is_no_address_is_refused(#[case] from: &str) {
    assert_eq!(Sender::parse(from).unwrap_err(), MailerConfigError::From);
}
