//! Properties of all inputs.

use proptest::prelude::*;
use serde_json::Value;
use wabakit_domain::secret::SecretString;
use wabakit_webhooks::{SignatureVerifier, challenge, parse, sign, split};

/// Names with a meaning, so that generated bodies reach the deeper readers.
const NAMES: &[&str] = &[
    "object",
    "entry",
    "changes",
    "field",
    "value",
    "messages",
    "statuses",
    "errors",
    "contacts",
    "metadata",
    "history",
    "threads",
    "id",
    "type",
    "from",
    "to",
    "timestamp",
    "text",
    "body",
    "edit",
    "message",
    "original_message_id",
    "calls",
    "event",
    "phone_number_id",
    "waba_info",
    "state_sync",
    "contact",
    "user_id",
    "interactive",
    "order",
    "product_items",
    "status",
];

const TEXTS: &[&str] = &[
    "messages",
    "history",
    "calls",
    "account_update",
    "smb_app_state_sync",
    "text",
    "edit",
    "order",
    "sent",
    "1749416383",
    "\u{0}",
    "",
    "US.1",
    "whatsapp_business_account",
];

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(TEXTS).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(8, 96, 6, |inner| {
        let name = prop::sample::select(NAMES).prop_map(str::to_owned);
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            3 => prop::collection::hash_map(name, inner, 0..7)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn is_slice_of(slice: &[u8], of: &[u8]) -> bool {
    let (slice, of) = (slice.as_ptr_range(), of.as_ptr_range());
    of.start <= slice.start && slice.end <= of.end
}

proptest! {
    #[test]
    fn no_bytes_panic(body: Vec<u8>, field: String) {
        let _ = split(&body);
        prop_assert!(!parse(&field, &body).is_empty());
        let _ = SignatureVerifier::new([&SecretString::from("s")]).verify(Some(&body), &body);
    }

    #[test]
    fn no_query_panics(query: String) {
        let _ = challenge(&query, [&SecretString::from("s")]);
    }

    #[test]
    fn what_is_cut_out_lies_in_the_body_in_order(body in json()) {
        let body = body.to_string();
        let Ok(changes) = split(body.as_bytes()) else { return Ok(()); };
        for change in &changes {
            prop_assert!(is_slice_of(change.raw, body.as_bytes()));
            for (index, item) in parse(&change.field, change.raw).iter().enumerate() {
                prop_assert_eq!(item.index, index);
                prop_assert!(is_slice_of(item.raw, change.raw));
                prop_assert!(serde_json::from_slice::<&serde_json::value::RawValue>(item.raw).is_ok());
            }
        }
    }

    #[test]
    fn changes_put_together_are_the_list_that_they_came_from(
        values in prop::collection::vec(json(), 0..6),
    ) {
        let changes: Vec<_> = values
            .iter()
            .map(|value| format!(r#"{{"field":"messages","value":{value}}}"#))
            .collect();
        let list = changes.join(",");
        let body = format!(r#"{{"entry":[{{"id":"1","changes":[{list}]}}]}}"#);
        let cut: Vec<_> = split(body.as_bytes()).unwrap().iter().map(|it| it.raw).collect();
        let cut = cut.join(&b","[..]);
        prop_assert_eq!(cut, list.into_bytes());
    }

    #[test]
    fn parsing_is_the_same_every_time(value in json(), field in prop::sample::select(TEXTS)) {
        let raw = format!(r#"{{"value":{value}}}"#);
        prop_assert_eq!(parse(field, raw.as_bytes()), parse(field, raw.as_bytes()));
    }

    #[test]
    fn only_what_is_signed_is_accepted(body: Vec<u8>, other: Vec<u8>) {
        let secret = SecretString::from("s");
        let verifier = SignatureVerifier::new([&secret]);
        let header = sign(&secret, &body);
        prop_assert_eq!(verifier.verify(Some(header.as_bytes()), &body), Ok(0));
        let accepted = verifier.verify(Some(header.as_bytes()), &other).is_ok();
        prop_assert_eq!(accepted, other == body);
    }
}
