//! People, as webhooks name them.

use serde::{Deserialize, Serialize};
use wabakit_domain::{ids::ScopedUserId, inbound};

use crate::form::forms;

forms!(
    PartyForm: inbound::Party,
);

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbound::Party", rename_all = "camelCase")]
pub(crate) struct PartyForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<ScopedUserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent_user_id: Option<ScopedUserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    profile_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    identity_key_hash: Option<String>,
}
