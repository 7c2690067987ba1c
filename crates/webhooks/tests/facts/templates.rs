use serde_json::{Value, json};
use wabakit_domain::inbound::{Management, TemplateRef, TemplateUpdate};
use wabakit_webhooks::ItemError;

use crate::support::{items, management, some};

fn with_template(mut value: Value) -> Value {
    value["message_template_id"] = json!(9007199254740993_u64);
    value["message_template_name"] = json!("order_confirmation");
    value["message_template_language"] = json!("en-US");
    value
}

fn template(field: &str, value: Value) -> TemplateUpdate {
    match management(field, with_template(value)) {
        Management::Template { template, update } => {
            let expected = TemplateRef {
                id: "9007199254740993".to_owned(),
                name: some("order_confirmation"),
                language: some("en_US"),
            };
            assert_eq!(template, expected);
            update
        }
        other => panic!("{other:?}"),
    }
}

/// Reads a text from the JSON form of the update.
fn told(update: &impl serde::Serialize, name: &str) -> Option<String> {
    let value = serde_json::to_value(update).unwrap();
    value[name].as_str().map(str::to_owned)
}

#[test]
fn a_templates_status_is_told_with_its_reasons() {
    for reason in [
        "ABUSIVE_CONTENT",
        "CATEGORY_NOT_AVAILABLE",
        "INCORRECT_CATEGORY",
        "INVALID_FORMAT",
        "PROMOTIONAL",
        "SCAM",
        "TAG_CONTENT_MISMATCH",
        "NEW_REASON",
    ] {
        let update = template(
            "message_template_status_update",
            json!({
                "event": "REJECTED", "reason": reason, "message_template_category": "MARKETING",
                "disable_info": {"disable_date": 1739321024}, "other_info": {"title": "FIRST_PAUSE", "description": "d"},
                "rejection_info": {"reason": "why", "recommendation": "how"},
            }),
        );
        let expected = TemplateUpdate::Status {
            event: "REJECTED".to_owned(),
            reason: some(reason),
            category: some("MARKETING"),
            disable_date: some("1739321024"),
            title: some("FIRST_PAUSE"),
            description: some("d"),
            rejection: some("why"),
            recommendation: some("how"),
        };
        assert_eq!(update, expected);
    }
}

#[test]
fn a_template_that_has_no_reason_has_none() {
    for reason in [json!("NONE"), json!(null)] {
        let update = template(
            "message_template_status_update",
            json!({"event": "APPROVED", "reason": reason}),
        );
        assert!(matches!(
            update,
            TemplateUpdate::Status { reason: None, .. }
        ));
    }
}

#[test]
fn a_pause_says_which_it_is() {
    for title in [
        "FIRST_PAUSE",
        "SECOND_PAUSE",
        "RATE_LIMITING_PAUSE",
        "UNPAUSE",
        "DISABLED",
    ] {
        let update = template(
            "message_template_status_update",
            json!({"event": "PAUSED", "other_info": {"title": title}}),
        );
        assert_eq!(told(&update, "title"), some(title));
    }
}

#[test]
fn a_templates_id_may_be_a_text_and_its_language_written_either_way() {
    for (id, language) in [(json!("12"), "de_DE"), (json!(12), "de-DE")] {
        let value = json!({"event": "APPROVED", "message_template_id": id, "message_template_language": language});
        let Management::Template { template, .. } =
            management("message_template_status_update", value)
        else {
            panic!()
        };
        assert_eq!(
            (template.id.as_str(), template.language),
            ("12", some("de_DE"))
        );
    }
}

#[test]
fn a_template_without_id_or_event_is_refused() {
    let refused = |value: Value| items("message_template_status_update", &value).remove(0).1;
    assert_eq!(
        refused(json!({"event": "APPROVED"})),
        Err(ItemError::Missing("message_template_id"))
    );
    assert_eq!(
        refused(json!({"message_template_id": 1})),
        Err(ItemError::Missing("event"))
    );
}

#[test]
fn a_templates_quality_changes() {
    let update = template(
        "message_template_quality_update",
        json!({"previous_quality_score": "GREEN", "new_quality_score": "RED"}),
    );
    assert_eq!(
        update,
        TemplateUpdate::Quality {
            previous: some("GREEN"),
            new: some("RED")
        }
    );
}

#[test]
fn a_templates_words_change() {
    let button = json!({"message_template_button_type": "URL", "message_template_button_text": "Größe",
        "message_template_button_url": "https://x/{{1}}", "message_template_button_phone_number": "1650"});
    let update = template(
        "message_template_components_update",
        json!({
            "message_template_element": "body", "message_template_title": "head", "message_template_footer": "foot",
            "message_template_buttons": [button],
        }),
    );
    let expected = TemplateUpdate::Components {
        body: some("body"),
        title: some("head"),
        footer: some("foot"),
        buttons: vec![button],
    };
    assert_eq!(update, expected);
    let bare = template(
        "message_template_components_update",
        json!({"message_template_element": "body"}),
    );
    assert!(
        matches!(bare, TemplateUpdate::Components { title: None, footer: None, buttons, .. } if buttons.is_empty())
    );
}

#[test]
fn a_templates_category_will_change_or_has_changed() {
    for field in [
        "template_category_update",
        "template_correct_category_detection",
    ] {
        let coming = json!({"new_category": "UTILITY", "correct_category": "MARKETING", "category_update_timestamp": 1746082800});
        let expected = TemplateUpdate::Category {
            previous: None,
            new: some("UTILITY"),
            current: None,
            correct: some("MARKETING"),
            takes_effect_at: Some(1746082800),
        };
        assert_eq!(template(field, coming), expected);
    }
    let done = json!({"previous_category": "UTILITY", "new_category": "MARKETING"});
    let expected = TemplateUpdate::Category {
        previous: some("UTILITY"),
        new: some("MARKETING"),
        current: None,
        correct: None,
        takes_effect_at: None,
    };
    assert_eq!(template("template_category_update", done), expected);
}
