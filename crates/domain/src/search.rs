//! Search: brings names and numbers, and what people type for them, to one form.

use crate::phone;

/// Returns the text in small letters, without marks on letters, and with plain spaces: `ZÉ` and `zé` become `ze`.
pub fn folded(text: &str) -> String {
    use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
    let bare = text.nfkd().filter(|letter| !is_combining_mark(*letter));
    let small = bare.flat_map(char::to_lowercase).flat_map(plain);
    let words: String = small.collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Letters that have no decomposition, as people type them who do not have the key.
fn plain(letter: char) -> impl Iterator<Item = char> {
    let (first, second) = match letter {
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'ø' => ('o', None),
        'đ' | 'ð' => ('d', None),
        'ł' => ('l', None),
        'ı' => ('i', None),
        'þ' => ('t', Some('h')),
        other => (other, None),
    };
    [Some(first), second].into_iter().flatten()
}

/// Returns all spellings of a stored number in digits: with and without the digit that some countries write before
/// mobile numbers.
pub fn spellings(number: &str) -> Vec<String> {
    let short = phone::canonical(number);
    let (country, added) = match short.as_bytes() {
        [b'5', b'5', _, _, rest @ ..] if rest.len() == 8 => (4, Some('9')),
        [b'5', b'2', rest @ ..] if rest.len() == 10 => (2, Some('1')),
        [b'5', b'4', rest @ ..] if rest.len() == 10 => (2, Some('9')),
        _ => (0, None),
    };
    let mut all = vec![short.clone()];
    if let (Some(added), Some((head, tail))) = (added, short.split_at_checked(country)) {
        all.push(format!("{head}{added}{tail}"));
    }
    all
}

/// Returns the digits of a text that can only be a number, in any of the forms in which people write one: with `+` or
/// `00`, blanks, dashes, dots, slashes and brackets, or in the national form with leading zeros. `None` for any other
/// text.
pub fn digits(text: &str) -> Option<String> {
    use unicode_normalization::UnicodeNormalization as _;
    // "+44 (0)20 …": the zero is for callers at home.
    let plain: String = text.nfkd().collect::<String>().replace("(0)", "");
    let is_sign = |letter: char| {
        letter.is_whitespace() || "+-./()[]\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2212}\u{200b}\u{200e}\u{202a}\u{202c}".contains(letter)
    };
    let mut digits = String::new();
    for letter in plain.chars() {
        match letter.to_digit(10) {
            Some(_) => digits.push(letter),
            None if is_sign(letter) => {}
            None => return None,
        }
    }
    let bare = digits.trim_start_matches('0');
    (!bare.is_empty()).then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{digits, folded, spellings};

    #[test]
    fn letters_are_found_with_and_without_their_marks() {
        for (one, other) in [
            ("Zé Busca", "ZE BUSCA"),
            ("Łukasz Żółć", "lukasz zolc"),
            ("Straße", "STRASSE"),
            ("Nguyễn", "nguyen"),
            ("ﬁn", "Fin"),
            ("Søren\u{a0}Å", "soren a"),
            ("İstanbul", "istanbul"),
        ] {
            assert_eq!(folded(one), folded(other), "{one}");
        }
    }

    #[test]
    fn a_number_is_found_in_every_spelling() {
        for (stored, typed) in [
            ("5511900000001", "+55 11 90000-0001"),
            ("5511900000001", "(011) 90000-0001"),
            ("5511900000001", "0055 11 0000 0001"),
            ("551100000001", "+55 (11) 9 0000-0001"),
            ("5215512345678", "+52 55 1234 5678"),
            ("525512345678", "52 1 55 1234 5678"),
            ("5491112345678", "54 11 1234-5678"),
            ("442071234567", "+44 (0)20 7123 4567"),
            ("4915112345678", "0151/12345678"),
            ("15550100001", "555.010.0001"),
            ("15550100001", "\u{ff15}55 010\u{2011}0001"),
        ] {
            let typed = digits(typed).unwrap();
            let found = spellings(stored);
            assert!(
                found.iter().any(|one| one.contains(&typed)),
                "{stored}: {typed}"
            );
        }
    }

    #[test]
    fn a_text_with_letters_is_no_number() {
        for text in ["ana 55", "a1", "", "+", "0", "1e5", "5%"] {
            assert_eq!(digits(text), None, "{text}");
        }
    }
}
