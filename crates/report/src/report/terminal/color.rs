//! Colours of the screen: one per kind of row, those of the HTML. Every one is legible on a light and on a dark ground, and says
//! nothing that the words beside it do not say.

use crate::report::Colors;
use anstyle::{Ansi256Color, AnsiColor, Style};
use coroner_lines::record::MarkerKind;

/// What something on the screen is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// Ordinary text.
    Plain,
    /// Headlines and headings.
    Bold,
    /// Citations and remarks.
    Faint,
    /// The word over a headline.
    Alarm,
    /// A row, or what is drawn of it.
    Row(MarkerKind),
    /// Failing requests.
    Bars,
}

impl Ink {
    pub(super) fn style(self, colors: Colors) -> Style {
        match self {
            Ink::Plain => Style::new(),
            Ink::Bold => Style::new().bold(),
            Ink::Faint => Style::new().dimmed(),
            Ink::Alarm => fg(colors, RED).bold(),
            Ink::Bars => fg(colors, RED),
            Ink::Row(kind) => of_kind(kind).map_or(Style::new(), |c| fg(colors, c)).bold(),
        }
    }
}

/// A colour of sixteen, and the one of 256 that stands out as much from white as from black. Of sixteen no yellow can be read on
/// white, nor the darker blue on black.
type Pair = (Option<AnsiColor>, u8);
const RED: Pair = (Some(AnsiColor::Red), 160);
const VIOLET: Pair = (Some(AnsiColor::Magenta), 98);
const AMBER: Pair = (None, 130);
const BLUE: Pair = (Some(AnsiColor::BrightBlue), 32);
const TEAL: Pair = (Some(AnsiColor::Cyan), 30);
const GREEN: Pair = (Some(AnsiColor::Green), 28);

fn fg(colors: Colors, (few, many): Pair) -> Style {
    match colors {
        Colors::None => Style::new(),
        Colors::Sixteen => few.map_or(Style::new(), AnsiColor::on_default),
        Colors::Many => Ansi256Color(many).on_default(),
    }
}

fn of_kind(kind: MarkerKind) -> Option<Pair> {
    Some(match crate::report::kinds::family(kind) {
        "change" => VIOLET,
        "onset" => RED,
        "alert" => AMBER,
        "rollback" => BLUE,
        "restart" => TEAL,
        "ok" => GREEN,
        _ => return None,
    })
}
