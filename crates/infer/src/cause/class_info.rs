//! What is known of one class of causes beside the rule that weighs it: everything that differs from class to class and is
//! no judgement of a case. Whoever needs a list of classes asks here, and keeps none.

use crate::cause::case::Case;
use crate::cause::failure_shape::{Weights, messages};
use crate::cause::ledger::Scale;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::{Culprit, Group, Sentence};
use coroner_lines::record::CauseClass;
use coroner_lines::table;
use coroner_lines::text::words::holds_any;
use std::sync::LazyLock;

/// One of the things that a class may be, by the words of a message.
#[derive(Clone, Copy)]
pub struct Precisely {
    /// Words of which a message holds one.
    pub words: &'static str,
    /// What it says.
    pub says: &'static str,
    /// The title where nothing is named.
    pub title: &'static str,
    /// The title around what is named.
    pub titled: [&'static str; 2],
    /// What would settle it; this and what follows is empty where its class says it.
    pub settle: &'static str,
    /// What is done against it.
    pub remedy: [&'static str; 2],
    /// How it might be kept from happening again.
    pub question: &'static str,
    /// Whether a process keeps what is used up until it ends.
    pub kept: bool,
    /// Whether it comes about at a date, so that nobody need have changed anything.
    pub dated: bool,
}

impl Precisely {
    /// One by its block of `classes.txt`.
    fn of(block: &'static str) -> Precisely {
        let of = |key| table::value(block, key);
        Precisely {
            words: of("words"),
            says: of("says"),
            title: of("title"),
            titled: around(of("titled")),
            settle: of("settle"),
            remedy: around(of("remedy")),
            question: of("question"),
            kept: of("is") == "kept",
            dated: of("is") == "dated",
        }
    }
}

/// What stands around what is named.
fn around(text: &'static str) -> [&'static str; 2] {
    let (before, behind) = text.split_once("{}").unwrap_or((text, ""));
    [before, behind]
}

/// Looks at the facts and says what speaks for a class and against it, in nats, and what it names. Rules never see each other; the signs
/// are found once for all of them.
pub type ClassRule = fn(&Case<'_>, &[Sign<'_>]) -> Weighed;

/// A class that the table lists, as soon as it is asked for.
pub(super) type ListedClass = LazyLock<ClassInfo>;

/// The blocks of the table: each class, and below it what it may be.
static BLOCKS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| table::blocks(include_str!("classes.txt")).collect());

/// One class of causes.
#[derive(Clone, Copy)]
pub struct ClassInfo {
    /// Which.
    pub class: CauseClass,
    /// What it is reported and asked about with.
    pub group: Group,
    /// Share among incidents, not normalised (published statistics: SRE Workbook appendix C and others).
    pub prior: f64,
    /// What it is, for who meets its name in the book.
    pub about: &'static str,
    /// What a message that speaks for it says.
    pub says: &'static str,
    /// The title where nothing is named.
    pub title: &'static str,
    /// What stands around the name in the title, where something is named.
    pub titled: Option<[&'static str; 2]>,
    /// What the words of a message leave of a class that is more than one thing, the first that fits.
    pub precisely: &'static [Precisely],
    /// What would settle it.
    pub settle: &'static str,
    /// What is done against it while it goes on, around what is named (of a change, around its title); empty where that
    /// cannot be said of all its cases.
    pub remedy: [&'static str; 2],
    /// How it might be kept from happening again; empty for the question of the group.
    pub question: &'static str,
    /// What its messages weigh.
    pub weights: Weights,
    /// Seconds before the onset at which its fault may stand and still belong to the incident.
    pub lead_s: i64,
    /// Statuses that failed requests end with, and what each weighs, in nats; weak by intent. 500: a program runs and says
    /// that it failed. 502: what stands before it had no answer, or a broken one. 503: somebody sheds load. 504: an answer did
    /// not come in time.
    pub statuses: &'static [(u16, f64)],
    /// Parts of words by which settings of it are called.
    pub kin: &'static str,
    /// Whether all servers use it, so that it spares none of them.
    pub shared: bool,
    /// Whether it strikes all that runs at a place, so that a line of it belongs to every service.
    pub everywhere: bool,
    /// Whether a line of it speaks of who wrote it: in a database's log it is the database's affair.
    pub of_writer: bool,
    /// Whether its messages say what broke. Errors of the program itself do not: they say neither what changed nor why.
    pub plain: bool,
    /// Whether one such message is enough, however few of the failures it accounts for.
    pub once: bool,
    /// Whether its messages are errors of the program itself, as a change of it brings them.
    pub in_program: bool,
    /// Whether a process keeps what is used up until it ends, so that one that gives it back no more uses it up.
    pub kept: bool,
    /// How far it is how other faults show, too: 1 for what ends with its machine, 2 where statements wait for what failed, 3
    /// where those wait that wait for such statements, as what has a limit runs up to it; 0 for what fails by itself.
    pub waits: u8,
    /// Faults that are how a change of the class shows, and weigh for it where one was made.
    pub brings: &'static [CauseClass],
    /// What weighs it.
    pub rule: ClassRule,
}

impl ClassInfo {
    /// A class by what `classes.txt` says of it.
    pub(super) fn listed(class: CauseClass, group: Group, rule: ClassRule) -> ClassInfo {
        let is = |key, b: &&'static str| table::value(b, key) == class.word();
        let mut blocks = BLOCKS.iter().copied().skip_while(|b| !is("class", b));
        let head = blocks.next().unwrap_or_default();
        let below = blocks.take_while(|b| table::value(b, "class").is_empty());
        let precisely: Vec<Precisely> = below.map(Precisely::of).collect();
        ClassInfo {
            // as long as the program, like the texts
            precisely: precisely.leak(),
            ..ClassInfo::of((class, group), head, rule)
        }
    }

    /// A class by its block, which is no more than one thing.
    pub(super) fn of(
        (class, group): (CauseClass, Group),
        block: &'static str,
        rule: ClassRule,
    ) -> ClassInfo {
        let of = |key| table::value(block, key);
        let number = |text: &str| text.parse::<f64>().unwrap_or_default();
        let mut weights = of("weights").split(' ').map(number);
        let mut weight = || weights.next().unwrap_or_default();
        let statuses = of("statuses").split(" | ").filter_map(|s| {
            let (status, weight) = s.split_once(' ')?;
            Some((status.parse().ok()?, number(weight)))
        });
        let statuses: Vec<(u16, f64)> = statuses.collect();
        let brings = of("brings").split(' ').filter_map(CauseClass::from_word);
        let brings: Vec<CauseClass> = brings.collect();
        let is = |word| of("is").split(' ').any(|w| w == word);
        ClassInfo {
            class,
            group,
            prior: number(of("prior")),
            about: of("about"),
            says: of("says"),
            title: of("title"),
            titled: Some(of("titled")).filter(|t| !t.is_empty()).map(around),
            precisely: &[],
            settle: of("settle"),
            remedy: around(of("remedy")),
            question: of("question"),
            weights: Weights::of(weight(), weight(), weight()),
            lead_s: of("lead_s").parse().unwrap_or(60),
            statuses: statuses.leak(),
            kin: of("kin"),
            shared: is("shared"),
            everywhere: is("everywhere"),
            of_writer: is("of_writer"),
            plain: !is("not_plain"),
            once: is("once"),
            in_program: is("in_program"),
            kept: is("kept"),
            waits: of("waits").parse().unwrap_or(0),
            brings: brings.leak(),
            rule,
        }
    }

    /// Whether it is a kind of change.
    pub fn is_change(&self) -> bool {
        self.group == Group::CHANGE
    }

    /// The name of the class in a sentence.
    pub fn word(&self) -> String {
        self.class.in_words()
    }

    /// A new scale with what the messages of the class weigh, and the best of them.
    pub(super) fn heard<'s, 'a>(
        &self,
        case: &Case<'_>,
        signs: &'s [Sign<'a>],
    ) -> (Scale, Option<&'s Sign<'a>>) {
        let mut scale = Scale::default();
        let of = |s: &Sign<'_>| s.is(self.class);
        let best = messages(&mut scale, case, signs, (self.class, &of), self.weights);
        (scale, best)
    }

    /// What a message says more precisely than its class.
    pub(super) fn precise(&self, text: &str) -> Option<&'static Precisely> {
        let mut forms = self.precisely.iter();
        forms.find(|f| holds_any(text.as_bytes(), f.words))
    }

