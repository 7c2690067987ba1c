//! The identity of a customer: derived from the number, unless it was set.

use serde::{Deserialize, Serialize};

use crate::secrets;
use crate::state::World;

/// The settings of a customer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) name: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) identity: Identity,
    /// Whether webhooks also carry a parent business-scoped id.
    pub(crate) has_parent_id: bool,
    /// The generation of the business-scoped ids: another one gives other ids.
    pub(crate) generation: u32,
}

/// The ids of the customer that a webhook carries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Identity {
    /// The phone number only, as before April 2026.
    Phone,
    /// Number and business-scoped id.
    #[default]
    Both,
    /// The business-scoped id only, as for those with a username.
    Bsuid,
}

/// A customer as one business sees them.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) number: String,
    pub(crate) name: String,
    pub(crate) username: Option<String>,
    pub(crate) user_id: String,
    pub(crate) parent_user_id: Option<String>,
    pub(crate) identity: Identity,
}

const FIRST_NAMES: [&str; 12] = [
    "Ava", "Bruno", "Chloé", "Daan", "Emre", "Fatima", "Goran", "Hana", "Inés", "Jun", "Kofi",
    "Léa",
];
const LAST_NAMES: [&str; 12] = [
    "Almeida", "Brandt", "Castillo", "Dubois", "Eriksen", "Ferrari", "Gupta", "Haddad", "Ito",
    "Jansen", "Kowalski", "Müller",
];

/// Returns the digits of a number, if it has 5 to 15.
pub(crate) fn digits(number: &str) -> Option<String> {
    let is_sign = |letter: char| matches!(letter, '+' | '-' | ' ' | '(' | ')' | '.');
    let rest: String = number.chars().filter(|letter| !is_sign(*letter)).collect();
    let is_number =
        (5..=15).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(rest)
}

impl Person {
    /// Returns the customer with this number, as the portfolio's business sees them.
    pub(crate) fn of(world: &World, number: &str, business_id: &str) -> Self {
        let settings = world.customers.get(number).cloned().unwrap_or_default();
        let Settings {
            name,
            username,
            identity,
            has_parent_id,
            generation,
        } = settings;
        let made = |of: &str| number_from(&world.key, &format!("{of}:{number}:{generation}"));
        let country = country(number);
        Self {
            number: number.to_owned(),
            name: name.unwrap_or_else(|| name_for(number_from(&world.key, number))),
            username,
            user_id: format!("{country}.{}", made(business_id)),
            parent_user_id: has_parent_id.then(|| format!("{country}.ENT.{}", made("parent"))),
            identity,
        }
    }

    pub(crate) fn tells_number(&self) -> bool {
        self.identity != Identity::Bsuid
    }

    pub(crate) fn tells_user_id(&self) -> bool {
        self.identity != Identity::Phone
    }
}

/// Makes up to twenty digits from a text.
fn number_from(key: &str, text: &str) -> u64 {
    let hex: String = secrets::long(key, &format!("customer:{text}"))
        .chars()
        .take(16)
        .collect();
    u64::from_str_radix(&hex, 16).unwrap_or_default()
}

fn name_for(number: u64) -> String {
    let pick = |names: &'static [&'static str], by: u64| {
        let index = usize::try_from(by % names.len() as u64).unwrap_or_default();
        names.get(index).copied().unwrap_or_default()
    };
    let first = pick(&FIRST_NAMES, number);
    format!("{first} {}", pick(&LAST_NAMES, number / 12))
}

/// Returns the country of a number, if the sandbox knows it.
fn country(number: &str) -> &'static str {
    let known = [
        ("1", "US"),
        ("31", "NL"),
        ("33", "FR"),
        ("34", "ES"),
        ("39", "IT"),
        ("44", "GB"),
        ("49", "DE"),
        ("52", "MX"),
        ("54", "AR"),
        ("55", "BR"),
        ("91", "IN"),
        ("234", "NG"),
    ];
    let found = known.iter().find(|(prefix, _)| number.starts_with(prefix));
    found.map_or("US", |(_, country)| country)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_may_be_written_with_signs() {
        assert_eq!(digits("+49 (151) 234-567").as_deref(), Some("49151234567"));
        assert_eq!(digits("123x5678"), None);
        assert_eq!(digits("1234"), None);
    }

    #[test]
    fn ids_differ_by_business_and_stay_the_same_for_one() {
        let world = World {
            key: "k".to_owned(),
            ..World::default()
        };
        let id = |business| Person::of(&world, "4915123456789", business).user_id;
        assert_eq!(id("1"), id("1"));
        assert_ne!(id("1"), id("2"));
        assert!(id("1").starts_with("DE."));
    }
}
