use std::sync::Arc;

use rstest::rstest;
use wabakit_meta_gateway::{GatewayConfig, GatewayConfigError, GraphGateway};
use wabakit_ports::meta::{DialogRequest, MetaGateway};

use crate::support::{PaperVault, app};

fn gateway(config: GatewayConfig) -> Result<GraphGateway, GatewayConfigError> {
    GraphGateway::new(config, Arc::new(PaperVault::default()))
}

fn request(popup: bool) -> DialogRequest {
    DialogRequest {
        redirect_uri: "https://app.example/callback?x=1".to_owned(),
        state: "a+b/c=".to_owned(),
        popup,
    }
}

#[test]
fn an_app_without_configuration_asks_for_scopes() {
    let gateway = gateway(GatewayConfig::default()).unwrap();
    assert_eq!(
        gateway.dialog_url(&app(), &request(false)),
        "https://www.facebook.com/v25.0/dialog/oauth?client_id=880000000000001\
         &redirect_uri=https%3A%2F%2Fapp.example%2Fcallback%3Fx%3D1&state=a%2Bb%2Fc%3D\
         &response_type=code&auth_type=rerequest\
         &scope=whatsapp_business_management%2Cwhatsapp_business_messaging%2Cbusiness_management"
    );
}

#[test]
fn an_app_with_a_configuration_names_that_instead_of_scopes() {
    let config = GatewayConfig {
        dialog_url: "http://127.0.0.1:8081/meta/".to_owned(),
        graph_version: "v26.0".to_owned(),
        ..GatewayConfig::default()
    };
    let mut app = app();
    app.config_id = Some("4711".to_owned());
    let url = gateway(config).unwrap().dialog_url(&app, &request(true));
    assert!(
        url.starts_with("http://127.0.0.1:8081/meta/v26.0/dialog/oauth?client_id="),
        "{url}"
    );
    let rest = "&config_id=4711&override_default_response_type=true&display=popup";
    assert!(url.ends_with(rest), "{url}");
    assert!(!url.contains("scope="), "{url}");
}

#[test]
fn an_app_with_a_version_of_its_own_is_asked_in_that() {
    let gateway = gateway(GatewayConfig::default()).unwrap();
    for (own, begins) in [
        (
            Some("v26.0"),
            "https://www.facebook.com/v26.0/dialog/oauth?",
        ),
        (
            Some("v99.1"),
            "https://www.facebook.com/v99.1/dialog/oauth?",
        ),
        (None, "https://www.facebook.com/v25.0/dialog/oauth?"),
    ] {
        let mut app = app();
        app.graph_version = own.map(str::to_owned);
        let url = gateway.dialog_url(&app, &request(false));
        assert!(url.starts_with(begins), "{url}");
    }
}

#[test]
fn the_sdk_is_metas_unless_told_otherwise() {
    let sdk = gateway(GatewayConfig::default()).unwrap().sdk_config();
    assert_eq!(sdk.sdk_url, "https://connect.facebook.net/en_US/sdk.js");
    assert_eq!(sdk.graph_version, "v25.0");
}

#[rstest]
#[case::no_url("facebook")]
#[case::no_web("javascript:alert(1)")]
#[case::a_query("https://www.facebook.com/?a=b")]
fn a_dialog_address_that_cannot_be_used_is_refused(#[case] dialog_url: &str) {
    let config = GatewayConfig {
        dialog_url: dialog_url.to_owned(),
        ..GatewayConfig::default()
    };
    let error = gateway(config).unwrap_err();
    assert!(matches!(error, GatewayConfigError::DialogUrl), "{error}");
    assert!(error.to_string().starts_with("META_DIALOG_URL"), "{error}");
}

#[rstest]
#[case("not a url", "v25.0")]
#[case("https://graph.facebook.com", "25")]
fn graph_settings_that_cannot_be_used_are_refused(#[case] url: &str, #[case] version: &str) {
    let config = GatewayConfig {
        graph_url: url.to_owned(),
        graph_version: version.to_owned(),
        ..GatewayConfig::default()
    };
    assert!(matches!(gateway(config), Err(GatewayConfigError::Graph(_))));
}
