//! `scoreboard BIN DIR [FIRST COUNT CAUSES [KIND]]`: writes worlds below DIR one by one, lets BIN read each of them, and prints how
//! well its reports tell the truth. Nothing is kept but the table.

use serde_json::Value;
use sim::score::{Scored, score, table};
use sim::worlds::{KINDS, World, cause, detection};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::{env, fs, io, process, thread};

/// One world to draw.
#[derive(Clone, Copy)]
enum Job {
    Day(usize, u64),
    Cause(u64, bool),
}

fn draw(job: Job) -> World {
    match job {
        Job::Day(kind, seed) => detection(KINDS[kind].0, KINDS[kind].1, seed),
        Job::Cause(seed, misspecified) => cause(seed, misspecified),
    }
}

fn play(bin: &Path, dir: &Path, job: Job) -> io::Result<Scored> {
    let world = draw(job);
    let base = dir.join(&world.name);
    world.write(dir)?;
    let out = base.join("report.json");
    let status = Command::new(bin)
        .args([
            base.join("logs"),
            PathBuf::from("--json"),
            out.clone(),
            PathBuf::from("-q"),
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if !status.success() {
        return Err(io::Error::other(format!(
            "{} on {}: {status}",
            bin.display(),
            base.display()
        )));
    }
    let report: Value = serde_json::from_slice(&fs::read(&out)?)?;
    let scored = score(&world, &report);
    if env::var_os("SCOREBOARD_VERBOSE").is_some() {
        let class = world.truth.as_ref().map_or("", |t| t.class);
        eprintln!("{} {class} {scored:?}", world.name);
    }
    if env::var_os("SCOREBOARD_KEEP").is_none() {
        fs::remove_dir_all(base)?;
    }
    Ok(scored)
}

fn run(bin: &Path, dir: &Path, jobs: &[Job]) -> io::Result<Vec<Scored>> {
    let next = Mutex::new(0);
    let results = Mutex::new(vec![None; jobs.len()]);
    let threads = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|s| {
        let work = || -> io::Result<()> {
            loop {
                let i = {
                    let mut n = next
                        .lock()
                        .map_err(|_| io::Error::other("a worker failed"))?;
                    *n += 1;
                    *n - 1
                };
                let Some(job) = jobs.get(i) else {
                    return Ok(());
                };
                let scored = play(bin, dir, *job)?;
                if let Ok(mut r) = results.lock() {
                    r[i] = Some(scored);
                }
            }
        };
        let all: Vec<_> = (0..threads).map(|_| s.spawn(work)).collect();
        for t in all {
            t.join()
                .map_err(|_| io::Error::other("a worker failed"))??;
        }
        Ok::<(), io::Error>(())
    })?;
    let done = results
        .into_inner()
        .map_err(|_| io::Error::other("a worker failed"))?;
    Ok(done.into_iter().flatten().collect())
}

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    let number = |i: usize, usual: u64| args.get(i).map_or(Some(usual), |a| a.parse().ok());
    let (Some(bin), Some(dir), Some(first), Some(count), Some(causes)) = (
        args.first(),
        args.get(1),
        number(2, 1000),
        number(3, 4),
        number(4, 160),
    ) else {
        eprintln!("usage: scoreboard BIN DIR [FIRST_SEED DAYS_PER_KIND CAUSES [KIND_OF_DAY]]");
        process::exit(2);
    };
    // one kind alone, to look at
    let kind = |k: &usize| {
        args.get(5)
            .is_none_or(|only| KINDS[*k].1.contains(only.as_str()))
    };
    let days: Vec<Job> = (0..KINDS.len())
        .filter(kind)
        .flat_map(|k| (first..first + count).map(move |s| Job::Day(k, s)))
        .collect();
    let worlds =
        |m: bool| -> Vec<Job> { (first..first + causes).map(|s| Job::Cause(s, m)).collect() };
    let play = |jobs: &[Job]| run(Path::new(bin), Path::new(dir), jobs);
    let table = play(&days).and_then(|d| {
        let c = play(&worlds(false))?;
        let o = play(&worlds(true))?;
        Ok(table(&d, &c, &o))
    });
    match table {
        Ok(t) => println!(
            "seeds from {first}: {} days, {causes} + {causes} causes\n\n{t}",
            days.len()
        ),
        Err(e) => {
            eprintln!("scoreboard: {e}; is {bin} a program and {dir} writable?");
            process::exit(74);
        }
    }
}
