//! What Meta's refusals mean to us: one table.

use chrono::Duration;
use wabakit_domain::meta_error::MetaErrorRef;
use wabakit_graph::{ErrorKind, GraphError};
use wabakit_ports::meta::{MetaError, MetaErrorKind as Kind};

/// What was asked of Meta, where that changes what a refusal means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Asked {
    /// The exchange of a login's code: the app's secret and the code are on trial, there is no token yet.
    Code,
    /// The exchange of a token: the app's secret is on trial too.
    LongLived,
    /// A question with the app's own token.
    AsApp,
    /// Anything with a grant's token.
    AsGrant,
    /// The bytes of a file, from a media host.
    Download,
}

/// By what a refusal is known.
enum Sign {
    Code(i64),
    Subcode(i64),
    /// Part of the message, in lower case.
    Words(&'static str),
}
use Asked::{AsApp, AsGrant, Code, Download, LongLived};
use Sign::{Subcode, Words};

const ANY: &[Asked] = &[Code, LongLived, AsApp, AsGrant, Download];
const WITH_SECRET: &[Asked] = &[Code, LongLived, AsApp];

/// What the Graph client's own kinds do not say, first match first. Words go before subcodes, for Meta gives one
/// subcode to several troubles and documents none of them.
const TABLE: &[(&[Asked], Sign, Kind)] = &[
    (ANY, Words("appsecret_proof"), Kind::AppMisconfigured),
    (ANY, Sign::Code(133_016), Kind::RegistrationLimit),
    // Code 1, which otherwise is trouble of Meta's own.
    (WITH_SECRET, Words("client secret"), Kind::AppMisconfigured),
    (
        WITH_SECRET,
        Words("validating application"),
        Kind::AppMisconfigured,
    ),
    (WITH_SECRET, Sign::Code(101), Kind::AppMisconfigured),
    (&[Code], Words("code has expired"), Kind::CodeExpired),
    (&[Code], Words("code has been used"), Kind::CodeUsed),
    (&[Code], Words("redirect_uri"), Kind::RedirectMismatch),
    (&[Code], Words("code format"), Kind::CodeRejected),
    (&[Code], Subcode(36_007), Kind::CodeExpired),
    (&[Code], Subcode(36_008), Kind::RedirectMismatch),
    (&[Code], Subcode(36_009), Kind::CodeUsed),
];

pub(crate) fn kind(asked: Asked, error: &GraphError) -> Kind {
    let message = error
        .meta()
        .map(|meta| meta.message.to_lowercase())
        .unwrap_or_default();
    let shows = |sign: &Sign| {
        error.meta().is_some_and(|meta| match sign {
            Sign::Code(code) => meta.code == Some(*code),
            Subcode(subcode) => meta.subcode == Some(*subcode),
            Words(words) => message.contains(words),
        })
    };
    let known = TABLE
        .iter()
        .find(|(calls, sign, _)| calls.contains(&asked) && shows(sign));
    if let Some((.., kind)) = known {
        return *kind;
    }
    match error.kind() {
        ErrorKind::PermissionMissing => Kind::PermissionMissing,
        ErrorKind::RateLimited => Kind::RateLimited(
            error
                .retry_after()
                .and_then(|wait| Duration::from_std(wait).ok()),
        ),
        ErrorKind::LinkExpired => Kind::LinkExpired,
        ErrorKind::DigestMismatch => Kind::MediaCorrupt,
        ErrorKind::ResponseTooLarge if asked == Download => Kind::MediaTooLarge,
        ErrorKind::Transient
        | ErrorKind::Timeout
        | ErrorKind::Connect
        | ErrorKind::Transport
        | ErrorKind::Decode
        | ErrorKind::ResponseTooLarge
        | ErrorKind::Unexpected
        | ErrorKind::Paging => Kind::Unavailable,
        _ if asked == Code => Kind::CodeRejected,
        // The app's own token is id and secret. It must not pass for the death of the grant that was asked about.
        ErrorKind::TokenInvalid { .. } if asked == AsApp => Kind::AppMisconfigured,
        ErrorKind::TokenInvalid { .. } => Kind::TokenInvalid,
        ErrorKind::NotFound => Kind::NotFound,
        ErrorKind::PinMismatch | ErrorKind::PinLocked => Kind::PinMismatch,
        ErrorKind::NumberNotVerified => Kind::NotVerified,
        _ => Kind::Refused,
    }
}

/// The refusal as a service can act on it.
pub(crate) fn meta_error(asked: Asked, error: &GraphError) -> MetaError {
    MetaError {
        kind: kind(asked, error),
        detail: error.to_string(),
        meta: error.meta().map(|meta| MetaErrorRef {
            code: meta.code.unwrap_or_default(),
            subcode: meta.subcode,
            fbtrace_id: meta.fbtrace_id.clone(),
            message: meta.message.clone(),
        }),
    }
}
