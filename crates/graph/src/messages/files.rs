//! Files in messages, headers and templates.

use serde_json::Map;

use super::object::{json_object, text};

json_object! {
    /// An image: JPEG or PNG, at most 5 MB.
    pub struct Image;
    /// A video: MP4 or 3GPP with H.264 and AAC, at most 16 MB.
    pub struct Video;
    /// An audio file: AAC, AMR, MP3, MP4 or Ogg with Opus, at most 16 MB.
    pub struct Audio;
    /// A document of any type, at most 100 MB.
    pub struct Document;
    /// A sticker: WebP, at most 100 KB, or 500 KB if it moves.
    pub struct Sticker;
}

macro_rules! files {
    ($($name:ident)+) => {$(
        impl $name {
            /// Refers to an uploaded file by Meta's id, which [`UploadMedia`](crate::endpoints::UploadMedia) gives.
            pub fn id(id: impl Into<String>) -> Self {
                Self(Map::new()).set("id", text(id))
            }

            /// Refers to a file that Meta downloads. Meta keeps what it downloaded for ten minutes.
            pub fn link(link: impl Into<String>) -> Self {
                Self(Map::new()).set("link", text(link))
            }
        }
    )+};
}

files! { Image Video Audio Document Sticker }

macro_rules! captions {
    ($($name:ident)+) => {$(
        impl $name {
            /// Sets the caption, at most 1,024 characters.
            pub fn caption(self, caption: impl Into<String>) -> Self {
                self.set("caption", text(caption))
            }
        }
    )+};
}

captions! { Image Video Document }

impl Document {
    /// Sets the name that the person sees. Its ending chooses the icon.
    pub fn filename(self, filename: impl Into<String>) -> Self {
        self.set("filename", text(filename))
    }
}

impl Audio {
    /// Shows it as a voice note. The file must be Ogg with Opus.
    pub fn voice(self) -> Self {
        self.set("voice", true)
    }
}
