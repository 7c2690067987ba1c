//! Uploaded files, and their ids at Meta.

use wabakit_domain::{media::MediaState, outbound::StoredFile};

use super::OutboxWorld;
use crate::at;
use wabakit_ports::store::Upload;

fn file(w: &OutboxWorld) -> Upload {
    Upload {
        id: w.id(),
        org: w.ours.org,
        key: "org/uploads/1".into(),
        sha256: [7; 32],
        mime_type: "image/png".into(),
        filename: Some("a.png".into()),
        size: 5 << 32,
        created_at: at(0),
    }
}

pub async fn an_upload_comes_back_whole(w: OutboxWorld) {
    let named = file(&w);
    let nameless = Upload {
        filename: None,
        ..file(&w)
    };
    for upload in [named, nameless] {
        let saved = w
            .store
            .save_upload(upload.clone(), None, vec![])
            .await
            .unwrap();
        assert_eq!(saved, upload);
        let found = w.store.upload(w.ours.org, upload.id).await.unwrap();
        assert_eq!(found, Some(upload));
    }
    assert_eq!(w.store.upload(w.ours.org, w.id()).await.unwrap(), None);
}

pub async fn the_same_file_is_kept_once(w: OutboxWorld) {
    let entry = || vec![w.connect.make.event(w.ours.org, "media.uploaded")];
    let first = w.store.save_upload(file(&w), None, entry()).await.unwrap();
    let again = Upload {
        key: "org/uploads/2".into(),
        created_at: at(9),
        ..file(&w)
    };
    let saved = w
        .store
        .save_upload(again.clone(), None, entry())
        .await
        .unwrap();
    assert_eq!(saved, first);
    let recorded = w.connect.actions(w.ours.org).await;
    assert_eq!(recorded, ["media.uploaded"], "and recorded once");
    assert_eq!(w.store.upload(w.ours.org, again.id).await.unwrap(), None);
    let others = [
        Upload {
            sha256: [8; 32],
            ..file(&w)
        },
        Upload {
            mime_type: "image/webp".into(),
            ..file(&w)
        },
        Upload {
            filename: None,
            ..file(&w)
        },
        Upload {
            org: w.theirs.org,
            ..file(&w)
        },
    ];
    for other in others {
        let saved = w
            .store
            .save_upload(other.clone(), None, vec![])
            .await
            .unwrap();
        assert_eq!(saved, other, "it is another file");
    }
}

pub async fn one_of_twenty_same_uploads_is_kept(w: OutboxWorld) {
    let saved = w
        .connect
        .race(|_, _| {
            let w = w.clone();
            async move {
                w.store
                    .save_upload(file(&w), None, vec![])
                    .await
                    .unwrap()
                    .id
            }
        })
        .await;
    assert!(saved.iter().all(|id| *id == saved[0]));
}

pub async fn metas_id_of_a_file_is_kept_for_each_number(w: OutboxWorld) {
    let upload = w
        .store
        .save_upload(file(&w), None, vec![])
        .await
        .unwrap()
        .id;
    let (first, second) = (w.ours.number.id, w.ours.second.id);
    let save = |account, meta: Option<&str>, now| {
        let meta = meta.map(Into::into);
        w.store.save_meta_media(upload, account, meta, at(now))
    };
    let kept = |account| {
        let w = w.clone();
        async move { w.store.meta_media(upload, account).await.unwrap() }
    };
    assert_eq!(kept(first).await, None);
    save(first, Some("1"), 10).await.unwrap();
    save(second, Some("2"), 20).await.unwrap();
    assert_eq!(kept(first).await, Some(("1".into(), at(10))));
    save(first, Some("3"), 30).await.unwrap();
    assert_eq!(kept(first).await, Some(("3".into(), at(30))));
    save(first, None, 40).await.unwrap();
    save(first, None, 50).await.unwrap();
    assert_eq!(kept(first).await, None);
    assert_eq!(kept(second).await, Some(("2".into(), at(20))));
}

fn stored(w: &OutboxWorld, upload: &Upload) -> StoredFile {
    StoredFile {
        media: w.id(),
        key: upload.key.clone(),
        size: upload.size,
        mime_type: upload.mime_type.clone(),
        sha256: "0707".into(),
        filename: upload.filename.clone(),
    }
}

pub async fn a_file_of_our_own_is_stored_already(w: OutboxWorld) {
    let upload = w.store.save_upload(file(&w), None, vec![]).await.unwrap();
    let mut compose = w.compose("15550100");
    let own = stored(&w, &upload);
    compose.file = Some(own.clone());
    let message = w.enqueue(&w.ours.number, vec![compose]).await.remove(0);
    assert_eq!(message.media, Some(own.media));
    let media = w.media_of(w.ours.org, &message).await;
    assert_eq!((media.state, media.next_at), (MediaState::Stored, None));
    assert_eq!(media.key.as_deref(), Some("org/uploads/1"));
    assert_eq!((media.size, media.stored_at), (Some(5 << 32), Some(at(0))));
    assert_eq!(
        (media.account, media.message),
        (w.ours.number.id, message.id)
    );
    assert_eq!(media.filename, own.filename);
    let bytes = w.receive.store.stored_bytes(w.ours.org).await.unwrap();
    assert_eq!(bytes, 5 << 32, "the message's file is the upload itself");
    let claimed = w.receive.store.claim_media(at(9_000), at(9_001), 10).await;
    assert_eq!(claimed.unwrap(), [], "there is nothing to fetch");
}

pub async fn an_erased_person_takes_their_messages_out_of_the_queue(w: OutboxWorld) {
    let upload = w.store.save_upload(file(&w), None, vec![]).await.unwrap();
    let to_both = ["15550100", "15550101"].map(|to| {
        let mut compose = w.compose(to);
        compose.file = Some(stored(&w, &upload));
        compose
    });
    let queued = w.enqueue(&w.ours.number, to_both.to_vec()).await;
    let begun = w.begin_to("15550100").await;
    w.apply(vec![w.accepted(begun.id, 1, "wamid.1")]).await;
    assert_eq!(w.now(begun.id).await.contact, queued[0].contact);
    let erase = w.receive.store.erase_contact(
        w.ours.org,
        queued[0].contact.unwrap(),
        vec![],
        at(2_000),
        w.ids(),
    );
    let erased = erase.await.unwrap();
    assert_eq!(erased.messages, 2);
    assert_eq!(erased.files, [""; 0], "the file went to others as well");
    let bytes = w.receive.store.stored_bytes(w.ours.org).await.unwrap();
    assert_eq!(bytes, 5 << 32, "and still takes its room");
    assert_eq!(w.all_due(0).await, [queued[1].id]);
    let body = w.store.body(w.ours.org, queued[0].id).await.unwrap();
    assert_eq!(body, None);
    for told in w.told(w.ours.org).await {
        let told = format!("{told:?}");
        assert!(!told.contains("15550100"), "{told}");
        assert!(!told.contains(&begun.id.to_string()), "{told}");
    }
}
