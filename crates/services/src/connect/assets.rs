//! The steps that find numbers and choose among them.

use std::collections::{HashMap, HashSet};

use serde_json::json;
use wabakit_domain::{
    connect::{
        Candidate, ConnectMode, ConnectSession, Problem, Refusal, SignupHints, Step, Unselectable,
    },
    ids::{BusinessId, OrgId, PhoneNumberId, WabaId},
    meta_error::MetaErrorRef,
};
use wabakit_ports::{
    meta::{Assets, MetaErrorKind, NumberFacts, WabaFacts},
    store::{ConnectWrite, NumberHolder},
};

use super::{
    ConnectService,
    runner::{StepEnd, StepFailure},
};
use crate::ServiceError;

impl ConnectService {
    pub(super) async fn find_assets(
        &self,
        session: ConnectSession,
    ) -> Result<StepEnd, StepFailure> {
        let access = self.session_access(&session).await?;
        let Progressed { granted, hints } = Progressed::of(&session);
        let mut assets = self
            .ports
            .meta
            .find_assets(&access, &granted, &hints)
            .await?;
        if session.mode == ConnectMode::Manual {
            keep_only_hinted(&mut assets, &session);
        }
        let candidates = self.candidates(session.org, &assets).await?;
        if let Some(refusal) = refusal_of(&assets, &candidates, &access.grant.scopes, &session) {
            return Err(refusal.into());
        }
        let (businesses, wabas) = (assets.businesses, assets.wabas.len());
        let detail = format!(
            "{} found in {}.",
            numbers(candidates.len()),
            counted(wabas, "WhatsApp Business Account")
        );
        let data = json!({"businesses": businesses, "wabas": wabas, "numbers": candidates.len()});
        let session = session.found(candidates);
        let event = self.step_event(&session, Step::FindAssets, &data);
        Ok(StepEnd::done(
            ConnectWrite {
                audit: vec![event],
                ..ConnectWrite::session(session)
            },
            detail,
        ))
    }

    async fn candidates(&self, org: OrgId, assets: &Assets) -> Result<Vec<Candidate>, StepFailure> {
        let ids: Vec<PhoneNumberId> = all_numbers(assets).map(|(_, n)| n.id.clone()).collect();
        let mine = self.ports.accounts.accounts_of_numbers(org, &ids).await?;
        let holders = self
            .ports
            .accounts
            .active_holders_elsewhere(org, &ids)
            .await?;
        let mut held: HashMap<PhoneNumberId, bool> = HashMap::new();
        for holder in holders {
            let dead = self.is_dead(&holder).await?;
            held.insert(holder.account.phone_number_id, dead);
        }
        Ok(all_numbers(assets)
            .map(|(waba, number)| {
                let held_by_living = held.get(&number.id) == Some(&false);
                let unselectable = if held_by_living {
                    Some(Unselectable::InUse)
                } else if number.health.is_unverified() {
                    Some(Unselectable::NotVerified)
                } else {
                    None
                };
                Candidate {
                    phone_number_id: number.id.clone(),
                    display_phone_number: number.display_phone_number.clone(),
                    verified_name: number.verified_name.clone(),
                    waba_id: waba.id.clone(),
                    waba_name: waba.name.clone(),
                    business_id: waba.business_id.clone(),
                    business_name: waba.business_name.clone(),
                    health: number.health.clone(),
                    unselectable,
                    already_connected: mine
                        .iter()
                        .any(|a| a.is_active && a.phone_number_id == number.id),
                    takes_over: held.get(&number.id) == Some(&true),
                }
            })
            .collect())
    }

