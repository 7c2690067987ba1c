//! Connecting, as a person goes through it.

use std::collections::BTreeMap;

use serde_json::Value;
use url::Url;

use crate::{Answer, Client, Meta};

/// Where the browser lands after Meta, with what its address says.
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

    /// A parameter, empty where it is missing.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    /// Holds that it is a success.
    #[track_caller]
    pub fn connected(&self) {
        assert_eq!(self.get("success"), "true", "{}", self.url);
        assert_eq!(self.get("channel"), "whatsapp");
    }
}

impl Client {
    /// Begins to connect; `query` is `mode=popup`, say.
    pub async fn begin(&self, query: &str) -> Value {
        self.get(&format!("/auth/meta-oauth/init?{query}"))
            .await
            .ok()
    }

    /// Begins, logs in at Meta to this outcome, and comes back: by redirects.
    pub async fn connect(&self, meta: &Meta, outcome: Value) -> Landing {
        let begun = self.begin("").await;
        let back = meta
            .login(begun["authUrl"].as_str().unwrap(), outcome)
            .await;
        Landing::of(&self.navigate(&back).await)
    }

    /// The connect session as it stands.
    pub async fn session(&self, id: &str) -> Value {
        self.get(&format!("/api/connect-sessions/{id}")).await.ok()
    }

    /// Does something with a connect session.
    pub async fn act(&self, id: &str, act: &str, body: Value) -> Answer {
        self.post(&format!("/api/connect-sessions/{id}/{act}"), body)
            .await
    }

    /// The connection's status.
    pub async fn status(&self) -> Value {
        self.get("/auth/meta-oauth/status").await.ok()
    }

    /// The org's active accounts.
    pub async fn accounts(&self) -> Vec<Value> {
        let answer = self.get("/api/accounts?active=true").await.ok();
        answer["data"].as_array().unwrap().clone()
    }
}
