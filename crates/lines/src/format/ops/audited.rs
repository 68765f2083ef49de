//! Entries of an audit: somebody did something, and it came about. Which words name an act is not asked, only which name none: what
//! looks, asks, prepares and undoes nothing. What is stated of releases, flags and alerts is known elsewhere.

use super::acts::{Stage, stage};
use super::cloud_audit::done_to;
use super::named::{NamedFields, is_in};
use super::notices::{ACTORS, STATES, is_live, notice};
use super::told::NOT_DONE;
use crate::marker::command;
use crate::record::{MarkerKind, Notice};
use crate::text::environment::may_be_production;
use crate::text::is_nobody;
use crate::text::words::{AnyText, split};
use std::sync::LazyLock;

/// Keys of what was done, and of what it was done to.
const DEEDS: &str = "action op operation verb act acao accion aktion azione";
const OBJECTS: &str =
    "target object resource path page name key setting parameter queue service host node fila cola";
/// The same as they stand in a line.
const MAY_DO: &str = "\"action\" action= \"op\" op= \"operation\" operation= \"verb\" verb= acao accion aktion azione";

/// Keys of how it went beside the usual ones, and words of what did not come about beside those of failures and of what people write
/// of it.
const OUTCOMES: &str = "res ok resultado ergebnis resultat esito";
const IN_VAIN: &str = "not no non false forbidden invalid waiting unauthorized ignored timeout \
    negado negada aguardando pendente rechazado rechazada pendiente abgelehnt verweigert refuse attente rejete";

/// Words of what changes nothing beside those of commands: to look, to ask, to prepare and to try, to come and to go, to speak.
const LOOKS: &str = "read view resolve discard search find query browse open export download preview print compare \
    verify probe ping lookup stats count tail \
    dialog tick poll request ask propose draft simulate try review approve reject deny comment note remind remember schedule subscribe \
    login logout signin signout authenticate authorize renew lease heartbeat sync send notify \
    ver listar consultar buscar simular pedir aprovar aprobar rejeitar entrar sair salir anzeigen pruefen anmelden abmelden voir lister";

/// Whether a line may be such an entry.
pub(super) fn may_be(line: &[u8]) -> bool {
    static DONE: LazyLock<AnyText> = LazyLock::new(|| AnyText::of(MAY_DO.split(' ')));
    DONE.is_in(line)
}

/// Whether a word of what is done says that nothing changes, in whichever form: `draft`, `drafted`, `drafting`.
pub(super) fn changes_nothing(word: &str) -> bool {
    let ends = ["", "d", "ed", "s", "ing"].into_iter();
    let mut stems = ends.filter_map(|end| word.strip_suffix(end));
    stems.any(|w| is_in(LOOKS, w) || is_in(command::LOOKS, w))
}

/// Whether a text says what something was and what it is now: `default tier Unlimited -> 20PerMin`.
fn states_a_turn(text: &str) -> bool {
    let mut sides = [" -> ", " => ", " → "]
        .iter()
        .filter_map(|a| text.split_once(a));
    sides.any(|(old, new)| !old.trim().is_empty() && !new.trim().is_empty())
}

/// What an entry says was done; nothing where it was tried and did not come about; `None` where a line is none.
pub(super) fn audited<'a>(f: &NamedFields) -> Option<Option<Notice<'a>>> {
    let deed = f.first(DEEDS).filter(|d| d.len() <= 48)?;
    f.first(ACTORS).filter(|who| !is_nobody(who))?;
    let words = split(deed);
    // what it was and what it is now need no outcome
    let turn = f.values().find(|v| states_a_turn(v));
    let outcome = f.first(OUTCOMES).or_else(|| f.ending(STATES));
    let outcome = outcome.or(turn.and(Some("done")))?;
    let went = split(outcome);
    let in_vain = |w: &String| {
        let none = is_in(IN_VAIN, w) || NOT_DONE.contains(&w.as_str());
        none || stage(w) == Some(Stage::Failed)
    };
    let went_well = !went.is_empty() && !went.iter().any(in_vain);
    let looks = words.is_empty() || words.iter().any(|w| changes_nothing(w));
    let object = f.first(OBJECTS)?;
    let live = is_live(f) && may_be_production(object);
    if looks || !went_well || !live {
        // the words of a program that speaks besides are read as such
        let speaks = f.first("level severity lvl msg message error").is_some();
        return (!looks && !speaks).then_some(None);
    }
    let done = words.iter().rev().find_map(|w| done_to(w, object));
    let kind = done.unwrap_or(MarkerKind::ConfigChange);
    let mut n = notice(f, kind, &[Some(deed), Some(object), turn], None, None);
    n.confidence = Notice::ANY_ACT;
    Some(Some(n))
}
