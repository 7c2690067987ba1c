//! Recognises the type of a file by its first bytes, and knows the types that Meta accepts.
//!
//! Source: Meta, "Media", supported media types.

use wabakit_domain::outbound::MediaKind;

/// The number of bytes that are needed to recognise a type.
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

/// The type of a file as its first bytes show it.
enum Detected {
    /// It is this type.
    Sure(&'static str),
    /// It is one of these types. The declared type or the ending of the file name decides. If neither does, it is the
    /// first one, if there is one.
    OneOf(
        &'static [(&'static str, &'static str)],
        Option<&'static str>,
    ),
}

/// Decides the type of a file. `declared` is from its sender, `filename` is its name if it has one, and `head` is its
/// first [`HEAD`] bytes or all.
///
/// A sentence for people, when Meta does not accept the file, or the bytes do not match the declared type.
/// A sentence, when Meta does not accept the file, or the bytes do not match the declared type.
pub(super) fn sort(declared: &str, filename: Option<&str>, head: &[u8]) -> Result<Sort, String> {
    let declared = declared.split(';').next().unwrap_or_default().trim();
    let claim = claim_of(&declared.to_ascii_lowercase());
    let ending = filename.and_then(|name| name.rsplit_once('.'));
    let ending = ending.map(|(_, ending)| ending.to_ascii_lowercase());
    let mime_type = match told(head, claim == Claim::Text, ending.as_deref())? {
        Detected::Sure(mime_type) => mime_type,
        Detected::OneOf(choices, otherwise) => {
            let by = |wanted: &str, of: fn(&(&'static str, &'static str)) -> &'static str| {
                choices
                    .iter()
                    .find(|choice| of(choice) == wanted)
                    .map(|choice| choice.1)
            };
            let by_type = match &claim {
                // A recorder names the codec, or the container by what it mostly holds: sound stays sound.
                Claim::Type(declared) => by(declared, |choice| choice.1).or_else(|| {
                    let sound = declared.starts_with("audio/");
                    by("audio/mp4", |choice| choice.1).filter(|_| sound)
                }),
                _ => None,
            };
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
    if contradicts(&claim, mime_type) {
        return Err(format!(
            "The file was declared as {declared}, and its bytes are {mime_type}: send it as {mime_type}, or with no \
             Content-Type of its own."
        ));
    }
    Ok(known(mime_type, head))
}

/// The meaning of a declared type. Programs use many names for one type, and name containers by their usual content.
#[derive(PartialEq, Eq)]
enum Claim {
    /// No type, or one that says nothing.
    Nothing,
    /// Any kind of text. Meta calls all of them `text/plain`.
    Text,
    /// A type, by Meta's name where it has one.
    Type(String),
}

/// Other names of the types that Meta accepts.
const ALIASES: [(&str, &[&str]); 10] = [
    (
        "image/jpeg",
        &["image/jpg", "image/pjpeg", "image/x-jpeg", "image/jfif"],
    ),
    ("image/png", &["image/x-png", "image/apng"]),
    ("image/webp", &["image/x-webp"]),
    (
        "audio/mpeg",
        &[
            "audio/mp3",
            "audio/x-mp3",
            "audio/x-mpeg",
            "audio/mpeg3",
            "audio/x-mpeg-3",
            "audio/mpg",
            "audio/x-mpegaudio",
        ],
    ),
    (
        "audio/mp4",
        &[
            "audio/m4a",
            "audio/x-m4a",
            "audio/x-mp4",
            "audio/mp4a-latm",
            "audio/m4b",
            "audio/x-m4b",
        ],
    ),
    (
        "audio/aac",
        &[
            "audio/x-aac",
            "audio/aacp",
            "audio/vnd.dlna.adts",
            "audio/x-hx-aac-adts",
        ],
    ),
    (
        "audio/amr",
        &["audio/x-amr", "audio/amr-nb", "audio/amr-wb"],
    ),
    (
        "audio/ogg",
        &[
            "audio/opus",
            "audio/x-ogg",
            "application/ogg",
            "audio/x-opus+ogg",
            "video/ogg",
        ],
    ),
    (
        "video/mp4",
        &[
            "video/x-m4v",
            "video/m4v",
            "video/mp4v-es",
            "application/mp4",
        ],
    ),
    (
        "application/pdf",
        &["application/x-pdf", "application/acrobat", "text/pdf"],
    ),
];

/// Names of text other than `text/…`. Windows names a CSV file after the program that opens it.
const TEXTS: [&str; 8] = [
    "application/csv",
    "application/x-csv",
    "application/json",
    "application/x-ndjson",
    "application/rtf",
    "application/x-subrip",
    "application/toml",
    "application/yaml",
];

/// Names that say nothing: of a browser that does not know, or of the container of Office documents.
const VAGUE: [&str; 7] = [
    "",
    "application/octet-stream",
    "binary/octet-stream",
    "application/x-download",
    "application/force-download",
    "application/unknown",
    "application/x-unknown",
];

fn claim_of(declared: &str) -> Claim {
    if VAGUE.contains(&declared) {
        return Claim::Nothing;
    }
    let alias = ALIASES
        .iter()
        .find(|(_, others)| others.contains(&declared));
    if let Some((name, _)) = alias {
        return Claim::Type((*name).to_owned());
    }
    // A file that a browser would run is no plain text.
    let runs = ["text/html", "text/javascript", "text/xml", "text/css"].contains(&declared);
    if (declared.starts_with("text/") && !runs) || TEXTS.contains(&declared) {
        return Claim::Text;
    }
    Claim::Type(declared.to_owned())
}

/// Tells whether a declared type contradicts the bytes: it is neither another name of their type nor its container.
fn contradicts(claim: &Claim, mime_type: &str) -> bool {
    let declared = match claim {
        Claim::Nothing => return false,
        Claim::Text => return mime_type != "text/plain",
        Claim::Type(declared) => declared.as_str(),
    };
    let fits = match mime_type {
        // AAC may be inside MP4, and one container may hold sound or film.
        "audio/mp4" => matches!(declared, "audio/aac" | "video/mp4"),
        "video/mp4" => matches!(declared, "video/quicktime" | "audio/aac" | "video/3gpp"),
        "video/3gpp" => matches!(declared, "video/3gp" | "video/mp4" | "video/3gpp2"),
        "text/plain" => declared == "application/vnd.ms-excel",
        _ if is_office(mime_type) => {
            is_office(declared)
                || matches!(
                    declared,
                    "application/zip"
                        | "application/x-zip-compressed"
                        | "application/x-zip"
                        | "application/x-ole-storage"
                        | "application/x-msi"
                        | "application/msexcel"
                        | "application/x-msexcel"
                        | "application/x-excel"
                        | "application/mspowerpoint"
                        | "application/x-mspowerpoint"
                )
        }
        _ => false,
    };
    declared != mime_type && !fits
}

fn is_office(mime_type: &str) -> bool {
    OFFICE
        .iter()
        .chain(&OLD_OFFICE)
        .any(|(_, office)| *office == mime_type)
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
        // The animation flag of an extended WebP.
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

/// Recognises the type by the first bytes. `is_text` says that the file was declared as text, and `ending` is that of
/// its name.
fn told(head: &[u8], is_text: bool, ending: Option<&str>) -> Result<Detected, String> {
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
        Some(
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" | b"avif" | b"avis",
        ) => {
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
        None if begins(b"#!AMR\n") || begins(b"#!AMR-WB\n") => Detected::Sure("audio/amr"),
        None if begins(b"ID3") && head.get(3).is_some_and(|version| (2..=4).contains(version)) => {
            Detected::Sure("audio/mpeg")
        }
        None if begins(b"%PDF-") => Detected::Sure("application/pdf"),
        None if begins(b"PK\x03\x04") => Detected::OneOf(&OFFICE, None),
        None if begins(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) => Detected::OneOf(&OLD_OFFICE, None),
        None if begins(&[0x1a, 0x45, 0xdf, 0xa3]) => {
            return Err("Meta takes no WebM: record or convert it to MP4, or sound to Ogg with Opus.".to_owned());
        }
        None if begins(b"GIF87a") || begins(b"GIF89a") => {
            return Err("Meta takes no GIF: convert it to MP4, or to a WebP sticker.".to_owned());
        }
        None if is_utf16(head) => Detected::Sure("text/plain"),
        None if is_adts(head) => Detected::Sure("audio/aac"),
        None if is_mpeg_sound(head) => Detected::Sure("audio/mpeg"),
        None if is_utf8(head) => Detected::Sure("text/plain"),
        // An older encoding, such as Windows-1252. Any byte may be a letter, so the declared type must say that it is
        // text.
        None if (is_text || ending.is_some_and(|ending| TEXT_ENDINGS.contains(&ending)))
            && has_no_controls(head) =>
        {
            Detected::Sure("text/plain")
        }
        None => return Err("Meta takes no such file: send JPEG, PNG, WebP, MP4, 3GPP, AAC, AMR, MP3, Ogg with Opus, PDF, text or an Office document.".to_owned()),
    })
}

const TEXT_ENDINGS: [&str; 9] = [
    "txt", "csv", "tsv", "log", "md", "ics", "vcf", "srt", "json",
];

/// Tells whether the bytes begin as UTF-16 text with a byte-order mark.
fn is_utf16(head: &[u8]) -> bool {
    let unit: fn([u8; 2]) -> u16 = match head {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return false,
    };
    let units = head
        .chunks_exact(2)
        .filter_map(|pair| pair.try_into().ok().map(unit));
    let mut decoded: Vec<_> = char::decode_utf16(units.skip(1)).collect();
    // The last character may be cut.
    if decoded.last().is_some_and(Result::is_err) {
        decoded.pop();
    }
    decoded.iter().all(|c| {
        c.as_ref()
            .is_ok_and(|c| !c.is_control() || c.is_whitespace())
    })
}

/// Tells whether the bytes begin a frame of AAC in ADTS: the sync word, layer 0, and a valid sampling rate.
fn is_adts(head: &[u8]) -> bool {
    let [first, second, third, ..] = head else {
        return false;
    };
    *first == 0xff && second & 0xf6 == 0xf0 && (third >> 2) & 0x0f < 13
}

/// Tells whether the bytes begin a frame of MPEG audio: the sync word, and a valid version, layer, bit rate and
/// sampling rate.
fn is_mpeg_sound(head: &[u8]) -> bool {
    let [first, second, third, ..] = head else {
        return false;
    };
    let (version, layer) = ((second >> 3) & 3, (second >> 1) & 3);
    let (bit_rate, sampling) = (third >> 4, (third >> 2) & 3);
    *first == 0xff
        && second & 0xe0 == 0xe0
        && version != 1
        && layer != 0
        && !matches!(bit_rate, 0 | 15)
        && sampling != 3
}

/// Tells whether the bytes are UTF-8 text. The last character may be cut.
fn is_utf8(head: &[u8]) -> bool {
    let is_utf8 = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    is_utf8 && has_no_controls(head)
}

fn has_no_controls(head: &[u8]) -> bool {
    !head
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
    fn a_container_of_several_types_is_decided_by_its_declared_type_then_its_name() {
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
    fn bytes_that_contradict_the_declared_type_are_refused() {
        let refused = sort("image/png", None, b"\xff\xd8\xff\xe0").unwrap_err();
        assert!(
            refused.contains("image/png") && refused.contains("image/jpeg"),
            "{refused}"
        );
        assert!(sort("image/jpeg", None, b"<html>").is_err());
        assert!(sort("text/html", Some("a.html"), b"<html>").is_err());
    }

    #[test]
    fn a_declared_type_is_read_by_all_its_names() {
        let m4a = b"\0\0\0\x18ftypM4A \0\0";
        let mp4 = b"\0\0\0\x18ftypisom\0\0";
        let zip = b"PK\x03\x04....";
        let opus = ogg(b"OpusHead");
        for (declared, name, head, mime_type) in [
            ("audio/x-m4a", None, &m4a[..], "audio/mp4"),
            ("audio/m4a", None, mp4, "audio/mp4"),
            ("Audio/X-M4A", None, mp4, "audio/mp4"),
            ("audio/aac", None, m4a, "audio/mp4"),
            ("video/mp4", None, m4a, "audio/mp4"),
            ("audio/aac", None, mp4, "audio/mp4"),
            ("audio/aac", Some("Recording.mp4"), mp4, "audio/mp4"),
            ("audio/x-aac", Some("rec"), mp4, "audio/mp4"),
            ("audio/aacp", None, b"\xff\xf1\x50", "audio/aac"),
            ("audio/x-mpeg", None, b"\xff\xfb\x90", "audio/mpeg"),
            ("audio/opus", None, &opus, "audio/ogg"),
            ("application/ogg", None, &opus, "audio/ogg"),
            ("image/pjpeg", None, b"\xff\xd8\xff\xe0", "image/jpeg"),
            ("video/x-m4v", None, mp4, "video/mp4"),
            ("video/quicktime", None, mp4, "video/mp4"),
            ("application/x-pdf", None, b"%PDF-1.4", "application/pdf"),
            ("text/csv", Some("list.csv"), b"a;b\n1;2", "text/plain"),
            (
                "application/vnd.ms-excel",
                Some("list.csv"),
                b"a;b\n1;2",
                "text/plain",
            ),
            ("text/comma-separated-values", None, b"a,b", "text/plain"),
            ("application/csv", None, b"a,b", "text/plain"),
            ("text/markdown", None, b"# A", "text/plain"),
            ("text/calendar", None, b"BEGIN:VCALENDAR", "text/plain"),
            ("application/json", None, b"{}", "text/plain"),
            ("application/zip", Some("a.docx"), zip, OFFICE[0].1),
            (
                "application/x-zip-compressed",
                Some("a.xlsx"),
                zip,
                OFFICE[1].1,
            ),
            ("application/vnd.ms-excel", Some("a.xlsx"), zip, OFFICE[1].1),
            ("text/csv", Some("a.csv"), b"Gr\xf6\xdfe;1", "text/plain"),
            ("", Some("a.csv"), b"Gr\xf6\xdfe;1", "text/plain"),
        ] {
            match sort(declared, name, head) {
                Ok(found) => assert_eq!(found.mime_type, mime_type, "{declared} {name:?}"),
                Err(error) => panic!("{declared} {name:?}: {error}"),
            }
        }
        for (declared, head) in [
            ("video/mp4", &b"\xff\xd8\xff\xe0"[..]),
            ("text/csv", b"%PDF-1.4"),
            ("image/svg+xml", b"<svg/>"),
            ("text/javascript", b"alert(1)"),
        ] {
            let refused = sort(declared, None, head).unwrap_err();
            assert!(refused.contains("send it as"), "{refused}");
        }
    }

    #[test]
    fn text_is_not_taken_for_sound() {
        let utf16 = |text: &str, mark: u16, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            let units = std::iter::once(mark).chain(text.encode_utf16());
            units.flat_map(bytes).take(HEAD).collect()
        };
        for text in [
            "Name, Ort",
            "Grüße 😀, und noch einmal so viele Wörter: 😀😀😀😀",
            "",
            "日本語\r\n",
        ] {
            for bytes in [
                utf16(text, 0xfeff, u16::to_le_bytes),
                utf16(text, 0xfeff, u16::to_be_bytes),
            ] {
                for declared in ["application/octet-stream", "text/plain", "text/csv"] {
                    let found = sort(declared, None, &bytes).unwrap();
                    assert_eq!(found.mime_type, "text/plain", "{text} {bytes:?}");
                }
            }
        }
        for text in [
            "ID3 is a tag of sound files.",
            "#!AMR is no script",
            "GIF8 is what it begins with",
        ] {
            assert_eq!(
                sort("", None, text.as_bytes()).unwrap().mime_type,
                "text/plain"
            );
        }
        for noise in [
            &b"\xff\xfe\x01\x00"[..],
            b"\xff\xff\xff\xff",
            b"\xff\xe8\x00\x00",
            b"\xff\xfb\xf0\x00",
            b"\xff\xf1\xfc",
            b"\xff\xfb",
        ] {
            assert!(sort("", None, noise).is_err(), "{noise:?}");
        }
    }

    #[test]
    fn files_that_meta_does_not_accept_are_refused_with_a_remedy() {
        let vorbis = ogg(b"\x01vorbis.");
        for head in [
            &b"GIF89a"[..],
            &[0x1a, 0x45, 0xdf, 0xa3],
            &vorbis,
            b"\0\0\0\x18ftypheic",
            b"\0\0\0\x18ftypheis",
            b"\0\0\0\x18ftyphevc",
            b"\0\0\0\x18ftypmsf1",
            b"\0\0\0\x18ftypavis",
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
