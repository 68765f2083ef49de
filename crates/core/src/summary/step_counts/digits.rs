//! Numbers in base 128 with the lowest digit first, in which all digits but the last have the highest bit (LEB128), from both
//! ends. What they count is known elsewhere.

/// Numbers as they are written, three at most.
#[derive(Default)]
pub(in crate::summary) struct NumberWriter {
    bytes: [u8; 32],
    len: usize,
}

impl NumberWriter {
    pub(in crate::summary) fn of(numbers: &[u64]) -> NumberWriter {
        let mut all = NumberWriter::default();
        for n in numbers {
            let mut n = *n;
            while n >= 128 {
                all.bytes[all.len] = n as u8 | 128;
                all.len += 1;
                n >>= 7;
            }
            all.bytes[all.len] = n as u8;
            all.len += 1;
        }
        all
    }

    pub(in crate::summary) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// The number that is written there; goes behind it.
#[inline(always)]
pub(in crate::summary) fn number(bytes: &[u8], at: &mut usize) -> u64 {
    match bytes.get(*at) {
        // most of them
        Some(digit) if *digit < 128 => {
            *at += 1;
            u64::from(*digit)
        }
        _ => long_number(bytes, at),
    }
}

fn long_number(bytes: &[u8], at: &mut usize) -> u64 {
    let (mut n, mut shift) = (0, 0);
    while let Some(digit) = bytes.get(*at) {
        *at += 1;
        n |= u64::from(digit & 127) << (shift & 63);
        if *digit < 128 {
            break;
        }
        shift += 7;
    }
    n
}

/// The number that is written last; leaves those before it.
pub(super) fn number_before(bytes: &mut &[u8]) -> Option<u64> {
    // only the last digit of a number lacks the bit
    let (_, digits) = bytes.split_last()?;
    let more = digits.iter().rev().take_while(|d| **d >= 128).count();
    let (before, last) = bytes.split_at(digits.len() - more);
    *bytes = before;
    Some(number(last, &mut 0))
}
