//! SplitMix64: fast, and the same on every machine.

pub(crate) struct Random(u64);

impl Random {
    /// Starts the numbers of one body. They do not depend on the bodies before it.
    pub(crate) fn new(seed: u64, place: u64) -> Self {
        let mut random = Self(seed);
        let seed = random.next();
        Self(seed ^ place.wrapping_mul(0xd134_2543_de82_ef95))
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Draws a number below `end`. 0 when `end` is 0.
    pub(crate) const fn below(&mut self, end: usize) -> usize {
        match end {
            0 => 0,
            end => (self.next() % end as u64) as usize,
        }
    }

    /// Draws true in so many of a hundred cases.
    pub(crate) const fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// Draws one element. The list must not be empty.
    pub(crate) fn pick<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }
}
