//! Requests about the team.

use secrecy::ExposeSecret;
use serde::Deserialize;
use url::Url;
use utoipa::ToSchema;
use wabakit_services::NewLink;
use wabakit_wire::auth::Role;

/// A new role of a member.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeRole {
    pub(crate) role: Role,
}

/// The address to invite, and the role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invite {
    #[schema(example = "ada@acme.example")]
    pub(crate) email: String,
    pub(crate) role: Role,
}

/// Returns the address of the dashboard's page for a link. `None` if the link is mailed. The token is in the fragment,
/// which browsers do not send to servers.
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
