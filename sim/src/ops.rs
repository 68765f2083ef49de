//! What hosts, process managers and databases write beside the applications.

use crate::clock::{M, S, millis, offset, plain, syslog};
use crate::out::{Log, mark};
use crate::rng::Rng;

/// A host's syslog: its name and zone (old stamp: no year, no zone).
#[derive(Clone, Copy, Debug)]
pub struct Host {
    /// Host name.
    pub name: &'static str,
    /// Minutes east of UTC.
    pub off: i64,
}

impl Host {
    /// One syslog line.
    pub fn say(&self, log: &mut Log, t: i64, tag: &str, text: &str) {
        log.line(
            t,
            format!("{} {} {tag}: {text}", syslog(t, self.off), self.name),
        );
    }

    /// `systemctl restart`: stopping at `t`, started `wait` later. Marks a restart; `optional` when a deploy did it.
    pub fn restart(
        &self,
        log: &mut Log,
        t: i64,
        wait: i64,
        unit: &str,
        about: &str,
        optional: bool,
    ) {
        self.say(
            log,
            t,
            "systemd[1]",
            &format!("Stopping {unit}.service - {about}..."),
        );
        let up = t + wait;
        self.say(
            log,
            up - S / 10,
            "systemd[1]",
            &format!("{unit}.service: Deactivated successfully."),
        );
        self.say(
            log,
            up - S / 20,
            "systemd[1]",
            &format!("Stopped {unit}.service - {about}."),
        );
        let line = format!(
            "{} {} systemd[1]: Started {unit}.service - {about}.",
            syslog(up, self.off),
            self.name
        );
        let m = mark("restart").with("host", self.name);
        log.mark(
            up,
            line,
            if optional {
                m.with("optional", true).with("note", "part of a deploy")
            } else {
                m
            },
        );
    }

    /// The background of any host: cron, timers, DHCP, somebody's login.
    pub fn background(&self, log: &mut Log, span: (i64, i64), rng: &mut Rng) {
        let mut t = span.0 - span.0.rem_euclid(5 * M) + 5 * M + S;
        let mut pid = 2_000 + rng.below(20_000);
        while t < span.1 {
            pid += 3 + rng.below(40);
            if (t / (5 * M)) % 12 == 3 {
                self.say(
                    log,
                    t + 15 * S,
                    &format!("CRON[{pid}]"),
                    "(root) CMD (   cd / && run-parts --report /etc/cron.hourly)",
                );
            } else if (t / (5 * M)) % 3 == 0 {
                self.say(
                    log,
                    t,
                    &format!("CRON[{pid}]"),
                    "(root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)",
                );
            }
            let u = t + rng.range(5, 200) * S;
            match rng.below(24) {
                0 => self.say(log, u, "systemd-timesyncd[412]", "Timed out waiting for reply from 10.20.0.2:123 (ntp-1.internal)."),
                1..=3 => self.say(log, u, "kernel", &format!(
                    "[UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.{} LEN=44 TTL=241 ID={} PROTO=TCP SPT={} DPT=23 WINDOW=1024 SYN", 20 + rng.below(30), rng.below(65_000), 40_000 + rng.below(9_000))),
                4 => self.say(log, u, &format!("sshd[{pid}]"), &format!("Received disconnect from 192.0.2.77 port {}:11: Bye Bye [preauth]", 40_000 + rng.below(20_000))),
                _ => {}
            }
            t += 5 * M;
        }
    }
}

