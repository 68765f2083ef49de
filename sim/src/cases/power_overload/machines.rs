//! What machines write when their power goes and comes back: UPS, monitoring, restore script, database host.
//! The plan of the outage is in the module above.

use crate::clock::{Day, S, millis, plain, syslog};
use crate::ops::{Host, postgres};
use crate::out::{Log, mark};
use crate::rng::Rng;

/// A machine that comes up after its power was cut.
pub(super) fn booted(host: &Host, log: &mut Log, boot: i64) {
    let t = boot - 9 * S;
    host.say(log, t, "kernel", "[    0.000000] Linux version 5.10.0-21-amd64 (debian-kernel@lists.debian.org) (gcc-10 (Debian 10.2.1-6) 10.2.1 20210110) #1 SMP Debian 5.10.162-1 (2023-01-21)");
    host.say(log, t, "kernel", "[    0.000000] Command line: BOOT_IMAGE=/boot/vmlinuz-5.10.0-21-amd64 root=/dev/mapper/vg0-root ro quiet");
    host.say(
        log,
        t + S,
        "kernel",
        "[    3.114210] EXT4-fs (dm-0): recovery complete",
    );
    host.say(
        log,
        t + S,
        "kernel",
        "[    3.120077] EXT4-fs (dm-0): mounted filesystem with ordered data mode. Opts: (null)",
    );
    host.say(log, t + 2 * S, "systemd-journald[240]", "File /var/log/journal/6d1c/system.journal corrupted or uncleanly shut down, renaming and replacing.");
}

/// What the monitoring host hears from the UPS.
pub(super) fn ups(day: &Day) -> Log {
    let host = Host {
        name: "mon-1",
        off: 0,
    };
    let mut log = Log::new("mon-1/ups.log");
    let tag = "upsmon[812]";
    host.say(
        &mut log,
        day.at(3, 2, 11),
        "upsd[790]",
        "Connected to UPS [rack-b]: usbhid-ups-rack-b",
    );
    let t = day.at(4, 34, 2);
    let line = format!(
        "{} mon-1 {tag}: UPS rack-b@localhost on battery",
        syslog(t, 0)
    );
    log.mark(t, line, mark("infra_alarm").with("optional", true));
    host.say(
        &mut log,
        t,
        tag,
        "UPS rack-b@localhost load 118% of nominal (overload)",
    );
    for (m, load, charge) in [
        (38, 118, 91),
        (43, 121, 74),
        (48, 119, 52),
        (53, 120, 31),
        (58, 119, 12),
    ] {
        host.say(
            &mut log,
            day.at(4, m, 30),
            "upslog[815]",
            &format!("rack-b@localhost OB OVER load={load}% battery.charge={charge}%"),
        );
    }
    host.say(
        &mut log,
        day.at(4, 57, 12),
        tag,
        "UPS rack-b@localhost battery is low",
    );
    host.say(
        &mut log,
        day.at(5, 0, 2),
        tag,
        "Communications with UPS rack-b@localhost lost",
    );
    host.say(
        &mut log,
        day.at(5, 5, 2),
        tag,
        "UPS rack-b@localhost is unavailable",
    );
    host.say(
        &mut log,
        day.at(7, 41, 40),
        tag,
        "Communications with UPS rack-b@localhost established",
    );
    host.say(
        &mut log,
        day.at(7, 41, 40),
        tag,
        "UPS rack-b@localhost on line power",
    );
    log
}

/// Checks, page and acknowledgement.
pub(super) fn nagios(day: &Day) -> Log {
    let mut log = Log::new("mon-1/nagios.log");
    let say = |t: i64, text: &str| format!("[{}] {text}", t / S);
    let at = |h, m, s| day.at(h, m, s);
    log.line(at(2, 28, 0), say(at(2, 28, 0), "CURRENT SERVICE STATE: www;HTTP;OK;HARD;1;HTTP OK: HTTP/1.1 200 OK - 16504 bytes in 0.031 second response time"));
    let down = "HTTP CRITICAL: HTTP/1.1 502 Bad Gateway - 323 bytes in 3.021 second response time";
    for (n, t) in [at(5, 0, 38), at(5, 1, 22)].into_iter().enumerate() {
        log.line(
            t,
            say(
                t,
                &format!("SERVICE ALERT: www;HTTP;CRITICAL;SOFT;{};{down}", n + 1),
            ),
        );
    }
    let t = at(5, 2, 6);
    log.mark(
        t,
        say(
            t,
            &format!("SERVICE ALERT: www;HTTP;CRITICAL;HARD;3;{down}"),
        ),
        mark("alert").with("note", "www HTTP"),
    );
    log.line(
        t,
        say(
            t,
            &format!("SERVICE NOTIFICATION: esther;www;HTTP;CRITICAL;notify-service-by-sms;{down}"),
        ),
    );
    for host in ["srv-a", "srv-b", "srv-db"] {
        log.line(
            t + 31 * S,
            say(
                t + 31 * S,
                &format!("HOST ALERT: {host};DOWN;HARD;3;CRITICAL - Host Unreachable (10.20.0.1)"),
            ),
        );
    }
    let t = at(5, 10, 9);
    log.mark(t, say(t, "EXTERNAL COMMAND: ACKNOWLEDGE_SVC_PROBLEM;www;HTTP;2;1;0;esther;on my way to the server room"), mark("ack").with("note", "www HTTP"));
    for host in ["srv-a", "srv-b", "srv-db"] {
        log.line(
            at(8, 3, 5),
            say(
                at(8, 3, 5),
                &format!("HOST ALERT: {host};UP;HARD;1;PING OK - Packet loss = 0%, RTA = 0.41 ms"),
            ),
        );
    }
    let t = at(8, 21, 22);
    log.mark(t, say(t, "SERVICE ALERT: www;HTTP;OK;HARD;3;HTTP OK: HTTP/1.1 200 OK - 16498 bytes in 0.044 second response time"), mark("resolved").with("note", "www HTTP"));
    log.line(t, say(t, "SERVICE NOTIFICATION: esther;www;HTTP;OK;notify-service-by-sms;HTTP OK: HTTP/1.1 200 OK - 16498 bytes in 0.044 second response time"));
    log
}

