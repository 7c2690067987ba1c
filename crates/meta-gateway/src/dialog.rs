//! The address of Meta's login dialog.

use url::Url;
use wabakit_domain::meta_app::MetaApp;
use wabakit_ports::meta::DialogRequest;

use crate::{GatewayConfig, GatewayConfigError};

/// Builds the dialog's address without an app: base and version.
pub(crate) fn base(config: &GatewayConfig) -> Result<Url, GatewayConfigError> {
    let mut url = Url::parse(&config.dialog_url).map_err(|_| GatewayConfigError::DialogUrl)?;
    let plain = url.query().is_none() && url.fragment().is_none();
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !plain {
        return Err(GatewayConfigError::DialogUrl);
    }
    url.path_segments_mut()
        .map_err(|()| GatewayConfigError::DialogUrl)?
        .pop_if_empty()
        .extend([config.graph_version.as_str(), "dialog", "oauth"]);
    Ok(url)
}

/// Builds the dialog's address for an app. It asks again for permissions that the person declined before: without
/// `rerequest` Meta would not, and connecting again could never repair the connection.
pub(crate) fn url(base: &Url, scopes: &[String], app: &MetaApp, request: &DialogRequest) -> String {
    let mut url = base.clone();
    {
        let mut query = url.query_pairs_mut();
        query
            .append_pair("client_id", app.app_id.as_str())
            .append_pair("redirect_uri", &request.redirect_uri)
            .append_pair("state", &request.state)
            .append_pair("response_type", "code")
            .append_pair("auth_type", "rerequest");
        match &app.config_id {
            Some(config_id) => query
                .append_pair("config_id", config_id)
                .append_pair("override_default_response_type", "true"),
            None => query.append_pair("scope", &scopes.join(",")),
        };
        if request.popup {
            query.append_pair("display", "popup");
        }
    }
    url.into()
}
