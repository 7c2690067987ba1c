use wabakit_mailer::{Sender, SmtpMailer};

use super::{ConfigError, read::Vars};

const SERVER: &str =
    "the mail server, such as smtps://user:password@mail.example, or unset MAIL_FROM";
const FROM: &str = "the address that mails come from, or unset SMTP_URL";

/// Reads the settings of mail. Both variables are set, or none.
pub(super) fn read(vars: &Vars<'_>) -> Result<Option<SmtpMailer>, ConfigError> {
    let (url, from) = (vars.get("SMTP_URL"), vars.get("MAIL_FROM"));
    let (url, from) = match (url, from) {
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(ConfigError::Missing("MAIL_FROM", FROM)),
        (None, Some(_)) => return Err(ConfigError::Missing("SMTP_URL", SERVER)),
        (Some(url), Some(from)) => (url.into(), from),
    };
    let from = Sender::parse(&from)
        .map_err(|error| ConfigError::Unusable("MAIL_FROM", error.to_string()))?;
    let mailer = SmtpMailer::new(&url, from)
        .map_err(|error| ConfigError::Unusable("SMTP_URL", error.to_string()))?;
    Ok(Some(mailer))
}
