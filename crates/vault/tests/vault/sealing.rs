//! Sealed values: which open, which do not, and that no input panics.
use std::{
    collections::HashSet,
    sync::{Arc, atomic::Ordering},
};

use crate::support::{A, B, Db, Machine, ring, token, token_of};
use proptest::prelude::*;
use secrecy::{ExposeSecret, SecretString};
use tokio::{runtime::Runtime, sync::Barrier};
use uuid::Uuid;
use wabakit_domain::{
    ids::{DataKeyId, GrantId, MetaAppId, OrgId},
    secret::{Purpose, SealedSecret, SecretBinding},
};
use wabakit_ports::{
    store::{DataKeyRow, DataKeyStore},
    system::Clock,
    vault::{Vault, VaultError},
};
use wabakit_vault::{EnvelopeVault, rotate};

/// Makes a vault and a runtime that all cases of a property share.
fn vault() -> (Runtime, EnvelopeVault) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let vault = runtime.block_on(Machine::default().start(A, &[])).unwrap();
    (runtime, vault)
}

fn purposes() -> impl Strategy<Value = Purpose> {
    prop::sample::select(vec![
        Purpose::AccessToken,
        Purpose::RegistrationPin,
        Purpose::AuthorizationCode,
        Purpose::AppSecret,
        Purpose::VerifyToken,
    ])
}

fn bindings() -> impl Strategy<Value = SecretBinding> {
    (0..4u128, 0..4u128, purposes()).prop_map(|(org, subject, purpose)| SecretBinding {
        org: OrgId(Uuid::from_u128(org)),
        subject: Uuid::from_u128(subject),
        purpose,
    })
}

fn does_not_open(result: &Result<SecretString, VaultError>) -> bool {
    matches!(result, Err(VaultError::CannotOpen))
}

#[test]
fn any_text_comes_back_as_it_was() {
    let (runtime, vault) = vault();
    proptest!(|(text in any::<String>(), binding in bindings())| {
        let opened = runtime.block_on(async {
            let sealed = vault.seal(binding, &text.clone().into()).await?;
            vault.open(binding, &sealed).await
        });
        let opened = opened.unwrap();
        prop_assert_eq!(opened.expose_secret(), text);
    });
}

