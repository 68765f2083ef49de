//! The README and the book in `docs/` say what the program says: generated parts, links, settings, commands' options.
//! After a wanted change: `COR_UPDATE=1 cargo test --test book` writes the generated parts again; read them as a diff.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of tests that cannot go on may end the test"
)]

// the command line belongs to the program, so that its options and settings are compiled once more here
#[expect(dead_code, reason = "only what the book is held against is called")]
#[path = "../src"]
mod program {
    pub mod cli;
}
use program::cli;

use clap::{Arg, Command, CommandFactory};
use cli::{Cli, settings_in};
use coroner_infer::cause::CAUSES;
use coroner_lines::format::{FORMATS, Format};
use coroner_lines::record::{Kind, MarkerKind};
use coroner_report::audit::checks::CHECKS;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A page of the book.
fn page(name: &str) -> PathBuf {
    root().join("docs/src").join(name)
}

/// Every page of the book.
fn pages() -> Vec<PathBuf> {
    let all = fs::read_dir(root().join("docs/src")).unwrap();
    let mut all: Vec<PathBuf> = all.map(|e| e.unwrap().path()).collect();
    all.retain(|p| p.extension().is_some_and(|e| e == "md"));
    all.sort();
    all
}

/// Compares what stands between two marks of a file, or writes it where the environment asks for it.
fn part(path: &Path, start: &str, end: &str, want: &str) {
    let text = read(path);
    let from = text.find(start).expect(start) + start.len();
    let to = from + text[from..].find(end).expect(end);
    if std::env::var_os("COR_UPDATE").is_some() {
        fs::write(path, format!("{}{want}{}", &text[..from], &text[to..])).unwrap();
    } else if &text[from..to] != want {
        let mut pairs = text[from..to].lines().zip(want.lines());
        let differ = pairs.find(|(a, b)| a != b);
        let file = path.display();
        panic!("{file} is behind ({differ:?}): COR_UPDATE=1 cargo test --test book");
    }
}

/// The same for the parts that are made whole.
fn generated(name: &str, what: &str, want: &str) {
    part(
        &page(name),
        &format!("<!-- generated: {what} -->\n"),
        "<!-- end -->",
        want,
    );
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// Words of the names of what a cloud or a network in front of it writes.
const CLOUD: &[&str] = &[
    "AWS",
    "S3",
    "GCP",
    "Azure",
    "Cloud",
    "Heroku",
    "Fastly",
    "CloudTrail",
    "Kubernetes",
];
/// The same of databases.
const DATABASE: &[&str] = &["PostgreSQL", "MySQL", "Redis"];

fn group(f: &dyn Format) -> usize {
    let named = |words: &[&str]| words.iter().any(|w| f.name().contains(w));
    match f.kind() {
        _ if named(DATABASE) => 2,
        _ if named(CLOUD) => 6,
        Kind::Web => 0,
        Kind::App => 1,
        Kind::System => 3,
        Kind::Pager => 4,
        Kind::Deploy => 5,
    }
}

const GROUPS: [&str; 7] = [
    "Web servers, proxies and load balancers",
    "Applications",
    "Databases and stores",
    "System, hosts and devices",
    "Pagers and alerts",
    "Deploys, changes and CI",
    "Cloud and Kubernetes",
];

/// Where a heading is found: as GitHub and mdBook make it.
fn anchor(heading: &str) -> String {
    let plain = heading.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        c if c.is_alphanumeric() => Some(c.to_ascii_lowercase()),
        _ => None,
    });
    plain.collect()
}

