//! A stretch of time that is asked for. What its ends mean on a clock without a zone is for who knows that clock.

use serde::{Deserialize, Serialize};

/// Microseconds on some axis: `since` ≤ t < `until`; an open end is the smallest or largest number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "OpenEnds", into = "OpenEnds")]
pub struct Window {
    /// First microsecond inside.
    pub since: i64,
    /// First microsecond after it.
    pub until: i64,
}

/// The ends as they are written down: none where it is open.
type OpenEnds = (Option<i64>, Option<i64>);

impl From<OpenEnds> for Window {
    fn from((since, until): OpenEnds) -> Window {
        Window {
            since: since.unwrap_or(i64::MIN),
            until: until.unwrap_or(i64::MAX),
        }
    }
}

impl From<Window> for OpenEnds {
    fn from(w: Window) -> OpenEnds {
        (
            Some(w.since).filter(|us| *us != i64::MIN),
            Some(w.until).filter(|us| *us != i64::MAX),
        )
    }
}

impl Default for Window {
    fn default() -> Self {
        Window::ALL
    }
}

impl Window {
    /// Everything.
    pub const ALL: Window = Window {
        since: i64::MIN,
        until: i64::MAX,
    };

    /// Whether a time is inside. An end at the largest number is open.
    #[inline]
    pub fn contains(self, us: i64) -> bool {
        us >= self.since && (us < self.until || self.until == i64::MAX)
    }

    /// The window with `us` more on either side; open ends stay open.
    pub fn widened(self, us: i64) -> Window {
        Window {
            since: self.since.saturating_sub(us),
            until: self.until.saturating_add(us),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends() {
        let w = Window {
            since: 10,
            until: 20,
        };
        assert!(!w.contains(9) && w.contains(10) && w.contains(19) && !w.contains(20));
        assert!(Window::ALL.contains(i64::MIN) && Window::ALL.contains(i64::MAX));
        assert_eq!(Window::ALL.widened(5), Window::ALL);
        assert_eq!(
            w.widened(5),
            Window {
                since: 5,
                until: 25
            }
        );
    }
}
