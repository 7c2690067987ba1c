//! The end of a login in the browser: a redirect with the result in its query, or in popup mode a small page that sends
//! the result to the window that opened it.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use serde_json::{Value, json};
use url::Url;
use wabakit_domain::connect::ConnectMode;
use wabakit_services::{CallbackResult, Landing};

const SCRIPT: &str = include_str!("popup.js");
/// The SHA-256 of the page's only script, for its content security policy. A test compares it with the script.
pub(crate) const SCRIPT_HASH: &str = "sha256-EtULtxzI9foxPL9mJVdgSZfKWJu9novSYbj/pvUji0I=";
/// Parameters of an earlier result, which the new result replaces in the address.
const OURS: [&str; 8] = [
    "success",
    "channel",
    "phoneNumber",
    "wabaId",
    "pending",
    "error",
    "message",
    "sessionId",
];

/// Sends the browser on. `fallback` is the front end, for an address that cannot be parsed.
pub(crate) fn land(landing: &Landing, fallback: &Url) -> HttpResponse {
    let base = Url::parse(&landing.return_to).unwrap_or_else(|_| fallback.clone());
    let target = with_result(base, landing);
    if landing.mode == ConnectMode::Popup {
        return page(landing, &target);
    }
    HttpResponse::Found()
        .insert_header((header::LOCATION, target.as_str()))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .finish()
}

fn fields(landing: &Landing) -> Vec<(&'static str, String)> {
    match &landing.result {
        CallbackResult::Unavailable => vec![
            ("error", "unavailable".to_owned()),
            (
                "message",
                "The server cannot reach its database at the moment.".to_owned(),
            ),
        ],
        CallbackResult::Success {
            phone_number,
            waba_id,
        } => vec![
            ("success", "true".to_owned()),
            ("channel", "whatsapp".to_owned()),
            ("phoneNumber", phone_number.clone()),
            ("wabaId", waba_id.clone()),
        ],
        CallbackResult::Pending(session) => vec![("pending", session.to_string())],
        // The session of the landing, not of the result: a stranger's browser must not learn the session.
        CallbackResult::Error(refusal, _) => {
            let words = match &landing.problem {
                Some(problem) => problem.detail(),
                None => refusal.detail().to_owned(),
            };
            let session = landing.session.map(|id| ("sessionId", id.to_string()));
            std::iter::once(("error", refusal.code().to_owned()))
                .chain(session)
                .chain([("message", words)])
                .collect()
        }
    }
}

fn with_result(mut url: Url, landing: &Landing) -> Url {
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .into_owned()
        .filter(|(key, _)| !OURS.contains(&key.as_str()))
        .collect();
    url.query_pairs_mut()
        .clear()
        .extend_pairs(kept)
        .extend_pairs(fields(landing));
    url
}

/// Makes the result as the page posts it: the fields of the query, with `success` as a boolean.
fn message(landing: &Landing) -> Value {
    let result = fields(landing)
        .into_iter()
        .filter(|(key, _)| *key != "sessionId")
        .map(|(key, value)| {
            let value = if key == "success" {
                Value::Bool(true)
            } else {
                Value::String(value)
            };
            (key.to_owned(), value)
        });
    json!({
        "type": "wabakit.connect",
        "sessionId": landing.session,
        "result": Value::Object(result.collect()),
    })
}

fn page(landing: &Landing, target: &Url) -> HttpResponse {
    let connected = matches!(landing.result, CallbackResult::Success { .. });
    let heading = if connected {
        "WhatsApp is connected"
    } else {
        "Back from Meta"
    };
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{heading}</title>\n</head>\n\
         <body data-message=\"{message}\" data-origin=\"{origin}\">\n<h1>{heading}</h1>\n\
         <p>This window closes by itself. If it does not, <a href=\"{target}\">go on here</a>.</p>\n\
         <script>{SCRIPT}</script>\n</body>\n</html>\n",
        message = escaped(&message(landing).to_string()),
        origin = escaped(&target.origin().ascii_serialization()),
        target = escaped(target.as_str()),
    );
    let policy = format!(
        "default-src 'none'; script-src '{SCRIPT_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    );
    HttpResponse::build(StatusCode::OK)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(html)
}

/// Escapes a text for HTML, also within attributes.
fn escaped(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut html, c| {
            match c {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#39;"),
                c => html.push(c),
            }
            html
        })
}

#[cfg(test)]
mod tests {
    use actix_web::body::{MessageBody, to_bytes};
    use base64::{Engine, engine::general_purpose::STANDARD};
    use ring::digest;
    use uuid::Uuid;
    use wabakit_domain::{connect::Refusal, ids::ConnectSessionId};

    use super::*;

    fn landing(mode: ConnectMode, result: CallbackResult) -> Landing {
        Landing {
            mode,
            return_to: "https://shop.example/done?a=1#here".into(),
            result,
            session: Some(ConnectSessionId(Uuid::from_u128(7))),
            problem: None,
        }
    }

    fn fallback() -> Url {
        "https://waba.example/connections".parse().unwrap()
    }

    #[test]
    fn the_policy_lets_this_script_run_and_no_other() {
        let hash = digest::digest(&digest::SHA256, SCRIPT.as_bytes());
        assert_eq!(SCRIPT_HASH, format!("sha256-{}", STANDARD.encode(hash)));
    }

    #[actix_web::test]
    async fn a_text_of_metas_cannot_leave_its_attribute() {
        let result = CallbackResult::Success {
            phone_number: "\"><script>alert(1)</script>".into(),
            waba_id: "' onload='alert(1)".into(),
        };
        let page = land(&landing(ConnectMode::Popup, result), &fallback());
        let body = to_bytes(page.into_body().boxed()).await.unwrap();
        let html = std::str::from_utf8(&body).unwrap();
        assert_eq!(html.matches("<script>").count(), 1, "only ours");
        assert!(!html.contains("' onload") && !html.contains("\"><"));
    }

    #[test]
    fn the_result_is_added_to_the_query_before_the_fragment() {
        let result = CallbackResult::Error(Refusal::NoWaba, None);
        let answer = land(&landing(ConnectMode::Redirect, result), &fallback());
        let place = answer
            .headers()
            .get(header::LOCATION)
            .unwrap()
            .to_str()
            .unwrap();
        let session = "00000000-0000-0000-0000-000000000007";
        let words = "The+business+that+was+chosen+has+shared+no+WhatsApp+Business+Account.";
        let wanted = format!(
            "https://shop.example/done?a=1&error=no_waba&sessionId={session}&message={words}#here"
        );
        assert_eq!(place, wanted);
    }

    #[test]
    fn a_place_that_is_no_address_falls_back_to_the_front_end() {
        let mut landing = landing(
            ConnectMode::Redirect,
            CallbackResult::Error(Refusal::StateInvalid, None),
        );
        landing.return_to = "nowhere".into();
        landing.session = None;
        let answer = land(&landing, &fallback());
        let place = answer
            .headers()
            .get(header::LOCATION)
            .unwrap()
            .to_str()
            .unwrap();
        assert_eq!(
            place,
            "https://waba.example/connections?error=state_invalid&message=\
             The+answer+from+Meta+does+not+belong+to+a+login+that+began+here."
        );
    }
}
