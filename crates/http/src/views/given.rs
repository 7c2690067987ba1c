//! Optional fields. A missing field, null and a value are three things: a misspelt or empty field must never mean "all
//! of them".

use serde::{Deserialize, Deserializer, de::Error as _};

/// Reads a field that may be missing but not null. For use with `#[serde(default)]`.
pub(super) fn a_value<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    let value = Option::deserialize(from)?;
    value.map(Some).ok_or_else(|| D::Error::custom("null"))
}

/// Reads a field in which null has a meaning. With `#[serde(default)]`, `None` is a missing field.
#[allow(clippy::option_option, reason = "null is not the same as left out")]
pub(super) fn null_or_a_value<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}
