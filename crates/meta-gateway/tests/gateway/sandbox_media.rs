//! Files at the sandbox, from upload to deletion.

use bytes::{Bytes, BytesMut};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use rstest::rstest;
use serde_json::{Value, json};
use wabakit_domain::{
    ids::{MetaMediaId, PhoneNumberId},
    secret::Purpose,
};
use wabakit_graph::{
    AccessToken, AppCredentials, CallRetryPolicy, Credentials, GraphClient,
    endpoints::{DeleteMedia, UploadMedia},
};
use wabakit_ports::{
    meta::{
        GrantAccess, MediaGateway as _, MediaLink, MediaRemedy as Remedy, MetaError,
        MetaErrorKind as Kind,
    },
    vault::Vault as _,
};

use crate::{
    sandbox::{NUMBER, Play},
    support::{APP_ID, APP_SECRET, PaperVault},
};

const MAX: u64 = 1 << 20;

/// A text file, which the sandbox accepts with any content.
fn body() -> Bytes {
    (0..200_000_u32).map(|at| b'a' + (at % 23) as u8).collect()
}

/// A sender with a file at Meta.
struct Sender {
    play: Play,
    access: GrantAccess,
    credentials: Credentials,
    client: GraphClient,
    media: MetaMediaId,
}

impl Sender {
    async fn begin() -> Self {
        let play = Play::begin();
        let access = play.login(json!({})).await;
        let binding = access.grant.binding(Purpose::AccessToken);
        let sealed = access.grant.token.as_ref().unwrap();
        let token = PaperVault::default().open(binding, sealed).await.unwrap();
        let app = AppCredentials::new(APP_ID, APP_SECRET.to_owned());
        let credentials = Credentials::proven(AccessToken::from(token), &app);
        let client = GraphClient::builder()
            .base_url(&play.base)
            .retry(CallRetryPolicy::NEVER);
        let client = client.build().unwrap();
        let half = body().len() / 2;
        let halves = [body().slice(..half), body().slice(half..)];
        let upload = UploadMedia {
            phone_number_id: NUMBER.to_owned(),
            mime_type: "text/plain".to_owned(),
            file_name: "notes.txt".to_owned(),
            size: body().len() as u64,
            content: stream::iter(halves.map(Ok)).boxed(),
        };
        let uploaded = client.upload_media(&credentials, upload).await.unwrap();
        Self {
            media: MetaMediaId::from(uploaded.body.id),
            play,
            access,
            credentials,
            client,
        }
    }

    async fn link_of(&self, number: &str) -> Result<MediaLink, MetaError> {
        let number = PhoneNumberId::from(number);
        let gateway = &self.play.gateway;
        gateway.media_link(&self.access, &number, &self.media).await
    }

    async fn link(&self) -> Result<MediaLink, MetaError> {
        self.link_of(NUMBER).await
    }

    async fn fetch(&self, link: &MediaLink) -> Result<Bytes, MetaError> {
        let download = self.play.gateway.download(&self.access, link, MAX).await?;
        let bytes: BytesMut = download.bytes.try_collect().await?;
        Ok(bytes.freeze())
    }

    async fn wait(&self, seconds: u64) {
        let clock = json!({ "advanceSeconds": seconds });
        self.play.order("clock", clock).await;
    }
}

#[tokio::test]
async fn what_was_uploaded_is_found_fetched_and_deleted() {
    let sender = Sender::begin().await;
    let link = sender.link().await.unwrap();
    assert_eq!(link.mime_type.as_deref(), Some("text/plain"));
    assert_eq!(link.size, Some(body().len() as u64));
    assert!(link.sha256.is_some());
    assert_eq!(sender.fetch(&link).await.unwrap(), body());

    let endpoint = DeleteMedia {
        media_id: sender.media.as_str().to_owned(),
        phone_number_id: Some(NUMBER.to_owned()),
    };
    let deleted = sender.client.call(&sender.credentials, &endpoint).await;
    deleted.unwrap();
    let error = sender.link().await.unwrap_err();
    assert_eq!(
        (error.kind, error.media_remedy()),
        (Kind::NotFound, Remedy::GiveUp)
    );
}

#[tokio::test]
async fn a_link_dies_within_minutes_and_a_new_one_works() {
    let sender = Sender::begin().await;
    let link = sender.link().await.unwrap();
    sender.wait(301).await;
    let error = sender.fetch(&link).await.unwrap_err();
    assert_eq!(
        (error.kind, error.media_remedy()),
        (Kind::LinkExpired, Remedy::NewLink)
    );
    let link = sender.link().await.unwrap();
    assert_eq!(sender.fetch(&link).await.unwrap(), body());
}

#[tokio::test]
async fn a_file_of_another_number_is_not_found() {
    let sender = Sender::begin().await;
    let error = sender.link_of("530000000000002").await.unwrap_err();
    assert_eq!(error.kind, Kind::NotFound);
}

#[rstest]
#[case::other_bytes(json!({ "corrupt": true }), Kind::MediaCorrupt)]
#[case::cut_off(json!({ "truncate": 1000 }), Kind::Unavailable)]
#[case::dead_link(json!({ "deadUrl": true }), Kind::LinkExpired)]
#[tokio::test]
async fn a_spoiled_file_is_never_taken_for_whole(#[case] then: Value, #[case] kind: Kind) {
    let sender = Sender::begin().await;
    sender.play.order("faults", json!({ "then": then })).await;
    let link = sender.link().await.unwrap();
    let error = sender.fetch(&link).await.unwrap_err();
    assert_eq!(error.kind, kind, "{error}");
}
