//! The suite that every [`BlobStore`] must pass: [`blob_contract!`](crate::blob_contract) makes a test of each
//! rule.

use std::{ops::Range, sync::Arc};

use bytes::{Bytes, BytesMut};
use futures::{
    StreamExt as _, TryStreamExt as _,
    future::{join_all, poll_immediate},
    stream,
};
use uuid::Uuid;
use wabakit_domain::{Time, ids::OrgId};

use wabakit_ports::blob::{BlobError, BlobKey, BlobSource, BlobStore, SourceError, source};

/// More bytes than any store takes in one piece.
const LARGE: usize = 20 * 1024 * 1024 + 7;
const SMALL: usize = 100_000;

type Store = Arc<dyn BlobStore>;

fn key(id: u128) -> BlobKey {
    let at = Time::from_timestamp(1_793_000_000, 0).unwrap();
    BlobKey::new(OrgId(Uuid::from_u128(1)), at, Uuid::from_u128(id))
}

/// Makes bytes that differ from place to place.
fn bytes(length: usize) -> Bytes {
    // Repeats at no boundary that a store could have.
    const BLOCK: usize = 251 * 1009;
    let block: Vec<u8> = (0..BLOCK)
        .map(|at| (at % 251) as u8 ^ (at >> 10) as u8)
        .collect();
    let mut bytes = block.repeat(length.div_ceil(BLOCK));
    bytes.truncate(length);
    bytes.into()
}

fn in_chunks(whole: &Bytes) -> Vec<Result<Bytes, SourceError>> {
    // Neither a power of two nor a divisor of anything.
    const CHUNK: usize = 70_001;
    (0..whole.len())
        .step_by(CHUNK)
        .map(|at| Ok(whole.slice(at..whole.len().min(at + CHUNK))))
        .collect()
}

fn whole(bytes: &Bytes) -> BlobSource {
    source(stream::iter(in_chunks(bytes)))
}

fn broken(bytes: &Bytes) -> BlobSource {
    let end = stream::iter([Err(SourceError::from("the line went dead"))]);
    source(stream::iter(in_chunks(bytes)).chain(end))
}

async fn put(store: &Store, key: &BlobKey, bytes: &Bytes) {
    let hint = Some(bytes.len() as u64);
    let info = store.put(key, whole(bytes), hint).await.unwrap();
    assert_eq!(info.size, bytes.len() as u64);
}

async fn get(store: &Store, key: &BlobKey, range: Option<Range<u64>>) -> (u64, Range<u64>, Bytes) {
    let blob = store.get(key, range).await.unwrap();
    let bytes: BytesMut = blob.bytes.try_collect().await.unwrap();
    (blob.size, blob.range, bytes.freeze())
}

/// Compares without printing megabytes.
async fn assert_holds(store: &Store, key: &BlobKey, expected: &Bytes) {
    let size = expected.len() as u64;
    let (found, range, bytes) = get(store, key, None).await;
    assert_eq!((found, range), (size, 0..size));
    assert!(bytes == *expected, "other bytes came back");
}

async fn assert_missing(store: &Store, key: &BlobKey) {
    let answer = store.get(key, None).await;
    assert!(matches!(answer, Err(BlobError::Missing)), "{answer:?}");
    let answer = store.get(key, Some(0..1)).await;
    assert!(matches!(answer, Err(BlobError::Missing)), "{answer:?}");
}

pub async fn a_put_file_comes_back_whole(store: Store) {
    for (id, length) in [(1, 0), (2, 1), (3, SMALL), (4, LARGE)] {
        let bytes = bytes(length);
        put(&store, &key(id), &bytes).await;
        assert_holds(&store, &key(id), &bytes).await;
    }
}

pub async fn a_hint_may_be_wrong_or_missing(store: Store) {
    let bytes = bytes(SMALL);
    for hint in [None, Some(0), Some(3), Some(1 << 30), Some(u64::MAX)] {
        let info = store.put(&key(1), whole(&bytes), hint).await.unwrap();
        assert_eq!(info.size, SMALL as u64);
        assert_holds(&store, &key(1), &bytes).await;
    }
}

pub async fn a_blob_that_was_never_put_is_missing(store: Store) {
    assert_missing(&store, &key(1)).await;
    put(&store, &key(1), &bytes(3)).await;
    assert_missing(&store, &key(2)).await;
}

pub async fn a_range_has_the_requested_bytes_and_the_size_of_the_whole_file(store: Store) {
    let bytes = bytes(LARGE);
    put(&store, &key(1), &bytes).await;
    let size = LARGE as u64;
    for (asked, answered) in [
        (0..1, 0..1),
        (0..size, 0..size),
        (5..70_005, 5..70_005),
        (9_000_000..18_000_000, 9_000_000..18_000_000),
        (size - 1..size, size - 1..size),
        (size - 4..size + 100, size - 4..size),
        (1..u64::MAX, 1..size),
    ] {
        let (found, range, part) = get(&store, &key(1), Some(asked)).await;
        assert_eq!((found, &range), (size, &answered));
        let expected = bytes.slice(answered.start as usize..answered.end as usize);
        assert!(part == expected, "other bytes came back for {range:?}");
    }
}