    /// Whether what a message says to be used up is what processes keep until they end.
    pub(super) fn is_kept(&self, text: &str) -> bool {
        self.kept || self.precise(text).is_some_and(|f| f.kept)
    }

    /// The finished weighing of a scale, with the title of what the message says that speaks for the class.
    pub(super) fn weighed_by(
        &self,
        scale: Scale,
        named: Option<Culprit>,
        best: Option<&Sign<'_>>,
    ) -> Weighed {
        let form = best.and_then(|s| self.precise(s.text));
        let own = |own: &'static str, of_class| if own.is_empty() { of_class } else { own };
        let as_form = form.map(|f| ClassInfo {
            title: f.title,
            titled: Some(f.titled),
            settle: own(f.settle, self.settle),
            question: own(f.question, self.question),
            remedy: match f.remedy {
                ["", ""] => self.remedy,
                own => own,
            },
            ..*self
        });
        as_form.as_ref().unwrap_or(self).weighed(scale, named)
    }

    /// The finished weighing of a scale, with the title of the class.
    pub(super) fn weighed(&self, scale: Scale, named: Option<Culprit>) -> Weighed {
        let title = match (&named, self.titled) {
            (Some(n), Some([before, ""])) => Sentence::words(before).name(&n.name),
            (Some(n), Some([before, behind])) => Sentence::words(before).name(&n.name).w(behind),
            _ => Sentence::words(self.title),
        };
        Weighed {
            remedy: self.remedy,
            question: match self.question {
                "" => self.group.question,
                own => own,
            },
            ..scale.weighed(title, named, Sentence::words(self.settle))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_understood() {
        const KEYS: &str = "class prior about says title titled settle remedy question weights lead_s statuses waits brings kin is words";
        const IS: &str = "shared everywhere of_writer once in_program kept dated not_plain";
        let known = |all: &str, word: &str| all.split(' ').any(|w| w == word);
        let number = |n: &str| n.parse::<f64>().is_ok();
        for line in BLOCKS.iter().skip(1).flat_map(|b| b.lines()) {
            let (key, value) = line.split_once(": ").unwrap_or(("", ""));
            let mut words = value.split([' ', '|']).filter(|w| !w.is_empty());
            let right = match key {
                "is" => words.all(|w| known(IS, w)),
                "class" | "brings" => words.all(|w| CauseClass::from_word(w).is_some()),
                "prior" | "weights" | "lead_s" | "statuses" | "waits" => words.all(number),
                _ => known(KEYS, key),
            };
            assert!(right || line.starts_with("# "), "{line}");
        }
    }
}
