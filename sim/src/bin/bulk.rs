//! `bulk KIND BYTES > file`: a big seeded log file for benchmarks.

use sim::{bulk, torn};
use std::{env, io, process};

fn bytes(text: &str) -> Option<u64> {
    let (digits, unit) = match text.as_bytes().last()? {
        b'k' => (&text[..text.len() - 1], 1 << 10),
        b'M' => (&text[..text.len() - 1], 1 << 20),
        b'G' => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

const USAGE: &str =
    "usage: bulk combined|json|app|torn-bracket|torn-status|torn-quotes|prose BYTES[k|M|G] > FILE";

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    let (Some(kind), Some(bytes)) = (args.first(), args.get(1).and_then(|b| bytes(b))) else {
        eprintln!("{USAGE}");
        process::exit(2);
    };
    let out = &mut io::stdout().lock();
    let written = match (bulk::Kind::named(kind), torn::Kind::named(kind)) {
        (Some(kind), _) => bulk::write(kind, bytes, out),
        (_, Some(kind)) => torn::write(kind, bytes, out),
        (None, None) => {
            eprintln!("{USAGE}");
            process::exit(2);
        }
    };
    match written {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("bulk: {e}");
            process::exit(74);
        }
        _ => {}
    }
}