#[test]
fn formats_are_listed_by_group_with_a_sample() {
    let mut out = String::from("| group | formats |\n|---|---|\n");
    let of = |g: usize| FORMATS.iter().filter(move |f| group(**f) == g);
    for (g, title) in GROUPS.iter().enumerate() {
        let names: Vec<String> = of(g)
            .map(|f| format!("[{}](#{})", f.name(), anchor(f.name())))
            .collect();
        assert!(!names.is_empty(), "{title}");
        writeln!(
            out,
            "| [{title}](#{}) | {} |",
            anchor(title),
            names.join(", ")
        )
        .unwrap();
    }
    for (g, title) in GROUPS.iter().enumerate() {
        writeln!(out, "\n## {title}").unwrap();
        for f in of(g) {
            let about = f.about();
            let about = about
                .strip_prefix(f.name())
                .map_or(about, |a| a.trim_start_matches(": "));
            writeln!(out, "\n### {}\n\n{}\n\n````text", f.name(), about).unwrap();
            for line in f.sample().lines().take(3) {
                let short: String = line.chars().take(160).collect();
                let more = if short.len() < line.len() { "…" } else { "" };
                writeln!(out, "{}{more}", short.replace('\t', "    ")).unwrap();
            }
            out.push_str("````\n");
        }
    }
    generated("formats.md", "formats", &format!("{out}\n"));
}

/// Where the lines that a format is held against come from, by its name: the best of its samples.
fn sources() -> BTreeMap<String, &'static str> {
    let data = root().join("tests/data");
    let cells = |name: &str| -> Vec<Vec<String>> {
        let rows = read(&data.join(name));
        let cut = |l: &str| l.split('\t').map(str::to_owned).collect();
        rows.lines().skip(1).map(cut).collect()
    };
    let captured: BTreeSet<String> = [cells("formats_index.tsv"), cells("expect/index.tsv")]
        .concat()
        .into_iter()
        .filter(|row| row[9] == "real")
        .map(|row| row[0].clone())
        .collect();
    let mut found = BTreeMap::new();
    for row in cells("formats_of.tsv") {
        let real = captured.contains(row[0].trim_start_matches("formats/"));
        let source = if real {
            "captured"
        } else {
            "by its vendor's documentation"
        };
        for name in row[2].split(" + ") {
            let best = found.entry(name.to_owned()).or_insert(source);
            *best = if real { source } else { *best };
        }
    }
    found
}

/// Files of formats, each with its lines of code: no blanks, no comments, no tests.
fn sources_of_code(dir: &Path, found: &mut Vec<(PathBuf, String, usize)>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources_of_code(&path, found);
            continue;
        }
        let text = read(&path);
        let code = text.lines().take_while(|l| *l != "#[cfg(test)]");
        let lines = code
            .map(str::trim)
            .filter(|l| !l.is_empty() && !l.starts_with("//") && !l.starts_with("# "));
        let n = lines.count();
        found.push((path, text, n));
    }
}

/// A file of code: where, its text, lines of code.
type Source = (PathBuf, String, usize);

#[test]
fn formats_are_listed_with_the_source_of_their_samples_and_their_length() {
    let dir = root().join("crates/lines/src/format");
    let (sources, mut files) = (sources(), Vec::new());
    sources_of_code(&dir, &mut files);
    files.sort();
    let mut out = String::from(
        "| format | sample | stands in | lines of code, about |\n|---|---|---|---:|\n",
    );
    let registry = read(&dir.with_extension("rs"));
    // the function that reads its lines, as the registry names it: by its module, or by a name that only one file has
    let home = |name: &str| {
        let word = |c: char| c.is_ascii_alphanumeric() || "_:".contains(c);
        let listed = registry.split_once(&format!("(\"{name}\","));
        let function = listed.map(|(_, rest)| rest.trim_start().trim_start_matches("|l| "));
        let function = function.and_then(|f| f.split(|c| !word(c)).next());
        let module = function.and_then(|f| f.rsplit_once("::"));
        let file = module.map(|(module, _)| format!("{}.rs", module.replace("::", "/")));
        let defined = function.map(|f| format!("fn {f}("));
        let is_file = |f: &Source| file.as_ref().is_some_and(|of| f.0.ends_with(of));
        let defines = |f: &Source| defined.as_ref().is_some_and(|d| f.1.contains(d));
        let quotes = |f: &Source| f.0.ends_with("rs") && f.1.contains(&format!("\"{name}\""));
        let describes = |f: &Source| f.1.contains(&format!("\nformat: {name}\n"));
        let tries: [&dyn Fn(&Source) -> bool; 4] = [&is_file, &defines, &quotes, &describes];
        let found = tries.iter().find_map(|is_it| files.iter().position(is_it));
        found.expect(name)
    };
    let homes: Vec<usize> = FORMATS.iter().map(|f| home(f.name())).collect();
    for (f, at) in FORMATS.iter().zip(&homes) {
        let (path, _, n) = &files[*at];
        // rounded, so that a line more is no other table
        let n = (n + 25) / 50 * 50;
        let shared = match homes.iter().filter(|h| *h == at).count() {
            1 => String::new(),
            all => format!(" for {all}"),
        };
        let path = path.strip_prefix(&dir).unwrap().display();
        let source = sources.get(f.name()).unwrap_or(&"made for the test");
        writeln!(out, "| {} | {source} | `{path}` | {n}{shared} |", f.name()).unwrap();
    }
    generated("formats.md", "evidence", &out);
}

