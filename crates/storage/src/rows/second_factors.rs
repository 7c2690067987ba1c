use diesel::prelude::{Insertable, Queryable, Selectable};
use wabakit_domain::{Time, ids::UserId, second_factor::SecondFactor, secret::SealedSecret};

use crate::{
    schema::{recovery_codes, second_factors},
    types::{T, U},
};

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = second_factors)]
pub(crate) struct SecondFactorRow {
    pub(crate) user_id: U,
    pub(crate) secret: Vec<u8>,
    pub(crate) created_at: T,
    pub(crate) confirmed_at: Option<T>,
    pub(crate) last_step: Option<i64>,
}

impl SecondFactorRow {
    /// Makes the row of a secret that waits for its first code.
    pub(crate) fn waiting(user: UserId, secret: SealedSecret, now: Time) -> Self {
        Self {
            user_id: U(user.0),
            secret: secret.into_bytes(),
            created_at: T(now),
            confirmed_at: None,
            last_step: None,
        }
    }
    pub(crate) fn with_codes(self, recovery_codes: i64) -> SecondFactor {
        SecondFactor {
            user: UserId(self.user_id.0),
            secret: SealedSecret::new(self.secret),
            created_at: self.created_at.0,
            confirmed_at: self.confirmed_at.map(|at| at.0),
            last_step: self.last_step,
            recovery_codes,
        }
    }
}

#[derive(Clone, Insertable)]
#[diesel(table_name = recovery_codes)]
pub(crate) struct RecoveryCodeRow {
    pub(crate) user_id: U,
    pub(crate) hash: Vec<u8>,
}
