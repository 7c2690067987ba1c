//! Organisations, people, memberships and links.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    identity::{
        AuthSession, LinkMail, Member, OneTimeLink, Org, PasswordHash, Role, SignedInPerson,
        TokenHash, User,
    },
    ids::{AuthSessionId, LinkId, OrgId, UserId},
};
use wabakit_ports::store::{
    Acceptance, DueMail, Facts, IdentityStore, MembershipChange, Namesakes, OrgOverview, Page,
    PageRequest, RefreshRotation, Rotation, SignIn, StoreError, WhichSignIns,
};

use super::{
    Store, links, people,
    sign_ins::{self, Key},
};
use crate::{
    error::Violation as _,
    rows::{MembershipRow, OrgRow, UserRow, role_of},
    schema::{memberships, orgs, users},
    types::U,
    values::text,
};

#[async_trait]
impl IdentityStore for Store {
    async fn create_org(&self, org: Org, audit: Vec<NewAuditEvent>) -> Result<(), StoreError> {
        let ((), _) = self
            .0
            .record((org, audit), |conn, (org, audit)| {
                Box::pin(async move {
                    diesel::insert_into(orgs::table)
                        .values(OrgRow::try_from(org)?)
                        .execute(conn)
                        .await
                        .or_duplicate(StoreError::Duplicate("the organisation"))?;
                    Ok(((), Facts::audit(audit)))
                })
            })
            .await?;
        Ok(())
    }

    async fn org(&self, id: OrgId) -> Result<Option<Org>, StoreError> {
        self.0
            .read(id, |conn, id| {
                Box::pin(async move {
                    let row = orgs::table
                        .find(U(id.0))
                        .select(OrgRow::as_select())
                        .into_boxed::<super::Db>()
                        .first(conn)
                        .await
                        .optional()?;
                    Ok(row.map(Into::into))
                })
            })
            .await
    }

    async fn rename_org(
        &self,
        id: OrgId,
        name: &str,
        audit: Vec<NewAuditEvent>,
    ) -> Result<Org, StoreError> {
        let (done, _) = self
            .0
            .record((id, text(name)?, audit), |conn, (id, name, audit)| {
                Box::pin(async move {
                    let row: Option<OrgRow> = diesel::update(orgs::table.find(U(id.0)))
                        .set(orgs::name.eq(name))
                        .returning(OrgRow::as_returning())
                        .get_result(conn)
                        .await
                        .optional()?;
                    let row = row.ok_or(people::NO_ORG)?;
                    Ok((row.into(), Facts::audit(audit)))
                })
            })
            .await?;
        Ok(done)
    }

    async fn list_orgs(
        &self,
        page: PageRequest<OrgId>,
    ) -> Result<Page<OrgOverview, OrgId>, StoreError> {
        self.0
            .read(page, |conn, page| Box::pin(people::list_orgs(conn, *page)))
            .await
    }

