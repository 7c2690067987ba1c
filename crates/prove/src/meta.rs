//! The sandbox's control API.

use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::client::http;

/// A running sandbox.
#[derive(Clone, Debug)]
pub struct Meta {
    base: String,
    http: reqwest::Client,
}

impl Meta {
    /// Refers to the sandbox at this address.
    #[must_use]
    pub fn at(base: &str) -> Self {
        Self {
            base: base.trim_end_matches('/').to_owned(),
            http: http(),
        }
    }

    /// Returns its address.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Calls the control API, by the path after `/_sandbox/`.
    pub async fn control(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let mut request = self
            .http
            .request(method, format!("{}/_sandbox/{path}", self.base));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Reads from the control API.
    pub async fn look(&self, path: &str) -> Value {
        self.control(Method::GET, path, None).await
    }

    /// Posts to the control API.
    pub async fn order(&self, path: &str, body: Value) -> Value {
        self.control(Method::POST, path, Some(body)).await
    }

    /// Sets a fault for calls that match `"GET */path"`.
    pub async fn fault(&self, call: &str, when: Value, then: Value) {
        let (method, path) = call.split_once(' ').unwrap();
        let order = json!({"match": {"method": method, "path": path}, "when": when, "then": then});
        self.order("faults", order).await;
    }

    /// Removes all faults.
    pub async fn lift_faults(&self) {
        self.control(Method::DELETE, "faults", None).await;
    }

    /// Answers the login dialog with this outcome, without its page. Returns the address that the dialog sends the
    /// browser to.
    pub async fn login(&self, dialog: &str, mut outcome: Value) -> Url {
        outcome["auto"] = true.into();
        self.order("dialog", outcome).await;
        let answer = self.http.get(dialog).send().await.unwrap();
        let location = answer.headers().get("location");
        let location = location.unwrap_or_else(|| panic!("no redirect: {}", answer.status()));
        location.to_str().unwrap().parse().unwrap()
    }

    /// Submits the form of the login page by its button Continue, as a browser does.
    pub async fn press_continue(&self, dialog: &str) -> Url {
        let page = self.http.get(dialog).send().await.unwrap();
        let html = page.text().await.unwrap();
        let tags = |name: &str| -> Vec<String> {
            html.split(&format!("<{name} "))
                .skip(1)
                .map(|rest| rest.split_once('>').unwrap().0.to_owned())
                .collect()
        };
        let attribute = |tag: &str, name: &str| -> Option<String> {
            let (_, rest) = tag.split_once(&format!("{name}=\""))?;
            let value = rest.split_once('"')?.0;
            Some(value.replace("&quot;", "\"").replace("&amp;", "&"))
        };
        let form = &tags("form")[0];
        let mut fields: Vec<(String, String)> = tags("input")
            .iter()
            .filter(|tag| tag.contains("type=\"hidden\"") || tag.ends_with(" checked"))
            .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?)))
            .collect();
        for tag in tags("button") {
            if let Some((name, value)) = attribute(&tag, "name").zip(attribute(&tag, "value"))
                && value != "cancel"
            {
                fields.push((name, value));
            }
        }
        let action = attribute(form, "action").unwrap_or_default();
        let target = Url::parse(dialog).unwrap().join(&action).unwrap();
        let request = if form.to_lowercase().contains("method=\"post\"") {
            self.http.post(target).form(&fields)
        } else {
            self.http.get(target).query(&fields)
        };
        let answer = request.send().await.unwrap();
        let location = answer.headers().get("location");
        let location = location.unwrap_or_else(|| panic!("no redirect: {}", answer.status()));
        location.to_str().unwrap().parse().unwrap()
    }

    /// Returns the Graph calls whose path contains this, in order.
    pub async fn calls(&self, method: &str, path: &str) -> Vec<Value> {
        let found = self
            .look(&format!("ledger?method={method}&path={path}"))
            .await;
        found["data"].as_array().unwrap().clone()
    }

    /// Counts the calls of [`Self::calls`] that took effect.
    pub async fn effective(&self, method: &str, path: &str) -> usize {
        let calls = self.calls(method, path).await;
        let took = |call: &&Value| call["processed"] == true && call["code"].is_null();
        calls.iter().filter(took).count()
    }

    /// Reads a WABA at Meta.
    pub async fn waba(&self, id: &str) -> Value {
        let state = self.look("state").await;
        let businesses = state["businesses"].as_array().unwrap();
        let wabas = businesses
            .iter()
            .flat_map(|b| b["wabas"].as_array().unwrap());
        wabas.into_iter().find(|w| w["id"] == id).unwrap().clone()
    }

    /// Tells whether any app is subscribed to a WABA.
    pub async fn is_subscribed(&self, waba: &str) -> bool {
        !self.waba(waba).await["subscribedApps"]
            .as_array()
            .unwrap()
            .is_empty()
    }

    /// Reads a number at Meta.
    pub async fn phone(&self, id: &str) -> Value {
        let state = self.look("state").await;
        let businesses = state["businesses"].as_array().unwrap();
        let wabas = businesses
            .iter()
            .flat_map(|b| b["wabas"].as_array().unwrap());
        let mut phones = wabas.flat_map(|w| w["phoneNumbers"].as_array().unwrap());
        phones.find(|p| p["id"] == id).unwrap().clone()
    }

    /// Returns all tokens that were ever issued, in plain text.
    pub async fn tokens(&self) -> Vec<String> {
        let tokens = self.look("tokens?reveal=true").await;
        let tokens = tokens["data"].as_array().unwrap().clone();
        let text = |t: &Value| t["accessToken"].as_str().map(ToOwned::to_owned);
        tokens.iter().filter_map(text).collect()
    }
}
