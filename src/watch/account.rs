//! What inferences may cost, and what they are wanted for.

use coroner_lines::time::{MINUTE, SECOND};

/// Without one for so long on the wall, any is made.
const LONG: i64 = 10 * SECOND;

/// What may be spent on inferences beside reading, in thousands of instructions: a tenth of what reading takes, and, where lines come
/// as they are written, of the time. It is counted from what was read and what is looked at, by figures that were measured once
/// (valgrind, replays of made logs, 30 November 2026), so that it is the same on any machine, and for whoever reads the same lines
/// faster than they were written.
#[derive(Debug)]
pub(super) struct Account {
    left: i64,
    /// What reading took so far, lines and those of them that are no requests, and the clock on the wall up to which it was earned.
    took: u64,
    lines: u64,
    messages: u64,
    /// How far the logs have come, and seconds of them.
    second: i64,
    seconds: u64,
    wall_us: i64,
    /// What the clock on the wall showed at the last inference.
    paid_us: i64,
    /// Kinds of messages that the last inference looked at.
    pub kinds: u64,
}

impl Account {
    /// What is there at first: some inferences from little. As much may be owed for the end of an incident, twice that for its
    /// beginning, and five times as much where something was changed shortly before.
    const ADVANCE: i64 = 6_000;
    const MOST: i64 = 230_000;
    /// What more than the one of a request in a second with others a message takes to read, whose text is known, the first message of
    /// a second, and a line in a second of its own. Many lines take more.
    const OF_MESSAGE: u64 = 6;
    const OF_FIRST_MESSAGE: u64 = 12;
    const OF_SECOND: u64 = 5;
    /// What an inference takes at least, with redaction, events and the joining of what it looks at, and for each kind of message: more
    /// than most do.
    const COST: i64 = 700;
    const OF_KIND: i64 = 25;
    /// Seconds that are read again, since what lies behind the line at which it is made was read ahead; and at most.
    const AGAIN: u64 = 200;
    const MOST_AGAIN: u64 = 3_000;
    /// What joining a stretch takes that is left behind, and each kind of message there.
    const OF_STRETCH: i64 = 220;
    const OF_ITS_KIND: i64 = 1;
    /// A tenth of a second.
    const OF_TIME: i64 = 100_000;

    pub fn new(wall_us: i64) -> Account {
        Account {
            left: Account::ADVANCE,
            took: 0,
            lines: 0,
            messages: 0,
            second: i64::MIN,
            seconds: 0,
            wall_us,
            paid_us: wall_us,
            kinds: 0,
        }
    }

    /// What an inference takes for so many lines of one second that it looks at, in hundreds of instructions.
    pub fn of_second(lines: u32) -> u64 {
        5 + 5 * u64::from(lines.min(8))
    }

    /// Takes how many lines were read until now, and requests, and the second that the logs have come to.
    pub fn read(&mut self, lines: u64, requests: u64, second: i64) {
        let (before, messages) = (self.took, lines.saturating_sub(requests));
        if self.seconds == 0 {
            // what was read before it was started again was paid for then
            (self.lines, self.messages) = (lines, messages);
        }
        let seconds = u64::from(second > self.second);
        let new = messages.saturating_sub(self.messages);
        self.took += lines.saturating_sub(self.lines)
            + new * Account::OF_MESSAGE
            + seconds
                * (Account::OF_SECOND + new.min(self.kinds).min(1) * Account::OF_FIRST_MESSAGE);
        (self.lines, self.messages) = (lines, messages);
        (self.second, self.seconds) = (second.max(self.second), self.seconds + seconds);
        // a tenth, less what may be owed at the end of a log of some megabytes
        let earned = (self.took / 12 - before / 12) as i64;
        self.left = (self.left + earned).min(Account::MOST);
    }

    pub fn goes_on(&mut self, wall_us: i64, live: bool) {
        let ms = (wall_us - self.wall_us).clamp(0, MINUTE) / 1000;
        let earned = if live {
            ms * Account::OF_TIME / 1000
        } else {
            0
        };
        self.wall_us = wall_us;
        self.left = (self.left + earned).min(Account::MOST);
    }

    /// Pays for an inference from seconds that cost so much.
    pub fn pay(&mut self, seconds: u64) {
        self.left -= self.price(seconds);
        self.paid_us = self.wall_us;
    }

    /// Pays for a stretch that is left behind.
    pub fn leave(&mut self) {
        self.left -= Account::OF_STRETCH + self.kinds as i64 * Account::OF_ITS_KIND;
    }

    fn price(&self, seconds: u64) -> i64 {
        let again = (self.took / self.seconds.max(1) * Account::AGAIN).min(Account::MOST_AGAIN);
        let looks = (seconds / 10 + again) as i64;
        Account::COST + looks + self.kinds as i64 * Account::OF_KIND
    }

    /// Whether there is enough left for one, or none was made for long on the wall.
    pub fn has_for(&self, due: Due, seconds: u64) -> bool {
        let price = self.price(seconds);
        let enough = match due {
            Due::Always => true,
            // of short logs an incident is worth more than is earned, and its beginning more than its end
            Due::Changed => self.left + 5 * Account::ADVANCE > price,
            Due::Urgent => self.left + 2 * Account::ADVANCE > price,
            Due::Over => self.left + Account::ADVANCE > price,
            Due::Useful => self.left > price,
            Due::News => self.left > Account::ADVANCE / 2 + price,
            Due::Quiet => self.left > Account::ADVANCE + price,
        };
        enough || !(0..LONG).contains(&(self.wall_us - self.paid_us))
    }
}

/// What an inference is wanted for; what is more urgent comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// A part that is closed.
    Always,
    /// The same as the next, of one before which something was changed.
    Changed,
    /// An incident that is to be opened, or was suspected and is over: its requests show that, too.
    Urgent,
    /// An open one that is over: the same.
    Over,
    /// How one goes on.
    Useful,
    /// What is new beside incidents.
    News,
    /// What only an inference shows.
    Quiet,
}
