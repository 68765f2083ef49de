//! Seeded logs for the benches: one writer per kind, realistic lengths, a little dirt, one stretch of failures.
//! Two hours of 2024-03-05, same bytes on every machine; nothing of the crate's parsers is used.
#![allow(dead_code, reason = "each bench uses its own part of this module")]

use std::io::Write;

/// A small generator of numbers (splitmix64 by Sebastiano Vigna).
pub struct Rng(u64);

impl Rng {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.bits() % n
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
}

/// When a line is written, and whether the service is failing then.
#[derive(Clone, Copy)]
pub struct At {
    ms: u64,
    bad: bool,
}

impl At {
    fn clock(self) -> String {
        let s = self.ms / 1000;
        format!("{:02}:{:02}:{:02}", 10 + s / 3600, s / 60 % 60, s % 60)
    }
    fn clf(self) -> String {
        format!("05/Mar/2024:{} +0100", self.clock())
    }
    fn iso(self) -> String {
        format!("2024-03-05T{}.{:03}Z", self.clock(), self.ms % 1000)
    }
    fn plain(self, mark: char) -> String {
        format!("2024-03-05 {}{mark}{:03}", self.clock(), self.ms % 1000)
    }
}

/// Writes one line (or record) without its newline.
type Line = fn(&mut Vec<u8>, &mut Rng, At) -> std::io::Result<()>;

/// A kind of log.
pub struct Kind {
    /// Name of the bench group.
    pub name: &'static str,
    /// A file name such as the logs of this kind have.
    pub file: &'static str,
    line: Line,
}

/// Every kind.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "web: nginx combined",
        file: "access.log",
        line: combined,
    },
    Kind {
        name: "web: JSON access",
        file: "access.json.log",
        line: json_access,
    },
    Kind {
        name: "web: nginx error",
        file: "error.log",
        line: nginx_error,
    },
    Kind {
        name: "web: LTSV",
        file: "access.ltsv",
        line: ltsv,
    },
    Kind {
        name: "web: HAProxy",
        file: "haproxy.log",
        line: haproxy,
    },
    Kind {
        name: "web: AWS ALB",
        file: "alb.log",
        line: alb,
    },
    Kind {
        name: "app: JSON lines",
        file: "app.json.log",
        line: json_lines,
    },
    Kind {
        name: "app: logfmt",
        file: "app.logfmt.log",
        line: logfmt,
    },
    Kind {
        name: "app: text with a time",
        file: "app.log",
        line: time_level_message,
    },
    Kind {
        name: "app: syslog",
        file: "syslog",
        line: syslog,
    },
    Kind {
        name: "app: PostgreSQL",
        file: "postgresql.log",
        line: postgres,
    },
    Kind {
        name: "app: klog",
        file: "kubelet.log",
        line: klog,
    },
    Kind {
        name: "wrapped: CRI",
        file: "orders-7d9f.log",
        line: cri,
    },
    Kind {
        name: "wrapped: Docker",
        file: "3f2a-json.log",
        line: docker,
    },
    Kind {
        name: "pager: PagerDuty",
        file: "pagerduty.jsonl",
        line: pagerduty,
    },
    Kind {
        name: "deploy: plain text",
        file: "deploy.log",
        line: deploy,
    },
];

/// The kind with this bench name.
pub fn kind(name: &str) -> &'static Kind {
    KINDS
        .iter()
        .find(|k| k.name == name)
        .expect("a kind of the table")
}

impl Kind {
    /// At least `bytes` bytes of whole lines, spread over two hours; the second quarter of the second hour is ill.
    pub fn write(&self, bytes: usize) -> Vec<u8> {
        self.write_seeded(bytes, 0xC0)
    }

