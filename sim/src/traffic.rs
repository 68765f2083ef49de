//! Requests through an edge to a small fleet of application servers, each with a planned fate.
//! Gives the hits (what access and application logs tell) and the edge's own complaints.

use crate::clock::S;
pub use crate::hit::{Complaint, Hit, Load, Server, State, Traffic, Try, impact};
use crate::rng::Rng;
use crate::site::{CRAWLERS, Client, Route, SCANS, clients};

struct Edge<'a> {
    load: &'a Load<'a>,
    rng: Rng,
    turn: usize,
    shunned: Vec<i64>,
    cid: u64,
    out: Traffic,
}

const CONNECT: &str = "while connecting to upstream";
const HEADER: &str = "while reading response header from upstream";

/// Runs the load.
pub fn run(load: &Load) -> Traffic {
    let mut rng = Rng::new(load.seed, 1);
    let people = clients(load.visitors, &mut rng);
    let cid = 20_000 + u64::from(rng.below(400_000));
    let out = Traffic {
        hits: Vec::new(),
        complaints: Vec::new(),
    };
    let mut edge = Edge {
        load,
        rng,
        turn: 0,
        shunned: vec![0; load.servers.len()],
        cid,
        out,
    };
    let slot = S / 20;
    let slots = (load.span.1 - load.span.0) / slot;
    for i in 0..slots {
        let base = load.span.0 + i * slot;
        if i % 200 == 7 {
            edge.check(base + 12_345);
        }
        let t = base + i64::from(edge.rng.below(slot as u32));
        if edge.rng.below(1_000_000) < load.curve.rate(t) * 50 {
            edge.visit(t, &people);
        }
    }
    let mut out = edge.out;
    out.hits.sort_by_key(|h| h.end);
    out.complaints.sort_by_key(|c| c.t);
    out
}

