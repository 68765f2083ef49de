//! Parts as JSON, for engines, files and pipes: how each piece of a [`super::Part`] is written down and read back.
//! Nothing is lost and nothing depends on the order in which it came, so that equal parts are equal bytes. What is read is held
//! to the bounds that counting keeps, since a file may hold anything. Which parts fit together is for `file`.

pub(super) mod bytes;
mod counts;
pub mod file;
mod lines;
mod named;
mod sound;

pub use bytes::Digits;
pub(super) use counts::span;

/// What a reader says of a value that counting never makes.
fn unheard<E: serde::de::Error>(what: &str) -> E {
    E::custom(format!("{what} is out of bounds"))
}
