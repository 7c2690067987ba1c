//! Rotation and its check.
use std::sync::{Arc, atomic::Ordering};

use crate::support::{A, B, C, Db, Machine, ring, token, token_of};
use tokio::sync::Barrier;
use uuid::Uuid;
use wabakit_ports::{system::IdSource, vault::Vault};
use wabakit_vault::{
    KeyRing, MAX_CHUNK, RotateError, RotationReport, UnwrapFailure, check, rotate,
};

async fn run(machine: &Machine, ring: &KeyRing, chunk: u8) -> Result<RotationReport, RotateError> {
    rotate(
        &*machine.db,
        ring,
        &*machine.clock,
        &*machine.random,
        chunk,
        |_| (),
    )
    .await
}

#[tokio::test]
async fn every_data_key_is_rewrapped_and_no_value_is_touched() {
    let machine = Machine::default();
    let sealed = machine.fill(A, 25).await;
    let before = machine.db.all().await;
    let later = machine.clock.advance(chrono::Duration::days(30));

    let mut steps = Vec::new();
    let done = rotate(
        &*machine.db,
        &ring(B, &[A]),
        &*machine.clock,
        &*machine.random,
        10,
        |now| steps.push(now.rewrapped),
    )
    .await
    .unwrap();
    assert_eq!(done.rewrapped, 25);
    assert_eq!(steps, [10, 20, 25]);

    for (was, is) in before.iter().zip(machine.db.all().await) {
        assert_eq!(
            (was.id, was.org, was.created_at),
            (is.id, is.org, is.created_at)
        );
        assert_eq!(is.ring_key_id, ring(B, &[]).primary_id());
        assert_eq!(is.wrapped_at, later);
    }
    machine.all_open((B, &[]), &sealed).await;
    assert_eq!(
        run(&machine, &ring(B, &[]), 10).await.unwrap(),
        RotationReport::default()
    );
}

