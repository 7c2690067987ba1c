//! Refuses keys that somebody typed only to pass the check. It catches careless keys, not clever ones.

use std::collections::HashSet;

use zeroize::Zeroizing;

use super::KeyWeakness;

const DISTINCT: usize = 8;

/// Placeholders, without case and punctuation.
const PLACEHOLDERS: [&str; 13] = [
    "changeme",
    "changethis",
    "replaceme",
    "replacethis",
    "encryptionkey",
    "secretkey",
    "supersecret",
    "thisisasecret",
    "defaultkey",
    "insertkey",
    "putyour",
    "yourkey",
    "loremipsum",
];

pub(super) fn check_bytes(bytes: &[u8]) -> Result<(), KeyWeakness> {
    let units: Zeroizing<Vec<u32>> = Zeroizing::new(bytes.iter().copied().map(u32::from).collect());
    check_units(&units)?;
    std::str::from_utf8(bytes).map_or(Ok(()), check_words)
}

pub(super) fn check_passphrase(text: &str) -> Result<(), KeyWeakness> {
    let units: Zeroizing<Vec<u32>> = Zeroizing::new(text.chars().map(u32::from).collect());
    check_units(&units)?;
    check_words(text)
}

fn check_units(units: &[u32]) -> Result<(), KeyWeakness> {
    match units.iter().collect::<HashSet<_>>().len() {
        0 | 1 => Err(KeyWeakness::OneByte),
        distinct if distinct < DISTINCT => Err(KeyWeakness::FewDistinct),
        _ if repeats(units) || runs(units) => Err(KeyWeakness::Pattern),
        _ => Ok(()),
    }
}

/// Tells whether the text repeats a shorter piece; the last repetition may be cut off.
fn repeats(units: &[u32]) -> bool {
    (1..=units.len() / 2).any(|period| {
        units
            .iter()
            .zip(units.iter().skip(period))
            .all(|(a, b)| a == b)
    })
}

/// Tells whether three quarters of the neighbours differ by one, as in a counted or alphabetic row.
fn runs(units: &[u32]) -> bool {
    let pairs = units.iter().zip(units.iter().skip(1));
    let near = pairs.filter(|(a, b)| a.abs_diff(**b) <= 1).count();
    near * 4 >= (units.len() - 1) * 3
}

fn check_words(text: &str) -> Result<(), KeyWeakness> {
    let plain: Zeroizing<String> = Zeroizing::new(
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .map(|c| c.to_ascii_lowercase())
            .collect(),
    );
    if PLACEHOLDERS.iter().any(|word| plain.contains(word)) {
        return Err(KeyWeakness::Placeholder);
    }
    Ok(())
}
