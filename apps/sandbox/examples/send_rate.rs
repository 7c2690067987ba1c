//! Measures how many messages a second a running sandbox accepts. Run both by hand, built for release:
//!
//! ```text
//! wabakit-sandbox --port 8099 --data ./rate --log error &
//! cargo run --release -p wabakit-sandbox --example send_rate -- http://127.0.0.1:8099 50000 64
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a measurement run by hand"
)]

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer};
use reqwest::Client;
use serde_json::{Value, json};

const NUMBER: &str = "530000000000004";
const WABA: &str = "420000000000002";

/// Counts statuses by a word that each status has once, without parsing the body.
async fn receive(body: Bytes, counts: Data<(AtomicUsize, AtomicUsize)>) -> HttpResponse {
    let statuses = body.windows(14).filter(|it| it == b"\"recipient_id\"");
    counts.0.fetch_add(1, Ordering::Relaxed);
    counts.1.fetch_add(statuses.count(), Ordering::Relaxed);
    HttpResponse::Ok().finish()
}

fn client() -> Client {
    let provider = rustls::crypto::ring::default_provider();
    let tls = rustls::ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let builder = Client::builder().tls_backend_preconfigured(tls);
    builder.no_proxy().build().unwrap()
}

async fn order(client: &Client, url: String, body: Value) -> Value {
    let answer = client.post(url).json(&body).send().await.unwrap();
    answer.json().await.unwrap()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let base = arguments[1].clone();
    let count: usize = arguments[2].parse().unwrap();
    let concurrency: usize = arguments[3].parse().unwrap();
    let counts = Data::new((AtomicUsize::new(0), AtomicUsize::new(0)));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let callback = format!("http://{}/", listener.local_addr().unwrap());
    let shared = counts.clone();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(shared.clone())
            .app_data(web::PayloadConfig::new(8 << 20))
            .default_service(web::to(receive))
    });
    tokio::spawn(server.workers(1).listen(listener).unwrap().run());

    let client = client();
    let control = |path: &str| format!("{base}/_sandbox/{path}");
    let knobs = json!({ "window": "open", "metering": "off", "pairs": "off" });
    order(&client, control("sending/knobs"), knobs).await;
    let to = json!({ "callbackUrl": callback });
    order(&client, control("webhooks/subscription"), to).await;
    let token = order(&client, control("tokens"), json!({ "expiresIn": 0 })).await;
    let token = token["accessToken"].as_str().unwrap().to_owned();
    let subscribed = client.post(format!("{base}/v25.0/{WABA}/subscribed_apps"));
    subscribed.bearer_auth(&token).send().await.unwrap();

    let (next, began) = (Arc::new(AtomicUsize::new(0)), Instant::now());
    let mut tasks = Vec::new();
    for _ in 0..concurrency {
        let (client, next, token) = (client.clone(), Arc::clone(&next), token.clone());
        let url = format!("{base}/v25.0/{NUMBER}/messages");
        tasks.push(tokio::spawn(async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= count {
                    return;
                }
                let message = json!({
                    "messaging_product": "whatsapp",
                    "to": format!("49151{:08}", n % 20_000),
                    "type": "text",
                    "text": { "body": "Your table for two is booked for Friday at eight." },
                    "biz_opaque_callback_data": format!("0197a000-0000-7000-8000-{n:012}"),
                });
                let call = client.post(&url).bearer_auth(&token).json(&message);
                let answer = call.send().await.unwrap();
                assert_eq!(answer.status().as_u16(), 200);
                answer.bytes().await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let seconds = began.elapsed().as_secs_f64();
    order(&client, control("webhooks/settle"), json!({})).await;
    let settled = began.elapsed().as_secs_f64();
    println!("{:.0} accepted a second", count as f64 / seconds);
    let (posts, statuses) = (&counts.0, &counts.1);
    println!(
        "{} statuses in {} POSTs, the last after {settled:.2} s of {seconds:.2} s",
        statuses.load(Ordering::Relaxed),
        posts.load(Ordering::Relaxed),
    );
}
