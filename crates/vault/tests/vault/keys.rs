//! The forms of `ENCRYPTION_KEY`, and what is refused.
use crate::support::{A, B, SALT, ring};
use secrecy::SecretString;
use wabakit_vault::{KeyError, KeyPlace, KeyRing, KeyWeakness};

const BYTES: &str = "a9caa38421d2b00d858485b59a73ea57036c738c3e565a522e84b35d7381d41c";
const PHRASE: &str = "nine purple otters juggle quietly at dawn";

fn refusal(key: &str) -> KeyError {
    KeyRing::parse(&SecretString::from(key), &[], &SALT).unwrap_err()
}

fn id(key: &str) -> String {
    ring(key, &[]).primary_id().to_owned()
}

#[test]
fn the_same_32_bytes_are_the_same_key_in_every_form() {
    let same = [
        format!("hex:{BYTES}"),
        format!("hex:{}", BYTES.to_uppercase()),
        format!("HEX:{BYTES}"),
        "base64:qcqjhCHSsA2FhIW1mnPqVwNsc4w+VlpSLoSzXXOB1Bw".to_owned(),
        "base64:qcqjhCHSsA2FhIW1mnPqVwNsc4w-VlpSLoSzXXOB1Bw=".to_owned(),
        format!("  {A}\n"),
    ];
    for form in same {
        assert_eq!(id(&form), id(A), "{form}");
    }
    assert_ne!(id(A), id(B));
}

#[test]
fn a_ring_key_id_is_the_head_of_an_hmac_under_the_key() {
    // printf 'wabakit ring key id' | openssl dgst -sha256 -mac HMAC -macopt hexkey:…
    assert_eq!(id(A), "a6beb828628666a1");
}

#[test]
fn a_passphrase_depends_on_the_salt_and_is_stable() {
    let of = |salt: &[u8; 16]| {
        let ring = KeyRing::parse(&SecretString::from(PHRASE), &[], salt).unwrap();
        ring.primary_id().to_owned()
    };
    assert_eq!(of(&SALT), of(&SALT));
    assert_ne!(of(&SALT), of(&[9; 16]));
}

#[test]
fn the_primary_comes_first_and_a_key_given_twice_counts_once() {
    let keys = ring(A, &[B, A, B]);
    assert_eq!(keys.ids().collect::<Vec<_>>(), [id(A), id(B)]);
    assert_eq!(keys.primary_id(), id(A));
}

#[test]
fn each_weak_key_is_refused_for_its_own_reason() {
    let sequence: String = (0..32).map(|byte| format!("{byte:02x}")).collect();
    let cases = [
        ("", KeyWeakness::TooShort(0)),
        ("short", KeyWeakness::TooShort(5)),
        ("thirty-one characters, not more", KeyWeakness::TooShort(31)),
        ("ééééééééééééééééééééééééééééééé", KeyWeakness::TooShort(31)),
        ("base64:", KeyWeakness::WrongLength(0)),
        ("base64:not base64!", KeyWeakness::NotBase64),
        (
            "base64:qcqjhCHSsA2FhIW1mnPqVw==",
            KeyWeakness::WrongLength(16),
        ),
        ("hex:zz", KeyWeakness::NotHex),
        ("hex:abc", KeyWeakness::NotHex),
        (&format!("hex:{BYTES}00"), KeyWeakness::WrongLength(33)),
        (&format!("hex:{}", "00".repeat(32)), KeyWeakness::OneByte),
        (&format!("hex:{}", "ff".repeat(32)), KeyWeakness::OneByte),
        (
            &format!("hex:{}", "0102".repeat(16)),
            KeyWeakness::FewDistinct,
        ),
        (
            &format!("hex:{}", "0123456789abcdef".repeat(4)),
            KeyWeakness::Pattern,
        ),
        (&format!("hex:{sequence}"), KeyWeakness::Pattern),
        (
            "base64:Y2hhbmdlbWUtY2hhbmdlLW1lLXBsZWFzZS0xMjM0NTY=",
            KeyWeakness::Placeholder,
        ),
        (&"x".repeat(40), KeyWeakness::OneByte),
        (&"abc".repeat(12), KeyWeakness::FewDistinct),
        (&"password1".repeat(4), KeyWeakness::Pattern),
        ("abcdefghijklmnopqrstuvwxyz0123456789", KeyWeakness::Pattern),
        (
            "please-ChangeMe-before-production-2026",
            KeyWeakness::Placeholder,
        ),
        (
            "your_encryption_key_here_32_characters",
            KeyWeakness::Placeholder,
        ),
    ];
    for (key, weakness) in cases {
        assert_eq!(refusal(key).weakness, weakness, "{key}");
    }
}

#[test]
fn a_refusal_names_the_place_the_reason_and_the_remedy_but_not_the_key() {
    assert_eq!(
        refusal("hunter2-secret").to_string(),
        "ENCRYPTION_KEY is a passphrase of 14 characters and must have at least 32; \
         make one with: echo \"base64:$(openssl rand -base64 32)\""
    );
    let former = [SecretString::from(A), SecretString::from("hunter2-secret")];
    let error = KeyRing::parse(&SecretString::from(B), &former, &SALT).unwrap_err();
    assert_eq!(error.place, KeyPlace::Ring(2));
    assert!(
        error
            .to_string()
            .starts_with("Key 2 of ENCRYPTION_KEY_RING is")
    );
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[test]
fn good_keys_are_not_taken_for_weak_ones() {
    for key in [A, B, PHRASE, "Ελλάς, café & 7 naïve jalapeños on a boat"] {
        assert_eq!(ring(key, &[]).ids().count(), 1, "{key}");
    }
}
