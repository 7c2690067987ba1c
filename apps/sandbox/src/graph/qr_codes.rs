//! `{phone}/message_qrdls`: QR codes and links that open a chat with a text.
//!
//! Source: OpenAPI v23 (A). The picture's address is of Meta's form and is not served.

use serde_json::{Value, json};

use super::fields::Node;
use super::params::{length, one_of, required};
use super::{GraphError, auth, paging};
use crate::call::Call;
use crate::put::Put as _;
use crate::secrets;
use crate::state::{QrCode, World};

const MOST: usize = 2_000;

/// Answers `GET {phone}/message_qrdls`, of all codes or of one.
pub(super) fn list(
    world: &World,
    call: &Call,
    id: &str,
    code: Option<&str>,
) -> Result<Value, GraphError> {
    let phone = auth::phone_of(world, call, id)?;
    let wanted = code.or_else(|| call.param("code"));
    let codes = &phone.extras.qr_codes;
    if let Some(wanted) = code
        && !codes.iter().any(|known| known.code == wanted)
    {
        return Err(absent());
    }
    let found = codes
        .iter()
        .filter(|known| wanted.is_none_or(|wanted| known.code == wanted));
    let items: Result<Vec<Value>, GraphError> = found
        .map(|known| {
            // `qr_image_url.format(SVG)` is an address in that format.
            let mut item = view(known, Some("SVG")).pick_or(
                world,
                call,
                &["code", "prefilled_message", "deep_link_url"],
            )?;
            item.put("code", json!(known.code));
            Ok(item)
        })
        .collect();
    paging::page(call, items?)
}

/// Answers `POST {phone}/message_qrdls`: makes a code, or changes the text of the named one.
pub(super) fn put(world: &mut World, call: &Call, id: &str) -> Result<Value, GraphError> {
    auth::phone_of(world, call, id)?;
    let text = required(call, "prefilled_message")?;
    length("prefilled_message", text, 1, 140)?;
    let formats = ["SVG", "PNG"];
    let format = call.param("generate_qr_image");
    let format = format.map(|format| one_of("generate_qr_image", format, &formats));
    let format = format.transpose()?;
    let count = world.count();
    let mark = secrets::long(&world.key, &format!("qr:{count}")).to_uppercase();
    let phone = world.phone_mut(id).ok_or_else(absent)?;
    let codes = &mut phone.extras.qr_codes;
    let at = match call.param("code") {
        Some(code) => codes.iter().position(|known| known.code == code),
        None if codes.len() >= MOST => {
            let text = format!("A number has at most {MOST} QR codes");
            return Err(GraphError::parameter(text));
        }
        None => {
            let code = QrCode {
                code: mark.chars().take(13).chain(['1']).collect(),
                prefilled_message: String::new(),
            };
            codes.insert(0, code);
            Some(0)
        }
    };
    let known = at.and_then(|at| codes.get_mut(at)).ok_or_else(absent)?;
    text.clone_into(&mut known.prefilled_message);
    Ok(view(known, format).values)
}

/// Answers `DELETE {phone}/message_qrdls/{code}`.
pub(super) fn remove(
    world: &mut World,
    call: &Call,
    id: &str,
    code: &str,
) -> Result<(), GraphError> {
    auth::phone_of(world, call, id)?;
    let phone = world.phone_mut(id).ok_or_else(absent)?;
    let codes = &mut phone.extras.qr_codes;
    let at = codes.iter().position(|known| known.code == code);
    codes.remove(at.ok_or_else(absent)?);
    Ok(())
}

fn view(code: &QrCode, format: Option<&str>) -> Node {
    let link = format!("https://wa.me/message/{}", code.code);
    let mut values = json!({
        "code": code.code,
        "prefilled_message": code.prefilled_message,
        "deep_link_url": link,
    });
    if let Some(format) = format {
        let format = format.to_lowercase();
        let url = format!(
            "https://scontent.xx.fbcdn.net/m1/v/t6/{}.{format}",
            code.code
        );
        values.put("qr_image_url", json!(url));
    }
    Node {
        kind: "WhatsAppMessageQRDL",
        values,
        silent: &["creation_time"],
        ..Node::default()
    }
}

fn absent() -> GraphError {
    GraphError::new(803, "(#803) QR code not found").of_method()
}
