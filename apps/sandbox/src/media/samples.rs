//! Small real files of each kind. Each has its object's id at its end, where readers ignore it, so that no two are
//! the same.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// A kind of sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sample {
    Image,
    Video,
    Document,
    Audio,
    Sticker,
}

impl Sample {
    pub(crate) fn mime_type(self) -> &'static str {
        match self {
            Self::Image => "image/jpeg",
            Self::Video => "video/mp4",
            Self::Document => "application/pdf",
            Self::Audio => "audio/ogg; codecs=opus",
            Self::Sticker => "image/webp",
        }
    }

    pub(crate) fn bytes(self, id: &str) -> Bytes {
        let file: &[u8] = match self {
            Self::Image => include_bytes!("samples/image.jpg"),
            Self::Video => include_bytes!("samples/video.mp4"),
            Self::Document => include_bytes!("samples/document.pdf"),
            Self::Audio => include_bytes!("samples/voice.ogg"),
            Self::Sticker => include_bytes!("samples/sticker.webp"),
        };
        let mut out = file.to_vec();
        match self {
            // A box that players skip: its length, type and content.
            Self::Video => {
                out.extend_from_slice(&(8 + id.len() as u32).to_be_bytes());
                out.extend_from_slice(b"free");
            }
            _ => out.extend_from_slice(b"\n%"),
        }
        out.extend_from_slice(id.as_bytes());
        Bytes::from(out)
    }
}
