use rstest::rstest;

use uuid::Uuid;
use wabakit_domain::{
    Time,
    account::NumberHealth,
    ids::{GrantId, OrgId},
};

use super::*;

fn account() -> Account {
    Account {
        id: AccountId(Uuid::from_u128(1)),
        org: OrgId(Uuid::from_u128(2)),
        grant: GrantId(Uuid::from_u128(3)),
        phone_number_id: "5301".into(),
        waba_id: "4201".into(),
        waba_name: None,
        business_id: None,
        business_name: None,
        display_phone_number: "+1 555 0100".to_owned(),
        verified_name: None,
        display_name: None,
        is_active: true,
        is_default: true,
        needs_registration: false,
        standing: Default::default(),
        problem: None,
        registration_pin: None,
        health: NumberHealth::default(),
        last_verified_at: None,
        connected_at: Time::UNIX_EPOCH,
        disconnected_at: None,
        created_at: Time::UNIX_EPOCH,
        updated_at: Time::UNIX_EPOCH,
        version: 1,
    }
}

fn call(method: RawMethod, path: &str) -> RawCall {
    RawCall {
        method,
        path: path.to_owned(),
        query: BTreeMap::new(),
        body: None,
    }
}

/// Checks a call for an account with number 5301 on WABA 4201.
fn checked(call: &RawCall) -> Result<(), &'static str> {
    check(&account(), call)
}

#[rstest]
fn objects_of_the_account_can_be_called(
    #[values(
        "5301",
        "4201",
        "5301/whatsapp_business_profile",
        "4201/message_templates",
        "4201/flows/x"
    )]
    path: &str,
    #[values(RawMethod::Get, RawMethod::Post, RawMethod::Delete)] method: RawMethod,
) {
    assert_eq!(checked(&call(method, path)), Ok(()));
}

#[rstest]
#[case::who_the_token_is("me")]
#[case::who_the_token_is_in_capitals("ME/accounts")]
#[case::oauth("oauth/access_token")]
#[case::the_token("debug_token")]
#[case::another_number("5302")]
#[case::another_waba("4202/message_templates")]
#[case::a_longer_id("53011")]
#[case::a_shorter_id("530")]
#[case::the_empty_path("")]
#[case::the_root("/")]
#[case::a_leading_slash("/5301")]
#[case::a_trailing_slash("5301/")]
#[case::a_version("v25.0/5301")]
#[case::two_slashes("5301//messages")]
#[case::up("5301/../me")]
#[case::up_encoded("5301/%2e%2e/me")]
#[case::up_encoded_twice("5301/%252e%252e/me")]
#[case::a_slash_encoded("5301%2f..%2fme")]
#[case::a_dot("5301/./messages")]
#[case::a_query("5301?access_token=x")]
#[case::a_fragment("5301#/me")]
#[case::a_backslash("5301\\..\\me")]
#[case::a_host("5301@evil.example")]
#[case::a_scheme("https://evil.example/5301")]
#[case::a_line("5301\r\nHost: evil.example")]
#[case::a_letter_like_another("5301/\u{ff4d}essages")]
#[case::another_object_below("4201/5302")]
#[case::another_object_further_below("4201/phone_numbers/5302")]
#[case::too_deep("4201/a/b/c")]
#[case::messages("5301/messages")]
#[case::messages_in_capitals("5301/Messages")]
#[case::messages_below("4201/x/messages")]
#[case::registration("5301/register")]
#[case::deregistration("5301/deregister")]
#[case::our_subscription("4201/subscribed_apps")]
#[case::me_below("5301/me")]
#[case::a_token_below("5301/access_token")]
fn calls_on_other_objects_or_with_a_route_are_refused(
    #[case] path: &str,
    #[values(RawMethod::Get, RawMethod::Post, RawMethod::Delete)] method: RawMethod,
) {
    assert!(checked(&call(method, path)).is_err());
}

#[rstest]
fn no_parameter_changes_the_authority_the_object_or_the_method(
    #[values(
        "access_token",
        "Access_Token",
        "appsecret_proof",
        "client_secret",
        "input_token",
        "method",
        "batch",
        "ids",
        "id",
        "pin",
        "webhook_configuration",
        "access_token[]",
        "access%5ftoken",
        " access_token",
        ""
    )]
    field: &str,
) {
    let mut by_query = call(RawMethod::Get, "5301");
    by_query.query.insert(field.to_owned(), "x".to_owned());
    assert!(checked(&by_query).is_err());
    let mut by_body = call(RawMethod::Post, "5301");
    by_body.body = Some(json!({field: "x"}));
    assert!(checked(&by_body).is_err());
}

#[test]
fn a_body_is_an_object_of_a_post() {
    for (method, body, is_allowed) in [
        (RawMethod::Post, json!({"about": "We sell chairs."}), true),
        (
            RawMethod::Post,
            json!([{"method": "GET", "relative_url": "me"}]),
            false,
        ),
        (RawMethod::Get, json!({"about": "x"}), false),
        (RawMethod::Delete, json!({}), false),
    ] {
        let mut asked = call(method, "5301/whatsapp_business_profile");
        asked.body = Some(body);
        assert_eq!(checked(&asked).is_ok(), is_allowed, "{asked:?}");
    }
}
