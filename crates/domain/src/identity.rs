//! Organisations, people, what they may do, and how they sign in.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{
    Time,
    ids::{AuthSessionId, LinkId, OrgId, RefreshTokenId, UserId},
};

/// What a member may do in an organisation. Ordered: a higher role may do all that a lower one may.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks.
    Viewer,
    /// Works in the inbox.
    Agent,
    /// Connects, manages the team and settings.
    Admin,
    /// Everything, other owners included.
    Owner,
}

impl Role {
    /// Every role, lowest first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Agent, Self::Admin, Self::Owner];

    /// The stored name, which is also the API's.
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
    /// Whether this role may connect, disconnect and change accounts.
    pub fn may_connect(self) -> bool {
        self >= Self::Admin
    }
    /// Whether this role may give `other` to somebody, or take it from somebody. Admins manage up to
    /// admin; only owners make and unmake owners.
    pub fn may_manage(self, other: Self) -> bool {
        self >= Self::Admin && self >= other
    }
}

/// An organisation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Org {
    /// Our id.
    pub id: OrgId,
    /// What people call it.
    pub name: String,
    /// When it was made.
    pub created_at: Time,
}

/// A person. Email addresses are kept in lower case and are unique.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct User {
    /// Our id.
    pub id: UserId,
    /// In lower case.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// Runs the platform: sees what belongs to no organisation.
    pub is_operator: bool,
    /// When the row was made.
    pub created_at: Time,
}

/// A password as Argon2id hashed it, in PHC form. Not printable.
#[derive(Clone, Debug)]
pub struct PasswordHash(pub SecretString);

/// A person's place in an organisation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// The person.
    pub user: User,
    /// What they may do.
    pub role: Role,
    /// When they joined.
    pub joined_at: Time,
    /// When a sign-in of theirs was last used here, to the minute.
    pub last_seen_at: Option<Time>,
}

/// The SHA-256 of a random token that we handed out: enough to find it, useless to whoever reads it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TokenHash(pub [u8; 32]);

/// A sign-in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuthSession {
    /// Our id, named by the access tokens made for it.
    pub id: AuthSessionId,
    /// Who signed in.
    pub user: UserId,
    /// Where they work in this sign-in.
    pub org: OrgId,
    /// The browser cookie's hash.
    pub cookie: TokenHash,
    /// When they signed in.
    pub created_at: Time,
    /// When the sign-in ends, whatever happens.
    pub expires_at: Time,
    /// When it was last used, to the minute.
    pub last_seen_at: Time,
    /// When it was signed out, or revoked because a refresh token was used twice.
    pub revoked_at: Option<Time>,
}

/// A refresh token of a sign-in. Used once; a second use after the grace revokes the sign-in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefreshToken {
    /// Our id.
    pub id: RefreshTokenId,
    /// The sign-in.
    pub session: AuthSessionId,
    /// What it hashes to.
    pub hash: TokenHash,
    /// When it was made.
    pub created_at: Time,
    /// When it ends.
    pub expires_at: Time,
    /// When it was exchanged for the next.
    pub used_at: Option<Time>,
}

/// Who is asking, as read fresh from the store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Principal {
    /// The sign-in.
    pub session: AuthSession,
    /// Who.
    pub user: User,
    /// Where.
    pub org: Org,
    /// As what.
    pub role: Role,
}

/// What a one-time link is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LinkKind {
    /// Join an organisation.
    Invitation {
        /// Who is invited, in lower case.
        email: String,
        /// As what.
        role: Role,
        /// By whom.
        invited_by: UserId,
    },
    /// Choose a new password.
    PasswordReset {
        /// Whose.
        user: UserId,
        /// By whom.
        made_by: ResetMaker,
    },
}

/// The maker of a password reset link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResetMaker {
    /// A member of the organisation that the link was made in.
    Member(UserId),
    /// The command line, whose user runs the server.
    CommandLine,
    /// Not recorded: the link is older than this field.
    Unrecorded,
}

/// A person as an organisation's links see them. Read when a link is used: what held when it was made may be over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Their role in the organisation; none for those who are not in it.
    pub role: Option<Role>,
    /// They are in another organisation too.
    pub is_elsewhere: bool,
    /// They operate the platform.
    pub is_operator: bool,
}

impl Standing {
    /// Whether this person may have somebody join the organisation with this role.
    pub fn may_invite(&self, role: Role) -> bool {
        self.role.is_some_and(|own| own.may_manage(role))
    }
    /// Whether this person may choose a password for `other`. An admin of one organisation must not take over an
    /// account that reaches beyond it.
    pub fn may_reset(&self, other: &Self) -> bool {
        other.role.is_some_and(|role| self.may_invite(role))
            && !other.is_elsewhere
            && (self.is_operator || !other.is_operator)
    }
}

impl ResetMaker {
    /// Whether a link of this maker may still be used for `person`. `member` is the maker's standing, where it is a
    /// member's link.
    pub fn may_still_reset(self, member: Option<&Standing>, person: &Standing) -> bool {
        match self {
            Self::Member(_) => member.is_some_and(|maker| maker.may_reset(person)),
            Self::CommandLine => person.role.is_some(),
            Self::Unrecorded => {
                person.role.is_some() && !person.is_elsewhere && !person.is_operator
            }
        }
    }
}

/// An invitation or a password reset: a random token, handed out once as a link, kept as its hash.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OneTimeLink {
    /// Our id.
    pub id: LinkId,
    /// The organisation that it was made in.
    pub org: OrgId,
    /// What for.
    pub kind: LinkKind,
    /// What its token hashes to.
    pub hash: TokenHash,
    /// When it was made.
    pub created_at: Time,
    /// When it ends.
    pub expires_at: Time,
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
