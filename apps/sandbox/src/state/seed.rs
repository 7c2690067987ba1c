//! The beginning of a new world.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::model::first_tier;
use super::{Business, Extras, Phone, Quirks, Throughput, User, Waba, WabaExtras, World};
use crate::{App, secrets};

/// The people, apps and businesses of a new state, as in a seed file.
///
/// Ids may be omitted. They are then counted up in the order of the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Seed {
    #[serde(default)]
    apps: Vec<App>,
    users: Vec<SeedUser>,
    businesses: Vec<SeedBusiness>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeedUser {
    id: Option<String>,
    name: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeedBusiness {
    id: Option<String>,
    name: String,
    #[serde(default = "verified")]
    verification_status: String,
    #[serde(default = "first_tier")]
    messaging_limit_tier: String,
    #[serde(default)]
    wabas: Vec<SeedWaba>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeedWaba {
    id: Option<String>,
    name: String,
    #[serde(default = "usd")]
    currency: String,
    #[serde(default = "us")]
    country: String,
    /// The ids of businesses that see it as a client's.
    #[serde(default)]
    shared_with: Vec<String>,
    #[serde(default)]
    phone_numbers: Vec<SeedPhone>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeedPhone {
    id: Option<String>,
    display_phone_number: String,
    verified_name: String,
    #[serde(default = "green")]
    quality_rating: String,
    #[serde(default = "is_verified")]
    code_verification_status: String,
    #[serde(default = "approved")]
    name_status: String,
    #[serde(default = "pending")]
    status: String,
    #[serde(default)]
    is_on_biz_app: bool,
    #[serde(default)]
    pin: Option<String>,
    #[serde(default)]
    throughput: Throughput,
}

/// The reason why a seed cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The file cannot be read.
    #[error("the seed file cannot be read: {0}")]
    Read(#[from] std::io::Error),
    /// It is not JSON, or not of the documented shape.
    #[error("the seed is not of the documented shape: {0}")]
    Shape(#[from] serde_json::Error),
    /// It names no person, so nobody could sign in.
    #[error("the seed names no user")]
    NoUser,
    /// Two objects have the same id.
    #[error("the seed uses the id {0} twice")]
    DuplicateId(String),
}

const BUILT_IN: &str = include_str!("seed.json");

impl Seed {
    /// Returns the built-in seed: first a business with one number, and more to choose from.
    #[must_use]
    pub fn built_in() -> Self {
        // The text is part of the program and a test reads it, so the empty seed never occurs.
        Self::parse(BUILT_IN).unwrap_or(Self {
            apps: Vec::new(),
            users: Vec::new(),
            businesses: Vec::new(),
        })
    }

    /// Reads a seed from its JSON.
    ///
    /// # Errors
    /// [`SeedError`], when the text does not have the documented form, names no user, or uses an id twice.
    pub fn parse(text: &str) -> Result<Self, SeedError> {
        let seed: Self = serde_json::from_str(text)?;
        if seed.users.is_empty() {
            return Err(SeedError::NoUser);
        }
        let world = seed.world(String::new(), &[]);
        let mut seen = BTreeSet::new();
        let businesses = world.businesses.iter().map(|each| &each.id);
        let wabas = world.wabas.iter().map(|each| &each.id);
        let phones = world.phones.iter().map(|each| &each.id);
        let users = world.users.iter().map(|each| &each.id);
        for id in businesses.chain(wabas).chain(phones).chain(users) {
            if !seen.insert(id) {
                return Err(SeedError::DuplicateId(id.clone()));
            }
        }
        Ok(seed)
    }

    /// Reads a seed file.
    ///
    /// # Errors
    /// [`SeedError`], as for [`Seed::parse`], or when the file cannot be read.
    pub fn read(path: &Path) -> Result<Self, SeedError> {
        Self::parse(&std::fs::read_to_string(path)?)
    }

    /// Creates a world with a key of its own. The seed's apps are left out when other apps are given.
    pub(crate) fn begin(&self, apps: &[App]) -> Result<World, ring::error::Unspecified> {
        Ok(self.world(secrets::fresh_key()?, apps))
    }

    fn world(&self, key: String, apps: &[App]) -> World {
        let mut world = World {
            key,
            quirks: Quirks::default(),
            ..World::default()
        };
        let apps = if apps.is_empty() { &self.apps } else { apps };
        for app in apps {
            world.add_app(app);
        }
        for user in &self.users {
            let id = id_or(user.id.as_ref(), 122, world.users.len());
            world.users.push(User {
                id,
                name: user.name.clone(),
            });
        }
        for business in &self.businesses {
            let id = id_or(business.id.as_ref(), 310, world.businesses.len());
            world.businesses.push(Business {
                id: id.clone(),
                name: business.name.clone(),
                verification_status: business.verification_status.clone(),
                messaging_limit_tier: business.messaging_limit_tier.clone(),
            });
            for waba in &business.wabas {
                waba.add_to(&mut world, &id);
            }
        }
        world
    }
}

impl SeedWaba {
    fn add_to(&self, world: &mut World, business_id: &str) {
        let id = id_or(self.id.as_ref(), 420, world.wabas.len());
        world.wabas.push(Waba {
            id: id.clone(),
            name: self.name.clone(),
            business_id: business_id.to_owned(),
            shared_with: self.shared_with.clone(),
            currency: self.currency.clone(),
            country: self.country.clone(),
            timezone_id: "1".to_owned(),
            subscriptions: Default::default(),
            extras: WabaExtras::default(),
        });
        for phone in &self.phone_numbers {
            let phone_id = id_or(phone.id.as_ref(), 530, world.phones.len());
            world.phones.push(Phone {
                id: phone_id,
                waba_id: id.clone(),
                display_phone_number: phone.display_phone_number.clone(),
                verified_name: phone.verified_name.clone(),
                quality_rating: phone.quality_rating.clone(),
                code_verification_status: phone.code_verification_status.clone(),
                name_status: phone.name_status.clone(),
                status: phone.status.clone(),
                is_on_biz_app: phone.is_on_biz_app,
                pin: phone.pin.clone(),
                registrations: Vec::new(),
                verification_code: None,
                last_onboarded_time: None,
                override_callback_uri: None,
                throughput: phone.throughput,
                extras: Extras::default(),
            });
        }
    }
}

/// Returns the given id, or the next one of its kind: fifteen digits, the first three of which say the kind.
fn id_or(given: Option<&String>, kind: u64, count: usize) -> String {
    given
        .cloned()
        .unwrap_or_else(|| format!("{kind}{:012}", count + 1))
}

fn verified() -> String {
    "verified".to_owned()
}
fn usd() -> String {
    "USD".to_owned()
}
fn us() -> String {
    "US".to_owned()
}
fn green() -> String {
    "GREEN".to_owned()
}
fn is_verified() -> String {
    "VERIFIED".to_owned()
}
fn approved() -> String {
    "APPROVED".to_owned()
}
fn pending() -> String {
    "PENDING".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_seed_is_valid_and_begins_with_one_number() {
        let world = Seed::parse(BUILT_IN).unwrap().world(String::new(), &[]);
        assert_eq!(world.businesses[0].id, "310000000000001");
        let first = &world.wabas[0];
        let numbers = world
            .phones
            .iter()
            .filter(|phone| phone.waba_id == first.id)
            .count();
        assert_eq!(numbers, 1);
    }

    #[test]
    fn an_id_used_twice_is_refused() {
        let text = r#"{"users":[{"id":"1","name":"A"}],"businesses":[{"id":"1","name":"B"}]}"#;
        assert!(matches!(Seed::parse(text), Err(SeedError::DuplicateId(id)) if id == "1"));
    }
}
