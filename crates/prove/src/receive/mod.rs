//! Proofs of receiving: throughput, safety and latency.

pub(crate) mod bare;
mod listener;
mod pump;
mod tenants;
mod traffic;

pub(crate) mod crash;
pub(crate) mod live;
pub(crate) mod load;
pub(crate) mod scale;

pub(crate) use tenants::Tenants;