#[test]
fn classes_of_causes_are_listed() {
    let mut out = String::from("| class | group | prior | what it is |\n|---|---|---:|---|\n");
    for c in CAUSES.iter() {
        let (word, group) = (c.class.word(), c.group.word);
        writeln!(out, "| `{word}` | {group} | {} | {} |", c.prior, c.about).unwrap();
    }
    generated("inference.md", "causes", &out);
}

#[test]
fn checks_of_audit_are_listed() {
    let mut out = String::from("| check | | fires when |\n|---|---|---|\n");
    for c in CHECKS.iter() {
        writeln!(
            out,
            "| `{}` | {} | {} |",
            c.id,
            c.severity.word(),
            cell(c.fires)
        )
        .unwrap();
    }
    generated("audit.md", "checks", &out);
}

/// How an option is typed.
fn typed(arg: &Arg) -> String {
    let values = arg.get_value_names().unwrap_or_default();
    let value = match arg.get_action().takes_values() {
        true => format!(" {}", values.join(" ")),
        false => String::new(),
    };
    let short = arg.get_short().map(|s| format!("-{s}"));
    let long = arg.get_long().map(|l| format!("--{l}"));
    match (short, long) {
        (Some(s), Some(l)) => format!("`{s}`, `{l}{value}`"),
        (s, l) => format!("`{}{value}`", s.or(l).unwrap_or_default()),
    }
}

fn row(out: &mut String, arg: &Arg) {
    let mut help = arg.get_help().map(|h| h.to_string()).unwrap_or_default();
    let takes = arg.get_action().takes_values();
    let said = arg.get_default_values();
    let possible = arg.get_possible_values();
    let names: Vec<String> = possible
        .iter()
        .map(|p| format!("`{}`", p.get_name()))
        .collect();
    if takes && !names.is_empty() {
        write!(help, ": {}", names.join(", ")).unwrap();
    }
    if let (true, Some(d)) = (takes, said.first()) {
        write!(help, " (default: {})", d.to_string_lossy()).unwrap();
    }
    writeln!(out, "| {} | {} |", cell(&typed(arg)), cell(&help)).unwrap();
}

fn options(command: &Command) -> impl Iterator<Item = &Arg> {
    let own = |a: &&Arg| {
        !a.is_positional()
            && !a.is_hide_set()
            && !["help", "version"].contains(&a.get_id().as_str())
    };
    command.get_arguments().filter(own)
}

