//! `bulk KIND BYTES > file`: a big seeded log file for benchmarks.

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

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    let kind = args.first().and_then(|k| sim::bulk::Kind::named(k));
    let (Some(kind), Some(bytes)) = (kind, args.get(1).and_then(|b| bytes(b))) else {
        eprintln!("usage: bulk combined|json|app BYTES[k|M|G] > FILE");
        process::exit(2);
    };
    match sim::bulk::write(kind, bytes, &mut io::stdout().lock()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("bulk: {e}");
            process::exit(74);
        }
        _ => {}
    }
}
