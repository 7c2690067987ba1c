//! Templates: what Meta's node says, which values a message needs, and Meta's rules for making and sending them.
//!
//! Source: Meta, "Message templates" and its pages of each component.

mod button;
mod component;
mod definition;
mod fault;
mod parameters;
mod preflight;
mod read;
mod rejection;
mod text;
mod words;

pub use button::{TemplateButton, TemplateButtonKind};
pub use component::{HeaderMedia, TemplateBody, TemplateComponent, TemplateFooter, TemplateHeader};
pub use definition::TemplateDefinition;
pub use fault::{TemplateCheck, TemplateFault};
pub use parameters::{ParameterComponent, ParameterKind, TemplateParameter};
pub use read::TemplateOddity;
pub use rejection::TemplateRejection;
pub use text::{TemplateText, TemplateVariable};
pub use words::{ParameterFormat, TemplateCategory, TemplateQuality, TemplateStatus};
