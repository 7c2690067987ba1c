//! Measured values and their limits.

/// A measured value and its limit.
pub(crate) struct Bar {
    what: String,
    measured: f64,
    /// `<` or `>`.
    relation: &'static str,
    bound: f64,
}

impl Bar {
    pub(crate) fn most(what: impl Into<String>, measured: f64, bound: f64) -> Self {
        Self {
            what: what.into(),
            measured,
            relation: "<",
            bound,
        }
    }

    pub(crate) fn least(what: impl Into<String>, measured: f64, bound: f64) -> Self {
        Self {
            relation: ">",
            ..Self::most(what, measured, bound)
        }
    }

    fn holds(&self) -> bool {
        match self.relation {
            ">" => self.measured >= self.bound,
            _ => self.measured <= self.bound,
        }
    }
}

/// Shows all bars. Ends the proof when one does not hold and `strict` is set.
pub(crate) fn judge(bars: &[Bar], strict: bool) {
    println!();
    for bar in bars {
        println!(
            "{:64} {:>10.2} {} {:<8} {}",
            bar.what,
            bar.measured,
            bar.relation,
            bar.bound,
            if bar.holds() {
                "holds"
            } else {
                "DOES NOT HOLD"
            }
        );
    }
    let held = bars.iter().all(Bar::holds);
    assert!(held || !strict, "not every bar holds");
}
