//! Messages as programs write them, and the fault that each states.
//! No case here is a made-up wording.

use super::*;

#[test]
fn words_of_real_messages_point_to_their_class() {
    for row in include_str!("../../../../../tests/data/faults.tsv")
        .lines()
        .skip(1)
    {
        let (want, text) = row.split_once('\t').unwrap();
        let got = match fault(text) {
            None => "-".to_owned(),
            Some(Fault::SYMPTOM) => "symptom".to_owned(),
            Some(Fault::MISFIT) => "misfit".to_owned(),
            Some(f) => format!("{} {:?}", f.class().unwrap().word(), f.sense),
        };
        assert_eq!(got, want, "{text}");
    }
    // what is only possible says nothing of the pool
    let closed =
        "tcp recv: closed (the connection was closed by the pool, possibly due to a timeout)";
    assert_ne!(fault(closed), Some(Fault::of(CauseClass::ConnectionPool)));
}

/// Real messages of many programs, with what each states: the half that rules may be fitted to, and the half that only
/// counts. Sources stand in the third column.
const MESSAGES: &str = include_str!("../../../../../tests/data/messages.tsv");

/// What a message is said to state, in the words of the table.
fn stated(text: &str) -> String {
    match fault(text) {
        Some(f) if f == Fault::of(CauseClass::Deploy) => "program_error".to_owned(),
        f => f
            .and_then(Fault::class)
            .map_or("says_nothing", CauseClass::word)
            .to_owned(),
    }
}

/// Rows of a half whose class is said, of those that have one and of those that say nothing; and the rows that are not.
fn said(half: &str) -> ([(usize, usize); 2], Vec<String>) {
    let mut sums = [(0, 0); 2];
    let mut wrong = Vec::new();
    for row in MESSAGES.lines().skip(1) {
        let f: Vec<&str> = row.split('\t').collect();
        let (text, class) = (f[0], f[1]);
        if f[3] != half {
            continue;
        }
        let got = stated(text);
        let sum = &mut sums[usize::from(class == "says_nothing")];
        sum.1 += 1;
        if got == class {
            sum.0 += 1;
        } else {
            wrong.push(format!("{class}, said {got}: {text}"));
        }
    }
    (sums, wrong)
}

#[test]
fn real_messages_are_said_to_state_what_they_state() {
    let (fit, wrong) = said("fit");
    let (score, _) = said("score");
    println!("classes and nothings: fit {fit:?}, score {score:?}");
    println!("{}", wrong.join("\n"));
    assert!(fit[0].1 + fit[1].1 + score[0].1 + score[1].1 >= 200);
    assert_eq!(fit[1].0, fit[1].1, "of what says nothing a class is said");
    assert!(fit[0].0 >= 100 && score[0].0 >= 60, "{fit:?} {score:?}");
    assert!(score[1].0 >= 64, "{score:?}");
}
