//! `tanba csr show`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;
use tanba_core::x509::request::CertificateRequest;

use super::failure::{Failure, Problem};
use super::shell::Shell;
use super::table::Table;
use super::{Done, Form, WantsJson, input};

const EXAMPLE: &str = "\
Example: tanba csr show GOST512_02c7….csr --json

The exit code is 1 if the request's own signature is bad.";

const LABELS: [&str; 2] = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];

/// What to do with certificate requests.
#[derive(Subcommand, Debug)]
pub enum Csr {
    /// Shows the certificate request (PKCS#10) of a file, PEM, DER or base64, and checks its signature.
    #[command(after_help = EXAMPLE)]
    Show(Show),
}

#[derive(Args, Debug)]
pub struct Show {
    /// The file.
    file: PathBuf,
    #[command(flatten)]
    form: Form,
}

/// A request for programs.
#[derive(Serialize, Debug)]
struct Shown {
    subject: String,
    algorithm: String,
    key_id: String,
    iin: Option<String>,
    bin: Option<String>,
    email: Option<String>,
    storage: Option<String>,
    storage_folder: Option<String>,
    signature: &'static str,
}

impl Csr {
    pub(super) fn run(&self, shell: &Shell) -> Result<Done, Failure> {
        let Self::Show(Show { file, .. }) = self;
        let bytes = input::read(file, input::CERTIFICATES)?;
        let not_a_request = || Failure::new(Problem::NotARequest, file);
        let der = input::unwrap_der(&bytes, &LABELS).ok_or_else(not_a_request)?;
        let request =
            CertificateRequest::parse(&der).map_err(|error| not_a_request().detail(&error))?;
        let good = request.verify().is_ok();
        let shown = Shown {
            subject: request.subject_name.to_string(),
            algorithm: request.public_key.kind().name(),
            key_id: request.public_key.key_id().to_string(),
            iin: request.subject.iin,
            bin: request.subject.bin,
            email: request.email,
            storage: request.storage.as_ref().map(|storage| storage.oid.clone()),
            storage_folder: request.storage.and_then(|storage| storage.folder),
            signature: if good { "good" } else { "bad" },
        };
        shell.answer(&shown)?;
        let mut table = Table::new(shell);
        table.row("subject", &shown.subject);
        table.row("algorithm", &shown.algorithm);
        table.row("key-id", &shown.key_id);
        table.optional("iin", shown.iin.as_deref());
        table.optional("bin", shown.bin.as_deref());
        table.optional("email", shown.email.as_deref());
        table.optional("storage", shown.storage.as_deref());
        table.optional("folder", shown.storage_folder.as_deref());
        table.row("signature", &shell.word(&format!("cmd-{}", shown.signature)));
        shell.say(table.to_string().trim_end())?;
        Ok(if good { Done::Good } else { Done::Bad })
    }
}

impl WantsJson for Csr {
    fn wants_json(&self) -> bool {
        let Self::Show(command) = self;
        command.form.json
    }
}
