//! Principals and what they may do: scopes, and the scopes of roles.
//!
//! A permission is a [`Scope`]. A [`Role`] is a set of scopes. A use case requires a scope, never a role, so that a
//! person, a key and the system are checked in one way.

use std::fmt;

use crate::{
    identity::Role,
    ids::{ApiKeyId, AuthSessionId, UserId},
};

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// A permission. Its word is the same in the API, in stored keys and in the API's document.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Scope {
            $($(#[$doc])* $name,)*
        }

        impl Scope {
            /// All scopes, in the order of the documentation.
            pub const ALL: [Self; [$($word),*].len()] = [$(Self::$name),*];

            /// Returns the word of the scope.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// Reads the word of a scope.
            pub fn parse(word: &str) -> Option<Self> {
                Some(match word {
                    $($word => Self::$name,)*
                    _ => return None,
                })
            }
        }
    };
}

scopes! {
    /// Queue, cancel and retry messages; mark messages as read; show typing.
    MessagesSend = "messages:send";
    /// Read messages.
    MessagesRead = "messages:read";
    /// Read conversations.
    ConversationsRead = "conversations:read";
    /// Change conversations, and name contacts from the inbox.
    ConversationsWrite = "conversations:write";
    /// Read contacts.
    ContactsRead = "contacts:read";
    /// Name, export and erase contacts.
    ContactsWrite = "contacts:write";
    /// Read templates.
    TemplatesRead = "templates:read";
    /// Create, change, delete and sync templates.
    TemplatesWrite = "templates:write";
    /// Read accounts and their connection.
    AccountsRead = "accounts:read";
    /// Change, verify and register accounts.
    AccountsWrite = "accounts:write";
    /// Connect and disconnect numbers; manage Meta apps.
    ConnectWrite = "connect:write";
    /// Read the event log.
    EventsRead = "events:read";
    /// Read files.
    MediaRead = "media:read";
    /// Upload files, and fetch them again.
    MediaWrite = "media:write";
    /// Pause and resume the queues of numbers.
    QueuesWrite = "queues:write";
    /// Read the log of webhooks, masked.
    WebhooksRead = "webhooks:read";
    /// Replay and discard parked webhooks, reveal them, and send tests.
    WebhooksWrite = "webhooks:write";
    /// Read endpoints.
    EndpointsRead = "endpoints:read";
    /// Create, change and delete endpoints.
    EndpointsWrite = "endpoints:write";
    /// Manage API keys.
    KeysWrite = "keys:write";
    /// Read the members of the organisation.
    TeamRead = "team:read";
    /// Manage members and invitations, and rename the organisation.
    TeamWrite = "team:write";
    /// Read and check the audit log.
    AuditRead = "audit:read";
    /// Read costs.
    CostsRead = "costs:read";
    /// Run the doctor.
    DoctorRun = "doctor:run";
    /// Call Meta's Graph API with an account's token.
    GraphCall = "graph:call";
}

/// A set of scopes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ScopeSet(u32);

impl ScopeSet {
    /// The set of all scopes.
    pub const ALL: Self = Self::of(&Scope::ALL);

    /// Makes the set of these scopes.
    pub const fn of(scopes: &[Scope]) -> Self {
        let mut bits = 0;
        let mut rest = scopes;
        while let [scope, others @ ..] = rest {
            bits |= 1 << (*scope as u32);
            rest = others;
        }
        Self(bits)
    }
    /// Returns the scopes of both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// Tells whether the scope is in the set.
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & (1 << (scope as u32)) != 0
    }
    /// Tells whether every scope of this set is in `other`.
    pub const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }
    /// Returns the scopes in the order of [`Scope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL
            .into_iter()
            .filter(move |scope| self.contains(*scope))
    }
}

impl fmt::Debug for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.iter().map(Scope::as_str))
            .finish()
    }
}

const VIEWER: ScopeSet = ScopeSet::of(&[
    Scope::MessagesRead,
    Scope::ConversationsRead,
    Scope::ContactsRead,
    Scope::TemplatesRead,
    Scope::AccountsRead,
    Scope::EventsRead,
    Scope::MediaRead,
    Scope::WebhooksRead,
    Scope::TeamRead,
    Scope::CostsRead,
]);
const AGENT: ScopeSet = VIEWER.union(ScopeSet::of(&[
    Scope::MessagesSend,
    Scope::ConversationsWrite,
    Scope::MediaWrite,
]));

