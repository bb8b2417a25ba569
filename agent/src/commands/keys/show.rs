//! `tanba keys show`.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use tanba_core::pkcs12::Opened;
use tanba_core::x509::certificate::Certificate;

use crate::commands::failure::{Failure, Problem};
use crate::commands::password::{self, PasswordFile};
use crate::commands::shell::Shell;
use crate::commands::table::Table;
use crate::commands::{Done, Form, cert};

pub(super) const EXAMPLE: &str = "\
Example: tanba keys show GOST512_02c7….p12 --password-file password.txt --json

JSON: a list; each key has algorithm, key_id, subject, issuer, serial, not_before, not_after, iin, bin, roles, purpose
(sign, auth or both), has_certificate and matches_certificate. What is not there is null.";

#[derive(Args, Debug)]
pub struct Show {
    /// The PKCS#12 file.
    file: PathBuf,
    #[command(flatten)]
    password: PasswordFile,
    #[command(flatten)]
    pub(super) form: Form,
}

/// One key of a file.
#[derive(Serialize, Debug)]
struct ShownKey {
    algorithm: String,
    key_id: String,
    subject: Option<String>,
    issuer: Option<String>,
    serial: Option<String>,
    not_before: Option<String>,
    not_after: Option<String>,
    iin: Option<String>,
    bin: Option<String>,
    roles: Vec<String>,
    purpose: Option<&'static str>,
    has_certificate: bool,
    matches_certificate: Option<bool>,
}

impl Show {
    pub(super) fn run(&self, shell: &Shell) -> Result<Done, Failure> {
        let source = self.password.password_file.as_deref();
        let (opened, ..) = password::open(shell, &self.file, source)?;
        let keys = shown(&opened);
        if keys.is_empty() {
            return Err(Failure::new(Problem::NoKey, &self.file));
        }
        shell.answer(&keys)?;
        for key in &keys {
            shell.say(&table(key, shell).to_string())?;
        }
        Ok(Done::Good)
    }
}

fn shown(opened: &Opened) -> Vec<ShownKey> {
    opened
        .entries
        .iter()
        .map(|entry| {
            let own = entry.certificates.first();
            // A certificate for another key beside a single key was meant to be its own.
            let other = match (own, opened.entries.as_slice(), opened.extra_certificates.as_slice())
            {
                (None, [_], [der]) => Some(der),
                _ => None,
            };
            let certificate = own.or(other).and_then(|der| Certificate::parse(der).ok());
            let public = entry.key.public();
            let profile = certificate.as_ref().map(Certificate::profile);
            let of = |read: fn(&Certificate) -> String| certificate.as_ref().map(read);
            ShownKey {
                algorithm: entry.key.kind().name(),
                key_id: public.key_id().to_string(),
                subject: of(|one| one.subject_name().to_string()),
                issuer: of(|one| one.issuer_name().to_string()),
                serial: of(|one| one.serial.clone()),
                not_before: of(|one| one.not_before.rfc3339()),
                not_after: of(|one| one.not_after.rfc3339()),
                iin: profile.as_ref().and_then(|profile| profile.iin.clone()),
                bin: profile.as_ref().and_then(|profile| profile.bin.clone()),
                roles: profile
                    .as_ref()
                    .map_or_else(Vec::new, |profile| cert::roles(&profile.roles)),
                purpose: profile.and_then(|profile| profile.purpose).map(|purpose| purpose.name()),
                has_certificate: own.or(other).is_some(),
                matches_certificate: own
                    .or(other)
                    .map(|_| certificate.as_ref().is_some_and(|one| one.public_key == *public)),
            }
        })
        .collect()
}

fn table<'a>(key: &ShownKey, shell: &'a Shell) -> Table<'a> {
    let mut table = Table::new(shell);
    table.row("algorithm", &key.algorithm);
    table.row("key-id", &key.key_id);
    table.optional("subject", key.subject.as_deref());
    table.optional("issuer", key.issuer.as_deref());
    table.optional("serial", key.serial.as_deref());
    table.optional("not-before", key.not_before.as_deref());
    table.optional("not-after", key.not_after.as_deref());
    table.optional("iin", key.iin.as_deref());
    table.optional("bin", key.bin.as_deref());
    table.list("roles", &key.roles);
    table.optional("purpose", key.purpose);
    match key.matches_certificate {
        None => table.row("certificate", &shell.word("cmd-certificate-none")),
        Some(true) => table.row("certificate", &shell.word("cmd-certificate-own")),
        Some(false) => table.row("certificate", &shell.word("cmd-certificate-other")),
    }
    table
}
