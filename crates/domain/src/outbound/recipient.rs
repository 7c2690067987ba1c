//! The recipients of messages.

use crate::{
    ids::{GroupId, ScopedUserId},
    inbound::Party,
    phone,
};

/// The recipient of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Recipient {
    /// A phone number: digits with the country code, without `+`. It is sent with `+`, because Meta puts the sender's
    /// own country code before a number that has none.
    Phone(String),
    /// A person by the business-scoped id, when the phone is not known.
    User(ScopedUserId),
    /// A group.
    Group(GroupId),
}

impl Recipient {
    /// Reads a phone number as people write it: digits, `+`, `-`, brackets, dots and spaces. One without `+` is taken
    /// to begin with the country code. A text that cannot be a number is kept, and validation refuses it.
    pub fn phone(number: &str) -> Self {
        Self::Phone(read(number).unwrap_or_else(|| number.to_owned()))
    }

    /// Returns the person, with the phone in canonical form. Empty for a group.
    pub fn party(&self) -> Party {
        match self {
            Self::Phone(number) => Party {
                phone: Some(phone::canonical(number)),
                ..Party::default()
            },
            Self::User(id) => Party {
                user_id: Some(id.clone()),
                ..Party::default()
            },
            Self::Group(_) => Party::default(),
        }
    }
}

/// Reads the digits of an international number of 7 to 15 digits (E.164). No country code begins with 0.
pub(super) fn read(number: &str) -> Option<String> {
    let number = number.trim();
    let number = number.strip_prefix('+').unwrap_or(number);
    let is_digit = |c: &char| c.is_ascii_digit();
    let is_number =
        (number.chars()).all(|c| is_digit(&c) || matches!(c, ' ' | '-' | '(' | ')' | '.'));
    let digits: String = number.chars().filter(is_digit).collect();
    (is_number && (7..=15).contains(&digits.len()) && !digits.starts_with('0')).then_some(digits)
}

/// Tells whether a text is a business-scoped user id as Meta makes them: `CC.` or `CC.ENT.` and up to 128 letters and
/// digits.
pub(super) fn is_scoped_id(text: &str) -> bool {
    let is_alphanumeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let Some((country, rest)) = text.split_once('.') else {
        return false;
    };
    let own = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=128).contains(&own.len())
        && is_alphanumeric(own)
}

/// Tells whether a text has about the form of a business-scoped user id, for a hint: a country's two letters, a dot, and more, as in
/// `BR.1000000000000001` or `US.ENT.1181`.
pub(super) fn is_user_id(text: &str) -> bool {
    let Some((country, rest)) = text.trim().split_once('.') else {
        return false;
    };
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_alphabetic())
        && !rest.is_empty()
        && rest
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_write_it() {
        for written in ["+1 (555) 010-0123", "15550100123", " +1.555.010.0123 "] {
            assert_eq!(read(written).as_deref(), Some("15550100123"), "{written}");
        }
    }

    #[test]
    fn what_is_no_international_number_is_not_read() {
        for written in [
            "",
            "+",
            "0049 151 1234567",
            "555",
            "call me",
            "+1 555 x 0100",
            "1234567890123456",
        ] {
            assert_eq!(read(written), None, "{written}");
        }
    }

    #[test]
    fn the_person_is_the_same_however_the_number_is_written() {
        let with = Recipient::phone("+55 11 98765-4321").party();
        assert_eq!(with, Recipient::phone("551187654321").party());
    }
}
