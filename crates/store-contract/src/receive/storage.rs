//! The bytes of files that an org stores.

use wabakit_domain::{
    ids::OrgId,
    media::{Media, MediaState},
};

use super::{ReceiveWorld, messages::image, phone, wrote};
use crate::{assert_refused, at};
use wabakit_ports::store::{StoreError, Upload};

fn upload(w: &ReceiveWorld, digest: u8, size: i64) -> Upload {
    Upload {
        id: w.id(),
        org: w.ours.org,
        key: format!("org/uploads/{digest}"),
        sha256: [digest; 32],
        mime_type: "image/png".into(),
        filename: None,
        size,
        created_at: at(0),
    }
}

/// A file that a customer sent, as it is saved once it was fetched.
async fn fetched(w: &ReceiveWorld, wamid: &str, size: i64) -> Media {
    let item = wrote(&w.ours.number, wamid, &phone("15550100"), 1, image(wamid));
    w.apply(vec![item]).await;
    Media {
        state: MediaState::Stored,
        key: Some(format!("org/{wamid}")),
        size: Some(size),
        next_at: None,
        ..w.message(w.ours.org, wamid).await.media.unwrap()
    }
}

async fn save(w: &ReceiveWorld, media: &Media, quota: Option<i64>) -> Result<(), StoreError> {
    let (store, media) = (&w.store, media.clone());
    let saved = store.save_media(media, quota, true, vec![], at(1_100), w.ids());
    saved.await.map(drop)
}

async fn stored(w: &ReceiveWorld, org: OrgId) -> i64 {
    w.store.stored_bytes(org).await.unwrap()
}

pub async fn files_count_once_as_long_as_they_are_stored(w: ReceiveWorld) {
    let org = w.ours.org;
    assert_eq!(stored(&w, org).await, 0);
    for (uploaded, total) in [(upload(&w, 1, 100), 100), (upload(&w, 1, 100), 100)] {
        w.store.save_upload(uploaded, None, vec![]).await.unwrap();
        assert_eq!(stored(&w, org).await, total, "the same bytes are one file");
    }
    let file = fetched(&w, "1", 3 << 32).await;
    assert_eq!(stored(&w, org).await, 100, "what waits is not here yet");
    for _ in 0..2 {
        save(&w, &file, None).await.unwrap();
        assert_eq!(stored(&w, org).await, 100 + (3 << 32));
    }
    let again = Media {
        state: MediaState::Pending,
        ..file.clone()
    };
    save(&w, &again, None).await.unwrap();
    assert_eq!(stored(&w, org).await, 100);
    save(&w, &file, None).await.unwrap();
    let given_up = Media {
        state: MediaState::Failed,
        size: Some(7),
        ..fetched(&w, "2", 7).await
    };
    save(&w, &given_up, None).await.unwrap();
    assert_eq!(stored(&w, org).await, 100 + (3 << 32));
    assert_eq!(stored(&w, w.theirs.org).await, 0, "each org has its own");

    let contact = w.contact(org).await.id;
    let erased = w
        .store
        .erase_contact(org, contact, vec![], at(5_000), w.ids());
    assert_eq!(erased.await.unwrap().files.len(), 2);
    assert_eq!(stored(&w, org).await, 100, "the upload stays");
}

pub async fn a_file_over_the_quota_changes_nothing(w: ReceiveWorld) {
    let (org, quota) = (w.ours.org, Some(100));
    w.store
        .save_upload(upload(&w, 1, 60), quota, vec![])
        .await
        .unwrap();
    let large = upload(&w, 2, 41);
    let entry = vec![w.connect.make.event(org, "media.uploaded")];
    let refused = w.store.save_upload(large.clone(), quota, entry).await;
    assert_refused!(refused, StoreError::OverQuota);
    assert_eq!(w.store.upload(org, large.id).await.unwrap(), None);
    assert_eq!(w.connect.actions(org).await, [""; 0]);
    assert_eq!(stored(&w, org).await, 60);

    let file = fetched(&w, "1", 41).await;
    let (before, events) = (w.message(org, "1").await.media, w.events(org).await.len());
    assert_refused!(save(&w, &file, quota).await, StoreError::OverQuota);
    assert_eq!(w.message(org, "1").await.media, before);
    assert_eq!(w.events(org).await.len(), events);

    let exact = Media {
        size: Some(40),
        ..file
    };
    save(&w, &exact, quota).await.unwrap();
    assert_eq!(stored(&w, org).await, 100, "the quota itself fits");
    let one_more = upload(&w, 3, 1);
    let refused = w.store.save_upload(one_more.clone(), quota, vec![]).await;
    assert_refused!(refused, StoreError::OverQuota);
    w.store
        .save_upload(upload(&w, 1, 60), quota, vec![])
        .await
        .unwrap();
    save(&w, &exact, quota).await.unwrap();
    let others = Upload {
        id: w.id(),
        org: w.theirs.org,
        ..one_more.clone()
    };
    w.store.save_upload(others, quota, vec![]).await.unwrap();
    w.store.save_upload(one_more, None, vec![]).await.unwrap();
    assert_eq!(
        stored(&w, org).await,
        101,
        "without a quota there is no bound"
    );
    // A lowered quota takes nothing away, and holds nothing up that makes room.
    let again = Media {
        state: MediaState::Pending,
        ..exact
    };
    save(&w, &again, Some(10)).await.unwrap();
    assert_eq!(stored(&w, org).await, 61);
}

pub async fn twenty_files_at_once_stay_within_the_quota(w: ReceiveWorld) {
    let saved = w
        .connect
        .race(|_, turn| {
            let w = w.clone();
            async move {
                let file = upload(&w, u8::try_from(turn).unwrap(), 10);
                w.store.save_upload(file, Some(55), vec![]).await.is_ok()
            }
        })
        .await;
    assert_eq!(saved.iter().filter(|saved| **saved).count(), 5);
    assert_eq!(stored(&w, w.ours.org).await, 50);
}