/// The restore from backup, as its script logs it.
pub(super) fn restore(day: &Day) -> Log {
    let mut log = Log::new("ops/restore.log");
    let say = |t: i64, text: &str| format!("{} restore: {text}", plain(t, 0));
    let at = |h, m, s| day.at(h, m, s);
    log.mark(
        at(6, 15, 11),
        say(
            at(6, 15, 11),
            "backup systems configuration started by esther",
        ),
        mark("mitigation_start"),
    );
    log.line(
        at(6, 17, 40),
        say(
            at(6, 17, 40),
            "volume group vg-site: 3 volumes, last good snapshot 2023-03-05_2300",
        ),
    );
    for (h, m, done) in [(6, 40, 18), (7, 2, 44), (7, 24, 71), (7, 43, 96)] {
        log.line(
            at(h, m, 5),
            say(
                at(h, m, 5),
                &format!("copy vg-site/root from backup-2: {done} %"),
            ),
        );
    }
    log.mark(
        at(7, 50, 13),
        say(
            at(7, 50, 13),
            "site configuration rolled back to snapshot 2023-03-05_2300",
        ),
        mark("rollback_end"),
    );
    log.mark(
        at(8, 0, 15),
        say(
            at(8, 0, 15),
            "server restart initiated: srv-db srv-a srv-b (chassis power on)",
        ),
        mark("restart"),
    );
    log
}

/// The database host: syslog and a PostgreSQL that replays its log.
pub(super) fn database(
    day: &Day,
    before: (i64, i64),
    after: (i64, i64),
    rng: &mut Rng,
) -> [Log; 2] {
    let host = Host {
        name: "srv-db",
        off: 0,
    };
    let mut sys = Log::new("srv-db/syslog");
    host.background(&mut sys, before, rng);
    host.say(
        &mut sys,
        day.at(4, 34, 4),
        "ipmievd",
        "Power Supply sensor PS2 Status - Power Supply AC lost Asserted",
    );
    let boot = day.at(8, 2, 0);
    booted(&host, &mut sys, boot);
    let started = format!(
        "{} srv-db systemd[1]: Started postgresql@15-main.service - PostgreSQL Cluster 15-main.",
        syslog(boot + 21 * S, 0)
    );
    sys.mark(
        boot + 21 * S,
        started,
        mark("restart").with("host", "srv-db"),
    );
    host.background(&mut sys, after, rng);
    let mut pg = Log::new("srv-db/postgresql.log");
    postgres(&mut pg, before, ("UTC", 0), "site", rng);
    let mut say = |t: i64, pid: u32, text: &str| {
        pg.line(t, format!("{} UTC [{pid}] {text}", millis(t, 0, '.')))
    };
    let t = boot + 19 * S;
    say(
        t,
        649,
        "LOG:  starting PostgreSQL 15.2 (Debian 15.2-1.pgdg110+1) on x86_64-pc-linux-gnu, compiled by gcc (Debian 10.2.1-6) 10.2.1 20210110, 64-bit",
    );
    say(
        t + 1_000,
        649,
        "LOG:  listening on IPv4 address \"10.20.0.30\", port 5432",
    );
    say(
        t + 90_000,
        653,
        "LOG:  database system was interrupted; last known up at 2023-03-06 04:58:42 UTC",
    );
    say(
        t + S,
        653,
        "LOG:  database system was not properly shut down; automatic recovery in progress",
    );
    say(t + S + 4_000, 653, "LOG:  redo starts at 2F/19BB0D8");
    let mut u = t + 26 * S;
    while u < day.at(8, 20, 14) {
        say(
            u,
            700 + rng.below(9000),
            "app@site FATAL:  the database system is starting up",
        );
        u += rng.range(300, 4_000) * 1000;
    }
    let end = day.at(8, 20, 16);
    say(
        end,
        653,
        "LOG:  redo done at 2F/C81CBEA0 system usage: CPU: user: 204.31 s, system: 61.02 s, elapsed: 1075.80 s",
    );
    say(
        end + 400_000,
        651,
        "LOG:  checkpoint starting: end-of-recovery immediate wait",
    );
    say(
        end + 800_000,
        649,
        "LOG:  database system is ready to accept connections",
    );
    postgres(&mut pg, after, ("UTC", 0), "site", rng);
    [sys, pg]
}
