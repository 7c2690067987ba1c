//! The refusals of connecting, each with its words.

use serde::{Deserialize, Serialize};

use crate::meta_error::MetaErrorRef;

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $title:literal, $detail:literal, $remedy:literal;)*) => {
        /// The reason why a connection was refused. The code is stable: callbacks, answers and documents use it.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Refusal {
            $($(#[$doc])* $name,)*
        }

        impl Refusal {
            /// All refusals, for tables and tests.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
            /// Returns a short heading.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
            /// Returns what happened, in a sentence.
            pub const fn detail(self) -> &'static str {
                match self { $(Self::$name => $detail,)* }
            }
            /// Returns what a person can do next.
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy,)* }
            }
        }
    };
}

refusals! {
    /// The person pressed cancel at Meta.
    AccessDenied = "access_denied", "Login cancelled",
        "The login at Meta was cancelled, so nothing was connected.",
        "Connect again and press Continue in Meta's dialog.";
    /// The person declined a permission that we need.
    MissingScope = "missing_scope", "A permission is missing",
        "A permission that WhatsApp needs was not granted at Meta.",
        "Connect again and leave every permission ticked. If Meta's dialog does not offer it, the Meta app's login configuration lacks it.";
    /// No business portfolio was shared.
    NoBusiness = "no_business", "No business found",
        "This Meta login has shared no business portfolio.",
        "Connect again and choose a business, or create one at business.facebook.com first.";
    /// No WhatsApp Business Account was shared.
    NoWaba = "no_waba", "No WhatsApp Business Account found",
        "The business that was chosen has shared no WhatsApp Business Account.",
        "Connect again and tick a WhatsApp Business Account, or create one in WhatsApp Manager first.";
    /// The account holds no number.
    NoPhoneNumber = "no_phone_number", "No phone number found",
        "The WhatsApp Business Account that was chosen holds no phone number.",
        "Add a phone number in WhatsApp Manager, then connect again.";
    /// The owner never verified the number by a code.
    NumberNotVerified = "number_not_verified", "The number is not verified",
        "The phone number has not been verified with a code by SMS or call.",
        "Verify the number in WhatsApp Manager, then resume.";
    /// The login's code came too late.
    CodeExpired = "code_expired", "The login took too long",
        "Meta's login code lives 30 seconds and had expired when it arrived.",
        "Connect again.";
    /// The login's code was used already.
    CodeUsed = "code_used", "The login was already used",
        "Meta's login code works once, and Meta has seen this one before. Its first answer may have been lost on the way.",
        "Connect again.";
    /// Meta refused the code without a clear reason.
    CodeRejected = "code_rejected", "Meta refused the login code",
        "Meta refused the login code.",
        "Connect again. If it happens again, ask the operator to check the Meta app's id, secret and redirect address.";
    /// The redirect address differs from that of the login.
    RedirectMismatch = "redirect_mismatch", "The redirect address does not match",
        "Meta does not accept the redirect address of this login.",
        "Ask the operator to add the address, letter for letter, to the Meta app's valid OAuth redirect URIs (META_OAUTH_REDIRECT_URI), then connect again.";
    /// Another organisation has connected the number.
    NumberInUse = "number_in_use", "The number is in use elsewhere",
        "This phone number is connected to another organisation.",
        "Disconnect it there first, or choose another number.";
    /// The state parameter is not one of ours.
    StateInvalid = "state_invalid", "The login is not one of ours",
        "The answer from Meta does not belong to a login that began here.",
        "Begin again from the Connections page.";
    /// The time to log in is over.
    StateExpired = "state_expired", "The login was left open too long",
        "The login was not finished in time.",
        "Begin again from the Connections page.";
    /// The session was finished or given up already.
    StateUsed = "state_used", "The login was already answered",
        "This login was already answered or given up.",
        "Look at the Connections page, or begin again there.";
    /// The callback came from another browser than the one that began.
    BrowserMismatch = "browser_mismatch", "The login began in another browser",
        "This login began in another browser or for another person, so it was not used.",
        "Open the Connections page in this browser and begin there.";
    /// The Meta app's id or secret is wrong.
    AppMisconfigured = "app_misconfigured", "The Meta app is misconfigured",
        "Meta does not accept this server's app id and secret.",
        "Ask the operator to check META_APP_ID and META_APP_SECRET against the app's Basic settings at Meta.";
    /// The token belongs to a Meta app that we do not know.
    UnknownMetaApp = "unknown_meta_app", "The token belongs to another Meta app",
        "The access token was made for a Meta app that is not set up here.",
        "Add that Meta app under Settings with its app secret, or make a token with an app listed there.";
    /// Meta no longer accepts the token.
    TokenInvalid = "token_invalid", "Meta no longer accepts the login",
        "Meta says that the access token is not valid, or no longer.",
        "Connect again.";
    /// Meta refused a call because a permission is missing.
    PermissionMissing = "permission_missing", "Meta refuses the permission",
        "Meta refused a step because a permission is missing for this asset.",
        "Check that you are an admin of the business, then connect again. If you are, ask the operator whether the Meta app has Advanced access.";
    /// Meta is down or cannot be reached.
    MetaUnavailable = "meta_unavailable", "Meta could not be reached",
        "Meta did not answer, or answered that it has trouble itself.",
        "Resume in a moment; nothing is lost.";
    /// Meta limits our calls.
    MetaRateLimited = "meta_rate_limited", "Meta asks us to slow down",
        "Meta has had too many calls for this account or app.",
        "Wait a few minutes, then resume.";
    /// Subscribing the app failed.
    SubscribeFailed = "subscribe_failed", "Subscribing to messages failed",
        "Meta refused to subscribe the app to this WhatsApp Business Account.",
        "Ask the operator to check the Meta app's webhook settings, then resume.";
    /// Registering the number failed.
    RegistrationFailed = "registration_failed", "Registering the number failed",
        "Meta refused to register this phone number.",
        "Look at the number in WhatsApp Manager, then register it again from its card.";
    /// The number has a two-step verification PIN that we do not know.
    PinMismatch = "pin_mismatch", "The PIN is wrong",
        "This number already has a two-step verification PIN, and it is another one.",
        "Enter the number's own PIN, or switch two-step verification off in WhatsApp Manager, then register it from its card.";
    /// All ten registrations of 72 hours are used up.
    RegistrationBudgetSpent = "registration_budget_spent", "Too many registrations",
        "A number can be registered ten times in 72 hours, and this one's are used up.",
        "Wait until the 72 hours are over, then register it from its card.";
    /// The number does not exist or the token cannot see it.
    NumberNotFound = "number_not_found", "The number was not found",
        "Meta does not show this phone number to this login, or not in this WhatsApp Business Account.",
        "Check both ids in WhatsApp Manager and that the token has access to them.";
    /// The login does not show the number or account that was chosen at Meta.
    ChosenNotShown = "chosen_not_shown", "The chosen number is not there yet",
        "Meta does not show this login what was chosen, or not yet, so nothing else was connected instead.",
        "Wait a minute and resume: Meta may show a new number late. Or choose another number.";
    /// The vault could not seal or open a secret.
    VaultUnavailable = "vault_unavailable", "The token vault cannot be used",
        "The stored login could not be opened with the encryption keys of this server.",
        "Ask the operator to check ENCRYPTION_KEY and ENCRYPTION_KEY_RING, then resume.";
    /// The session is over.
    SessionExpired = "session_expired", "The session is over",
        "This connection was left unfinished too long and has been cleaned up.",
        "Begin again from the Connections page.";
    /// Meta refused for another reason.
    MetaRefused = "meta_refused", "Meta refused",
        "Meta refused a step.",
        "Read what Meta said; resume once it is put right.";
}

