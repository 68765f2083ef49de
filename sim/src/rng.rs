//! The one source of chance: splitmix64, seeded per case, integers only.
//! Nothing here reads the clock or the machine, so equal seeds give equal bytes.

/// A splitmix64 generator (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// A generator for `seed`; a different `stream` of one seed is independent of the others.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut rng = Rng(seed ^ stream.wrapping_mul(0xD134_2543_DE82_EF95));
        rng.bits();
        rng
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `0..n` (`n` ≥ 1).
    pub fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.bits() as u32) * u64::from(n)) >> 32) as u32
    }

    /// A number in `from..=to`.
    pub fn range(&mut self, from: i64, to: i64) -> i64 {
        from + i64::from(self.below((to - from + 1) as u32))
    }

    /// True in `num` of `den` cases.
    pub fn chance(&mut self, num: u32, den: u32) -> bool {
        self.below(den) < num
    }

    /// One of `items` (not empty).
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u32) as usize]
    }

    /// `n` lower-case hexadecimal digits (at most 16).
    pub fn hex(&mut self, n: usize) -> String {
        format!("{:016x}", self.bits())[..n].to_string()
    }

    /// A latency in microseconds around `ms` milliseconds with a long tail (up to about 25 times).
    pub fn latency_us(&mut self, ms: u32) -> i64 {
        let x = i64::from(self.below(1000));
        let tail = x * x / 1000 * x / 1000 * x / 1000 * x / 1000;
        let base = i64::from(ms) * 1000;
        base / 2 + base * i64::from(self.below(1000)) / 1000 + base * 20 * tail / 1000 * tail / 1000
    }
}