impl Role {
    /// Returns what a member with this role may do. Owners may do the same as admins, and manage other owners.
    pub const fn scopes(self) -> ScopeSet {
        match self {
            Self::Viewer => VIEWER,
            Self::Agent => AGENT,
            Self::Admin | Self::Owner => ScopeSet::ALL,
        }
    }
    /// Returns the lowest role that has one of these scopes.
    pub fn least_with(scopes: &[Scope]) -> Self {
        let has = |role: &Self| scopes.iter().any(|scope| role.scopes().contains(*scope));
        Self::ALL.into_iter().find(has).unwrap_or(Self::Owner)
    }
}

/// The principal that acts: a person, an API key, or the system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Principal {
    /// A person who is signed in.
    Person {
        /// The person.
        user: UserId,
        /// The person's role in the organisation.
        role: Role,
        /// Tells whether the person operates the platform.
        is_operator: bool,
        /// The sign-in.
        session: AuthSessionId,
    },
    /// A program with an API key.
    Key {
        /// The key.
        key: ApiKeyId,
        /// The scopes of the key.
        scopes: ScopeSet,
    },
    /// The server itself: a worker or an automation.
    System,
}

impl Principal {
    /// Returns what the principal may do in its organisation.
    pub const fn scopes(&self) -> ScopeSet {
        match self {
            Self::Person { role, .. } => role.scopes(),
            Self::Key { scopes, .. } => *scopes,
            Self::System => ScopeSet::ALL,
        }
    }
    /// Tells whether the principal has the scope.
    pub const fn may(&self, scope: Scope) -> bool {
        self.scopes().contains(scope)
    }
    /// Tells whether the principal operates the platform.
    pub const fn is_operator(&self) -> bool {
        matches!(
            self,
            Self::Person {
                is_operator: true,
                ..
            }
        )
    }
    /// Returns the person, if a person acts.
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::Person { user, .. } => Some(*user),
            Self::Key { .. } | Self::System => None,
        }
    }
    /// Returns the role, if a person acts. Keys and the system manage nobody's role.
    pub const fn role(&self) -> Option<Role> {
        match self {
            Self::Person { role, .. } => Some(*role),
            Self::Key { .. } | Self::System => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scope_words_read_back() {
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.as_str()), Some(scope));
        }
        for other in ["", "messages", "messages:write", "Messages:Send", "*"] {
            assert_eq!(Scope::parse(other), None);
        }
    }

    #[test]
    fn a_higher_role_has_every_scope_of_a_lower_one() {
        let mut below = ScopeSet::default();
        for role in Role::ALL {
            assert!(below.is_subset(role.scopes()), "{role:?} lacks a scope");
            below = role.scopes();
        }
        assert_eq!(below, ScopeSet::ALL);
    }

    #[test]
    fn a_set_has_exactly_the_scopes_that_it_was_made_of() {
        for scope in Scope::ALL {
            let one = ScopeSet::of(&[scope]);
            assert_eq!(one.iter().collect::<Vec<_>>(), [scope]);
            assert!(one.is_subset(ScopeSet::ALL) && !ScopeSet::ALL.is_subset(one));
        }
        let two = ScopeSet::of(&[Scope::GraphCall, Scope::MessagesSend]);
        assert_eq!(format!("{two:?}"), r#"{"messages:send", "graph:call"}"#);
    }

    #[test]
    fn viewers_read_and_agents_work_in_the_inbox() {
        let written = |role: Role| {
            let scopes = role.scopes().iter().map(Scope::as_str);
            scopes
                .filter(|word| !word.ends_with(":read"))
                .collect::<Vec<_>>()
        };
        assert!(written(Role::Viewer).is_empty());
        let inbox = ["messages:send", "conversations:write", "media:write"];
        assert_eq!(written(Role::Agent), inbox);
        assert!(!Role::Agent.scopes().contains(Scope::AuditRead));
    }

    #[test]
    fn a_key_may_do_what_its_scopes_say_and_operates_nothing() {
        let key = Principal::Key {
            key: ApiKeyId(uuid::Uuid::from_u128(1)),
            scopes: ScopeSet::of(&[Scope::MessagesSend]),
        };
        for scope in Scope::ALL {
            assert_eq!(key.may(scope), scope == Scope::MessagesSend);
            assert!(Principal::System.may(scope));
        }
        assert_eq!(
            (key.user(), key.role(), key.is_operator()),
            (None, None, false)
        );
        assert!(!Principal::System.is_operator());
    }
}
