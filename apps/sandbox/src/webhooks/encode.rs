//! The bytes of a webhook in Meta's form: slashes and all characters beyond ASCII are escaped.

use std::fmt::Write as _;
use std::io;

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::Formatter;

use super::knobs::Shape;
use super::update::Held;

/// Meta's escaping: `/` becomes `\/`, and other characters than ASCII become `\u` and four lowercase hex digits for
/// each UTF-16 unit.
struct MetaFormatter;

impl Formatter for MetaFormatter {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        if fragment.bytes().all(|byte| byte.is_ascii() && byte != b'/') {
            return writer.write_all(fragment.as_bytes());
        }
        let mut units = [0_u16; 2];
        for letter in fragment.chars() {
            match letter {
                '/' => writer.write_all(b"\\/")?,
                letter if letter.is_ascii() => write!(writer, "{letter}")?,
                letter => {
                    for unit in letter.encode_utf16(&mut units) {
                        write!(writer, "\\u{unit:04x}")?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Writes the JSON of a value in Meta's escaping.
pub(crate) fn escaped<T: Serialize>(value: &T) -> String {
    let mut out = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, MetaFormatter);
    // A value has only string keys and the writer is memory, so neither can fail.
    if value.serialize(&mut serializer).is_err() {
        return "null".to_owned();
    }
    String::from_utf8(out).unwrap_or_default()
}

/// Makes one body of these updates, in order.
pub(super) fn body(updates: &[Held], shape: Shape) -> String {
    let size: usize = updates.iter().map(Held::size).sum();
    let mut out = String::with_capacity(size + 64);
    out.push_str(r#"{"object":"whatsapp_business_account","entry":["#);
    let mut open: Option<&Held> = None;
    for update in updates {
        match open {
            Some(last) if shape == Shape::Changes && last.shares_entry_with(update) => {
                out.push(',');
            }
            _ => {
                if open.is_some() {
                    out.push_str("]},");
                }
                let id = escaped(&Value::String(update.entry_id.clone()));
                let _ = write!(out, r#"{{"id":{id},"#);
                if let Some(time) = update.time {
                    let _ = write!(out, r#""time":{time},"#);
                }
                out.push_str(r#""changes":["#);
                open = Some(update);
            }
        }
        let field = escaped(&Value::String(update.field.clone()));
        let _ = write!(out, r#"{{"value":{},"field":{field}}}"#, update.value);
    }
    if open.is_some() {
        out.push_str("]}");
    }
    out.push_str("]}");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn held(entry: &str, time: Option<i64>, value: Value) -> Held {
        Held {
            app_id: "1".to_owned(),
            entry_id: entry.to_owned(),
            waba_id: None,
            phone_id: None,
            time,
            field: "messages".to_owned(),
            value: escaped(&value),
        }
    }

    #[test]
    fn slashes_and_what_is_not_ascii_are_escaped_as_meta_does() {
        assert_eq!(
            escaped(&json!({ "ü/": "a/b ä 漢 😀 \"\\ \u{7f}\n\u{0}" })),
            "{\"\\u00fc\\/\":\"a\\/b \\u00e4 \\u6f22 \\ud83d\\ude00 \\\"\\\\ \u{7f}\\n\\u0000\"}"
        );
    }

    #[test]
    fn escaped_text_means_the_same() {
        let value = json!({ "k": "a/b ä 😀 \u{2028}\u{0}", "n": [1, 2.5, null, true] });
        assert_eq!(
            serde_json::from_str::<Value>(&escaped(&value)).unwrap(),
            value
        );
    }

    #[test]
    fn updates_of_one_waba_share_an_entry_unless_told_otherwise() {
        let updates = [
            held("4", None, json!(1)),
            held("4", None, json!(2)),
            held("5", Some(7), json!(3)),
        ];
        let shared: Value = serde_json::from_str(&body(&updates, Shape::Changes)).unwrap();
        assert_eq!(shared["entry"].as_array().unwrap().len(), 2);
        assert_eq!(shared["entry"][0]["changes"][1]["value"], 2);
        assert_eq!(shared["entry"][1]["time"], 7);
        assert!(shared["entry"][0].get("time").is_none());
        let apart: Value = serde_json::from_str(&body(&updates, Shape::Entries)).unwrap();
        assert_eq!(apart["entry"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn a_body_begins_as_metas_do() {
        let text = body(&[held("4", None, json!({}))], Shape::Changes);
        assert_eq!(
            text,
            r#"{"object":"whatsapp_business_account","entry":[{"id":"4","changes":[{"value":{},"field":"messages"}]}]}"#
        );
    }
}
