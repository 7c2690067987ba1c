use serde_json::json;
use wabakit_domain::{
    inbound::MessageContent,
    outbound::{Contact, Interactive, Media, Outbound, Parameter, Row, Section, Template},
};

#[test]
fn a_thread_shows_what_a_list_says() {
    let list = Interactive::list(
        "What may it be?",
        "Choose",
        [Section::new(
            "Hot",
            [Row::new("1", "Coffee"), Row::new("2", "Tea")],
        )],
    )
    .header_text("Menu")
    .footer("Until ten");
    let shown = Outbound::interactive(list).to_phone("+15550100123").shown();
    let text = |text: &str| Some(text.to_owned());
    let expected = MessageContent::Interactive {
        kind: "list".to_owned(),
        header: text("Menu"),
        body: text("What may it be?"),
        footer: text("Until ten"),
        buttons: vec!["Choose".to_owned()],
        options: vec!["Coffee".to_owned(), "Tea".to_owned()],
    };
    assert_eq!(shown, expected);
    assert_eq!(shown.kind(), "interactive");
    assert_eq!(shown.preview(), Some("What may it be?"));
}

#[test]
fn a_thread_shows_a_template_by_name_with_its_values() {
    let template = Template::new("order", "en_US").body([Parameter::named("first", "Ada")]);
    let shown = Outbound::template(template)
        .to_phone("+15550100123")
        .shown();
    let MessageContent::Template {
        language,
        components,
        ..
    } = &shown
    else {
        panic!("{shown:?}");
    };
    assert_eq!(shown.preview(), Some("order"));
    assert_eq!(language, "en_US");
    assert_eq!(
        components,
        &json!([{"type": "body", "parameters": [{"type": "text", "text": "Ada", "parameter_name": "first"}]}])
    );
}

#[test]
fn an_upload_of_ours_is_no_file_at_meta_yet() {
    let shown = |id: &str| {
        let media = Media::id(id).caption("c");
        let shown = Outbound::image(media).to_phone("+15550100123").shown();
        let media = shown.media().unwrap();
        assert_eq!(media.caption.as_deref(), Some("c"));
        media.meta_media_id.clone()
    };
    assert_eq!(shown("0192f0c1-2345-7abc-8def-0123456789ab"), None);
    assert_eq!(shown("4711"), Some("4711".into()));
}

#[test]
fn a_thread_shows_a_card_and_a_reaction_that_was_taken_back() {
    let card = Contact::named("Ada", "Lovelace").phone("+15550100123", "WORK");
    let shown = Outbound::contacts([card]).to_phone("+15550100123").shown();
    assert_eq!(shown.preview(), Some("Ada Lovelace"));
    let reaction = Outbound::reaction("wamid.1", "").to_phone("+15550100123");
    let expected = MessageContent::Reaction {
        message_id: "wamid.1".into(),
        emoji: None,
    };
    assert_eq!(reaction.shown(), expected);
}
