use wabakit_domain::meta_app as known;
use wabakit_wire::meta_app::{MetaApp, MetaAppSource};

use super::IntoWire as _;

/// Makes the wire form of a Meta app, with the Graph version that this server speaks.
pub fn meta_app(app: known::MetaApp, graph_version: &str) -> MetaApp {
    let is_platform = app.is_platform();
    MetaApp {
        id: app.id.uuid(),
        app_id: app.app_id.into_wire(),
        name: app.name,
        config_id: app.config_id,
        graph_version: app
            .graph_version
            .unwrap_or_else(|| graph_version.to_owned()),
        is_default: is_platform,
        source: if is_platform {
            MetaAppSource::Environment
        } else {
            MetaAppSource::Org
        },
        created_at: app.created_at,
    }
}
