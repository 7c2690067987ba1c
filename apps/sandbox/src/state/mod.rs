//! The sandbox's state: the world (model), its beginning (seed) and its storage (store).

mod extras;
mod model;
mod seed;
mod store;
mod tokens;
mod world;

pub(crate) use extras::{Extras, Flow, NewName, QrCode, WabaExtras};
pub(crate) use model::{
    AppSubscription, Business, DeletedTemplate, Due, Grant, GranularScopes, Group, GroupStatuses,
    Later, MessageIds, Phone, Quirks, ReviewOutcome, ReviewRule, Subscription, SystemUser,
    Template, Throughput, Upload, User, Waba,
};
pub use seed::{Seed, SeedError};
pub use store::StateError;
pub(crate) use store::{Store, lock};
pub(crate) use tokens::{Code, Death, Kind, Targets, Token};
pub(crate) use world::World;