impl Refusal {
    /// Tells whether resuming with the same login can help. Otherwise only a new login does.
    pub const fn is_resumable(self) -> bool {
        matches!(
            self,
            Self::NumberNotVerified
                | Self::NoPhoneNumber
                | Self::NoWaba
                | Self::NumberInUse
                | Self::MetaUnavailable
                | Self::MetaRateLimited
                | Self::SubscribeFailed
                | Self::RegistrationFailed
                | Self::PinMismatch
                | Self::RegistrationBudgetSpent
                | Self::PermissionMissing
                | Self::VaultUnavailable
                | Self::AppMisconfigured
                | Self::MetaRefused
                | Self::ChosenNotShown
        )
    }
}

impl Refusal {
    /// Tells whether a step failed because of Meta, and not because of the person's choice. The same login can go on
    /// when Meta works again.
    pub const fn is_passing(self) -> bool {
        matches!(
            self,
            Self::MetaUnavailable
                | Self::MetaRateLimited
                | Self::SubscribeFailed
                | Self::RegistrationFailed
                | Self::VaultUnavailable
        )
    }
}

/// Who can carry out a refusal's remedy.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The person who connects, here or in Meta's own tools.
    Person,
    /// An admin of the organisation, who keeps its own Meta app under Settings.
    Admin,
    /// The operator of this server, who keeps its settings.
    Operator,
    /// Nobody here: Meta itself, or time.
    Meta,
}

