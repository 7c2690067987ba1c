//! Uploads a file as a stream, sends it, and downloads it again with checks.
#![allow(clippy::print_stdout, reason = "an example shows what it did")]

mod common;

use bytes::Bytes;
use common::{Outcome, connect, setting};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use wabakit_graph::endpoints::{GetMedia, SendMessage, UploadMedia};
use wabakit_graph::messages::{Document, NewMessage};
use wabakit_graph::{Credentials, GraphClient};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let (client, credentials) = connect()?;
    let (number, recipient) = (setting("PHONE_NUMBER_ID")?, setting("RECIPIENT")?);
    run(&client, &credentials, &number, &recipient).await
}

pub(crate) async fn run(
    client: &GraphClient,
    credentials: &Credentials,
    number: &str,
    recipient: &str,
) -> Outcome {
    // A real program streams a file, by `tokio_util::io::ReaderStream` for example.
    let pieces = ["Tea 2.50\n", "Coffee 3.00\n", "Cake 4.20\n"];
    let size = pieces.iter().map(|piece| piece.len() as u64).sum();
    let upload = UploadMedia {
        phone_number_id: number.to_owned(),
        mime_type: "text/plain".to_owned(),
        file_name: "menu.txt".to_owned(),
        size,
        content: stream::iter(pieces.map(|piece| Ok(Bytes::from(piece)))).boxed(),
    };
    let uploaded = client.upload_media(credentials, upload).await?.body;
    println!("uploaded {}", uploaded.id);

    let menu = Document::id(uploaded.id.as_str())
        .filename("menu.txt")
        .caption("The menu");
    let message = NewMessage::to(recipient).document(menu);
    let sent = client
        .call(credentials, &SendMessage::new(number, &message))
        .await?;
    println!("sent {}", sent.body.id);

    let media = GetMedia {
        media_id: uploaded.id,
        phone_number_id: Some(number.to_owned()),
    };
    let media = client.call(credentials, &media).await?.body;
    let mut download = client
        .download_media(credentials, &media.download(1024 * 1024))
        .await?;
    let mut length = 0;
    // The digest is checked at the end, so an error may come last.
    while let Some(bytes) = download.bytes.try_next().await? {
        length += bytes.len();
    }
    println!("downloaded {length} bytes of {:?}", download.content_type);
    Ok(())
}
