//! What several writes of identity need: who lives, and what ends them.

use wabakit_domain::{
    Time,
    identity::{
        AuthSession, LinkKind, Member, OneTimeLink, PasswordHash, RefreshToken, ResetMaker, Role,
        SignedInPerson, Standing, TokenHash, User,
    },
    ids::{OrgId, UserId},
};

use super::{State, at_most};
use crate::store::{RefreshRotation, Rotation};

pub(super) fn lives(session: &AuthSession, now: Time) -> bool {
    session.revoked_at.is_none() && session.expires_at > now
}

impl State {
    pub(super) fn user_by_email(&self, email: &str) -> Option<&(User, PasswordHash)> {
        self.users.values().find(|(user, _)| user.email == email)
    }

    pub(super) fn member(&self, org: OrgId, user: UserId) -> Option<Member> {
        let membership = self.memberships.get(&(org, user))?;
        let sign_ins = self.auth_sessions.values();
        Some(Member {
            user: self.users.get(&user)?.0.clone(),
            role: membership.role,
            joined_at: membership.joined_at,
            last_seen_at: sign_ins
                .filter(|s| s.org == org && s.user == user)
                .map(|s| s.last_seen_at)
                .max(),
        })
    }

    pub(super) fn owners(&self, org: OrgId) -> usize {
        let members = self.memberships.iter();
        members
            .filter(|((of, _), m)| *of == org && m.role == Role::Owner)
            .count()
    }

    pub(super) fn principal(&self, session: &AuthSession, now: Time) -> Option<SignedInPerson> {
        let membership = self.memberships.get(&(session.org, session.user))?;
        lives(session, now).then_some(())?;
        Some(SignedInPerson {
            session: session.clone(),
            user: self.users.get(&session.user)?.0.clone(),
            org: self.orgs.get(&session.org)?.clone(),
            role: membership.role,
        })
    }

    pub(super) fn end_sign_ins(&mut self, now: Time, which: impl Fn(&AuthSession) -> bool) {
        for session in self.auth_sessions.values_mut() {
            if which(session) {
                session.revoked_at.get_or_insert(now);
            }
        }
    }

    pub(super) fn living_link(&self, hash: TokenHash, now: Time) -> Option<&OneTimeLink> {
        let mut links = self.links.values();
        links.find(|link| link.hash == hash && link.expires_at > now && self.holds(link))
    }

    fn standing(&self, org: OrgId, user: UserId) -> Standing {
        let mut places = self.memberships.keys().filter(|(_, of)| *of == user);
        Standing {
            role: self.memberships.get(&(org, user)).map(|place| place.role),
            is_elsewhere: places.any(|(place, _)| *place != org),
            is_operator: self.users.get(&user).is_some_and(|(u, _)| u.is_operator),
        }
    }

    /// Whether its maker could make the link now.
    fn holds(&self, link: &OneTimeLink) -> bool {
        match &link.kind {
            LinkKind::Invitation {
                role, invited_by, ..
            } => self.standing(link.org, *invited_by).may_invite(*role),
            LinkKind::PasswordReset { user, made_by } => {
                let maker = match made_by {
                    ResetMaker::Member(maker) => Some(self.standing(link.org, *maker)),
                    ResetMaker::CommandLine | ResetMaker::Unrecorded => None,
                };
                let person = self.standing(link.org, *user);
                made_by.may_still_reset(maker.as_ref(), &person)
            }
        }
    }

    /// Ends a person's password reset links, whichever org they were made in.
    pub(super) fn end_resets(&mut self, user: UserId) {
        self.links.retain(|_, link| {
            !matches!(&link.kind, LinkKind::PasswordReset { user: of, .. } if *of == user)
        });
    }

    /// Ends the invitations of an org that a person made and could not make in this role.
    pub(super) fn end_invitations_beyond(&mut self, org: OrgId, user: UserId, own: Option<Role>) {
        self.links.retain(|_, link| match &link.kind {
            LinkKind::Invitation {
                role, invited_by, ..
            } if link.org == org && *invited_by == user => {
                own.is_some_and(|own| own.may_manage(*role))
            }
            _ => true,
        });
    }

    /// Exchanges a refresh token. Its first use counts for the grace, so that a token used again and again
    /// does not stay good.
    pub(super) fn rotate(&mut self, rotation: RefreshRotation) -> Rotation {
        let now = rotation.now;
        let mut tokens = self.refresh_tokens.values();
        let Some(presented) = tokens.find(|t| t.hash == rotation.presented).cloned() else {
            return Rotation::Unknown;
        };
        let session = self.auth_sessions.get(&presented.session);
        let principal = session.and_then(|s| self.principal(s, now));
        let Some(principal) = principal.filter(|_| presented.expires_at > now) else {
            return Rotation::Unknown;
        };
        if presented
            .used_at
            .is_some_and(|used| used < rotation.grace_since)
        {
            self.end_sign_ins(now, |s| s.id == presented.session);
            let mut event = rotation.reuse_audit;
            event.org = principal.session.org;
            self.append([event]);
            return Rotation::Reused;
        }
        let used = RefreshToken {
            used_at: presented.used_at.or(Some(now)),
            ..presented
        };
        let next = RefreshToken {
            session: used.session,
            ..rotation.next
        };
        for token in [used, next] {
            self.refresh_tokens.insert(token.id, token);
        }
        Rotation::Rotated(Box::new(principal))
    }

    /// Removes at most `limit` sign-ins, tokens and links each that were over before this time.
    pub(super) fn prune_identity(&mut self, before: Time, limit: i64) -> u64 {
        let over =
            |s: &&AuthSession| s.expires_at < before || s.revoked_at.is_some_and(|at| at < before);
        let sessions = self.auth_sessions.values().filter(over).map(|s| s.id);
        let sessions = at_most(limit)(sessions.collect());
        for id in &sessions {
            self.auth_sessions.remove(id);
            self.refresh_tokens.retain(|_, t| t.session != *id);
        }
        let tokens = self.refresh_tokens.values();
        let tokens = tokens.filter(|t| t.expires_at < before).map(|t| t.id);
        let tokens = at_most(limit)(tokens.collect());
        for id in &tokens {
            self.refresh_tokens.remove(id);
        }
        let links = self.links.values().filter(|l| l.expires_at < before);
        let links = at_most(limit)(links.map(|l| l.id).collect());
        for id in &links {
            self.links.remove(id);
        }
        u64::try_from(sessions.len() + tokens.len() + links.len()).unwrap_or(u64::MAX)
    }
}
