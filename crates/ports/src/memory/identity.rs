use std::ops::Bound;

use async_trait::async_trait;
use secrecy::ExposeSecret as _;
use wabakit_domain::{
    Time,
    audit::{Actor, NewAuditEvent},
    identity::{
        LinkKind, Member, OneTimeLink, Org, PasswordHash, Role, SignedInPerson, TokenHash, User,
    },
    ids::{AuthSessionId, LinkId, OrgId, UserId},
};

use super::{Membership, MemoryStore, at_most, sign_ins::lives};
use crate::store::{
    Acceptance, IdentityStore, MembershipChange, OrgOverview, Page, PageRequest, RefreshRotation,
    Rotation, SignIn, StoreError,
};

fn count<T>(rows: impl Iterator<Item = T>) -> i64 {
    i64::try_from(rows.count()).unwrap_or(i64::MAX)
}

#[async_trait]
impl IdentityStore for MemoryStore {
    async fn create_org(&self, org: Org, audit: Vec<NewAuditEvent>) -> Result<(), StoreError> {
        self.write(|rows| {
            if rows.orgs.insert(org.id, org).is_some() {
                return Err(StoreError::Duplicate("the organisation"));
            }
            rows.append(audit);
            Ok(())
        })
    }

    async fn org(&self, id: OrgId) -> Result<Option<Org>, StoreError> {
        Ok(self.rows().orgs.get(&id).cloned())
    }

    async fn rename_org(
        &self,
        id: OrgId,
        name: &str,
        audit: Vec<NewAuditEvent>,
    ) -> Result<Org, StoreError> {
        self.write(|rows| {
            let org = rows.orgs.get_mut(&id);
            let org = org.ok_or(StoreError::Missing("the organisation"))?;
            name.clone_into(&mut org.name);
            let renamed = org.clone();
            rows.append(audit);
            Ok(renamed)
        })
    }

    async fn list_orgs(
        &self,
        page: PageRequest<OrgId>,
    ) -> Result<Page<OrgOverview, OrgId>, StoreError> {
        let rows = self.rows();
        let from = page.after.map_or(Bound::Unbounded, Bound::Excluded);
        let orgs = rows.orgs.range((from, Bound::Unbounded));
        let found = orgs
            .take(page.limit.rows() + 1)
            .map(|(id, org)| OrgOverview {
                org: org.clone(),
                members: count(rows.memberships.keys().filter(|(of, _)| of == id)),
                active_accounts: count(
                    rows.accounts
                        .values()
                        .filter(|a| a.org == *id && a.is_active),
                ),
            })
            .collect();
        Ok(Page::cut(found, page.limit, |o| o.org.id))
    }

