//! What the templates of HTML see: the JSON objects and the view that Markdown gets, and beside them what a browser has room
//! for: pictures, ways from claims to rows, raw lines. Escaping is done where a value is written, in `filters.rs`.

use super::chart::Picture;
use super::filters::INPUTS;
use super::{IncidentPart, STYLE};
use crate::report::sentence::{Clock, Medium, Quotes, render};
use crate::report::summary::{self, SummaryPart};
use crate::report::template::context::{first_lines, incident, row, view};
use crate::report::template::{inputs, marks};
use crate::report::{command, edges, facts, harm, json, kinds, rows, terminal, time};
use coroner_infer::model::{Cause, Claim, Incident, Report, Sentence, Verdict};
use coroner_lines::record::MarkerKind as K;
use coroner_lines::time::zone::Zone;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

/// Rows listed at most, unless more have a letter.
const ROWS: usize = 50;
/// Rows listed where there is no incident.
const QUIET: usize = 60;
/// Raw lines shown for a row, and for all rows of a list together.
const RAW: usize = 50;
const RAW_ALL: usize = 200;

/// An incident, but for its pictures.
pub(super) fn of(part: &IncidentPart<'_>) -> Value {
    let (report, i) = (part.report, part.i);
    let zone = report.settings.zone;
    let answers = terminal::answers(report, i, part.number.unwrap_or(1));
    let answers: Vec<_> = (answers.iter())
        .filter(|a| matches!(a.0, "SUSPECT" | "AT END"))
        .collect();
    let own = facts::own_share(i);
    let mut v = incident(report, i, ROWS);
    v["date"] = time::long_date(i.onset, zone).into();
    v["lasted"] = edges::lasted(i, zone).into();
    v["answers"] = json!(answers);
    v["told"] = told(report, i);
    v["unseen"] = harm::unseen(&i.impact).into();
    v["own"] = own
        .map(|(s, x)| json!({"name": s.for_terminal(), "share": x}))
        .into();
    v["unexplained"] = json!([facts::UNEXPLAINED, facts::UNEXPLAINED_IS]);
    // for print: what is folded on a screen
    let lines = first_lines(report, i.timeline.iter());
    v["lines"] = lines
        .map(|(letter, at, text)| json!([letter.to_string(), at, text]))
        .collect();
    let (mut shown, _) = rows::shown(i, ROWS);
    v["ways"] = ways(part, &shown);
    let far = far(i);
    v["rows"] = list(&shown, v["rows"].take(), &far, zone);
    shown.retain(far);
    v["far_counts"] = rows::counts(&shown, i).into();
    context! {
        i => Serde(json::incident(report, &quoted_once(i), Medium::Marked)),
        v => Serde(v),
        number => part.number,
        incidents => report.incidents.len(),
        p => part.id(""),
        h => 2 + usize::from(part.number.is_some()),
    }
}

/// The pictures of an incident; `brief`: without what only shows under the pointer.
pub(super) fn pictures(part: &IncidentPart<'_>, brief: bool) -> Value {
    context! {
        chart => part.picture(brief),
        strip => part.strip(),
        zoom => part.zoom(),
        stretch => part.stretch(),
        phases => part.phases().map(Value::from_safe_string),
    }
}

/// An incident in the index of several.
pub(super) fn listed(report: &Report, i: &Incident) -> Value {
    let clock = Clock::of(report, i.onset);
    let (zone, day) = (clock.zone, time::long_date(i.onset, clock.zone));
    context! {
        title => render(&i.title, Medium::Marked, clock),
        from => format!("{day}, {}", time::clock(i.onset, zone)),
        to => i.recovery.map_or_else(|| "end not in the logs".to_owned(), |t| {
            let at = time::clock_on(t, i.onset, zone);
            format!("to {at} ({})", time::span(t.since(i.onset)))
        }),
        requests => i.impact.requests,
        failed => i.impact.failed,
    }
}

/// What is around the incidents.
pub(super) fn page(report: &Report) -> Value {
    let view = view(report);
    let said = facts::no_incident(report).0;
    let little = report.verdict == Verdict::Insufficient;
    let headline = match little {
        true => facts::found_nothing(report),
        false => said.split(['(', ':', ';']).next().unwrap_or_default(),
    };
    // those of too little data are reported one by one
    let quiet = report.incidents.is_empty() && !little;
    let rows = if quiet {
        report.timeline.as_slice()
    } else {
        &[]
    };
    let shown = &rows[..rows.len().min(QUIET)];
    let lines = rows::joined(shown);
    let clock = facts::clock(report);
    let made = lines.iter().map(|l| row(l, false, None, clock)).collect();
    let hash = coroner_lines::text::base64(&Sha256::digest(STYLE.as_bytes()));
    context! {
        style => Value::from_safe_string(STYLE.to_owned()),
        style_hash => format!("sha256-{hash}"),
        version => env!("CARGO_PKG_VERSION"),
        title => title(report),
        headline => headline.trim().trim_end_matches('.'),
        view => Serde(view),
        chart => Picture::quiet(report, shown),
        rows => Serde(list(&lines, made, |_| false, clock.zone)),
        rows_more => rows.len() - shown.len(),
        inputs => Value::from_object(inputs::Inputs::of(report)),
        most_inputs => INPUTS,
        letters => letters(report),
        command => command::line(&report.settings, "--html report.html"),
        p => "",
        h => 2,
        number => None::<usize>,
        brief => false,
    }
}

