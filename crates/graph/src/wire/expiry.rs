//! The time when a token or a permission expires.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};

use super::lenient;

/// An expiry. Meta's 0 means never. A missing value means that Meta did not say, and must not be taken for never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Expiry {
    /// It does not expire.
    Never,
    /// It expires at this time.
    At(DateTime<Utc>),
    /// Meta did not say, or sent a value that makes no sense.
    #[default]
    Unknown,
}

impl Expiry {
    /// Reads Meta's Unix seconds.
    pub fn from_unix(seconds: Option<i64>) -> Self {
        match seconds {
            Some(0) => Self::Never,
            Some(seconds) if seconds > 0 => {
                DateTime::from_timestamp(seconds, 0).map_or(Self::Unknown, Self::At)
            }
            _ => Self::Unknown,
        }
    }

    /// Returns the time, if there is one.
    pub fn at(self) -> Option<DateTime<Utc>> {
        match self {
            Self::At(time) => Some(time),
            Self::Never | Self::Unknown => None,
        }
    }
}

impl<'de> Deserialize<'de> for Expiry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::integer(deserializer).map(Self::from_unix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_never_and_nonsense_is_unknown() {
        let read = |json: &str| serde_json::from_str::<Expiry>(json).unwrap();
        assert_eq!(read("0"), Expiry::Never);
        assert_eq!(read("\"0\""), Expiry::Never);
        assert_eq!(read("1800000000").at().unwrap().timestamp(), 1_800_000_000);
        for unknown in ["null", "-1", "9223372036854775807", "\"soon\""] {
            assert_eq!(read(unknown), Expiry::Unknown, "{unknown}");
        }
    }
}
