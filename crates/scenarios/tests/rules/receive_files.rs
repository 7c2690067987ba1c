//! Files: fetched before they expire at Meta, checked against their digest, and served to their organisation alone.

use bytes::Bytes;
use chrono::Duration;
use futures::TryStreamExt as _;
use ring::digest;
use rstest::rstest;
use serde_json::json;
use wabakit_domain::{
    event::EventData,
    identity::Role,
    media::{Media, MediaState},
};
use wabakit_ports::{meta::MetaErrorKind, system::Clock as _};
use wabakit_services::{MediaFile, ServiceError};

use crate::support::{Receiver, caller, texts};

const BYTES: &[u8] = b"the bytes of a picture";

fn sha256() -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    STANDARD.encode(digest::digest(&digest::SHA256, BYTES))
}

/// Receives a picture with this digest. `link` is its address in the webhook.
async fn came(r: &Receiver, link: Option<&str>, sha256: &str) -> Media {
    let mut body = texts("waba", "n1", &[]);
    body["entry"][0]["changes"][0]["value"]["messages"] = json!([{
        "id": "wamid.picture", "from": "491510000", "timestamp": "1767225000", "type": "image",
        "image": {"id": "media1", "mime_type": "image/jpeg", "sha256": sha256, "url": link},
    }]);
    r.receive(&body).await;
    media(r).await
}

async fn media(r: &Receiver) -> Media {
    let events = r.events(r.world.admin.org).await;
    let of = |data: &EventData| match data {
        EventData::MessageReceived(told) => told.message.media,
        _ => None,
    };
    let id = events.iter().find_map(|event| of(&event.data)).unwrap();
    r.receive.media.media(&r.world.admin, id).await.unwrap()
}

async fn bytes(file: MediaFile) -> Vec<u8> {
    let parts: Vec<Bytes> = file.blob.unwrap().bytes.try_collect().await.unwrap();
    parts.concat()
}

fn there(r: &Receiver, link: &str) {
    r.files
        .script()
        .bytes
        .insert(link.into(), Ok(BYTES.to_vec()));
}

fn linked(r: &Receiver, link: &str) {
    r.files
        .script()
        .links
        .insert("media1".into(), Ok(link.into()));
}

#[tokio::test]
async fn a_file_is_fetched_by_the_webhooks_own_link_and_given_to_the_org() {
    let r = Receiver::new().await;
    there(&r, "https://media/a");
    let file = came(&r, Some("https://media/a"), &sha256()).await;
    assert_eq!(file.state, MediaState::Pending);
    assert_eq!(r.receive.fetch_files().await.unwrap(), 1);
    let file = media(&r).await;
    assert_eq!(
        (file.state, file.size),
        (MediaState::Stored, Some(BYTES.len() as i64))
    );
    assert_eq!(r.files.script().calls, ["download https://media/a"]);
    let told = r.kinds(r.world.admin.org).await;
    assert_eq!(told.last(), Some(&"media.updated"));
    let media = &r.receive.media;
    let whole = media.open(&r.world.admin, file.id, None).await.unwrap();
    assert_eq!(bytes(whole).await, BYTES);
    let part = media
        .open(&r.world.admin, file.id, Some(4..9))
        .await
        .unwrap();
    assert_eq!(bytes(part).await, b"bytes");
    let beyond = media
        .open(&r.world.admin, file.id, Some(1_000..1_001))
        .await
        .unwrap();
    assert!(beyond.blob.is_none());
    let stranger = caller(2, 2, Role::Owner);
    for answer in [
        media.open(&stranger, file.id, None).await.map(drop),
        media.refetch(&stranger, file.id).await.map(drop),
    ] {
        assert!(matches!(answer, Err(ServiceError::NotFound(_))));
    }
    assert_eq!(r.receive.fetch_files().await.unwrap(), 0, "once");
}

#[tokio::test]
async fn a_link_that_is_over_is_asked_for_anew() {
    let r = Receiver::new().await;
    there(&r, "https://media/b");
    linked(&r, "https://media/b");
    came(&r, Some("https://media/a"), &sha256()).await;
    r.receive.fetch_files().await.unwrap();
    assert_eq!(media(&r).await.state, MediaState::Stored);
    let calls = [
        "download https://media/a",
        "link media1 of n1",
        "download https://media/b",
    ];
    assert_eq!(r.files.script().calls, calls);
}

