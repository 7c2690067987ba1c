//! Organisations, people, roles, and sign-ins.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{
    Time,
    ids::{AuthSessionId, LinkId, OrgId, RefreshTokenId, UserId},
};

/// The role of a member in an organisation. Ordered: a higher role may do everything that a lower one may.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Works in the inbox.
    Agent,
    /// Connects numbers, and manages the team and the settings.
    Admin,
    /// Does everything, and manages other owners.
    Owner,
}

impl Role {
    /// All roles, lowest first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Agent, Self::Admin, Self::Owner];

    /// Returns the stored name, which is also the API's.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Agent => "agent",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }
    /// Reads a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "viewer" => Self::Viewer,
            "agent" => Self::Agent,
            "admin" => Self::Admin,
            "owner" => Self::Owner,
            _ => return None,
        })
    }
    /// Tells whether this role may give `other` to a member, or take it away. Admins manage roles up to admin; only
    /// owners appoint and remove owners.
    pub fn may_manage(self, other: Self) -> bool {
        self >= Self::Admin && self >= other
    }
    /// Tells whether this role may reset how a member of the role `other` signs in, and so could sign in as the member.
    /// Owners may for everybody, admins for those below them alone: otherwise one admin could act as another.
    pub fn may_reset(self, other: Self) -> bool {
        self == Self::Owner || (self.may_manage(other) && self > other)
    }
}

/// An organisation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Org {
    /// Our id.
    pub id: OrgId,
    /// Its name.
    pub name: String,
    /// The time when it was created.
    pub created_at: Time,
}

/// A person. Email addresses are kept in lower case, and are unique among proven ones only: what nobody proved binds
/// nobody else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct User {
    /// Our id.
    pub id: UserId,
    /// The email address, in lower case.
    pub email: String,
    /// The person's name.
    pub name: String,
    /// Tells whether the person operates the platform, and so sees what belongs to no organisation.
    pub is_operator: bool,
    /// The time when the row was created.
    pub created_at: Time,
    /// The time when the person showed that mail to the address reaches them.
    pub proven_at: Option<Time>,
}

/// An Argon2id hash of a password, in PHC form. It cannot be printed.
#[derive(Clone, Debug)]
pub struct PasswordHash(pub SecretString);

/// A person's membership in an organisation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// The person.
    pub user: User,
    /// The role.
    pub role: Role,
    /// The time when the person joined.
    pub joined_at: Time,
    /// The time when one of the person's sign-ins was last used here, to five minutes.
    pub last_seen_at: Option<Time>,
}

/// The SHA-256 of a random token that we issued: enough to find the token, and useless to a reader.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TokenHash(pub [u8; 32]);

/// A sign-in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuthSession {
    /// Our id, named by the access tokens made for it.
    pub id: AuthSessionId,
    /// The person.
    pub user: UserId,
    /// The organisation that the person works in.
    pub org: OrgId,
    /// The browser cookie's hash.
    pub cookie: TokenHash,
    /// The time when the person signed in.
    pub created_at: Time,
    /// The time when the sign-in ends if it is not used before. A use moves it, up to the longest time that a sign-in
    /// lasts.
    pub expires_at: Time,
    /// The time when it was last used, to five minutes.
    pub last_seen_at: Time,
    /// The time when it was signed out, ended, or revoked because a refresh token was used twice.
    pub revoked_at: Option<Time>,
    /// The name that the client gave itself, in a short form.
    pub client: Option<String>,
    /// The client's address when the person signed in.
    pub address: Option<String>,
}

/// A refresh token of a sign-in. It works once; a second use after the grace period revokes the sign-in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefreshToken {
    /// Our id.
    pub id: RefreshTokenId,
    /// The sign-in.
    pub session: AuthSessionId,
    /// The token's hash.
    pub hash: TokenHash,
    /// The time when it was created.
    pub created_at: Time,
    /// The time when it expires.
    pub expires_at: Time,
    /// The time when it was exchanged for the next one.
    pub used_at: Option<Time>,
}

/// A person with their sign-in, as read from the store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedInPerson {
    /// The sign-in.
    pub session: AuthSession,
    /// The person.
    pub user: User,
    /// The organisation.
    pub org: Org,
    /// The role.
    pub role: Role,
}

/// The purpose of a one-time link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LinkKind {
    /// To join an organisation.
    Invitation {
        /// The invited email address, in lower case.
        email: String,
        /// The role to give.
        role: Role,
        /// The member who invited.
        invited_by: UserId,
    },
    /// To choose a new password.
    PasswordReset {
        /// The person.
        user: UserId,
        /// The maker of the link.
        made_by: ResetMaker,
    },
    /// To prove that mail to a person's address reaches that person.
    AddressProof {
        /// The person.
        user: UserId,
    },
}

/// The maker of a password reset link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResetMaker {
    /// A member of the organisation that the link was made in.
    Member(UserId),
    /// The command line, whose user runs the server.
    CommandLine,
    /// The person, to whose proven address the link goes.
    Person,
    /// Unknown: the link is older than this field.
    Unrecorded,
}

