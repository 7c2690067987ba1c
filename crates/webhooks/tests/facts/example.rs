//! The example server, without its sockets.

use wabakit_webhooks::{SecretString, sign};

#[allow(dead_code, reason = "an example is a program")]
#[path = "../../examples/receive.rs"]
mod receive;

const BODY: &[u8] = br#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[
    {"field":"messages","value":{"messaging_product":"whatsapp",
     "metadata":{"display_phone_number":"15550783881","phone_number_id":"51"},
     "messages":[{"from":"16505551234","id":"wamid.A","timestamp":"1749416383","type":"text",
                  "text":{"body":"Is it open?"}}],
     "statuses":[{"id":"wamid.B","status":"delivered","timestamp":"1749416384","recipient_id":"16505551234"}]}},
    {"field":"robots","value":{"beep":1}}]}]}"#;

fn answer(method: &str, query: &str, signature: Option<&[u8]>, body: &[u8]) -> (u16, String) {
    let (secret, token) = (
        SecretString::from("app-secret"),
        SecretString::from("token"),
    );
    receive::receive(method, query, signature, body, &secret, &token)
}

#[test]
fn the_example_answers_the_challenge_only_with_its_token() {
    let query = "hub.mode=subscribe&hub.challenge=77&hub.verify_token=";
    assert_eq!(
        answer("GET", &format!("{query}token"), None, b""),
        (200, "77".to_owned())
    );
    for wrong in ["", "other", "token "] {
        assert_eq!(
            answer("GET", &format!("{query}{wrong}"), None, b"").0,
            403,
            "{wrong:?}"
        );
    }
}

#[test]
fn the_example_reads_only_what_meta_signed() {
    let signature = sign(&SecretString::from("app-secret"), BODY);
    let (status, text) = answer("POST", "", Some(signature.as_bytes()), BODY);
    assert_eq!(status, 200, "{text}");
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert_eq!(lines[0], "16505551234 wrote: Is it open?");
    assert!(lines[1].starts_with("wamid.B is Delivered"), "{text}");
    assert!(lines[2].starts_with("robots: Unsupported"), "{text}");

    let forged = sign(&SecretString::from("another"), BODY);
    for signature in [None, Some(forged.as_bytes()), Some(&b"sha256=xyz"[..])] {
        assert_eq!(answer("POST", "", signature, BODY).0, 401);
    }
    let signature = sign(&SecretString::from("app-secret"), b"no JSON");
    assert_eq!(
        answer("POST", "", Some(signature.as_bytes()), b"no JSON").0,
        400
    );
}
