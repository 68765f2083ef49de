//! `samples DIR [TRUTH_DIR]`: writes the sample logs into DIR, and the truth about them where asked for.
//! An existing case folder is replaced.

use std::path::Path;
use std::{env, fs, io, process};

fn write(logs: &Path, truths: Option<&Path>) -> io::Result<()> {
    for case in sim::cases::all() {
        let built = case().build()?;
        let folder = logs.join(built.name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let mut total = 0;
        for (path, bytes) in &built.files {
            let path = folder.join(path);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, bytes)?;
            total += bytes.len();
        }
        if let Some(dir) = truths {
            fs::create_dir_all(dir)?;
            fs::write(dir.join(format!("{}.json", built.name)), &built.truth)?;
        }
        println!(
            "{:>9} bytes in {:>2} files  {}",
            total,
            built.files.len(),
            folder.display()
        );
    }
    Ok(())
}

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    let Some(dir) = args.first().filter(|a| !a.starts_with('-')) else {
        eprintln!("usage: samples DIR [TRUTH_DIR]");
        process::exit(2);
    };
    if let Err(e) = write(Path::new(dir), args.get(1).map(Path::new)) {
        eprintln!("samples: {e}; is {dir} writable?");
        process::exit(74);
    }
}