impl Who {
    /// Returns the API's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Meta => "meta",
        }
    }
}

/// The act that was refused: it decides which remedy can work.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// A step after the login: the session keeps the login, and can be resumed.
    #[default]
    Session,
    /// The exchange of the login's code, which lives 30 seconds and works once.
    Exchange,
    /// A number added by hand: nothing was kept.
    ByHand,
    /// An act on a connected account.
    Account,
}

impl Occasion {
    fn is_session(&self) -> bool {
        *self == Self::Session
    }
}

impl Refusal {
    /// Tells who can carry out the remedy.
    pub const fn who(self) -> Who {
        match self {
            Self::MetaUnavailable | Self::MetaRateLimited => Who::Meta,
            Self::RedirectMismatch
            | Self::AppMisconfigured
            | Self::SubscribeFailed
            | Self::VaultUnavailable => Who::Operator,
            Self::UnknownMetaApp => Who::Admin,
            _ => Who::Person,
        }
    }

    /// Tells whether only Meta's words say why.
    const fn is_of_metas_words(self) -> bool {
        matches!(
            self,
            Self::MetaRefused | Self::SubscribeFailed | Self::RegistrationFailed
        )
    }

    /// Returns where the documentation explains the refusal and its cure.
    pub fn docs(self) -> String {
        format!("docs/troubleshooting.md#{}", self.code())
    }

