//! The minimal sender: it posts the same bodies to the sandbox and stores nothing. The product is compared with it.

use std::{
    sync::Arc,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::task::JoinSet;
use wabakit_prove::{APP_ID, cpu_of, http};

use super::{feed, site::Site};

/// The minimal sender's results.
pub(crate) struct Bare {
    /// Messages a second.
    pub(crate) rate: f64,
    /// Processor seconds for a thousand messages, in the sender and its database.
    pub(crate) cpu: f64,
    /// The same, in the database alone.
    pub(crate) database_cpu: f64,
    /// Processor seconds for a thousand messages, in the sandbox.
    pub(crate) sandbox_cpu: f64,
}

impl Bare {
    /// Returns the processor time of a message, of the minimal sender's.
    pub(crate) fn cpu_of(&self, bare: &Self) -> f64 {
        self.cpu / bare.cpu
    }
}

/// Posts for this time, with this many requests at once.
pub(crate) async fn run(site: &Site, time: Duration, concurrency: usize) -> Bare {
    let minted = json!({"appId": APP_ID, "kind": "system_user", "expiresIn": 0});
    let minted = site.stage.meta.order("tokens", minted).await;
    let token = minted["accessToken"].as_str().unwrap().to_owned();
    let client = http();
    let phones: Arc<Vec<String>> = Arc::new(site.numbers.iter().map(|n| n.phone.clone()).collect());
    let next = Arc::new(AtomicUsize::new(0));
    let (begun, own) = (Instant::now(), cpu_of("self"));
    let others = site.stage.sandbox.cpu();
    let mut tasks = JoinSet::new();
    for _ in 0..concurrency {
        let (client, token) = (client.clone(), token.clone());
        let (phones, next) = (phones.clone(), next.clone());
        let base = site.stage.meta.base().to_owned();
        tasks.spawn(async move {
            let mut sent = 0_u64;
            while begun.elapsed() < time {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let (phone, to) = (place % phones.len(), place / phones.len());
                let body = json!({
                    "messaging_product": "whatsapp",
                    "recipient_type": "individual",
                    "to": format!("4916{phone:03}{to:06}"),
                    "type": "text",
                    "text": {"body": feed::text(place)},
                    "biz_opaque_callback_data": format!("01900000-0000-7000-b000-{place:012x}"),
                });
                let url = format!("{base}/v25.0/{}/messages", phones[phone]);
                let request = client.post(url).bearer_auth(&token).json(&body);
                let response = request.send().await.unwrap();
                let status = response.status();
                let text = response.text().await.unwrap();
                assert!(status.is_success(), "{status} {text}");
                sent += 1;
            }
            sent
        });
    }
    let mut sent = 0;
    while let Some(own) = tasks.join_next().await {
        sent += own.unwrap();
    }
    let thousands = sent as f64 / 1_000.0;
    Bare {
        rate: sent as f64 / begun.elapsed().as_secs_f64(),
        cpu: (cpu_of("self") - own).as_secs_f64() / thousands,
        database_cpu: 0.0,
        sandbox_cpu: (site.stage.sandbox.cpu() - others).as_secs_f64() / thousands,
    }
}
