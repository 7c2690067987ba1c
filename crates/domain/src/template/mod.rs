//! Templates: what Meta's node says, which values a message needs, and Meta's rules for making and sending them.
//!
//! Source: Meta, "Message templates" and its pages of each component.

mod button;
mod component;
mod definition;
mod fault;
mod fill;
mod parameters;
mod preflight;
mod preview;
mod read;
mod rejection;
mod route;
mod rules;
mod schema;
mod text;
mod words;

pub use button::{TemplateButton, TemplateButtonKind};
pub use component::{HeaderMedia, TemplateBody, TemplateComponent, TemplateFooter, TemplateHeader};
pub use definition::TemplateDefinition;
pub use fault::{TemplateCheck, TemplateFault};
pub use fill::FilledTemplate;
pub use parameters::{ParameterComponent, ParameterKind, TemplateParameter};
pub use preview::{PreviewButton, PreviewCard, PreviewHeader, PreviewOffer, TemplatePreview};
pub use read::TemplateOddity;
pub use rejection::TemplateRejection;
pub use route::{
    Acceptance, MarketingOnboarding, PriceClass, ProductPolicy, RouteDecision, RouteFacts,
    RouteRefusal, TemplateRoute, after_refusal, decide_after_refresh, decide_route,
};
pub use rules::{check_create, check_edit};
pub use text::{TemplateText, TemplateVariable};
pub use words::{ParameterFormat, TemplateCategory, TemplateQuality, TemplateStatus};
