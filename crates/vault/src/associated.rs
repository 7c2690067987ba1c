//! Associated data: the context that a ciphertext is bound to.

/// Joins the parts, each with its length, so that no two different lists give the same bytes.
pub(crate) fn associated(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::associated;

    #[test]
    fn what_moves_over_a_border_makes_another_value() {
        assert_ne!(associated(&[b"ab", b"c"]), associated(&[b"a", b"bc"]));
        assert_ne!(associated(&[b"ab"]), associated(&[b"ab", b""]));
    }
}
