//! The implementations of the ports. This folder is compiled once for each engine; `super::dialect` is that engine.

mod accounts;
mod audit;
mod connect;
mod data_keys;
mod health;
mod identity;
mod links;
mod meta_apps;
mod numbers;
mod people;
mod second_factors;
mod sign_ins;
mod teardowns;

use super::{Conn, Db, Store, hold};
