//! Connecting, in the steps of a person.

use std::collections::BTreeMap;

use serde_json::Value;
use url::Url;

use crate::{Answer, Client, Meta};

/// The page that the browser reaches after Meta's dialog, with its parameters.
#[derive(Clone, Debug)]
pub struct Landing {
    /// The address.
    pub url: Url,
    /// Its query.
    pub params: BTreeMap<String, String>,
}

impl Landing {
    /// Reads a redirect.
    #[must_use]
    #[track_caller]
    pub fn of(answer: &Answer) -> Self {
        let url = answer.location();
        let params = url.query_pairs().into_owned().collect();
        Self { url, params }
    }

    /// Returns a parameter. Empty when it is missing.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    /// Asserts that it reports success.
    #[track_caller]
    pub fn connected(&self) {
        assert_eq!(self.get("success"), "true", "{}", self.url);
        assert_eq!(self.get("channel"), "whatsapp");
    }
}

impl Client {
    /// Begins to connect. `query` is `mode=popup`, for example.
    pub async fn begin(&self, query: &str) -> Value {
        self.get(&format!("/auth/meta-oauth/init?{query}"))
            .await
            .ok()
    }

    /// Begins, logs in at Meta with this outcome, and comes back, by redirects.
    pub async fn connect(&self, meta: &Meta, outcome: Value) -> Landing {
        let begun = self.begin("").await;
        let back = meta
            .login(begun["authUrl"].as_str().unwrap(), outcome)
            .await;
        Landing::of(&self.navigate(&back).await)
    }

    /// Reads the connect session.
    pub async fn session(&self, id: &str) -> Value {
        self.get(&format!("/api/connect-sessions/{id}")).await.ok()
    }

    /// Acts on a connect session.
    pub async fn act(&self, id: &str, act: &str, body: Value) -> Answer {
        self.post(&format!("/api/connect-sessions/{id}/{act}"), body)
            .await
    }

    /// Reads the connection's status.
    pub async fn status(&self) -> Value {
        self.get("/auth/meta-oauth/status").await.ok()
    }

    /// Reads the organisation's active accounts.
    pub async fn accounts(&self) -> Vec<Value> {
        let answer = self.get("/api/accounts?active=true").await.ok();
        answer["data"].as_array().unwrap().clone()
    }
}
