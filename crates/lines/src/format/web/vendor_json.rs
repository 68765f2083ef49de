//! JSON access logs whose keys and units are a vendor's own: Cloudflare, Traefik, Envoy, Google Cloud, Azure, API gateways,
//! Suricata. Each is a table of where its keys go and a rule for what they mean together; one reader walks them all.

mod vendors;

use super::aws_alb::path_of;
use super::envoy::{cluster_service, cluster_subset};
use crate::format::flat_json::{Value, each};
use crate::format::leaf::{self, Unit, find};
use crate::format::{Format, Meta, pods, synonym};
use crate::record::{At, Body, Record, Request};
use crate::table;
use crate::time::Stamp;
use serde::Deserialize;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Where a value goes, as `vendors.txt` calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum To {
    /// The time at which the request came in, and at which it was answered: of several the first that is one.
    Start,
    End,
    Status,
    /// How long it took: with the unit behind the number, or in seconds, milliseconds, nanoseconds.
    Took,
    S,
    Ms,
    Ns,
    Bytes,
    Method,
    /// A path or URL.
    Path,
    /// An address, perhaps with a port.
    Client,
    Agent,
    Upstream,
    /// What the upstream answered, 0 where it was not asked.
    UpstreamStatus,
    Id,
    /// A service: as it is, a host, a name with its provider (`shop@docker`), or a cluster of Istio.
    Service,
    Site,
    Provided,
    Cluster,
    Version,
    /// Why it failed.
    Why,
    /// The number of the request since the start of the process.
    Count,
    /// What shows the kind of the line.
    Kind,
    /// What only lines of another kind hold.
    Other,
}

use To::*;

/// Where the values of keys go, each a path through objects (`http.status`).
type VendorKeys = Vec<(&'static str, To)>;

/// An access log in a vendor's keys.
pub struct VendorJson {
    pub(in crate::format) meta: Meta<'static>,
    /// Texts of which every line holds one.
    needles: Vec<&'static str>,
    keys: VendorKeys,
    /// Keys whose values count only where no other gave one.
    otherwise: VendorKeys,
    /// An object whose fields are read as if they stood outside of it; it may be text that holds the object.
    within: &'static str,
}

/// Every format that `vendors.txt` describes.
pub(in crate::format) static VENDORS: LazyLock<Vec<VendorJson>> = LazyLock::new(|| {
    let blocks = table::blocks(include_str!("vendor_json/vendors.txt"));
    let vendor = |block| VendorJson {
        meta: Meta::described(block),
        needles: table::value(block, "needles").split(' ').collect(),
        keys: keys(table::value(block, "keys")),
        otherwise: keys(table::value(block, "otherwise")),
        within: table::value(block, "within"),
    };
    blocks
        .map(vendor)
        .filter(|v| !v.meta.name.is_empty())
        .collect()
});

fn keys(list: &'static str) -> VendorKeys {
    let meaning = |of: &'static str| {
        let (to, keys) = of.split_once(' ')?;
        let to = table::named::<To>(to)?;
        Some(keys.split(' ').map(move |k| (k, to)))
    };
    list.split(" | ").filter_map(meaning).flatten().collect()
}

/// What the values of a line are.
#[derive(Default)]
struct LineValues<'a> {
    request: Request<'a>,
    status: Option<u16>,
    start: Option<Stamp>,
    end: Option<Stamp>,
    service: &'a [u8],
    version: &'a [u8],
    why: &'a [u8],
    kind: Option<&'a [u8]>,
    count: Option<u64>,
    is_other: bool,
}

impl<'a> LineValues<'a> {
    fn put(&mut self, to: To, v: &'a [u8], otherwise: bool) {
        if v.is_empty() && to != Kind {
            return;
        }
        let r = &mut self.request;
        let in_unit = |unit| leaf::decimal_us(v, unit).unwrap_or(-1);
        let (slot, v) = match to {
            Start => return self.start = self.start.or_else(|| synonym::time(v)),
            End => return self.end = self.end.or_else(|| synonym::time(v)),
            Status => return self.status = leaf::status(v),
            S => return r.latency_us = in_unit(Unit::Second),
            Ms => return r.latency_us = in_unit(Unit::Milli),
            Ns => return r.latency_us = in_unit(Unit::Nano),
            Took => {
                let took = leaf::with_unit(v).and_then(|(n, unit)| leaf::decimal_us(n, unit));
                return r.latency_us = took.unwrap_or(-1);
            }
            Bytes => return r.bytes = leaf::uint(v).unwrap_or(0),
            Count => return self.count = leaf::uint(v),
            Kind => return self.kind = Some(v),
            Other => return self.is_other = true,
            Method => (&mut r.method, v),
            Path if v.starts_with(b"/") => (&mut r.path, v),
            Path => (&mut r.path, path_of(v)),
            Client => (&mut r.client, leaf::without_port(v)),
            Agent => (&mut r.agent, v),
            Upstream => (&mut r.upstream, v),
            UpstreamStatus if v == b"0" => return,
            UpstreamStatus => (&mut r.upstream_status, v),
            Id => (&mut r.id, v),
            Service => (&mut self.service, v),
            Site => (&mut self.service, leaf::without_port(v)),
            Provided => (&mut self.service, pods::routed(v)),
            Cluster => {
                self.put(Version, cluster_subset(v).unwrap_or_default(), otherwise);
                let name = cluster_service(v).unwrap_or_default();
                (&mut self.service, name)
            }
            Version => (&mut self.version, v),
            Why => (&mut self.why, v),
        };
        if !v.is_empty() && (slot.is_empty() || !otherwise) {
            *slot = v;
        }
    }
}

