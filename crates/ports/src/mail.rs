//! Mail to people.

use std::fmt;

use async_trait::async_trait;
use secrecy::SecretString;
use thiserror::Error;

/// A mail of plain text. Its text may hold a link that signs somebody in, so it is not printed.
#[derive(Clone)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// The subject, in one line.
    pub subject: String,
    /// The text.
    pub text: SecretString,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

/// The reason why a mail was not sent. The texts are the mail server's, and hold no secret of ours.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum MailError {
    /// The mail server refuses this mail, and will go on doing so: nobody has the address, say.
    #[error("the mail server refuses it: {0}")]
    Refused(String),
    /// The mail server cannot be reached, or takes no mail of ours now.
    #[error("the mail server does not take it now: {0}")]
    Unavailable(String),
}

/// Sends mail.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands a mail to the mail server. It may be sent although this fails, because an answer can be lost.
    ///
    /// # Errors
    /// [`MailError`].
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}
