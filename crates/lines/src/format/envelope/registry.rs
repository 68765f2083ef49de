//! The wrappers that are known: what each is for and how its lines begin stands in `wrappers.txt`, what takes it off in its file.

use super::{
    Peeled, beats, carried, cloudwatch, compose, cri, delivery, docker, export, fluent, gcp, grep,
    heroku, indent, job_trace, journald, kubectl, loki, papertrail, rsyslog_json, syslog,
};
use crate::format::meta::class;
use crate::table;
use std::sync::LazyLock;

/// What takes a wrapper off one line; `None` when it has another or none. A pure function of the line: no state, no panic.
type Peel = fn(&[u8]) -> Option<Peeled<'_>>;

/// A wrapper.
pub struct Envelope {
    /// Its name, as reports print it.
    pub name: &'static str,
    /// One line in this wrapper.
    pub sample: &'static str,
    /// Whether it cuts long lines, so that the pieces must be joined in order.
    pub cuts_lines: bool,
    /// Whether it is one only where most lines of an input are in it, and in no other wrapper.
    pub of_whole_files: bool,
    /// The bytes that lines in it begin with, as a class of [`Meta::begins`](crate::format::Meta::begins).
    pub begins: &'static [u8],
    /// Keys in their quotes of which every object in this wrapper holds one; none, where that is not said.
    pub keys: Vec<&'static str>,
    /// Takes the wrapper off one line.
    pub peel: Peel,
}

impl Envelope {
    /// What a block says that has a name.
    fn described(block: &'static str) -> Option<Envelope> {
        let value = |key| table::value(block, key);
        let (name, peel) = *PEELS.iter().find(|p| p.0 == value("name"))?;
        Some(Envelope {
            name,
            sample: value("sample"),
            cuts_lines: !value("cuts").is_empty(),
            of_whole_files: !value("whole").is_empty(),
            begins: class(value("begins")),
            keys: value("keys")
                .split(" | ")
                .filter(|k| !k.is_empty())
                .collect(),
            peel,
        })
    }
}

/// Every wrapper; the first that accepts a line has it.
pub static ENVELOPES: LazyLock<Vec<Envelope>> = LazyLock::new(|| {
    let blocks = table::blocks(include_str!("wrappers.txt"));
    blocks.filter_map(Envelope::described).collect()
});

/// What takes each of them off a line.
static PEELS: [(&str, Peel); 21] = [
    ("docker json-file", docker::peel),
    ("journald JSON", journald::peel),
    ("syslog JSON", rsyslog_json::peel),
    ("Loki", loki::peel),
    ("export row", export::peel),
    ("shipper JSON", beats::peel),
    ("Google Cloud entry", gcp::peel),
    ("CloudWatch", cloudwatch::peel),
    ("Fluent Bit", fluent::fluent_bit),
    ("Fluentd", fluent::fluentd),
    ("CRI", cri::peel),
    ("CI job log", job_trace::peel),
    ("kubectl logs", kubectl::peel),
    ("docker compose", compose::peel),
    ("delivery", delivery::peel),
    ("grep", grep::peel),
    ("Heroku", heroku::peel),
    ("Papertrail archive", papertrail::peel),
    ("indent", indent::peel),
    ("object around a line", carried::peel),
    ("syslog", syslog::peel),
];
