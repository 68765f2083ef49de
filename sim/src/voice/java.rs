//! logback's usual pattern with stack traces: `2023-05-13 14:00:04.118 ERROR [http-8080-exec-3] c.a.b.X - text`.

use super::{Voice, took_ms};
use crate::clock::millis;
use crate::rng::Rng;
use crate::traffic::Hit;

/// A Spring-like application.
pub struct Java {
    /// Minutes east of UTC of its local stamps.
    pub off: i64,
    /// Exception of the planned fault, with its message.
    pub thrown: &'static str,
    /// Its cause, printed as `Caused by:`.
    pub caused_by: &'static str,
    /// Frames of the planned fault.
    pub frames: &'static [&'static str],
}

impl Java {
    /// One line.
    pub fn line(&self, t: i64, level: &str, thread: &str, logger: &str, text: &str) -> String {
        format!(
            "{} {level:<5} [{thread}] {logger} - {text}",
            millis(t, self.off, '.')
        )
    }
}

fn thread(hit: &Hit) -> String {
    format!("http-nio-8080-exec-{}", hit.cid % 20 + 1)
}

impl Voice for Java {
    fn fine(&self, t: i64, hit: &Hit, rng: &mut Rng) -> Option<String> {
        let path = hit.path.split('?').next().unwrap_or("/");
        if hit.method == "POST" {
            return Some(self.line(
                t,
                "INFO",
                &thread(hit),
                "c.q.booking.web.BookingController",
                &format!(
                    "{path} done for account {} in {} ms",
                    hit.user,
                    took_ms(hit)
                ),
            ));
        }
        rng.chance(1, 5).then(|| {
            self.line(
                t,
                "INFO",
                &thread(hit),
                "c.q.booking.search.SearchService",
                &format!("{path} {} rows, {} ms", 1 + rng.below(60), took_ms(hit)),
            )
        })
    }

    fn fault(&self, t: i64, hit: &Hit, rng: &mut Rng) -> String {
        let path = hit.path.split('?').next().unwrap_or("/");
        let text = format!(
            "Servlet.service() for servlet [dispatcherServlet] threw exception handling {} {path}",
            hit.method
        );
        let mut text = self.line(
            t,
            "ERROR",
            &thread(hit),
            "o.a.c.c.C.[.[.[/].[dispatcherServlet]",
            &text,
        );
        text.push_str(&format!("\n{}", self.thrown));
        for frame in self.frames {
            text.push_str(&format!("\n\tat {frame}"));
        }
        text + &format!(
            "\nCaused by: {}\n\t... {} common frames omitted",
            self.caused_by,
            31 + rng.below(3)
        )
    }

    fn oops(&self, t: i64, hit: &Hit, _: &mut Rng) -> String {
        let head = self.line(
            t,
            "ERROR",
            &thread(hit),
            "c.q.booking.web.Errors",
            &format!("{} {} failed", hit.method, hit.path),
        );
        head + "\njava.lang.IllegalStateException: seat map 14 has no row 'K'\n\tat com.quay.booking.seats.SeatMap.row(SeatMap.java:77)\n\tat com.quay.booking.web.BookingController.seats(BookingController.java:118)"
    }
}
