//! Recognises the type of a file by its first bytes, and knows which types Meta accepts.
//!
//! Source: Meta, "Media", supported media types.

use wabakit_domain::outbound::MediaKind;

/// How many bytes are needed to recognise a type.
pub(super) const HEAD: usize = 64;

const KB: u64 = 1 << 10;
const MB: u64 = 1 << 20;

/// A file type that Meta accepts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Sort {
    pub(super) mime_type: &'static str,
    pub(super) kind: MediaKind,
    /// The limit in bytes.
    pub(super) at_most: u64,
}

const OFFICE: [(&str, &str); 3] = [
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
];
const OLD_OFFICE: [(&str, &str); 3] = [
    ("doc", "application/msword"),
    ("xls", "application/vnd.ms-excel"),
    ("ppt", "application/vnd.ms-powerpoint"),
];

/// What the bytes say about the type.
enum Detected {
    /// It is this type.
    Sure(&'static str),
    /// It is one of these. The declared type or the file name's ending decides; the first one, if there is one, when
    /// neither does.
    OneOf(
        &'static [(&'static str, &'static str)],
        Option<&'static str>,
    ),
}

/// Decides the type of a file. `declared` is from its sender, `filename` is its name if it has one, and `head` is its
/// first [`HEAD`] bytes or all.
///
/// # Errors
/// A sentence, when Meta does not accept the file, or the bytes do not match the declared type.
pub(super) fn sort(declared: &str, filename: Option<&str>, head: &[u8]) -> Result<Sort, String> {
    let declared = declared.split(';').next().unwrap_or_default().trim();
    let declared = match declared.to_ascii_lowercase() {
        kind if kind == "application/octet-stream" => String::new(),
        kind if kind == "image/jpg" => "image/jpeg".to_owned(),
        kind if kind == "audio/mp3" => "audio/mpeg".to_owned(),
        kind => kind,
    };
    let ending = filename.and_then(|name| name.rsplit_once('.'));
    let ending = ending.map(|(_, ending)| ending.to_ascii_lowercase());
    let mime_type = match told(head)? {
        Detected::Sure(mime_type) => mime_type,
        Detected::OneOf(choices, otherwise) => {
            let by = |wanted: &str, of: fn(&(&'static str, &'static str)) -> &'static str| {
                choices
                    .iter()
                    .find(|choice| of(choice) == wanted)
                    .map(|choice| choice.1)
            };
            let by_type = by(&declared, |choice| choice.1);
            let by_name = || {
                ending
                    .as_deref()
                    .and_then(|ending| by(ending, |choice| choice.0))
            };
            by_type.or_else(by_name).or(otherwise).ok_or_else(|| {
                format!(
                    "Meta takes no such file: say by its Content-Type or its name what it is ({}).",
                    listed(choices)
                )
            })?
        }
    };
    if !declared.is_empty() && declared != mime_type {
        return Err(format!(
            "The file was declared as {declared}, and its bytes are {mime_type}."
        ));
    }
    Ok(known(mime_type, head))
}

/// Returns the kind of a checked file.
pub(super) fn kind_of(mime_type: &str) -> MediaKind {
    match mime_type.split_once('/') {
        _ if mime_type == "image/webp" => MediaKind::Sticker,
        Some(("image", _)) => MediaKind::Image,
        Some(("video", _)) => MediaKind::Video,
        Some(("audio", _)) => MediaKind::Audio,
        _ => MediaKind::Document,
    }
}

fn known(mime_type: &'static str, head: &[u8]) -> Sort {
    let kind = kind_of(mime_type);
    let at_most = match kind {
        MediaKind::Image => 5 * MB,
        MediaKind::Video | MediaKind::Audio => 16 * MB,
        MediaKind::Document => 100 * MB,
        // The flag of an animation in an extended WebP.
        MediaKind::Sticker => match head.get(12..16) == Some(b"VP8X")
            && head.get(20).is_some_and(|flags| flags & 2 != 0)
        {
            true => 500 * KB,
            false => 100 * KB,
        },
    };
    Sort {
        mime_type,
        kind,
        at_most,
    }
}

