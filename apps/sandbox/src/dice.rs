//! Random choices that are the same for the same seed.

/// SplitMix64: small, and good enough to shuffle.
pub(crate) struct Dice(u64);

impl Dice {
    /// Starts with this seed. The `round` gives one seed another order each time.
    pub(crate) fn new(seed: u64, round: u64) -> Self {
        let mut dice = Self(seed ^ round.rotate_left(32));
        dice.roll();
        dice
    }

    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Draws a number from 0 to `most`.
    pub(crate) fn up_to(&mut self, most: u32) -> u32 {
        let wide = u64::from(self.roll() as u32) * (u64::from(most) + 1);
        (wide >> 32) as u32
    }

    /// Draws whether an event of this probability in percent happens.
    pub(crate) fn chance(&mut self, percent: f64) -> bool {
        let drawn = f64::from((self.roll() >> 32) as u32) / (f64::from(u32::MAX) + 1.0);
        drawn * 100.0 < percent
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.up_to(u32::try_from(last).unwrap_or(u32::MAX)) as usize;
            items.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_order_and_loses_nothing() {
        let order = |seed, round| {
            let mut items: Vec<u32> = (0..100).collect();
            Dice::new(seed, round).shuffle(&mut items);
            items
        };
        assert_eq!(order(7, 0), order(7, 0));
        assert_ne!(order(7, 0), order(7, 1));
        assert_ne!(order(7, 0), order(8, 0));
        let mut sorted = order(7, 0);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..100).collect::<Vec<u32>>());
        assert!((0..1_000).all(|round| Dice::new(1, round).up_to(3) <= 3));
    }

    #[test]
    fn a_chance_comes_about_as_often_as_it_says() {
        let hits = |percent| {
            (0..10_000)
                .filter(|round| Dice::new(3, *round).chance(percent))
                .count()
        };
        assert_eq!((hits(0.0), hits(100.0)), (0, 10_000));
        assert!((450..550).contains(&hits(5.0)), "{}", hits(5.0));
    }
}
