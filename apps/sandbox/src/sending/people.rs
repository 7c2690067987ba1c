//! The owners of business-scoped user ids. An id is derived from the number and cannot be read back, so the ids in
//! webhooks and answers are remembered.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::customer::Person;
use crate::state::lock;

/// The most ids that are remembered. Others are searched among all customers.
const KEPT: usize = 200_000;

#[derive(Default)]
pub(crate) struct People {
    numbers: Mutex<HashMap<Box<str>, Box<str>>>,
}

impl People {
    /// Remembers the ids of this customer.
    pub(crate) fn remember(&self, person: &Person) {
        let mut numbers = lock(&self.numbers);
        for id in [Some(&person.user_id), person.parent_user_id.as_ref()]
            .into_iter()
            .flatten()
        {
            if numbers.contains_key(id.as_str()) {
                continue;
            }
            if numbers.len() >= KEPT {
                numbers.clear();
            }
            numbers.insert(id.as_str().into(), person.number.as_str().into());
        }
    }

    /// Returns the number of the customer with this id, if it is remembered.
    pub(crate) fn number(&self, user_id: &str) -> Option<String> {
        lock(&self.numbers).get(user_id).map(ToString::to_string)
    }

    pub(crate) fn clear(&self) {
        lock(&self.numbers).clear();
    }
}