    /// Returns the remedy for an act other than a step of a login's session.
    const fn remedy_at(self, occasion: Occasion) -> Option<&'static str> {
        use Occasion::{Account, ByHand, Exchange, Session};
        Some(match (occasion, self) {
            (Session, _) => return None,
            (Exchange, Self::MetaUnavailable) => {
                "Resume at once. If Meta has taken the code already, the login may have to be done again."
            }
            (Exchange, Self::MetaRateLimited) => "Wait a few minutes, then connect again.",
            (Exchange, Self::VaultUnavailable) => {
                "Ask the operator to check ENCRYPTION_KEY and ENCRYPTION_KEY_RING, then connect again."
            }
            (Exchange, Self::MetaRefused) => "Read what Meta said, put it right and connect again.",
            (ByHand, Self::MissingScope) => {
                "Make a new token with every permission that is named here, then add the number again."
            }
            (ByHand, Self::TokenInvalid) => "Make a new token at Meta, then add the number again.",
            (ByHand, Self::NumberNotVerified) => {
                "Verify the number in WhatsApp Manager, then add it again."
            }
            (ByHand, Self::MetaUnavailable) => "Try again in a moment; nothing was stored.",
            (ByHand, Self::MetaRateLimited) => "Wait a few minutes, then add the number again.",
            (ByHand, Self::SubscribeFailed) => {
                "Ask the operator to check the Meta app's webhook settings, then add the number again."
            }
            (ByHand, Self::RegistrationFailed) => {
                "Look at the number in WhatsApp Manager, then add it again."
            }
            (ByHand, Self::PermissionMissing) => {
                "Give the token's user access to this WhatsApp Business Account at Meta, then add the number again."
            }
            (ByHand, Self::VaultUnavailable) => {
                "Ask the operator to check ENCRYPTION_KEY and ENCRYPTION_KEY_RING, then add the number again."
            }
            (ByHand, Self::MetaRefused) => {
                "Read what Meta said, put it right and add the number again."
            }
            (Account, Self::MetaUnavailable) => "Try again in a moment.",
            (Account, Self::MetaRateLimited) => "Wait a few minutes, then try again.",
            (Account, Self::NumberNotVerified) => {
                "Verify the number in WhatsApp Manager, then register it again."
            }
            (Account, Self::PermissionMissing) => {
                "Check that the business still shares this account with the Meta app. If not, connect it again."
            }
            (Account, Self::VaultUnavailable) => {
                "Ask the operator to check ENCRYPTION_KEY and ENCRYPTION_KEY_RING, then try again."
            }
            (Account, Self::MetaRefused) => "Read what Meta said, put it right and try again.",
            _ => return None,
        })
    }

    /// Returns the remedy where the Meta app is the organisation's own: its admin keeps it, not the operator.
    const fn remedy_of_own_app(self) -> Option<&'static str> {
        Some(match self {
            Self::AppMisconfigured => {
                "Compare the app's id and secret with its Basic settings at Meta, and save them again under Settings, Meta apps."
            }
            Self::RedirectMismatch => {
                "Add the address, letter for letter, to your Meta app's valid OAuth redirect URIs, then connect again."
            }
            Self::SubscribeFailed => {
                "Check your Meta app's webhook settings at Meta, then try again."
            }
            Self::CodeRejected => {
                "Connect again. If it happens again, check your Meta app's id, secret and redirect address."
            }
            _ => return None,
        })
    }
}

/// A refusal that happened: with its subjects and Meta's error.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Problem {
    /// The refusal.
    pub refusal: Refusal,
    /// Its subjects: missing scopes, numbers or WABAs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<String>,
    /// Meta's error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<MetaErrorRef>,
    /// The act that was refused.
    #[serde(default, skip_serializing_if = "Occasion::is_session")]
    pub occasion: Occasion,
    /// Tells whether the Meta app is the organisation's own, so that its admin keeps it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_app: bool,
}

