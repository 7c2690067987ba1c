use rstest::rstest;
use serde_json::{Value, json};

use super::*;

fn template(components: Value) -> Value {
    let part = json!({"name": "order_1", "language": {"code": "en_US"}, "components": components});
    message("template", part)
}

#[rstest]
#[case::name(json!({"name": "Order", "language": {"code": "en"}}), "/template/name")]
#[case::long_name(json!({"name": "n".repeat(513), "language": {"code": "en"}}), "/template/name")]
#[case::no_name(json!({"language": {"code": "en"}}), "/template/name")]
#[case::language(json!({"name": "n", "language": "en"}), "/template/language")]
#[case::no_code(json!({"name": "n", "language": {}}), "/template/language/code")]
#[case::components(json!({"name": "n", "language": {"code": "en"}, "components": {}}), "/template/components")]
fn a_template_has_a_name_and_a_language(#[case] part: Value, #[case] pointer: &str) {
    assert_eq!(wrong(message("template", part)), [pointer]);
}

const AT: &str = "/template/components/0";

#[rstest]
#[case::no_type(json!({}), "/type")]
#[case::two_in_a_header(json!({"type": "header", "parameters": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}), "/parameters")]
#[case::parameter_without_type(json!({"type": "body", "parameters": [{"text": "a"}]}), "/parameters/0/type")]
#[case::empty_text(json!({"type": "body", "parameters": [{"type": "text", "text": ""}]}), "/parameters/0/text")]
#[case::names_and_places(json!({"type": "body", "parameters": [{"type": "text", "text": "a"}, {"type": "text", "text": "b", "parameter_name": "n"}]}), "/parameters")]
#[case::currency(json!({"type": "body", "parameters": [{"type": "currency", "currency": {"fallback_value": "1", "code": "USD", "amount_1000": 1.5}}]}), "/parameters/0/currency/amount_1000")]
#[case::date(json!({"type": "body", "parameters": [{"type": "date_time", "date_time": {}}]}), "/parameters/0/date_time/fallback_value")]
#[case::image(json!({"type": "header", "parameters": [{"type": "image", "image": {}}]}), "/parameters/0/image/id")]
#[case::location(json!({"type": "header", "parameters": [{"type": "location", "location": {"latitude": 100, "longitude": 0}}]}), "/parameters/0/location/latitude")]
#[case::button_kind(json!({"type": "button", "index": "0"}), "/sub_type")]
#[case::button_place(json!({"type": "button", "sub_type": "url", "index": "10"}), "/index")]
#[case::no_place(json!({"type": "button", "sub_type": "url"}), "/index")]
#[case::payload(json!({"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [{"type": "payload"}]}), "/parameters/0/payload")]
#[case::one_card(json!({"type": "carousel", "cards": [{"card_index": 0, "components": []}]}), "/cards")]
#[case::card_without_components(json!({"type": "carousel", "cards": [{"card_index": 0, "components": []}, {"card_index": 1}]}), "/cards/1/components")]
#[case::value_of_a_card(json!({"type": "carousel", "cards": [{"card_index": 0, "components": []}, {"card_index": 1, "components": [{"type": "header", "parameters": [{"type": "video", "video": {"id": ""}}]}]}]}), "/cards/1/components/0/parameters/0/video/id")]
#[case::carousel_in_a_card(json!({"type": "carousel", "cards": [{"card_index": 0, "components": []}, {"card_index": 1, "components": [{"type": "carousel", "cards": []}]}]}), "/cards/1/components/0/type")]
#[case::offer_without_type(json!({"type": "limited_time_offer", "parameters": [{"limited_time_offer": {"expiration_time_ms": 1}}]}), "/parameters/0/type")]
#[case::offer(json!({"type": "limited_time_offer", "parameters": [{"type": "limited_time_offer", "limited_time_offer": {}}]}), "/parameters/0/limited_time_offer/expiration_time_ms")]
fn values_of_a_part(#[case] component: Value, #[case] pointer: &str) {
    assert_eq!(
        wrong(template(json!([component]))),
        [format!("{AT}{pointer}")]
    );
}

#[test]
fn values_for_at_most_ten_buttons_each_of_its_own_place() {
    let button = |at: usize| json!({"type": "button", "sub_type": "quick_reply", "index": at.to_string(), "parameters": [{"type": "payload", "payload": "p"}]});
    assert_eq!(wrong(template((0..10).map(button).collect())), [""; 0]);
    let found = wrong(template((0..11).map(|at| button(at % 10)).collect()));
    assert_eq!(
        found,
        ["/template/components/10/index", "/template/components"]
    );
}

