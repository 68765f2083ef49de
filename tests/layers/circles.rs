//! Circles of imports between the files of a crate: who changes one file of a circle has to understand all of them.

use super::{File, collect, sources};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};

/// A module, by the names from the crate's root to it.
type Module = Vec<String>;

/// The files of a crate by their modules, and what each one's names stand for.
struct Modules {
    code: BTreeMap<Module, String>,
    names: BTreeMap<Module, BTreeMap<String, Module>>,
}

fn module(path: &str) -> Module {
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let path = path.split('/').map(str::to_owned);
    path.filter(|p| !matches!(p.as_str(), "lib" | "main"))
        .collect()
}

/// The paths of a tree of imports, each with the name that it brings in.
fn leaves(front: &str, tree: &str, out: &mut Vec<(String, String)>) {
    let (mut depth, mut from) = (0, 0);
    let ends = tree.char_indices().chain([(tree.len(), ',')]);
    for (at, c) in ends {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                let item = tree[from..at].trim();
                from = at + 1;
                if let Some((path, inner)) = item.split_once('{') {
                    leaves(&format!("{front}{path}"), inner.trim_end_matches('}'), out);
                } else if !item.is_empty() {
                    let whole = format!("{front}{item}");
                    let (path, name) = whole.split_once(" as ").unwrap_or((&whole, ""));
                    let path = path.trim_end_matches("::self").to_owned();
                    let last = path.rsplit("::").next().unwrap_or_default().to_owned();
                    let name = if name.is_empty() {
                        last
                    } else {
                        name.to_owned()
                    };
                    out.push((path, name));
                }
            }
            _ => {}
        }
    }
}

/// A path as seen from a module, from the crate's root.
fn absolute(at: &[String], path: &str) -> Module {
    let mut parts = path.split("::").peekable();
    let mut base = match parts.peek() {
        Some(&"crate") => Vec::new(),
        _ => at.to_vec(),
    };
    while let Some(first) = parts.next_if(|p| matches!(*p, "crate" | "self" | "super")) {
        if first == "super" {
            base.pop();
        }
    }
    base.extend(parts.map(str::to_owned));
    base
}

impl Modules {
    fn of(files: &[File]) -> Modules {
        let of = |f: &File| (module(&f.path), f.code());
        let code: BTreeMap<_, _> = files.iter().filter(|f| !f.is_test()).map(of).collect();
        let mut all = Modules {
            code,
            names: BTreeMap::new(),
        };
        let import = Regex::new(r"(?m)^\s*(?:pub(?:\([^)]*\))? )?use ([^;]+);").unwrap();
        for (at, code) in &all.code {
            let mut found = Vec::new();
            for c in import.captures_iter(code) {
                leaves("", &c[1].replace('\n', " "), &mut found);
            }
            let names = found.into_iter().map(|(p, n)| (n, absolute(at, &p)));
            all.names.insert(at.clone(), names.collect());
        }
        all
    }

    /// The file in which a path ends, through what is re-exported on the way.
    fn home(&self, path: &[String], steps: usize) -> Option<Module> {
        let n = (0..=path.len()).rfind(|n| self.code.contains_key(&path[..*n]))?;
        let (file, rest) = path.split_at(n);
        let further = rest.first().and_then(|r| self.names[file].get(r));
        match further {
            Some(to) if steps > 0 && to != path => {
                let to = [to, &rest[1..]].concat();
                self.home(&to, steps - 1).or(Some(file.to_vec()))
            }
            _ => Some(file.to_vec()),
        }
    }

    /// Whom each file names. What a parent says of its children is left out: they are its parts.
    fn arrows(&self) -> BTreeMap<&Module, BTreeSet<Module>> {
        let inline = Regex::new(r"\b([a-z]\w*(?:::\w+)+)").unwrap();
        let mut all = BTreeMap::new();
        for (at, code) in &self.code {
            let mut paths: Vec<Module> = self.names[at].values().cloned().collect();
            for c in inline.captures_iter(code) {
                let first = c[1].split("::").next().unwrap_or_default();
                match self.names[at].get(first) {
                    Some(known) => {
                        let rest = c[1].split("::").skip(1).map(str::to_owned);
                        paths.push(known.iter().cloned().chain(rest).collect());
                    }
                    None => paths.push(absolute(at, &c[1])),
                }
            }
            let homes = paths.iter().filter_map(|p| self.home(p, 8));
            all.insert(at, homes.filter(|h| !h.starts_with(at)).collect());
        }
        all
    }

    /// Circles, each as the files that can be reached from each other.
    fn circles(&self) -> BTreeSet<Vec<Module>> {
        let arrows = self.arrows();
        let reached = |from: &Module| {
            let mut seen = BTreeSet::new();
            let mut next: Vec<&Module> = arrows[from].iter().collect();
            while let Some(m) = next.pop() {
                if seen.insert(m) {
                    next.extend(&arrows[m]);
                }
            }
            seen
        };
        let all: BTreeMap<&Module, _> = self.code.keys().map(|m| (m, reached(m))).collect();
        let circle = |m: &Module| {
            let back = all[m].iter().filter(|o| all[**o].contains(m));
            back.map(|o| (*o).clone()).collect::<Vec<_>>()
        };
        self.code
            .keys()
            .map(circle)
            .filter(|c| c.len() > 1)
            .collect()
    }
}

fn made(files: &[(&str, &str)]) -> Modules {
    let file = |(path, text): &(&str, &str)| File {
        path: (*path).to_owned(),
        text: (*text).to_owned(),
    };
    Modules::of(&files.iter().map(file).collect::<Vec<_>>())
}

#[test]
fn a_circle_is_seen_however_it_is_written() {
    let circle = made(&[
        ("lib.rs", "mod a;\nmod b;\nmod c;"),
        ("a.rs", "use crate::b::{self, X};"),
        ("b.rs", "fn f() { super::c::g() }"),
        ("c.rs", "mod d;\npub use d::Y;"),
        ("c/d.rs", "use crate::a::Z;"),
        ("e.rs", "use crate::a::Z;\nuse crate::c::Y;"),
    ]);
    // b names c, and not what c takes from its child
    assert_eq!(circle.circles().len(), 0);
    let circle = made(&[
        ("lib.rs", ""),
        ("a.rs", "use crate::b::{self, X};"),
        ("b.rs", "use crate::c::Y;"),
        ("c.rs", "mod d;\npub use d::Y;"),
        ("c/d.rs", "use crate::a::Z;\nuse super::W;"),
    ]);
    let names: Vec<String> = circle
        .circles()
        .iter()
        .flatten()
        .map(|m| m.join("/"))
        .collect();
    assert_eq!(names, ["a", "b", "c/d"]);
}

/// Two or three files that name each other are one thing in two or three files; more are a knot.
#[test]
fn no_circle_has_more_than_three_files() {
    for root in sources() {
        let mut files = Vec::new();
        collect(&root, &root, &mut files);
        let circles = Modules::of(&files).circles();
        let wide: Vec<_> = circles.iter().filter(|c| c.len() > 3).collect();
        assert!(wide.is_empty(), "{}: {wide:#?}", root.display());
    }
}
