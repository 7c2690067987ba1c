//! The check at start.
use std::sync::{Arc, atomic::Ordering};

use crate::support::{A, B, C, Machine, ring};
use wabakit_ports::store::DataKeyStore;
use wabakit_vault::{VaultStartError, passphrase_salt, rotate};

#[tokio::test]
async fn the_right_key_opens_the_vault_again_and_again() {
    let machine = Machine::default();
    for _ in 0..3 {
        let sealed = machine.fill(A, 3).await;
        machine.all_open((A, &[]), &sealed).await;
    }
    assert_eq!(machine.db.vault_settings("canary.").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_wrong_key_is_refused_in_plain_words() {
    let machine = Machine::default();
    machine.fill(A, 1).await;
    let error = machine.start(B, &[]).await.unwrap_err();
    assert!(matches!(error, VaultStartError::WrongKey { .. }));
    assert_eq!(
        error.to_string(),
        format!(
            "ENCRYPTION_KEY is not the key that this database was sealed with (ring key {}): set it back, \
             or, where it is meant to change, add the former key to ENCRYPTION_KEY_RING",
            ring(A, &[]).primary_id()
        )
    );
    let canaries = machine.db.vault_settings("canary.").await.unwrap();
    assert_eq!(canaries.len(), 1, "a refused key leaves no canary");
}

#[tokio::test]
async fn a_wrong_key_is_refused_even_where_nothing_is_sealed_yet() {
    let machine = Machine::default();
    machine.start(A, &[]).await.unwrap();
    let error = machine.start(B, &[C]).await.unwrap_err();
    assert!(matches!(error, VaultStartError::WrongKey { .. }), "{error}");
}

#[tokio::test]
async fn a_ring_without_a_key_that_still_wraps_something_is_refused() {
    let machine = Machine::default();
    machine.fill(A, 1).await;
    machine.start(B, &[A]).await.unwrap();
    let error = machine.start(B, &[]).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "Ring key {} still wraps data keys of this database and is not configured: add the former key \
             to ENCRYPTION_KEY_RING",
            ring(A, &[]).primary_id()
        )
    );
}

#[tokio::test]
async fn a_former_key_may_go_once_it_wraps_nothing() {
    let machine = Machine::default();
    let sealed = machine.fill(A, 3).await;
    machine.start(B, &[A]).await.unwrap();
    rotate(
        &*machine.db,
        &ring(B, &[A]),
        &*machine.clock,
        &*machine.random,
        100,
        |_| (),
    )
    .await
    .unwrap();
    machine.all_open((B, &[]), &sealed).await;
}

#[tokio::test]
async fn a_changed_canary_is_refused() {
    let machine = Machine::default();
    machine.start(A, &[]).await.unwrap();
    let (name, mut canary) = machine
        .db
        .vault_settings("canary.")
        .await
        .unwrap()
        .remove(0);
    canary[20] ^= 1;
    let machine = Machine::default();
    machine.db.init_vault_setting(&name, canary).await.unwrap();
    let error = machine.start(A, &[]).await.unwrap_err();
    assert!(
        matches!(error, VaultStartError::DamagedCanary { .. }),
        "{error}"
    );
    assert!(error.to_string().contains(&name), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_start_at_once_agree_on_one_canary() {
    let machine = Arc::new(Machine::default());
    let starts: Vec<_> = (0..8)
        .map(|_| {
            let machine = Arc::clone(&machine);
            tokio::spawn(async move { machine.start(A, &[B]).await.map(|_| ()) })
        })
        .collect();
    for start in starts {
        start.await.unwrap().unwrap();
    }
    assert_eq!(machine.db.vault_settings("canary.").await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_not_a_wrong_key() {
    let machine = Machine::default();
    machine.db.is_down.store(true, Ordering::SeqCst);
    let error = machine.start(A, &[]).await.unwrap_err();
    assert!(matches!(error, VaultStartError::Store(_)), "{error}");
}

#[tokio::test]
async fn the_salt_is_made_once_and_a_damaged_one_is_refused() {
    let machine = Machine::default();
    let (db, random) = (&*machine.db, &*machine.random);
    let salt = passphrase_salt(db, random).await.unwrap();
    assert_ne!(salt, [0; 16]);
    assert_eq!(passphrase_salt(db, random).await.unwrap(), salt);

    let machine = Machine::default();
    let (db, random) = (&*machine.db, &*machine.random);
    db.init_vault_setting("passphrase_salt", vec![1; 15])
        .await
        .unwrap();
    let error = passphrase_salt(db, random).await.unwrap_err();
    assert!(matches!(error, VaultStartError::DamagedSalt), "{error}");
}
