use wabakit_domain::{explain, outbound::MediaKind};
use wabakit_ports::{meta::RawAnswer, store::Upload};
use wabakit_wire::{
    problem::{FieldError, MetaError},
    send::{BulkAnswer, BulkResult, GraphAnswer, KnownError, Refused, Uploaded},
};

use super::{IntoWire, record};
use crate::{Invalid, send};

record!(RawAnswer => GraphAnswer { status, body });
record!(wabakit_domain::meta_error::MetaErrorRef => MetaError { code, subcode, fbtrace_id });

impl IntoWire<FieldError> for (String, String) {
    fn into_wire(self) -> FieldError {
        FieldError {
            pointer: self.0,
            detail: self.1,
        }
    }
}

impl IntoWire<FieldError> for &Invalid {
    fn into_wire(self) -> FieldError {
        FieldError {
            pointer: self.pointer.clone(),
            detail: self.detail.clone(),
        }
    }
}

record!(send::Refusal => Refused { code, message, errors });

impl IntoWire<BulkAnswer> for Vec<Result<send::ShownMessage, send::Refusal>> {
    fn into_wire(self) -> BulkAnswer {
        let queued = self.iter().filter(|result| result.is_ok()).count();
        let refused = self.len() - queued;
        let results = self.into_iter().enumerate().map(|(index, result)| {
            let (message, error) = match result {
                Ok(shown) => (Some(shown.into_wire()), None),
                Err(refusal) => (None, Some(refusal.into_wire())),
            };
            BulkResult {
                index,
                message,
                error,
            }
        });
        BulkAnswer {
            results: results.collect(),
            queued,
            refused,
        }
    }
}

/// Makes the wire form of an uploaded file, with the kind that it is sent as.
pub fn uploaded(upload: Upload, kind: MediaKind) -> Uploaded {
    Uploaded {
        id: upload.id.uuid(),
        mime_type: upload.mime_type,
        size: upload.size,
        sha256: hex::encode(upload.sha256),
        filename: upload.filename,
        kind: kind.as_str().to_owned(),
    }
}

/// Makes the wire form of the table of Meta's errors.
pub fn known_errors() -> impl Iterator<Item = KnownError> {
    explain::all().map(|(codes, told)| KnownError {
        code: *codes.start(),
        last_code: *codes.end(),
        cause: told.cause.to_owned(),
        action: told.action.to_owned(),
        who: told.who.into_wire(),
        retry: told.retry.into_wire(),
        received: Some(explain::explain_received(*codes.start()))
            .filter(|received| *received != told)
            .into_wire(),
    })
}
