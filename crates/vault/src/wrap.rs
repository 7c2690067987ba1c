//! Wrapped data keys, in the format version ‖ nonce ‖ ciphertext and tag.

use wabakit_domain::ids::{DataKeyId, OrgId};
use wabakit_ports::{store::DataKeyRow, system::Random, vault::VaultError};

use crate::{
    associated::associated,
    check::UnwrapFailure,
    keyring::{KeyRing, RingKey},
    material::Material,
};

const VERSION: u8 = 1;

/// An opened data key.
#[derive(Debug)]
pub(crate) struct DataKey {
    pub(crate) id: DataKeyId,
    pub(crate) org: OrgId,
    pub(crate) material: Material,
}

impl DataKey {
    /// Wraps the key by a ring key.
    pub(crate) fn wrap(&self, by: &RingKey, random: &dyn Random) -> Result<Vec<u8>, VaultError> {
        let sealed = by.material.seal(
            random,
            &bound_to(&by.id, self.org, self.id),
            self.material.expose(),
        )?;
        Ok([&[VERSION], sealed.as_slice()].concat())
    }

    /// Unwraps a row by the ring key that it names.
    pub(crate) fn unwrap(row: &DataKeyRow, ring: &KeyRing) -> Result<Self, UnwrapFailure> {
        let by = ring
            .get(&row.ring_key_id)
            .ok_or(UnwrapFailure::UnknownRingKey)?;
        let material = match row.wrapped.split_first() {
            Some((&VERSION, sealed)) => by
                .material
                .open(&bound_to(&by.id, row.org, row.id), sealed)
                .and_then(|bytes| Material::from_slice(&bytes)),
            _ => None,
        };
        Ok(Self {
            id: row.id,
            org: row.org,
            material: material.ok_or(UnwrapFailure::DoesNotOpen)?,
        })
    }
}

fn bound_to(ring_key_id: &str, org: OrgId, id: DataKeyId) -> Vec<u8> {
    associated(&[
        b"wabakit data key",
        &[VERSION],
        ring_key_id.as_bytes(),
        org.0.as_bytes(),
        id.0.as_bytes(),
    ])
}
