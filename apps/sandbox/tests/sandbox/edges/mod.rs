//! The edges of numbers and WABAs.

mod blocks;
mod flows;
mod groups;
mod numbers;
mod pairs;
mod settings;
mod shapes;
mod template_life;
mod template_rules;
mod templates;

use serde_json::{Value, json};

use super::callback::{Callback, TOKEN};
use super::support::*;

/// A sandbox whose webhooks of the dental WABA go to the callback, and a token for all.
async fn heard() -> (Meta, Callback, String) {
    let meta = Meta::start();
    let callback = Callback::start();
    let subscribed = meta.running().subscribe(APP, &callback.url, TOKEN).await;
    subscribed.unwrap();
    let token = meta.token_for_all().await;
    meta.order("templates/review", json!({ "default": "pend" }))
        .await;
    let path = format!("{DENTAL_WABA}/subscribed_apps");
    meta.post(&token, &path, json!({})).await.ok();
    (meta, callback, token)
}

/// Returns fields and values of the first `count` webhooks.
async fn told(callback: &Callback, count: usize) -> Vec<(String, Value)> {
    let received = callback.wait_for(count).await;
    received
        .iter()
        .map(|each| {
            let change = each.json()["entry"][0]["changes"][0].clone();
            (text(&change["field"]), change["value"].clone())
        })
        .collect()
}
