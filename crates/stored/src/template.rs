//! Meta's facts about a template.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use wabakit_domain::{
    Time,
    template_record::{TemplateNotice, TemplateState, TemplateTimes},
};

use crate::form::{Opt, forms};

forms!(
    StateForm: TemplateState,
    TimesForm: TemplateTimes,
    NoticeForm: TemplateNotice,
);

#[derive(Serialize, Deserialize)]
#[serde(remote = "TemplateState", rename_all = "camelCase")]
pub(crate) struct StateForm {
    node: Value,
    #[serde(with = "TimesForm")]
    told: TemplateTimes,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "Opt::<NoticeForm>"
    )]
    notice: Option<TemplateNotice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category_changes_at: Option<Time>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TemplateTimes")]
pub(crate) struct TimesForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quality: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content: Option<Time>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TemplateNotice", rename_all = "camelCase")]
pub(crate) struct NoticeForm {
    event: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rejection: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recommendation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    disable_date: Option<String>,
}
