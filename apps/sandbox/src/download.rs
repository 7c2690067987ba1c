//! The answer of a media download, intact or spoiled by a fault.

use std::ops::Range;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_RANGES, CONTENT_RANGE};
use bytes::Bytes;
use futures::stream;

use crate::faults::Then;
use crate::media::Media;

/// Pieces of a slow download each second.
const PIECES: usize = 10;

/// The time that a cut download takes to break.
const LAST_BYTES: Duration = Duration::from_millis(50);

/// Answers with the bytes, or with the part of them that `range` asks for.
pub(crate) fn answer(
    media: &Media,
    bytes: Bytes,
    range: Option<&str>,
    then: &Then,
) -> HttpResponse {
    let length = bytes.len();
    let part = match range.and_then(|range| part(range, length)) {
        Some(Err(OutOfBounds)) => {
            return HttpResponse::RangeNotSatisfiable()
                .insert_header((CONTENT_RANGE, format!("bytes */{length}")))
                .finish();
        }
        Some(Ok(part)) => Some(part),
        None => None,
    };
    let bytes = part.clone().map_or(bytes.clone(), |part| bytes.slice(part));
    let whole = if then.corrupt {
        corrupted(&bytes)
    } else {
        bytes
    };
    let mut response = HttpResponse::Ok();
    response
        .content_type(media.mime_type.as_str())
        .insert_header((ACCEPT_RANGES, "bytes"));
    if let Some(part) = part {
        let value = format!("bytes {}-{}/{length}", part.start, part.end - 1);
        response
            .status(StatusCode::PARTIAL_CONTENT)
            .insert_header((CONTENT_RANGE, value));
    }
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

/// A range that begins behind the last byte.
#[derive(Debug, PartialEq, Eq)]
struct OutOfBounds;

/// Reads a `Range` header of one range. `None` for other units, several ranges and malformed ones, which are ignored.
fn part(range: &str, length: usize) -> Option<Result<Range<usize>, OutOfBounds>> {
    let (first, last) = range.trim().strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| text.trim().parse::<usize>();
    let (start, end) = if first.trim().is_empty() {
        let count = number(last).ok()?;
        (length.saturating_sub(count), length)
    } else if last.trim().is_empty() {
        (number(first).ok()?, length)
    } else {
        let (first, last) = (number(first).ok()?, number(last).ok()?);
        if last < first {
            return None;
        }
        (first, last.saturating_add(1).min(length))
    };
    Some(if start < end {
        Ok(start..end)
    } else {
        Err(OutOfBounds)
    })
}

/// Returns other bytes of the same length.
fn corrupted(bytes: &Bytes) -> Bytes {
    bytes.iter().map(|byte| !byte).collect()
}

#[cfg(test)]
mod tests {
    use super::{OutOfBounds, part};

    #[test]
    fn only_one_range_of_bytes_is_read_and_it_ends_with_the_file() {
        assert_eq!(part("bytes=0-3", 10), Some(Ok(0..4)));
        assert_eq!(part("bytes=8-99", 10), Some(Ok(8..10)));
        assert_eq!(part("bytes=4-", 10), Some(Ok(4..10)));
        assert_eq!(part("bytes=-3", 10), Some(Ok(7..10)));
        assert_eq!(part("bytes=-30", 10), Some(Ok(0..10)));
        assert_eq!(part("bytes=10-", 10), Some(Err(OutOfBounds)));
        assert_eq!(part("bytes=-0", 10), Some(Err(OutOfBounds)));
        for ignored in ["bytes=0-1,4-5", "lines=0-1", "bytes=5-4", "bytes=a-"] {
            assert_eq!(part(ignored, 10), None, "{ignored}");
        }
    }
}