impl VendorJson {
    /// Reads the fields of an object whose own keys begin with `path`.
    fn read<'a>(&self, object: &'a [u8], path: &str, e: &mut LineValues<'a>) -> Option<()> {
        each(object, |key, v| {
            let own = !key.is_empty() && key == self.within.as_bytes();
            match v {
                Value::Object(o) if own => {
                    let _ = self.read(o, path, e);
                }
                Value::Str(s) if own => escaped(s, |key, v| self.put(path, key, v, e)),
                Value::Object(o) => {
                    self.put(path, key, b"", e);
                    if let Some(inner) = self.inside(path, key) {
                        let _ = self.read(o, inner, e);
                    }
                }
                v => {
                    if let Some(v) = v.text().filter(|v| *v != b"-") {
                        self.put(path, key, v, e);
                    }
                }
            }
        })
    }

    fn put<'a>(&self, path: &str, key: &[u8], v: &'a [u8], e: &mut LineValues<'a>) {
        let is = |k: &&str| {
            k.len() == path.len() + key.len() && k.as_bytes().ends_with(key) && k.starts_with(path)
        };
        let find = |keys: &VendorKeys| keys.iter().find(|(k, _)| is(k)).map(|(_, to)| *to);
        if let Some(to) = find(&self.keys) {
            e.put(to, v, false);
        } else if let Some(to) = find(&self.otherwise) {
            e.put(to, v, true);
        }
    }

    /// What the paths of the keys within an object begin with; `None` where no key lies in it.
    fn inside(&self, path: &str, key: &[u8]) -> Option<&'static str> {
        let end = path.len() + key.len();
        let mut names = self.keys.iter().chain(&self.otherwise);
        names.find_map(|(n, _)| {
            let within = n.strip_prefix(path)?.as_bytes();
            (within.starts_with(key) && within.get(key.len()) == Some(&b'.')).then_some(())?;
            n.get(..=end)
        })
    }
}

impl Format for VendorJson {
    fn meta(&self) -> Meta<'_> {
        self.meta
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let held = |n: &&str| find(line, n.as_bytes()).is_some();
        if line.first() != Some(&b'{') || !self.needles.iter().any(held) {
            return None;
        }
        let mut e = LineValues::default();
        e.request.latency_us = -1;
        self.read(line, "", &mut e)?;
        vendors::finish(self.meta.name, &mut e)?;
        e.request.status = e.status?;
        let name = |b: &'a [u8]| (!b.is_empty()).then_some(Cow::Borrowed(b));
        Some(Record {
            stamped: if e.start.is_some() {
                At::Start
            } else {
                At::End
            },
            service: name(e.service),
            version: name(e.version),
            ..Record::new(Some(e.start.or(e.end)?), Body::Request(e.request))
        })
    }
}

/// Calls `f` with the keys and values of a flat object that lies in a string: its quotes are `\"`. It ends where a value holds an
/// escape of its own.
fn escaped<'a>(object: &'a [u8], mut f: impl FnMut(&'a [u8], &'a [u8])) {
    let Some(mut rest) = object.strip_prefix(b"{") else {
        return;
    };
    while let Some((key, behind)) = in_quotes(rest.trim_ascii_start()) {
        let Some(b) = behind.strip_prefix(b":").map(<[u8]>::trim_ascii_start) else {
            return;
        };
        let (value, behind) = match in_quotes(b) {
            Some(x) => x,
            None => {
                let n = b.iter().position(|c| matches!(c, b',' | b'}' | b'\\'));
                b.split_at(n.unwrap_or(b.len()))
            }
        };
        f(key, value);
        match behind.strip_prefix(b",") {
            Some(next) => rest = next,
            None => return,
        }
    }
}

/// What stands between `\"` and `\"` at the start, and what follows it.
fn in_quotes(b: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = b.strip_prefix(b"\\\"")?;
    let n = memchr::memchr(b'\\', inner)?;
    Some((&inner[..n], inner[n..].strip_prefix(b"\\\"")?))
}
