use serde_json::json;
use wabakit_domain::outbound::{
    Component, Header, Interactive, Media, MediaKind, MediaSource, Outbound, Parameter, Template,
    with_media_id,
};

const OURS: &str = "0192f0c1-2345-7abc-8def-0123456789ab";

#[test]
fn files_are_found_wherever_they_stand() {
    let card = |id: &str| vec![Component::of("header", [Parameter::image(Media::id(id))])];
    let template = Template::new("n", "en")
        .header(Parameter::video(Media::link("https://a.example/b.mp4")))
        .carousel([card("1"), card("2")]);
    let found = Outbound::template(template)
        .to_phone("+15550100123")
        .media();
    let at = |pointer: &str| {
        let found = found.iter().find(|file| file.pointer == pointer).unwrap();
        (found.kind, found.source.clone())
    };
    assert_eq!(found.len(), 3);
    assert_eq!(
        at("/template/components/0/parameters/0/video"),
        (
            MediaKind::Video,
            MediaSource::Link("https://a.example/b.mp4".to_owned())
        )
    );
    assert_eq!(
        at("/template/components/1/cards/1/components/0/parameters/0/image"),
        (MediaKind::Image, MediaSource::Id("2".to_owned()))
    );
    let plain = Outbound::text("image").to_phone("+15550100123");
    assert_eq!(plain.media(), []);
}

#[test]
fn only_files_get_metas_id() {
    let interactive =
        Interactive::buttons(OURS, [(OURS, "a")]).header(Header::image(Media::id(OURS)));
    let message = Outbound::interactive(interactive).to_phone("+15550100123");
    let sent = with_media_id(&message.to_json().to_string(), OURS, "4711");
    let mut expected = message.to_json();
    expected["interactive"]["header"]["image"]["id"] = "4711".into();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&sent).unwrap(),
        expected
    );
    assert_ne!(expected, message.to_json());
}

#[test]
fn another_file_keeps_its_id() {
    let body = json!({"image": {"id": "other"}}).to_string();
    assert_eq!(with_media_id(&body, OURS, "4711"), body);
}
