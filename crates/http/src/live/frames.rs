//! The frames of a WebSocket. Each event is serialised once, and packed into frames of a bounded size.

use serde::Serialize;
use wabakit_wire::event::EventFrame;

/// The most events in a frame.
pub(super) const AT_MOST: usize = 200;
/// The size in bytes beyond which no event is added to a frame. One event alone may be larger.
const BYTES: usize = 64 * 1024;

/// Makes a frame without events. Serialising it cannot fail, because it holds only a number.
pub(super) fn frame(frame: &EventFrame) -> String {
    serde_json::to_string(frame).unwrap_or_default()
}

/// Packs events into frames, in order.
///
/// # Errors
/// When an event cannot be serialised.
pub(super) fn events<E: Serialize>(
    events: impl IntoIterator<Item = E>,
) -> Result<Vec<String>, serde_json::Error> {
    let mut frames = Vec::new();
    let mut frame = String::new();
    let mut count = 0;
    for event in events {
        let event = serde_json::to_string(&event)?;
        if count == AT_MOST || (count > 0 && frame.len() + event.len() > BYTES) {
            frames.push(finished(std::mem::take(&mut frame)));
            count = 0;
        }
        frame.push_str(if count == 0 {
            r#"{"kind":"events","events":["#
        } else {
            ","
        });
        frame.push_str(&event);
        count += 1;
    }
    if count > 0 {
        frames.push(finished(frame));
    }
    Ok(frames)
}

fn finished(mut frame: String) -> String {
    frame.push_str("]}");
    frame
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn read(frames: &[String]) -> Vec<Vec<Value>> {
        let read = |frame: &String| {
            let frame: Value = serde_json::from_str(frame).unwrap();
            assert_eq!(frame["kind"], "events");
            frame["events"].as_array().unwrap().clone()
        };
        frames.iter().map(read).collect()
    }

    #[test]
    fn frames_hold_all_events_in_order() {
        let frames = events(0..450).unwrap();
        let read = read(&frames);
        assert_eq!(
            read.iter().map(Vec::len).collect::<Vec<_>>(),
            [200, 200, 50]
        );
        let all: Vec<_> = read.into_iter().flatten().collect();
        assert!(all.iter().enumerate().all(|(n, event)| *event == n));
        assert!(events(0..0).unwrap().is_empty());
    }

    #[test]
    fn frames_are_bounded_in_bytes_and_a_large_event_has_its_own() {
        let large = "a".repeat(BYTES * 2);
        let small = "b".repeat(BYTES / 3);
        let told = [&small, &large, &small, &small, &small];
        let frames = events(told).unwrap();
        let counts: Vec<_> = read(&frames).iter().map(Vec::len).collect();
        assert_eq!(counts, [1, 1, 2, 1]);
    }
}
