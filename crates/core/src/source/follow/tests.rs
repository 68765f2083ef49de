//! Files of a made disk that are written, rotated, packed and removed while they are followed, stopped and killed: each line
//! that was written is read once.

use super::disk::{Disk, Handle, Stat};
use super::*;
use proptest::prelude::*;
use std::io::Read;
use std::sync::{Arc, Mutex};

/// Bytes, whether they are packed, when they were changed, and how many names they have.
type Content = (Vec<u8>, bool, i128, usize);

/// A file without a name. What is packed has its bytes turned round.
#[derive(Clone, Default)]
struct File(Arc<Mutex<Content>>, u64);

/// Files by name, the numbers that are taken, and the time.
type Tree = (BTreeMap<PathBuf, File>, Vec<Arc<()>>, i128);

/// A disk that gives the number of a file again as soon as it is free.
#[derive(Clone, Default)]
struct Made(Arc<Mutex<Tree>>);

/// A file that is open, or has a name: its number is taken.
struct Open(
    File,
    #[expect(dead_code, reason = "held, not read")] Arc<()>,
);

impl File {
    fn stat(&self) -> Stat {
        let f = self.0.lock().unwrap();
        Stat {
            id: (0, self.1),
            len: f.0.len() as u64,
            modified: f.2,
            named: f.3 > 0,
        }
    }
}

impl Handle for Open {
    fn stat(&self) -> io::Result<Stat> {
        Ok(self.0.stat())
    }
    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        let f = self.0.0.lock().unwrap();
        f.0.get(at as usize..).unwrap_or_default().read(into)
    }
    fn unpacked(&self) -> io::Result<Option<Box<dyn Read + Send>>> {
        let f = self.0.0.lock().unwrap();
        let turned: Vec<u8> = f.0.iter().map(|b| !b).collect();
        Ok(f.1.then(|| Box::new(io::Cursor::new(turned)) as _))
    }
}

impl Disk for Made {
    fn stat(&self, path: &Path) -> io::Result<Stat> {
        let all = self.0.lock().unwrap();
        all.0
            .get(path)
            .map(File::stat)
            .ok_or(io::ErrorKind::NotFound.into())
    }
    fn open(&self, path: &Path) -> io::Result<Box<dyn Handle>> {
        let all = self.0.lock().unwrap();
        let file = all.0.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Open(file.clone(), all.1[file.1 as usize].clone())))
    }
}

impl Made {
    fn write(&self, path: &str, bytes: &[u8], packed: bool) {
        let mut all = self.0.lock().unwrap();
        all.2 += 1;
        let now = all.2;
        if !all.0.contains_key(Path::new(path)) {
            let named: Vec<u64> = all.0.values().map(|f| f.1).collect();
            let free =
                |n: &usize| Arc::strong_count(&all.1[*n]) == 1 && !named.contains(&(*n as u64));
            let n = (0..all.1.len()).find(free).unwrap_or_else(|| all.1.len());
            if n == all.1.len() {
                all.1.push(Arc::default());
            }
            let file = File(Arc::new(Mutex::new((Vec::new(), packed, now, 1))), n as u64);
            all.0.insert(path.into(), file);
        }
        let mut f = all.0[Path::new(path)].0.lock().unwrap();
        f.0.extend(bytes.iter().map(|b| if packed { !b } else { *b }));
        f.2 = now;
    }

    fn cut(&self, path: &str) {
        let mut all = self.0.lock().unwrap();
        all.2 += 1;
        let now = all.2;
        let mut f = all.0[Path::new(path)].0.lock().unwrap();
        (f.0, f.2) = (Vec::new(), now);
    }

    fn rename(&self, from: &str, to: &str) {
        let mut all = self.0.lock().unwrap();
        if let Some(f) = all.0.remove(Path::new(from)) {
            all.0.insert(to.into(), f);
        }
    }

    fn remove(&self, path: &str) {
        let mut all = self.0.lock().unwrap();
        if let Some(f) = all.0.remove(Path::new(path)) {
            f.0.lock().unwrap().3 = 0;
        }
    }

    fn bytes(&self, path: &str) -> Option<(Vec<u8>, bool)> {
        let all = self.0.lock().unwrap();
        let f = all.0.get(Path::new(path))?.0.lock().unwrap();
        let whole = f.0.iter().map(|b| if f.1 { !b } else { *b }).collect();
        Some((whole, f.1))
    }

    fn there(&self) -> Vec<There> {
        let all = self.0.lock().unwrap();
        let all = all.0.iter().map(|(path, f)| There {
            path: path.clone(),
            stat: f.stat(),
        });
        all.collect()
    }
}