    /// Asks Meta whether another organisation's grant is dead. Only Meta's answer counts: a grant whose token does not
    /// open, or that Meta could not be asked about, is not dead.
    pub(super) async fn is_dead(&self, holder: &NumberHolder) -> Result<bool, ServiceError> {
        if holder.grant.token.is_none() {
            return Ok(true);
        }
        let access = self
            .access(holder.account.org, holder.grant.clone())
            .await?;
        // A login that its person has to confirm at Meta lives, and works again by itself.
        let lives = |error: Option<MetaErrorRef>| error.is_some_and(|error| error.is_checkpoint());
        Ok(match self.ports.meta.inspect_token(&access).await {
            Ok(facts) => !facts.is_valid && !lives(facts.error),
            Err(error) => error.kind == MetaErrorKind::TokenInvalid && !lives(error.meta),
        })
    }

    /// Chooses the number if there is only one selectable number, or one that the person chose in Embedded Signup. If
    /// Meta does not show that choice, it returns to the person.
    pub(super) fn choose_by_itself(&self, session: ConnectSession) -> Result<StepEnd, StepFailure> {
        let hints = &session.progress.hints;
        let chosen: Vec<&Candidate> = session
            .progress
            .candidates
            .iter()
            .filter(|candidate| is_chosen(candidate, hints))
            .collect();
        if session.progress.wants_all {
            return self.choose_all(session);
        }
        let selectable: Vec<&Candidate> = chosen
            .iter()
            .copied()
            .filter(|c| c.is_selectable())
            .collect();
        let only = match selectable.as_slice() {
            [one] => Some(one.phone_number_id.clone()),
            // Meta shows the same number under two WABAs.
            [first, rest @ ..]
                if rest
                    .iter()
                    .all(|c| c.phone_number_id == first.phone_number_id) =>
            {
                Some(first.phone_number_id.clone())
            }
            _ => None,
        };
        let Some(only) = only else {
            let why = chosen.is_empty().then(|| not_shown(hints));
            let paused = session.await_choice(why).map_err(ServiceError::from)?;
            return Ok(StepEnd::Paused(Box::new(paused)));
        };
        self.chosen(session, vec![only], "One number, no choice needed.")
    }

    /// Chooses all numbers that can be connected, as the person asked when submitting the login.
    fn choose_all(&self, session: ConnectSession) -> Result<StepEnd, StepFailure> {
        let mut seen = HashSet::new();
        let all: Vec<PhoneNumberId> = session
            .progress
            .candidates
            .iter()
            .filter(|c| c.is_selectable() && seen.insert(&c.phone_number_id))
            .map(|c| c.phone_number_id.clone())
            .collect();
        self.chosen(session, all, "All numbers were asked for.")
    }

    fn chosen(
        &self,
        session: ConnectSession,
        ids: Vec<PhoneNumberId>,
        detail: &'static str,
    ) -> Result<StepEnd, StepFailure> {
        let event = self.step_event(&session, Step::Choose, &json!({"phoneNumberIds": ids}));
        let session = session
            .choose(ids, self.now())
            .map_err(ServiceError::from)?;
        let write = ConnectWrite {
            audit: vec![event],
            ..ConnectWrite::session(session)
        };
        Ok(StepEnd::done(write, detail))
    }
}

/// Tells whether a candidate matches the choice in Embedded Signup. Without any hint every candidate matches. A WABA
/// often names no business, or another one than the person's, so the business is compared only where the hints name
/// neither WABA nor number.
fn is_chosen(candidate: &Candidate, hints: &SignupHints) -> bool {
    let same_number = |id: &PhoneNumberId| *id == candidate.phone_number_id;
    let same_waba = |id: &WabaId| *id == candidate.waba_id;
    let same_business = |id: &BusinessId| {
        candidate
            .business_id
            .as_ref()
            .is_none_or(|known| known == id)
    };
    if hints.phone_number_id.is_none() && hints.waba_id.is_none() {
        return hints.business_id.as_ref().is_none_or(same_business);
    }
    hints.phone_number_id.as_ref().is_none_or(same_number)
        && hints.waba_id.as_ref().is_none_or(same_waba)
}

