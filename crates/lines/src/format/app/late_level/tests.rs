//! Lines of writers that put the level elsewhere, and lines of others. Tests only.

use crate::format::app::late_level::*;

#[test]
fn levels_of_many_writers() {
    use Level::*;
    for (text, level) in [
        ("[worker-1] error: boom", Error),
        ("[shop] Error: boom", Error),
        ("[E|app|5b1a2c3d] Something failed", Error),
        (
            "[sssd[be[x]]] [sdap_connect] (0x0020): Unable to connect",
            Error,
        ),
        ("[be[x]] [sdap_connect] (0x0010): no memory", Fatal),
        ("[be[x]] [sdap_connect] (0x0400): more", Debug),
        ("<launcher> ERROR system - [exec] error, rc=1", Error),
        ("-> ERROR: Can't open file", Error),
        ("99.33% [ERR] switch_core.c:1 boom", Error),
        ("0x7f8e12345700 [ERROR] mysqld got signal 11", Error),
        (
            "0x1234     Error       0x0    123    0    kernel: (AppleX) boom",
            Error,
        ),
        (
            "0x1234     Default     0x0    123    0    kernel: boom",
            Info,
        ),
        ("00000001 WsServerImpl  E   WSVR0001E: boom", Error),
        ("0000004c webapp        W com.ibm.ws.webcontainer x", Warn),
        ("7f8e12345700 -1 osd.3 123 heartbeat_check: no reply", Error),
        ("7f8e12345700  1 mon.a@0(leader) e1 x", Info),
        ("7f8e12345700 10 mon.a@0(leader) e1 x", Debug),
        ("ffff8e123457 -1 osd.3 no reply", Error),
        (
            "7f8e12345700  0 log_channel(cluster) log [WRN] : slow request",
            Warn,
        ),
        (
            "mon.a (mon.0) 123 : cluster [ERR] Health check failed: 1 osds down",
            Error,
        ),
        ("ERROR[1234][C-00000001] res_pjsip.c: boom", Error),
        ("WARNING[1234]: chan_sip.c:4032 retrans_pkt: timeout", Warn),
        (
            "Wa(180) vmkwarning: cpu3:33412)WARNING: LinNet: watchdog",
            Warn,
        ),
        (
            "In(182) vmkernel: cpu3:33412)ScsiDeviceIO: 3456: Cmd failed",
            Info,
        ),
        (
            "cpu3:33412)WARNING: LinNet: netdev_watchdog:3678: NETDEV",
            Warn,
        ),
        ("web_php[123].ERR [203.0.113.7] [Could not x]", Error),
        ("system,error,critical login failure for user admin", Fatal),
        ("system,info router rebooted", Info),
        ("MySQL_Session.cpp:1234:handler(): [ERROR] boom", Error),
        ("cmd/web.go:242:runWeb() [E] boom", Error),
        ("...ers/web/auth/auth.go:201:SignInPost() [E] boom", Error),
        ("imap-login: Error: boom", Error),
        ("imap(bob)<123><abc>: Fatal: boom", Fatal),
        ("unbound[123:0] error: boom", Error),
        ("W -        [conn1] boom", Warn),
        ("E t0 lnav.cc:123 startup: failed", Error),
        ("Logon       Error: 18456, Severity: 14, State: 8.", Warn),
        ("spid7s      Error: 823, Severity: 24, State: 2.", Fatal),
        ("Puppet (err): Could not retrieve catalog", Error),
        (
            "esx1 Hostd: error hostd[2099] [Originator@6876 sub=Default] x",
            Error,
        ),
    ] {
        assert_eq!(level_of(text.as_bytes()), Some(level), "{text}");
    }
}

#[test]
fn texts_that_tell_none() {
    for text in [
        "",
        "[a b] error: boom",
        "[x] errors: 3",
        "[x] error:",
        "shop error: boom",
        "the error: boom",
        "I am here.",
        "E is 2.718, or so",
        "E a b",
        "deadbeef is a word",
        "12345678 apples E x",
        "7f8e12345700 calls in all",
        "Wa(181) x",
        "Wa(999) x",
        "a,b,c",
        "Error,warning x",
        "errors,seen x",
        "x() [E] boom",
        "main.rs:x:run() [E] boom",
        "-> error: x",
        "Error: 5, Severity: 14",
        "99% done",
        "0x12 Error code",
        "something (else): x",
        "ERROR[x] y",
        "[be[x]] [f] (0x00",
    ] {
        assert_eq!(level_of(text.as_bytes()), None, "{text}");
    }
}
