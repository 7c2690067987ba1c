//! What is asked of the team.

use secrecy::ExposeSecret;
use serde::Deserialize;
use url::Url;
use utoipa::ToSchema;
use wabakit_services::NewLink;
use wabakit_wire::auth::Role;

/// Another role for a member.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeRole {
    pub(crate) role: Role,
}

/// Whom to invite, and as what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invite {
    #[schema(example = "ada@acme.example")]
    pub(crate) email: String,
    pub(crate) role: Role,
}

/// The dashboard's page for a link, unless it goes by mail. The token goes into the fragment, which browsers send to no
/// server.
pub(crate) fn link_to(public_url: &Url, page: &str, new: &NewLink) -> Option<String> {
    if new.link.mail.is_some() {
        return None;
    }
    let mut url = public_url.clone();
    url.set_path(page);
    url.set_query(None);
    url.set_fragment(Some(new.token.expose_secret()));
    Some(url.into())
}