#[test]
fn options_are_those_of_the_command_line() {
    let mut cli = Cli::command();
    cli.build();
    let mut groups: BTreeMap<&str, Vec<&Arg>> = BTreeMap::new();
    for arg in options(&cli) {
        groups
            .entry(arg.get_help_heading().unwrap_or("Options"))
            .or_default()
            .push(arg);
    }
    let mut out = String::new();
    let order = [
        "Input",
        "Scope",
        "Detection",
        "Output",
        "Screen",
        "Settings and limits",
    ];
    let known: BTreeSet<&str> = order.into_iter().collect();
    assert_eq!(
        groups.keys().copied().collect::<BTreeSet<_>>(),
        known,
        "{:?}",
        groups.get("Options")
    );
    for heading in order {
        writeln!(out, "## {heading}\n\n| option | meaning |\n|---|---|").unwrap();
        groups[heading].iter().for_each(|a| row(&mut out, a));
        out.push('\n');
    }
    let known: BTreeMap<&str, String> = options(&cli)
        .map(|a| {
            (
                a.get_id().as_str(),
                a.get_help().map(|h| h.to_string()).unwrap_or_default(),
            )
        })
        .collect();
    for sub in cli
        .get_subcommands()
        .filter(|s| !["help", "analyse"].contains(&s.get_name()))
    {
        let name = sub.get_name();
        let about = sub.get_about().map(|a| a.to_string()).unwrap_or_default();
        writeln!(out, "## {name}\n\n{about}.\n").unwrap();
        let new = |a: &&Arg| {
            let help = a.get_help().map(|h| h.to_string()).unwrap_or_default();
            known.get(a.get_id().as_str()) != Some(&help)
        };
        let own: Vec<&Arg> = options(sub).filter(new).collect();
        let below: Vec<String> = sub
            .get_subcommands()
            .filter(|s| s.get_name() != "help")
            .map(|s| {
                format!(
                    "`{name} {}`: {}",
                    s.get_name(),
                    s.get_about().map(|a| a.to_string()).unwrap_or_default()
                )
            })
            .collect();
        if !below.is_empty() {
            writeln!(out, "{}.\n", below.join("; ")).unwrap();
        }
        if !own.is_empty() {
            out.push_str("| option | meaning |\n|---|---|\n");
            own.iter().for_each(|a| row(&mut out, a));
            out.push('\n');
        }
    }
    generated("options.md", "options", &out);
}

/// Blocks of code of one language in a text.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let start = format!("```{language}\n");
    let all = text.split(start.as_str()).skip(1);
    all.map(|b| b.split("```").next().unwrap().to_owned())
        .collect()
}

#[test]
fn settings_of_the_book_are_settings() {
    let mut seen = 0;
    for path in pages().iter().filter(|p| !p.ends_with("ci.md")) {
        for block in blocks(&read(path), "toml") {
            let wrong = settings_in(&block).map_err(|c| c.render(false));
            assert_eq!(wrong, Ok(()), "{}", path.display());
            seen += 1;
        }
    }
    assert!(seen >= 2);
    // the tables of keys, against what the program says of an unknown one
    for (name, heading, wrong) in [
        ("settings.md", "# Settings\n", "zzzzzzzzzzzz = 1"),
        (
            "own-formats.md",
            "## Keys of `[[format]]`\n",
            "[[format]]\nzzzzzzzzzzzz = 1",
        ),
        (
            "own-formats.md",
            "## Keys of `[[marker]]`\n",
            "[[marker]]\nzzzzzzzzzzzz = 1",
        ),
    ] {
        let refused = settings_in(wrong).unwrap_err().render(false);
        let (_, keys) = refused.split_once("the keys here are ").expect(&refused);
        let keys: BTreeSet<&str> = keys.lines().next().unwrap().split(", ").collect();
        let text = read(&page(name));
        let (_, section) = text.split_once(heading).unwrap();
        let section = section.split("\n## ").next().unwrap();
        let table = section
            .lines()
            .filter_map(|l| l.strip_prefix("| `")?.split('`').next());
        assert_eq!(table.collect::<BTreeSet<_>>(), keys, "{heading}");
    }
}

#[test]
fn markers_that_a_line_can_state_are_listed() {
    let stated = MarkerKind::ALL.iter().filter(|k| k.is_stated());
    let words: Vec<String> = stated.map(|k| format!("`{}`", k.word())).collect();
    generated(
        "own-formats.md",
        "markers",
        &format!("{}.\n", words.join(", ")),
    );
}

/// Targets of links and pictures in Markdown, without those in code.
fn links(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut code = false;
    let link = regex::Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let span = regex::Regex::new(r"`[^`]*`").unwrap();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            code = !code;
        } else if !code {
            let line = span.replace_all(line, "");
            out.extend(link.captures_iter(&line).map(|c| c[1].to_owned()));
        }
    }
    out
}

fn anchors(text: &str) -> BTreeSet<String> {
    let mut code = false;
    let mut out = BTreeSet::new();
    for line in text.lines() {
        if line.starts_with("```") {
            code = !code;
        } else if let (false, true) = (code, line.starts_with('#')) {
            out.insert(anchor(line.trim_start_matches('#').trim()));
        }
    }
    out
}

