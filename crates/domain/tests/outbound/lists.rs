use rstest::rstest;
use serde_json::{Value, json};

use super::*;

fn button(id: usize) -> Value {
    json!({"type": "reply", "reply": {"id": id.to_string(), "title": format!("t{id}")}})
}

fn rows(from: usize, many: usize) -> Vec<Value> {
    (from..from + many)
        .map(|id| json!({"id": id.to_string(), "title": "t"}))
        .collect()
}

fn items(many: usize) -> Vec<Value> {
    (0..many)
        .map(|id| json!({"product_retailer_id": id.to_string()}))
        .collect()
}

#[rstest]
#[case(0, false)]
#[case(1, true)]
#[case(3, true)]
#[case(4, false)]
fn one_to_three_buttons(#[case] many: usize, #[case] taken: bool) {
    let buttons: Vec<Value> = (0..many).map(button).collect();
    let found = wrong(interactive("button", json!({"buttons": buttons})));
    let expected: &[&str] = if taken {
        &[]
    } else {
        &["/interactive/action/buttons"]
    };
    assert_eq!(found, expected);
}

#[test]
fn buttons_are_told_apart_by_their_ids() {
    let found = wrong(interactive(
        "button",
        json!({"buttons": [button(1), button(1)]}),
    ));
    let second = "/interactive/action/buttons/1/reply";
    assert_eq!(found, [format!("{second}/id"), format!("{second}/title")]);
}

#[rstest]
#[case::ten_in_one(&[10], &[])]
#[case::ten_in_two(&[5, 5], &[])]
#[case::eleven_in_two(&[5, 6], &["/interactive/action/sections"])]
#[case::no_section(&[], &["/interactive/action/sections"])]
#[case::empty_section(&[0], &["/interactive/action/sections/0/rows"])]
#[case::eleven_sections(&[1; 11], &["/interactive/action/sections", "/interactive/action/sections"])]
fn a_list_has_to_ten_rows_in_all(#[case] sizes: &[usize], #[case] expected: &[&str]) {
    let sections: Vec<Value> = ((0..).zip(sizes))
        .map(|(at, many)| json!({"title": "t", "rows": rows(at * 20, *many)}))
        .collect();
    let found = wrong(interactive(
        "list",
        json!({"button": "b", "sections": sections}),
    ));
    assert_eq!(found, expected);
}

#[test]
fn several_sections_need_titles_and_one_does_not() {
    let sections = json!([{"rows": rows(0, 1)}, {"title": "t", "rows": rows(1, 1)}]);
    let found = wrong(interactive(
        "list",
        json!({"button": "b", "sections": sections}),
    ));
    assert_eq!(found, ["/interactive/action/sections/0/title"]);
    let one = json!({"button": "b", "sections": [{"rows": rows(0, 1)}]});
    assert_eq!(wrong(interactive("list", one)), [""; 0]);
}

#[test]
fn rows_are_told_apart_over_all_sections() {
    let sections = json!([{"title": "a", "rows": rows(0, 1)}, {"title": "b", "rows": rows(0, 1)}]);
    let found = wrong(interactive(
        "list",
        json!({"button": "b", "sections": sections}),
    ));
    assert_eq!(found, ["/interactive/action/sections/1/rows/0/id"]);
}

#[test]
fn the_header_of_a_list_is_text() {
    let mut list = interactive(
        "list",
        json!({"button": "b", "sections": [{"rows": rows(0, 1)}]}),
    );
    list["interactive"]["header"] = json!({"type": "image", "image": {"id": "1"}});
    assert_eq!(wrong(list), ["/interactive/header/type"]);
}

#[rstest]
#[case::thirty(&[15, 15], &[])]
#[case::thirty_one(&[15, 16], &["/interactive/action/sections"])]
#[case::eleven_sections(&[1; 11], &["/interactive/action/sections"])]
#[case::empty_section(&[0], &["/interactive/action/sections/0/product_items"])]
fn to_thirty_products_in_ten_sections(#[case] sizes: &[usize], #[case] expected: &[&str]) {
    let sections: Vec<Value> = (sizes.iter())
        .map(|many| json!({"title": "t", "product_items": items(*many)}))
        .collect();
    let mut message = interactive(
        "product_list",
        json!({"catalog_id": "1", "sections": sections}),
    );
    message["interactive"]["header"] = json!({"type": "text", "text": "h"});
    assert_eq!(wrong(message), expected);
}

#[test]
fn a_list_of_products_needs_a_header_and_a_single_one_has_none() {
    let sections = json!([{"product_items": items(1)}]);
    let list = interactive(
        "product_list",
        json!({"catalog_id": "1", "sections": sections}),
    );
    assert_eq!(wrong(list), ["/interactive/header"]);
    let mut one = interactive(
        "product",
        json!({"catalog_id": "1", "product_retailer_id": "p"}),
    );
    assert_eq!(wrong(one.clone()), [""; 0]);
    one["interactive"]["header"] = json!({"type": "text", "text": "h"});
    assert_eq!(wrong(one), ["/interactive/header"]);
}

#[rstest]
#[case(1, false)]
#[case(2, true)]
#[case(10, true)]
#[case(11, false)]
fn two_to_ten_cards(#[case] many: usize, #[case] taken: bool) {
    let cards: Vec<Value> = (0..many)
        .map(|at| json!({"card_index": at.min(9)}))
        .collect();
    let found = wrong(interactive("carousel", json!({"cards": cards})));
    let expected: &[&str] = if taken {
        &[]
    } else {
        &["/interactive/action/cards"]
    };
    assert_eq!(found, expected);
}

