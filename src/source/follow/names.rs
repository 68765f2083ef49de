//! Names that a file has when it was rotated, and where its earlier generations lie. Opens nothing.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Whether a name is one that the file may have after it was rotated.
pub(super) fn is_rotated_name(path: &Path, name: &[u8]) -> bool {
    let own = path.file_name().unwrap_or_default();
    let stem = path.file_stem().unwrap_or(own).as_encoded_bytes();
    let own = own.as_encoded_bytes();
    let behind = name.strip_prefix(own).or_else(|| name.strip_prefix(stem));
    let Some(rest) = behind.filter(|r| !r.is_empty()) else {
        return false;
    };
    let turned = rest.iter().any(u8::is_ascii_digit) || rest.starts_with(b".old");
    // `web-1.log` is no earlier `web.log`
    let own_number = rest.len() < 8 && rest.ends_with(b".log") && !name.starts_with(own);
    name != own && turned && !own_number
}

/// The folder that a file lies in.
pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    }
}

/// Earlier generations that lie beside a file, oldest first.
pub(super) fn siblings(path: &Path) -> Vec<(Option<SystemTime>, PathBuf)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder(path))
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = entry.file_name();
        if !is_rotated_name(path, name.as_encoded_bytes()) {
            continue;
        }
        if let Ok(meta) = entry.metadata()
            && meta.is_file()
        {
            all.push((meta.modified().ok(), entry.path()));
        }
    }
    all.sort();
    all
}
