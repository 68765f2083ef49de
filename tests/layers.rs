//! The rules of the source tree that Cargo cannot see, read from the sources: who may import whom within a crate, where unsafe
//! code and the outside world may be touched, how files begin and how long they may grow.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of tests that cannot go on may end the test"
)]

#[path = "layers/circles.rs"]
mod circles;
#[path = "layers/weights.rs"]
mod weights;

use regex::Regex;
use std::fs;
use std::path::{Path, PathBuf};

/// Modules from the lowest up. One may import those of earlier rows, none of its own row but itself. What lies in other crates
/// Cargo keeps apart: `lines`, then `core`, then `infer`, then `report`, then the root.
const ROWS: &[&[&str]] = &[
    // crates/lines
    &["table", "vector"],
    &["text", "time", "hash", "sorting"],
    &["record"],
    &["fault"],
    &["marker"],
    &["format"],
    &["fast"],
    // crates/core
    &["error"],
    &["source"],
    &["plan"],
    &["summary"],
    &["scan"],
    // crates/infer
    &["model"],
    &["clock", "detect"],
    &["cause"],
    &["infer"],
    // crates/report
    &["report"],
    &["audit"],
    // the root
    &["analysis"],
    &["watch"],
    &["program"],
    &["cli"],
];

/// Lines that a file may have.
const LONGEST: usize = 450;

struct File {
    /// Path below the `src` of its crate, with `/`.
    path: String,
    text: String,
}

impl File {
    /// What is compiled into the library: without comments, and without the tests, which stand at the end.
    fn code(&self) -> String {
        let lines = self.text.lines().map(str::trim_end);
        lines
            .take_while(|l| !l.ends_with("mod tests {"))
            .filter(|l| !l.trim_start().starts_with("//"))
            .flat_map(|l| [l, "\n"])
            .collect()
    }

    /// Whether all of it is compiled for tests only.
    fn is_test(&self) -> bool {
        self.path
            .split('/')
            .any(|p| p == "tests" || p == "tests.rs")
            || matches!(self.path.as_str(), "model/fixture.rs" | "detect/days.rs")
    }

    fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How far below the crate's root its own module is.
    fn depth(&self) -> usize {
        self.path.split('/').count()
    }
}

/// The `src` folders of the workspace.
fn sources() -> [PathBuf; 5] {
    [
        "crates/lines/src",
        "crates/core/src",
        "crates/infer/src",
        "crates/report/src",
        "src",
    ]
    .map(|p| Path::new(env!("CARGO_MANIFEST_DIR")).join(p))
}

fn collect(root: &Path, folder: &Path, out: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name = path.strip_prefix(root).unwrap().components();
            let parts: Vec<_> = name.map(|c| c.as_os_str().to_str().unwrap()).collect();
            out.push(File {
                path: parts.join("/"),
                text: fs::read_to_string(&path).unwrap(),
            });
        }
    }
}

fn files() -> Vec<File> {
    let mut all = Vec::new();
    for root in sources() {
        collect(&root, &root, &mut all);
    }
    all.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(all.len() > 100);
    all
}

fn row_of(module: &str) -> usize {
    let row = ROWS.iter().position(|r| r.contains(&module));
    row.unwrap_or_else(|| panic!("module {module} has no place in the table"))
}

/// Modules of the crate's root that some code names, however it reaches the root.
fn imports(file: &File) -> Vec<String> {
    let code = file.code();
    let single = Regex::new(r"\bcrate::(\w+)").unwrap();
    let upward = Regex::new(r"\b((?:super::)+)(\w+)").unwrap();
    let mut out: Vec<String> = single
        .captures_iter(&code)
        .map(|c| c[1].to_owned())
        .collect();
    for c in upward.captures_iter(&code) {
        if c[1].len() / "super::".len() >= file.depth() {
            out.push(c[2].to_owned());
        }
    }
    out.sort();
    out.dedup();
    out
}