#[tokio::test]
async fn an_old_link_is_not_tried_at_all() {
    let r = Receiver::new().await;
    there(&r, "https://media/b");
    linked(&r, "https://media/b");
    came(&r, Some("https://media/a"), &sha256()).await;
    r.world.clock.advance(Duration::minutes(5));
    r.receive.fetch_files().await.unwrap();
    assert_eq!(r.files.script().calls[0], "link media1 of n1");
}

#[tokio::test]
async fn bytes_that_are_not_the_promised_ones_are_not_kept_and_fetched_again() {
    let r = Receiver::new().await;
    linked(&r, "https://media/b");
    r.files
        .script()
        .bytes
        .insert("https://media/b".into(), Ok(b"forged".to_vec()));
    came(&r, None, &sha256()).await;
    r.receive.fetch_files().await.unwrap();
    let file = media(&r).await;
    assert_eq!(
        (file.state, file.error.as_deref()),
        (MediaState::Pending, Some("hash_mismatch"))
    );
    assert!(r.blobs.keys().is_empty());
    there(&r, "https://media/b");
    r.world.clock.advance(Duration::minutes(1));
    r.receive.fetch_files().await.unwrap();
    assert_eq!(media(&r).await.state, MediaState::Stored);
}

#[tokio::test]
async fn bytes_that_are_never_the_promised_ones_are_given_up() {
    let r = Receiver::new().await;
    linked(&r, "https://media/b");
    r.files
        .script()
        .bytes
        .insert("https://media/b".into(), Ok(b"forged".to_vec()));
    came(&r, None, &sha256()).await;
    for _ in 0..10 {
        r.receive.fetch_files().await.unwrap();
        r.world.clock.advance(Duration::hours(2));
    }
    let file = media(&r).await;
    assert_eq!(
        (file.state, file.error.as_deref()),
        (MediaState::Failed, Some("hash_mismatch"))
    );
    assert_eq!(file.attempts, 5);
}

#[tokio::test]
async fn a_digest_in_hex_is_a_digest_too() {
    let r = Receiver::new().await;
    there(&r, "https://media/a");
    let hex = hex::encode(digest::digest(&digest::SHA256, BYTES));
    came(&r, Some("https://media/a"), &hex).await;
    r.receive.fetch_files().await.unwrap();
    assert_eq!(media(&r).await.state, MediaState::Stored);
}

#[tokio::test]
async fn a_file_that_meta_no_longer_has_is_reported_and_can_be_refetched() {
    let r = Receiver::new().await;
    came(&r, None, &sha256()).await;
    r.receive.fetch_files().await.unwrap();
    let file = media(&r).await;
    assert_eq!(
        (file.state, file.error.as_deref()),
        (MediaState::Failed, Some("expired"))
    );
    let events = r.events(r.world.admin.org).await;
    assert!(
        matches!(&events.last().unwrap().data, EventData::MediaUpdated(told) if told.state == MediaState::Failed)
    );
    let viewer = caller(1, 5, Role::Viewer);
    let refused = r.receive.media.refetch(&viewer, file.id).await;
    assert!(matches!(refused, Err(ServiceError::Forbidden(_))));
    there(&r, "https://media/b");
    linked(&r, "https://media/b");
    let agent = caller(1, 6, Role::Agent);
    let again = r.receive.media.refetch(&agent, file.id).await.unwrap();
    assert_eq!((again.state, again.attempts), (MediaState::Pending, 0));
    r.receive.fetch_files().await.unwrap();
    assert_eq!(media(&r).await.state, MediaState::Stored);
}

#[tokio::test]
async fn while_the_grant_is_dead_the_file_waits_and_after_a_week_it_is_lost() {
    let r = Receiver::new().await;
    r.files
        .script()
        .links
        .insert("media1".into(), Err(MetaErrorKind::TokenInvalid));
    came(&r, None, &sha256()).await;
    r.receive.fetch_files().await.unwrap();
    let file = media(&r).await;
    assert_eq!(
        (file.state, file.error.as_deref()),
        (MediaState::Pending, Some("token_dead"))
    );
    for _ in 0..8 {
        r.world.clock.advance(Duration::days(1));
        r.receive.fetch_files().await.unwrap();
    }
    let file = media(&r).await;
    assert_eq!(
        (file.state, file.error.as_deref()),
        (MediaState::Failed, Some("expired"))
    );
}