#[tokio::test]
async fn no_transaction_rewraps_more_than_a_hundred_rows() {
    let machine = Machine::default();
    machine.fill(A, 230).await;
    run(&machine, &ring(B, &[A]), u8::MAX).await.unwrap();
    assert_eq!(
        machine.db.largest_rewrap.load(Ordering::SeqCst),
        usize::from(MAX_CHUNK)
    );
    assert_eq!(machine.db.rewraps.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_rotation_that_dies_in_the_middle_goes_on_when_run_again() {
    for dies_at in 1..=5 {
        let machine = Machine::default();
        let sealed = machine.fill(A, 25).await;
        machine.db.dies_at_rewrap.store(dies_at, Ordering::SeqCst);
        let error = run(&machine, &ring(B, &[A]), 5).await.unwrap_err();
        assert!(matches!(error, RotateError::Store(_)), "{error}");

        machine.all_open((B, &[A]), &sealed).await;
        machine.all_open((A, &[B]), &sealed).await;
        let report = check(&*machine.db, &ring(B, &[A])).await.unwrap();
        assert!(report.is_sound() && !report.is_rotated());

        let rest = run(&machine, &ring(B, &[A]), 5).await.unwrap();
        assert_eq!(rest.rewrapped, 25 - 5 * (dies_at - 1));
        machine.all_open((B, &[]), &sealed).await;
    }
}

#[tokio::test]
async fn two_rotations_at_once_rewrap_each_row_once() {
    let machine = Machine::with(Db {
        meet_at_rewrap: Some(Barrier::new(2)),
        ..Db::default()
    });
    let sealed = machine.fill(A, 30).await;
    let ring = ring(B, &[A]);
    let (one, two) = tokio::join!(run(&machine, &ring, 30), run(&machine, &ring, 30));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one.rewrapped + two.rewrapped, 30);
    assert!(one.unreadable.is_empty() && two.unreadable.is_empty());
    machine.all_open((B, &[]), &sealed).await;
}

#[tokio::test]
async fn two_rotations_to_different_keys_lose_nothing() {
    let machine = Machine::default();
    let sealed = machine.fill(A, 30).await;
    let (to_b, to_c) = (ring(B, &[A, C]), ring(C, &[A, B]));
    let (one, two) = tokio::join!(run(&machine, &to_b, 3), run(&machine, &to_c, 4));
    one.unwrap();
    two.unwrap();
    machine.all_open((B, &[C]), &sealed).await;
}

#[tokio::test]
async fn a_server_beside_a_rotation_goes_on_and_its_new_keys_are_found() {
    let machine = Machine::default();
    let mut sealed = machine.fill(A, 10).await;
    // A replica that still writes with the former key, and already reads the new one.
    let server = machine.start(A, &[B]).await.unwrap();
    let ring = ring(B, &[A]);
    let (done, late) = tokio::join!(run(&machine, &ring, 5), async {
        for (binding, value) in &sealed {
            server.open(*binding, value).await.unwrap();
        }
        server.seal(token_of(99), &token(99)).await.unwrap()
    });
    assert_eq!(done.unwrap().rewrapped, 11);
    sealed.push((token_of(99), late));
    machine.all_open((B, &[]), &sealed).await;
}

/// Ids that sort before all others, like the ids of a replica whose clock is behind.
struct EarlyIds;

impl IdSource for EarlyIds {
    fn next(&self) -> Uuid {
        Uuid::from_u128(1)
    }
}

#[tokio::test]
async fn a_key_made_where_the_rotation_has_passed_already_is_found_too() {
    let mut machine = Machine::default();
    machine.fill(A, 10).await;
    machine.ids = Arc::new(EarlyIds);
    let behind = machine.start(A, &[B]).await.unwrap();
    let (ring, secret) = (ring(B, &[A]), token(99));
    let (done, late) = tokio::join!(run(&machine, &ring, 5), behind.seal(token_of(99), &secret));
    assert_eq!(done.unwrap().rewrapped, 11);
    machine
        .all_open((B, &[]), &[(token_of(99), late.unwrap())])
        .await;
}

#[tokio::test]
async fn a_row_that_does_not_open_is_reported_left_and_stops_nobody() {
    let machine = Machine::default();
    let sealed = machine.fill(A, 7).await;
    let mut damaged = machine.db.all().await.remove(3);
    damaged.wrapped[30] ^= 4;
    machine.db.overwrite(damaged.clone()).await;
    let mut empty = machine.db.all().await.remove(4);
    empty.wrapped.clear();
    machine.db.overwrite(empty.clone()).await;

    let ring = ring(B, &[A]);
    let done = run(&machine, &ring, 2).await.unwrap();
    assert_eq!(done.rewrapped, 5);
    let left: Vec<_> = done
        .unreadable
        .iter()
        .map(|row| (row.id, row.why))
        .collect();
    assert_eq!(
        left,
        [
            (damaged.id, UnwrapFailure::DoesNotOpen),
            (empty.id, UnwrapFailure::DoesNotOpen)
        ]
    );
    assert_eq!(machine.db.all().await[3], damaged);

    let report = check(&*machine.db, &ring).await.unwrap();
    assert_eq!(report.unreadable, done.unreadable);
    assert!(!report.is_sound() && !report.is_rotated());

    let vault = machine.start(B, &[A]).await.unwrap();
    for (nth, (binding, value)) in sealed.iter().enumerate() {
        assert_eq!(
            vault.open(*binding, value).await.is_ok(),
            ![3, 4].contains(&nth)
        );
    }
}

#[tokio::test]
async fn the_check_counts_by_ring_key_and_names_what_is_not_configured() {
    let machine = Machine::default();
    machine.fill(A, 4).await;
    run(&machine, &ring(B, &[A]), 100).await.unwrap();
    let server = machine.start(A, &[B]).await.unwrap();
    server.seal(token_of(50), &token(50)).await.unwrap();

    let of = |report: &wabakit_vault::CheckReport, key: &str| {
        let id = ring(key, &[]).primary_id().to_owned();
        let found = report.ring_keys.iter().find(|k| k.ring_key_id == id);
        found.map(|k| (k.data_keys, k.is_configured, k.is_primary))
    };
    let report = check(&*machine.db, &ring(B, &[A, C])).await.unwrap();
    assert_eq!(of(&report, A), Some((1, true, false)));
    assert_eq!(of(&report, B), Some((4, true, true)));
    assert_eq!(of(&report, C), Some((0, true, false)));
    assert!(report.is_sound() && !report.is_rotated());

    let report = check(&*machine.db, &ring(B, &[])).await.unwrap();
    assert_eq!(of(&report, A), Some((1, false, false)));
    assert_eq!(report.unreadable.len(), 1);
    assert_eq!(report.unreadable[0].why, UnwrapFailure::UnknownRingKey);

    run(&machine, &ring(B, &[A]), 100).await.unwrap();
    assert!(
        check(&*machine.db, &ring(B, &[]))
            .await
            .unwrap()
            .is_rotated()
    );
}
