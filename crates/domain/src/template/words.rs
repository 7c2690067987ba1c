//! Meta's words for templates. An unknown word is kept as it came.

use std::fmt;

macro_rules! meta_words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $text:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        pub enum $name {
            $($(#[$word_doc])* $word,)+
            /// A word that is not known here, in capitals.
            Other(String),
        }

        impl $name {
            /// Reads Meta's word, in whatever case.
            pub fn read(word: &str) -> Self {
                $(if word.eq_ignore_ascii_case($text) {
                    return Self::$word;
                })+
                Self::Other(word.to_ascii_uppercase())
            }

            /// Returns Meta's word, in capitals.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$word => $text,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str(self.as_str())
            }
        }
    )+};
}

meta_words! {
    /// The category of a template. It decides the price and the route of a message.
    TemplateCategory {
        /// A one-time code.
        Authentication = "AUTHENTICATION",
        /// Advertising.
        Marketing = "MARKETING",
        /// News of something that the person asked for or bought.
        Utility = "UTILITY",
    }

    /// The status of a template. Only an approved one can be sent.
    TemplateStatus {
        /// It can be sent.
        Approved = "APPROVED",
        /// The business appealed against a rejection.
        InAppeal = "IN_APPEAL",
        /// Meta reviews it.
        Pending = "PENDING",
        /// Meta rejected it.
        Rejected = "REJECTED",
        /// It is deleted, and messages are still delivered.
        PendingDeletion = "PENDING_DELETION",
        /// It is deleted.
        Deleted = "DELETED",
        /// Meta disabled it for its quality.
        Disabled = "DISABLED",
        /// Meta paused it for its quality, or by pacing.
        Paused = "PAUSED",
        /// The account has too many templates.
        LimitExceeded = "LIMIT_EXCEEDED",
        /// It was not used for 12 months. Meta deletes it 28 days later.
        Archived = "ARCHIVED",
    }

    /// The quality of a template, as people rate it.
    TemplateQuality {
        /// High.
        Green = "GREEN",
        /// Medium.
        Yellow = "YELLOW",
        /// Low.
        Red = "RED",
        /// Not known yet.
        Unknown = "UNKNOWN",
    }

    /// The form of a template's variables.
    ParameterFormat {
        /// By place: `{{1}}`.
        Positional = "POSITIONAL",
        /// By name: `{{first_name}}`.
        Named = "NAMED",
    }
}
