//! The most likely way through scores between two states, "normal" and "bad" (Viterbi). What is scored is known elsewhere.

/// The most likely states along some scores, where each change costs as much; so does beginning as bad.
pub(super) struct TwoStates {
    cost: f64,
    normal: f64,
    bad: f64,
    /// Bit 0: the best way to "normal" came from "bad"; bit 1: the best way to "bad" came from "normal".
    ways: Vec<u8>,
}

impl TwoStates {
    pub(super) fn new(cost: f64) -> Self {
        TwoStates {
            cost,
            normal: 0.0,
            bad: -cost,
            ways: Vec::new(),
        }
    }

    /// Begins where the way leads through "normal".
    pub(super) fn begin(&mut self) {
        self.ways.clear();
        self.bad = self.normal - self.cost;
    }

    pub(super) fn step(&mut self, score: f64) {
        let (n, b) = (self.normal, self.bad);
        let to_normal = u8::from(b - self.cost > n);
        let to_bad = u8::from(n - self.cost > b);
        self.ways.push(to_normal | to_bad << 1);
        self.normal = n.max(b - self.cost);
        self.bad = b.max(n - self.cost) + score;
    }

    /// Whether the way leads through "normal" here, whatever follows.
    pub(super) fn is_normal(&self) -> bool {
        self.bad < self.normal - self.cost
    }

    /// The states since the beginning (true = bad).
    pub(super) fn states(&self) -> Vec<bool> {
        let mut state = self.bad > self.normal;
        let mut out = vec![false; self.ways.len()];
        for (o, f) in out.iter_mut().zip(&self.ways).rev() {
            *o = state;
            state = if state { f & 2 == 0 } else { f & 1 != 0 };
        }
        out
    }
}

/// Most likely states (true = bad), where each change costs `cost`; so does beginning as bad.
pub(super) fn viterbi(scores: &[f64], cost: f64) -> Vec<bool> {
    let mut pass = TwoStates::new(cost);
    scores.iter().for_each(|s| pass.step(*s));
    pass.states()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_must_earn_both_changes() {
        // 21 nats in a row are less than two changes at 11, 23 are more; at the end of the log one change is enough.
        let around = |x: f64| [vec![-1.0; 5], vec![x; 3], vec![-1.0; 40]].concat();
        assert!(viterbi(&around(7.0), 11.0).iter().all(|b| !b));
        let found = viterbi(&around(23.0 / 3.0), 11.0);
        let bad: Vec<usize> = (0..found.len()).filter(|&i| found[i]).collect();
        assert_eq!(bad, [5, 6, 7]);
        let tail = viterbi(&[-1.0, -1.0, 6.0, 6.0], 11.0);
        assert_eq!(tail, [false, false, true, true]);
    }
}
