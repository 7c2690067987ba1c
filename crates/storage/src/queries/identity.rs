//! Orgs, people, their places, and links.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use secrecy::ExposeSecret as _;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    identity::{Member, OneTimeLink, Org, PasswordHash, Principal, Role, TokenHash, User},
    ids::{AuthSessionId, LinkId, OrgId, UserId},
};
use wabakit_ports::store::{
    Acceptance, IdentityStore, MembershipChange, OrgOverview, Page, PageRequest, RefreshRotation,
    Rotation, SignIn, StoreError,
};

use super::{
    Conn, Db, Store, audit, hold, links,
    sign_ins::{self, Key},
};
use crate::{
    error::{Fault, Violation as _},
    rows::{MembershipRow, OrgRow, UserRow, role_of, text},
    schema::{memberships, orgs, users, whatsapp_accounts as accounts},
    types::{T, U},
};

const NO_ORG: StoreError = StoreError::Missing("the organisation");
const NO_USER: StoreError = StoreError::Missing("the person");

/// Holds who is in an org, as what, and who is invited.
pub(super) async fn hold_members(conn: &mut Conn, org: OrgId) -> QueryResult<()> {
    hold(conn, &format!("members of {org}")).await
}

/// Gives a person another password and ends their sign-ins but one.
pub(super) async fn replace_password(
    conn: &mut Conn,
    user: UserId,
    password: &PasswordHash,
    keep: Option<AuthSessionId>,
    now: Time,
) -> Result<(), Fault> {
    let password = text(password.0.expose_secret())?;
    let changed = diesel::update(users::table.find(U(user.0)))
        .set(users::password_hash.eq(password))
        .execute(conn)
        .await?;
    if changed == 0 {
        return Err(NO_USER.into());
    }
    sign_ins::end_all(conn, user, None, keep, now).await?;
    Ok(())
}

/// Gives a person a place in an org, unless they have one.
pub(super) async fn join(
    conn: &mut Conn,
    org: OrgId,
    user: UserId,
    role: Role,
    at: Time,
) -> Result<(), Fault> {
    diesel::insert_into(memberships::table)
        .values(MembershipRow {
            org_id: U(org.0),
            user_id: U(user.0),
            role: role.as_str().to_owned(),
            joined_at: T(at),
            last_seen_at: None,
        })
        .on_conflict((memberships::org_id, memberships::user_id))
        .do_nothing()
        .execute(conn)
        .await
        .or_unrelated(NO_ORG)?;
    Ok(())
}

async fn list_orgs(
    conn: &mut Conn,
    page: PageRequest<OrgId>,
) -> Result<Page<OrgOverview, OrgId>, Fault> {
    let mut query = orgs::table
        .order(orgs::id.asc())
        .limit(page.limit.get() + 1)
        .select((
            OrgRow::as_select(),
            memberships::table
                .filter(memberships::org_id.eq(orgs::id))
                .count()
                .single_value(),
            accounts::table
                .filter(accounts::org_id.eq(orgs::id))
                .filter(accounts::is_active)
                .count()
                .single_value(),
        ))
        .into_boxed::<Db>();
    if let Some(after) = page.after {
        query = query.filter(orgs::id.gt(U(after.0)));
    }
    let rows: Vec<(OrgRow, Option<i64>, Option<i64>)> = query.load(conn).await?;
    let overview = |(org, members, active): (OrgRow, Option<i64>, Option<i64>)| OrgOverview {
        org: org.into(),
        members: members.unwrap_or_default(),
        active_accounts: active.unwrap_or_default(),
    };
    let rows = rows.into_iter().map(overview).collect();
    Ok(Page::cut(rows, page.limit, |overview| overview.org.id))
}

async fn create_user(
    conn: &mut Conn,
    row: &UserRow,
    membership: Option<(OrgId, Role)>,
    events: &[NewAuditEvent],
) -> Result<(), Fault> {
    diesel::insert_into(users::table)
        .values(row.clone())
        .execute(conn)
        .await
        .or_duplicate(StoreError::Duplicate("the email address"))?;
    if let Some((org, role)) = membership {
        join(conn, org, UserId(row.id.0), role, row.created_at.0).await?;
    }
    audit::append(conn, events).await
}

type MemberRow = (UserRow, MembershipRow);

fn member((user, place): MemberRow) -> Result<Member, StoreError> {
    Ok(Member {
        role: role_of(user.id, &place.role)?,
        user: user.into(),
        joined_at: place.joined_at.0,
        last_seen_at: place.last_seen_at.map(|at| at.0),
    })
}

