//! Source: Meta, WhatsApp Business Management API, "Templates".

use serde::Deserialize;
use serde_json::Value;

use super::table::endpoint;
use super::{HealthStatus, Success};
use crate::endpoint::Request;
use crate::paging::Page;
use crate::template_definitions::TemplateDefinition;
use crate::wire::{Extra, lenient, open_enum};

endpoint! {
    /// `GET /{waba}/message_templates`: lists templates, each language by itself. Read it with
    /// [`GraphClient::items`](crate::GraphClient::items).
    #[non_exhaustive]
    pub struct ListTemplates {
        /// The WABA.
        waba_id,
        /// Only templates of this name.
        name: Option<String>,
        /// Only templates in this state.
        status: Option<TemplateStatus>,
        /// The fields wanted, separated by commas.
        fields,
    }
    Page<MessageTemplate>: |it| Request::get([it.waba_id.as_str(), "message_templates"])
        .query("fields", &it.fields)
        .optional_query("name", it.name.as_deref())
        .optional_query("status", it.status.as_ref().map(TemplateStatus::as_str))
}

impl ListTemplates {
    /// Lists all templates of a WABA.
    pub fn new(waba_id: impl Into<String>) -> Self {
        Self {
            waba_id: waba_id.into(),
            name: None,
            status: None,
            fields: MessageTemplate::FIELDS.to_owned(),
        }
    }

    /// Lists only templates of this name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Lists only templates in this state.
    pub fn status(mut self, status: TemplateStatus) -> Self {
        self.status = Some(status);
        self
    }
}

endpoint! {
    /// `GET /{waba}/message_templates`: reads one page of templates as Meta writes them, for a caller that keeps them
    /// whole and goes on at a cursor of its own.
    pub struct TemplateNodes {
        /// The WABA.
        waba_id,
        /// Only templates of this name.
        name: Option<String>,
        /// The cursor after the page before.
        after: Option<String>,
        /// The most templates of the page. Meta may give fewer.
        limit: u32,
    }
    Page<Value>: |it| Request::get([it.waba_id.as_str(), "message_templates"])
        .query("fields", MessageTemplate::FIELDS)
        .query("limit", it.limit.to_string())
        .optional_query("name", it.name.as_deref())
        .optional_query("after", it.after.as_deref())
        .optional_query("summary", it.after.is_none().then_some("total_count"))
}

endpoint! {
    /// `GET /{template}`: reads one template as Meta writes it.
    pub struct TemplateNode {
        /// Meta's id of the template.
        template_id,
    }
    Value: |it| Request::get([it.template_id.as_str()]).query("fields", MessageTemplate::FIELDS)
}

endpoint! {
    /// `POST /{waba}/message_templates`: creates a template from a body in Meta's form. Not idempotent, as
    /// [`CreateTemplate`].
    pub struct PostTemplate {
        /// The WABA.
        waba_id,
        /// The body.
        body: Value,
    }
    CreatedTemplate: |it| Request::post([it.waba_id.as_str(), "message_templates"]).json(it.body.clone())
}

endpoint! {
    /// `POST /{template}`: edits a template by a body in Meta's form. It replaces all components.
    pub struct PatchTemplate {
        /// Meta's id of the template.
        template_id,
        /// The body.
        body: Value,
    }
    Success: |it| Request::post([it.template_id.as_str()]).json(it.body.clone())
}

endpoint! {
    /// `GET /{template}`: reads one template.
    pub struct GetTemplate {
        /// Meta's id of the template.
        template_id,
    }
    MessageTemplate: |it| Request::get([it.template_id.as_str()]).query("fields", MessageTemplate::FIELDS)
}

endpoint! {
    /// `POST /{waba}/message_templates`: creates a template, which Meta reviews. Not idempotent: after a lost answer,
    /// list by name before you create again.
    pub struct CreateTemplate {
        /// The WABA.
        waba_id,
        /// The template.
        template: TemplateDefinition,
    }
    CreatedTemplate: |it| Request::post([it.waba_id.as_str(), "message_templates"])
        .json(it.template.to_json())
}

endpoint! {
    /// `POST /{template}`: replaces all components of a template. An approved one can be edited once in 24 hours and ten
    /// times in 30 days, and keeps its category.
    pub struct EditTemplate {
        /// Meta's id of the template.
        template_id,
        /// The new template, whole. Meta ignores its name and language.
        template: TemplateDefinition,
    }
    Success: |it| Request::post([it.template_id.as_str()]).json(it.template.to_json())
}

