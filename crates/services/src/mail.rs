//! Mail that carries one-time links.
//!
//! A link is stored with the mark that its mail is due, in one transaction, and the mail worker sends due mails. The
//! token is not stored: it is derived from the link's id. So the worker can write the mail again, and a reader of the
//! database cannot.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use futures::future::join_all;
use ring::hmac;
use serde_json::json;
use wabakit_domain::{
    audit::{Actor, NewAuditEvent},
    identity::{LinkKind, LinkMail, OneTimeLink},
    ids::LinkId,
};
use wabakit_ports::{
    mail::{Mail, MailError, Mailer},
    store::DueMail,
};
use wabakit_work::Backoff;

use crate::{Ports, ServiceError, audit::Trail, ports::hash_token};

/// The most mails of one round.
const BATCH: i64 = 10;
/// The lease of a mail. It is longer than a mail server may take.
const LEASE: Duration = Duration::minutes(3);
/// The time for which a failed mail is retried.
const GIVE_UP: Duration = Duration::days(1);
const BACKOFF: Backoff = Backoff::new(
    std::time::Duration::from_secs(5),
    std::time::Duration::from_secs(900),
);

/// The settings of mail.
pub struct MailSettings {
    /// The mail server.
    pub mailer: Arc<dyn Mailer>,
    /// The key that derives tokens. Changing it ends the links whose mail is not sent yet.
    pub token_key: hmac::Key,
    /// The public address of the dashboard's link pages, without a slash at its end.
    pub public_url: String,
}

/// Makes and sends the mails of one-time links.
#[derive(Clone)]
pub struct MailService {
    ports: Ports,
    settings: Arc<MailSettings>,
}

impl MailService {
    /// Creates the service on these ports.
    pub fn new(ports: Ports, settings: MailSettings) -> Self {
        Self {
            ports,
            settings: settings.into(),
        }
    }

    /// Derives the token of a mailed link.
    pub(crate) fn token(&self, link: LinkId) -> String {
        let tag = hmac::sign(&self.settings.token_key, link.uuid().as_bytes());
        URL_SAFE_NO_PAD.encode(tag)
    }

    /// Sends mails that are due. Returns how many were tried.
    ///
    /// A mail is sent at least once: if the process dies before the outcome is stored, it is sent again, with the same
    /// link.
    pub async fn send_due(&self) -> Result<usize, ServiceError> {
        let now = self.ports.now();
        let identity = &self.ports.identity;
        let due = identity.claim_mails(now, now + LEASE, BATCH).await?;
        let sent = join_all(due.iter().map(|due| self.send(due))).await;
        sent.into_iter().collect::<Result<Vec<()>, _>>()?;
        Ok(due.len())
    }

    async fn send(&self, due: &DueMail) -> Result<(), ServiceError> {
        let sent = match self.written(due) {
            Some(mail) => self.settings.mailer.send(&mail).await,
            None => Err(MailError::Refused(
                "the server's secret was changed since the link was made".into(),
            )),
        };
        let mail = self.outcome(&due.link, sent.as_ref().err());
        let mut audit = Vec::new();
        if mail.due_at.is_none() && mail.sent_at.is_none() {
            tracing::warn!(link = %due.link.id, reason = mail.failure, "a mail is given up");
            audit.push(self.given_up(due, mail.failure.as_deref()));
        }
        let (org, id) = (due.link.org, due.link.id);
        Ok(self
            .ports
            .identity
            .finish_mail(org, id, mail, audit)
            .await?)
    }

    /// Returns the state of a link's mail after an attempt. A refusal is final. Every other error is retried for a day.
    fn outcome(&self, link: &OneTimeLink, error: Option<&MailError>) -> LinkMail {
        let now = self.ports.now();
        let attempts = link.mail.as_ref().map_or(0, |mail| mail.attempts) + 1;
        let next = self.ports.retry_at(BACKOFF, now, attempts);
        let may_retry = next < link.created_at + GIVE_UP && next < link.expires_at;
        let (due_at, sent_at) = match error {
            None => (None, Some(now)),
            Some(MailError::Unavailable(_)) if may_retry => (Some(next), None),
            Some(_) => (None, None),
        };
        LinkMail {
            due_at,
            attempts,
            sent_at,
            failure: error.map(ToString::to_string),
        }
    }

    fn given_up(&self, due: &DueMail, reason: Option<&str>) -> NewAuditEvent {
        let trail = Trail::by(&self.ports, due.link.org, Actor::System, None);
        let data = json!({"email": due.to, "reason": reason});
        match &due.link.kind {
            LinkKind::Invitation { .. } => {
                trail.event("team.mail_failed", ("invitation", due.link.id), &data)
            }
            LinkKind::PasswordReset { user, .. } | LinkKind::AddressProof { user } => {
                trail.event("team.mail_failed", ("user", *user), &data)
            }
        }
    }

    /// Writes the mail of a link. Returns `None` when the link was made with another token key.
    fn written(&self, due: &DueMail) -> Option<Mail> {
        let token = self.token(due.link.id);
        if hash_token(&token) != due.link.hash {
            return None;
        }
        let org = &due.org.name;
        let by = due.by.as_deref().unwrap_or("An admin");
        let (page, subject, why) = match &due.link.kind {
            LinkKind::Invitation { role, .. } => (
                "invite",
                format!("Join {org} on Wabakit"),
                format!(
                    "{by} invites you to join {org} on Wabakit as {}. To accept, open this link:",
                    role.as_str()
                ),
            ),
            LinkKind::PasswordReset { .. } => (
                "reset",
                "Choose a new password for Wabakit".to_owned(),
                match &due.by {
                    Some(by) => format!(
                        "{by} of {org} asks you to choose a new password for Wabakit. Open this link:"
                    ),
                    None => "Somebody asked for a new password for your account at Wabakit. To choose one, open this link:"
                        .to_owned(),
                },
            ),
            LinkKind::AddressProof { .. } => (
                "prove",
                "Prove your address to Wabakit".to_owned(),
                format!(
                    "{by}, who signs in to {org} with this address, asks to prove that it is theirs. If that is you, open this link where you are signed in:"
                ),
            ),
        };
        let until = due.link.expires_at.format("%Y-%m-%d %H:%M UTC");
        let url = &self.settings.public_url;
        let text = format!(
            "Hello,\n\n{why}\n\n{url}/{page}#{token}\n\nThe link works once, until {until}. \
             If you expected no such mail, you need not do anything.\n"
        );
        Some(Mail {
            to: due.to.clone(),
            subject,
            text: text.into(),
        })
    }
}