    /// The same with another seed.
    pub fn write_seeded(&self, bytes: usize, seed: u64) -> Vec<u8> {
        let mut rng = Rng(seed);
        let mut out = Vec::with_capacity(bytes + 4096);
        while out.len() < bytes {
            let ms = (out.len() as u64 * 7_200_000) / bytes as u64;
            let bad = (4_500_000..5_400_000).contains(&ms);
            (self.line)(&mut out, &mut rng, At { ms, bad }).expect("memory");
            out.push(b'\n');
        }
        out
    }
}

const PATHS: &[&str] = &[
    "/",
    "/products/",
    "/search?q=blue+shoes&page=",
    "/api/v2/orders/",
    "/static/js/app.9f3b2c.js?v=",
    "/images/p/640/",
    "/cart?step=",
    "/account/orders?page=",
    "/blog/how-to-choose-a-tent-for-four/",
];
const AGENTS: &[&str] = &[
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (compatible; \\x22bot\\x22; +http://bots.example/info)",
    "okhttp/4.12.0",
];

fn status(r: &mut Rng, at: At) -> u16 {
    match r.below(1000) {
        d if at.bad && d < 700 => 502,
        0 => 500,
        1..=25 => 404,
        26..=60 => 304,
        61 => 499,
        _ => 200,
    }
}

fn address(r: &mut Rng) -> String {
    let x = r.bits();
    format!(
        "{}.{}.{}.{}",
        11 + x % 180,
        x >> 8 & 255,
        x >> 16 & 255,
        x >> 24 & 255
    )
}

fn request(r: &mut Rng) -> String {
    match r.below(2000) {
        0 => "\\x16\\x03\\x01\\x00\\xEE".into(),
        1 => format!("GET /login?next={} HTTP/1.1", "%2Faccount".repeat(90)),
        _ => {
            let method = r.pick(&["GET", "GET", "GET", "POST"]);
            format!("{method} {}{} HTTP/1.1", r.pick(PATHS), r.below(90_000))
        }
    }
}

fn combined(b: &mut Vec<u8>, r: &mut Rng, at: At) -> std::io::Result<()> {
    let referer = r.pick(&["-", "-", "https://www.example.org/products/all"]);
    write!(
        b,
        r#"{} - - [{}] "{}" {} {} "{referer}" "{}""#,
        address(r),
        at.clf(),
        request(r),
        status(r, at),
        r.below(48_000),
        r.pick(AGENTS)
    )
}

fn haproxy(b: &mut Vec<u8>, r: &mut Rng, at: At) -> std::io::Result<()> {
    write!(
        b,
        r#"{}:{} [{}.{:03}] www app/web0{} 0/0/0/{ms}/{ms} {} {} - - ---- 1/1/0/0/0 0/0 {{shop.example.com}} {{4.1.0}} "{}""#,
        address(r),
        1024 + r.below(60_000),
        &at.clf()[..20],
        r.below(1000),
        1 + r.below(4),
        status(r, at),
        r.below(48_000),
        request(r),
        ms = r.below(900),
    )
}

fn alb(b: &mut Vec<u8>, r: &mut Rng, at: At) -> std::io::Result<()> {
    let status = status(r, at);
    write!(
        b,
        r#"https 2024-03-05T{}Z app/shop-lb/50dc6c495c0c9188 {}:2817 10.0.0.{}:80 0.000 0.{:03} 0.000 {status} {status} 34 {} "{}" "{}" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/shop/73e2d6bc24d8a067 "Root=1-58337262-{:016x}" "www.example.com" "-" 0 2024-03-05T{}Z "forward" "-" "-" "10.0.0.1:80" "{status}" "-" "-""#,
        at.clock(),
        address(r),
        1 + r.below(4),
        r.below(1000),
        r.below(48_000),
        request(r),
        AGENTS[r.below(2) as usize],
        r.bits(),
        at.clock(),
    )
}

fn json_access(b: &mut Vec<u8>, r: &mut Rng, at: At) -> std::io::Result<()> {
    let (status, ms) = (status(r, at), r.below(1000));
    write!(
        b,
        r#"{{"time":"2024-03-05T{}+01:00","remote_addr":"{}","request":"{}","status":{status},"body_bytes_sent":{},"request_time":0.{ms:03},"upstream_addr":"10.0.1.{}:8080","upstream_status":"{status}","upstream_response_time":"0.{ms:03}","http_referer":"-","http_user_agent":"{}","request_id":"{:016x}"}}"#,
        at.clock(),
        address(r),
        request(r).replace("\\x", "\\u00"),
        r.below(48_000),
        1 + r.below(4),
        AGENTS[r.below(2) as usize],
        r.bits()
    )
}

fn nginx_error(b: &mut Vec<u8>, r: &mut Rng, at: At) -> std::io::Result<()> {
    let what = if at.bad {
        "connect() failed (111: Connection refused) while connecting to upstream"
    } else {
        "upstream timed out (110: Connection timed out) while reading response header from upstream"
    };
    write!(
        b,
        r#"2024/03/05 {} [error] {}#0: *{} {what}, client: {}, server: shop.example.com, request: "{}", upstream: "http://10.0.1.{}:8080/", host: "shop.example.com""#,
        at.clock(),
        900 + r.below(4),
        r.below(900_000),
        address(r),
        request(r),
        1 + r.below(4)
    )
}

fn ltsv(b: &mut Vec<u8>, r: &mut Rng, at: At) -> std::io::Result<()> {
    write!(
        b,
        "time:{}\thost:{}\treq:{}\tstatus:{}\tsize:{}\treqtime:0.{:03}\tua:{}",
        at.clf(),
        address(r),
        request(r),
        status(r, at),
        r.below(48_000),
        r.below(1000),
        r.pick(AGENTS)
    )
}

/// Level and message of an application.
fn said(r: &mut Rng, at: At) -> (&'static str, String) {
    match r.below(1000) {
        d if at.bad && d < 600 => (
            "error",
            "upstream call failed: dial tcp 10.0.3.7:5432: connect: connection refused".into(),
        ),
        0 => (
            "error",
            "unhandled: index out of range [4] with length 4".into(),
        ),
        1..=9 => (
            "warn",
            format!("slow query took {} ms", 800 + r.below(4000)),
        ),
        10..=300 => (
            "info",
            format!("order {} sent to the warehouse", r.below(900_000)),
        ),
        _ => (
            "info",
            "request completed within budget, answer sent".into(),
        ),
    }
}

fn json_lines(b: &mut Vec<u8>, r: &mut Rng, at: At) -> std::io::Result<()> {
    let (level, said) = said(r, at);
    write!(
        b,
        r#"{{"time":"{}","level":"{level}","service":"orders","host":"app-{}","msg":"{said}","path":"{}{}","status":{},"ms":{},"trace_id":"{:016x}"}}"#,
        at.iso(),
        r.below(8),
        r.pick(PATHS),
        r.below(90_000),
        status(r, at),
        r.below(400),
        r.bits()
    )
}

fn logfmt(b: &mut Vec<u8>, r: &mut Rng, at: At) -> std::io::Result<()> {
    let (level, said) = said(r, at);
    write!(
        b,
        r#"ts={} level={level} service=orders host=app-{} msg="{said}" path="{}{}" status={} ms={} trace_id={:016x}"#,
        at.iso(),
        r.below(8),
        r.pick(PATHS),
        r.below(90_000),
        status(r, at),
        r.below(400),
        r.bits()
    )
}

fn time_level_message(b: &mut Vec<u8>, r: &mut Rng, at: At) -> std::io::Result<()> {
    let (level, said) = said(r, at);
    write!(
        b,
        "{} {:5} [worker-{}] shop.orders - {said}",
        at.plain(','),
        level.to_uppercase(),
        r.below(16)
    )?;
    if level == "error" && r.below(4) == 0 {
        write!(
            b,
            "\njava.net.ConnectException: Connection refused\n\tat shop.Db.open(Db.java:41)\n\tat shop.Main.run(Main.java:9)"
        )?;
    }
    Ok(())
}

fn syslog(b: &mut Vec<u8>, r: &mut Rng, at: At) -> std::io::Result<()> {
    let (level, said) = said(r, at);
    write!(
        b,
        "Mar  5 {} app-{} orders[{}]: {} {said}",
        at.clock(),
        r.below(4),
        700 + r.below(9),
        level.to_uppercase()
    )
}

fn postgres(b: &mut Vec<u8>, r: &mut Rng, at: At) -> std::io::Result<()> {
    write!(
        b,
        "{} UTC [{}] shop@orders ",
        at.plain('.'),
        20_000 + r.below(300)
    )?;
    match r.below(100) {
        d if at.bad && d < 60 => write!(b, "FATAL:  sorry, too many clients already"),
        0 => write!(
            b,
            "ERROR:  deadlock detected\nDETAIL:  Process 20118 waits for ShareLock on transaction 7; blocked by process 20119."
        ),
        1..=5 => write!(
            b,
            "LOG:  checkpoint complete: wrote {} buffers (1.2%)",
            r.below(9000)
        ),
        _ => write!(
            b,
            "LOG:  duration: {}.{:03} ms  statement: SELECT id, total FROM orders WHERE id = {}",
            r.below(900),
            r.below(1000),
            r.below(90_000)
        ),
    }
}

fn klog(b: &mut Vec<u8>, r: &mut Rng, at: At) -> std::io::Result<()> {
    let (level, said) = said(r, at);
    let letter = level[..1].to_uppercase();
    write!(
        b,
        "{letter}0305 {}.{:03}000    4127 sync.go:{}] {said}",
        at.clock(),
        at.ms % 1000,
        100 + r.below(90)
    )
}

/// A line of logfmt as a container runtime keeps it.
fn cri(b: &mut Vec<u8>, r: &mut Rng, at: At) -> std::io::Result<()> {
    let iso = at.iso();
    write!(b, "{}000000Z stdout F ", iso.trim_end_matches('Z'))?;
    logfmt(b, r, at)
}

/// A line of plain text as Docker keeps it.
fn docker(b: &mut Vec<u8>, r: &mut Rng, at: At) -> std::io::Result<()> {
    let (level, said) = said(r, at);
    let iso = at.iso();
    write!(
        b,
        r#"{{"log":"{} {:5} [worker-{}] shop.orders - {said}\n","stream":"stdout","time":"{}000000Z"}}"#,
        at.plain(','),
        level.to_uppercase(),
        r.below(16),
        iso.trim_end_matches('Z')
    )
}

fn pagerduty(b: &mut Vec<u8>, r: &mut Rng, at: At) -> std::io::Result<()> {
    let (kind, n) = (
        r.pick(&["triggered", "acknowledged", "escalated", "resolved"]),
        r.below(5000),
    );
    write!(
        b,
        r#"{{"event":{{"id":"01{:016X}","event_type":"incident.{kind}","resource_type":"incident","occurred_at":"{}","agent":{{"id":"P{n}","type":"user_reference","summary":"Dana Example"}},"data":{{"id":"Q{n}","type":"incident","number":{n},"title":"shop 5xx ratio above 5 %","service":{{"id":"PS1","summary":"shop"}},"urgency":"high","status":"{kind}"}}}}}}"#,
        r.bits(),
        at.iso()
    )
}

fn deploy(b: &mut Vec<u8>, r: &mut Rng, at: At) -> std::io::Result<()> {
    write!(b, "{} INFO ", at.plain(','))?;
    match r.below(60) {
        0 => write!(
            b,
            "deploying orders version 4.{}.0 to production",
            r.below(40)
        ),
        1 => write!(
            b,
            "deploy of orders 4.{}.0 finished in {} s",
            r.below(40),
            r.below(400)
        ),
        2 => write!(b, "rolling back orders to 4.{}.0", r.below(40)),
        n => write!(
            b,
            "step {n}: copying release files to app-{}: {} files, 0 changed",
            r.below(8),
            r.below(4000)
        ),
    }
}
