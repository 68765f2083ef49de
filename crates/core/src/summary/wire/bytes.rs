//! Bytes of logs as JSON: a string where they are UTF-8, else their hexadecimal digits, so that nothing is lost.
//! Numbers that are hashes are hexadecimal too: readers that keep numbers as floats would change them.

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes that are no text.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHex {
    hex: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Either {
    Text(String),
    Raw(RawHex),
}

impl Either {
    fn bytes<E: Error>(self) -> Result<Vec<u8>, E> {
        match self {
            Either::Text(s) => Ok(s.into_bytes()),
            Either::Raw(r) => digits(&r.hex)
                .ok_or_else(|| E::invalid_value(Unexpected::Str(&r.hex), &"pairs of digits")),
        }
    }
}

/// The bytes that hexadecimal digits spell.
fn digits(hex: &str) -> Option<Vec<u8>> {
    let value = |c: u8| char::from(c).to_digit(16).map(|d| d as u8);
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|p| match p {
            [a, b] => Some(value(*a)? << 4 | value(*b)?),
            _ => None,
        })
        .collect()
}

/// Hexadecimal digits of bytes.
fn spelt(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(bytes.len() * 2);
    // writing to a string cannot fail
    for b in bytes {
        let _ = write!(out, "{b:02x}");
    }
    out
}

/// Writes bytes.
pub(in crate::summary) fn serialize<S: Serializer>(
    bytes: impl AsRef<[u8]>,
    to: S,
) -> Result<S::Ok, S::Error> {
    let bytes = bytes.as_ref();
    match std::str::from_utf8(bytes) {
        Ok(text) => to.serialize_str(text),
        Err(_) => RawHex { hex: spelt(bytes) }.serialize(to),
    }
}

/// Reads bytes.
pub(in crate::summary) fn deserialize<'d, D: Deserializer<'d>, B: From<Vec<u8>>>(
    from: D,
) -> Result<B, D::Error> {
    Ok(Either::deserialize(from)?.bytes()?.into())
}

/// The same where there may be none.
pub(in crate::summary) mod maybe {
    use super::{Either, WireText};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in crate::summary) fn serialize<S: Serializer, B: AsRef<[u8]>>(
        bytes: &Option<B>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        bytes.as_ref().map(|b| WireText(b.as_ref())).serialize(to)
    }

    pub(in crate::summary) fn deserialize<'d, D: Deserializer<'d>, B: From<Vec<u8>>>(
        from: D,
    ) -> Result<Option<B>, D::Error> {
        let read = Option::<Either>::deserialize(from)?;
        Ok(read.map(Either::bytes).transpose()?.map(B::from))
    }
}

/// Bytes on their way out.
pub(in crate::summary) struct WireText<'a>(pub &'a [u8]);

impl Serialize for WireText<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        serialize(self.0, to)
    }
}

/// Bytes on their way in.
pub(in crate::summary) struct Read(pub Vec<u8>);

impl<'d> Deserialize<'d> for Read {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        deserialize(from).map(Read)
    }
}

/// A hash as 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::summary) struct Hash(pub u64);

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{:016x}", self.0))
    }
}

impl<'d> Deserialize<'d> for Hash {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let s = String::deserialize(from)?;
        u64::from_str_radix(&s, 16)
            .map(Hash)
            .map_err(|_| D::Error::invalid_value(Unexpected::Str(&s), &"16 hexadecimal digits"))
    }
}

/// A row of bytes that is no text at all, as digits.
pub struct Digits(
    /// The bytes.
    pub Vec<u8>,
);

impl Serialize for Digits {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&spelt(&self.0))
    }
}

impl<'d> Deserialize<'d> for Digits {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        let s = String::deserialize(from)?;
        digits(&s)
            .map(Digits)
            .ok_or_else(|| D::Error::custom("bytes are no pairs of digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(bytes: &[u8]) -> String {
        serde_json::to_string(&WireText(bytes)).unwrap()
    }

    #[test]
    fn text_stays_text_and_the_rest_is_spelt() {
        assert_eq!(written("naïve \"x\"".as_bytes()), r#""naïve \"x\"""#);
        assert_eq!(written(b"a\xffb"), r#"{"hex":"61ff62"}"#);
        assert_eq!(
            serde_json::to_string(&Hash(0xab)).unwrap(),
            "\"00000000000000ab\""
        );
    }

    #[test]
    fn what_is_no_spelling_is_refused() {
        for bad in [
            r#"{"hex":"6"}"#,
            r#"{"hex":"zz"}"#,
            "7",
            "null",
            r#"{"hex":"61","x":1}"#,
        ] {
            assert!(serde_json::from_str::<Read>(bad).is_err(), "{bad}");
        }
        assert!(serde_json::from_str::<Hash>("\"x\"").is_err());
    }

    proptest! {
        #[test]
        fn bytes_come_back(bytes in proptest::collection::vec(any::<u8>(), 0..40), text in ".{0,20}") {
            for b in [bytes, text.into_bytes()] {
                let read: Read = serde_json::from_str(&written(&b)).unwrap();
                prop_assert_eq!(read.0, b);
            }
        }
    }
}
