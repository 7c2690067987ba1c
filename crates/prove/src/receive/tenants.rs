//! Organisations with connected numbers, copied from one that connected for real.

use wabakit_prove::{Engine, Probe};

use crate::listener::org_name;

/// Several organisations, each with three numbers on a WABA of its own.
#[derive(Clone, Copy)]
pub(crate) struct Tenants {
    orgs: u64,
}

/// Numbers in an organisation.
const NUMBERS: u64 = 3;

impl Tenants {
    /// Names this many organisations, for a server that keeps none.
    pub(crate) const fn of(orgs: u64) -> Self {
        Self { orgs }
    }

    /// Copies the database's only connected organisation this often. Its people stay members of the first copy only.
    ///
    /// The copies' tokens do not open, because they are bound to the original organisation. Receiving needs none.
    pub(crate) async fn make(database: &Probe, orgs: u64) -> Self {
        let tenants = Self { orgs };
        let engine = database.engine();
        let mut sql = Vec::new();
        for org in 0..orgs {
            let (id, grant) = (literal(engine, 0xa, org), literal(engine, 0xb, org));
            sql.push(format!(
                "INSERT INTO orgs (id, name, created_at) SELECT {id}, 'Org {org}', created_at \
                 FROM orgs WHERE id = (SELECT org_id FROM grants ORDER BY id LIMIT 1)"
            ));
            sql.push(format!(
                "INSERT INTO grants (id, org_id, meta_app_id, token, token_kind, meta_user_id, scopes, \
                 expires_kind, expires_at, data_access_expires_kind, data_access_expires_at, state, state_reason, \
                 checked_at, created_at, updated_at, version) \
                 SELECT {grant}, {id}, meta_app_id, token, token_kind, meta_user_id, scopes, expires_kind, \
                 expires_at, data_access_expires_kind, data_access_expires_at, state, state_reason, checked_at, \
                 created_at, updated_at, version FROM grants WHERE id = (SELECT grant_id FROM whatsapp_accounts \
                 ORDER BY created_at, id LIMIT 1)"
            ));
            for place in 0..NUMBERS {
                let number = org * NUMBERS + place;
                let account = literal(engine, 0xc, number);
                let phone = tenants.phone_number_id(number);
                let waba = tenants.waba(number);
                let default = match (engine, place) {
                    (Engine::Sqlite, 0) => "1",
                    (Engine::Sqlite, _) => "0",
                    (Engine::Postgres, 0) => "true",
                    (Engine::Postgres, _) => "false",
                };
                sql.push(format!(
                    "INSERT INTO whatsapp_accounts (id, org_id, grant_id, phone_number_id, waba_id, waba_name, \
                     display_phone_number, verified_name, is_active, is_default, needs_registration, \
                     is_coexistence, connected_at, created_at, updated_at, version) \
                     SELECT {account}, {id}, {grant}, '{phone}', '{waba}', 'WABA {org}', '1555{number:07}', \
                     'Number {number}', is_active, {default}, needs_registration, is_coexistence, connected_at, \
                     created_at, updated_at, version FROM whatsapp_accounts ORDER BY created_at, id LIMIT 1"
                ));
            }
        }
        database.execute_all(&sql).await;
        tenants
    }

    /// Returns the id of an organisation.
    pub(crate) fn org_id(org: u64) -> String {
        uuid(0xa, org)
    }

    /// Returns an organisation's name in a history.
    pub(crate) fn org_name(org: u64) -> String {
        org_name(&Self::org_id(org))
    }

    /// Returns the organisation of a number.
    pub(crate) const fn org_of(number: u64) -> u64 {
        number / NUMBERS
    }

    /// Returns how many organisations have a person who listens.
    pub(crate) const fn listened(&self) -> u64 {
        if self.orgs < 2 { self.orgs } else { 2 }
    }

    /// Returns how many numbers there are.
    pub(crate) const fn numbers(&self) -> u64 {
        self.orgs * NUMBERS
    }

    pub(crate) fn phone_number_id(&self, number: u64) -> String {
        format!("77{number:013}")
    }

    pub(crate) fn waba(&self, number: u64) -> String {
        format!("66{:013}", Self::org_of(number))
    }
}

/// Makes an id of the form of a UUIDv7, as a literal of the engine.
fn literal(engine: Engine, kind: u64, number: u64) -> String {
    let id = uuid(kind, number);
    match engine {
        Engine::Sqlite => format!("X'{}'", id.replace('-', "")),
        Engine::Postgres => format!("'{id}'::uuid"),
    }
}

fn uuid(kind: u64, number: u64) -> String {
    format!("01900000-{kind:04x}-7000-a000-{number:012x}")
}
