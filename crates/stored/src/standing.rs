//! An account's standing: the latest facts from Meta's webhooks.

use serde::{Deserialize, Serialize};
use wabakit_domain::{
    Time,
    standing::{Note, Standing},
};

use crate::form::{Many, forms};

forms!(NoteForm: Note, StandingForm: Standing);

#[derive(Serialize, Deserialize)]
#[serde(remote = "Note", rename_all = "camelCase")]
pub(crate) struct NoteForm {
    subject: String,
    at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    word: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Standing")]
pub(crate) struct StandingForm {
    #[serde(getter = "notes", with = "Many::<NoteForm>")]
    notes: Vec<Note>,
}

fn notes(standing: &Standing) -> &Vec<Note> {
    standing.notes()
}

impl From<StandingForm> for Standing {
    fn from(form: StandingForm) -> Self {
        Self::of(form.notes)
    }
}
