//! A class that nobody knows but its own entry: what that says is all that ranking, titles and the words of reports need.

use super::*;
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::rank::rank_among;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::cause::{deploy, unknown};
use crate::model::{CauseVerdict, Group, Piece, Sentence};

/// Fog on the radio link; it borrows the word of a class that the registry of this test does not hold.
static FOG: ListedClass = ListedClass::new(|| {
    let weather = Group {
        word: "weather",
        called: "the weather",
        question: "Can the link wait for the sun?",
    };
    let says = "prior: 0.1\nsays: the link fades\ntitle: Fog\ntitled: Fog over {}\nsettle: The weather of that day.\n\
        weights: 4.0 3.0 -1.0\nstatuses: 500 0.3\nis: shared";
    ClassInfo::of((CauseClass::Attack, weather), says, fades)
});

fn fades(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (scale, best) = FOG.heard(case, signs);
    let named = best.and_then(|_| crate::cause::ledger::culprit("network", "the valley", None));
    FOG.weighed(scale, named)
}

fn known() -> [&'static ClassInfo; 3] {
    [&deploy::INFO, &FOG, &unknown::INFO]
}

/// A message that the vocabulary gives to the class.
const FADES: &str = "SQL injection: the signal fades";

#[test]
fn a_class_is_what_its_entry_says() {
    let fades = || plain().says(0, 900, "web-1", "shop", FADES);
    let ranking = rank_among(&known(), &fades().case());
    assert_eq!(ranking.verdict, CauseVerdict::Established);
    let c = &ranking.causes[0];
    assert_eq!((c.class, c.group), (FOG.class, FOG.group));
    assert_eq!(c.question, "Can the link wait for the sun?");
    assert_eq!(text(&c.title), "Fog over the valley");
    assert_eq!(c.settle.as_ref().map(text).as_deref(), Some(FOG.settle));
    let said: Vec<String> = c.pro.iter().map(|c| text(&c.text)).collect();
    assert!(
        said.iter().any(|s| s.contains("(the link fades)")),
        "{said:?}"
    );
    assert!(said.iter().any(|s| s.contains("are 500s")), "{said:?}");
    // all servers share the fog: where one alone fails, it is not what broke
    let one = fades()
        .share(Dim::Upstream, "10.0.0.1:80", (500, 0), (500, 400))
        .share(Dim::Upstream, "10.0.0.2:80", (500, 0), (500, 0));
    let one = rank_among(&known(), &one.case());
    let con = |r: &Ranking| {
        let c = r.causes.iter().find(|c| c.class == FOG.class);
        c.map_or(0, |c| c.con.len())
    };
    assert_eq!((con(&ranking), con(&one)), (0, 1));
}

#[test]
fn a_class_that_is_not_known_says_nothing() {
    let without: [&ClassInfo; 2] = [&deploy::INFO, &unknown::INFO];
    let case = plain().says(0, 900, "web-1", "shop", FADES);
    let ranking = rank_among(&without, &case.case());
    assert!(ranking.causes.iter().all(|c| c.class != FOG.class));
}

fn text(s: &Sentence) -> String {
    let words = s.0.iter().map(|p| match p {
        Piece::Words(w) => w,
        Piece::Name(n) | Piece::Log(n) => n.for_json(),
        _ => "#",
    });
    words.collect()
}
