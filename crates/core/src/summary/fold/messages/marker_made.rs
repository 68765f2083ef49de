//! The marker of a line, by what its notice, its request, its form or its words state. What is found in them is not decided here.

use super::{cap, own};
use crate::summary::{LineAt, Marker, Seen};
use coroner_lines::format::pods::of_pod;
use coroner_lines::marker::{self, Hit};
use coroner_lines::record::{Body, Kind, MarkerKind, Message, Notice, Record};
use coroner_lines::text::environment::released_by;

impl Marker {
    /// The marker of a typed notice.
    pub(crate) fn of_notice(
        us: Option<i64>,
        at: LineAt<'_>,
        rank: usize,
        rec: &Record<'_>,
        n: &Notice<'_>,
    ) -> Marker {
        Marker {
            seen: Seen::new(us.unwrap_or(0), at.pos, at.bytes()).with_more(at.more),
            rank: rank.min(usize::from(u16::MAX)) as u16,
            timed: us.is_some(),
            kind: n.kind,
            class: n.class,
            confidence: n.confidence,
            text: cap(&n.title, 300),
            group: own(&n.group),
            actor: own(&n.actor),
            host: own(&rec.host),
            service: own(&n.service)
                .or_else(|| own(&rec.service))
                .or_else(|| marker::fields::service(&n.title).map(|s| cap(s, 128))),
            version: own(&n.version).or_else(|| own(&rec.version)),
            typed: true,
            package: n.package,
        }
    }

    /// The marker of a request that changes something by what it asks.
    #[cold]
    pub(in crate::summary) fn of_request(
        us: i64,
        at: LineAt<'_>,
        host: Option<&[u8]>,
        (method, path): (&[u8], &[u8]),
        kind: MarkerKind,
    ) -> Marker {
        let path = path.split(|c| *c == b'?').next().unwrap_or_default();
        let text = [method, b" ", path].concat();
        let n = Notice::new(kind, text);
        let mut m = Marker::of_notice(Some(us), at, 0, &Record::new(None, Body::Nothing), &n);
        m.host = host.map(|h| cap(h, 128));
        m.confidence = 80;
        m
    }

    /// The marker that a line states by its form.
    pub(super) fn of_form(
        seen: Seen,
        timed: bool,
        rec: &Record<'_>,
        m: &Message<'_>,
        kind: MarkerKind,
        scope: Kind,
    ) -> Marker {
        let hit = Hit {
            kind,
            class: None,
            confidence: 90,
        };
        let rank = usize::from(u16::MAX);
        Marker {
            typed: true,
            ..Marker::of_hit(seen, timed, rank, rec, &m.text, hit, scope)
        }
    }

    /// The marker that the words of a line state.
    pub(in crate::summary) fn of_hit(
        seen: Seen,
        timed: bool,
        rank: usize,
        rec: &Record<'_>,
        text: &[u8],
        hit: Hit,
        scope: Kind,
    ) -> Marker {
        Marker {
            actor: marker::fields::actor(text).map(|s| cap(s, 64)),
            version: marker::fields::version(text)
                .map(|s| cap(s, 64))
                .or_else(|| own(&rec.version)),
            ..Marker::without_actor(seen, timed, rank, rec, text, hit, scope)
        }
    }

    /// The same without who did it and which version it names: where many of a kind are counted as one, nobody asks for them.
    pub(super) fn without_actor(
        seen: Seen,
        timed: bool,
        rank: usize,
        rec: &Record<'_>,
        text: &[u8],
        hit: Hit,
        scope: Kind,
    ) -> Marker {
        let named = || marker::fields::service(text).map(|s| cap(s, 128));
        let writer = own(&rec.service);
        // what a deploy tool or pager says is about the service it names, not about itself; in the log of a system, where the
        // tag is that of a program, and where a number stands for it, a release is of what the line names or of nothing known; so is
        // what somebody typed, which a shell or a sentry logs
        use MarkerKind as K;
        let release = matches!(
            hit.kind,
            K::DeployStart | K::DeployFinish | K::RollbackStart | K::RollbackFinish
        );
        let pod = of_pod(text).map(|s| cap(s, 128));
        // `shop-deploy` releases `shop`, `deploy` what its lines name
        let about = |w: Vec<u8>| match std::str::from_utf8(&w).ok().and_then(released_by) {
            Some(of) if release => Some(of.as_bytes().to_vec()),
            _ => Some(w).filter(|w| !marker::fields::is_tool(w)),
        };
        let service = match scope {
            _ if pod.is_some() => pod,
            _ if marker::typed(text).is_some() => named(),
            _ if release && (scope == Kind::System || marker::fields::is_numbered(text)) => named(),
            _ if release || matches!(scope, Kind::Deploy | Kind::Pager) => {
                named().or(writer.and_then(about))
            }
            _ if hit.kind == K::ConfigChange => writer.and_then(about).or_else(named),
            _ => writer.or_else(named),
        };
        Marker {
            seen,
            rank: rank.min(usize::from(u16::MAX)) as u16,
            timed,
            kind: hit.kind,
            class: hit.class,
            confidence: hit.confidence,
            text: cap(text, 300),
            group: match hit.kind {
                K::AlertFired | K::AlertAcknowledged | K::AlertResolved | K::AlertEscalated => {
                    marker::fields::incident(text).map(|s| cap(s, 64))
                }
                _ => None,
            },
            actor: None,
            host: own(&rec.host),
            service,
            version: None,
            typed: false,
            package: false,
        }
    }
}
