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
            /// Returns the bare UUID.
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
            /// Returns the id as Meta writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
            /// Returns the id as Meta writes it, owned.
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
    /// A sign-in, to which a browser's cookie or a client's refresh tokens belong.
    AuthSessionId;
    /// One refresh token of a sign-in.
    RefreshTokenId;
    /// An API key.
    ApiKeyId;
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
    /// An act to undo at Meta.
    TeardownId;
    /// An entry of the audit log.
    AuditEventId;
    /// An organisation's data key.
    DataKeyId;
    /// One webhook POST from Meta. Deliveries of one [`JournalBatchId`] count up from it.
    DeliveryId;
    /// A batch of deliveries that were committed together.
    JournalBatchId;
    /// One change of a delivery.
    ChangeId;
    /// An item of a change that could not be applied.
    ParkedItemId;
    /// A person whom an organisation writes with.
    ContactId;
    /// The conversation between one number and one contact or group.
    ConversationId;
    /// A message, as a row of ours; Meta's own id is a [`Wamid`].
    MessageId;
    /// The fencing token of one attempt to send a message: written when the message is marked as dispatching.
    AttemptToken;
    /// A file of a message, as a row of ours; Meta's own id is a [`MetaMediaId`].
    MediaId;
    /// An entry of an organisation's event log.
    EventId;
    /// A file that somebody here uploaded to send it.
    UploadId;
    /// A template in one language, as a row of ours; Meta's own id is a [`MetaTemplateId`].
    TemplateId;
    /// An entry of a template's history.
    TemplateHistoryId;
    /// A request to sync templates. It can cover several WABAs.
    TemplateSyncId;
}

impl OrgId {
    /// The owner of the platform's own rows, such as the Meta app of the environment. No organisation has this id.
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
    /// Meta's id of a message.
    Wamid;
    /// Meta's id of a person in the eyes of one business portfolio (BSUID), or of a parent of portfolios.
    ScopedUserId;
    /// Meta's id of a group.
    GroupId;
    /// Meta's id of a media object.
    MetaMediaId;
    /// Meta's id of a template in one language.
    MetaTemplateId;
    /// Meta's id of a Messaging account, which owns templates and pays for messages.
    MessagingAccountId;
}

/// Meta gives the Messaging account's id in the field of the WhatsApp Business Account today.
impl From<&WabaId> for MessagingAccountId {
    fn from(waba: &WabaId) -> Self {
        Self(waba.0.clone())
    }
}

impl Wamid {
    /// Returns the token inside the id. It is the same in every spelling: Meta names a message by the phone or by the
    /// business-scoped id of the person, and from either side. `None` for an id of another form.
    ///
    /// Decoded, an id is `1C 18 len who 15 hint 00 12 18 len token 00`, with `11` in place of `12` for a message of
    /// the business. A token is unique within a conversation only.
    pub fn token(&self) -> Option<String> {
        let bytes = base64(self.0.strip_prefix("wamid.")?)?;
        let rest = bytes.strip_prefix(&[0x1c, 0x18])?;
        let (len, rest) = rest.split_first()?;
        let (_, rest) = rest.split_at_checked(usize::from(*len))?;
        let [0x15, _, 0x00, 0x11 | 0x12, 0x18, len, rest @ ..] = rest else {
            return None;
        };
        let (token, rest) = rest.split_at_checked(usize::from(*len))?;
        let is_whole = rest == [0] && !token.is_empty();
        let token = std::str::from_utf8(token).ok()?;
        let is_text = token.bytes().all(|byte| byte.is_ascii_graphic());
        (is_whole && is_text).then(|| token.to_owned())
    }

    /// Returns the id under which a second object with the same id at Meta is kept, such as the voicemail of a call.
    #[must_use]
    pub fn beside(&self, what: &str) -> Self {
        Self(format!("{}~{what}", self.0))
    }

    /// Returns the id as Meta gave it, without the addition of [`Wamid::beside`].
    pub fn as_given(&self) -> &str {
        self.0.split('~').next().unwrap_or(&self.0)
    }

    /// Tells whether Meta knows a call by this id, and no message.
    pub fn is_of_call(&self) -> bool {
        self.0.starts_with("wacid.")
    }
}

/// Decodes base64 of either alphabet, with or without padding.
fn base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap_or_default());
        }
    }
    Some(bytes)
}

/// Ids that belong together: a UUIDv7 whose last 16 bits count up. So rows that were made together are a range of keys,
/// and are inserted into an index in order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IdBlock {
    base: u128,
    next: u16,
}

impl IdBlock {
    /// The number of ids in a block.
    pub const SIZE: usize = 0xffff;

    /// Makes a block from a fresh UUIDv7, and clears its last 16 bits.
    pub const fn at(id: Uuid) -> Self {
        Self {
            base: id.as_u128() & !0xffff,
            next: 0,
        }
    }

    /// Makes a block without ids, for writes that need none.
    pub const fn spent() -> Self {
        Self {
            base: 0,
            next: u16::MAX,
        }
    }

    /// Returns the block's own id, which no member has.
    pub const fn base(&self) -> Uuid {
        Uuid::from_u128(self.base)
    }

    /// Returns the last id that a member may have.
    pub const fn end(&self) -> Uuid {
        Uuid::from_u128(self.base | 0xffff)
    }
}

impl Iterator for IdBlock {
    type Item = Uuid;

    fn next(&mut self) -> Option<Uuid> {
        self.next = self.next.checked_add(1)?;
        Some(Uuid::from_u128(self.base | u128::from(self.next)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_ends_after_its_last_id() {
        let mut block = IdBlock::at(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_1234_5678));
        assert_eq!(block.base().as_u128() & 0xffff, 0);
        assert_eq!(block.by_ref().count(), IdBlock::SIZE);
        assert_eq!(block.next(), None);
    }

    #[test]
    fn a_spent_block_has_no_id() {
        assert_eq!(IdBlock::spent().next(), None);
    }

    #[test]
    fn members_lie_between_base_and_last() {
        let block = IdBlock::at(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_1234_5678));
        let mut members = block;
        let (first, second) = (members.next().unwrap(), members.next().unwrap());
        assert!(block.base() < first && first < second && second < block.end());
    }
}
