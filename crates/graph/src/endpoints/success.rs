use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Meta's `{"success": true}`. Any other answer is an error, so a value of this type proves success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Success;

impl<'de> Deserialize<'de> for Success {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let answer = Value::deserialize(deserializer)?;
        // Old versions answer with a bare `true`.
        let success = answer.get("success").unwrap_or(&answer);
        if *success == Value::Bool(true) || success.as_str() == Some("true") {
            Ok(Self)
        } else {
            Err(D::Error::custom("success is not true"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_true_is_a_success() {
        let is_success = |json: &str| serde_json::from_str::<Success>(json).is_ok();
        for json in [
            r#"{"success":true}"#,
            r#"{"success":"true","id":"1"}"#,
            "true",
        ] {
            assert!(is_success(json), "{json}");
        }
        for json in [
            r#"{"success":false}"#,
            "{}",
            "false",
            "null",
            "[]",
            r#"{"success":1}"#,
        ] {
            assert!(!is_success(json), "{json}");
        }
    }
}
