//! The fields of a record as a person checks them: names and values, in a fixed order.

use crate::cli::diagnostics::escaped;
use coroner::program::record::{At, Body, Message, Record};
use coroner::program::report::rfc3339;
use coroner::program::time::{Calendar, Dated, Instant, Stamp};
use coroner::settings::Zone;
use std::borrow::Cow;

/// Names and values; what is absent is left out. A format of the user's shows the values of its own names too.
pub(super) fn fields(rec: &Record<'_>, own: Vec<(String, Cow<'_, [u8]>)>) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut put = |name: &str, value: &[u8]| {
        if !value.is_empty() && value != b"-" {
            out.push((name.to_owned(), short(value)));
        }
    };
    if let Some(s) = rec.stamp {
        let moment = match rec.stamped {
            At::Start => " (start)",
            At::End => "",
            At::Read => " (read)",
        };
        put("time", format!("{}{moment}", time(s)).as_bytes());
    }
    for (name, value) in [
        ("host", &rec.host),
        ("service", &rec.service),
        ("version", &rec.version),
    ] {
        put(name, value.as_deref().unwrap_or_default());
    }
    match &rec.body {
        Body::Request(r) => {
            put("status", r.status.to_string().as_bytes());
            put("method", r.method);
            put("path", r.path);
            put("client", r.client);
            if r.latency_us >= 0 {
                put(
                    "latency",
                    format!("{} s", r.latency_us as f64 / 1e6).as_bytes(),
                );
            }
            put("upstream", r.upstream);
            put("upstream_status", r.upstream_status);
            put("id", r.id);
            r.message.iter().for_each(|m| message(m, &mut put));
        }
        Body::Message(m) | Body::Detail(m) => message(m, &mut put),
        Body::Notices(all) | Body::Header(all) => {
            for n in all {
                put("marker", n.kind.word().as_bytes());
                put("title", &n.title);
                let part = |v: &Option<Cow<'_, [u8]>>| v.as_deref().unwrap_or_default().to_vec();
                put("service", &part(&n.service));
                put("version", &part(&n.version));
                put("actor", &part(&n.actor));
            }
        }
        Body::Several(all) => put("records", all.len().to_string().as_bytes()),
        Body::Nothing => put("header", b"understood, says nothing"),
    }
    out.extend(
        own.into_iter()
            .filter(|(_, v)| !v.is_empty())
            .map(|(n, v)| (format!("={n}"), short(&v))),
    );
    out
}

fn message(m: &Message<'_>, put: &mut impl FnMut(&str, &[u8])) {
    put(
        "level",
        format!("{:?}", m.level).to_ascii_lowercase().as_bytes(),
    );
    put("message", &m.text);
    put("error", m.error.as_deref().unwrap_or_default());
}

/// At most 60 characters, made harmless.
fn short(value: &[u8]) -> String {
    let text = escaped(value);
    match text.char_indices().nth(60) {
        Some((i, _)) => format!("{}…", &text[..i]),
        None => text,
    }
}

fn time(s: Stamp) -> String {
    if let Some(t) = s.instant() {
        let zone = Zone::Fixed(s.offset_min.unwrap_or_default());
        return rfc3339(t, zone);
    }
    let open = match s.dated {
        Dated::NoYear => " without a year",
        Dated::Either | Dated::LikelyMonthFirst => " or the other way round",
        Dated::NoDate => " without a date",
        _ => "",
    };
    // any calendar will do to write what is there
    let calendar = Calendar {
        start: Some(0),
        ..Calendar::default()
    };
    let wall = match s.dated {
        Dated::NoYear => s.wall_us,
        _ => calendar.complete(s).map_or(s.wall_us, |s| s.wall_us),
    };
    let text = rfc3339(Instant(wall), Zone::UTC);
    let text = text.trim_end_matches('Z').trim_end_matches("+00:00");
    let text = match s.dated {
        Dated::NoYear => text.get(5..).unwrap_or(text),
        Dated::NoDate => text.get(11..).unwrap_or(text),
        _ => text,
    };
    format!("{text}{open}, no zone")
}
