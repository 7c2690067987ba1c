//! Readers for values that Meta sends in more than one type.

use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

/// Reads an integer, also from a string. Anything else counts as missing.
pub(crate) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

/// Reads an id, which Meta sends as a string or as an integer.
pub(crate) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    optional_id(deserializer)?.ok_or_else(|| D::Error::custom("an id is missing"))
}

/// Reads an id that may be missing or null.
pub(crate) fn optional_id<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    to_id(Value::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// Reads a list of ids that may be missing or null.
pub(crate) fn optional_ids<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<String>>, D::Error> {
    let ids = Option::<Vec<Value>>::deserialize(deserializer)?;
    ids.map(|ids| {
        ids.into_iter()
            .filter_map(|id| to_id(id).transpose())
            .collect()
    })
    .transpose()
    .map_err(D::Error::custom)
}

fn to_id(value: Value) -> Result<Option<String>, &'static str> {
    match value {
        Value::Null => Ok(None),
        Value::String(id) => Ok(Some(id)),
        Value::Number(id) if id.is_u64() => Ok(Some(id.to_string())),
        _ => Err("an id is neither a string nor a whole number"),
    }
}

/// Reads a text that must not be shown.
pub(crate) fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

/// Reads a value. Null becomes the default.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Ids {
        #[serde(deserialize_with = "id")]
        one: String,
        #[serde(default, deserialize_with = "optional_ids")]
        many: Option<Vec<String>>,
    }

    #[test]
    fn ids_are_strings_however_meta_sends_them() {
        let ids: Ids = serde_json::from_str(r#"{"one":12345678901234567,"many":["1",2]}"#).unwrap();
        assert_eq!(ids.one, "12345678901234567");
        assert_eq!(ids.many.unwrap(), ["1", "2"]);
    }

    #[test]
    fn a_list_of_ids_may_be_missing_or_null_but_an_id_may_not() {
        for json in [r#"{"one":"1"}"#, r#"{"one":"1","many":null}"#] {
            assert!(serde_json::from_str::<Ids>(json).unwrap().many.is_none());
        }
        for json in ["{}", r#"{"one":null}"#, r#"{"one":1.5}"#, r#"{"one":-1}"#] {
            assert!(serde_json::from_str::<Ids>(json).is_err(), "{json}");
        }
    }
}
