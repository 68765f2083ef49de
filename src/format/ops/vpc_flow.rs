//! Flow logs of AWS VPCs in their default order: `2 account interface source target port port protocol packets bytes start end
//! ACCEPT OK`, with or without the line that names the fields. A flow that was refused is a warning.

use crate::format::Format;
use crate::format::leaf;
use crate::record::{Body, Kind, Level, Message, Record};
use crate::time::stamp;
use std::borrow::Cow;

/// Flow logs of VPCs.
pub struct VpcFlow;

impl Format for VpcFlow {
    fn name(&self) -> &str {
        "VPC flow log"
    }
    fn kind(&self) -> Kind {
        Kind::System
    }
    fn about(&self) -> &str {
        "flow logs of AWS VPCs in their default order"
    }
    fn may_begin(&self, first: u8) -> bool {
        matches!(first, b'2' | b'v')
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if line.starts_with(b"version account-id interface-id ") {
            return Some(Record::new(None, Body::Nothing));
        }
        let rest = line.strip_prefix(b"2 ")?;
        let mut f = rest.split(|c| *c == b' ');
        let mut next = || f.next().filter(|w| !w.is_empty());
        let (_account, eni) = (next()?, next()?);
        let (source, target, _, port) = (next()?, next()?, next()?, next()?);
        let (_protocol, _packets, _bytes) = (next()?, next()?, next()?);
        let (_start, end) = (next()?, next()?);
        let (action, status) = (next()?, next()?);
        if !eni.starts_with(b"eni-") || next().is_some() {
            return None;
        }
        let stamp = stamp::whole(end).filter(|_| leaf::uint(end).is_some())?;
        let level = match action {
            b"ACCEPT" | b"-" => Level::Info,
            b"REJECT" => Level::Warn,
            _ => return None,
        };
        let text = match action {
            b"-" => status.to_vec(),
            _ => [action, b" ", source, b" to ", target, b":", port].concat(),
        };
        let m = Message {
            text: Cow::Owned(text),
            ..Message::new(level, b"")
        };
        Some(Record {
            host: Some(Cow::Borrowed(eni)),
            ..Record::new(Some(stamp), Body::Message(m))
        })
    }
    fn sample(&self) -> &str {
        "2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1773147840 1773147900 REJECT OK"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows() {
        let r = VpcFlow.parse(VpcFlow.sample().as_bytes()).unwrap();
        assert_eq!(r.stamp.unwrap().wall_us, 1_773_147_900_000_000);
        let Body::Message(m) = r.body else { panic!() };
        assert_eq!(
            (m.level, &*m.text),
            (Level::Warn, &b"REJECT 172.31.9.69 to 172.31.9.12:3389"[..])
        );
        let none = b"2 123456789010 eni-1 - - - - - - - 1773147840 1773147900 - NODATA";
        let Body::Message(m) = VpcFlow.parse(none).unwrap().body else {
            panic!()
        };
        assert_eq!(&*m.text, b"NODATA");
        for other in [
            "2 apples",
            "2 123456789010 eth0 a b 1 2 6 20 4249 1773147840 1773147900 REJECT OK",
            "2 123456789010 eni-1 a b 1 2 6 20 4249 yesterday today REJECT OK",
            "",
        ] {
            assert!(VpcFlow.parse(other.as_bytes()).is_none(), "{other}");
        }
    }
}
