//! The meaning of Meta's refusals, in one table.

use chrono::Duration;
use wabakit_domain::meta_error::MetaErrorRef;
use wabakit_graph::{ErrorKind, GraphError};
use wabakit_ports::meta::{MetaError, MetaErrorKind as Kind};

/// The kind of call, where that changes the meaning of a refusal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Asked {
    /// The exchange of a login's code. Meta checks the app's secret and the code; there is no token yet.
    Code,
    /// The exchange of a token. Meta checks the app's secret too.
    LongLived,
    /// A call with the app's own token.
    AsApp,
    /// A call with a grant's token.
    AsGrant,
    /// The download of a file from a media host.
    Download,
}

/// The mark by which a refusal is recognised.
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

/// Refusals that the Graph client's own kinds do not distinguish. The first match counts. Words come before subcodes,
/// because Meta gives one subcode to several faults and documents none of them.
const TABLE: &[(&[Asked], Sign, Kind)] = &[
    (ANY, Words("appsecret_proof"), Kind::AppMisconfigured),
    (ANY, Sign::Code(133_016), Kind::RegistrationLimit),
    // These come with code 1, which otherwise means that Meta has a failure of its own.
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
        ErrorKind::MediaMismatch => Kind::MediaCorrupt,
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
        // The app's own token consists of id and secret. A refusal of it must not be taken for the death of the
        // grant.
        ErrorKind::TokenInvalid { .. } if asked == AsApp => Kind::AppMisconfigured,
        ErrorKind::TokenInvalid { .. } => Kind::TokenInvalid,
        ErrorKind::NotFound => Kind::NotFound,
        ErrorKind::PinMismatch | ErrorKind::PinLocked => Kind::PinMismatch,
        ErrorKind::NumberNotVerified => Kind::NotVerified,
        _ => Kind::Refused,
    }
}

/// Classifies a refusal by what a service can do about it.
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
