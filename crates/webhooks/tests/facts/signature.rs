use wabakit_domain::secret::SecretString;
use wabakit_webhooks::{SignatureRefusal, SignatureVerifier, sign};

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

fn verifier(secrets: &[&str]) -> SignatureVerifier {
    let secrets: Vec<_> = secrets.iter().map(|it| secret(it)).collect();
    SignatureVerifier::new(&secrets)
}

const BODY: &[u8] = br#"{"text":"J\u00fcrgen \/ \ud83d\ude00"}"#;

#[test]
fn a_known_vector_is_accepted() {
    // RFC 4231, test case 2.
    let header = b"sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    let body = b"what do ya want for nothing?";
    assert_eq!(verifier(&["Jefe"]).verify(Some(header), body), Ok(0));
    assert_eq!(sign(&secret("Jefe"), body).as_bytes(), header);
}

#[test]
fn the_bytes_are_signed_not_what_they_mean() {
    let header = sign(&secret("s"), BODY);
    assert_eq!(
        verifier(&["s"]).verify(Some(header.as_bytes()), BODY),
        Ok(0)
    );
    let again = serde_json::from_slice::<serde_json::Value>(BODY)
        .unwrap()
        .to_string();
    let refused = verifier(&["s"]).verify(Some(header.as_bytes()), again.as_bytes());
    assert_eq!(refused, Err(SignatureRefusal::Wrong));
}

#[test]
fn any_of_several_secrets_is_accepted_and_told() {
    let header = sign(&secret("new"), BODY);
    for (secrets, index) in [
        (&["new", "old"][..], 0),
        (&["old", "new"], 1),
        (&["", "new"], 1),
    ] {
        assert_eq!(
            verifier(secrets).verify(Some(header.as_bytes()), BODY),
            Ok(index)
        );
    }
}

#[test]
fn without_a_secret_everything_is_refused() {
    let header = sign(&secret(""), BODY);
    for secrets in [&[][..], &[""], &["", ""]] {
        let verifier = verifier(secrets);
        assert!(verifier.is_empty());
        let refused = verifier.verify(Some(header.as_bytes()), BODY);
        assert_eq!(refused, Err(SignatureRefusal::Wrong));
    }
}

#[test]
fn digits_may_be_capitals() {
    let header = sign(&secret("s"), BODY)
        .to_uppercase()
        .replace("SHA256", "sha256");
    assert_eq!(
        verifier(&["s"]).verify(Some(header.as_bytes()), BODY),
        Ok(0)
    );
}

#[test]
fn a_missing_header_is_refused() {
    let refused = verifier(&["s"]).verify(None, BODY);
    assert_eq!(refused, Err(SignatureRefusal::Missing));
}

#[test]
fn what_is_no_signature_is_malformed() {
    let good = sign(&secret("s"), BODY);
    let digits = good.strip_prefix("sha256=").unwrap();
    let shorter = |by: usize| digits.get(by..).unwrap();
    for header in [
        String::new(),
        "sha256=".to_owned(),
        digits.to_owned(),
        format!("SHA256={digits}"),
        format!("sha1={digits}"),
        format!(" sha256={digits}"),
        format!("sha256= {digits}"),
        format!("sha256={digits} "),
        format!("sha256={digits}00"),
        format!("sha256={}", shorter(2)),
        format!("sha256={}", shorter(1)),
        format!("sha256=zz{}", shorter(2)),
        format!("sha256={digits},sha256={digits}"),
    ] {
        let refused = verifier(&["s"]).verify(Some(header.as_bytes()), BODY);
        assert_eq!(refused, Err(SignatureRefusal::Malformed), "{header}");
    }
}

#[test]
fn another_body_secret_or_signature_is_wrong() {
    let header = sign(&secret("s"), BODY);
    let verify = |secret, header: &str, body: &[u8]| {
        verifier(&[secret]).verify(Some(header.as_bytes()), body)
    };
    assert_eq!(verify("t", &header, BODY), Err(SignatureRefusal::Wrong));
    assert_eq!(
        verify("s", &header, &BODY[1..]),
        Err(SignatureRefusal::Wrong)
    );
    let other = format!("sha256={}", "0".repeat(64));
    assert_eq!(verify("s", &other, BODY), Err(SignatureRefusal::Wrong));
}

#[test]
fn a_verifier_prints_no_secret() {
    assert_eq!(
        format!("{:?}", verifier(&["hush", "x"])),
        "SignatureVerifier(2 secrets)"
    );
}
