//! Deliveries and changes: what Meta sent, and how it is worked off.

use serde::{Deserialize, Serialize};

use crate::{
    Time,
    ids::{AccountId, ChangeId, DeliveryId, MetaAppId, OrgId, ParkedItemId, PhoneNumberId, WabaId},
};

/// One webhook POST, as it came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivery {
    /// Our id.
    pub id: DeliveryId,
    /// The Meta app whose route it came by; `None` on the common route.
    pub app: Option<MetaAppId>,
    /// When it came.
    pub received_at: Time,
    /// The bytes that were signed.
    pub body: Vec<u8>,
}

/// Work that keeps its order, and that one worker at a time does: all changes of one number, else of one WABA.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Lane {
    /// A number's.
    Number(PhoneNumberId),
    /// A WABA's, of what names no number. Also of ids that are not a WABA's: Meta puts a business there at times.
    Waba(WabaId),
    /// What names neither.
    Nowhere,
}

/// How many parts the lanes are dealt into; a worker takes a part at a time.
pub const PARTITIONS: u8 = 16;

impl Lane {
    /// As it is stored: `n:<number>`, `w:<waba>` or `-`.
    pub fn key(&self) -> String {
        match self {
            Self::Number(id) => format!("n:{id}"),
            Self::Waba(id) => format!("w:{id}"),
            Self::Nowhere => "-".to_owned(),
        }
    }

    /// Reads [`Lane::key`].
    pub fn read(key: &str) -> Self {
        match key.split_once(':') {
            Some(("n", id)) => Self::Number(id.into()),
            Some(("w", id)) => Self::Waba(id.into()),
            _ => Self::Nowhere,
        }
    }

    /// The part that it is dealt into: below [`PARTITIONS`], the same in every process (FNV-1a of the key).
    pub fn partition(&self) -> u8 {
        let hash = self
            .key()
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        // FNV's last step spreads little; another multiplication carries every bit to the top.
        let mixed = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        u8::try_from((mixed >> 33) % u64::from(PARTITIONS)).unwrap_or(0)
    }
}

/// One change of a delivery: an element of `entry[].changes[]`, cut out, for one organisation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Our id.
    pub id: ChangeId,
    /// The delivery that it came with.
    pub delivery: DeliveryId,
    /// Whose it is; `None` while nobody here holds the number or the WABA.
    pub org: Option<OrgId>,
    /// The lane.
    pub lane: Lane,
    /// `entry[].id`.
    pub entry_id: Option<String>,
    /// `entry[].time`, in seconds of 1970.
    pub entry_time: Option<i64>,
    /// `field`: messages, account_update, …
    pub field: String,
    /// When its delivery came.
    pub received_at: Time,
    /// The change's bytes, cut out of the delivery.
    pub raw: Vec<u8>,
}

/// What stands between an item and being applied.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParkedState {
    /// It failed, and somebody must look; it is tried again when somebody says so.
    Parked,
    /// It is tried again by itself.
    Retrying,
    /// Nobody here holds the number or WABA: tried again when somebody connects it, for a while.
    Homeless,
    /// Not modelled. Kept as it came; a replay after an update may understand it.
    Unsupported,
}

impl ParkedState {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Parked => "parked",
            Self::Retrying => "retrying",
            Self::Homeless => "homeless",
            Self::Unsupported => "unsupported",
        }
    }
}

/// An item that could not be applied. Its key is the change and the item's index in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParkedItem {
    /// Our id.
    pub id: ParkedItemId,
    /// Whose it is.
    pub org: Option<OrgId>,
    /// The change.
    pub change: ChangeId,
    /// Which item of the change, from 0.
    pub index: i32,
    /// The change's field.
    pub field: String,
    /// The change's lane.
    pub lane: Lane,
    /// What it waits for.
    pub state: ParkedState,
    /// Why, as a code: `invalid_item`, `unknown_number`, `store_failed`, …
    pub reason: String,
    /// Why, in words.
    pub detail: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried again.
    pub next_at: Option<Time>,
    /// The item's bytes.
    pub raw: Vec<u8>,
    /// When it was parked.
    pub created_at: Time,
}

/// Who holds a number or a WABA: where a change goes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Route {
    /// The tenant.
    pub org: OrgId,
    /// The account.
    pub account: AccountId,
    /// Its number.
    pub phone_number_id: PhoneNumberId,
    /// The number as Meta displays it.
    pub display_phone_number: String,
    /// Its WABA.
    pub waba_id: WabaId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_is_read_as_it_was_written() {
        for lane in [
            Lane::Number("1".into()),
            Lane::Waba("2:3".into()),
            Lane::Nowhere,
        ] {
            assert_eq!(Lane::read(&lane.key()), lane);
        }
    }

    #[test]
    fn lanes_are_dealt_evenly() {
        let mut dealt = [0_u32; PARTITIONS as usize];
        for number in 0..16_000 {
            let lane = Lane::Number(format!("10655{number:07}").as_str().into());
            dealt[usize::from(lane.partition())] += 1;
        }
        assert!(
            dealt.iter().all(|&count| (800..1_200).contains(&count)),
            "{dealt:?}"
        );
    }
}
