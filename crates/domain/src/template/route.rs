//! The route of a template message, by the category that the template has at the moment of sending.
//!
//! Source: Meta, "Marketing Messages API", its guidance of September 2026.

use super::TemplateCategory;

/// The endpoint by which a template message goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TemplateRoute {
    /// `/messages`.
    Messages,
    /// `/marketing_messages`: marketing templates only.
    MarketingMessages(ProductPolicy),
}

impl TemplateRoute {
    /// Returns the other route.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Messages => Self::MarketingMessages(ProductPolicy::CloudApiFallback),
            Self::MarketingMessages(_) => Self::Messages,
        }
    }
}

/// Meta's choice where the Marketing Messages API cannot carry a message: `product_policy`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ProductPolicy {
    /// It goes by Cloud API, and costs as marketing there.
    CloudApiFallback,
    /// Meta refuses it.
    Strict,
}

impl ProductPolicy {
    /// Returns Meta's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CloudApiFallback => "CLOUD_API_FALLBACK",
            Self::Strict => "STRICT",
        }
    }
}

/// An account's standing with the Marketing Messages API.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MarketingOnboarding {
    /// Its terms are signed.
    Onboarded,
    /// They are not.
    NotOnboarded,
    /// Meta was not asked yet.
    Unknown,
}

impl MarketingOnboarding {
    /// Reads Meta's word: `ONBOARDED`, `ELIGIBLE`, …
    pub fn read(word: Option<&str>) -> Self {
        match word {
            Some(word) if word.eq_ignore_ascii_case("ONBOARDED") => Self::Onboarded,
            Some(_) => Self::NotOnboarded,
            None => Self::Unknown,
        }
    }

    /// Returns the policy. Only an onboarded account may ask Meta to refuse what would go by Cloud API.
    pub const fn policy(self, is_strict: bool) -> ProductPolicy {
        match (self, is_strict) {
            (Self::Onboarded, true) => ProductPolicy::Strict,
            _ => ProductPolicy::CloudApiFallback,
        }
    }
}

/// The class of price of a template message. A later one costs more, or may.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PriceClass {
    /// Utility.
    Utility,
    /// Authentication, which costs more than utility in some countries.
    Authentication,
    /// Marketing, and categories that are not known here.
    Marketing,
}

impl PriceClass {
    /// Returns the class of a category.
    pub const fn of(category: &TemplateCategory) -> Self {
        match category {
            TemplateCategory::Utility => Self::Utility,
            TemplateCategory::Authentication => Self::Authentication,
            TemplateCategory::Marketing | TemplateCategory::Other(_) => Self::Marketing,
        }
    }

    /// Returns the word that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Utility => "utility",
            Self::Authentication => "authentication",
            Self::Marketing => "marketing",
        }
    }

    /// Reads [`PriceClass::as_str`].
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Utility, Self::Authentication, Self::Marketing]
            .into_iter()
            .find(|class| class.as_str() == word)
    }
}

/// The facts of a message and its account at the moment of sending.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RouteFacts<'t> {
    /// The template's category now. `None` if the template is not known here.
    pub category: Option<&'t TemplateCategory>,
    /// The account's standing with the Marketing Messages API.
    pub onboarding: MarketingOnboarding,
    /// Whether the account wants Meta to refuse what would go by Cloud API.
    pub is_strict: bool,
    /// The class of price when the message was submitted. `None` if it was not known.
    pub submitted: Option<PriceClass>,
    /// Whether a person released the message from a hold for its price.
    pub is_released: bool,
}

/// The decision about a template message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RouteDecision {
    /// It goes by this route.
    Go(TemplateRoute),
    /// It is held, because its category changed to one of a higher class of price. `waiting.reason` is
    /// `category_changed`.
    HoldCategoryChanged {
        /// The class when it was submitted.
        from: PriceClass,
        /// The class now.
        to: PriceClass,
    },
}

