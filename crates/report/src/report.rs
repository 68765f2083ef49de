//! The report's forms: JSON, CSV, Markdown, HTML, terminal. Each renders the same `model::Report` and computes nothing.
//! A form is one file and one line in [`REPORTS`].

mod act_within;
pub mod chart;
pub mod cite;
pub mod command;
mod diff;
pub mod edges;
pub mod explain;
pub mod facts;
pub mod gaps;
pub mod harm;
pub mod html;
pub mod json;
pub mod kinds;
pub mod listing;
pub mod markdown;
pub mod no_incident;
pub mod privacy;
pub mod rows;
pub mod scope;
pub mod sentence;
pub mod slack;
pub mod summary;
pub mod template;
pub mod terminal;
#[cfg(test)]
mod tests;
pub mod time;
pub mod wrap;

use coroner_infer::model::Report;
use std::time::Duration;

/// The colours that a screen has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colors {
    /// None, and no bold either.
    None,
    /// The sixteen of old, as the reader's theme has them.
    Sixteen,
    /// 256.
    Many,
}

/// How a form is drawn; only the terminal looks at it.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Columns; at least 40 are used.
    pub width: usize,
    /// Draw with ASCII characters only.
    pub ascii: bool,
    /// Which colours are added; the words say the same without.
    pub colors: Colors,
    /// Show every row, claim and gap, not the weightiest alone.
    pub all: bool,
    /// How long reading took, where that is reported: never where text must be the same every time.
    pub read: Option<Duration>,
}

impl Default for Look {
    fn default() -> Self {
        Look {
            width: 80,
            ascii: false,
            colors: Colors::None,
            all: false,
            read: None,
        }
    }
}

/// A form of the report.
pub struct Form {
    /// The name after `--as`.
    pub name: &'static str,
    /// File name extension; `None` for the screen.
    pub extension: Option<&'static str>,
    /// One line for the help text.
    pub about: &'static str,
    write: for<'r> fn(&'r Report, &Look) -> Pieces<'r>,
}

impl Form {
    /// The whole document, ending with a newline.
    pub fn render(&self, report: &Report, look: &Look) -> String {
        self.pieces(report, look).collect()
    }

    /// The same piece by piece, where it may be too long to be held whole.
    pub fn pieces<'r>(&self, report: &'r Report, look: &Look) -> Pieces<'r> {
        (self.write)(report, look)
    }
}

/// A document in one piece.
fn whole<'r>(text: String) -> Pieces<'r> {
    Box::new(std::iter::once(text))
}

/// A document as its pieces, in order.
pub type Pieces<'r> = Box<dyn Iterator<Item = String> + 'r>;

/// Every form.
pub static REPORTS: &[&Form] = &[
    &terminal::TEXT,
    &markdown::MARKDOWN,
    &html::HTML,
    &json::JSON,
    &listing::CSV,
    &slack::SLACK,
    &listing::TIMESKETCH,
    &listing::GRAFANA,
];