#[test]
fn a_card_has_two_line_breaks_and_a_picture_or_film() {
    let card = |text: &str, kind: &str| json!({"card_index": 0, "header": {"type": kind, kind: {"id": "1"}}, "body": {"text": text}});
    let cards =
        |first: Value| interactive("carousel", json!({"cards": [first, {"card_index": 1}]}));
    assert_eq!(wrong(cards(card("a\nb\nc", "video"))), [""; 0]);
    assert_eq!(
        wrong(cards(card("a\nb\nc\nd", "document"))),
        [
            "/interactive/action/cards/0/header/type",
            "/interactive/action/cards/0/body/text"
        ]
    );
}

#[rstest]
#[case::cta_url("cta_url", json!({"name": "cta_url", "parameters": {"display_text": "d", "url": "ftp://a"}}), "/interactive/action/parameters/url")]
#[case::cta_name("cta_url", json!({"name": "cta", "parameters": {"display_text": "d", "url": "https://a"}}), "/interactive/action/name")]
#[case::flow_both("flow", json!({"name": "flow", "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_name": "n", "flow_cta": "c"}}), "/interactive/action/parameters/flow_name")]
#[case::flow_neither("flow", json!({"name": "flow", "parameters": {"flow_message_version": "3", "flow_cta": "c"}}), "/interactive/action/parameters/flow_id")]
#[case::other_flow_version("flow", json!({"name": "flow", "parameters": {"flow_message_version": "2", "flow_id": "1", "flow_cta": "c"}}), "/interactive/action/parameters/flow_message_version")]
#[case::flow_payload("flow", json!({"name": "flow", "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "c", "flow_action_payload": "x"}}), "/interactive/action/parameters/flow_action_payload")]
#[case::empty_parameters("catalog_message", json!({"name": "catalog_message", "parameters": {}}), "/interactive/action/parameters")]
#[case::parameters_of_null("catalog_message", json!({"name": "catalog_message", "parameters": {"thumbnail_product_retailer_id": null}}), "/interactive/action/parameters")]
#[case::call_text("voice_call", json!({"name": "voice_call", "parameters": {"display_text": "123456789012345678901"}}), "/interactive/action/parameters/display_text")]
#[case::call_lifetime("voice_call", json!({"name": "voice_call", "parameters": {"ttl_minutes": 43201}}), "/interactive/action/parameters/ttl_minutes")]
#[case::flow_version("flow", json!({"name": "flow", "parameters": {"flow_id": "1", "flow_cta": "c"}}), "/interactive/action/parameters/flow_message_version")]
#[case::flow_action("flow", json!({"name": "flow", "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "c", "flow_action": "go"}}), "/interactive/action/parameters/flow_action")]
#[case::flow_mode("flow", json!({"name": "flow", "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "c", "mode": "live"}}), "/interactive/action/parameters/mode")]
#[case::product("product", json!({"catalog_id": "1"}), "/interactive/action/product_retailer_id")]
#[case::catalog("catalog_message", json!({"name": "catalog"}), "/interactive/action/name")]
#[case::location("location_request_message", json!({"name": "location"}), "/interactive/action/name")]
#[case::address("address_message", json!({"name": "address_message", "parameters": {}}), "/interactive/action/parameters/country")]
#[case::call("voice_call", json!({"name": "call"}), "/interactive/action/name")]
#[case::permission("call_permission_request", json!({}), "/interactive/action/name")]
#[case::contact("request_contact_info", json!({"name": "x"}), "/interactive/action/name")]
#[case::order("order_details", json!({"name": "review_and_pay", "parameters": {}}), "/interactive/action/parameters/reference_id")]
#[case::order_status("order_status", json!({"name": "review_order", "parameters": {"reference_id": "1", "order": {}}}), "/interactive/action/parameters/order/status")]
#[case::unknown("poll", json!({}), "/interactive/type")]
fn other_actions(#[case] kind: &str, #[case] action: Value, #[case] pointer: &str) {
    assert_eq!(wrong(interactive(kind, action)), [pointer]);
}

#[test]
fn buttons_are_told_apart_by_their_titles() {
    let button =
        |id: &str, title: &str| json!({"type": "reply", "reply": {"id": id, "title": title}});
    let two =
        |one: Value, other: Value| wrong(interactive("button", json!({"buttons": [one, other]})));
    for title in ["Yes", "Yes ", "  Yes"] {
        let found = two(button("a", "Yes"), button("b", title));
        assert_eq!(
            found,
            ["/interactive/action/buttons/1/reply/title"],
            "{title}"
        );
    }
    assert_eq!(two(button("a", "Yes"), button("b", "yes")), [""; 0]);
}

#[rstest]
#[case(json!({"buttons": [{"type": "reply", "reply": {"id": "a", "title": "  "}}]}), "button", "/buttons/0/reply/title")]
#[case(json!({"buttons": [{"type": "reply", "reply": {"id": " a", "title": "t"}}]}), "button", "/buttons/0/reply/id")]
#[case(json!({"buttons": [{"type": "reply", "reply": {"id": "a\n", "title": "t"}}]}), "button", "/buttons/0/reply/id")]
#[case(json!({"button": " ", "sections": [{"rows": [{"id": "1", "title": "t"}]}]}), "list", "/button")]
#[case(json!({"button": "b", "sections": [{"rows": [{"id": "1", "title": "\t"}]}]}), "list", "/sections/0/rows/0/title")]
#[case(json!({"name": "cta_url", "parameters": {"display_text": " ", "url": "https://a.example"}}), "cta_url", "/parameters/display_text")]
fn what_shows_nothing_or_is_padded_is_refused(
    #[case] action: Value,
    #[case] kind: &str,
    #[case] pointer: &str,
) {
    assert_eq!(
        wrong(interactive(kind, action)),
        [format!("/interactive/action{pointer}")]
    );
}
