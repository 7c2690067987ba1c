//! The identity of a customer: derived from the number, unless it was set.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::put::Put as _;
use crate::secrets;
use crate::state::{MessageIds, World};

/// The settings of a customer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) name: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) identity: Identity,
    /// Tells whether webhooks also carry a parent business-scoped id.
    pub(crate) has_parent_id: bool,
    /// The generation of the business-scoped ids: another one gives other ids.
    pub(crate) generation: u32,
    /// The number whose business-scoped ids the customer has. Missing means the customer's own: it is another one after
    /// the customer gave it away and kept the account.
    pub(crate) ids_of: Option<String>,
    /// The hash of the customer's identity key. Missing means that businesses are not told one.
    pub(crate) identity_hash: Option<String>,
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
    pub(crate) identity_hash: Option<String>,
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

impl Settings {
    /// Returns the settings of the customer after a change of number or ids: the name stays, the ids do not.
    pub(crate) fn moved(world: &World, number: &str) -> Self {
        let settings = world.customers.get(number).cloned().unwrap_or_default();
        Self {
            name: Some(Person::of(world, number, "").name),
            generation: settings.generation + 1,
            ids_of: None,
            ..settings
        }
    }
}

/// Gives the customer's number to another person. The former owner goes on under the number `to`, with the same
/// business-scoped ids and without telling a number.
pub(crate) fn pass_on(world: &mut World, number: &str, to: &str, name: Option<String>) {
    let former = world.customers.get(number).cloned().unwrap_or_default();
    let former_name = Person::of(world, number, "").name;
    let generation = former.generation + 1;
    let name = name.unwrap_or_else(|| {
        let first = number_from(&world.key, &format!("{number}:{generation}"));
        let mut names = (0..2).map(|further| name_for(first.wrapping_add(further)));
        let other = names.find(|name| *name != former_name);
        other.unwrap_or_default()
    });
    let owner = Settings {
        name: Some(name),
        generation,
        ..Settings::default()
    };
    let former = Settings {
        name: Some(former_name),
        identity: Identity::Bsuid,
        ids_of: Some(former.ids_of.unwrap_or_else(|| number.to_owned())),
        ..former
    };
    world.customers.insert(to.to_owned(), former);
    world.customers.insert(number.to_owned(), owner);
}

/// Returns a number of the same length and country that no customer has who was set.
pub(crate) fn free_number(world: &World, number: &str) -> String {
    let head: String = number
        .chars()
        .take(number.len().saturating_sub(3))
        .collect();
    let others = (0..1_000).map(|end| format!("{head}{end:03}"));
    let mut all = std::iter::once(other_number(number)).chain(others);
    let free = |other: &String| other != number && !world.customers.contains_key(other);
    all.find(free).unwrap_or_else(|| other_number(number))
}

/// Returns another number of the same length and country.
pub(crate) fn other_number(number: &str) -> String {
    let mut other = number.to_owned();
    let last = other.pop();
    other.push(if last == Some('9') { '8' } else { '9' });
    other
}

impl Person {
    /// Returns the customer with this number, as the portfolio's business sees them.
    pub(crate) fn of(world: &World, number: &str, business_id: &str) -> Self {
        let settings = world.customers.get(number).cloned().unwrap_or_default();
        Self::with(world, settings, number, business_id)
    }

    /// Returns the customer under another number or, where it is the same one, under other business-scoped ids.
    pub(crate) fn moved(world: &World, from: &str, to: &str, business_id: &str) -> Self {
        Self::with(world, Settings::moved(world, from), to, business_id)
    }

    fn with(world: &World, settings: Settings, number: &str, business_id: &str) -> Self {
        let Settings {
            name,
            username,
            identity,
            has_parent_id,
            generation,
            ids_of,
            identity_hash,
        } = settings;
        let origin = ids_of.as_deref().unwrap_or(number);
        let made = |of: &str| number_from(&world.key, &format!("{of}:{origin}:{generation}"));
        let country = country(origin);
        Self {
            number: number.to_owned(),
            name: name.unwrap_or_else(|| name_for(number_from(&world.key, number))),
            username,
            user_id: format!("{country}.{}", made(business_id)),
            parent_user_id: has_parent_id.then(|| format!("{country}.ENT.{}", made("parent"))),
            identity,
            identity_hash,
        }
    }

    pub(crate) fn tells_number(&self) -> bool {
        self.identity != Identity::Bsuid
    }

    pub(crate) fn tells_user_id(&self) -> bool {
        self.identity != Identity::Phone
    }

    /// Returns the person inside the ids of messages.
    pub(crate) fn scope(&self, ids: MessageIds) -> &str {
        match ids {
            MessageIds::AsAddressed if self.tells_number() => &self.number,
            MessageIds::Phone => &self.number,
            MessageIds::AsAddressed | MessageIds::UserId => &self.user_id,
        }
    }
}

/// Makes the value's `contacts` for the customer.
pub(crate) fn contacts(person: &Person) -> Value {
    json!([contact(person)])
}

/// Makes one of the value's `contacts`.
pub(crate) fn contact(person: &Person) -> Value {
    let mut profile = json!({ "name": person.name });
    // Usernames came with business-scoped ids.
    if let Some(username) = person.username.as_ref().filter(|_| person.tells_user_id()) {
        profile.put("username", json!(username));
    }
    with_ids(person, profile)
}

/// Makes the contact beside a `sent` status, which has no username (Meta's page on business-scoped ids, grade A).
pub(crate) fn contact_of_sent(person: &Person) -> Value {
    with_ids(person, json!({ "name": person.name }))
}

/// Makes the contact beside an echo, which has no name (Meta's page on business-scoped ids, grade A).
pub(crate) fn contact_of_echo(person: &Person) -> Value {
    let username = person.username.as_ref().filter(|_| person.tells_user_id());
    let profile = username.map_or(json!({}), |username| json!({ "username": username }));
    with_ids(person, profile)
}

fn with_ids(person: &Person, profile: Value) -> Value {
    let mut contact = json!({ "profile": profile });
    if person.tells_number() {
        contact.put("wa_id", json!(person.number));
    }
    if person.tells_user_id() {
        contact.put("user_id", json!(person.user_id));
        if let Some(parent) = &person.parent_user_id {
            contact.put("parent_user_id", json!(parent));
        }
    }
    if let Some(hash) = &person.identity_hash {
        contact.put("identity_key_hash", json!(hash));
    }
    contact
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
