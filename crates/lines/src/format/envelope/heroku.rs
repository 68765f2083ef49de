//! Heroku's logplex: `TIME app[web.1]: text`, `TIME heroku[router]: at=error code=H12 … status=503`; and as its drains send it, a
//! syslog of RFC 5424 that leaves out the structured data (Heroku's "Log Drains"): `<158>1 TIME host app web.1 - text`. Fly.io's is
//! alike, with region and level behind the machine: `TIME app[3d8d9014b32d89] fra [info]text` (`fly logs`).

use super::{Inside, Outer, Peeled};
use crate::format::leaf::{
    Parser, alt, before_near, blank, delimited, digit1, opt, preceded, recognize, tag, take_while1,
};
use crate::time::Stamp;
use crate::time::stamp::iso;
use std::borrow::Cow;

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    let machine = of_machine(line);
    let is_machine = machine.is_some();
    let (text, at, dyno) = machine.or_else(|| drained(line)).or_else(|| shown(line))?;
    at.offset_min?;
    let mut outer = Outer::new(Some(at), Inside::Bare);
    // what the platform's interface says is about all of the application
    if dyno != b"api" {
        outer.host = Some(Cow::Borrowed(dyno));
        let process = dyno.split(|c| *c == b'.').next();
        outer.service = process.filter(|_| !is_machine).map(Cow::Borrowed);
    }
    Some(outer.around_text(text))
}

/// As `heroku logs` shows it.
fn shown(line: &[u8]) -> Option<(&[u8], Stamp, &[u8])> {
    line.get(10).filter(|c| **c == b'T')?;
    let source = preceded(alt((tag("app["), tag("heroku["))), before_near(b']', 64));
    let (text, (at, dyno, _)) = (iso, blank(source), tag(": ")).parse(line).ok()?;
    // what the platform's interface says is a release
    (dyno != b"api").then_some((text, at, dyno))
}

/// As Fly.io shows it.
fn of_machine(line: &[u8]) -> Option<(&[u8], Stamp, &[u8])> {
    line.get(10).filter(|c| **c == b'T')?;
    let by = alt((tag("app["), tag("runner["), tag("proxy[")));
    let letters = |i| take_while1(|c: u8| c.is_ascii_lowercase())(i);
    let level = (
        tag(" "),
        letters,
        tag(" ["),
        letters,
        tag("]"),
        opt(tag(" ")),
    );
    let machine = preceded(by, before_near(b']', 64));
    let (text, (at, id, _)) = (iso, blank(machine), recognize(level)).parse(line).ok()?;
    Some((text, at, id))
}

/// As a drain sends it.
fn drained(line: &[u8]) -> Option<(&[u8], Stamp, &[u8])> {
    let head = delimited(tag("<"), digit1, tag(">1 "));
    let source = preceded(
        alt((tag(" host app "), tag(" host heroku "))),
        before_near(b' ', 64),
    );
    let (text, (_, at, dyno, _)) = (head, iso, source, tag("- ")).parse(line).ok()?;
    (!text.starts_with(b"- ") && !text.starts_with(b"[")).then_some((text, at, dyno))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_of_fly_is_a_host_and_no_service() {
        let line =
            b"2025-03-18T11:16:47Z app[3d8d9014b32d89] fra [info]{\"level\":50,\"msg\":\"x\"}";
        let p = peel(line).unwrap();
        assert_eq!(&*p.text, br#"{"level":50,"msg":"x"}"#);
        assert_eq!(p.outer.host.as_deref(), Some(&b"3d8d9014b32d89"[..]));
        assert_eq!(p.outer.service, None);
        let p = peel(b"2025-03-18T11:16:47Z app[web.1]: up").unwrap();
        assert_eq!(p.outer.service.as_deref(), Some(&b"web"[..]));
    }
}