endpoint! {
    /// `DELETE /{waba}/message_templates?name=…`: deletes a template **in every language**, or in one. The name of an
    /// approved one is blocked for 30 days.
    pub struct DeleteTemplate {
        /// The WABA.
        waba_id,
        /// The name.
        name,
        /// Meta's id of the one language to delete.
        template_id: Option<String>,
    }
    Success: |it| Request::delete([it.waba_id.as_str(), "message_templates"])
        .query("name", &it.name)
        .optional_query("hsm_id", it.template_id.as_deref())
}

endpoint! {
    /// `DELETE /{waba}/message_templates?hsm_ids=[…]`: deletes up to 100 templates by id.
    pub struct DeleteTemplates {
        /// The WABA.
        waba_id,
        /// Meta's ids of the templates.
        template_ids: Vec<String>,
    }
    Success: |it| Request::delete([it.waba_id.as_str(), "message_templates"])
        .query("hsm_ids", Value::from(it.template_ids.as_slice()).to_string())
}

endpoint! {
    /// `POST /{template}/unpause`: ends a pause that came from pacing. Other pauses end by themselves.
    pub struct UnpauseTemplate {
        /// Meta's id of the template.
        template_id,
    }
    Success: |it| Request::post([it.template_id.as_str(), "unpause"]).idempotent(true)
}

/// A template in one language.
///
/// Every field but the id depends on the fields asked for and the version.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct MessageTemplate {
    /// The id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: String,
    /// The name, which all languages share.
    #[serde(default)]
    pub name: Option<String>,
    /// The language, such as `en_US`.
    #[serde(default)]
    pub language: Option<String>,
    /// The state. Only [`Approved`](TemplateStatus::Approved) can be sent.
    #[serde(default)]
    pub status: Option<TemplateStatus>,
    /// The category, which decides price and route.
    #[serde(default)]
    pub category: Option<TemplateCategory>,
    /// The category before Meta changed it.
    #[serde(default)]
    pub previous_category: Option<String>,
    /// The category that Meta will change it to. Empty where it will not.
    #[serde(default)]
    pub correct_category: Option<String>,
    /// How people rate it.
    #[serde(default)]
    pub quality_score: Option<TemplateQuality>,
    /// Why Meta rejected it, or `NONE`.
    #[serde(default)]
    pub rejected_reason: Option<String>,
    /// `POSITIONAL` or `NAMED`.
    #[serde(default)]
    pub parameter_format: Option<String>,
    /// The components in Meta's form. Buttons for one-time codes come back as links.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub components: Vec<Value>,
    /// How long Meta tries to deliver, in seconds. −1 means 30 days.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub message_send_ttl_seconds: Option<i64>,
    /// Whether it can be sent.
    #[serde(default)]
    pub health_status: Option<HealthStatus>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl MessageTemplate {
    /// The fields that are asked for. `health_status` is not among them: it makes a list slow.
    pub const FIELDS: &str = "id,name,language,status,category,previous_category,\
        correct_category,quality_score,rejected_reason,parameter_format,components,\
        message_send_ttl_seconds";
}

/// How people rate a template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TemplateQuality {
    /// The rating.
    pub score: Option<super::QualityRating>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A template that was created.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CreatedTemplate {
    /// Meta's id of the template.
    #[serde(deserialize_with = "lenient::id")]
    pub id: String,
    /// The state, as a rule [`Pending`](TemplateStatus::Pending).
    #[serde(default)]
    pub status: Option<TemplateStatus>,
    /// The category that Meta chose. **It may not be the one that was asked for.**
    #[serde(default)]
    pub category: Option<TemplateCategory>,
}

open_enum! {
    /// The state of a template.
    pub enum TemplateStatus {
        /// It can be sent.
        Approved = "APPROVED",
        /// Meta reviews it.
        Pending = "PENDING",
        /// Meta rejected it.
        Rejected = "REJECTED",
        /// The business appealed against a rejection.
        InAppeal = "IN_APPEAL",
        /// It is paused for its quality, or by pacing.
        Paused = "PAUSED",
        /// It is disabled for its quality.
        Disabled = "DISABLED",
        /// It was not used for a year, and will be deleted.
        Archived = "ARCHIVED",
        /// It is deleted, and messages are still delivered.
        PendingDeletion = "PENDING_DELETION",
        /// It is deleted.
        Deleted = "DELETED",
        /// There are too many templates.
        LimitExceeded = "LIMIT_EXCEEDED",
    }
}

open_enum! {
    /// The category of a template, which decides its price and its route.
    pub enum TemplateCategory {
        /// A code to sign in.
        Authentication = "AUTHENTICATION",
        /// Everything that sells. It belongs on [`SendMarketing`](super::SendMarketing).
        Marketing = "MARKETING",
        /// About something that the person asked for or bought.
        Utility = "UTILITY",
    }
}
