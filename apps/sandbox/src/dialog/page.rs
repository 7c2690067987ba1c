//! The pages: the dialog's form, its errors, and the popup that closes itself.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, HttpResponseBuilder};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest;

use super::choice;
use super::decision;
use super::html::escape;
use super::outcome::{CodeFate, End, Outcome};
use super::request::{DialogRequest, PUBLIC_PROFILE};
use crate::state::{Business, Phone, Targets, Waba, World};

const STYLE: &str = include_str!("style.css");

/// Makes the form. It works without JavaScript; the next outcome is preselected.
pub(crate) fn form(world: &World, request: &DialogRequest, preset: &Outcome) -> HttpResponse {
    let mut hidden = String::new();
    for (name, value) in &request.params {
        let (name, value) = (escape(name), escape(value));
        let _ = write!(
            hidden,
            r#"<input type="hidden" name="{name}" value="{value}">"#
        );
    }
    let app = escape(&request.app.name);
    let targets = choice::targets(world, preset);
    let is_shared = |business: &Business| targets.businesses.contains(&business.id);
    let body = format!(
        r#"<form method="post">
{hidden}
<header><span class="tag">Sandbox</span><h1>Continue to <strong>{app}</strong></h1>
<p>{app} asks for access to the WhatsApp accounts of your business. Nothing here is real.</p></header>
{people}{assets}{scopes}
<details{open}><summary>Play something else</summary>{others}{ends}</details>
<footer><button class="main" type="submit" name="action" value="continue">Continue</button>
<button type="submit" name="action" value="cancel">Cancel</button></footer>
</form>"#,
        people = people(world, preset),
        assets = assets(world, &targets, "What to share", is_shared),
        others = assets(world, &targets, "Other businesses", |business| !is_shared(
            business
        )),
        open = if plays_as_chosen(preset) { "" } else { " open" },
        scopes = scopes(world, request, preset),
        ends = ends(request, preset),
    );
    respond(StatusCode::OK, "Sandbox: sign in", &body, None)
}

/// Makes a page that says why the dialog cannot continue.
pub(crate) fn error(reason: &str) -> HttpResponse {
    let body = format!(
        r#"<header><span class="tag">Sandbox</span><h1>This login cannot continue</h1></header>
<section role="alert"><p>{}</p></section>"#,
        escape(reason)
    );
    respond(StatusCode::BAD_REQUEST, "Sandbox: error", &body, None)
}

/// Makes a page that runs the script and closes.
pub(crate) fn closing(script: &str) -> HttpResponse {
    let body =
        r#"<header><span class="tag">Sandbox</span><h1>You can close this window</h1></header>"#;
    respond(StatusCode::OK, "Sandbox: done", body, Some(script))
}

fn respond(status: StatusCode, title: &str, body: &str, script: Option<&str>) -> HttpResponse {
    let scripts = script.map(|script| {
        let hash = digest::digest(&digest::SHA256, script.as_bytes());
        format!("; script-src 'sha256-{}'", STANDARD.encode(hash))
    });
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'{}",
        scripts.unwrap_or_default()
    );
    let script = script
        .map(|script| format!("<script>{script}</script>"))
        .unwrap_or_default();
    let html = format!(
        r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{STYLE}</style></head>
<body><main>{body}</main>{script}</body></html>"#
    );
    HttpResponseBuilder::new(status)
        .content_type("text/html; charset=utf-8")
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("Referrer-Policy", "no-referrer"))
        .insert_header(("Content-Security-Policy", policy))
        .body(html)
}

/// One radio button or checkbox with its label.
struct Choice<'a> {
    kind: &'a str,
    name: &'a str,
    value: &'a str,
    label: &'a str,
    note: &'a str,
    checked: bool,
}

impl Choice<'_> {
    fn html(&self) -> String {
        let checked = if self.checked { " checked" } else { "" };
        let (kind, name) = (self.kind, self.name);
        // A scope's long name may break at its underscores.
        let (value, label) = (
            escape(self.value),
            escape(self.label).replace('_', "_<wbr>"),
        );
        let note = match self.note {
            "" => String::new(),
            note => format!("<small>{}</small>", escape(note)),
        };
        format!(
            r#"<label><input type="{kind}" name="{name}" value="{value}"{checked}><span>{label}{note}</span></label>"#
        )
    }
}

fn people(world: &World, preset: &Outcome) -> String {
    let chosen = decision::person(world, preset);
    let choices: String = world
        .users
        .iter()
        .map(|user| {
            let (value, label) = (user.id.as_str(), user.name.as_str());
            let checked = user.id == chosen;
            Choice {
                kind: "radio",
                name: "pick_user",
                value,
                label,
                note: "",
                checked,
            }
            .html()
        })
        .collect();
    format!("<fieldset><legend>Signed in as</legend>{choices}</fieldset>")
}