async fn members(
    conn: &mut Conn,
    org: OrgId,
    page: PageRequest<UserId>,
) -> Result<Page<Member, UserId>, Fault> {
    let mut query = memberships::table
        .inner_join(users::table)
        .filter(memberships::org_id.eq(U(org.0)))
        .order(memberships::user_id.asc())
        .limit(page.limit.get() + 1)
        .select((UserRow::as_select(), MembershipRow::as_select()))
        .into_boxed::<Db>();
    if let Some(after) = page.after {
        query = query.filter(memberships::user_id.gt(U(after.0)));
    }
    let rows: Vec<MemberRow> = query.load(conn).await?;
    let rows = rows.into_iter().map(member).collect::<Result<_, _>>()?;
    Ok(Page::cut(rows, page.limit, |member| member.user.id))
}

async fn change_membership(
    conn: &mut Conn,
    org: OrgId,
    user: UserId,
    change: &MembershipChange,
    now: Time,
    events: &[NewAuditEvent],
) -> Result<(), Fault> {
    hold_members(conn, org).await?;
    let place = memberships::table.find((U(org.0), U(user.0)));
    let changed = match change {
        MembershipChange::SetRole(role) => {
            diesel::update(place)
                .set(memberships::role.eq(role.as_str()))
                .execute(conn)
                .await?
        }
        MembershipChange::Remove => {
            sign_ins::end_all(conn, user, Some(org), None, now).await?;
            diesel::delete(place).execute(conn).await?
        }
    };
    if changed == 0 {
        return Err(StoreError::Missing("the member").into());
    }
    let owners: i64 = memberships::table
        .filter(memberships::org_id.eq(U(org.0)))
        .filter(memberships::role.eq(Role::Owner.as_str()))
        .count()
        .get_result(conn)
        .await?;
    if owners == 0 {
        return Err(StoreError::Forbidden("an organisation needs an owner").into());
    }
    audit::append(conn, events).await
}

#[async_trait]
impl IdentityStore for Store {
    async fn create_org(&self, org: Org, audit: Vec<NewAuditEvent>) -> Result<(), StoreError> {
        self.write((org, audit), |conn, (org, audit)| {
            Box::pin(async move {
                diesel::insert_into(orgs::table)
                    .values(OrgRow::try_from(org)?)
                    .execute(conn)
                    .await
                    .or_duplicate(StoreError::Duplicate("the organisation"))?;
                audit::append(conn, audit).await
            })
        })
        .await
    }

