//! The cursor of a list that is sorted by time: microseconds since 1970 and an id.

use std::{fmt, str::FromStr};

use wabakit_domain::Time;

/// The last key of a page in a list that is sorted by time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TimeKey<I>(pub(crate) Time, pub(crate) I);

impl<I: fmt::Display> fmt::Display for TimeKey<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.0.timestamp_micros(), self.1)
    }
}

impl<I: FromStr> FromStr for TimeKey<I> {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, id) = text.split_once('~').ok_or(())?;
        let at = at.parse().ok().and_then(Time::from_timestamp_micros);
        Ok(Self(at.ok_or(())?, id.parse().map_err(|_| ())?))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let at = Time::from_timestamp_micros(1_790_000_000_123_456).unwrap();
        let key = TimeKey(at, Uuid::from_u128(7));
        assert_eq!(key.to_string().parse(), Ok(key));
        for other in ["", "~", "1~x", "x~00000000-0000-0000-0000-000000000007"] {
            assert!(other.parse::<TimeKey<Uuid>>().is_err(), "{other}");
        }
    }
}