fn told(head: &[u8]) -> Result<Detected, String> {
    const MP4: [(&str, &str); 3] = [
        ("mp4", "video/mp4"),
        ("m4a", "audio/mp4"),
        ("3gp", "video/3gpp"),
    ];
    const M4A: [(&str, &str); 1] = [("m4a", "audio/mp4")];
    const MOBILE: [(&str, &str); 1] = [("3gp", "video/3gpp")];
    let begins = |magic: &[u8]| head.starts_with(magic);
    let brand = head
        .get(4..8)
        .filter(|tag| *tag == b"ftyp")
        .and_then(|_| head.get(8..12));
    Ok(match brand {
        Some(b"M4A " | b"M4B ") => Detected::OneOf(&M4A, Some("audio/mp4")),
        Some([b'3', b'g', ..]) => Detected::OneOf(&MOBILE, Some("video/3gpp")),
        Some(b"qt  ") => return Err("Meta takes no QuickTime films: convert it to MP4.".to_owned()),
        Some(b"heic" | b"heix" | b"mif1" | b"avif") => {
            return Err("Meta takes no such pictures: convert it to JPEG or PNG.".to_owned());
        }
        Some(_) => Detected::OneOf(&MP4, Some("video/mp4")),
        None if begins(&[0xff, 0xd8, 0xff]) => Detected::Sure("image/jpeg"),
        None if begins(b"\x89PNG\r\n\x1a\n") => Detected::Sure("image/png"),
        None if begins(b"RIFF") && head.get(8..12) == Some(b"WEBP") => Detected::Sure("image/webp"),
        None if begins(b"OggS") => match head.windows(8).any(|part| part == b"OpusHead") {
            true => Detected::Sure("audio/ogg"),
            false => return Err("Meta takes Ogg sound with the Opus codec only.".to_owned()),
        },
        None if begins(b"#!AMR") => Detected::Sure("audio/amr"),
        None if begins(b"ID3") => Detected::Sure("audio/mpeg"),
        None if begins(b"%PDF-") => Detected::Sure("application/pdf"),
        None if begins(b"PK\x03\x04") => Detected::OneOf(&OFFICE, None),
        None if begins(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) => Detected::OneOf(&OLD_OFFICE, None),
        None if begins(&[0x1a, 0x45, 0xdf, 0xa3]) => {
            return Err("Meta takes no WebM: record or convert it to MP4, or sound to Ogg with Opus.".to_owned());
        }
        None if begins(b"GIF8") => {
            return Err("Meta takes no GIF: convert it to MP4, or to a WebP sticker.".to_owned());
        }
        None => match head {
            // Audio without a container: ADTS with layer 0, or MPEG with layer 1 to 3.
            [0xff, second, ..] if second & 0xf6 == 0xf0 => Detected::Sure("audio/aac"),
            [0xff, second, ..] if second & 0xe0 == 0xe0 && second & 0x06 != 0 => Detected::Sure("audio/mpeg"),
            _ if is_text(head) => Detected::Sure("text/plain"),
            _ => return Err("Meta takes no such file: send JPEG, PNG, WebP, MP4, 3GPP, AAC, AMR, MP3, Ogg with Opus, PDF, text or an Office document.".to_owned()),
        },
    })
}

/// Tells whether the bytes are text, which may be cut within a character.
fn is_text(head: &[u8]) -> bool {
    let is_utf8 = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    is_utf8
        && !head
            .iter()
            .any(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b))
}

