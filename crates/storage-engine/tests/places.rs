//! Database files that were moved, that are not databases, or that another server uses.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use std::{fs, path::PathBuf};

use wabakit_storage_engine::{Database, SetupError, StoreOptions};

struct Place {
    _folder: tempfile::TempDir,
    file: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("wabakit.db");
        Self {
            _folder: folder,
            file,
        }
    }
    async fn try_open(&self) -> Result<Database, SetupError> {
        let url = format!("sqlite:{}", self.file.display());
        Database::open(&url, &StoreOptions::default()).await
    }
    async fn open(&self) -> Database {
        let database = self.try_open().await.unwrap();
        database.migrate().await.unwrap();
        database
    }
    fn beside(&self, ending: &str) -> PathBuf {
        let mut path = self.file.clone().into_os_string();
        path.push(ending);
        path.into()
    }
}

#[cfg(unix)]
#[tokio::test]
async fn writes_fail_once_the_files_are_not_those_that_were_opened() {
    type Act = fn(&Place);
    let acts: [(&str, Act); 4] = [
        ("deleted", |place| fs::remove_file(&place.file).unwrap()),
        ("moved", |place| {
            fs::rename(&place.file, place.beside(".old")).unwrap();
        }),
        ("replaced", |place| {
            fs::copy(&place.file, place.beside(".copy")).unwrap();
            fs::rename(place.beside(".copy"), &place.file).unwrap();
        }),
        ("log deleted", |place| {
            fs::remove_file(place.beside("-wal")).unwrap();
        }),
    ];
    for (what, act) in acts {
        let place = Place::new();
        let database = place.open().await;
        database.check_writes().await.unwrap();
        database.check_writes().await.unwrap();
        act(&place);
        let error = database.check_writes().await.unwrap_err();
        let said = format!("{error:?}");
        assert!(
            said.contains("moved, replaced or deleted"),
            "{what}: {said}"
        );
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_told_at_once() {
    let place = Place::new();
    drop(place.open().await);
    let whole = fs::read(&place.file).unwrap();
    let half = whole[..whole.len() / 2].to_vec();
    for bytes in [
        b"This is a letter, and not a database at all.".to_vec(),
        vec![7; 8_192],
        half,
    ] {
        fs::write(&place.file, bytes).unwrap();
        let begun = std::time::Instant::now();
        let opened = match place.try_open().await {
            Ok(database) => database.migrate().await.map(|_| ()),
            Err(error) => Err(error),
        };
        let error = opened.unwrap_err().to_string();
        assert!(
            error.contains("database") && !error.contains("bb8"),
            "{error}"
        );
        assert!(begun.elapsed().as_secs() < 3, "{error}");
    }
    fs::write(&place.file, b"").unwrap();
    place.open().await.check_writes().await.unwrap();
}

#[tokio::test]
async fn one_server_at_a_time_holds_a_database() {
    let place = Place::new();
    let first = place.open().await;
    let lock = first.lock_for_server().unwrap();
    assert!(lock.is_some());
    // The file is locked under another name too, and a command beside the server may use it.
    let second = place.open().await;
    second.check_writes().await.unwrap();
    assert!(matches!(
        second.lock_for_server(),
        Err(SetupError::InUse(_))
    ));
    #[cfg(unix)]
    {
        let other = tempfile::tempdir().unwrap();
        let link = other.path().join("link.db");
        std::os::unix::fs::symlink(&place.file, &link).unwrap();
        let url = format!("sqlite:{}", link.display());
        let third = Database::open(&url, &StoreOptions::default())
            .await
            .unwrap();
        assert!(matches!(third.lock_for_server(), Err(SetupError::InUse(_))));
    }
    drop(lock);
    assert!(second.lock_for_server().unwrap().is_some());
}

/// The test runs itself in a process that may write to the first 64 KiB of a file alone, and ignores the signal that it
/// gets for more: its writes fail as on a full disk.
#[cfg(unix)]
#[tokio::test]
async fn a_disk_that_takes_no_more_is_read_and_does_not_pass_for_writable() {
    use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
    const FULL: &str = "WABAKIT_TEST_FULL_DISK";
    if let Some(url) = std::env::var_os(FULL) {
        let url = url.into_string().unwrap();
        let database = Database::open(&url, &StoreOptions::default()).await;
        let database = database.unwrap();
        for _ in 0..2 {
            database.ping().await.unwrap();
            let error = database.check_writes().await.unwrap_err();
            assert!(format!("{error:?}").contains("disk"), "{error:?}");
        }
        return;
    }
    let place = Place::new();
    let database = place.open().await;
    let connect = || SqliteConnection::establish(&place.file.display().to_string()).unwrap();
    // As long as somebody reads what was before, the log grows.
    let mut reader = connect();
    reader.batch_execute("BEGIN; SELECT * FROM orgs;").unwrap();
    let grow = "CREATE TABLE filler (bytes BLOB); INSERT INTO filler VALUES (zeroblob(300000));";
    connect().batch_execute(grow).unwrap();
    database.check_writes().await.unwrap();
    let limited = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "a_disk_that_takes_no_more_is_read_and_does_not_pass_for_writable",
        ])
        .env(FULL, format!("sqlite:{}", place.file.display()))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&limited.stdout);
    assert!(
        limited.status.success() && said.contains("1 passed"),
        "{said}"
    );
    database.check_writes().await.unwrap();
}