/// Makes the checkboxes of the businesses that `wanted` picks, with what belongs to them; nothing if it picks none.
fn assets(
    world: &World,
    targets: &Targets,
    legend: &str,
    wanted: impl Fn(&Business) -> bool,
) -> String {
    let mut out = String::new();
    for business in world.businesses.iter().filter(|business| wanted(business)) {
        let checked = targets.businesses.contains(&business.id);
        let (value, label) = (business.id.as_str(), business.name.as_str());
        let note = "Business";
        out += &Choice {
            kind: "checkbox",
            name: "pick_business",
            value,
            label,
            note,
            checked,
        }
        .html();
        out.push_str(r#"<div class="inner">"#);
        for waba in world
            .wabas
            .iter()
            .filter(|waba| waba.business_id == business.id)
        {
            out += &waba_choices(world, waba, targets);
        }
        out.push_str("</div>");
    }
    if out.is_empty() {
        return out;
    }
    format!("<fieldset><legend>{legend}</legend>{out}</fieldset>")
}

fn waba_choices(world: &World, waba: &Waba, targets: &Targets) -> String {
    let checked = targets.wabas.contains(&waba.id);
    let (value, label) = (waba.id.as_str(), waba.name.as_str());
    let note = "WhatsApp Business Account";
    let mut out = Choice {
        kind: "checkbox",
        name: "pick_waba",
        value,
        label,
        note,
        checked,
    }
    .html();
    out.push_str(r#"<div class="inner">"#);
    for phone in world.phones.iter().filter(|phone| phone.waba_id == waba.id) {
        let checked = targets.phone_numbers.contains(&phone.id);
        let label = format!("{} · {}", phone.display_phone_number, phone.verified_name);
        let (value, note) = (phone.id.as_str(), phone_note(phone));
        out += &Choice {
            kind: "checkbox",
            name: "pick_phone",
            value,
            label: &label,
            note,
            checked,
        }
        .html();
    }
    out + "</div>"
}

fn phone_note(phone: &Phone) -> &'static str {
    match phone {
        _ if phone.code_verification_status != "VERIFIED" => "Not verified",
        _ if phone.is_on_biz_app => "Also in the WhatsApp Business app",
        _ if phone.is_connected() => "Connected already",
        _ if phone.pin.is_some() => "Has a two-step PIN",
        _ => "Ready",
    }
}

fn scopes(world: &World, request: &DialogRequest, preset: &Outcome) -> String {
    let asked = decision::asked(world, request, &decision::person(world, preset));
    let mut out = "<fieldset><legend>What the app may do</legend>".to_owned();
    for scope in &request.scopes {
        let value = scope.as_str();
        if value == PUBLIC_PROFILE {
            continue;
        }
        if !asked.contains(scope) {
            let text = escape(scope);
            let _ = write!(
                out,
                "<p><s>{text}</s> was declined before and is not asked for again.</p>"
            );
            continue;
        }
        let checked = !preset.decline_scopes.contains(scope);
        let (label, note) = (value, meaning(value));
        out += &Choice {
            kind: "checkbox",
            name: "pick_scope",
            value,
            label,
            note,
            checked,
        }
        .html();
    }
    out + "</fieldset>"
}

fn meaning(scope: &str) -> &'static str {
    match scope {
        "whatsapp_business_management" => "Manage WhatsApp accounts, numbers and templates",
        "whatsapp_business_messaging" => "Send and receive WhatsApp messages",
        "business_management" => "See and manage your businesses",
        _ => "",
    }
}

/// Returns whether the preset dialog ends as its checkboxes say, with a code that works.
fn plays_as_chosen(preset: &Outcome) -> bool {
    let ends_well = matches!(preset.outcome, End::Approve | End::Cancel);
    ends_well && preset.code == CodeFate::Good
}

fn ends(request: &DialogRequest, preset: &Outcome) -> String {
    let chosen = match (preset.outcome, preset.code) {
        (End::NoBusiness, _) => "no_business",
        (End::NoWaba, _) => "no_waba",
        (End::NoNumber, _) => "no_number",
        (End::Error, _) => "error",
        (_, CodeFate::Expired) => "expired",
        (_, CodeFate::Used) => "used",
        (_, CodeFate::RedirectMismatch) => "redirect_mismatch",
        (End::Approve | End::Cancel, CodeFate::Good) => "approve",
    };
    let mut list = vec![
        ("approve", "As chosen above"),
        ("no_business", "No business"),
        ("no_waba", "No WhatsApp Business Account"),
        ("no_number", "No phone number"),
        ("expired", "The code has expired"),
        ("used", "The code was used already"),
        (
            "redirect_mismatch",
            "The redirect URI does not match at the exchange",
        ),
    ];
    if request.is_embedded_signup() {
        list.push(("error", "The person reports an error"));
    }
    let choices: String = list
        .into_iter()
        .map(|(value, label)| {
            let checked = value == chosen;
            Choice {
                kind: "radio",
                name: "pick_end",
                value,
                label,
                note: "",
                checked,
            }
            .html()
        })
        .collect();
    format!("<fieldset><legend>Outcome</legend>{choices}</fieldset>")
}
