//! Runs and reverts migrations. The caller holds a lock, so that only one process does so at a time.

use std::collections::HashSet;

use diesel::{backend::Backend, migration::MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use crate::SetupError;

/// Brings the schema up to date, unless it is newer than this program.
pub(crate) fn run<Db: Backend, C: MigrationHarness<Db>>(
    conn: &mut C,
    embedded: EmbeddedMigrations,
) -> Result<usize, SetupError> {
    refuse_newer(conn, &embedded)?;
    let done = conn
        .run_pending_migrations(embedded)
        .map_err(SetupError::Migration)?;
    Ok(done.len())
}

/// Reverts every migration, unless the schema is newer than this program.
pub(crate) fn revert<Db: Backend, C: MigrationHarness<Db>>(
    conn: &mut C,
    embedded: EmbeddedMigrations,
) -> Result<usize, SetupError> {
    refuse_newer(conn, &embedded)?;
    let done = conn
        .revert_all_migrations(embedded)
        .map_err(SetupError::Migration)?;
    Ok(done.len())
}

fn refuse_newer<Db: Backend, C: MigrationHarness<Db>>(
    conn: &mut C,
    embedded: &EmbeddedMigrations,
) -> Result<(), SetupError> {
    let known: HashSet<String> = MigrationSource::<Db>::migrations(embedded)
        .map_err(SetupError::Migration)?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    let applied = conn.applied_migrations().map_err(SetupError::Migration)?;
    match applied
        .iter()
        .map(ToString::to_string)
        .find(|version| !known.contains(version))
    {
        Some(unknown) => Err(SetupError::Newer(unknown)),
        None => Ok(()),
    }
}