/// Decides how a template message goes. Marketing goes by `/marketing_messages`, all else and unknown templates by
/// `/messages`.
pub fn decide_route(facts: &RouteFacts<'_>) -> RouteDecision {
    let Some(category) = facts.category else {
        return RouteDecision::Go(TemplateRoute::Messages);
    };
    let now = PriceClass::of(category);
    if let Some(from) = facts.submitted
        && now > from
        && !facts.is_released
    {
        return RouteDecision::HoldCategoryChanged { from, to: now };
    }
    RouteDecision::Go(match category {
        TemplateCategory::Marketing => {
            TemplateRoute::MarketingMessages(facts.onboarding.policy(facts.is_strict))
        }
        _ => TemplateRoute::Messages,
    })
}

/// The step after a refusal that concerns the template or its route. Each is a rejection before processing, so nothing
/// is sent twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RouteRefusal {
    /// The route is wrong: refresh the template's category from Meta, then call [`decide_after_refresh`].
    RefreshCategory,
    /// The message failed: the code's explanation says why.
    Fail,
    /// The person gets no more marketing for now. The message failed; a new one may be sent after a day.
    PersonLimited,
    /// The person stopped marketing from this business. Nothing of it is sent to this person again.
    PersonOptedOut,
    /// An experiment of Meta's holds the person out of marketing. Nothing can be done.
    HeldOut,
    /// Meta paused the template: its other messages wait, or fail, until the pause ends.
    TemplatePaused,
    /// Meta disabled the template for good: its other messages fail.
    TemplateDisabled,
    /// Meta is still preparing the template for the route: wait about ten minutes.
    NotReady,
    /// No template of this name, language and status is there: sync the account's templates.
    RefreshTemplates,
}

/// Decides what follows a refusal of a template message by this route. A message changes its route once.
pub const fn after_refusal(
    code: i64,
    route: TemplateRoute,
    has_changed_route: bool,
) -> RouteRefusal {
    match (code, route) {
        (131_061 | 131_063, TemplateRoute::Messages)
        | (134_100, TemplateRoute::MarketingMessages(_)) => match has_changed_route {
            false => RouteRefusal::RefreshCategory,
            true => RouteRefusal::Fail,
        },
        (131_049, _) => RouteRefusal::PersonLimited,
        (131_050, _) => RouteRefusal::PersonOptedOut,
        (130_472, _) => RouteRefusal::HeldOut,
        (132_015, _) => RouteRefusal::TemplatePaused,
        (132_016, _) => RouteRefusal::TemplateDisabled,
        (134_101, _) => RouteRefusal::NotReady,
        (132_001, _) => RouteRefusal::RefreshTemplates,
        _ => RouteRefusal::Fail,
    }
}

/// Decides again after a refused message's template was refreshed. If Meta's refusal contradicts the refreshed category,
/// the refusal counts: Meta decides by its own. The hold for a higher price wins over either.
pub fn decide_after_refresh(refused: TemplateRoute, facts: &RouteFacts<'_>) -> RouteDecision {
    let marketing = TemplateCategory::Marketing;
    let by_refusal = match refused {
        TemplateRoute::Messages => Some(&marketing),
        TemplateRoute::MarketingMessages(_) => {
            facts.category.filter(|category| **category != marketing)
        }
    };
    decide_route(&RouteFacts {
        category: by_refusal,
        ..*facts
    })
}

/// The meaning of an accepted message's `message_status`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Acceptance {
    /// It goes out.
    Accepted,
    /// It waits until Meta has judged the template's quality: about an hour at most. It is not sent yet.
    HeldForQuality,
    /// Pacing held it: it is not sent yet.
    Paused,
}

impl Acceptance {
    /// Reads Meta's word. An unknown one, and none, mean that it was accepted.
    pub fn read(word: Option<&str>) -> Self {
        match word {
            Some("held_for_quality_assessment") => Self::HeldForQuality,
            Some("paused") => Self::Paused,
            _ => Self::Accepted,
        }
    }

    /// Explains to a person why the message is not sent yet, and what to do.
    pub const fn words(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Accepted => None,
            Self::HeldForQuality => Some((
                "Meta holds the message until it has judged how people like the template.",
                "Wait about an hour: Meta sends it, or reports it as failed and pauses the template.",
            )),
            Self::Paused => Some((
                "Meta paused the template while it judges it.",
                "Wait, or end the pause in the template's page when the text is improved.",
            )),
        }
    }
}
