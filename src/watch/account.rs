//! What inferences may cost, and what they are wanted for.

use coroner_lines::time::{MINUTE, SECOND};

/// Without one for so long on the wall, any is made.
const LONG: i64 = 10 * SECOND;

/// What may be spent on inferences beside reading, counted in lines read: a tenth of them, and, where lines come as they are
/// written, a tenth of the time. So it is the same for whoever reads the same lines faster than they were written.
#[derive(Debug)]
pub(super) struct Account {
    left: i64,
    /// Lines read, and the clock on the wall, up to which it was earned.
    lines: u64,
    wall_us: i64,
    /// What the clock on the wall showed at the last inference.
    paid_us: i64,
    /// Kinds of messages that the last inference looked at.
    pub kinds: u64,
}

impl Account {
    /// What is there at first: two inferences from little.
    const ADVANCE: i64 = 4_000;
    const MOST: i64 = 100_000;
    /// An inference costs as much as reading so many lines, and more for each second and each kind of message that it looks at.
    /// Counted in instructions of replays of eleven made logs (valgrind, 29 November 2026), with the parts that are joined for it:
    /// 1 to 12 million each, 31 million where 600 kinds are looked at; a line takes 2,300 (many a second) to 15,000 to read. So
    /// where lines are read for the least it is a tenth, and elsewhere less.
    const COST: i64 = 800;
    const OF_FIVE_SECONDS: i64 = 6;
    const OF_KIND: i64 = 3;
    /// Lines that could be read in the tenth of a second.
    const OF_SECOND: i64 = 50_000;

    pub fn new(wall_us: i64) -> Account {
        Account {
            left: Account::ADVANCE,
            lines: 0,
            wall_us,
            paid_us: wall_us,
            kinds: 0,
        }
    }

    pub fn read(&mut self, lines: u64) {
        let earned = (lines / 10).saturating_sub(self.lines / 10) as i64;
        self.lines = lines;
        self.left = (self.left + earned).min(Account::MOST);
    }

    pub fn goes_on(&mut self, wall_us: i64, live: bool) {
        let ms = (wall_us - self.wall_us).clamp(0, MINUTE) / 1000;
        let earned = if live {
            ms * Account::OF_SECOND / 1000
        } else {
            0
        };
        self.wall_us = wall_us;
        self.left = (self.left + earned).min(Account::MOST);
    }

    /// Pays for an inference from so many seconds of inputs.
    pub fn pay(&mut self, seconds: u64) {
        self.left -= self.price(seconds);
        self.paid_us = self.wall_us;
    }

    fn price(&self, seconds: u64) -> i64 {
        let seconds = seconds as i64 * Account::OF_FIVE_SECONDS / 5;
        Account::COST + seconds + self.kinds as i64 * Account::OF_KIND
    }

    /// Whether there is enough left for one, or none was made for long on the wall.
    pub fn has_for(&self, due: Due, seconds: u64) -> bool {
        let price = self.price(seconds);
        let enough = match due {
            Due::Urgent => true,
            // of short logs the end of an incident is worth more than is earned
            Due::Over => self.left + 2 * Account::ADVANCE > price,
            Due::Useful => self.left > price,
            Due::Quiet => self.left > Account::ADVANCE / 2 + price,
        };
        enough || !(0..LONG).contains(&(self.wall_us - self.paid_us))
    }
}

/// What an inference is wanted for; what is more urgent comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// An incident that is to be opened, or was suspected and is over.
    Urgent,
    /// An open one that is over: its requests show that, too.
    Over,
    /// How one goes on.
    Useful,
    /// What is new beside incidents.
    Quiet,
}
