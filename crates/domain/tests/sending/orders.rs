//! The order of facts does not matter.

use super::*;

/// All facts that one accepted attempt can have.
fn tellings() -> Vec<Item> {
    vec![
        accepted(1, "w.1"),
        unknown(1),
        orphaned(8),
        again(1),
        unproven(),
        status("w.1", Sent, 1_001),
        proof("w.1", Sent),
        proof("w.1", Delivered),
        proof("w.1", Read),
        step(SendStep::Expired),
    ]
}

/// The facts that prove that Meta accepted the message.
const PROOFS: [usize; 4] = [0, 6, 7, 8];

proptest! {
    #[test]
    fn in_any_order_a_proof_is_kept(
        order in proptest::collection::vec(0..tellings().len(), 1..20),
        cuts in proptest::collection::vec(1..5_usize, 20),
        proven_by in any::<Index>(),
        place in any::<Index>(),
    ) {
        let all = tellings();
        let mut order = order;
        order.insert(place.index(order.len() + 1), PROOFS[proven_by.index(PROOFS.len())]);
        let mut store = dispatching();
        let mut left = order.as_slice();
        let mut is_proven = false;
        for cut in cuts {
            let (now, rest) = left.split_at(cut.min(left.len()));
            let items: Vec<_> = now.iter().map(|n| all[*n].clone()).collect();
            // Later than every time in the items.
            prop_assert_eq!(store.apply_at(at(100_000), &items), []);
            is_proven |= now.iter().any(|n| PROOFS.contains(n));
            if is_proven {
                let expected = match store.message().status {
                    S::Accepted | S::Sent => J::Underway,
                    S::Delivered | S::Read => J::Done,
                    other => panic!("{other:?}"),
                };
                prop_assert_eq!(store.job().state, expected);
                prop_assert_eq!(store.message().wamid.as_ref().map(wabakit_domain::ids::Wamid::as_str), Some("w.1"));
            }
            left = rest;
        }
        prop_assert!(left.is_empty() && is_proven);
    }
}