#[test]
fn modules_import_downwards_only() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for f in files().iter().filter(|f| !f.is_test()) {
        let own = f.module();
        if matches!(own, "lib" | "main") {
            continue;
        }
        for other in imports(f) {
            seen += 1;
            if other != own && row_of(&other) >= row_of(own) {
                wrong.push(format!("{} imports {other}", f.path));
            }
        }
    }
    assert!(seen > 200, "{seen}");
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn the_check_sees_every_way_to_import() {
    let file = |path: &str, text: &str| File {
        path: path.into(),
        text: text.into(),
    };
    let got = |path: &str, text: &str| imports(&file(path, text));
    assert_eq!(got("time/zone.rs", "use crate::report::Look;"), ["report"]);
    assert_eq!(got("time/zone.rs", "fn f() -> crate::cli::Env {}"), ["cli"]);
    assert_eq!(
        got("time/zone.rs", "use super::super::infer;\nuse super::zone;"),
        ["infer"]
    );
    assert_eq!(got("time.rs", "use super::infer;"), ["infer"]);
    assert_eq!(
        got("plan.rs", "// crate::infer\n/// crate::cli\nuse x;"),
        [""; 0]
    );
    assert_eq!(
        got(
            "plan.rs",
            "#[cfg(test)]\nmod tests {\n    use crate::cli;\n}"
        ),
        [""; 0]
    );
}

#[test]
fn every_module_of_a_root_has_its_place() {
    for f in files().iter().filter(|f| f.path == "lib.rs") {
        let modules = f
            .text
            .lines()
            .filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';'));
        modules.for_each(|m| {
            row_of(m);
        });
        // one way to write an import, so that the check sees it
        assert!(!f.text.contains("crate::{"));
    }
}

/// Files that hold what a pattern finds, tests left out.
fn holding(pattern: &str) -> Vec<String> {
    let wanted = Regex::new(pattern).unwrap();
    let all = files().into_iter().filter(|f| !f.is_test());
    all.filter(|f| wanted.is_match(&f.code()))
        .map(|f| f.path)
        .collect()
}

#[test]
fn unsafe_code_is_in_three_places() {
    assert_eq!(
        holding(r"\bunsafe\s*(?:\{|fn\b|impl\b|extern\b)"),
        ["memory.rs", "source/map.rs", "vector/x86_64.rs"]
    );
}

/// What differs from class to class stands in its own file and in the vocabulary of faults. Elsewhere a class may be named by
/// itself, for what is known of that one only; who names many keeps a list, and would have to know of every new class.
#[test]
fn nobody_keeps_a_list_of_classes() {
    let one = Regex::new(r"\b(?:CauseClass|C)::([A-Z]\w+)").unwrap();
    let mut named = std::collections::BTreeMap::<String, Vec<String>>::new();
    for f in files().iter().filter(|f| !f.is_test()) {
        let code = f.code();
        let mut classes: Vec<&str> = one
            .captures_iter(&code)
            .map(|c| c.get(1).unwrap().as_str())
            .collect();
        classes.retain(|c| *c != "ALL");
        classes.sort_unstable();
        classes.dedup();
        // the words of faults, and what names show beside them
        let is_vocabulary = ["fault/vocabulary.rs", "cause/fault.rs"].contains(&f.path.as_str());
        assert!(
            classes.len() <= 3 || is_vocabulary,
            "{} names {classes:?}",
            f.path
        );
        for c in classes {
            named.entry(c.to_owned()).or_default().push(f.path.clone());
        }
    }
    assert!(named.len() > 20, "{named:?}");
    // a class of which nothing special is known: its own file, and its words
    for c in ["Certificate", "Attack", "BadData", "Overload", "Cache"] {
        assert!(named[c].len() <= 3, "{c} stands in {:?}", named[c]);
    }
}