#[test]
fn a_value_with_any_bit_flipped_does_not_open() {
    let (runtime, vault) = vault();
    proptest!(|(text in any::<String>(), at in any::<prop::sample::Index>())| {
        let sealed = runtime.block_on(vault.seal(token_of(1), &text.into())).unwrap();
        let mut bytes = sealed.into_bytes();
        let bit = at.index(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        let result = runtime.block_on(vault.open(token_of(1), &SealedSecret::new(bytes)));
        prop_assert!(does_not_open(&result));
    });
}

#[tokio::test]
async fn each_single_bit_of_a_value_counts() {
    let vault = Machine::default().start(A, &[]).await.unwrap();
    let sealed = vault.seal(token_of(1), &token(1)).await.unwrap();
    for bit in 0..sealed.as_bytes().len() * 8 {
        let mut bytes = sealed.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let result = vault.open(token_of(1), &SealedSecret::new(bytes)).await;
        assert!(does_not_open(&result), "bit {bit}: {result:?}");
    }
    assert!(vault.open(token_of(1), &sealed).await.is_ok());
}

#[test]
fn a_value_moved_to_another_org_subject_or_purpose_does_not_open() {
    let (runtime, vault) = vault();
    proptest!(|(at in bindings(), to in bindings())| {
        prop_assume!(at != to);
        let result = runtime.block_on(async {
            // The other organisation has a key of its own, as in real use.
            vault.seal(to, &token(2)).await?;
            let sealed = vault.seal(at, &token(1)).await?;
            vault.open(to, &sealed).await
        });
        prop_assert!(does_not_open(&result));
    });
}

#[tokio::test]
async fn a_value_moved_in_one_respect_only_does_not_open() {
    let vault = Machine::default().start(A, &[]).await.unwrap();
    let (org, other) = (OrgId(Uuid::from_u128(1)), OrgId(Uuid::from_u128(2)));
    let (one, two) = (GrantId(Uuid::from_u128(1)), GrantId(Uuid::from_u128(2)));
    let home = SecretBinding::grant(org, one, Purpose::AccessToken);
    let sealed = vault.seal(home, &token(1)).await.unwrap();
    for moved in [
        SecretBinding::grant(other, one, Purpose::AccessToken),
        SecretBinding::grant(org, two, Purpose::AccessToken),
        SecretBinding::grant(org, one, Purpose::RegistrationPin),
        SecretBinding::meta_app(org, MetaAppId(one.0), Purpose::AppSecret),
        SecretBinding::grant(OrgId::PLATFORM, one, Purpose::AccessToken),
    ] {
        assert!(
            does_not_open(&vault.open(moved, &sealed).await),
            "{moved:?}"
        );
    }
}

#[test]
fn cut_values_and_random_bytes_do_not_open_and_never_panic() {
    let (runtime, vault) = vault();
    let sealed = runtime
        .block_on(vault.seal(token_of(1), &token(1)))
        .unwrap();
    let open = |bytes| runtime.block_on(vault.open(token_of(1), &SealedSecret::new(bytes)));
    for length in 0..sealed.as_bytes().len() {
        assert!(
            does_not_open(&open(sealed.as_bytes()[..length].to_vec())),
            "{length}"
        );
    }
    proptest!(|(noise in any::<Vec<u8>>())| {
        prop_assert!(does_not_open(&open(noise.clone())));
        // Changes behind a valid header do not open either.
        let header = &sealed.as_bytes()[..17];
        prop_assert!(does_not_open(&open([header, noise.as_slice()].concat())));
        prop_assert!(does_not_open(&open([sealed.as_bytes(), noise.as_slice(), &[0]].concat())));
    });
}

#[tokio::test]
async fn the_same_text_is_sealed_differently_each_time() {
    let vault = Machine::default().start(A, &[]).await.unwrap();
    let mut seen = HashSet::new();
    for _ in 0..50 {
        let sealed = vault.seal(token_of(1), &token(1)).await.unwrap();
        assert!(!sealed.as_bytes().windows(5).any(|part| part == b"EAAG-"));
        assert!(seen.insert(sealed.into_bytes()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_first_uses_of_an_org_at_once_make_one_data_key() {
    let machine = Machine::with(Db {
        meet_at_first_use: Some(Barrier::new(20)),
        ..Db::default()
    });
    let mut vaults = Vec::new();
    for _ in 0..4 {
        vaults.push(Arc::new(machine.start(A, &[]).await.unwrap()));
    }
    let sealing: Vec<_> = (0..20)
        .map(|nth| {
            let vault = Arc::clone(&vaults[nth % 4]);
            tokio::spawn(async move { vault.seal(token_of(1), &token(1)).await.unwrap() })
        })
        .collect();
    let mut sealed = Vec::new();
    for task in sealing {
        sealed.push((token_of(1), task.await.unwrap()));
    }
    assert_eq!(machine.db.all().await.len(), 1);
    machine.all_open((A, &[]), &sealed).await;
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_not_a_value_that_does_not_open() {
    let machine = Machine::default();
    let sealed = machine.fill(A, 1).await;
    let vault = machine.start(A, &[]).await.unwrap();
    machine.db.is_down.store(true, Ordering::SeqCst);
    let (binding, value) = &sealed[0];
    let opened = vault.open(*binding, value).await;
    assert!(matches!(opened, Err(VaultError::Store(_))), "{opened:?}");
    let sealed = vault.seal(*binding, &token(1)).await;
    assert!(matches!(sealed, Err(VaultError::Store(_))), "{sealed:?}");

    machine.db.is_down.store(false, Ordering::SeqCst);
    assert!(vault.open(*binding, value).await.is_ok());
}

#[tokio::test]
async fn a_ring_key_missing_here_is_not_a_value_that_does_not_open() {
    let machine = Machine::default();
    let sealed = machine.fill(A, 1).await;
    let behind = machine.start(A, &[]).await.unwrap();
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
    let (binding, value) = &sealed[0];
    let opened = behind.open(*binding, value).await;
    assert!(matches!(opened, Err(VaultError::UnknownKey)), "{opened:?}");
}

#[tokio::test]
async fn a_data_key_moved_to_another_org_does_not_open_what_it_sealed() {
    let machine = Machine::default();
    let sealed = machine.fill(A, 2).await;
    let rows = machine.db.all().await;
    let mut moved = rows[1].clone();
    moved.wrapped = rows[0].wrapped.clone();
    machine.db.overwrite(moved).await;

    let vault = machine.start(A, &[]).await.unwrap();
    assert!(vault.open(sealed[0].0, &sealed[0].1).await.is_ok());
    assert!(does_not_open(&vault.open(sealed[1].0, &sealed[1].1).await));
    let again = vault.seal(sealed[1].0, &token(2)).await;
    assert!(matches!(again, Err(VaultError::CannotOpen)), "{again:?}");
}

/// A change of the format without a new version number breaks this test, and would break every stored token.
#[tokio::test]
async fn what_version_1_sealed_opens_forever() {
    const WRAPPED: &str = "01a53c36d76cec99e0758527124e1826c2b896dd3cd9b7ad10fc5a506ad6d5ca333f6c6f1565599ed4\
                           bda283fded35008bc489013bd5bd57ada23e5d71";
    const SEALED: &str = "01019b76daa80070008000000000000001a83d7e35de181749966761746e81335fa8b623962cf25e2e\
                          6a234af019069cf37832d2fa51a889ef6152f5";
    let machine = Machine::default();
    let row = DataKeyRow {
        id: DataKeyId("019b76da-a800-7000-8000-000000000001".parse().unwrap()),
        org: token_of(1).org,
        ring_key_id: "a6beb828628666a1".to_owned(),
        wrapped: hex::decode(WRAPPED).unwrap(),
        created_at: machine.clock.now(),
        wrapped_at: machine.clock.now(),
    };
    machine.db.rows.insert_data_key(row).await.unwrap();
    let vault = machine.start(A, &[]).await.unwrap();
    let sealed = SealedSecret::new(hex::decode(SEALED).unwrap());
    let opened = vault.open(token_of(1), &sealed).await.unwrap();
    assert_eq!(opened.expose_secret(), "EAAG-token-of-1");
}
