//! Ids. Ours are UUIDv7; Meta's are opaque strings that happen to look like numbers.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The bare UUID.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }
        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

macro_rules! meta_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as Meta writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
            /// The id as Meta writes it, owned.
            pub fn into_string(self) -> String {
                self.0
            }
        }
        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }
        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

uuid_id! {
    /// An organisation: the tenant.
    OrgId;
    /// A person who signs in.
    UserId;
    /// A sign-in: a browser's cookie or a client's refresh tokens hang on it.
    AuthSessionId;
    /// One refresh token of a sign-in.
    RefreshTokenId;
    /// An invitation or a password reset.
    LinkId;
    /// A Meta app, as a row of ours; Meta's own id is an [`AppId`].
    MetaAppId;
    /// A Meta authorisation.
    GrantId;
    /// A phone number connected to an organisation.
    AccountId;
    /// One attempt to connect.
    ConnectSessionId;
    /// Something to undo at Meta.
    TeardownId;
    /// An entry of the audit log.
    AuditEventId;
    /// An organisation's data key.
    DataKeyId;
}

impl OrgId {
    /// The owner of what belongs to the platform itself, such as the Meta app of the environment.
    /// No row of an organisation has this id.
    pub const PLATFORM: Self = Self(Uuid::nil());
}

meta_id! {
    /// Meta's id of an app.
    AppId;
    /// Meta's id of a business portfolio.
    BusinessId;
    /// Meta's id of a WhatsApp Business Account.
    WabaId;
    /// Meta's id of a business phone number. Not the number itself.
    PhoneNumberId;
    /// Meta's app-scoped id of a person or system user.
    MetaUserId;
}