    async fn create_user(
        &self,
        user: User,
        password: PasswordHash,
        membership: Option<(OrgId, Role)>,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError> {
        self.write(|rows| {
            if rows.user_by_email(&user.email).is_some() {
                return Err(StoreError::Duplicate("the email address"));
            }
            if let Some((org, role)) = membership {
                if !rows.orgs.contains_key(&org) {
                    return Err(StoreError::Missing("the organisation"));
                }
                let joined_at = user.created_at;
                rows.memberships
                    .insert((org, user.id), Membership { role, joined_at });
            }
            rows.users.insert(user.id, (user, password));
            rows.append(audit);
            Ok(())
        })
    }

    async fn user_by_email(&self, email: &str) -> Result<Option<(User, PasswordHash)>, StoreError> {
        Ok(self.rows().user_by_email(email).cloned())
    }

    async fn user(&self, id: UserId) -> Result<Option<(User, PasswordHash)>, StoreError> {
        Ok(self.rows().users.get(&id).cloned())
    }

    async fn set_password(
        &self,
        user: UserId,
        password: PasswordHash,
        keep: Option<AuthSessionId>,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError> {
        self.write(|rows| {
            let row = rows.users.get_mut(&user);
            row.ok_or(StoreError::Missing("the user"))?.1 = password;
            rows.end_resets(user);
            rows.end_sign_ins(now, |s| s.user == user && Some(s.id) != keep);
            rows.append(audit);
            Ok(())
        })
    }

    async fn memberships(&self, user: UserId) -> Result<Vec<(Org, Role)>, StoreError> {
        let rows = self.rows();
        let places = rows.memberships.iter();
        let mut places: Vec<_> = places.filter(|((_, of), _)| *of == user).collect();
        places.sort_by_key(|((org, _), membership)| (membership.joined_at, *org));
        Ok(places
            .into_iter()
            .filter_map(|((org, _), m)| Some((rows.orgs.get(org)?.clone(), m.role)))
            .collect())
    }

    async fn members(
        &self,
        org: OrgId,
        page: PageRequest<UserId>,
    ) -> Result<Page<Member, UserId>, StoreError> {
        let rows = self.rows();
        let places = rows.memberships.keys();
        let found = places
            .filter(|(of, user)| *of == org && page.after.is_none_or(|after| *user > after))
            .filter_map(|(_, user)| rows.member(org, *user))
            .take(page.limit.rows() + 1)
            .collect();
        Ok(Page::cut(found, page.limit, |m| m.user.id))
    }

    async fn member(&self, org: OrgId, user: UserId) -> Result<Option<Member>, StoreError> {
        Ok(self.rows().member(org, user))
    }

    async fn change_membership(
        &self,
        org: OrgId,
        user: UserId,
        change: MembershipChange,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError> {
        self.write(|rows| {
            let place = rows.memberships.get_mut(&(org, user));
            let place = place.ok_or(StoreError::Missing("the member"))?;
            let was_owner = place.role == Role::Owner;
            let role = match change {
                MembershipChange::SetRole(role) => {
                    place.role = role;
                    Some(role)
                }
                MembershipChange::Remove => {
                    rows.memberships.remove(&(org, user));
                    rows.end_resets(user);
                    rows.end_sign_ins(now, |s| s.org == org && s.user == user);
                    None
                }
            };
            rows.end_invitations_beyond(org, user, role);
            if was_owner && rows.owners(org) == 0 {
                return Err(StoreError::Forbidden("an organisation needs an owner"));
            }
            rows.append(audit);
            Ok(())
        })
    }

    async fn sign_in(&self, sign_in: SignIn, audit: Vec<NewAuditEvent>) -> Result<(), StoreError> {
        self.write(|rows| {
            let SignIn { session, refresh } = sign_in;
            rows.auth_sessions.insert(session.id, session);
            rows.refresh_tokens.insert(refresh.id, refresh);
            rows.append(audit);
            Ok(())
        })
    }

    async fn principal(
        &self,
        session: AuthSessionId,
        now: Time,
    ) -> Result<Option<SignedInPerson>, StoreError> {
        let rows = self.rows();
        let session = rows.auth_sessions.get(&session);
        Ok(session.and_then(|s| rows.principal(s, now)))
    }

    async fn principal_by_cookie(
        &self,
        cookie: TokenHash,
        now: Time,
    ) -> Result<Option<SignedInPerson>, StoreError> {
        let rows = self.rows();
        let session = rows.auth_sessions.values().find(|s| s.cookie == cookie);
        Ok(session.and_then(|s| rows.principal(s, now)))
    }

    async fn rotate_refresh(&self, rotation: RefreshRotation) -> Result<Rotation, StoreError> {
        self.write(|rows| Ok(rows.rotate(rotation)))
    }

    async fn touch_session(&self, session: AuthSessionId, now: Time) -> Result<(), StoreError> {
        if let Some(session) = self.rows().auth_sessions.get_mut(&session) {
            session.last_seen_at = now;
        }
        Ok(())
    }

    async fn sign_out(
        &self,
        session: AuthSessionId,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError> {
        self.write(|rows| {
            if let Some(session) = rows.auth_sessions.get_mut(&session)
                && lives(session, now)
            {
                session.revoked_at = Some(now);
                rows.append(audit);
            }
            Ok(())
        })
    }

    async fn create_link(
        &self,
        link: OneTimeLink,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError> {
        self.write(|rows| {
            if let LinkKind::Invitation { email, .. } = &link.kind {
                let known = rows.user_by_email(email).map(|(user, _)| user.id);
                if known.is_some_and(|user| rows.memberships.contains_key(&(link.org, user))) {
                    return Err(StoreError::Duplicate("the member"));
                }
                rows.links.retain(|_, older| {
                    let same =
                        matches!(&older.kind, LinkKind::Invitation { email: e, .. } if e == email);
                    !(same && older.org == link.org)
                });
            }
            rows.links.insert(link.id, link);
            rows.append(audit);
            Ok(())
        })
    }

    async fn link(&self, hash: TokenHash, now: Time) -> Result<Option<OneTimeLink>, StoreError> {
        Ok(self.rows().living_link(hash, now).cloned())
    }

    async fn invitations(&self, org: OrgId, now: Time) -> Result<Vec<OneTimeLink>, StoreError> {
        let rows = self.rows();
        let own = rows.links.values().filter(|link| link.org == org);
        let mut open: Vec<_> = own
            .filter(|link| matches!(link.kind, LinkKind::Invitation { .. }))
            .filter(|link| link.expires_at > now)
            .cloned()
            .collect();
        open.sort_by_key(|link| std::cmp::Reverse((link.created_at, link.id)));
        Ok(at_most(200)(open))
    }

    async fn revoke_link(
        &self,
        org: OrgId,
        id: LinkId,
        audit: Vec<NewAuditEvent>,
    ) -> Result<bool, StoreError> {
        self.write(|rows| {
            if rows.links.get(&id).is_none_or(|link| link.org != org) {
                return Ok(false);
            }
            rows.links.remove(&id);
            rows.append(audit);
            Ok(true)
        })
    }

    async fn accept_invitation(&self, acceptance: Acceptance) -> Result<Option<User>, StoreError> {
        let now = acceptance.now;
        self.write(|rows| {
            let Some(link) = rows.living_link(acceptance.hash, now).cloned() else {
                return Ok(None);
            };
            let LinkKind::Invitation { email, role, .. } = link.kind else {
                return Ok(None);
            };
            rows.links.remove(&link.id);
            let mut audit = acceptance.audit;
            let user = if let Some((known, password)) = rows.user_by_email(&email) {
                if password.0.expose_secret() != acceptance.password.0.expose_secret() {
                    return Err(StoreError::Conflict);
                }
                audit.actor = Actor::User(known.id);
                audit.subject_id = known.id.to_string();
                known.clone()
            } else {
                let user = User {
                    email,
                    ..acceptance.new_user
                };
                rows.users
                    .insert(user.id, (user.clone(), acceptance.password));
                user
            };
            let joined = Membership {
                role,
                joined_at: now,
            };
            rows.memberships
                .entry((link.org, user.id))
                .or_insert(joined);
            rows.end_resets(user.id);
            rows.append([audit]);
            Ok(Some(user))
        })
    }

    async fn reset_password(
        &self,
        hash: TokenHash,
        password: PasswordHash,
        now: Time,
        audit: NewAuditEvent,
    ) -> Result<Option<UserId>, StoreError> {
        self.write(|rows| {
            let Some(link) = rows.living_link(hash, now).cloned() else {
                return Ok(None);
            };
            let LinkKind::PasswordReset { user, .. } = link.kind else {
                return Ok(None);
            };
            rows.end_resets(user);
            let row = rows.users.get_mut(&user);
            row.ok_or(StoreError::Missing("the user"))?.1 = password;
            rows.end_sign_ins(now, |s| s.user == user);
            rows.append([audit]);
            Ok(Some(user))
        })
    }

    async fn prune_identity(&self, before: Time, limit: i64) -> Result<u64, StoreError> {
        self.write(|rows| Ok(rows.prune_identity(before, limit)))
    }
}