pub async fn a_range_without_a_byte_of_the_blob_is_refused(store: Store) {
    put(&store, &key(1), &bytes(10)).await;
    put(&store, &key(2), &bytes(0)).await;
    for (id, range) in [(1, 10..11), (1, 500..600), (1, 4..4), (2, 0..1)] {
        let answer = store.get(&key(id), Some(range.clone())).await;
        assert!(
            matches!(answer, Err(BlobError::OutOfRange)),
            "{range:?}: {answer:?}"
        );
    }
}

pub async fn a_put_that_fails_midway_leaves_nothing_visible(store: Store) {
    for length in [0, SMALL, LARGE] {
        let answer = store.put(&key(1), broken(&bytes(length)), None).await;
        let Err(BlobError::Source(error)) = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(error.to_string(), "the line went dead");
        assert_missing(&store, &key(1)).await;
    }
}

pub async fn a_put_that_fails_midway_leaves_the_former_file(store: Store) {
    let before = bytes(10);
    put(&store, &key(1), &before).await;
    for length in [SMALL, LARGE] {
        let answer = store.put(&key(1), broken(&bytes(length)), None).await;
        assert!(matches!(answer, Err(BlobError::Source(_))), "{answer:?}");
        assert_holds(&store, &key(1), &before).await;
    }
}

pub async fn a_put_that_is_given_up_leaves_nothing_visible(store: Store) {
    for length in [SMALL, LARGE] {
        let endless = stream::iter(in_chunks(&bytes(length))).chain(stream::pending());
        let key = key(1);
        let mut put = store.put(&key, source(endless), None);
        assert!(poll_immediate(&mut put).await.is_none());
        drop(put);
        assert_missing(&store, &key).await;
    }
}

pub async fn a_blob_is_invisible_until_it_is_whole(store: Store) {
    let (first, last) = (bytes(LARGE), bytes(9));
    let seen = Arc::clone(&store);
    // The last chunk is sent only after the test has looked.
    let end = stream::once(async move {
        assert_missing(&seen, &key(1)).await;
        Ok(last)
    });
    let bytes = source(stream::iter(in_chunks(&first)).chain(end));
    let info = store.put(&key(1), bytes, None).await.unwrap();
    assert_eq!(info.size, LARGE as u64 + 9);
}

pub async fn putting_again_replaces(store: Store) {
    for length in [LARGE, 5, SMALL, 0] {
        let bytes = bytes(length);
        put(&store, &key(1), &bytes).await;
        assert_holds(&store, &key(1), &bytes).await;
    }
}

pub async fn deleting_twice_is_as_good_as_once(store: Store) {
    let kept = bytes(8);
    put(&store, &key(1), &bytes(5)).await;
    put(&store, &key(2), &kept).await;
    store.delete(&key(1)).await.unwrap();
    assert_missing(&store, &key(1)).await;
    store.delete(&key(1)).await.unwrap();
    store.delete(&key(3)).await.unwrap();
    assert_holds(&store, &key(2), &kept).await;
    put(&store, &key(1), &kept).await;
    assert_holds(&store, &key(1), &kept).await;
}

pub async fn twenty_puts_at_once_do_not_mix(store: Store) {
    let store = &store;
    join_all((1..=20).map(|id| async move {
        let bytes = bytes(SMALL + usize::try_from(id).unwrap());
        put(store, &key(id), &bytes).await;
        assert_holds(store, &key(id), &bytes).await;
    }))
    .await;
}

pub async fn of_twenty_puts_of_one_key_one_is_whole(store: Store) {
    let lengths = 1000..1020_usize;
    join_all(lengths.clone().map(|length| {
        let store = &store;
        async move { put(store, &key(1), &bytes(length)).await }
    }))
    .await;
    let (size, _, found) = get(&store, &key(1), None).await;
    let length = usize::try_from(size).unwrap();
    assert!(lengths.contains(&length) && found == bytes(length));
}

/// Makes a test of every rule that a [`BlobStore`] must keep.
///
/// Takes an expression that gives a future of a fresh, empty store and of a guard to keep alive while the store is used
/// (a folder, a server; `()` for none). It is evaluated once for each test. The caller needs tokio with its macros as a
/// dev-dependency.
///
/// ```
/// # use wabakit_ports::fakes::MemoryBlobs;
/// # use wabakit_store_contract::blob_contract;
/// blob_contract!(async { (MemoryBlobs::default(), ()) });
/// ```
#[macro_export]
macro_rules! blob_contract {
    ($make:expr) => {
        $crate::blob_contract! { @rules $make;
            a_put_file_comes_back_whole
            a_hint_may_be_wrong_or_missing
            a_blob_that_was_never_put_is_missing
            a_range_has_the_requested_bytes_and_the_size_of_the_whole_file
            a_range_without_a_byte_of_the_blob_is_refused
            a_put_that_fails_midway_leaves_nothing_visible
            a_put_that_fails_midway_leaves_the_former_file
            a_put_that_is_given_up_leaves_nothing_visible
            a_blob_is_invisible_until_it_is_whole
            putting_again_replaces
            deleting_twice_is_as_good_as_once
            twenty_puts_at_once_do_not_mix
            of_twenty_puts_of_one_key_one_is_whole
        }
    };
    (@rules $make:expr; $($rule:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $rule() {
            let (store, _alive) = $make.await;
            ::std::boxed::Box::pin($crate::blob::$rule(::std::sync::Arc::new(store))).await;
        }
    )*};
}
