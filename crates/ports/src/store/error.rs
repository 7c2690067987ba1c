use thiserror::Error;

/// Why the store could not, by what the caller can do about it.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The row was changed by somebody else since it was read: read it again and decide again.
    #[error("the row was changed by somebody else")]
    Conflict,
    /// Something with this name, address or number is there already.
    #[error("{0} is there already")]
    Duplicate(&'static str),
    /// The row that the write is about is not there.
    #[error("{0} is not there")]
    Missing(&'static str),
    /// The write would break a rule that holds across rows.
    #[error("{0}")]
    Forbidden(&'static str),
    /// A row does not decode: somebody else wrote it, or a later version did.
    #[error("row {row} of {table} has a {column} that cannot be read")]
    Corrupt {
        /// Which table.
        table: &'static str,
        /// Which column.
        column: &'static str,
        /// Which row.
        row: String,
    },
    /// The database did not answer, or the disk is full: try again later.
    #[error("the database cannot be used now")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// Wraps what the driver said.
    pub fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }
}