const LOGS: [&str; 2] = ["app.log", "db.log"];

/// A follower of a folder, and what it read up to now and up to its last state.
struct Run {
    disk: Made,
    follow: Option<Follow<Made>>,
    read: Vec<String>,
    kept: (Vec<(Option<usize>, KeptFile)>, Vec<String>),
    lost: usize,
    written: Vec<String>,
    lines: usize,
}

impl Run {
    fn new() -> Run {
        let mut run = Run {
            disk: Made::default(),
            follow: None,
            read: Vec::new(),
            kept: Default::default(),
            lost: 0,
            written: Vec::new(),
            lines: 0,
        };
        run.start();
        run.steps(usize::MAX, 1);
        run.save();
        run
    }

    fn start(&mut self) {
        if self.follow.is_none() {
            self.read = self.kept.1.clone();
            // the first one finds an empty disk; those behind it go on even with nothing
            let kept = self.kept.0.clone();
            self.follow = Some(Follow::resume(self.disk.clone(), kept));
        }
    }

    /// Looks, and reads so often.
    fn steps(&mut self, times: usize, most: usize) {
        let Some(follow) = &mut self.follow else {
            return;
        };
        for _ in 0..times.min(400) {
            let mut ask = |path: &Path, _: io::Result<&[u8]>, _: bool| {
                let is_of = |log: &&str| path.to_string_lossy().starts_with(*log);
                Answer::Read(LOGS.iter().position(is_of).unwrap())
            };
            follow.look(&self.disk.there(), &mut ask).unwrap();
            let mut all = Vec::new();
            for feed in 0..LOGS.len() {
                all.extend(follow.read(feed, most).unwrap());
            }
            let text = String::from_utf8(all).unwrap();
            let done = text.is_empty() && !follow.wants_look();
            self.read.extend(text.lines().map(String::from));
            self.lost += follow.lost().len();
            if done && times == usize::MAX {
                break;
            }
        }
    }

    fn save(&mut self) {
        if let Some(follow) = &self.follow {
            self.kept = (follow.kept(), self.read.clone());
        }
    }

    fn append(&mut self, path: &str, lines: usize, banner: bool) {
        let mut text = String::new();
        // files begin alike, some for longer than what is looked at of their beginnings
        if banner {
            text = "the same in every file\n".repeat(if lines.is_multiple_of(2) { 1 } else { 30 });
        }
        for _ in 0..lines {
            self.lines += 1;
            text += &format!("line {:06}\n", self.lines);
        }
        self.written.extend(text.lines().map(String::from));
        self.disk.write(path, text.as_bytes(), false);
    }

    fn shift(&self, log: &str) {
        for n in (1..40).rev() {
            for end in ["", ".gz"] {
                let from = format!("{log}.{n}{end}");
                self.disk.rename(&from, &format!("{log}.{}{end}", n + 1));
            }
        }
    }
}

#[derive(Clone, Debug)]
enum Act {
    Append(usize, usize),
    Late(usize),
    Rename(usize),
    /// A copy, of which so many bytes are there when it is looked at; lines may come meanwhile.
    Copy(usize, Option<usize>, bool),
    Pack(usize, usize, Option<usize>),
    Forget(usize),
    Read(usize, usize),
    Save,
    Stop,
    Kill,
    Start,
}

fn acts() -> impl Strategy<Value = Act> {
    let log = || 0..LOGS.len();
    let seen = || proptest::option::of(0..400usize);
    prop_oneof![
        6 => (log(), 1..40usize).prop_map(|(l, n)| Act::Append(l, n)),
        1 => log().prop_map(Act::Late),
        3 => log().prop_map(Act::Rename),
        3 => (log(), seen(), any::<bool>()).prop_map(|(l, s, m)| Act::Copy(l, s, m)),
        3 => (log(), 1..5usize, seen()).prop_map(|(l, n, s)| Act::Pack(l, n, s)),
        1 => log().prop_map(Act::Forget),
        4 => (1..4usize, 1..3000usize).prop_map(|(n, m)| Act::Read(n, m)),
        2 => Just(Act::Save),
        1 => Just(Act::Stop),
        2 => Just(Act::Kill),
        3 => Just(Act::Start),
    ]
}