#[tokio::test]
async fn a_disconnected_number_fetches_nothing_with_a_token_that_is_gone() {
    let r = Receiver::new().await;
    came(&r, None, &sha256()).await;
    r.world
        .accounts
        .disconnect(&r.world.admin, Some(r.account.id))
        .await
        .unwrap();
    r.world.tear_down().await;
    let found = r
        .world
        .store
        .account(r.world.admin.org, r.account.id)
        .await
        .unwrap();
    assert!(found.unwrap().1.token.is_none());
    r.receive.fetch_files().await.unwrap();
    assert_eq!(media(&r).await.error.as_deref(), Some("token_dead"));
    assert!(r.files.script().calls.is_empty());
}

#[tokio::test]
async fn a_file_that_is_too_large_or_refused_is_given_up_at_once() {
    for (kind, code) in [
        (MetaErrorKind::MediaTooLarge, "too_large"),
        (MetaErrorKind::Refused, "refused"),
    ] {
        let r = Receiver::new().await;
        linked(&r, "https://media/b");
        r.files
            .script()
            .bytes
            .insert("https://media/b".into(), Err(kind));
        came(&r, None, &sha256()).await;
        r.receive.fetch_files().await.unwrap();
        let file = media(&r).await;
        assert_eq!(
            (file.state, file.error.as_deref()),
            (MediaState::Failed, Some(code))
        );
    }
}

#[tokio::test]
async fn erasing_a_contact_deletes_its_files_and_those_being_fetched() {
    let r = Receiver::new().await;
    there(&r, "https://media/a");
    came(&r, Some("https://media/a"), &sha256()).await;
    r.receive.fetch_files().await.unwrap();
    assert_eq!(r.blobs.keys().len(), 1);
    let inbox = &r.receive.inbox;
    let contact = inbox
        .contacts(&r.world.admin, None, Default::default())
        .await
        .unwrap()
        .rows
        .remove(0);
    assert_eq!(inbox.erase(&r.world.admin, contact.id).await.unwrap(), 1);
    assert!(r.blobs.keys().is_empty());
}

/// Saves an upload of so many bytes, so that a quota is used up.
async fn takes(r: &Receiver, bytes: i64) {
    let upload = wabakit_ports::store::Upload {
        id: r.ports.base.ids.next().into(),
        org: r.world.admin.org,
        key: "org/upload".into(),
        sha256: [7; 32],
        mime_type: "image/png".into(),
        filename: None,
        size: bytes,
        created_at: r.world.clock.now(),
    };
    let saved = r.world.inbox.save_upload(upload, None, Vec::new());
    saved.await.unwrap();
}

const SIZE: i64 = BYTES.len() as i64;

#[rstest]
#[case::nothing_left(SIZE, &[])]
#[case::more_than_its_quota(SIZE - 1, &[])]
#[case::a_byte_too_little(SIZE * 2 - 1, &["download https://media/a"])]
#[tokio::test]
async fn a_file_that_the_org_has_no_room_for_waits_and_says_so(
    #[case] quota: i64,
    #[case] asked: &[&str],
) {
    let r = Receiver::new().await;
    there(&r, "https://media/a");
    there(&r, "https://media/b");
    linked(&r, "https://media/b");
    takes(&r, SIZE).await;
    came(&r, Some("https://media/a"), &sha256()).await;
    let full = r.with_quota(quota);
    full.fetch_files().await.unwrap();
    let file = media(&r).await;
    assert_eq!(
        (file.state, file.error.as_deref()),
        (MediaState::Pending, Some("storage_quota"))
    );
    assert!(r.blobs.keys().is_empty(), "nothing of it is kept");
    assert_eq!(r.files.script().calls, asked, "Meta is not asked in vain");
    let told = async || {
        let kinds = r.kinds(r.world.admin.org).await;
        kinds
            .iter()
            .filter(|kind| **kind == "media.updated")
            .count()
    };
    assert_eq!(told().await, 1, "listeners are told");
    r.world.clock.advance(Duration::hours(5));
    assert_eq!(
        full.fetch_files().await.unwrap(),
        0,
        "and it is not tried all the time"
    );
    r.world.clock.advance(Duration::hours(1));
    assert_eq!(full.fetch_files().await.unwrap(), 1);
    assert_eq!(told().await, 1, "once");

    // Room by a higher quota: it comes by itself.
    let roomy = r.with_quota(SIZE * 2);
    r.world.clock.advance(Duration::hours(6));
    roomy.fetch_files().await.unwrap();
    let file = media(&r).await;
    assert_eq!((file.state, file.error), (MediaState::Stored, None));
    let room = roomy.media.storage_use(&r.world.admin).await.unwrap();
    assert_eq!((room.used, room.quota), (SIZE * 2, Some(SIZE * 2)));
}