impl Problem {
    /// Creates a refusal without subjects.
    pub const fn new(refusal: Refusal) -> Self {
        Self {
            refusal,
            about: Vec::new(),
            meta: None,
            occasion: Occasion::Session,
            own_app: false,
        }
    }
    /// Adds the subjects.
    #[must_use]
    pub fn about(mut self, about: impl IntoIterator<Item = String>) -> Self {
        self.about = about.into_iter().collect();
        self
    }
    /// Adds Meta's error.
    #[must_use]
    pub fn with_meta(mut self, meta: Option<MetaErrorRef>) -> Self {
        self.meta = meta;
        self
    }
    /// Says which act was refused.
    #[must_use]
    pub const fn at(mut self, occasion: Occasion) -> Self {
        self.occasion = occasion;
        self
    }
    /// Says whether the Meta app is the organisation's own.
    #[must_use]
    pub const fn of_own_app(mut self, own_app: bool) -> Self {
        self.own_app = own_app;
        self
    }
    /// Tells whether Meta refused the token only until its person has logged in at facebook.com once more.
    fn is_checkpoint(&self) -> bool {
        self.refusal == Refusal::TokenInvalid
            && self.meta.as_ref().is_some_and(MetaErrorRef::is_checkpoint)
    }
    /// Returns what the person who reads it can do next.
    pub fn remedy(&self) -> &'static str {
        if self.is_checkpoint() {
            return match self.occasion {
                Occasion::Session | Occasion::Exchange => {
                    "Log in at facebook.com and follow the steps there, then connect again."
                }
                Occasion::ByHand => {
                    "Log in at facebook.com as the person whose token it is and follow the steps there, then add the number again with the same token."
                }
                Occasion::Account => {
                    "Log in at facebook.com as the person who connected it and follow the steps there, then try again. No new connection is needed."
                }
            };
        }
        let of_own_app = self.refusal.remedy_of_own_app().filter(|_| self.own_app);
        of_own_app
            .or_else(|| self.refusal.remedy_at(self.occasion))
            .unwrap_or_else(|| self.refusal.remedy())
    }
    /// Tells who can carry out the remedy.
    pub const fn who(&self) -> Who {
        match self.refusal.who() {
            Who::Operator if self.own_app && self.refusal.remedy_of_own_app().is_some() => {
                Who::Admin
            }
            who => who,
        }
    }
    /// Returns the whole sentence: what happened, and to what.
    pub fn detail(&self) -> String {
        let detail = match self.refusal {
            _ if self.is_checkpoint() => {
                "Meta asks the login's person to log in once more before it accepts the access token again."
            }
            Refusal::AppMisconfigured if self.own_app => {
                "Meta does not accept the id and secret of your organisation's Meta app."
            }
            refusal => refusal.detail(),
        };
        if !self.about.is_empty() {
            return format!("{detail} ({})", self.about.join(", "));
        }
        match &self.meta {
            // The refusals whose cause only Meta knows.
            Some(meta) if self.refusal.is_of_metas_words() && !meta.message.is_empty() => {
                let words: String = meta.message.chars().take(300).collect();
                format!("{detail} ({}: {words})", meta.code)
            }
            _ => detail.to_owned(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_refusal_has_its_own_code_and_words() {
        let codes: HashSet<_> = Refusal::ALL.iter().map(|r| r.code()).collect();
        let details: HashSet<_> = Refusal::ALL.iter().map(|r| r.detail()).collect();
        assert_eq!(codes.len(), Refusal::ALL.len());
        assert_eq!(details.len(), Refusal::ALL.len());
    }

    #[test]
    fn the_stored_name_is_the_code() {
        for refusal in Refusal::ALL {
            assert_eq!(serde_json::to_value(refusal).unwrap(), refusal.code());
        }
    }

    #[test]
    fn a_remedy_names_only_what_its_reader_can_do() {
        let all = || Refusal::ALL.iter().map(|refusal| Problem::new(*refusal));
        // A session of a number that was added by hand, and an act on an account, cannot be resumed.
        for occasion in [Occasion::ByHand, Occasion::Account] {
            for problem in all().map(|problem| problem.at(occasion)) {
                let met = match occasion {
                    Occasion::Account => MET_BY_ACCOUNTS.contains(&problem.refusal),
                    _ => MET_BY_HAND.contains(&problem.refusal),
                };
                let resumes = problem.remedy().to_lowercase().contains("resume");
                assert!(!met || !resumes, "{occasion:?}: {:?}", problem.refusal);
            }
        }
        // Settings of the server are the operator's, whom the person has to ask.
        for problem in all() {
            let remedy = problem.remedy();
            let of_the_server = [
                "META_",
                "ENCRYPTION_",
                "webhook settings",
                "Advanced access",
            ];
            if of_the_server.iter().any(|setting| remedy.contains(setting)) {
                assert!(
                    remedy.to_lowercase().contains("ask the operator"),
                    "{:?}",
                    problem.refusal
                );
            }
            let own = problem.of_own_app(true);
            let kept_by_admin = own.refusal.remedy_of_own_app().is_some();
            assert!(
                !kept_by_admin || !own.remedy().contains("operator"),
                "{:?}",
                own.refusal
            );
            assert!(
                !kept_by_admin || own.who() != Who::Operator,
                "{:?}",
                own.refusal
            );
        }
    }

    #[test]
    fn an_answer_lost_at_the_exchange_promises_nothing() {
        let problem = Problem::new(Refusal::MetaUnavailable);
        assert!(problem.remedy().contains("nothing is lost"));
        let lost = problem.at(Occasion::Exchange);
        assert!(
            lost.remedy()
                .contains("the login may have to be done again")
        );
        for refusal in [
            Refusal::MetaRateLimited,
            Refusal::VaultUnavailable,
            Refusal::MetaRefused,
        ] {
            // The code is dead before a person can do anything about these.
            let remedy = Problem::new(refusal).at(Occasion::Exchange).remedy();
            assert!(
                remedy.contains("connect again") && !remedy.contains("resume"),
                "{remedy}"
            );
        }
    }

    /// The refusals that adding a number by hand can end with.
    const MET_BY_HAND: [Refusal; 18] = [
        Refusal::MissingScope,
        Refusal::NumberNotVerified,
        Refusal::NumberInUse,
        Refusal::AppMisconfigured,
        Refusal::UnknownMetaApp,
        Refusal::TokenInvalid,
        Refusal::PermissionMissing,
        Refusal::MetaUnavailable,
        Refusal::MetaRateLimited,
        Refusal::SubscribeFailed,
        Refusal::RegistrationFailed,
        Refusal::PinMismatch,
        Refusal::RegistrationBudgetSpent,
        Refusal::NumberNotFound,
        Refusal::VaultUnavailable,
        Refusal::SessionExpired,
        Refusal::MetaRefused,
        Refusal::NoBusiness,
    ];
    /// The refusals that an act on an account can end with.
    const MET_BY_ACCOUNTS: [Refusal; 11] = [
        Refusal::NumberNotVerified,
        Refusal::AppMisconfigured,
        Refusal::TokenInvalid,
        Refusal::PermissionMissing,
        Refusal::MetaUnavailable,
        Refusal::MetaRateLimited,
        Refusal::RegistrationFailed,
        Refusal::PinMismatch,
        Refusal::RegistrationBudgetSpent,
        Refusal::VaultUnavailable,
        Refusal::MetaRefused,
    ];

    #[test]
    fn a_checkpoint_is_told_apart_from_a_token_that_is_dead() {
        let told = |code, subcode, occasion| {
            let meta = MetaErrorRef {
                code,
                subcode,
                ..MetaErrorRef::default()
            };
            let problem = Problem::new(Refusal::TokenInvalid).with_meta(Some(meta));
            let problem = problem.at(occasion);
            (problem.detail(), problem.remedy())
        };
        for occasion in [
            Occasion::Session,
            Occasion::Exchange,
            Occasion::ByHand,
            Occasion::Account,
        ] {
            for subcode in [459, 464] {
                let (detail, remedy) = told(190, Some(subcode), occasion);
                assert!(detail.contains("log in once more"), "{detail}");
                assert!(
                    remedy.contains("facebook.com") && !remedy.contains("new token"),
                    "{remedy}"
                );
            }
            for (code, subcode) in [
                (190, None),
                (190, Some(458)),
                (190, Some(460)),
                (190, Some(463)),
                (190, Some(467)),
                (10, Some(459)),
            ] {
                let (detail, remedy) = told(code, subcode, occasion);
                assert!(!detail.contains("log in once more"), "{code} {subcode:?}");
                assert!(
                    !remedy.contains("facebook.com"),
                    "{code} {subcode:?}: {remedy}"
                );
            }
        }
    }

    #[test]
    fn a_missing_scope_is_named() {
        let problem =
            Problem::new(Refusal::MissingScope).about(["whatsapp_business_messaging".to_owned()]);
        assert!(problem.detail().contains("whatsapp_business_messaging"));
    }
}
