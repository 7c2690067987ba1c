//! The store in a folder.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use rstest::rstest;
use tempfile::TempDir;
use wabakit_media_store::{MediaStore, MediaStoreConfig, OpenError};
use wabakit_ports::blob::{BlobError, BlobStore as _};
use wabakit_store_contract::blob_contract;

use crate::{KEY, LARGE, broken, key, zeros};

fn open(path: &Path) -> Result<MediaStore, OpenError> {
    MediaStore::open(MediaStoreConfig::Folder(path.to_owned()))
}

fn fresh() -> (MediaStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (open(&folder.path().join("a/media")).unwrap(), folder)
}

mod contract {
    use super::*;

    blob_contract!(async { fresh() });
}

fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path.display().to_string());
        }
    }
    found
}

#[tokio::test]
async fn a_blob_is_a_file_by_its_key_in_a_folder_of_ours_alone() {
    let (store, folder) = fresh();
    store.put(&key(), zeros(9), None).await.unwrap();
    let root = folder.path().join("a/media");
    let file = root.join(KEY);
    assert_eq!(fs::metadata(&file).unwrap().len(), 9);
    assert_eq!(files(&root), [file.display().to_string()]);
    let mode = fs::metadata(&root).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[tokio::test]
async fn blobs_are_there_when_the_folder_is_opened_again() {
    let (store, folder) = fresh();
    store.put(&key(), zeros(9), None).await.unwrap();
    drop(store);
    let again = open(&folder.path().join("a/media")).unwrap();
    assert_eq!(again.get(&key(), None).await.unwrap().size, 9);
}

#[rstest]
#[case(100)]
#[case(LARGE)]
#[tokio::test]
async fn a_put_that_fails_leaves_no_file(#[case] length: usize) {
    let (store, folder) = fresh();
    store.put(&key(), broken(length), None).await.unwrap_err();
    assert!(files(folder.path()).is_empty());
}

#[tokio::test]
async fn a_folder_that_is_none_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [file.clone(), file.join("below")] {
        assert!(matches!(open(&path), Err(OpenError::Folder(_))));
    }
}

#[tokio::test]
async fn what_is_in_the_way_is_no_missing_blob() {
    let (store, folder) = fresh();
    let root = folder.path().join("a/media");
    // A file in the place of the organisation's folder makes the write fail.
    fs::write(root.join("00000000-0000-0000-0000-000000000001"), "").unwrap();
    let error = store.put(&key(), zeros(9), None).await.unwrap_err();
    assert!(
        matches!(error, BlobError::Unavailable(_) | BlobError::Refused(_)),
        "{error:?}"
    );
}
