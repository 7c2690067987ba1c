use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::DurationRound as _;
use wabakit_domain::{Time, ids::MetaAppId};
use wabakit_ports::store::{JournalStore, Rejections, StoreError};
use wabakit_webhooks::{ChallengeRefusal, SignatureRefusal};

/// The reason why a request to a webhook address was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RejectionReason {
    /// There is no signature.
    MissingSignature,
    /// The signature header is malformed.
    MalformedSignature,
    /// The signature is wrong.
    WrongSignature,
    /// The body is too large.
    TooLarge,
    /// The body is compressed or otherwise encoded. The signature is over the plain bytes.
    Encoded,
    /// The body came too slowly.
    TooSlow,
    /// The verify token is wrong, or the request is malformed.
    WrongVerifyToken,
}

impl RejectionReason {
    const fn as_str(self) -> &'static str {
        match self {
            Self::MissingSignature => "missing_signature",
            Self::MalformedSignature => "malformed_signature",
            Self::WrongSignature => "wrong_signature",
            Self::TooLarge => "too_large",
            Self::Encoded => "encoded",
            Self::TooSlow => "too_slow",
            Self::WrongVerifyToken => "wrong_verify_token",
        }
    }
}

impl From<SignatureRefusal> for RejectionReason {
    fn from(refusal: SignatureRefusal) -> Self {
        match refusal {
            SignatureRefusal::Missing => Self::MissingSignature,
            SignatureRefusal::Malformed => Self::MalformedSignature,
            SignatureRefusal::Wrong => Self::WrongSignature,
        }
    }
}

impl From<ChallengeRefusal> for RejectionReason {
    fn from(_: ChallengeRefusal) -> Self {
        Self::WrongVerifyToken
    }
}

/// Counts of refused requests that are not stored yet. Anybody can cause a refusal, so the log is bounded: beyond the
/// bound, refusals count for the common route.
#[derive(Default)]
pub(super) struct RejectionLog(Mutex<Counts>);

type Counts = BTreeMap<(Time, Option<MetaAppId>, &'static str), Rejections>;

const AT_MOST: usize = 1_000;
/// The longest stored client address, in bytes. An IPv6 address with a zone is shorter.
const ADDRESS: usize = 64;

impl RejectionLog {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn count(
        &self,
        app: Option<MetaAppId>,
        reason: RejectionReason,
        address: Option<String>,
        now: Time,
    ) {
        let minute = now
            .duration_trunc(chrono::Duration::minutes(1))
            .unwrap_or(now);
        let mut counts = self.counts();
        let app = app.filter(|_| counts.len() < AT_MOST);
        let reason = reason.as_str();
        let counted = counts
            .entry((minute, app, reason))
            .or_insert_with(|| Rejections {
                minute,
                app,
                reason: reason.to_owned(),
                count: 0,
                last_address: None,
                last_at: now,
            });
        counted.count += 1;
        counted.last_at = counted.last_at.max(now);
        if let Some(address) = address {
            counted.last_address = Some(address.chars().take(ADDRESS).collect());
        }
    }

    /// Writes the counts. Counts that could not be written are kept.
    pub(super) async fn flush(&self, journal: &dyn JournalStore) -> Result<usize, StoreError> {
        let counts = std::mem::take(&mut *self.counts());
        if counts.is_empty() {
            return Ok(0);
        }
        let written = journal
            .record_rejections(counts.values().cloned().collect())
            .await;
        if let Err(error) = written {
            let mut kept = self.counts();
            for (key, counted) in counts {
                let same = kept.entry(key).or_insert_with(|| Rejections {
                    count: 0,
                    ..counted.clone()
                });
                same.count += counted.count;
            }
            return Err(error);
        }
        Ok(counts.len())
    }
}