    async fn org(&self, id: OrgId) -> Result<Option<Org>, StoreError> {
        self.read(id, |conn, id| {
            Box::pin(async move {
                let row = orgs::table
                    .find(U(id.0))
                    .select(OrgRow::as_select())
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
        self.write((id, text(name)?, audit), |conn, (id, name, audit)| {
            Box::pin(async move {
                let row: Option<OrgRow> = diesel::update(orgs::table.find(U(id.0)))
                    .set(orgs::name.eq(name))
                    .returning(OrgRow::as_returning())
                    .get_result(conn)
                    .await
                    .optional()?;
                let row = row.ok_or(NO_ORG)?;
                audit::append(conn, audit).await?;
                Ok(row.into())
            })
        })
        .await
    }

    async fn list_orgs(
        &self,
        page: PageRequest<OrgId>,
    ) -> Result<Page<OrgOverview, OrgId>, StoreError> {
        self.read(page, |conn, page| Box::pin(list_orgs(conn, *page)))
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
        self.write(input, |conn, (row, membership, audit)| {
            Box::pin(create_user(conn, row, *membership, audit))
        })
        .await
    }

    async fn user_by_email(&self, email: &str) -> Result<Option<(User, PasswordHash)>, StoreError> {
        self.read(text(email)?, |conn, email| {
            Box::pin(async move {
                let row = users::table
                    .filter(users::email.eq(email))
                    .select(UserRow::as_select())
                    .first(conn)
                    .await
                    .optional()?;
                Ok(row.map(UserRow::with_password))
            })
        })
        .await
    }

    async fn user(&self, id: UserId) -> Result<Option<(User, PasswordHash)>, StoreError> {
        self.read(id, |conn, id| {
            Box::pin(async move {
                let row = users::table
                    .find(U(id.0))
                    .select(UserRow::as_select())
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
        self.write(input, |conn, (user, password, keep, now, audit)| {
            Box::pin(async move {
                replace_password(conn, *user, password, *keep, *now).await?;
                audit::append(conn, audit).await
            })
        })
        .await
    }

    async fn memberships(&self, user: UserId) -> Result<Vec<(Org, Role)>, StoreError> {
        self.read(user, |conn, user| {
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
        self.read((org, page), |conn, &(org, page)| {
            Box::pin(members(conn, org, page))
        })
        .await
    }

    async fn member(&self, org: OrgId, user: UserId) -> Result<Option<Member>, StoreError> {
        self.read((org, user), |conn, &(org, user)| {
            Box::pin(async move {
                let row = memberships::table
                    .inner_join(users::table)
                    .filter(memberships::org_id.eq(U(org.0)))
                    .filter(memberships::user_id.eq(U(user.0)))
                    .select((UserRow::as_select(), MembershipRow::as_select()))
                    .first(conn)
                    .await
                    .optional()?;
                Ok(row.map(member).transpose()?)
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
        self.write(input, |conn, (org, user, change, now, audit)| {
            Box::pin(change_membership(conn, *org, *user, change, *now, audit))
        })
        .await
    }

    async fn sign_in(&self, sign_in: SignIn, audit: Vec<NewAuditEvent>) -> Result<(), StoreError> {
        self.write((sign_in, audit), |conn, (sign_in, audit)| {
            Box::pin(sign_ins::store(conn, sign_in, audit))
        })
        .await
    }

    async fn principal(
        &self,
        session: AuthSessionId,
        now: Time,
    ) -> Result<Option<Principal>, StoreError> {
        self.read((Key::Id(session), now), |conn, &(key, now)| {
            Box::pin(sign_ins::principal(conn, key, now))
        })
        .await
    }

    async fn principal_by_cookie(
        &self,
        cookie: TokenHash,
        now: Time,
    ) -> Result<Option<Principal>, StoreError> {
        self.read((Key::Cookie(cookie), now), |conn, &(key, now)| {
            Box::pin(sign_ins::principal(conn, key, now))
        })
        .await
    }

    async fn rotate_refresh(&self, rotation: RefreshRotation) -> Result<Rotation, StoreError> {
        self.write(rotation, |conn, rotation| {
            Box::pin(sign_ins::rotate(conn, rotation))
        })
        .await
    }

    async fn touch_session(&self, session: AuthSessionId, now: Time) -> Result<(), StoreError> {
        self.write((session, now), |conn, &(session, now)| {
            Box::pin(sign_ins::touch(conn, session, now))
        })
        .await
    }

    async fn sign_out(
        &self,
        session: AuthSessionId,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError> {
        self.write((session, now, audit), |conn, (session, now, audit)| {
            Box::pin(sign_ins::end(conn, *session, *now, audit))
        })
        .await
    }

    async fn create_link(
        &self,
        link: OneTimeLink,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError> {
        self.write((link, audit), |conn, (link, audit)| {
            Box::pin(links::create(conn, link, audit))
        })
        .await
    }

    async fn link(&self, hash: TokenHash, now: Time) -> Result<Option<OneTimeLink>, StoreError> {
        self.read((hash, now), |conn, &(hash, now)| {
            Box::pin(links::find(conn, hash, now))
        })
        .await
    }

    async fn invitations(&self, org: OrgId, now: Time) -> Result<Vec<OneTimeLink>, StoreError> {
        self.read((org, now), |conn, &(org, now)| {
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
        self.write((org, id, audit), |conn, (org, id, audit)| {
            Box::pin(links::revoke(conn, *org, *id, audit))
        })
        .await
    }

    async fn accept_invitation(&self, acceptance: Acceptance) -> Result<Option<User>, StoreError> {
        self.write(acceptance, |conn, acceptance| {
            Box::pin(links::accept(conn, acceptance))
        })
        .await
    }

    async fn reset_password(
        &self,
        hash: TokenHash,
        password: PasswordHash,
        now: Time,
        audit: NewAuditEvent,
    ) -> Result<Option<UserId>, StoreError> {
        let input = (hash, password, now, audit);
        self.write(input, |conn, (hash, password, now, audit)| {
            Box::pin(links::reset_password(conn, *hash, password, *now, audit))
        })
        .await
    }

    async fn prune_identity(&self, before: Time, limit: i64) -> Result<u64, StoreError> {
        self.write((before, limit), |conn, &(before, limit)| {
            Box::pin(async move {
                let sign_ins = sign_ins::prune(conn, before, limit).await?;
                let links = links::prune(conn, before, limit).await?;
                Ok(u64::try_from(sign_ins + links).unwrap_or(u64::MAX))
            })
        })
        .await
    }
}
