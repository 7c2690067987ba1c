//! `/phone`: a chat page on which a person plays the customer.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use serde::Deserialize;

use super::{forms, respond};
use crate::context::Context;
use crate::customer::{Person, digits};
use crate::dialog::escape;
use crate::state::World;

/// The customers to choose from before anybody wrote.
const USUAL: [&str; 3] = ["4915112345678", "34655010203", "5511987654321"];

#[derive(Deserialize)]
pub(super) struct Ends {
    customer: Option<String>,
    number: Option<String>,
}

pub(super) async fn page(context: Data<Context>, ends: Query<Ends>) -> HttpResponse {
    let mut customers = context.chat.customers();
    let asked = ends.customer.as_deref().and_then(digits);
    let known = context
        .store
        .read(|world| world.customers.keys().cloned().collect::<Vec<String>>());
    let usual = USUAL.iter().map(|number| (*number).to_owned());
    for number in asked.iter().cloned().chain(known).chain(usual) {
        if !customers.contains(&number) {
            customers.push(number);
        }
    }
    let body = context.store.read(|world| {
        let people = people(world, &customers, asked.as_deref());
        let numbers = numbers(world, ends.number.as_deref());
        format!(
            r#"<div class="phone">
<header>
<a href="/" class="tag">Sandbox</a>
<label><span>I am</span><select id="customer">{people}</select></label>
<label><span>writing to</span><select id="number">{numbers}</select></label>
<details><summary>Who I am</summary>
<form id="person"><label><span>Another number</span><input id="other" inputmode="tel" placeholder="+49 151 …"></label>
<label><span>Name</span><input id="name"></label>
<label><span>Username</span><input id="username"></label>
<label><span>Webhooks tell</span><select id="identity"><option value="both">number and user id</option><option value="phone">the number only</option><option value="bsuid">the user id only</option></select></label>
<button>Save</button></form></details>
</header>
<main id="thread" aria-live="polite" tabindex="0"></main>
<form id="composer">
<p id="notice" role="status"></p>
<p id="reply" hidden><span></span><button type="button" aria-label="Do not reply to it">×</button></p>
<div class="row"><label><span class="sr">What to send</span><select id="type">{options}</select></label>
<details><summary>More</summary><div class="fields">
<label class="check"><input type="checkbox" id="referral"><span>Came from an ad</span></label>
<label><span>In the group</span><input id="group" placeholder="group id"></label>
<label><span>How many</span><input id="count" type="number" min="1" max="10000" value="1"></label>
</div></details></div>
<div class="row">{fields}<button class="main">Send</button></div>
</form></div>
<script src="/phone.js"></script>"#,
            options = forms::options(),
            fields = forms::fields(),
        )
    });
    respond("Sandbox: phone", &body)
}

fn people(world: &World, numbers: &[String], chosen: Option<&str>) -> String {
    let option = |number: &String| {
        let name = escape(&Person::of(world, number, "").name);
        let selected = if chosen == Some(number) {
            " selected"
        } else {
            ""
        };
        format!(r#"<option value="{number}"{selected}>{name} · +{number}</option>"#)
    };
    numbers.iter().map(option).collect()
}

/// Lists the registered numbers, and the others, which cannot be written to.
fn numbers(world: &World, chosen: Option<&str>) -> String {
    let (on, off): (Vec<_>, Vec<_>) = world.phones.iter().partition(|phone| phone.is_connected());
    let option = |phone: &&crate::state::Phone| {
        let (id, name) = (escape(&phone.id), escape(&phone.verified_name));
        let number = escape(&phone.display_phone_number);
        let selected = if chosen == Some(phone.id.as_str()) {
            " selected"
        } else {
            ""
        };
        let (state, note) = if phone.is_connected() {
            ("", "")
        } else {
            (" disabled", " (not registered)")
        };
        format!(r#"<option value="{id}"{selected}{state}>{name} · {number}{note}</option>"#)
    };
    on.iter().chain(&off).map(option).collect()
}
