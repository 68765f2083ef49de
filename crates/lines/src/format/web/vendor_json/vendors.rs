//! What the values of each vendor's lines mean together. Where its keys go stands in `vendors.txt`.

use super::LineValues;
use crate::format::web::clf::tail::stated_twice;
use crate::format::web::envoy::{level, said};
use crate::record::{Level, Message};

/// What a line of that format means; `None` where it is of another kind.
pub(super) fn finish(format: &str, e: &mut LineValues<'_>) -> Option<()> {
    match format {
        "Envoy JSON" => {
            let status = e.status?;
            let why = (!e.why.is_empty()).then(|| Message::new(level(status), said(e.why)));
            e.request.message = why;
        }
        "traefik JSON" => e.request.message = (e.count == Some(1)).then(stated_twice),
        "Cloudflare" => {
            let trouble = trouble_with_origin(e.status?);
            e.request.message = trouble.map(|t| Message::new(Level::Error, t));
            if let (Some(start), Some(end), -1) = (e.start, e.end, e.request.latency_us) {
                e.request.latency_us = (end.instant()?.0 - start.instant()?.0).max(-1);
            }
        }
        "GCP HTTP request" => {
            (e.kind.is_some() && !e.is_other).then_some(())?;
            if e.status? >= 500 && !e.why.is_empty() {
                // `failed_to_connect_to_backend` is said of one request, in the words of a sentence
                let words = e.why.iter().map(|c| if *c == b'_' { b' ' } else { *c });
                e.request.message = Some(Message::new(Level::Error, words.collect::<Vec<u8>>()));
            }
        }
        "Azure access log" => {
            let ends = [&b"AccessLog"[..], b"HTTPLogs"];
            e.kind.filter(|k| ends.iter().any(|end| k.ends_with(end)))?;
            if e.status? >= 500 && !e.why.is_empty() && e.why != b"NoError" {
                e.request.message = Some(Message::new(Level::Error, e.why));
            }
        }
        "Suricata HTTP" => {
            // a request that nobody answered has no status
            e.status.get_or_insert(0);
            (e.kind == Some(b"http") && !e.request.method.is_empty()).then_some(())?;
        }
        _ => {}
    }
    Some(())
}

/// What Cloudflare's own codes say of the origin.
fn trouble_with_origin(status: u16) -> Option<&'static [u8]> {
    Some(match status {
        520 => b"520: the origin returned an unknown error",
        521 => b"521: the origin refused the connection",
        522 => b"522: connection to the origin timed out",
        523 => b"523: the origin is unreachable",
        524 => b"524: the origin took too long to answer",
        525 => b"525: TLS handshake with the origin failed",
        526 => b"526: the certificate of the origin is invalid",
        530 => b"530: name resolution of the origin failed",
        _ => return None,
    })
}