#[test]
fn only_the_command_line_touches_the_outside_world() {
    for pattern in [
        r"\b(?:e?print(?:ln)?|dbg)!",
        r"\bstdout\(|\bstderr\(",
        r"\bstd::env\b|\benv::(?:var|args|current_dir|temp_dir)",
        r"\bSystemTime::now|\bstd::time::Instant\b|\bUtc::now|\bLocal\b",
        r"\bprocess::exit\b",
        r"\bavailable_parallelism\b",
    ] {
        let outside = holding(pattern).into_iter();
        let wrong: Vec<String> = outside
            .filter(|p| p.split(['/', '.']).next() != Some("cli") && p != "main.rs")
            .collect();
        assert_eq!(wrong, [""; 0], "{pattern}");
    }
}

/// Stretches of time are as long as the farthest stamp makes them, so nothing that infers or reports goes through one step by
/// step: it walks the steps that are held (`by_step`, `windows`, ranges of maps), and looks for a moment by halves
/// (`first_that`).
#[test]
fn nobody_steps_through_time() {
    let stepping = [
        r"\.step_by\(",
        // two things that are no places of a list held against each other: `while t < end`
        r"\bwhile [\w.]+(?: [-+] [\w.]+)? [<>]=? [\w.]+(?: [-+] [\w.]+)?(?: &&| \|\|| \{)",
        r"\bfor \w+ in (?:from|to|start|end|t|at|first|last|[\w.]+\.(?:from|start|0))\.\.",
        r"\bfor _ in 0\.\.\d{3}",
    ];
    let walkers = ["detect", "clock", "cause", "infer", "report", "watch"];
    for pattern in stepping {
        let stepped: Vec<String> = holding(pattern)
            .into_iter()
            .filter(|p| {
                p.split(['/', '.'])
                    .next()
                    .is_some_and(|m| walkers.contains(&m))
            })
            .collect();
        assert_eq!(stepped, [""; 0], "{pattern}");
        let old = [
            "(0..9).step_by(2)",
            "while t <= stop {",
            "while at < log_end {",
        ];
        let old = [
            &old[..],
            &[
                "while t < to && n < 9 {",
                "for t in start..end {",
                "for _ in 0..1440 {",
            ],
        ]
        .concat();
        let sees = Regex::new(pattern).unwrap();
        assert!(old.iter().any(|l| sees.is_match(l)), "{pattern}");
    }
}

#[test]
fn files_say_what_they_are_for_and_stay_short() {
    let files = files();
    for f in &files {
        assert!(
            f.text.starts_with("//! "),
            "{} does not say what lives there",
            f.path
        );
        let lines = f.text.lines().count();
        assert!(
            lines <= LONGEST,
            "{} has {lines} lines: make it two",
            f.path
        );
        assert!(
            !f.path.ends_with("/mod.rs"),
            "{}: a parent is a file beside its folder",
            f.path
        );
        let vague = ["util", "utils", "helper", "helpers", "common", "misc"];
        let name = f.path.trim_end_matches(".rs");
        assert!(
            !name.split('/').any(|p| vague.contains(&p)),
            "{} says nothing",
            f.path
        );
    }
}

/// A name that stands for three things stands for none: a reader has to look up which one is meant.
#[test]
fn no_type_name_stands_for_more_than_two_things() {
    let named = Regex::new(
        r"(?m)^(?:\s*(?:pub(?:\([a-z: ]+\))? )?(?:struct|enum|trait|union)|(?:pub(?:\([a-z: ]+\))? )?type) ([A-Z]\w*)",
    )
    .unwrap();
    let mut all = std::collections::BTreeMap::<String, Vec<String>>::new();
    for f in files().iter().filter(|f| !f.is_test()) {
        for c in named.captures_iter(&f.code()) {
            let places = all.entry(c[1].to_owned()).or_default();
            places.push(f.path.clone());
        }
    }
    assert!(all.len() > 800, "{}", all.len());
    all.retain(|_, places| places.len() > 2);
    assert!(all.is_empty(), "{all:#?}");
}

/// Names that `pub use` items bring in, `self` as the module's.
fn reexported(code: &str) -> Vec<String> {
    let item = Regex::new(r"(?m)^pub use ([^;]+);").unwrap();
    let mut out = Vec::new();
    for c in item.captures_iter(code) {
        let (path, names) = c[1].split_once('{').unwrap_or(("", &c[1]));
        for name in names.trim_end_matches('}').split(',').map(str::trim) {
            let name = name.rsplit([':', ' ']).next().unwrap();
            let module = path.trim_end_matches("::").rsplit(':').next().unwrap();
            out.push(if name == "self" { module } else { name }.to_owned());
        }
    }
    out.retain(|n| !n.is_empty());
    out
}

