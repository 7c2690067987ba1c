//! Both stores pass the contract of `BlobStore`. The other tests are about one of the two stores.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod folder;
mod s3;
mod stub;

use futures::stream::{self, BoxStream, StreamExt as _};
use uuid::Uuid;
use wabakit_domain::{Time, ids::OrgId};
use wabakit_ports::blob::{BlobKey, BlobSource, SourceError, source};

/// The size of a blob that is uploaded in several parts.
const LARGE: usize = 20 * 1024 * 1024;

fn key() -> BlobKey {
    let at = Time::from_timestamp(1_793_000_000, 0).unwrap();
    BlobKey::new(OrgId(Uuid::from_u128(1)), at, Uuid::from_u128(2))
}

const KEY: &str =
    "00000000-0000-0000-0000-000000000001/2026-10/00000000-0000-0000-0000-000000000002";

fn zeros(length: usize) -> BoxStream<'static, Result<bytes::Bytes, SourceError>> {
    const CHUNK: usize = 64 * 1024;
    let chunks = (0..length)
        .step_by(CHUNK)
        .map(move |at| Ok(vec![0; CHUNK.min(length - at)].into()));
    stream::iter(chunks).boxed()
}

fn broken(length: usize) -> BlobSource {
    let end = stream::iter([Err(SourceError::from("the line went dead"))]);
    source(zeros(length).chain(end))
}
