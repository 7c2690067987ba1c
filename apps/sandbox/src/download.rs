//! The answer of a media download, intact or spoiled by a fault.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use bytes::Bytes;
use futures::stream;

use crate::faults::Then;
use crate::media::Media;

/// Pieces of a slow download each second.
const PIECES: usize = 10;

/// How long a cut download takes to break.
const LAST_BYTES: Duration = Duration::from_millis(50);

pub(crate) fn answer(media: &Media, bytes: Bytes, then: &Then) -> HttpResponse {
    let whole = if then.corrupt {
        corrupted(&bytes)
    } else {
        bytes
    };
    let mut response = HttpResponse::Ok();
    response.content_type(media.mime_type.as_str());
    if then.truncate.is_none() && then.bytes_per_second.is_none() {
        return response.body(whole);
    }
    let length = whole.len() as u64;
    let end = then.truncate.unwrap_or(whole.len()).min(whole.len());
    let is_cut = end < whole.len();
    let piece = then
        .bytes_per_second
        .map_or(whole.len(), |speed| (speed / PIECES).max(1));
    let pause = Duration::from_secs(1) / u32::try_from(PIECES).unwrap_or(1);
    let pause = then.bytes_per_second.map(|_| pause);
    let stream = stream::unfold(0, move |at| {
        let whole = whole.clone();
        async move {
            if at >= end {
                if !is_cut || at > end {
                    return None;
                }
                // Waits so that the first bytes are sent before the connection breaks. The body is then shorter than
                // announced.
                tokio::time::sleep(LAST_BYTES).await;
                let failure = std::io::Error::other("a fault was ordered");
                return Some((Err(failure), end + 1));
            }
            if let Some(pause) = pause {
                tokio::time::sleep(pause).await;
            }
            let next = (at + piece).min(end);
            Some((Ok::<Bytes, std::io::Error>(whole.slice(at..next)), next))
        }
    });
    response.body(SizedStream::new(length, stream))
}

/// Returns other bytes of the same length.
fn corrupted(bytes: &Bytes) -> Bytes {
    bytes.iter().map(|byte| !byte).collect()
}
