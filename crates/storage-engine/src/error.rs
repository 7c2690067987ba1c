//! What can go wrong inside a query, and what the caller gets to know of it.

use std::path::PathBuf;

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use thiserror::Error;
use wabakit_ports::store::StoreError;

/// Why a database cannot be opened or brought up to date. Each is one sentence for whoever runs the server.
#[derive(Debug, Error)]
pub enum SetupError {
    /// The URL's scheme is none of ours, or its engine is not compiled in.
    #[error("the database URL must begin with sqlite:, postgres: or postgresql:")]
    Scheme,
    /// The URL does not say where the database is.
    #[error("the database URL cannot be used: {0}")]
    Url(String),
    /// The folder of the SQLite file is not there.
    #[error("the folder {0} for the SQLite file does not exist")]
    Folder(PathBuf),
    /// The file is no database, or a damaged one.
    #[error(
        "the file {0} is not a database that SQLite can use ({1}): restore it from a backup, or move it away to begin anew"
    )]
    NotADatabase(PathBuf, String),
    /// Another server uses the SQLite file.
    #[error(
        "another server uses the SQLite file {0}: stop it first, or use PostgreSQL to run several servers"
    )]
    InUse(PathBuf),
    /// The address leads to a pooler that lends its connections by transaction.
    #[error(
        "it leads to a pooler that lends connections for one transaction each, such as PgBouncer with \
         pool_mode=transaction, where sessions do not keep their settings, locks and prepared statements: use \
         pool_mode=session, or the database's own address"
    )]
    Pooler,
    /// A later version of this program has changed the schema.
    #[error(
        "the database's schema is newer than this program (it has {0}): \
         start the version that made it, or a later one"
    )]
    Newer(String),
    /// A migration failed; nothing of it was kept.
    #[error("the database's schema cannot be brought up to date: {0}")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database does not answer, or refuses us.
    #[error("the database cannot be opened: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl SetupError {
    pub(crate) fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }
}

/// What a query ends with when it fails: the port's own answer, or what the driver said.
#[derive(Debug)]
pub enum Fault {
    /// The port's own answer.
    Store(StoreError),
    /// What the driver said.
    Database(DieselError),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<DieselError> for Fault {
    fn from(error: DieselError) -> Self {
        Self::Database(error)
    }
}

impl Fault {
    /// Whether the server closed the connection, or had closed it before.
    pub(crate) fn is_lost_connection(&self) -> bool {
        match self {
            Self::Database(DieselError::DatabaseError(kind, info)) => match kind {
                DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection => {
                    true
                }
                // The driver tells no SQLSTATE (57P01): what it says is English unless the server is set otherwise.
                _ => info.message().starts_with("terminating connection"),
            },
            _ => false,
        }
    }

    /// Whether the transaction was rolled back only because of another one that ran beside it.
    pub(crate) fn is_lost_race(&self) -> bool {
        match self {
            Self::Database(DieselError::DatabaseError(kind, info)) => match kind {
                DatabaseErrorKind::SerializationFailure => true,
                // SQLSTATE 40P01, likewise.
                _ => info.message() == "deadlock detected",
            },
            _ => false,
        }
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(error) => error,
            Fault::Database(DieselError::DatabaseError(kind, info)) => match kind {
                DatabaseErrorKind::UniqueViolation => Self::Duplicate("a row with this key"),
                DatabaseErrorKind::ForeignKeyViolation => {
                    Self::Missing("a row that this one stands on")
                }
                DatabaseErrorKind::CheckViolation | DatabaseErrorKind::NotNullViolation => {
                    Self::Forbidden("the row would break a rule of its table")
                }
                _ => Self::unavailable(info.message().to_owned()),
            },
            Fault::Database(
                error @ (DieselError::DeserializationError(_) | DieselError::SerializationError(_)),
            ) => Self::Corrupt {
                table: "the database",
                column: "value",
                row: error.to_string(),
            },
            Fault::Database(error) => Self::unavailable(error),
        }
    }
}

/// Says what a violated constraint means to the operation: SQLite names none.
pub trait Violation<T> {
    /// What a unique constraint's violation is called here.
    ///
    /// # Errors
    /// `what` for that violation, and what the driver said for anything else.
    fn or_duplicate(self, what: StoreError) -> Result<T, Fault>;
    /// What a foreign key's violation is called here.
    ///
    /// # Errors
    /// `what` for that violation, and what the driver said for anything else.
    fn or_unrelated(self, what: StoreError) -> Result<T, Fault>;
}

impl<T> Violation<T> for Result<T, DieselError> {
    fn or_duplicate(self, what: StoreError) -> Result<T, Fault> {
        self.map_err(|error| name(error, DatabaseErrorKind::UniqueViolation, what))
    }
    fn or_unrelated(self, what: StoreError) -> Result<T, Fault> {
        self.map_err(|error| name(error, DatabaseErrorKind::ForeignKeyViolation, what))
    }
}

fn name(error: DieselError, named: DatabaseErrorKind, what: StoreError) -> Fault {
    match (&error, named) {
        (
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _),
            DatabaseErrorKind::UniqueViolation,
        )
        | (
            DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _),
            DatabaseErrorKind::ForeignKeyViolation,
        ) => Fault::Store(what),
        _ => Fault::Database(error),
    }
}
