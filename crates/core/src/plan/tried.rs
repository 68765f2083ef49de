//! Formats in the order in which lines of an input are tried with them, and how that order is written down.
//! Which format accepts a line is for the formats; which come first is for `sniff`.

use super::{PlanConfig, units};
use crate::error::{Error, Result};
use coroner_lines::format::frame::Frame;
use coroner_lines::format::{FORMATS, Format, custom};
use coroner_lines::text::nearest;
use serde::{Deserialize, Serialize};
use std::ops::Deref;
use std::sync::Arc;

/// The format of which a line is where only a label stands in front of its time.
pub(super) const LAST_RESORT: &str = "text with a label and a time";

/// A format that lines are tried with.
#[derive(Clone)]
pub enum Tried {
    /// One of the registry.
    Listed(&'static dyn Format),
    /// One made for this run, and what it was made of.
    Made(Arc<dyn Format>, Arc<custom::Definition>),
}

impl Deref for Tried {
    type Target = dyn Format;

    #[inline]
    fn deref(&self) -> &Self::Target {
        match self {
            Tried::Listed(f) => *f,
            Tried::Made(f, _) => &**f,
        }
    }
}

/// A format that goes before those of the registry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Front {
    Listed(String),
    Made(Box<custom::Definition>),
}

/// How the order of the formats of an input is made anew: the same program makes the same of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// Those that the user wants first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    front: Vec<Front>,
    /// Places, among all of them, of those that the sample shows. The others follow in their order.
    seen: Vec<u16>,
    /// Whether numbers at the end of access lines are microseconds.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    micros: bool,
}

impl Recipe {
    /// The recipe of an order over formats of which `front` come before those of the registry.
    pub(super) fn new(front: &[Tried], order: &[usize], micros: bool) -> Recipe {
        let front = front.iter().map(|t| match t {
            Tried::Listed(f) => Front::Listed(f.name().to_owned()),
            Tried::Made(_, d) => Front::Made(Box::new((**d).clone())),
        });
        // what follows in the order of the places needs no saying
        let sorted = order.iter().rev().zip(order.iter().rev().skip(1));
        let tail = 1 + sorted.take_while(|(b, a)| a < b).count();
        let seen = order.iter().take(order.len().saturating_sub(tail));
        Recipe {
            front: front.collect(),
            seen: seen.filter_map(|i| u16::try_from(*i).ok()).collect(),
            micros,
        }
    }

    /// The formats, in their order. The error is a sentence.
    pub(super) fn formats(
        &self,
        frame: Option<&'static Frame>,
    ) -> std::result::Result<Vec<Tried>, String> {
        let front = self.front.iter().map(|f| match f {
            Front::Listed(name) => FORMATS
                .iter()
                .find(|f| f.name() == name)
                .map(|f| Tried::Listed(*f))
                .ok_or_else(|| format!("there is no format {name}")),
            Front::Made(d) => custom::compile(d)
                .map(|f| Tried::Made(Arc::from(f), Arc::new((**d).clone())))
                .map_err(|e| e.to_string()),
        });
        let front: Vec<Tried> = front.collect::<std::result::Result<_, _>>()?;
        let mut all: Vec<Option<Tried>> = all(&front, frame).into_iter().map(Some).collect();
        if self.micros {
            units::micros(&mut all);
        }
        let mut order = Vec::with_capacity(all.len());
        for i in &self.seen {
            let format = all.get_mut(usize::from(*i)).and_then(Option::take);
            order.push(format.ok_or("the order of the formats is none")?);
        }
        order.extend(all.into_iter().flatten());
        Ok(order)
    }
}

/// Those that the user wants first, that of the frame, and the registry; then what is told by its time alone.
pub(super) fn all(front: &[Tried], frame: Option<&'static Frame>) -> Vec<Tried> {
    let framed = frame.and_then(|f| f.format).map(Tried::Listed);
    let listed = FORMATS.iter().map(|f| Tried::Listed(*f));
    let timed =
        |t: &Tried| matches!(t, Tried::Made(_, d) if matches!(d.spec, custom::Spec::Time(_)));
    let (last, first): (Vec<Tried>, Vec<Tried>) = front.iter().cloned().partition(timed);
    let front = first.into_iter().chain(framed);
    front.chain(listed).chain(last).collect()
}

/// The format that was probably meant, by its name or the first word of it.
fn meant(asked: &str) -> Option<&'static str> {
    let names: Vec<&'static str> = FORMATS.iter().map(|b| b.name()).collect();
    let first = |n: &&'static str| n.split(' ').next().unwrap_or(n);
    nearest(asked, &names).or_else(|| {
        let firsts: Vec<&'static str> = names.iter().map(first).collect();
        let word = nearest(asked, &firsts)?;
        names.iter().copied().find(|n| first(n) == word)
    })
}

/// The format that the user wants an input to be read with.
pub(super) fn forced(name: &str, config: &PlanConfig) -> Result<Option<Tried>> {
    let Some(f) = config.formats.iter().rev().find(|f| f.applies(name)) else {
        return Ok(None);
    };
    let mut own = config.own_formats.iter();
    if let Some(o) = own.find(|o| o.format.name().eq_ignore_ascii_case(&f.value)) {
        return Ok(Some(Tried::Made(o.format.clone(), o.definition.clone())));
    }
    if let Some(spec) = custom::Spec::guess(&f.value) {
        let def = custom::Definition::new(spec.word(), spec);
        let made = custom::compile(&def).map_err(|e| {
            Error::usage(
                "--format",
                e.render(&f.value),
                "copy the string as it stands in the configuration of the writer",
            )
        })?;
        return Ok(Some(Tried::Made(Arc::from(made), Arc::new(def))));
    }
    match FORMATS
        .iter()
        .find(|b| b.name().eq_ignore_ascii_case(&f.value))
    {
        Some(b) => Ok(Some(Tried::Listed(*b))),
        None => Err(Error::usage(
            format!("--format {}", f.value),
            match meant(&f.value) {
                Some(near) => format!("no such format; did you mean {near}?"),
                None => "no such format".into(),
            },
            "coroner formats lists them, coroner formats --try FILE says which one fits",
        )),
    }
}
