//! Each `sslmode` takes effect against a PostgreSQL server with TLS.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]
#![cfg(unix)]

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt, chown},
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio_postgres::NoTls;
use wabakit_storage_engine::{Database, SetupError, StoreOptions};
use wabakit_testkit::postgres::Cluster;

/// A server with TLS, and the file with the certificate that signed the server's own.
struct Server {
    cluster: Cluster,
    authority: String,
}

/// Writes a file that only the server may read.
fn give(folder: &Path, name: &str, text: &str) {
    let owner = fs::metadata(folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
    chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
}

impl Server {
    async fn start() -> Self {
        let cluster = tokio::task::spawn_blocking(|| Cluster::start().unwrap())
            .await
            .unwrap();
        let mut authority = CertificateParams::new(vec![]).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = authority.self_signed(&key).unwrap();
        let issuer = Issuer::new(authority, key);
        let server_key = KeyPair::generate().unwrap();
        let server = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let server = server.signed_by(&server_key, &issuer).unwrap();

        let data = cluster.folder().join("data");
        give(&data, "server.crt", &server.pem());
        give(&data, "server.key", &server_key.serialize_pem());
        give(&data, "authority.crt", &certificate.pem());
        let (client, driver) = tokio_postgres::connect(cluster.url(), NoTls).await.unwrap();
        drop(tokio::spawn(driver));
        client
            .batch_execute("ALTER SYSTEM SET ssl = on")
            .await
            .unwrap();
        client
            .batch_execute("SELECT pg_reload_conf()")
            .await
            .unwrap();
        let server = Self {
            authority: data.join("authority.crt").display().to_string(),
            cluster,
        };
        let encrypts = async {
            while server.open("sslmode=require").await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), encrypts)
            .await
            .expect("the server does not begin to encrypt");
        server
    }

    /// Tells whether a connection with these parameters is encrypted.
    async fn open(&self, asked: &str) -> Result<bool, SetupError> {
        self.open_at(self.cluster.url(), asked).await
    }

    async fn open_at(&self, url: &str, asked: &str) -> Result<bool, SetupError> {
        // Connections of former questions may still be closing.
        static QUESTION: AtomicU32 = AtomicU32::new(0);
        let name = format!("question{}", QUESTION.fetch_add(1, Ordering::Relaxed));
        let url = format!("{url}?{asked}&application_name={name}");
        let database = Database::open(&url, &StoreOptions::default()).await?;
        database.ping().await.unwrap();
        let (client, driver) = tokio_postgres::connect(self.cluster.url(), NoTls)
            .await
            .unwrap();
        drop(tokio::spawn(driver));
        let row = client
            .query_one(
                "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                 WHERE application_name = $1",
                &[&name],
            )
            .await
            .unwrap();
        Ok(row.get(0))
    }
}

#[tokio::test]
async fn a_server_with_tls_is_asked_for_it_and_checked_as_sslmode_says() {
    let server = Server::start().await;
    assert!(!server.open("sslmode=disable").await.unwrap());
    assert!(server.open("sslmode=prefer").await.unwrap());
    assert!(server.open("sslmode=require").await.unwrap());
    let trusted = format!("sslmode=verify-full&sslrootcert={}", server.authority);
    assert!(server.open(&trusted).await.unwrap());

    let unknown = server.open("sslmode=verify-full").await.unwrap_err();
    assert!(unknown.to_string().contains("UnknownIssuer"), "{unknown}");

    let other_name = server.cluster.url().replace("127.0.0.1", "localhost");
    let misnamed = server.open_at(&other_name, &trusted).await.unwrap_err();
    assert!(
        misnamed.to_string().contains("not valid for name"),
        "{misnamed}"
    );
}