fn listed(choices: &[(&str, &str)]) -> String {
    let endings: Vec<_> = choices.iter().map(|(ending, _)| *ending).collect();
    endings.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ogg(codec: &[u8]) -> Vec<u8> {
        [b"OggS\0\x02", &[0; 22][..], codec].concat()
    }

    #[test]
    fn a_file_is_what_its_bytes_say() {
        let opus = ogg(b"OpusHead");
        for (head, mime_type, kind) in [
            (&b"\xff\xd8\xff\xe0"[..], "image/jpeg", MediaKind::Image),
            (b"\x89PNG\r\n\x1a\n....", "image/png", MediaKind::Image),
            (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp", MediaKind::Sticker),
            (b"\0\0\0\x18ftypisom\0\0", "video/mp4", MediaKind::Video),
            (b"\0\0\0\x18ftyp3gp4\0\0", "video/3gpp", MediaKind::Video),
            (b"\0\0\0\x18ftypM4A \0\0", "audio/mp4", MediaKind::Audio),
            (b"#!AMR\n", "audio/amr", MediaKind::Audio),
            (b"ID3\x04", "audio/mpeg", MediaKind::Audio),
            (b"\xff\xfb\x90", "audio/mpeg", MediaKind::Audio),
            (b"\xff\xf1\x50", "audio/aac", MediaKind::Audio),
            (&opus, "audio/ogg", MediaKind::Audio),
            (b"%PDF-1.7", "application/pdf", MediaKind::Document),
            ("Grüße".as_bytes(), "text/plain", MediaKind::Document),
        ] {
            for declared in [
                "",
                "application/octet-stream",
                mime_type,
                &format!("{mime_type}; codecs=x"),
            ] {
                let found = sort(declared, None, head).unwrap();
                assert_eq!(
                    (found.mime_type, found.kind),
                    (mime_type, kind),
                    "{declared}"
                );
                assert_eq!(kind_of(found.mime_type), kind);
            }
        }
    }

    #[test]
    fn a_container_that_holds_several_kinds_is_told_by_its_declaration_then_its_name() {
        let mp4 = b"\0\0\0\x18ftypisom\0\0";
        assert_eq!(sort("audio/mp4", None, mp4).unwrap().kind, MediaKind::Audio);
        assert_eq!(
            sort("", Some("note.M4A"), mp4).unwrap().kind,
            MediaKind::Audio
        );
        let zip = b"PK\x03\x04....";
        assert_eq!(
            sort("", Some("list.xlsx"), zip).unwrap().mime_type,
            OFFICE[1].1
        );
        assert_eq!(
            sort(OFFICE[0].1, Some("x"), zip).unwrap().mime_type,
            OFFICE[0].1
        );
        assert!(sort("application/zip", Some("all.zip"), zip).is_err());
        let old = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
        assert_eq!(
            sort("", Some("a.doc"), &old).unwrap().mime_type,
            "application/msword"
        );
    }

    #[test]
    fn bytes_that_are_not_what_was_declared_are_refused() {
        let refused = sort("image/png", None, b"\xff\xd8\xff\xe0").unwrap_err();
        assert!(
            refused.contains("image/png") && refused.contains("image/jpeg"),
            "{refused}"
        );
        assert!(sort("image/jpeg", None, b"<html>").is_err());
        assert!(sort("text/html", Some("a.html"), b"<html>").is_err());
    }

    #[test]
    fn what_meta_does_not_take_is_refused_with_a_remedy() {
        let vorbis = ogg(b"\x01vorbis.");
        for head in [
            &b"GIF89a"[..],
            &[0x1a, 0x45, 0xdf, 0xa3],
            &vorbis,
            b"\0\0\0\x18ftypheic",
            b"MZ\x90\0\x03\0\0\0",
        ] {
            assert!(sort("", None, head).unwrap_err().ends_with('.'));
        }
    }

    #[test]
    fn an_animated_sticker_may_be_larger() {
        let plain = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0";
        let animated = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0";
        assert_eq!(sort("", None, plain).unwrap().at_most, 100 * KB);
        assert_eq!(sort("", None, animated).unwrap().at_most, 500 * KB);
    }
}