#[test]
fn the_library_is_a_few_names_and_the_command_line_uses_them() {
    let all = files();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let of = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    let code = |text: String| {
        File {
            path: String::new(),
            text,
        }
        .code()
    };
    let root_code = code(of("lib.rs"));
    let mut names = reexported(&root_code);
    let item = Regex::new(r"(?m)^pub (?:mod|fn) (\w+)").unwrap();
    names.extend(item.captures_iter(&root_code).map(|c| c[1].to_owned()));
    names.retain(|n| n != "program");
    assert!((10..=16).contains(&names.len()), "{names:?}");
    // what it needs beyond them stands in one hidden module, by name, and nothing stands there in vain
    let cli: Vec<&File> = all.iter().filter(|f| f.module() == "cli").collect();
    assert!(cli.len() > 40);
    for f in &cli {
        let wrong = ["lines", "core", "infer", "report"].map(|name| format!("coroner_{name}::"));
        assert!(wrong.iter().all(|w| !f.text.contains(w)), "{}", f.path);
    }
    let program = code(of("program.rs"));
    let mut groups = program.split("\npub mod ");
    let flat = groups.next().unwrap();
    let groups = groups.map(|g| (format!("::{}", g.split(' ').next().unwrap()), g));
    for (module, group) in [(String::new(), flat)].into_iter().chain(groups) {
        let given = format!("coroner::program{module}::");
        for name in reexported(&group.replace("\n    pub", "\npub")) {
            let word = Regex::new(&format!(r"\b{name}\b")).unwrap();
            let used = |f: &&File| f.text.contains(&given) && word.is_match(&f.text);
            assert!(cli.iter().any(used), "nobody uses program{module}::{name}");
        }
    }
}

#[test]
fn every_format_reads_its_sample_and_keeps_it() {
    use coroner_lines::format::FORMATS;
    for (n, f) in FORMATS.iter().enumerate() {
        let sample = f.sample().as_bytes();
        assert!(f.parse(sample).is_some(), "{}", f.name());
        let first = FORMATS.iter().find(|g| g.parse(sample).is_some()).unwrap();
        assert_eq!(first.name(), f.name(), "takes the other's sample");
        assert!(!f.about().is_empty());
        let twins = FORMATS[..n].iter().filter(|g| g.name() == f.name());
        assert_eq!(twins.count(), 0, "{}", f.name());
    }
}

#[test]
fn every_rule_and_shape_has_its_example() {
    for r in coroner_lines::marker::rules::rules() {
        assert!(!r.example.is_empty() && !r.not.is_empty(), "{}", r.pattern);
    }
    for s in coroner_lines::time::stamp::SHAPES {
        let (rest, _) = (s.parse)(s.example.as_bytes()).unwrap_or_else(|_| panic!("{}", s.name));
        assert!(rest.is_empty(), "{}", s.name);
    }
}

#[test]
fn the_map_names_files_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let map = fs::read_to_string(root.join("CONTRIBUTING.md")).unwrap();
    let named = Regex::new(
        r"`(lines|core|infer|report)/(?:src/)?([a-z_/]*)(?:\{([a-z_, ]+)\}|([a-z_]+))(?:\.rs)?`",
    )
    .unwrap();
    let mut seen = 0;
    for c in named.captures_iter(&map) {
        let last = c.get(3).or(c.get(4)).unwrap().as_str();
        for name in last.split(", ") {
            let path = root.join(format!("crates/{}/src/{}{name}", &c[1], &c[2]));
            assert!(
                path.is_dir() || path.with_extension("rs").is_file(),
                "{}",
                path.display()
            );
            seen += 1;
        }
    }
    assert!(seen > 25, "{seen}");
}
