//! What the name of a pod of Kubernetes shows: its workload and its service. Names only.

use crate::format::leaf::uint;

/// The workload of a pod (`shop-cart` of `shop-cart-7f9c64b5bd-x2x8q`): what stands before the hash of its replica set and
/// its own five letters. `None` for other names.
pub fn workload(pod: &[u8]) -> Option<&[u8]> {
    let dash = memchr::memrchr(b'-', pod)?;
    let (set, own) = (&pod[..dash], &pod[dash + 1..]);
    let dash = memchr::memrchr(b'-', set)?;
    let (name, hash) = (&set[..dash], &set[dash + 1..]);
    let low = |b: &[u8]| {
        b.iter()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    let fits = own.len() == 5
        && (5..=10).contains(&hash.len())
        && hash.iter().any(u8::is_ascii_digit)
        // a date is none
        && !hash.iter().all(u8::is_ascii_digit)
        && low(own)
        && low(hash)
        && name.first().is_some_and(u8::is_ascii_lowercase)
        && name.len() <= 128;
    fits.then_some(name)
}

/// The service of a pod: its workload, without the version that deployments beside each other bear (`cart` of
/// `cart-v2-7f9c64b5bd-x2x8q`).
pub fn service_of_pod(pod: &[u8]) -> Option<&[u8]> {
    let name = workload(pod)?;
    let version = memchr::memmem::rfind(name, b"-v");
    let version = version.filter(|at| uint(&name[at + 2..]).is_some());
    Some(version.map_or(name, |at| &name[..at]))
}

/// A name without its provider and without the hash of the route that Traefik puts behind it (`payments-shop` of
/// `payments-shop-cb2c9d103726594f2107@kubernetescrd`).
pub fn routed(name: &[u8]) -> &[u8] {
    let name = name.split(|c| *c == b'@').next().unwrap_or(name);
    let Some(dash) = memchr::memrchr(b'-', name) else {
        return name;
    };
    let hash = &name[dash + 1..];
    let is_hash = hash.len() == 20 && hash.iter().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
    if is_hash { &name[..dash] } else { name }
}

/// The service of the pod that a message names by a field of that name (`pod="shop/cart-6b9f4cc8d7-2m4kd"`): what a node says of
/// a pod is not of the node.
pub fn of_pod(text: &[u8]) -> Option<&[u8]> {
    let at = memchr::memmem::find(text, b"pod=\"")? + 5;
    let end = memchr::memchr(b'"', &text[at..])?;
    let name = text[at..at + end].rsplit(|c| *c == b'/').next()?;
    service_of_pod(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};

    #[test]
    fn what_a_node_says_of_a_pod_is_of_its_service() {
        holds("service of a pod", |t| {
            or_dash(of_pod(t.as_bytes()).map(String::from_utf8_lossy))
        });
    }
}
