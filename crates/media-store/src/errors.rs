//! Translates the library's errors into the port's.

use std::{error::Error, io};

use object_store::Error as StoreError;
use wabakit_ports::blob::BlobError;

/// The longest detail of an error in characters: a store can echo a long text.
const LONGEST: usize = 500;

/// Error codes of full S3-compatible stores: those of Ceph and of `MinIO`, and the HTTP status that others use.
const FULL: [&str; 3] = ["QuotaExceeded", "StorageFull", "507 Insufficient Storage"];

/// Classifies an error by what a caller can do about it.
pub(crate) fn blob_error(error: &StoreError) -> BlobError {
    let detail = detail(error);
    if FULL.iter().any(|code| detail.contains(code)) {
        return BlobError::Full(detail);
    }
    match error {
        // A missing bucket is a wrong setting, not a missing blob.
        StoreError::NotFound { .. } if detail.contains("NoSuchBucket") => {
            BlobError::Refused(detail)
        }
        StoreError::NotFound { .. } => BlobError::Missing,
        StoreError::PermissionDenied { .. } | StoreError::Unauthenticated { .. } => {
            BlobError::Refused(detail)
        }
        _ => match io_kind(error) {
            Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
                BlobError::Full(detail)
            }
            Some(io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) => {
                BlobError::Refused(detail)
            }
            _ => BlobError::Unavailable(detail),
        },
    }
}

/// Finds the operating system's error, wherever it is in the chain.
fn io_kind(error: &StoreError) -> Option<io::ErrorKind> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return Some(error.kind());
        }
        cause = error.source();
    }
    None
}

fn detail(error: &StoreError) -> String {
    error.to_string().chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot write")]
    struct Outer(#[source] io::Error);

    fn from_system(kind: io::ErrorKind) -> BlobError {
        blob_error(&StoreError::Generic {
            store: "LocalFileSystem",
            source: Box::new(Outer(kind.into())),
        })
    }

    #[test]
    fn a_full_disk_is_told_from_a_locked_one_and_from_trouble() {
        use io::ErrorKind as Kind;
        for kind in [Kind::StorageFull, Kind::QuotaExceeded] {
            assert!(matches!(from_system(kind), BlobError::Full(_)));
        }
        for kind in [Kind::PermissionDenied, Kind::ReadOnlyFilesystem] {
            assert!(matches!(from_system(kind), BlobError::Refused(_)));
        }
        assert!(matches!(
            from_system(Kind::TimedOut),
            BlobError::Unavailable(_)
        ));
    }

    #[rstest]
    fn what_a_store_echoes_is_cut(#[values("x", "ü")] echo: &str) {
        let error = StoreError::Generic {
            store: "S3",
            source: echo.repeat(10_000).into(),
        };
        let BlobError::Unavailable(detail) = blob_error(&error) else {
            panic!("{error}");
        };
        assert_eq!(detail.chars().count(), LONGEST);
    }
}
