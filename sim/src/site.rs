//! Who asks for what: the pages of a site, its visitors, crawlers and scanners, and how many come when.
//! Plain data; the traffic is made from it in `traffic`.

use crate::clock::{M, hour_minute};
use crate::rng::Rng;

/// One kind of request that a site answers.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// Share among the visitors' requests.
    pub weight: u32,
    /// GET, POST, …
    pub method: &'static str,
    /// Path; `#` stands for a number in `1..=span`.
    pub path: &'static str,
    /// See `path`.
    pub span: u32,
    /// Usual body size in bytes.
    pub bytes: u32,
    /// Status when all is well.
    pub ok: u16,
    /// Usual time in milliseconds.
    pub ms: u32,
    /// Answered by an application server (else by the edge itself).
    pub app: bool,
}

/// Shorthand for a route of the application.
pub const fn app(
    weight: u32,
    method: &'static str,
    path: &'static str,
    span: u32,
    bytes: u32,
    ok: u16,
    ms: u32,
) -> Route {
    Route {
        weight,
        method,
        path,
        span,
        bytes,
        ok,
        ms,
        app: true,
    }
}

/// Shorthand for a file that the edge serves.
pub const fn file(weight: u32, path: &'static str, span: u32, bytes: u32, ok: u16) -> Route {
    Route {
        weight,
        method: "GET",
        path,
        span,
        bytes,
        ok,
        ms: 1,
        app: false,
    }
}

/// A site as its edge sees it.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// Host header.
    pub host: &'static str,
    /// `server_name` as the error log prints it.
    pub server: &'static str,
    /// Name of the upstream group.
    pub upstream: &'static str,
    /// What is asked for.
    pub routes: &'static [Route],
    /// Document root, named in the error log.
    pub root: &'static str,
    /// Path of the health check, answered by the application without its dependencies.
    pub health: &'static str,
}

/// Requests per second over the day, in thousandths, with the noise of single minutes.
#[derive(Clone, Copy, Debug)]
pub struct Curve {
    /// Thousandths of a request per second at 100 %.
    pub base: u32,
    /// Per cent of `base` for each hour of the local day.
    pub hours: [u32; 24],
    /// Minutes east of UTC of the visitors' day.
    pub off: i64,
}

/// A working day of shop visitors.
pub const DAY: [u32; 24] = [
    34, 26, 20, 17, 18, 24, 38, 58, 80, 94, 100, 104, 108, 106, 102, 100, 100, 102, 106, 112, 114,
    104, 80, 54,
];

impl Curve {
    /// The rate at `t`.
    pub fn rate(&self, t: i64) -> u32 {
        let (h, m) = hour_minute(t, self.off);
        let (a, b) = (
            i64::from(self.hours[h]),
            i64::from(self.hours[(h + 1) % 24]),
        );
        let percent60 = a * (60 - m) + b * m;
        let noise = i64::from(Rng::new(t.div_euclid(M) as u64, 77).below(160)) - 80;
        (i64::from(self.base) * percent60 / 6000 * (1000 + noise) / 1000) as u32
    }
}

const AGENTS: [&str; 12] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/113.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.0.0 Safari/537.36 Edg/112.0.1722.58",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.4 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 16_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.4 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 13; SM-A536B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 12; TECNO KI5k) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/111.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/112.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:109.0) Gecko/20100101 Firefox/112.0",
    "Mozilla/5.0 (iPad; CPU OS 15_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/112.0.5615.167 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 11; Infinix X688B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/20.0 Chrome/106.0.5249.126 Mobile Safari/537.36",
    "okhttp/4.10.0",
    "Mozilla/5.0 (compatible; \\x22Opera Mini\\x22; rv:12.4.1) Presto/2.12.423 Version/12.16",
];

/// Crawlers: agent and address prefix.
pub const CRAWLERS: [(&str, &str); 4] = [
    (
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "192.0.2.1",
    ),
    (
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "192.0.2.4",
    ),
    (
        "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
        "192.0.2.7",
    ),
    (
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "192.0.2.9",
    ),
];

/// What scanners ask for; an empty method is a raw request line.
pub const SCANS: [(&str, &str); 10] = [
    ("GET", "/wp-login.php"),
    ("GET", "/.env"),
    ("POST", "/xmlrpc.php"),
    ("GET", "/.git/config"),
    ("GET", "/phpmyadmin/index.php?lang=en"),
    ("GET", "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php"),
    (
        "",
        "\\x16\\x03\\x01\\x00\\xF1\\x01\\x00\\x00\\xED\\x03\\x03",
    ),
    ("GET", "/cgi-bin/luci/;stok=/locale?form=country"),
    ("", ""),
    ("GET", "/actuator/health"),
];

/// A visitor: address, agent and account number.
#[derive(Clone, Debug)]
pub struct Client {
    /// IPv4 or IPv6 address from the documentation ranges.
    pub ip: String,
    /// User agent as the access log escapes it.
    pub agent: &'static str,
    /// Account number.
    pub user: u32,
}

/// `n` visitors.
pub fn clients(n: u32, rng: &mut Rng) -> Vec<Client> {
    (0..n)
        .map(|i| Client {
            ip: match rng.below(30) {
                0 => format!(
                    "2001:db8:{:x}:{:x}::{:x}",
                    rng.below(4096),
                    rng.below(64),
                    rng.range(1, 0xffff)
                ),
                1..=9 => format!("203.0.113.{}", rng.range(1, 254)),
                10..=14 => format!("192.0.2.{}", rng.range(100, 254)),
                _ => format!("198.51.100.{}", rng.range(1, 254)),
            },
            agent: AGENTS[(rng.below(12).min(rng.below(13))) as usize % AGENTS.len()],
            user: 10_200 + i * 7 + rng.below(7),
        })
        .collect()
}
