//! What the name of a log or of a service says of the program, whichever container, pod or worker of it that is. Names only.

use coroner_lines::format::pods::{service_of_pod, workload};

/// The name of a log without the ids of containers and the hashes of pods in it: `api_*-json.log` of `api_9d6a1701ff41-json.log`;
/// `None` where it has none.
pub(super) fn without_instance(name: &str) -> Option<Box<str>> {
    let id = |w: &str| {
        let hex = w.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
        hex && w.len() >= 8
            && w.bytes().any(|c| c.is_ascii_digit())
            && !w.bytes().all(|c| c.is_ascii_digit())
    };
    let part = |token: &str| match workload(token.as_bytes()) {
        Some(name) => format!("{}-*", String::from_utf8_lossy(name)),
        None => {
            let words = token.split('-').map(|w| if id(w) { "*" } else { w });
            words.collect::<Vec<_>>().join("-")
        }
    };
    let sign = |c: char| "/_.".contains(c);
    let whole: String = name
        .split_inclusive(sign)
        .map(|t| match t.strip_suffix(sign) {
            Some(token) => part(token) + &t[token.len()..],
            None => part(t),
        })
        .collect();
    (whole != name).then(|| whole.into())
}

/// The name that the workers and slots of one service have in common: `tmm` of `tmm3`, `quote` of `quote-blue`; the name itself where
/// it is of none.
pub(super) fn without_worker(name: &[u8]) -> &[u8] {
    let digits = name.iter().rev().take_while(|c| c.is_ascii_digit()).count();
    let slots: [&[u8]; 2] = [b"blue", b"green"];
    let of_slot = slots.into_iter().find_map(|s| name.strip_suffix(s));
    let base = of_slot.unwrap_or(&name[..name.len() - digits]);
    let base = base
        .strip_suffix(b"-")
        .or(base.strip_suffix(b"_"))
        .unwrap_or(base);
    let named = base.len() > 1
        && base
            .iter()
            .all(|c| c.is_ascii_alphanumeric() || b"-_".contains(c));
    let version = base.ends_with(b"-v");
    if named && !version && base.iter().any(u8::is_ascii_alphabetic) {
        base
    } else {
        name
    }
}

/// The service of the pod that a log is called after: `cart` of `prod_cart-7f9c64b5bd-x2x8q_app.log`.
pub(super) fn service_of_log(name: &str) -> Option<&str> {
    let mut tokens = name.rsplit(['/', '_', '.']);
    let service = tokens.find_map(|t| service_of_pod(t.as_bytes()))?;
    std::str::from_utf8(service).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};

    #[test]
    fn logs_are_called_after_services_pods_and_containers() {
        holds("service of a log", |t| or_dash(service_of_log(t)));
        holds("log without an instance", |t| or_dash(without_instance(t)));
        holds("service without its worker", |t| {
            String::from_utf8_lossy(without_worker(t.as_bytes())).into_owned()
        });
    }
}
