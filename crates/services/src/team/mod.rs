//! The people of an organisation: members, invitations, password resets and proven addresses.

mod address_proof;
mod invitations;
mod members;
mod recovery;

use chrono::Duration;
use secrecy::SecretString;
use wabakit_domain::{
    identity::{LinkKind, LinkMail, OneTimeLink},
    ids::OrgId,
};

use crate::{
    AuthService, MailService, Origin, Ports, ServiceError,
    auth::{Guesser, Throttle},
    ports::hash_token,
};

pub use invitations::InvitationView;

/// The most mails on request in a quarter of an hour, to one person or address, and for one client.
const ASKED_MAILS: (u32, u32) = (3, 30);

/// A new link. Its token is shown only once, or goes by mail.
pub struct NewLink {
    /// The row.
    pub link: OneTimeLink,
    /// The token for the link's fragment, which no server logs. Empty where it goes by mail: nobody else may see it.
    pub token: SecretString,
}

/// The use cases of an organisation's people.
#[derive(Clone)]
pub struct TeamService {
    ports: Ports,
    auth: AuthService,
    mail: Option<MailService>,
    asked: Throttle,
}

impl TeamService {
    /// Creates the service on these ports. It tells `auth` about changed roles.
    pub fn new(ports: Ports, auth: AuthService) -> Self {
        Self {
            ports,
            auth,
            mail: None,
            asked: Throttle::allowing(ASKED_MAILS.0, ASKED_MAILS.1),
        }
    }

    /// Returns the service with mail: links are sent by mail from now on.
    #[must_use]
    pub fn mailing(mut self, mail: MailService) -> Self {
        self.mail = Some(mail);
        self
    }

    /// Returns the mail service, if mail is set up.
    pub const fn mail(&self) -> Option<&MailService> {
        self.mail.as_ref()
    }

    fn required_mail(&self) -> Result<&MailService, ServiceError> {
        self.mail.as_ref().ok_or_else(|| {
            let why =
                "This server sends no mail. An admin of your organisation can make you a link.";
            ServiceError::Conflict("mail_not_set_up", why.into())
        })
    }

    fn new_link(
        &self,
        org: OrgId,
        kind: LinkKind,
        (lifetime, mail): (Duration, Option<&MailService>),
    ) -> Result<NewLink, ServiceError> {
        let id = self.ports.id();
        let (token, hash) = match mail {
            Some(mail) => (String::new(), hash_token(&mail.token(id))),
            None => self.ports.token()?,
        };
        let now = self.ports.now();
        let link = OneTimeLink {
            id,
            org,
            kind,
            hash,
            created_at: now,
            expires_at: now + lifetime,
            mail: mail.map(|_| LinkMail::due(now)),
        };
        Ok(NewLink {
            link,
            token: token.into(),
        })
    }

    /// Counts a mail that a person requests.
    fn count_asked(&self, whose: &str, origin: &Origin) -> Result<(), ServiceError> {
        let now = self.ports.now();
        let who = Guesser::Stranger(origin.address.as_deref());
        if let Some(wait) = self.asked.blocked(whose, who, now) {
            return Err(ServiceError::TooMany(wait));
        }
        self.asked.failed(whose, who, now);
        Ok(())
    }
}
