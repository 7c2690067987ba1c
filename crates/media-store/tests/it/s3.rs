//! The store on S3.

use rstest::rstest;
use wabakit_media_store::{MediaStore, MediaStoreConfig, S3Credentials};
use wabakit_ports::blob::{BlobError, BlobStore as _};
use wabakit_store_contract::blob_contract;
use wiremock::MockServer;

use crate::{KEY, LARGE, broken, key, stub::S3, zeros};

fn open(server: &MockServer, bucket: &str, secret: &str) -> MediaStore {
    let url = format!(
        "s3://{bucket}/some/where?region=eu-north-1&endpoint={}",
        server.uri()
    );
    let credentials = S3Credentials {
        access_key_id: "the-key".to_owned(),
        secret_access_key: secret.into(),
    };
    let config = MediaStoreConfig::parse(&url, Some(credentials)).unwrap();
    MediaStore::open(config).unwrap()
}

async fn fresh() -> (MediaStore, S3, MockServer) {
    let (s3, server) = S3::start().await;
    (open(&server, "media", "canary-secret"), s3, server)
}

mod contract {
    use super::*;

    blob_contract!(async {
        let (store, _, server) = fresh().await;
        (store, server)
    });
}

#[tokio::test]
async fn what_is_small_goes_in_one_request_below_the_prefix() {
    let (store, s3, _server) = fresh().await;
    store.put(&key(), zeros(100_000), None).await.unwrap();
    let state = s3.state();
    assert_eq!(state.requests, ["PUT"]);
    let keys: Vec<_> = state.objects.keys().collect();
    assert_eq!(keys, [&format!("some/where/{KEY}")]);
}

#[tokio::test]
async fn what_is_large_goes_in_parts() {
    let (store, s3, _server) = fresh().await;
    let info = store.put(&key(), zeros(LARGE), None).await.unwrap();
    assert_eq!(info.size, LARGE as u64);
    let state = s3.state();
    let part = "PUT partNumber&uploadId";
    let expected = ["POST uploads", part, part, part, "POST uploadId"];
    assert_eq!(state.requests, expected);
    assert_eq!(state.objects[&format!("some/where/{KEY}")].len(), LARGE);
}

#[tokio::test]
async fn a_large_put_that_fails_takes_its_parts_back() {
    let (store, s3, _server) = fresh().await;
    store.put(&key(), broken(LARGE), None).await.unwrap_err();
    let state = s3.state();
    assert!(state.uploads.is_empty() && state.objects.is_empty());
    let last = state.requests.last().map(String::as_str);
    assert_eq!(last, Some("DELETE uploadId"));
}

#[tokio::test]
async fn one_object_is_deleted_by_itself() {
    let (store, s3, _server) = fresh().await;
    store.put(&key(), zeros(9), None).await.unwrap();
    store.delete(&key()).await.unwrap();
    assert_eq!(s3.state().requests, ["PUT", "DELETE"]);
}

async fn every_call(store: &MediaStore) -> [BlobError; 4] {
    [
        store.put(&key(), zeros(9), None).await.unwrap_err(),
        store.put(&key(), zeros(LARGE), None).await.unwrap_err(),
        store.get(&key(), None).await.unwrap_err(),
        store.get(&key(), Some(0..1)).await.unwrap_err(),
    ]
}

#[rstest]
#[case::rights(403, "AccessDenied", "Refused")]
#[case::no_bucket(404, "NoSuchBucket", "Refused")]
#[case::quota(400, "QuotaExceeded", "Full")]
#[case::full(507, "XMinioStorageFull", "Full")]
#[case::trouble(503, "SlowDown", "Unavailable")]
#[tokio::test]
async fn what_a_store_refuses_is_told_by_what_can_be_done(
    #[case] status: u16,
    #[case] code: &'static str,
    #[case] kind: &str,
) {
    let (store, s3, _server) = fresh().await;
    s3.state().trouble = Some((status, code));
    let mut errors: Vec<_> = every_call(&store).await.into();
    errors.push(store.delete(&key()).await.unwrap_err());
    for error in errors {
        let shown = format!("{error:?}");
        assert!(shown.starts_with(kind), "{shown}");
        assert!(error.is_transient());
        assert!(!shown.contains("canary-secret"), "{shown}");
    }
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_no_missing_blob() {
    let (_, _s3, server) = fresh().await;
    let store = open(&server, "elsewhere", "canary-secret");
    for error in every_call(&store).await {
        assert!(matches!(error, BlobError::Refused(_)), "{error:?}");
    }
}

#[tokio::test]
async fn a_store_that_nobody_answers_for_is_unavailable() {
    let (store, _, server) = fresh().await;
    drop(server);
    let error = store.get(&key(), None).await.unwrap_err();
    assert!(matches!(error, BlobError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn trouble_that_passes_is_not_noticed() {
    let (store, s3, _server) = fresh().await;
    s3.state().trouble = Some((503, "SlowDown"));
    let key = key();
    let put = store.put(&key, zeros(9), None);
    let heal = async {
        while s3.state().requests.is_empty() {
            tokio::task::yield_now().await;
        }
        s3.state().trouble = None;
    };
    let (info, ()) = tokio::join!(put, heal);
    assert_eq!(info.unwrap().size, 9);
}

#[tokio::test]
async fn the_store_does_not_show_its_secret() {
    let (store, _, _server) = fresh().await;
    let shown = format!("{store:?}");
    assert!(!shown.contains("canary"), "{shown}");
}
