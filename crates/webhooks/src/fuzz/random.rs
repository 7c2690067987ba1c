//! SplitMix64: fast, and the same on every machine.

pub(super) struct Random(u64);

impl Random {
    /// Starts the numbers of one run. They do not depend on the runs before it.
    pub(super) fn new(seed: u64, run: u64) -> Self {
        let mut random = Self(seed);
        let seed = random.next();
        Self(seed ^ run.wrapping_mul(0xd134_2543_de82_ef95))
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Draws a number below `end`. 0 when `end` is 0.
    pub(super) const fn below(&mut self, end: usize) -> usize {
        match end {
            0 => 0,
            end => (self.next() % end as u64) as usize,
        }
    }

    /// Draws one element, if there is any.
    pub(super) fn pick<'t, T>(&mut self, of: &'t [T]) -> Option<&'t T> {
        of.get(self.below(of.len()))
    }
}
