//! Reads the form, and resolves the choice into assets.

use super::outcome::{CodeFate, End, Outcome};
use super::request::{DialogRequest, PUBLIC_PROFILE};
use crate::call::Call;
use crate::state::{Targets, World};

/// Reads the person's choice on the page.
pub(crate) fn from_form(call: &Call, request: &DialogRequest) -> Outcome {
    let (mut end, code) = match call.param("pick_end") {
        Some("no_business") => (End::NoBusiness, CodeFate::Good),
        Some("no_waba") => (End::NoWaba, CodeFate::Good),
        Some("no_number") => (End::NoNumber, CodeFate::Good),
        Some("error") => (End::Error, CodeFate::Good),
        Some("expired") => (End::Approve, CodeFate::Expired),
        Some("used") => (End::Approve, CodeFate::Used),
        Some("redirect_mismatch") => (End::Approve, CodeFate::RedirectMismatch),
        _ => (End::Approve, CodeFate::Good),
    };
    if call.param("action") == Some("cancel") {
        end = End::Cancel;
    }
    let kept = call.list("pick_scope");
    let declined = |scope: &&String| *scope != PUBLIC_PROFILE && !kept.contains(scope);
    Outcome {
        outcome: end,
        code,
        decline_scopes: request.scopes.iter().filter(declined).cloned().collect(),
        businesses: Some(call.list("pick_business").to_vec()),
        wabas: Some(call.list("pick_waba").to_vec()),
        phone_numbers: Some(call.list("pick_phone").to_vec()),
        user: call.param("pick_user").map(str::to_owned),
        event: call.param("pick_event").map(str::to_owned),
        code_first: false,
        auto: false,
        keep: false,
    }
}

/// Returns the shared assets. A number includes its WABA, and a WABA its business. If only a business or a WABA is
/// chosen, everything in it is shared. If nothing is chosen, the first business is shared, with its first WABA and
/// that WABA's first number.
pub(crate) fn targets(world: &World, outcome: &Outcome) -> Targets {
    let Outcome {
        businesses,
        wabas,
        phone_numbers,
        ..
    } = outcome;
    let mut targets = Targets::default();
    if businesses.is_none() && wabas.is_none() && phone_numbers.is_none() {
        let business = world.businesses.first().map(|each| each.id.clone());
        let of_business = |id: &&crate::state::Waba| Some(&id.business_id) == business.as_ref();
        let waba = world
            .wabas
            .iter()
            .find(of_business)
            .map(|each| each.id.clone());
        let of_waba = |each: &&crate::state::Phone| Some(&each.waba_id) == waba.as_ref();
        let phone = world
            .phones
            .iter()
            .find(of_waba)
            .map(|each| each.id.clone());
        targets.businesses.extend(business);
        targets.wabas.extend(waba);
        targets.phone_numbers.extend(phone);
    } else {
        let named = |list: &Option<Vec<String>>, id: &String| {
            list.as_ref().is_some_and(|list| list.contains(id))
        };
        for phone in &world.phones {
            let waba = world.waba(&phone.waba_id);
            let by_waba = phone_numbers.is_none() && named(wabas, &phone.waba_id);
            let by_business = phone_numbers.is_none()
                && wabas.is_none()
                && waba.is_some_and(|waba| named(businesses, &waba.business_id));
            if named(phone_numbers, &phone.id) || by_waba || by_business {
                targets.phone_numbers.push(phone.id.clone());
            }
        }
        for waba in &world.wabas {
            let by_phone = world
                .phones
                .iter()
                .any(|phone| phone.waba_id == waba.id && targets.phone_numbers.contains(&phone.id));
            let by_business =
                wabas.is_none() && phone_numbers.is_none() && named(businesses, &waba.business_id);
            if by_phone || by_business || named(wabas, &waba.id) {
                targets.wabas.push(waba.id.clone());
            }
        }
        for business in &world.businesses {
            let by_waba = world.wabas.iter().any(|waba| {
                let theirs = waba.business_id == business.id
                    && !waba.shared_with.iter().any(|id| named(businesses, id));
                theirs && targets.wabas.contains(&waba.id)
            });
            if by_waba || named(businesses, &business.id) {
                targets.businesses.push(business.id.clone());
            }
        }
    }
    match outcome.outcome {
        End::NoBusiness => targets = Targets::default(),
        End::NoWaba => {
            targets.wabas.clear();
            targets.phone_numbers.clear();
        }
        End::NoNumber => targets.phone_numbers.clear(),
        End::Approve | End::Cancel | End::Error => {}
    }
    targets
}
