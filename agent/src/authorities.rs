//! The authorities that this agent knows: roots, and certificates that lead to them.

use std::path::Path;

use tanba_core::x509::certificate::Certificate;
use tracing::warn;

use crate::files;

/// More files in the folder are not read.
const FILES: usize = 1000;
/// The largest of them, in bytes.
const MOST: usize = 4 << 20;
/// What certificate files end with.
pub const ENDINGS: [&str; 4] = ["cer", "crt", "pem", "der"];

/// Certificates of authorities, sorted by what they are good for.
#[derive(Debug, Clone, Default)]
pub struct Authorities {
    /// Those that are believed.
    pub roots: Vec<Certificate>,
    /// Those that only lead to them.
    pub others: Vec<Certificate>,
}

impl Authorities {
    /// Reads the certificates in a folder. What cannot be read is left out, and the log says so; no folder has none.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        let mut all = Vec::new();
        let Ok(entries) = std::fs::read_dir(folder) else { return Self::default() };
        for entry in entries.take(FILES).flatten() {
            let path = entry.path();
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            if !ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)) {
                continue;
            }
            let read = files::read(&path, MOST).map_err(|error| error.to_string());
            match read.and_then(|bytes| Certificate::read_all(&bytes).map_err(|e| e.to_string())) {
                Ok(certificates) => all.extend(certificates),
                Err(error) => warn!(%error, "a file among the roots was left out"),
            }
        }
        Self::sorted(all)
    }

    /// Roots, and those that only lead to them: whoever has its issuer beside it, and everybody who may issue nothing.
    #[must_use]
    pub fn sorted(all: Vec<Certificate>) -> Self {
        let leads = |one: &Certificate| {
            !one.is_self_issued()
                && (!one.is_ca || all.iter().any(|other| one.verify_signed_by(other).is_ok()))
        };
        let flags: Vec<bool> = all.iter().map(leads).collect();
        let mut authorities = Self::default();
        for (one, leads) in all.into_iter().zip(flags) {
            if leads { authorities.others.push(one) } else { authorities.roots.push(one) }
        }
        authorities
    }

    /// Adds others, and sorts anew.
    pub fn add(&mut self, more: Vec<Certificate>) {
        if more.is_empty() {
            return;
        }
        let mut all = std::mem::take(&mut self.roots);
        all.append(&mut self.others);
        all.extend(more);
        *self = Self::sorted(all);
    }
}
