//! Passwords that are easy to guess.

/// Common words. A password of these words alone is refused, however often they repeat and whatever digits and signs
/// stand around them.
const WORDS: [&str; 40] = [
    "password",
    "passwort",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "motdepasse",
    "contraseña",
    "senha",
    "pass",
    "welcome",
    "willkommen",
    "letmein",
    "letmeinplease",
    "changeme",
    "default",
    "secret",
    "master",
    "admin",
    "administrator",
    "root",
    "user",
    "login",
    "test",
    "testing",
    "demo",
    "qwerty",
    "qwertz",
    "azerty",
    "qazwsx",
    "qazwsxedc",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "dragon",
    "monkey",
    "wabakit",
    "whatsapp",
];

/// Rows of keys, and the digits.
const ROWS: [&str; 7] = [
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "1234567890",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
];

/// The number of characters of a password that may break a row or a repetition before it no longer counts as one.
const STRAYS: usize = 2;

/// Tells whether a password is easy to guess: blank, a repeated unit, a row of keys or letters, or common words with
/// digits and signs. It ignores case and white space.
pub(super) fn is_common(password: &str) -> bool {
    let text: Vec<char> = password
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    text.len() < 6 || is_repeated(&text) || is_row(&text) || is_made_of_words(&text)
}

/// Tells whether a unit of at most a third of the text repeats throughout. The last repetition may be cut off.
fn is_repeated(text: &[char]) -> bool {
    (1..=text.len() / 3).any(|unit| {
        let mut pairs = text.iter().zip(text.iter().skip(unit));
        pairs.all(|(one, next)| one == next)
    })
}

fn is_row(text: &[char]) -> bool {
    let steps = text.iter().zip(text.iter().skip(1));
    let strays = steps.filter(|(one, next)| !is_step(**one, **next)).count();
    strays <= STRAYS
}

/// Tells whether `next` repeats `one`, or is beside it in the alphabet or in a row of keys.
fn is_step(one: char, next: char) -> bool {
    let (code, after) = (u32::from(one), u32::from(next));
    code.abs_diff(after) <= 1
        || ROWS.iter().any(|row| {
            let mut keys = row.chars().zip(row.chars().skip(1));
            keys.any(|pair| pair == (one, next) || pair == (next, one))
        })
        || matches!((one, next), ('0', '1') | ('9', '0') | ('0', '9'))
}

/// Tells whether too little remains after common words, digits and signs are removed.
fn is_made_of_words(text: &[char]) -> bool {
    let text: String = text.iter().collect();
    let mut left = text.clone();
    let mut words = WORDS;
    words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    for word in words {
        left = left.replace(word, "");
    }
    let letters = left.chars().filter(|c| c.is_alphabetic()).count();
    left != text && letters <= STRAYS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_passwords_are_found_in_any_case_and_spacing() {
        for password in [
            "passwordpassword",
            "PasswordPassword",
            "123456789012",
            "            ",
            "a           ",
            "aaaaaaaaaaaa",
            "abababababab",
            "abcabcabcabca",
            "qwertyuiop12",
            "QWERTYuiop[]",
            "abcdefghijkl",
            "zyxwvutsrqpo",
            "Password1234!",
            "p@ssw0rd2026",
            "admin1234567",
            "welcome12345",
            "Whatsapp2026!",
            "1qaz2wsx3edc",
            "0987654321098",
            "letmeinplease",
            "i love you 2026 !",
            "12 34 56 78 90 12",
            "passwordadmin1",
        ] {
            assert!(is_common(password), "{password:?} is taken");
        }
    }

    #[test]
    fn passwords_that_are_hard_to_guess_are_not_common() {
        for password in [
            "correct horse battery staple",
            "another long password",
            "a password of the attacker",
            "a wrong password",
            "Xylophone-canary-41-password",
            "sandbox-owner-password",
            "their own again",
            "kT9#vw2Lq!xz",
            "9f86d081884c7d65",
            "Straßenbahn über Wien",
            "柔らかい雨が降る夜に歩く道",
            "1a2b3c9z8y7x",
        ] {
            assert!(!is_common(password), "{password:?} is refused");
        }
    }
}
