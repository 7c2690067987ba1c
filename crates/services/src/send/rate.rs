use std::num::NonZeroU32;

use wabakit_domain::account::NumberHealth;

/// The rate that Meta allows a number, sent and received messages together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rate {
    /// Messages a second.
    pub per_second: NonZeroU32,
}

impl Rate {
    /// A number that is also used in the WhatsApp Business app.
    const COEXISTENCE: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);
    /// `STANDARD`, and every unknown level.
    const STANDARD: NonZeroU32 = NonZeroU32::MIN.saturating_add(79);
    /// `HIGH`.
    const HIGH: NonZeroU32 = NonZeroU32::MIN.saturating_add(999);

    /// Returns the rate of a `throughput.level`. Source: Meta, "Throughput".
    pub fn of(level: Option<&str>, is_coexistence: bool) -> Self {
        let per_second = match level {
            _ if is_coexistence => Self::COEXISTENCE,
            Some("HIGH") => Self::HIGH,
            _ => Self::STANDARD,
        };
        Self { per_second }
    }

    /// Returns the rate by the number's health.
    pub fn of_health(health: &NumberHealth) -> Self {
        Self::of(health.throughput_level.as_deref(), health.is_coexistence)
    }
}
