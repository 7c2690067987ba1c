#![doc = include_str!("../README.md")]

use std::{fmt, time::Duration};

use async_trait::async_trait;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        Error,
        extension::ClientId,
        response::{Category, Severity},
    },
};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use url::{Host, Url};
use wabakit_ports::mail::{Mail, MailError, Mailer};

/// The time that a mail server may take for each answer.
const TIMEOUT: Duration = Duration::from_secs(20);
/// The part of a mail server's refusal that is kept.
const REASON: usize = 300;

/// The reason why mail cannot be set up. None quotes the URL, which may hold a password.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum MailerConfigError {
    /// The URL cannot be used.
    #[error(
        "it must be an address such as smtps://user:password@mail.example or smtp://mail.example?tls=required"
    )]
    Url,
    /// The mails, with their links, could be read on their way.
    #[error(
        "mails would be sent in the clear to another machine: use smtps:// or ?tls=required, or say ?tls=opportunistic where the network is your own"
    )]
    Plain,
    /// The sender's address cannot be used.
    #[error("it must be an address such as Wabakit <no-reply@wabakit.example>")]
    From,
}

/// Sends mail to one SMTP server.
#[derive(Clone)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpMailer")
            .field("from", &self.from.email)
            .finish_non_exhaustive()
    }
}

impl SmtpMailer {
    /// Sets up mail by the server that the URL names. It does not connect yet.
    ///
    /// # Errors
    /// [`MailerConfigError::Url`], [`MailerConfigError::Plain`].
    pub fn new(url: &SecretString, from: Sender) -> Result<Self, MailerConfigError> {
        let url = url.expose_secret();
        check(url)?;
        let domain = from.0.email.domain().to_owned();
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| MailerConfigError::Url)?
            .hello_name(ClientId::Domain(domain))
            .timeout(Some(TIMEOUT))
            .build();
        Ok(Self {
            transport,
            from: from.0,
        })
    }
}

/// The address that mails come from.
#[derive(Clone, Debug)]
pub struct Sender(Mailbox);

impl Sender {
    /// Reads an address, with or without a name.
    ///
    /// # Errors
    /// [`MailerConfigError::From`].
    pub fn parse(text: &str) -> Result<Self, MailerConfigError> {
        let mailbox = text.parse().map_err(|_| MailerConfigError::From)?;
        Ok(Self(mailbox))
    }
}

/// Requires a whole address, and TLS towards another machine.
fn check(url: &str) -> Result<(), MailerConfigError> {
    let url = Url::parse(url).map_err(|_| MailerConfigError::Url)?;
    // Hosts of other schemes than the web's are not told apart.
    let host = Host::parse(url.host_str().unwrap_or_default());
    let is_here = match host.map_err(|_| MailerConfigError::Url)? {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    };
    match url.scheme() {
        "smtps" => Ok(()),
        "smtp" if is_here || url.query_pairs().any(|(name, _)| name == "tls") => Ok(()),
        "smtp" => Err(MailerConfigError::Plain),
        _ => Err(MailerConfigError::Url),
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let refused = |why: &str| MailError::Refused(why.to_owned());
        let to: Address = mail
            .to
            .parse()
            .map_err(|_| refused("the address cannot be mailed"))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to.into())
            .subject(one_line(&mail.subject))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.expose_secret().to_owned())
            .map_err(|_| refused("the mail cannot be written"))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => Err(classified(&error)),
        }
    }
}

/// Tells a refusal of this mail from a server that takes none of ours, a wrong password for one.
fn classified(error: &Error) -> MailError {
    let why: String = one_line(&with_cause(error)).chars().take(REASON).collect();
    let is_final = error.status().is_some_and(|code| {
        code.severity == Severity::PermanentNegativeCompletion
            && code.category == Category::MailSystem
    });
    if is_final {
        MailError::Refused(why)
    } else {
        MailError::Unavailable(why)
    }
}

fn with_cause(error: &Error) -> String {
    let cause = std::error::Error::source(error);
    match cause.map(ToString::to_string) {
        Some(cause) if !error.to_string().contains(&cause) => format!("{error}: {cause}"),
        _ => error.to_string(),
    }
}

/// Takes away what would end a header's line.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
