//! `/`: the home page.

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::respond;
use crate::context::Context;
use crate::dialog::escape;

pub(super) async fn page(context: Data<Context>) -> HttpResponse {
    let callbacks: String = context.store.read(|world| {
        let row = |app: &crate::App| {
            let subscription = world.app_subscriptions.get(&app.id);
            let url = subscription.map_or("nowhere yet", |known| known.callback_url());
            format!(
                "<tr><th scope=\"row\">{}<small>{}</small></th><td>{}</td></tr>",
                escape(&app.name),
                escape(&app.id),
                escape(url)
            )
        };
        world.apps.values().map(row).collect()
    });
    let body = format!(
        r#"<main class="home">
<header><span class="tag">Sandbox</span><h1>Meta, on this machine</h1>
<p>Nothing here is real.</p></header>
<nav><a class="card" href="/phone"><strong>Phone</strong><span>Write to a business as a customer</span></a>
<a class="card" href="/_sandbox/webhooks/log"><strong>Webhook log</strong><span>Each attempt and what it was answered</span></a>
<a class="card" href="/_sandbox/webhooks"><strong>Webhooks</strong><span>Where they go, what waits, the knobs</span></a>
<a class="card" href="/_sandbox/ledger"><strong>Ledger</strong><span>The Graph calls received</span></a>
<a class="card" href="/_sandbox/state"><strong>State</strong><span>Businesses, accounts and numbers</span></a></nav>
<h2>Webhooks of</h2><table>{callbacks}</table>
</main>"#
    );
    respond("Sandbox", &body)
}