#[rstest]
#[case::product(json!({"type": "product", "product": {"product_retailer_id": "p", "catalog_id": "c"}}))]
#[case::unknown(json!({"type": "hologram", "hologram": {"a": [1, 2.5, null]}}))]
#[case::more_of_a_text(json!({"type": "text", "text": "a", "shade": "blue"}))]
#[case::amount(json!({"type": "currency", "currency": {"fallback_value": "1", "code": "USD", "amount_1000": 1500}}))]
#[case::action(json!({"type": "action", "action": {"flow_token": "t", "flow_action_data": {"x": 1}}}))]
fn what_is_not_modelled_goes_along(#[case] value: Value) {
    let sent = template(json!([{"type": "BODY", "parameters": [value], "later": true}]));
    let read = Outbound::from_json(sent.clone()).unwrap();
    assert_eq!(read.to_json(), sent);
}

#[test]
fn a_buttons_place_is_written_as_text_even_if_it_came_as_a_number() {
    let sent = template(
        json!([{"type": "button", "sub_type": "url", "index": 3, "parameters": [{"type": "text", "text": "x"}]}]),
    );
    let read = Outbound::from_json(sent).unwrap().to_json();
    assert_eq!(read["template"]["components"][0]["index"], "3");
}

#[test]
fn a_buttons_place_is_the_same_as_a_number_and_as_text() {
    let button = |index: Value| json!({"type": "button", "sub_type": "quick_reply", "index": index, "parameters": [{"type": "payload", "payload": "p"}]});
    for (one, other) in [
        (json!(1), json!("1")),
        (json!(1), json!(1)),
        (json!("01"), json!(1)),
    ] {
        let found = wrong(template(json!([button(one), button(other)])));
        assert_eq!(found, ["/template/components/1/index"]);
    }
}

#[rstest]
#[case::another_type(json!({"type": "tap_target_configuration", "parameters": [{"type": "tap_target_configuration", "tap_target_configuration": [{"url": "https://a.example", "title": "A"}]}]}))]
#[case::without_values(json!({"type": "call_permission_request"}))]
#[case::of_a_later_time(json!({"type": "hologram", "parameters": []}))]
fn a_component_that_is_not_modelled_goes_along(#[case] component: Value) {
    let sent = template(json!([component]));
    assert!(Outbound::from_json(sent).is_ok());
}

#[rstest]
#[case::cards_outside_a_carousel(json!({"type": "body", "cards": []}), "/cards")]
#[case::values_of_a_carousel(json!({"type": "carousel", "parameters": {}, "cards": [{"card_index": 0, "components": []}, {"card_index": 1, "components": []}]}), "/parameters")]
#[case::place_of_a_body(json!({"type": "body", "index": "x"}), "/index")]
fn what_a_component_cannot_have_is_refused_at_its_place(
    #[case] component: Value,
    #[case] at: &str,
) {
    assert_eq!(wrong(template(json!([component]))), [format!("{AT}{at}")]);
}

#[rstest]
#[case("line one\nline two", false)]
#[case("a\r\nb", false)]
#[case("a\tb", false)]
#[case("a     b", false)]
#[case("   ", false)]
#[case("a    b", true)]
#[case(" a b ", true)]
#[case("Grüße 😀", true)]
fn a_value_of_a_template_stands_in_one_line(#[case] text: &str, #[case] taken: bool) {
    let places = [
        (
            json!({"type": "body", "parameters": [{"type": "text", "text": text}]}),
            "text",
        ),
        (
            json!({"type": "header", "parameters": [{"type": "text", "text": text, "parameter_name": "n"}]}),
            "text",
        ),
        (
            json!({"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": text}]}),
            "text",
        ),
        (
            json!({"type": "body", "parameters": [{"type": "date_time", "date_time": {"fallback_value": text}}]}),
            "date_time/fallback_value",
        ),
        (
            json!({"type": "body", "parameters": [{"type": "currency", "currency": {"fallback_value": text, "code": "EUR", "amount_1000": 1}}]}),
            "currency/fallback_value",
        ),
    ];
    for (component, place) in places {
        let found = wrong(template(json!([component])));
        let expected = format!("{AT}/parameters/0/{place}");
        let expected: &[String] = if taken { &[] } else { &[expected] };
        assert_eq!(found, expected, "{text:?}");
    }
}