/// Returns the refusal that names the asset chosen at Meta that Meta does not show.
fn not_shown(hints: &SignupHints) -> Problem {
    let number = hints
        .phone_number_id
        .as_ref()
        .map(|id| format!("phone number id {id}"));
    let waba = hints
        .waba_id
        .as_ref()
        .map(|id| format!("WhatsApp Business Account {id}"));
    let business = hints
        .business_id
        .as_ref()
        .map(|id| format!("business {id}"));
    let about = number.into_iter().chain(waba).chain(business);
    Problem::new(Refusal::ChosenNotShown).about(about.map(|text| text.chars().take(120).collect()))
}

struct Progressed {
    granted: Vec<WabaId>,
    hints: SignupHints,
}

impl Progressed {
    fn of(session: &ConnectSession) -> Self {
        Self {
            granted: session.progress.granted_wabas.clone(),
            hints: session.progress.hints.clone(),
        }
    }
}

fn all_numbers(assets: &Assets) -> impl Iterator<Item = (&WabaFacts, &NumberFacts)> {
    assets
        .wabas
        .iter()
        .flat_map(|(waba, numbers)| numbers.iter().map(move |number| (waba, number)))
}

/// Keeps only the number and WABA that a person entered by hand.
fn keep_only_hinted(assets: &mut Assets, session: &ConnectSession) {
    let hints = &session.progress.hints;
    assets
        .wabas
        .retain(|(waba, _)| Some(&waba.id) == hints.waba_id.as_ref());
    for (_, numbers) in &mut assets.wabas {
        numbers.retain(|number| Some(&number.id) == hints.phone_number_id.as_ref());
    }
}

fn refusal_of(
    assets: &Assets,
    candidates: &[Candidate],
    scopes: &[String],
    session: &ConnectSession,
) -> Option<Problem> {
    let (mode, hints) = (session.mode, &session.progress.hints);
    if candidates.iter().any(Candidate::is_selectable) {
        return None;
    }
    if mode != ConnectMode::Manual
        && !(candidates.is_empty() && (assets.wabas.is_empty() || hints.phone_number_id.is_none()))
        && !candidates
            .iter()
            .any(|candidate| is_chosen(candidate, hints))
    {
        return Some(not_shown(hints));
    }
    if candidates.is_empty() {
        if mode == ConnectMode::Manual {
            return Some(Refusal::NumberNotFound.into());
        }
        let management = "business_management";
        let blind = assets.wabas.is_empty() && !scopes.iter().any(|scope| scope == management);
        return Some(if blind {
            Problem::new(Refusal::MissingScope).about([management.to_owned()])
        } else if !assets.wabas.is_empty() {
            Refusal::NoPhoneNumber.into()
        } else if assets.businesses > 0 {
            Refusal::NoWaba.into()
        } else {
            Refusal::NoBusiness.into()
        });
    }
    let in_use = candidates
        .iter()
        .any(|c| c.unselectable == Some(Unselectable::InUse));
    let reason = if in_use {
        Unselectable::InUse
    } else {
        Unselectable::NotVerified
    };
    let about = candidates
        .iter()
        .filter(|c| c.unselectable == Some(reason))
        .map(|c| c.display_phone_number.clone());
    Some(Problem::new(reason.refusal()).about(about))
}

pub(super) fn numbers(count: usize) -> String {
    counted(count, "number")
}

/// Returns a count with its noun, as "1 number" and "2 numbers".
pub(super) fn counted(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::counted;

    #[rstest]
    #[case(0, "number", "0 numbers")]
    #[case(1, "number", "1 number")]
    #[case(2, "number", "2 numbers")]
    #[case(1, "WhatsApp Business Account", "1 WhatsApp Business Account")]
    #[case(21, "permission", "21 permissions")]
    fn a_noun_follows_its_count(#[case] count: usize, #[case] noun: &str, #[case] words: &str) {
        assert_eq!(counted(count, noun), words);
    }
}