#[test]
fn links_lead_somewhere() {
    let mut files: Vec<PathBuf> = pages();
    for name in [
        "README",
        "CONTRIBUTING",
        "SECURITY",
        "CHANGELOG",
        "CODE_OF_CONDUCT",
    ] {
        files.push(root().join(format!("{name}.md")));
    }
    for file in files {
        for link in links(&read(&file)) {
            if link.contains("://") {
                continue;
            }
            let (path, place) = link.split_once('#').unwrap_or((&link, ""));
            let to = match path {
                "" => file.clone(),
                path => file.parent().unwrap().join(path),
            };
            assert!(to.exists(), "{}: {link}", file.display());
            let found = place.is_empty() || anchors(&read(&to)).contains(place);
            assert!(found, "{}: no heading {link}", file.display());
            let own = file.starts_with(page("")) && !to.starts_with(page(""));
            assert!(
                !own && !link.contains("../"),
                "{}: {link} leaves the book",
                file.display()
            );
        }
    }
}

#[test]
fn every_page_is_in_the_summary() {
    let listed: BTreeSet<PathBuf> = links(&read(&page("SUMMARY.md")))
        .iter()
        .map(|l| page(l))
        .collect();
    let all: BTreeSet<PathBuf> = pages()
        .into_iter()
        .filter(|p| !p.ends_with("SUMMARY.md"))
        .collect();
    assert_eq!(listed, all);
}

#[test]
fn the_readme_is_read_in_a_sitting_and_holds_both_commands() {
    let text = read(&root().join("README.md"));
    assert!(
        text.lines().count() <= 200,
        "{} lines",
        text.lines().count()
    );
    let typed = blocks(&text, "sh");
    for command in [
        "cargo run --release -- sample-logs/upgrade-outage\n",
        "./test.sh\n",
    ] {
        assert!(typed.contains(&command.to_owned()), "{command}");
    }
    let ci = read(&root().join(".ci/run"));
    assert!(ci.lines().any(|l| l == "./test.sh"), "{ci}");
}

#[test]
fn the_book_lists_the_samples() {
    let text = read(&page("samples.md"));
    let listed = text
        .lines()
        .filter_map(|l| l.strip_prefix("| `")?.split('`').next());
    let there = fs::read_dir(root().join("sample-logs")).unwrap();
    let there = there.map(|e| e.unwrap().file_name().into_string().unwrap());
    assert_eq!(
        listed.map(str::to_owned).collect::<BTreeSet<_>>(),
        there.collect()
    );
}

#[test]
fn the_report_of_the_book_is_the_program_s() {
    let mut c = std::process::Command::new(env!("CARGO_BIN_EXE_coroner"));
    c.current_dir(root())
        .env_remove("COLUMNS")
        .env("LC_ALL", "C.UTF-8");
    let out = c
        .args(["sample-logs/upgrade-outage", "--width", "80"])
        .output()
        .unwrap();
    assert!(out.status.success(), "{out:?}");
    let start = "<!-- report: coroner sample-logs/upgrade-outage -->\n```text\n";
    part(
        &page("reading.md"),
        start,
        "```\n",
        &String::from_utf8(out.stdout).unwrap(),
    );
}

#[test]
fn the_gallery_is_what_the_program_writes() {
    let gallery = page("gallery");
    let made = tempfile::tempdir().unwrap();
    let update = std::env::var_os("COR_UPDATE").is_some();
    let to = if update {
        gallery.as_path()
    } else {
        made.path()
    };
    let program = env!("CARGO_BIN_EXE_coroner");
    let done = std::process::Command::new(root().join("scripts/gallery.sh"))
        .args([Path::new(program), to])
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    let listed = links(&read(&page("gallery.md")));
    let listed = listed.iter().filter_map(|l| l.strip_prefix("gallery/"));
    let listed: BTreeSet<&str> = listed.collect();
    let there = fs::read_dir(to)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap());
    let there: BTreeSet<String> = there.filter(|n| !n.ends_with(".png")).collect();
    assert_eq!(
        there.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        listed
    );
    for name in listed {
        let same = read(&gallery.join(name)) == read(&to.join(name));
        assert!(
            same,
            "{name} is another: COR_UPDATE=1 cargo test --test book"
        );
    }
}
