//! No type shows key material or plaintext.
use crate::support::{A, B, Machine, SALT, ring, token, token_of};
use secrecy::SecretString;
use wabakit_domain::secret::SealedSecret;
use wabakit_ports::vault::Vault;
use wabakit_vault::{KeyRing, check};

/// Any part of key A in a form that Debug could show: hex, base64, or a list of numbers.
const OF_A: [&str; 4] = ["a9caa384", "qcqjhCHS", "169, 202, 163", "a9, ca, a3"];

#[tokio::test]
async fn debug_of_every_type_shows_no_key_and_no_plaintext() {
    let machine = Machine::default();
    let vault = machine.start(A, &[B]).await.unwrap();
    let sealed = vault.seal(token_of(1), &token(1)).await.unwrap();
    let weak = KeyRing::parse(&SecretString::from("EAAG-hunter2"), &[], &SALT).unwrap_err();
    let garbage = vault
        .open(token_of(1), &SealedSecret::new(vec![1; 60]))
        .await;
    let refused = machine.start(B, &[]).await.unwrap_err();
    let shown = [
        format!("{vault:?} {vault:#?}"),
        format!("{:?} {:#?}", ring(A, &[B]), ring(A, &[B])),
        format!("{sealed:?}"),
        format!("{weak} {weak:?} {:?}", weak.weakness),
        format!("{:?}", garbage.unwrap_err()),
        format!("{refused} {refused:?}"),
        format!("{:?}", check(&*machine.db, &ring(A, &[B])).await.unwrap()),
    ]
    .join("\n");
    assert!(
        shown.contains(ring(A, &[]).primary_id()),
        "the ids are shown"
    );
    for secret in OF_A.into_iter().chain(["EAAG-", "hunter2"]) {
        assert!(!shown.contains(secret), "{secret} is in:\n{shown}");
    }
}
