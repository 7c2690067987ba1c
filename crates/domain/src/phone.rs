//! Phone numbers of people, and which of them are the same.

/// Returns a number's digits in canonical form: all forms of one person's number become equal.
///
/// WhatsApp writes the mobile numbers of some countries with and without a digit that means "mobile": Brazil's ninth
/// digit (`55` area `9`…), Mexico's `1` after `52`, Argentina's `9` after `54`. The canonical form is without it.
/// Characters that are not digits are dropped.
pub fn canonical(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let without = |at: usize| {
        let (head, tail) = digits.split_at(at);
        tail.chars()
            .skip(1)
            .fold(head.to_owned(), |mut number, digit| {
                number.push(digit);
                number
            })
    };
    match digits.as_bytes() {
        // A Brazilian subscriber number of nine digits is mobile, and its first digit is the added one.
        [b'5', b'5', _, _, b'9', rest @ ..] if rest.len() == 8 => without(4),
        [b'5', b'2', b'1', rest @ ..] if rest.len() == 10 => without(2),
        [b'5', b'4', b'9', rest @ ..] if rest.len() == 10 => without(2),
        _ => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn a_brazilian_number_is_the_same_with_and_without_the_ninth_digit() {
        assert_eq!(canonical("5511987654321"), canonical("551187654321"));
    }

    #[test]
    fn a_mexican_number_is_the_same_with_and_without_the_one() {
        assert_eq!(canonical("5215512345678"), canonical("525512345678"));
    }

    #[test]
    fn an_argentine_number_is_the_same_with_and_without_the_nine() {
        assert_eq!(canonical("5491112345678"), canonical("541112345678"));
    }

    #[test]
    fn other_numbers_are_themselves() {
        for number in ["15550100", "4915112345678", "5511912345", "521234"] {
            assert_eq!(canonical(number), number);
        }
        assert_eq!(canonical("+49 (151) 123"), "49151123");
    }
}