/// What the browser shows as the title, and the day.
fn title(report: &Report) -> String {
    match report.incidents.as_slice() {
        [] => facts::found_nothing(report).to_owned(),
        [i] => {
            let clock = Clock::of(report, i.onset);
            let text = render(&i.title, Medium::Plain, clock);
            format!("{text} · {}", time::date(i.onset, clock.zone))
        }
        many => format!("{} incidents", many.len()),
    }
}

/// The summary: marked texts, and between them the lines that they rest on.
fn told(report: &Report, i: &Incident) -> Json {
    let text = |s: &Sentence| render(s, Medium::Marked, Clock::of(report, i.onset));
    let part = |s: SummaryPart<'_>| match s {
        SummaryPart::Text(s) => text(&s).into(),
        SummaryPart::Strong(s) | SummaryPart::Refusal(s) => marks::strong(&text(&s)).into(),
        SummaryPart::Cite(l) => Json::from(json::evidence(l)),
    };
    summary::of(i).into_iter().map(part).collect()
}

/// The incident without what the view has, and with every quote whole once in what is said for and against a cause.
fn quoted_once(i: &Incident) -> Incident {
    let mut i = i.clone();
    i.timeline.clear();
    i.new_templates.clear();
    for c in &mut i.causes {
        let mut quotes = Quotes::default();
        for x in c.pro.iter_mut().chain(&mut c.con) {
            x.text = quotes.once(&x.text);
        }
    }
    i
}

/// Tells the lines of faults that no claim rests on, of hosts that do not fail.
fn far(i: &Incident) -> impl Fn(&rows::RowLine<'_>) -> bool {
    let both = |c: &Cause| [&c.pro[..], &c.con].concat();
    let claims: Vec<Claim> = i.causes.iter().flat_map(both).collect();
    let (_, folded) = rows::folded(i, &claims, ROWS);
    move |l| {
        matches!(l.kind(), K::Fault | K::NewError | K::Crash)
            && !rows::is_here(i, l.lead)
            && folded.iter().any(|f| f.lead.id == l.lead.id)
    }
}

/// What a browser shows of the lines of a timeline beside what Markdown does.
fn list(
    lines: &[rows::RowLine<'_>],
    mut made: Json,
    far: impl Fn(&rows::RowLine<'_>) -> bool,
    zone: Zone,
) -> Json {
    let mut left = [RAW_ALL; 2];
    for (l, r) in lines.iter().zip(made.as_array_mut().into_iter().flatten()) {
        let far = far(l);
        let left = &mut left[usize::from(far)];
        let evidence = l.evidence().into_iter();
        let raw = evidence.filter(|e| e.excerpt.is_some());
        let raw: Vec<_> = raw.take(RAW.min(*left)).map(json::one_evidence).collect();
        *left -= raw.len();
        let others = l.rows.iter().filter(|r| r.id != l.lead.id);
        r["far"] = far.into();
        r["raw"] = raw.into();
        r["others"] = others.map(|r| r.id.as_str()).collect();
        r["time"] = l.lead.time.map(|t| time::rfc3339(t, zone)).into();
        r["family"] = kinds::family(l.lead.kind).into();
        r["method"] = l.lead.method.into();
    }
    made
}

/// The anchor of the row that a cited line stands behind.
fn ways(part: &IncidentPart<'_>, shown: &[rows::RowLine<'_>]) -> Json {
    let mut ways = serde_json::Map::new();
    for l in shown {
        for e in l.evidence() {
            let key = format!("{}:{}:{}", e.input, e.line, e.byte);
            ways.entry(key)
                .or_insert_with(|| part.id(&l.lead.id).into());
        }
    }
    ways.into()
}

/// The lettered rows that each listed input stands behind, where there is one incident.
fn letters(report: &Report) -> Value {
    let mut all = vec![Vec::new(); report.inputs.len().min(INPUTS)];
    if let [i] = report.incidents.as_slice() {
        for (e, letter) in i.timeline.iter().filter_map(|e| Some((e, e.letter?))) {
            for (n, letters) in all.iter_mut().enumerate() {
                if e.evidence.iter().any(|x| x.input as usize == n) {
                    letters.push((e.id.clone(), letter.to_string()));
                }
            }
        }
    }
    Value::from(Serde(all))
}