    async fn create_user(
        &self,
        user: User,
        password: PasswordHash,
        membership: Option<(OrgId, Role)>,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError> {
        let input = (UserRow::new(&user, &password)?, membership, audit);
        let ((), _) = self
            .0
            .record(input, |conn, (row, membership, audit)| {
                Box::pin(people::create_user(conn, row, *membership, audit))
            })
            .await?;
        Ok(())
    }

    async fn people_by_email(
        &self,
        email: &str,
        org: Option<OrgId>,
        limit: usize,
    ) -> Result<Namesakes, StoreError> {
        self.0
            .read((text(email)?, org, limit), |conn, (email, org, limit)| {
                Box::pin(people::by_email(conn, email, *org, *limit))
            })
            .await
    }

    async fn user(&self, id: UserId) -> Result<Option<(User, PasswordHash)>, StoreError> {
        self.0
            .read(id, |conn, id| {
                Box::pin(async move {
                    let row = users::table
                        .find(U(id.0))
                        .select(UserRow::as_select())
                        .into_boxed::<super::Db>()
                        .first(conn)
                        .await
                        .optional()?;
                    Ok(row.map(UserRow::with_password))
                })
            })
            .await
    }

    async fn set_password(
        &self,
        user: UserId,
        password: PasswordHash,
        keep: Option<AuthSessionId>,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError> {
        let input = (user, password, keep, now, audit);
        let ((), _) = self
            .0
            .record(input, |conn, (user, password, keep, now, audit)| {
                Box::pin(async move {
                    people::replace_password(conn, *user, password, *keep, *now).await?;
                    Ok(((), Facts::audit(audit)))
                })
            })
            .await?;
        Ok(())
    }

    async fn memberships(&self, user: UserId) -> Result<Vec<(Org, Role)>, StoreError> {
        self.0
            .read(user, |conn, user| {
                Box::pin(async move {
                    let rows: Vec<(OrgRow, String)> = memberships::table
                        .inner_join(orgs::table)
                        .filter(memberships::user_id.eq(U(user.0)))
                        .order((memberships::joined_at.asc(), memberships::org_id.asc()))
                        .select((OrgRow::as_select(), memberships::role))
                        .load(conn)
                        .await?;
                    let place = |(org, role): (OrgRow, String)| {
                        Ok::<_, StoreError>((org.into(), role_of(U(user.0), &role)?))
                    };
                    Ok(rows.into_iter().map(place).collect::<Result<_, _>>()?)
                })
            })
            .await
    }

    async fn members(
        &self,
        org: OrgId,
        page: PageRequest<UserId>,
    ) -> Result<Page<Member, UserId>, StoreError> {
        self.0
            .read((org, page), |conn, &(org, page)| {
                Box::pin(people::members(conn, org, page))
            })
            .await
    }

    async fn member(&self, org: OrgId, user: UserId) -> Result<Option<Member>, StoreError> {
        self.0
            .read((org, user), |conn, &(org, user)| {
                Box::pin(async move {
                    let row = memberships::table
                        .inner_join(users::table)
                        .filter(memberships::org_id.eq(U(org.0)))
                        .filter(memberships::user_id.eq(U(user.0)))
                        .select((UserRow::as_select(), MembershipRow::as_select()))
                        .first(conn)
                        .await
                        .optional()?;
                    Ok(row.map(people::member).transpose()?)
                })
            })
            .await
    }

    async fn change_membership(
        &self,
        org: OrgId,
        user: UserId,
        change: MembershipChange,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError> {
        let input = (org, user, change, now, audit);
        let ((), _) = self
            .0
            .record(input, |conn, (org, user, change, now, audit)| {
                Box::pin(people::change_membership(
                    conn, *org, *user, change, *now, audit,
                ))
            })
            .await?;
        Ok(())
    }

    async fn sign_in(&self, sign_in: SignIn, audit: Vec<NewAuditEvent>) -> Result<(), StoreError> {
        let ((), _) = self
            .0
            .record((sign_in, audit), |conn, (sign_in, audit)| {
                Box::pin(sign_ins::store(conn, sign_in, audit))
            })
            .await?;
        Ok(())
    }

    async fn principal(
        &self,
        session: AuthSessionId,
        now: Time,
    ) -> Result<Option<SignedInPerson>, StoreError> {
        self.0
            .read((Key::Id(session), now), |conn, &(key, now)| {
                Box::pin(sign_ins::principal(conn, key, now))
            })
            .await
    }

    async fn principal_by_cookie(
        &self,
        cookie: TokenHash,
        now: Time,
    ) -> Result<Option<SignedInPerson>, StoreError> {
        self.0
            .read((Key::Cookie(cookie), now), |conn, &(key, now)| {
                Box::pin(sign_ins::principal(conn, key, now))
            })
            .await
    }

    async fn rotate_refresh(&self, rotation: RefreshRotation) -> Result<Rotation, StoreError> {
        let (done, _) = self
            .0
            .record(rotation, |conn, rotation| {
                Box::pin(sign_ins::rotate(conn, rotation))
            })
            .await?;
        Ok(done)
    }

    async fn touch_session(
        &self,
        session: AuthSessionId,
        now: Time,
        expires_at: Time,
    ) -> Result<(), StoreError> {
        let input = (session, now, expires_at);
        self.0
            .write(input, |conn, &(session, now, expires_at)| {
                Box::pin(sign_ins::touch(conn, session, now, expires_at))
            })
            .await
    }

    async fn sign_ins(
        &self,
        user: UserId,
        now: Time,
    ) -> Result<Vec<(AuthSession, Org)>, StoreError> {
        self.0
            .read((user, now), |conn, &(user, now)| {
                Box::pin(sign_ins::list(conn, user, now))
            })
            .await
    }

    async fn end_sign_ins(
        &self,
        user: UserId,
        which: WhichSignIns,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<usize, StoreError> {
        let input = (user, which, now, audit);
        let (ended, _) = self
            .0
            .record(input, |conn, (user, which, now, audit)| {
                Box::pin(sign_ins::end_some(conn, *user, *which, *now, audit))
            })
            .await?;
        Ok(ended)
    }

    async fn sign_out(
        &self,
        session: AuthSessionId,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError> {
        let ((), _) = self
            .0
            .record((session, now, audit), |conn, (session, now, audit)| {
                Box::pin(sign_ins::end(conn, *session, *now, audit))
            })
            .await?;
        Ok(())
    }

    async fn create_link(
        &self,
        link: OneTimeLink,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError> {
        let ((), _) = self
            .0
            .record((link, audit), |conn, (link, audit)| {
                Box::pin(links::create(conn, link, audit))
            })
            .await?;
        Ok(())
    }

    async fn link(&self, hash: TokenHash, now: Time) -> Result<Option<OneTimeLink>, StoreError> {
        self.0
            .read((hash, now), |conn, &(hash, now)| {
                Box::pin(links::find(conn, hash, now))
            })
            .await
    }

    async fn invitations(&self, org: OrgId, now: Time) -> Result<Vec<OneTimeLink>, StoreError> {
        self.0
            .read((org, now), |conn, &(org, now)| {
                Box::pin(links::invitations(conn, org, now))
            })
            .await
    }

    async fn revoke_link(
        &self,
        org: OrgId,
        id: LinkId,
        audit: Vec<NewAuditEvent>,
    ) -> Result<bool, StoreError> {
        let (done, _) = self
            .0
            .record((org, id, audit), |conn, (org, id, audit)| {
                Box::pin(links::revoke(conn, *org, *id, audit))
            })
            .await?;
        Ok(done)
    }

    async fn accept_invitation(&self, acceptance: Acceptance) -> Result<Option<User>, StoreError> {
        let (done, _) = self
            .0
            .record(acceptance, |conn, acceptance| {
                Box::pin(links::accept(conn, acceptance))
            })
            .await?;
        Ok(done)
    }

    async fn reset_password(
        &self,
        hash: TokenHash,
        password: PasswordHash,
        now: Time,
        audit: NewAuditEvent,
    ) -> Result<Option<UserId>, StoreError> {
        let input = (hash, password, now, audit);
        let (done, _) = self
            .0
            .record(input, |conn, (hash, password, now, audit)| {
                Box::pin(links::reset_password(conn, *hash, password, *now, audit))
            })
            .await?;
        Ok(done)
    }

    async fn prove_address(
        &self,
        hash: TokenHash,
        user: UserId,
        now: Time,
        audit: NewAuditEvent,
    ) -> Result<bool, StoreError> {
        let (done, _) = self
            .0
            .record(
                (hash, user, now, audit),
                |conn, (hash, user, now, audit)| {
                    Box::pin(links::prove_address(conn, *hash, *user, *now, audit))
                },
            )
            .await?;
        Ok(done)
    }

    async fn claim_mails(
        &self,
        now: Time,
        until: Time,
        limit: i64,
    ) -> Result<Vec<DueMail>, StoreError> {
        let due = self
            .0
            .read((now, limit), |conn, &(now, limit)| {
                Box::pin(links::due_mails(conn, now, limit))
            })
            .await?;
        if due.is_empty() {
            // Most rounds find nothing, and must not block a writer.
            return Ok(Vec::new());
        }
        self.0
            .write((due, now, until), |conn, (due, now, until)| {
                Box::pin(links::claim_mails(conn, due, *now, *until))
            })
            .await
    }

    async fn finish_mail(
        &self,
        org: OrgId,
        link: LinkId,
        mail: LinkMail,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError> {
        let ((), _) = self
            .0
            .record(
                (org, link, mail, audit),
                |conn, (org, link, mail, audit)| {
                    Box::pin(links::finish_mail(conn, *org, *link, mail, audit))
                },
            )
            .await?;
        Ok(())
    }

    async fn prune_identity(&self, before: Time, limit: i64) -> Result<u64, StoreError> {
        self.0
            .write((before, limit), |conn, &(before, limit)| {
                Box::pin(async move {
                    let sign_ins = sign_ins::prune(conn, before, limit).await?;
                    let links = links::prune(conn, before, limit).await?;
                    Ok(u64::try_from(sign_ins + links).unwrap_or(u64::MAX))
                })
            })
            .await
    }
}