#[tokio::test]
async fn a_file_without_room_for_a_week_is_given_up_and_still_fetched_by_hand() {
    let r = Receiver::new().await;
    there(&r, "https://media/b");
    linked(&r, "https://media/b");
    takes(&r, SIZE).await;
    came(&r, None, &sha256()).await;
    let full = r.with_quota(SIZE);
    for _ in 0..30 {
        full.fetch_files().await.unwrap();
        r.world.clock.advance(Duration::hours(6));
    }
    let file = media(&r).await;
    assert_eq!(
        (file.state, file.error.as_deref()),
        (MediaState::Failed, Some("storage_quota")),
        "it does not say that it expired"
    );
    let agent = caller(1, 6, Role::Agent);
    full.media.refetch(&agent, file.id).await.unwrap();
    full.fetch_files().await.unwrap();
    assert_eq!(media(&r).await.error.as_deref(), Some("storage_quota"));
    let roomy = r.with_quota(SIZE * 2);
    roomy.media.refetch(&agent, file.id).await.unwrap();
    roomy.fetch_files().await.unwrap();
    assert_eq!(media(&r).await.state, MediaState::Stored);
}

#[tokio::test]
async fn files_that_come_at_once_do_not_pass_the_quota_together() {
    let r = Receiver::new().await;
    let mut body = texts("waba", "n1", &[]);
    let pictures = (0..4).map(|n| {
        let link = format!("https://media/{n}");
        there(&r, &link);
        json!({"id": format!("wamid.{n}"), "from": "491510000", "timestamp": "1767225000", "type": "image",
            "image": {"id": "media1", "mime_type": "image/jpeg", "sha256": sha256(), "url": link}})
    });
    body["entry"][0]["changes"][0]["value"]["messages"] = pictures.collect();
    r.receive(&body).await;
    linked(&r, "https://media/0");
    let full = r.with_quota(SIZE * 3);
    assert_eq!(full.fetch_files().await.unwrap(), 4);
    assert_eq!(
        r.blobs.keys().len(),
        3,
        "the bytes of the fourth are deleted again"
    );
    let room = full.media.storage_use(&r.world.admin).await.unwrap();
    assert_eq!(room.used, SIZE * 3);
    r.world.clock.advance(Duration::hours(6));
    let roomy = r.with_quota(SIZE * 4);
    assert_eq!(roomy.fetch_files().await.unwrap(), 1);
    assert_eq!(r.blobs.keys().len(), 4);
}

#[tokio::test]
async fn erasing_a_contact_makes_room() {
    let r = Receiver::new().await;
    there(&r, "https://media/a");
    came(&r, Some("https://media/a"), &sha256()).await;
    let full = r.with_quota(SIZE);
    full.fetch_files().await.unwrap();
    let used = async || full.media.storage_use(&r.world.admin).await.unwrap().used;
    assert_eq!(used().await, SIZE);
    let contacts = full
        .inbox
        .contacts(&r.world.admin, None, Default::default());
    let contact = contacts.await.unwrap().rows.remove(0);
    full.inbox.erase(&r.world.admin, contact.id).await.unwrap();
    assert_eq!(used().await, 0);
}