impl Edge<'_> {
    fn check(&mut self, t: i64) {
        let route = Route {
            weight: 0,
            method: "GET",
            path: self.load.site.health,
            span: 1,
            bytes: 35,
            ok: 200,
            ms: 2,
            app: true,
        };
        let hit = self.blank(
            t,
            self.load.checker.to_string(),
            "GET",
            route.path.to_string(),
            "blackbox-probe/0.24",
        );
        self.upstream(hit, &route);
    }

    fn blank(
        &mut self,
        t: i64,
        ip: String,
        method: &'static str,
        path: String,
        agent: &'static str,
    ) -> Hit {
        self.cid += 1 + u64::from(self.rng.below(3));
        Hit {
            start: t,
            end: t,
            ip,
            user: 0,
            method,
            path,
            status: 200,
            bytes: 0,
            referer: "-".into(),
            agent,
            tries: Vec::new(),
            cid: self.cid,
            planned: false,
            id: self.rng.hex(12),
        }
    }

    fn visit(&mut self, t: i64, people: &[Client]) {
        match self.rng.below(1000) {
            0..=5 => self.scan(t),
            6..=45 => {
                let (agent, prefix) = *self.rng.pick(&CRAWLERS);
                let ip = format!("{prefix}{}", self.rng.below(10));
                let route = *self.rng.pick(self.load.site.routes);
                let route = if route.method == "GET" && route.app {
                    route
                } else {
                    self.load.site.routes[0]
                };
                let path = self.path(&route);
                let hit = self.blank(t, ip, "GET", path, agent);
                self.serve(hit, &route);
            }
            _ => {
                let n = people.len() as u32;
                let who = &people[(self.rng.below(n).min(self.rng.below(n))) as usize];
                let route = self.route();
                let path = self.path(&route);
                let mut hit = self.blank(t, who.ip.clone(), route.method, path, who.agent);
                hit.user = who.user;
                hit.referer = match self.rng.below(20) {
                    0 | 1 if route.app => "https://www.google.com/".into(),
                    2..=6 => "-".into(),
                    _ => format!("https://{}/", self.load.site.host),
                };
                self.serve(hit, &route);
            }
        }
    }

    fn route(&mut self) -> Route {
        let total: u32 = self.load.site.routes.iter().map(|r| r.weight).sum();
        let mut at = self.rng.below(total);
        for r in self.load.site.routes {
            if at < r.weight {
                return *r;
            }
            at -= r.weight;
        }
        self.load.site.routes[0]
    }

    fn path(&mut self, route: &Route) -> String {
        let n = self.rng.below(route.span).min(self.rng.below(route.span)) + 1;
        let mut path = route.path.replace('#', &n.to_string());
        if route.app && route.method == "GET" && !path.contains('?') && self.rng.chance(1, 50) {
            path.push_str("?utm_source=newsletter&utm_medium=email&utm_campaign=spring%20sale");
        }
        path
    }

    fn scan(&mut self, t: i64) {
        let (method, path) = *self.rng.pick(&SCANS);
        let ip = format!("192.0.2.{}", 60 + self.rng.below(24));
        let agent = if self.rng.chance(1, 2) {
            "-"
        } else {
            "Mozilla/5.0 zgrab/0.x"
        };
        let mut hit = self.blank(t, ip, method, path.to_string(), agent);
        hit.end = t + self.rng.latency_us(1);
        (hit.status, hit.bytes) = if method.is_empty() {
            (400, 157)
        } else {
            (404, 153)
        };
        if method == "GET" && path.ends_with(".php") {
            self.missing(&hit);
        }
        self.out.hits.push(hit);
    }

    fn missing(&mut self, hit: &Hit) {
        let file = format!(
            "{}{}",
            self.load.site.root,
            hit.path.split('?').next().unwrap_or("")
        );
        let what = format!("open() \"{file}\" failed (2: No such file or directory)");
        self.complain(hit, hit.end, "error", &what, None);
    }

    fn complain(&mut self, hit: &Hit, t: i64, level: &'static str, what: &str, to: Option<&str>) {
        let site = self.load.site;
        let mut text = format!(
            "*{} {what}, client: {}, server: {}, request: \"{}\"",
            hit.cid,
            hit.ip,
            site.server,
            hit.line()
        );
        if let Some(to) = to {
            text.push_str(&format!(", upstream: \"http://{to}{}\"", hit.path));
        }
        text.push_str(&format!(", host: \"{}\"", site.host));
        if hit.referer != "-" {
            text.push_str(&format!(", referrer: \"{}\"", hit.referer));
        }
        self.out.complaints.push(Complaint { t, level, text });
    }

    fn serve(&mut self, mut hit: Hit, route: &Route) {
        if route.app {
            return self.upstream(hit, route);
        }
        hit.end = hit.start + self.rng.latency_us(route.ms);
        hit.status = route.ok;
        hit.bytes = route.bytes;
        if route.ok == 404 {
            hit.bytes = 153;
            self.missing(&hit);
        } else if self.rng.chance(3, 10) {
            (hit.status, hit.bytes) = (304, 0);
        }
        self.out.hits.push(hit);
    }

    fn spared(&self, t: i64) -> bool {
        self.load.spared.iter().any(|(a, b)| (*a..=*b).contains(&t))
    }

    fn upstream(&mut self, mut hit: Hit, route: &Route) {
        let servers = self.load.servers;
        let mut now = hit.start;
        for _ in 0..servers.len() {
            let Some(i) = self.next_server(now) else {
                break;
            };
            let (since, state) = servers[i].state(now);
            match state {
                State::Refused | State::Dark => {
                    let early = state == State::Dark && now - since < 20 * S;
                    let (us, status, what) = if state == State::Refused {
                        (
                            self.rng.latency_us(1),
                            502,
                            "connect() failed (111: Connection refused)",
                        )
                    } else if early {
                        (
                            5 * S + 1_000,
                            504,
                            "upstream timed out (110: Connection timed out)",
                        )
                    } else {
                        (
                            3 * S + self.rng.latency_us(20),
                            502,
                            "connect() failed (113: No route to host)",
                        )
                    };
                    now += us;
                    self.shunned[i] = now + 10 * S;
                    self.complain(
                        &hit,
                        now,
                        "error",
                        &format!("{what} {CONNECT}"),
                        Some(servers[i].addr),
                    );
                    hit.tries.push(Try {
                        server: Some(i),
                        status,
                        us,
                    });
                    hit.planned = true;
                }
                State::Up | State::Failing(_) => {
                    self.answer(&mut hit, route, i, state, &mut now);
                    hit.end = now;
                    self.out.hits.push(hit);
                    return;
                }
            }
        }
        if hit.tries.is_empty() {
            hit.tries.push(Try {
                server: None,
                status: 502,
                us: 0,
            });
            self.complain(
                &hit,
                now,
                "error",
                &format!("no live upstreams {CONNECT}"),
                Some(self.load.site.upstream),
            );
            hit.planned = true;
        }
        let last = hit.tries.last().map_or(502, |t| t.status);
        hit.end = now + 200;
        (hit.status, hit.bytes) = (last, if last == 504 { 167 } else { 157 });
        self.out.hits.push(hit);
    }

    fn next_server(&mut self, now: i64) -> Option<usize> {
        let n = self.load.servers.len();
        for step in 1..=n {
            let i = (self.turn + step) % n;
            if self.shunned[i] <= now {
                self.turn = i;
                return Some(i);
            }
        }
        None
    }

    fn answer(&mut self, hit: &mut Hit, route: &Route, i: usize, state: State, now: &mut i64) {
        let health = hit.path == self.load.site.health;
        let mut us = self.rng.latency_us(route.ms);
        hit.planned = false;
        (hit.status, hit.bytes) = (route.ok, route.bytes + self.rng.below(route.bytes / 8 + 1));
        let bad = self.rng.below(100_000) < self.load.bad_luck && !self.spared(*now);
        if let State::Failing(share) = state
            && !health
            && self.rng.below(1000) < share
        {
            us = self.rng.latency_us(9);
            (hit.status, hit.bytes, hit.planned) = (500, 265, true);
        } else if bad && !health {
            let addr = self.load.servers[i].addr;
            match self.rng.below(4) {
                0 => {
                    let what = format!("upstream prematurely closed connection {HEADER}");
                    self.complain(hit, *now + us, "error", &what, Some(addr));
                    (hit.status, hit.bytes) = (502, 157);
                }
                1 => {
                    us = 30 * S + 1_000;
                    let what = format!("upstream timed out (110: Connection timed out) {HEADER}");
                    self.complain(hit, *now + us, "error", &what, Some(addr));
                    (hit.status, hit.bytes) = (504, 167);
                }
                _ => (hit.status, hit.bytes) = (500, 265),
            }
        } else if !health {
            self.ordinary(hit, route, &mut us);
        }
        *now += us;
        let status = if hit.status == 499 { 0 } else { hit.status };
        hit.tries.push(Try {
            server: Some(i),
            status,
            us,
        });
    }

    /// The small change of every day: visitors leave, sessions end, things are not found.
    fn ordinary(&mut self, hit: &mut Hit, route: &Route, us: &mut i64) {
        match self.rng.below(1000) {
            0..=1 => {
                *us = 2 * S + self.rng.latency_us(400);
                (hit.status, hit.bytes) = (499, 0);
            }
            2..=7 if route.method == "GET" && route.span > 1 => {
                (hit.status, hit.bytes) = (404, 1_180)
            }
            8..=60 if route.path.starts_with("/account") => (hit.status, hit.bytes) = (401, 61),
            8..=40 if route.path.contains("login") => (hit.status, hit.bytes) = (401, 61),
            8..=9 if route.method == "POST" => (hit.status, hit.bytes) = (422, 148),
            _ => {}
        }
    }
}
