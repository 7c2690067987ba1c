//! Single values: checked on their way in, named on their way out when they do not read.

use serde::{
    Serialize,
    de::{DeserializeOwned, IntoDeserializer as _},
};
use uuid::Uuid;
use wabakit_domain::identity::TokenHash;
use wabakit_ports::store::StoreError;
use wabakit_stored::Stored;

use crate::types::J;

const NUL: StoreError = StoreError::Forbidden("text with a NUL character");

/// Text that both engines take: PostgreSQL refuses NUL, so neither gets it.
///
/// # Errors
/// [`StoreError::Forbidden`] for text with a NUL.
pub fn text(text: &str) -> Result<String, StoreError> {
    if text.contains('\0') {
        return Err(NUL);
    }
    Ok(text.to_owned())
}

/// The same, where there may be none.
///
/// # Errors
/// As [`text`].
pub fn opt_text(value: Option<&str>) -> Result<Option<String>, StoreError> {
    value.map(text).transpose()
}

/// A JSON document that both engines take.
///
/// # Errors
/// [`StoreError::Forbidden`] for a string with a NUL; [`StoreError::Unavailable`] for what is no JSON.
pub fn json(value: &impl Stored) -> Result<J, StoreError> {
    let document = value.to_json().map_err(StoreError::unavailable)?;
    if has_escaped_nul(&document) {
        return Err(NUL);
    }
    Ok(J(document))
}

/// A JSON document that SQL never looks into, for a column of text: it may hold an escaped NUL.
///
/// # Errors
/// [`StoreError::Unavailable`] for what is no JSON.
pub fn document(value: &impl Stored) -> Result<String, StoreError> {
    value.to_json().map_err(StoreError::unavailable)
}

/// A value without fields, by its serialised name.
///
/// # Errors
/// [`StoreError::Unavailable`] for what serialises to anything but a name.
pub fn word(value: &impl Serialize) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(_) => Err(StoreError::unavailable("it has no name")),
        Err(error) => Err(StoreError::unavailable(error)),
    }
}

/// Whether a string in this document holds `\u0000`, and not a backslash before the letters u0000.
fn has_escaped_nul(document: &str) -> bool {
    let mut rest = document;
    while let Some((_, escaped)) = rest.split_once('\\') {
        if escaped.starts_with("u0000") {
            return true;
        }
        // What the backslash escapes is passed over, so that `\\u0000` does not count.
        let mut letters = escaped.chars();
        letters.next();
        rest = letters.as_str();
    }
    false
}

/// Names a cell for when its value does not read.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    table: &'static str,
    column: &'static str,
    row: Uuid,
}

impl Cell {
    /// The error that says so.
    #[must_use]
    pub fn corrupt(self) -> StoreError {
        StoreError::Corrupt {
            table: self.table,
            column: self.column,
            row: self.row.to_string(),
        }
    }
    /// What was parsed, or the cell's error.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where it does not read.
    pub fn parsed<V>(self, value: Option<V>) -> Result<V, StoreError> {
        value.ok_or_else(|| self.corrupt())
    }
    /// The document read as a value.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where it does not read.
    pub fn json<V: Stored>(self, document: &J) -> Result<V, StoreError> {
        V::from_json(&document.0).map_err(|_| self.corrupt())
    }
    /// The text read as a value.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where it does not read.
    pub fn document<V: Stored>(self, document: &str) -> Result<V, StoreError> {
        V::from_json(document).map_err(|_| self.corrupt())
    }
    /// What [`word`] named.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where it does not read.
    pub fn word<V: DeserializeOwned>(self, word: &str) -> Result<V, StoreError> {
        V::deserialize(word.into_deserializer())
            .map_err(|_: serde::de::value::Error| self.corrupt())
    }
    /// The 32 bytes of a hash.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where it does not read.
    pub fn bytes32(self, bytes: &[u8]) -> Result<[u8; 32], StoreError> {
        bytes.try_into().map_err(|_| self.corrupt())
    }
    /// The hash of a token.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where it does not read.
    pub fn hash(self, bytes: &[u8]) -> Result<TokenHash, StoreError> {
        self.bytes32(bytes).map(TokenHash)
    }
}

/// Makes the cells of one row.
pub fn row(table: &'static str, row: Uuid) -> impl Fn(&'static str) -> Cell + Copy {
    move |column| Cell { table, column, row }
}
