//! Tests of the leaves of clock times.

use super::*;

#[test]
fn false_friends_are_no_times() {
    for s in [
        "0x19",
        "1st to our test environments",
        "3rd party",
        "3 rd party",
        "http 500",
        "37 th minute",
        "24/7",
        "5xx",
        "1:1 ratio of 12:3",
        "25:00",
        "10:75",
        "v1.19.05",
        "4.12.0",
        "10:00:00:00",
        "syslog:12",
        "16:9%",
        "2023-05-01",
        "1905 requests",
        "nightmare at 10 a server",
        "port:8080",
        "T1",
        "10 pmc",
    ] {
        assert_eq!(clocks(s), [], "{s}");
    }
}

#[test]
fn ranges_share_what_is_written_once() {
    let all = clocks("from 7:31 to 9:21 PM PT.");
    assert_eq!((all[0].secs, all[1].secs), (70_260, 76_860));
    assert!(all[0].zone.is_some());
    let all = clocks("13:05-13:10");
    assert_eq!((all[0].secs, all[1].secs), (47_100, 47_400));
    assert!(all[0].zone.is_none());
}
