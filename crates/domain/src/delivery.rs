//! Deliveries and changes: what Meta sent, and how it is processed.

use serde::{Deserialize, Serialize};

use crate::{
    Time,
    account::Account,
    ids::{AccountId, ChangeId, DeliveryId, MetaAppId, OrgId, ParkedItemId, PhoneNumberId, WabaId},
};

/// One webhook POST, unchanged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivery {
    /// Our id.
    pub id: DeliveryId,
    /// The Meta app whose route received it. `None` for the common route.
    pub app: Option<MetaAppId>,
    /// The time when it was received.
    pub received_at: Time,
    /// The signed bytes.
    pub body: Vec<u8>,
}

/// Changes that one worker at a time applies in their order: all changes of one number, or else of one WABA.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Lane {
    /// The changes of a number.
    Number(PhoneNumberId),
    /// The changes of a WABA that name no number. The id may also be that of a business, which Meta sometimes sends.
    Waba(WabaId),
    /// The changes that name neither.
    Nowhere,
    /// The changes that an organisation's own Meta app sent. They name a number or a WABA, whosever it is, so they
    /// wait in a lane of that organisation and never before another's.
    Own(OrgId, Box<Self>),
}

/// The number of partitions that lanes are divided into. A worker takes one partition at a time.
pub const PARTITIONS: u8 = 16;

impl Lane {
    /// Returns the lane that the change itself names.
    pub fn named(&self) -> &Self {
        match self {
            Self::Own(_, named) => named,
            named => named,
        }
    }

    /// Returns the stored key: `n:<number>`, `w:<waba>` or `-`; of an own app `o:<org>:` before it.
    pub fn key(&self) -> String {
        match self {
            Self::Number(id) => format!("n:{id}"),
            Self::Waba(id) => format!("w:{id}"),
            Self::Nowhere => "-".to_owned(),
            Self::Own(org, named) => format!("o:{org}:{}", named.key()),
        }
    }

    /// Returns the lanes of an account's changes: the number's and the WABA's, and both for changes by the
    /// organisation's own Meta app.
    pub fn of_account(account: &Account) -> [Self; 4] {
        let number = Self::Number(account.phone_number_id.clone());
        let waba = Self::Waba(account.waba_id.clone());
        let own = |lane: &Self| Self::Own(account.org, Box::new(lane.clone()));
        let (own_number, own_waba) = (own(&number), own(&waba));
        [number, waba, own_number, own_waba]
    }

    /// Reads [`Lane::key`].
    pub fn read(key: &str) -> Self {
        let own = key.strip_prefix("o:").and_then(|rest| {
            let (org, named) = rest.split_once(':')?;
            Some(Self::Own(
                org.parse().ok()?,
                Box::new(Self::read_named(named)),
            ))
        });
        own.unwrap_or_else(|| Self::read_named(key))
    }

    fn read_named(key: &str) -> Self {
        match key.split_once(':') {
            Some(("n", id)) => Self::Number(id.into()),
            Some(("w", id)) => Self::Waba(id.into()),
            _ => Self::Nowhere,
        }
    }

    /// Returns the lane's partition: below [`PARTITIONS`], and the same in every process (FNV-1a of the key).
    pub fn partition(&self) -> u8 {
        let hash = self
            .key()
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        // FNV's last step mixes little. This multiplication carries every bit to the top.
        let mixed = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        u8::try_from((mixed >> 33) % u64::from(PARTITIONS)).unwrap_or(0)
    }
}

/// One change of a delivery: an element of `entry[].changes[]`, cut out, for one organisation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Our id.
    pub id: ChangeId,
    /// The delivery that it was cut from.
    pub delivery: DeliveryId,
    /// The organisation. `None` while nobody here has connected the number or the WABA.
    pub org: Option<OrgId>,
    /// The lane.
    pub lane: Lane,
    /// `entry[].id`.
    pub entry_id: Option<String>,
    /// `entry[].time`, in seconds since 1970.
    pub entry_time: Option<i64>,
    /// `field`: messages, account_update, …
    pub field: String,
    /// The time when its delivery was received.
    pub received_at: Time,
    /// The change's bytes, cut out of the delivery.
    pub raw: Vec<u8>,
}

/// The reason why an item is parked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParkedState {
    /// It failed, and a person must look at it. It is retried when a person asks for it.
    Parked,
    /// It is retried by itself.
    Retrying,
    /// Nobody here has connected the number or WABA. It is retried when somebody connects it, for a while.
    Homeless,
    /// It is not modelled, and kept unchanged. A replay after an update may understand it.
    Unsupported,
}

impl ParkedState {
    /// Returns the stored name.
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
    /// The organisation.
    pub org: Option<OrgId>,
    /// The change.
    pub change: ChangeId,
    /// The index of the item in the change, from 0.
    pub index: i32,
    /// The change's field.
    pub field: String,
    /// The change's lane.
    pub lane: Lane,
    /// The reason why it is parked.
    pub state: ParkedState,
    /// Why, as a code: `invalid_item`, `unknown_number`, `store_failed`, …
    pub reason: String,
    /// Why, in words.
    pub detail: String,
    /// The number of tries.
    pub attempts: i32,
    /// The time when it is retried.
    pub next_at: Option<Time>,
    /// The item's bytes.
    pub raw: Vec<u8>,
    /// The time when it was parked.
    pub created_at: Time,
}

/// The account that a change is routed to: who has connected the number or the WABA.
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
    /// Meta's id of the app that it was connected with.
    pub app_id: Option<String>,
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
