//! Files that somebody uploaded, and where Meta has them.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    ids::{AccountId, MetaMediaId, OrgId, UploadId},
};
use wabakit_ports::store::{Facts, StoreError, Upload};

use super::super::{Conn, Db, stored};
use crate::{
    error::Fault,
    rows::UploadRow,
    schema::{meta_media, uploads},
    types::{T, U},
    values::text,
};

pub(super) async fn save(
    conn: &mut Conn,
    (upload, quota): (&Upload, Option<i64>),
    audit: &[NewAuditEvent],
) -> Result<(Upload, Facts), Fault> {
    let new = UploadRow::try_from(upload)?;
    let inserted = diesel::insert_into(uploads::table)
        .values(&new)
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    let row: Option<UploadRow> = uploads::table
        .filter(uploads::org_id.eq(new.org_id))
        .filter(uploads::sha256.eq(new.sha256))
        .filter(uploads::mime_type.eq(new.mime_type))
        .filter(uploads::filename.eq(new.filename))
        .select(UploadRow::as_select())
        .into_boxed::<Db>()
        .first(conn)
        .await
        .optional()?;
    // There is none where the id is another file's.
    let row = row.ok_or(StoreError::Duplicate("a file with this id"))?;
    if inserted == 0 {
        return Ok((row.try_into()?, Facts::default()));
    }
    stored::count(conn, upload.org, upload.size, quota).await?;
    Ok((row.try_into()?, Facts::audit(audit)))
}

pub(super) async fn one(
    conn: &mut Conn,
    org: OrgId,
    id: UploadId,
) -> Result<Option<Upload>, Fault> {
    let row: Option<UploadRow> = uploads::table
        .find(U(id.0))
        .filter(uploads::org_id.eq(U(org.0)))
        .select(UploadRow::as_select())
        .into_boxed::<Db>()
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(Upload::try_from).transpose()?)
}

pub(super) async fn at_meta(
    conn: &mut Conn,
    upload: UploadId,
    account: AccountId,
) -> QueryResult<Option<(MetaMediaId, Time)>> {
    let row: Option<(String, T)> = meta_media::table
        .find((U(upload.0), U(account.0)))
        .select((meta_media::meta_media_id, meta_media::uploaded_at))
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(|(id, at)| (id.into(), at.0)))
}

pub(super) async fn save_at_meta(
    conn: &mut Conn,
    (upload, account): (UploadId, AccountId),
    meta: Option<&MetaMediaId>,
    now: Time,
) -> Result<(), Fault> {
    let key = (U(upload.0), U(account.0));
    let Some(meta) = meta else {
        diesel::delete(meta_media::table.find(key))
            .execute(conn)
            .await?;
        return Ok(());
    };
    let told = (
        meta_media::meta_media_id.eq(text(meta.as_str())?),
        meta_media::uploaded_at.eq(T(now)),
    );
    diesel::insert_into(meta_media::table)
        .values((
            meta_media::upload_id.eq(key.0),
            meta_media::account_id.eq(key.1),
            told.clone(),
        ))
        .on_conflict((meta_media::upload_id, meta_media::account_id))
        .do_update()
        .set(told)
        .execute(conn)
        .await?;
    Ok(())
}
