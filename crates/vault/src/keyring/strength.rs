//! Keys that somebody typed to get past the check. This catches the careless, not the cunning.

use std::collections::HashSet;

use zeroize::Zeroizing;

use super::Weakness;

const DISTINCT: usize = 8;

/// As they look without case and punctuation.
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

pub(super) fn check_bytes(bytes: &[u8]) -> Result<(), Weakness> {
    let units: Zeroizing<Vec<u32>> = Zeroizing::new(bytes.iter().copied().map(u32::from).collect());
    check_units(&units)?;
    std::str::from_utf8(bytes).map_or(Ok(()), check_words)
}

pub(super) fn check_passphrase(text: &str) -> Result<(), Weakness> {
    let units: Zeroizing<Vec<u32>> = Zeroizing::new(text.chars().map(u32::from).collect());
    check_units(&units)?;
    check_words(text)
}

fn check_units(units: &[u32]) -> Result<(), Weakness> {
    match units.iter().collect::<HashSet<_>>().len() {
        0 | 1 => Err(Weakness::OneByte),
        distinct if distinct < DISTINCT => Err(Weakness::FewDistinct),
        _ if repeats(units) || runs(units) => Err(Weakness::Pattern),
        _ => Ok(()),
    }
}

/// Whether it is one shorter piece over and over, the last perhaps cut off.
fn repeats(units: &[u32]) -> bool {
    (1..=units.len() / 2).any(|period| {
        units
            .iter()
            .zip(units.iter().skip(period))
            .all(|(a, b)| a == b)
    })
}

/// Whether three quarters of the neighbours are next to each other, as in a counted or alphabetic row.
fn runs(units: &[u32]) -> bool {
    let pairs = units.iter().zip(units.iter().skip(1));
    let near = pairs.filter(|(a, b)| a.abs_diff(**b) <= 1).count();
    near * 4 >= (units.len() - 1) * 3
}

fn check_words(text: &str) -> Result<(), Weakness> {
    let plain: Zeroizing<String> = Zeroizing::new(
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .map(|c| c.to_ascii_lowercase())
            .collect(),
    );
    if PLACEHOLDERS.iter().any(|word| plain.contains(word)) {
        return Err(Weakness::Placeholder);
    }
    Ok(())
}