/// A person's rights that matter for an organisation's links. They are read when a link is used, because they may
/// have changed since it was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// The role in the organisation. None for a person who is not a member.
    pub role: Option<Role>,
    /// Tells whether the person is a member of another organisation too.
    pub is_elsewhere: bool,
    /// Tells whether the person operates the platform.
    pub is_operator: bool,
}

impl Standing {
    /// Tells whether this person may invite somebody with this role.
    pub fn may_invite(&self, role: Role) -> bool {
        self.role.is_some_and(|own| own.may_manage(role))
    }
    /// Tells whether this person may reset how `other` signs in. An admin of one organisation must not take over an
    /// account that reaches beyond it.
    pub fn may_reset(&self, other: &Self) -> bool {
        let roles = self.role.zip(other.role);
        roles.is_some_and(|(own, theirs)| own.may_reset(theirs))
            && !other.is_elsewhere
            && (self.is_operator || !other.is_operator)
    }
}

impl ResetMaker {
    /// Tells whether a link of this maker may still be used for `person`. `member` is the maker's standing, if a
    /// member made the link.
    pub fn may_still_reset(self, member: Option<&Standing>, person: &Standing) -> bool {
        match self {
            Self::Member(_) => member.is_some_and(|maker| maker.may_reset(person)),
            Self::CommandLine | Self::Person => person.role.is_some(),
            Self::Unrecorded => {
                person.role.is_some() && !person.is_elsewhere && !person.is_operator
            }
        }
    }
}

/// The mail that carries a link. Nobody else was shown the token, so using it proves the address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkMail {
    /// The time when the mail is tried next. None once a mail server took it, or the sender gave up.
    pub due_at: Option<Time>,
    /// The number of failed tries.
    pub attempts: i32,
    /// The time when a mail server took it.
    pub sent_at: Option<Time>,
    /// The reason why the last try failed.
    pub failure: Option<String>,
}

impl LinkMail {
    /// A mail that was not tried yet.
    pub const fn due(at: Time) -> Self {
        Self {
            due_at: Some(at),
            attempts: 0,
            sent_at: None,
            failure: None,
        }
    }
}

/// An invitation, a password reset or an address proof: a token that is shown or mailed once in a link, and stored as
/// its hash.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OneTimeLink {
    /// Our id.
    pub id: LinkId,
    /// The organisation in which it was made.
    pub org: OrgId,
    /// The purpose.
    pub kind: LinkKind,
    /// The token's hash.
    pub hash: TokenHash,
    /// The time when it was created.
    pub created_at: Time,
    /// The time when it expires.
    pub expires_at: Time,
    /// The mail that carries it. None for a link that was shown to its maker.
    pub mail: Option<LinkMail>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_owners_manage_owners_and_agents_manage_nobody() {
        assert!(Role::Owner.may_manage(Role::Owner));
        assert!(Role::Admin.may_manage(Role::Admin));
        assert!(!Role::Admin.may_manage(Role::Owner));
        assert!(!Role::Agent.may_manage(Role::Viewer));
        for (own, theirs, may) in [
            (Role::Owner, Role::Owner, true),
            (Role::Owner, Role::Admin, true),
            (Role::Admin, Role::Owner, false),
            (Role::Admin, Role::Admin, false),
            (Role::Admin, Role::Agent, true),
            (Role::Admin, Role::Viewer, true),
            (Role::Agent, Role::Viewer, false),
        ] {
            assert_eq!(own.may_reset(theirs), may, "{own:?} resets {theirs:?}");
        }
    }

    const fn standing(role: Role) -> Standing {
        Standing {
            role: Some(role),
            is_elsewhere: false,
            is_operator: false,
        }
    }

    #[test]
    fn a_reset_link_reaches_no_further_than_its_maker_does_now() {
        let (admin, agent) = (standing(Role::Admin), standing(Role::Agent));
        let outside = Standing {
            role: None,
            ..agent
        };
        let elsewhere = Standing {
            is_elsewhere: true,
            ..agent
        };
        let operator = Standing {
            is_operator: true,
            ..agent
        };
        let operating_admin = Standing {
            is_operator: true,
            ..admin
        };
        let by_member = |maker: Standing, person| {
            let member = ResetMaker::Member(UserId(uuid::Uuid::nil()));
            member.may_still_reset(Some(&maker), &person)
        };
        assert!(by_member(admin, agent));
        assert!(by_member(operating_admin, operator));
        for (maker, person) in [
            (admin, outside),
            (admin, elsewhere),
            (admin, operator),
            (admin, standing(Role::Owner)),
            (agent, agent),
            (outside, agent),
            (operating_admin, elsewhere),
        ] {
            assert!(!by_member(maker, person), "{maker:?} resets {person:?}");
        }
        for person in [agent, elsewhere, operator] {
            assert!(ResetMaker::CommandLine.may_still_reset(None, &person));
            let old = ResetMaker::Unrecorded.may_still_reset(None, &person);
            assert_eq!(old, person == agent);
        }
        assert!(!ResetMaker::CommandLine.may_still_reset(None, &outside));
        assert!(!ResetMaker::Unrecorded.may_still_reset(None, &outside));
    }

    #[test]
    fn role_names_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("root"), None);
    }
}
