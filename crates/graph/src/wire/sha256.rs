//! Digests, which Meta writes in hex or in base64.

/// Reads a SHA-256 in hex or in base64. `None` when it is neither.
pub(crate) fn parse(text: &str) -> Option<[u8; 32]> {
    let text = text.trim();
    match text.len() {
        64 => hex::decode(text).ok()?.try_into().ok(),
        43 | 44 => base64(text.trim_end_matches('=')),
        _ => None,
    }
}

/// Reads 43 characters of base64, of either alphabet.
fn base64(text: &str) -> Option<[u8; 32]> {
    let mut digest = Vec::with_capacity(33);
    let (mut bits, mut count) = (0u32, 0u32);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            digest.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    digest.try_into().ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// The SHA-256 of nothing.
    #[rstest]
    #[case::hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    #[case::upper_case("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    #[case::base64("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")]
    #[case::without_padding("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU")]
    #[case::url_alphabet("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=")]
    fn a_digest_is_read_in_each_form(#[case] text: &str) {
        let digest = ring::digest::digest(&ring::digest::SHA256, b"");
        assert_eq!(parse(text).unwrap(), digest.as_ref());
    }

    #[rstest]
    fn what_is_no_digest_is_none(
        #[values("", "abc", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSu F=")] text: &str,
    ) {
        assert_eq!(parse(text), None);
    }
}
