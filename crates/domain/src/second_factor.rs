//! The second factor of signing in: an authenticator app, with recovery codes for the day on which it is lost.

use crate::{Time, ids::UserId, secret::SealedSecret};

/// The authenticator app of a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SecondFactor {
    /// The person.
    pub user: UserId,
    /// The secret that the app shares with the server.
    pub secret: SealedSecret,
    /// The time when the secret was made.
    pub created_at: Time,
    /// The time when a first code confirmed it. Before that it counts for nothing.
    pub confirmed_at: Option<Time>,
    /// The last time step whose code was accepted: no code of this step or an earlier one is accepted again.
    pub last_step: Option<i64>,
    /// The number of recovery codes that are left.
    pub recovery_codes: i64,
}
