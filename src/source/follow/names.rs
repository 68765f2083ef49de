//! Names that a file has when it was rotated, and where its earlier generations lie. Opens nothing.

use std::fs::Metadata;
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

/// A file that lies beside the one that is followed.
#[derive(Debug)]
pub(super) struct Sibling {
    /// When it was written to last.
    pub modified: Option<SystemTime>,
    /// Where it lies now.
    pub path: PathBuf,
    /// What stays the same while it is not written to.
    pub id: Id,
}

/// The place of a file on its disk (where there is none its path), its bytes, and when it was written to last.
pub(super) type Id = (u64, PathBuf, u64, Option<SystemTime>);

/// By what a file is known again; `path` is where it lies.
pub(super) fn id_of(meta: &Metadata, path: &Path) -> Id {
    let (at, only) = place(meta, path);
    (at, only, meta.len(), meta.modified().ok())
}

#[cfg(unix)]
fn place(meta: &Metadata, _: &Path) -> (u64, PathBuf) {
    use std::os::unix::fs::MetadataExt;
    (meta.ino(), PathBuf::new())
}

#[cfg(not(unix))]
fn place(_: &Metadata, path: &Path) -> (u64, PathBuf) {
    (0, path.to_owned())
}

/// Earlier generations that lie beside a file, oldest first.
pub(super) fn siblings(path: &Path) -> Vec<Sibling> {
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
            let path = entry.path();
            all.push(Sibling {
                modified: meta.modified().ok(),
                id: id_of(&meta, &path),
                path,
            });
        }
    }
    all.sort_by(|a, b| (a.modified, &a.path).cmp(&(b.modified, &b.path)));
    all
}
