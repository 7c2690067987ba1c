//! `/`: the home page.

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::respond;
use crate::context::Context;
use crate::dialog::escape;
use crate::scenarios::Scenario;

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
<a class="card" href="/_sandbox/har"><strong>Recording</strong><span>The calls as a HAR file, where recording is on</span></a>
<a class="card" href="/_sandbox/state"><strong>State</strong><span>Businesses, accounts and numbers</span></a></nav>
<h2>Webhooks of</h2><table>{callbacks}</table>
<h2>Scenarios</h2><table>{scenarios}</table>
</main><script src="/home.js"></script>"#,
        scenarios = scenarios(&context),
    );
    respond("Sandbox", &body)
}

/// Makes a row for each scenario. One that cannot be read has no button.
fn scenarios(context: &Context) -> String {
    let row = |(name, scenario): (String, Result<Scenario, String>)| match scenario {
        Ok(scenario) => format!(
            r#"<tr><th scope="row">{}<small>{}</small></th><td><button value="{name}" data-scenario>Play<span class="sr"> {name}</span></button><small id="outcome-{name}" role="status"></small></td></tr>"#,
            escape(&scenario.title),
            escape(&scenario.about),
        ),
        Err(error) => format!(
            r#"<tr><th scope="row">{name}<small>{}</small></th><td></td></tr>"#,
            escape(&error)
        ),
    };
    context.scenarios.all().into_iter().map(row).collect()
}