/// gunicorn's own log around a restart: the old master goes, the new one comes `wait` later.
pub fn gunicorn(
    log: &mut Log,
    t: i64,
    wait: i64,
    off: i64,
    bind: &str,
    pid: &mut u32,
    workers: u32,
) {
    let mut say = |t: i64, pid: u32, text: &str| {
        log.line(
            t,
            format!("[{} {}] [{pid}] [INFO] {text}", plain(t, off), offset(off)),
        );
    };
    if *pid != 0 {
        say(t, *pid, "Handling signal: term");
        for w in 1..=workers {
            say(
                t + S / 5,
                *pid + w,
                &format!("Worker exiting (pid: {})", *pid + w),
            );
        }
        say(t + wait - S, *pid, "Shutting down: Master");
    }
    *pid += 1_000 + (t / S % 700) as u32;
    say(t + wait, *pid, "Starting gunicorn 20.1.0");
    say(
        t + wait,
        *pid,
        &format!("Listening at: http://{bind} ({pid})"),
    );
    say(t + wait, *pid, "Using worker: sync");
    for w in 1..=workers {
        say(
            t + wait + i64::from(w) * S / 15,
            *pid + w,
            &format!("Booting worker with pid: {}", *pid + w),
        );
    }
}

/// A quiet PostgreSQL: checkpoints, now and then a constraint, a slow statement, a lost client.
pub fn postgres(log: &mut Log, span: (i64, i64), zone: (&str, i64), db: &str, rng: &mut Rng) {
    let (name, off) = zone;
    let say = |log: &mut Log, t: i64, pid: u32, rest: &str| {
        log.line(t, format!("{} {name} [{pid}] {rest}", millis(t, off, '.')))
    };
    let mut t = span.0 + 41 * S + 204_000;
    let keeper = 700 + rng.below(90);
    while t < span.1 {
        say(log, t, keeper, "LOG:  checkpoint starting: time");
        let n = 180 + rng.below(1800);
        let write = i64::from(n) * 100_000;
        if t + write + 40_000 < span.1 {
            say(
                log,
                t + write + 40_000,
                keeper,
                &format!(
                    "LOG:  checkpoint complete: wrote {n} buffers ({}.{}%); 0 WAL file(s) added, 0 removed, {} recycled; write={}.{:03} s, sync=0.0{:02} s, total={}.{:03} s; sync files={}, longest=0.00{} s, average=0.001 s; distance={} kB, estimate={} kB",
                    n / 164,
                    n % 164 / 17,
                    n / 900,
                    write / S,
                    write % S / 1000,
                    rng.below(40) + 10,
                    (write + 40_000) / S,
                    (write + 40_000) % S / 1000,
                    n / 12,
                    rng.below(8) + 1,
                    n * 9 + rng.below(400),
                    n * 9 + 1800
                ),
            );
        }
        let pid = 9_000 + rng.below(20_000);
        let u = t + rng.range(8, 280) * S + rng.range(0, 999_000);
        match rng.below(9) {
            0 | 1 => {
                say(
                    log,
                    u,
                    pid,
                    &format!(
                        "app@{db} ERROR:  duplicate key value violates unique constraint \"carts_session_id_key\""
                    ),
                );
                say(
                    log,
                    u,
                    pid,
                    &format!(
                        "app@{db} DETAIL:  Key (session_id)=({}) already exists.",
                        rng.hex(12)
                    ),
                );
                say(
                    log,
                    u,
                    pid,
                    &format!(
                        "app@{db} STATEMENT:  INSERT INTO carts (session_id, created_at) VALUES ($1, now())"
                    ),
                );
            }
            2 => say(
                log,
                u,
                pid,
                &format!(
                    "app@{db} LOG:  duration: {}.{:03} ms  statement: SELECT day, sum(total) FROM orders WHERE created_at > now() - interval '90 days' GROUP BY 1",
                    1100 + rng.below(2400),
                    rng.below(1000)
                ),
            ),
            3 => say(
                log,
                u,
                pid,
                &format!(
                    "app@{db} LOG:  could not receive data from client: Connection reset by peer"
                ),
            ),
            4 => say(
                log,
                u,
                pid,
                &format!(
                    "LOG:  automatic vacuum of table \"{db}.public.sessions\": index scans: 1"
                ),
            ),
            _ => {}
        }
        t += 5 * M + rng.range(20, 180) * 1000;
    }
}