impl Run {
    fn act(&mut self, act: &Act) {
        match *act {
            Act::Append(l, n) => {
                let fresh = self.disk.bytes(LOGS[l]).is_none_or(|b| b.0.is_empty());
                self.append(LOGS[l], n, fresh);
            }
            Act::Late(l) => {
                // only what was renamed still has a writer, and only until there is a new file
                let first = format!("{}.1", LOGS[l]);
                if self.disk.bytes(LOGS[l]).is_none() && self.disk.bytes(&first).is_some() {
                    self.append(&first, 3, false);
                }
            }
            Act::Rename(l) => {
                if self.disk.bytes(LOGS[l]).is_some_and(|b| !b.0.is_empty()) {
                    self.shift(LOGS[l]);
                    self.disk.rename(LOGS[l], &format!("{}.1", LOGS[l]));
                }
            }
            Act::Copy(l, seen, more) => {
                let Some((whole, _)) = self.disk.bytes(LOGS[l]).filter(|b| !b.0.is_empty()) else {
                    return;
                };
                self.shift(LOGS[l]);
                let copy = format!("{}.1", LOGS[l]);
                let part = seen.map_or(whole.len(), |s| s.min(whole.len()));
                self.disk.write(&copy, &whole[..part], false);
                if seen.is_some() {
                    self.steps(1, 100);
                }
                self.disk.write(&copy, &whole[part..], false);
                if more && self.follow.is_some() {
                    // what comes behind the copy is gone unless it is read in time
                    self.append(LOGS[l], 5, false);
                    self.steps(usize::MAX, 500);
                    self.save();
                }
                self.disk.cut(LOGS[l]);
            }
            Act::Pack(l, n, seen) => {
                let from = format!("{}.{n}", LOGS[l]);
                let renamed = n > 1 || self.disk.bytes(LOGS[l]).is_some();
                let Some((whole, false)) = self.disk.bytes(&from).filter(|_| renamed) else {
                    return;
                };
                let to = format!("{from}.gz");
                let part = seen.map_or(whole.len(), |s| s.min(whole.len()));
                self.disk.write(&to, &whole[..part], true);
                if seen.is_some() {
                    self.steps(1, 100);
                }
                self.disk.write(&to, &whole[part..], true);
                self.disk.remove(&from);
            }
            Act::Forget(l) => {
                let all = self.disk.there();
                let old = |t: &&There| {
                    t.path
                        .to_string_lossy()
                        .starts_with(&format!("{}.", LOGS[l]))
                };
                if let (Some(t), true) = (all.iter().rfind(old), self.follow.is_some()) {
                    self.steps(usize::MAX, 500);
                    self.save();
                    self.disk.remove(&t.path.to_string_lossy());
                }
            }
            Act::Read(n, most) => self.steps(n, most),
            Act::Save => self.save(),
            Act::Stop => {
                self.steps(usize::MAX, 500);
                self.save();
                self.follow = None;
            }
            Act::Kill => self.follow = None,
            Act::Start => self.start(),
        }
    }
}

/// The same 400 sequences each time; with `PROPTEST_CASES` so many others.
fn cases() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok();
    match asked.and_then(|n| n.parse().ok()) {
        Some(n) => ProptestConfig::with_cases(n),
        None => ProptestConfig {
            rng_seed: proptest::test_runner::RngSeed::Fixed(1),
            ..ProptestConfig::with_cases(400)
        },
    }
}

/// Acts, and then all that is left is read: lines that were not read once.
fn not_read_once(acts: &[Act]) -> Vec<String> {
    let mut run = Run::new();
    acts.iter().for_each(|act| run.act(act));
    run.start();
    run.steps(usize::MAX, 500);
    let times = |all: &[String], line: &String| all.iter().filter(|l| *l == line).count();
    let lines: std::collections::BTreeSet<_> = run.read.iter().chain(&run.written).collect();
    let odd = |l: &&String| times(&run.read, l) != times(&run.written, l);
    lines.into_iter().filter(odd).cloned().collect()
}

/// The copy of a log that is met beside it has the number of a packed file of another one, of which nothing or only the lines
/// were read with which all begin.
#[test]
fn a_number_that_is_given_again_shows_nothing() {
    for read in [Act::Read(1, 1), Act::Read(40, 1), Act::Read(45, 1)] {
        let acts = [
            Act::Append(0, 9),
            Act::Rename(0),
            Act::Append(0, 1),
            Act::Copy(0, None, false),
            read,
            Act::Save,
            Act::Kill,
            Act::Start,
            Act::Append(1, 20),
            Act::Pack(0, 1, None),
            Act::Copy(1, None, true),
        ];
        assert_eq!(not_read_once(&acts), [""; 0]);
    }
}

proptest! {
    #![proptest_config(cases())]
    #[test]
    fn each_line_is_read_once(acts in proptest::collection::vec(acts(), 1..40)) {
        let odd = not_read_once(&acts);
        prop_assert!(odd.is_empty(), "{odd:?}");
    }
}
