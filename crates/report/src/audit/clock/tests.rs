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
