//! The dialog's parameters, checked as Meta checks them.

use std::collections::BTreeSet;

use url::{Host, Url};

use crate::App;
use crate::call::Call;
use crate::graph::{MANAGE_BUSINESS, MANAGE_WHATSAPP, MESSAGE_WHATSAPP};
use crate::state::World;

/// The scope that every login grants.
pub(crate) const PUBLIC_PROFILE: &str = "public_profile";

/// A valid request for a dialog.
pub(crate) struct DialogRequest {
    pub(crate) app: App,
    /// The address that gets the code. `None` when the JS SDK opened the dialog.
    pub(crate) redirect_uri: Option<String>,
    pub(crate) state: Option<String>,
    /// Set for Facebook Login for Business and Embedded Signup.
    pub(crate) config_id: Option<String>,
    pub(crate) scopes: BTreeSet<String>,
    /// Tells whether declined scopes are asked for again.
    pub(crate) is_rerequest: bool,
    /// The opener's origin, to which the SDK's popup posts.
    pub(crate) opener: Option<String>,
    /// The SDK's name for its call.
    pub(crate) callback: Option<String>,
    /// The parameters, which the form sends back.
    pub(crate) params: Vec<(String, String)>,
}

/// Parameters of the request. The form's own fields begin with `pick`.
const NAMES: [&str; 12] = [
    "client_id",
    "redirect_uri",
    "state",
    "scope",
    "config_id",
    "response_type",
    "override_default_response_type",
    "auth_type",
    "display",
    "extras",
    "origin",
    "cb",
];

impl DialogRequest {
    /// Reads and checks the parameters. The error is a sentence for the page.
    pub(crate) fn read(world: &World, call: &Call) -> Result<Self, String> {
        let client_id = call
            .param("client_id")
            .ok_or("The parameter client_id is missing.")?;
        let app = world
            .apps
            .get(client_id)
            .ok_or_else(|| format!("Invalid App ID: the app {client_id} is not known."))?;
        let response_type = call.param("response_type").unwrap_or("code");
        if response_type != "code" {
            return Err(format!(
                "The response_type {response_type} is not played; use code."
            ));
        }
        let redirect_uri = call.param("redirect_uri").map(str::to_owned);
        let config_id = call.param("config_id").map(str::to_owned);
        let opener = call.param("origin").map(str::to_owned);
        match (&redirect_uri, &config_id) {
            (Some(uri), _) => check_redirect(app, uri)?,
            (None, None) if opener.is_none() => {
                return Err("The parameter redirect_uri is missing.".to_owned());
            }
            _ => {}
        }
        if let Some(opener) = &opener {
            check_opener(app, opener)?;
        }
        if let Some(config) = &config_id
            && !app.config_ids.is_empty()
            && !app.config_ids.contains(config)
        {
            return Err(format!(
                "The configuration {config} is not one of the app's."
            ));
        }
        let scope = call.param("scope").unwrap_or_default();
        let asked = scope
            .split([',', ' '])
            .map(str::trim)
            .filter(|scope| !scope.is_empty());
        let scopes: BTreeSet<String> = if config_id.is_some() {
            [MANAGE_BUSINESS, MANAGE_WHATSAPP, MESSAGE_WHATSAPP]
                .map(str::to_owned)
                .into()
        } else {
            asked
                .map(str::to_owned)
                .chain([PUBLIC_PROFILE.to_owned()])
                .collect()
        };
        let param = |name: &str| Some((name.to_owned(), call.param(name)?.to_owned()));
        Ok(Self {
            app: app.clone(),
            redirect_uri,
            state: call.param("state").map(str::to_owned),
            config_id,
            scopes,
            is_rerequest: call.param("auth_type") == Some("rerequest"),
            opener,
            callback: call.param("cb").map(str::to_owned),
            params: NAMES.iter().filter_map(|name| param(name)).collect(),
        })
    }

    /// Tells whether Embedded Signup's session message must be sent.
    pub(crate) fn is_embedded_signup(&self) -> bool {
        self.config_id.is_some() && self.redirect_uri.is_none()
    }
}

fn check_redirect(app: &App, uri: &str) -> Result<(), String> {
    if app.redirect_uris.iter().any(|valid| valid == uri) {
        return Ok(());
    }
    let url = Url::parse(uri).map_err(|_| format!("The redirect_uri {uri} is not a URL."))?;
    if app.redirect_uris.is_empty() && is_loopback(&url) {
        return Ok(());
    }
    Err(format!(
        "URL blocked: {uri} is not one of the app's valid OAuth redirect URIs. It must be equal to \
         the letter."
    ))
}

fn check_opener(app: &App, origin: &str) -> Result<(), String> {
    let blocked = || format!("{origin} is not an allowed domain of the app for the JS SDK.");
    let url = Url::parse(origin).map_err(|_| blocked())?;
    let same = |uri: &String| Url::parse(uri).is_ok_and(|valid| valid.origin() == url.origin());
    if is_loopback(&url) || app.redirect_uris.iter().any(same) {
        Ok(())
    } else {
        Err(blocked())
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
