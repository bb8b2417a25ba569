//! What the options name: roots, certificates, revocation lists.

use std::path::{Path, PathBuf};

use tanba_core::time::UnixTime;
use tanba_core::verify::Demand;
use tanba_core::x509::certificate::Certificate;
use tanba_core::x509::crl::Crl;
use tanba_core::x509::ocsp::{OcspAnswer, OcspResponse};

use super::Verify;
use super::judging::Known;
use crate::authorities::{Authorities, ENDINGS};
use crate::commands::failure::{Failure, Problem};
use crate::commands::input;
use crate::commands::shell::{Shell, eprint_line};

/// More files in one folder are not read.
const FILES: usize = 1000;

/// Reads the folders.
pub(super) fn read(options: &Verify, at: UnixTime, shell: &Shell) -> Result<Known, Failure> {
    let demand = if options.offline { Demand::IfKnown } else { Demand::Known };
    let mut known = Known::new(roots(options, shell)?, at, demand);
    if let Some(folder) = &options.crls {
        read_lists(&mut known, folder)?;
    }
    Ok(known)
}

fn roots(options: &Verify, shell: &Shell) -> Result<Authorities, Failure> {
    let folder = roots_folder(options, shell);
    let files = match files(&folder, &ENDINGS) {
        // Nobody has to have made the usual one.
        Err(_) if options.roots.is_none() => Vec::new(),
        read => read?,
    };
    let mut all = Vec::new();
    for file in files {
        let bytes = input::read(&file, input::CERTIFICATES)?;
        let read = Certificate::read_all(&bytes)
            .map_err(|error| Failure::new(Problem::NotACertificate, &file).detail(&error))?;
        all.extend(read);
    }
    Ok(Authorities::sorted(all))
}

/// Says that no chain can be good, once it is known that there is something to judge.
pub(super) fn warn_without_roots(options: &Verify, shell: &Shell) {
    let path = roots_folder(options, shell).display().to_string();
    eprint_line(&shell.words.get_with("cmd-no-roots", &[("path", &path)]));
}

fn read_lists(known: &mut Known, folder: &Path) -> Result<(), Failure> {
    for file in files(folder, &["crl", "pem", "der"])? {
        let bytes = input::read(&file, input::CRL)?;
        match Crl::from_pem_or_der(bytes) {
            Ok(crl) => known.crls.push(crl),
            Err(error) => return Err(Failure::new(Problem::NotACrl, &file).detail(&error)),
        }
    }
    for file in files(folder, &["ocsp", "ors"])? {
        let bytes = input::read(&file, input::CERTIFICATES)?;
        match OcspResponse::parse(&bytes) {
            Ok(response) => known.answers.push(OcspAnswer { response, nonce: None }),
            Err(error) => return Err(Failure::new(Problem::NotACrl, &file).detail(&error)),
        }
    }
    Ok(())
}

/// The folder that was named, or the usual one.
fn roots_folder(options: &Verify, shell: &Shell) -> PathBuf {
    options.roots.clone().unwrap_or_else(|| shell.data.join("roots"))
}

/// The files of a folder that have one of these endings, in the order of their names.
fn files(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let reading = |error| Failure::reading(error, folder);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(reading)? {
        let path = entry.map_err(reading)?.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if endings.iter().any(|known| ending.eq_ignore_ascii_case(known)) && path.is_file() {
            files.push(path);
        }
        if files.len() > FILES {
            return Err(Failure::new(Problem::TooLarge, folder));
        }
    }
    files.sort();
    Ok(files)
}
