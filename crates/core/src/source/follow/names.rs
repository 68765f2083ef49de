//! Names that a file has when it was rotated. They say where to look and what to call it, never what it holds.

use std::path::{Path, PathBuf};

/// Whether a path is one that a file may have after it was rotated: `access.log.1`, `access-20260310.log.gz`.
pub fn is_rotated_name(path: &Path, other: &Path) -> bool {
    let own = path.file_name().unwrap_or_default();
    let stem = path.file_stem().unwrap_or(own).as_encoded_bytes();
    let own = own.as_encoded_bytes();
    let name = other.file_name().unwrap_or_default().as_encoded_bytes();
    let behind = name.strip_prefix(own).or_else(|| name.strip_prefix(stem));
    let Some(rest) = behind.filter(|r| !r.is_empty()) else {
        return false;
    };
    let turned = rest.iter().any(u8::is_ascii_digit) || rest.starts_with(b".old");
    // `web-1.log` is no earlier `web.log`
    let own_number = rest.len() < 8 && rest.ends_with(b".log") && !name.starts_with(own);
    name != own && turned && !own_number && folder(path) == folder(other)
}

/// Files beside one that may be earlier generations of it.
pub fn beside(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder(path))
        .into_iter()
        .flatten()
        .flatten();
    let names = entries.map(|e| path.with_file_name(e.file_name()));
    names.filter(|p| is_rotated_name(path, p)).collect()
}

/// The folder that a file lies in.
pub fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    }
}
