//! Files of messages, as they go out.

use actix_web::http::{Method, StatusCode};
use rstest::rstest;
use serde_json::Value;

use crate::support::{Answer, GONE, Who, World, ask, changes, image_from};

/// A world with a file of this type and name that was fetched, and where it is.
async fn world(mime: &str, name: &str) -> (World, String) {
    let world = World::new().await;
    world.connect(Who::Owner).await;
    let body = changes(
        Who::Owner,
        &[image_from("15550001", "1", ("7007", mime, name))],
    );
    let url = world.working(async || {
        world.deliver(&body).await;
        let media = media(&world, "stored").await;
        media["url"].as_str().unwrap().to_owned()
    });
    let url = url.await;
    (world, url)
}

/// The one message's file, once it is in this state.
async fn media(world: &World, state: &str) -> Value {
    let conversations = world
        .until(Who::Viewer, "/api/conversations", |rows| rows.len() == 1)
        .await;
    let thread = format!(
        "/api/conversations/{}/messages",
        conversations[0]["id"].as_str().unwrap()
    );
    let there = |rows: &[Value]| rows.len() == 1 && rows[0]["media"]["state"] == state;
    world.until(Who::Viewer, &thread, there).await[0]["media"].clone()
}

async fn get(world: &World, url: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = ask(Method::GET, url, Some(Who::Viewer), None);
    for (name, value) in headers {
        request = request.insert_header((*name, *value));
    }
    world.send(request).await
}

#[actix_web::test]
async fn a_file_goes_out_as_an_attachment_that_cannot_run() {
    let (world, url) = world("image/png", "holiday.png").await;
    let answer = get(&world, &url, &[]).await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (StatusCode::OK, "0123456789")
    );
    assert_eq!(answer.header("content-type"), "image/png");
    assert_eq!(answer.header("content-length"), "10");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename*=UTF-8''holiday.png"
    );
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(
        answer.header("content-security-policy"),
        "sandbox; default-src 'none'"
    );
    assert!(answer.header("cache-control").starts_with("private"));
    assert_eq!(answer.header("accept-ranges"), "bytes");
    let tag = answer.header("etag").to_owned();
    let known = get(&world, &url, &[("if-none-match", &tag)]).await;
    assert_eq!(
        (known.status, known.text.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
}

#[rstest]
#[case::first("bytes=0-3", 206, "0123", "bytes 0-3/10")]
#[case::from("bytes=7-", 206, "789", "bytes 7-9/10")]
#[case::last("bytes=-2", 206, "89", "bytes 8-9/10")]
#[case::longer("bytes=8-100", 206, "89", "bytes 8-9/10")]
#[case::several("bytes=0-1,4-5", 200, "0123456789", "")]
#[case::other_unit("lines=0-1", 200, "0123456789", "")]
#[case::behind_the_end("bytes=10-", 416, "", "bytes */10")]
#[actix_web::test]
async fn one_range_is_served(
    #[case] range: &str,
    #[case] status: u16,
    #[case] text: &str,
    #[case] content_range: &str,
) {
    let (world, url) = world("image/png", "a.png").await;
    let answer = get(&world, &url, &[("range", range)]).await;
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    assert_eq!(answer.header("content-range"), content_range);
    if status != 416 {
        assert_eq!(answer.text, text);
        assert_eq!(answer.header("content-length"), text.len().to_string());
    }
}

#[actix_web::test]
async fn a_range_of_another_version_gets_the_whole_file() {
    let (world, url) = world("image/png", "a.png").await;
    let tag = get(&world, &url, &[]).await.header("etag").to_owned();
    let range = ("range", "bytes=0-3");
    let same = get(&world, &url, &[range, ("if-range", &tag)]).await;
    assert_eq!(same.status, StatusCode::PARTIAL_CONTENT);
    let other = get(&world, &url, &[range, ("if-range", "\"other\"")]).await;
    assert_eq!(other.status, StatusCode::OK);
}

#[rstest]
#[case::html("text/html", "page.html")]
#[case::svg("image/svg+xml", "drawing.svg")]
#[case::script("text/javascript", "run.js")]
#[case::xml("application/xhtml+xml", "page.xhtml")]
#[case::unknown("wabakit/new", "x.bin")]
#[actix_web::test]
async fn files_that_a_browser_could_run_are_served_as_bytes(
    #[case] mime: &str,
    #[case] name: &str,
) {
    let (world, url) = world(mime, name).await;
    let answer = get(&world, &url, &[]).await;
    assert_eq!(answer.header("content-type"), "application/octet-stream");
}

#[rstest]
#[case::path("../../etc/passwd", "passwd")]
#[case::line_break("a\r\nSet-Cookie: x=1.txt", "aSet%2DCookie%3A%20x=1.txt")]
#[case::turned("annexe\u{202e}gpj.exe", "annexegpj.exe")]
#[case::hidden(".htaccess", "htaccess")]
#[case::letters("r\u{e9}sum\u{e9}.pdf", "r%C3%A9sum%C3%A9.pdf")]
#[actix_web::test]
async fn a_senders_file_name_does_no_harm(#[case] told: &str, #[case] shown: &str) {
    let (world, url) = world("application/pdf", told).await;
    let answer = get(&world, &url, &[]).await;
    let disposition = answer.header("content-disposition");
    assert_eq!(disposition, format!("attachment; filename*=UTF-8''{shown}"));
    assert_eq!(answer.header("set-cookie"), "");
}

#[rstest]
#[case::photo("image/jpeg", "photo-", ".jpg")]
#[case::voice("audio/ogg; codecs=opus", "audio-", ".ogg")]
#[case::unknown("application/x-new", "document-", "")]
#[actix_web::test]
async fn a_file_without_a_name_gets_one_that_opens(
    #[case] mime: &str,
    #[case] begins: &str,
    #[case] ends: &str,
) {
    let (world, url) = world(mime, "").await;
    let answer = get(&world, &url, &[]).await;
    let disposition = answer.header("content-disposition");
    let name = disposition.strip_prefix("attachment; filename*=UTF-8''");
    let name = name.unwrap().replace("%2D", "-");
    assert!(name.starts_with(begins) && name.ends_with(ends), "{name}");
}

#[actix_web::test]
async fn a_file_that_meta_lost_says_so_and_is_asked_for_again_by_an_agent() {
    let world = World::new().await;
    world.connect(Who::Owner).await;
    let body = changes(
        Who::Owner,
        &[image_from("15550001", "1", (GONE, "image/png", "a.png"))],
    );
    let failed = world
        .working(async || {
            world.deliver(&body).await;
            media(&world, "failed").await
        })
        .await;
    assert_eq!(failed["error"], "expired");
    assert_eq!(failed["url"], Value::Null);
    let url = format!("/api/media/{}", failed["id"].as_str().unwrap());
    assert_eq!(get(&world, &url, &[]).await.status, StatusCode::NOT_FOUND);
    let again = ask(
        Method::POST,
        &format!("{url}/refetch"),
        Some(Who::Agent),
        None,
    );
    let again = world.send(again).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.text);
    assert_eq!(again.json()["state"], "pending");
}
