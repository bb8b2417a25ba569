//! `tanba verify`: whether signatures hold, and whose they are.
//!
//! ```text
//! message, content ─┐
//! roots, lists ─────┼─▶ judged ──▶ what is missing? ──▶ fetched (unless --offline) ──▶ judged again ──▶ report
//! moment ───────────┘
//! ```

mod judged;
mod known;
mod online;
mod report;

use std::path::PathBuf;

use clap::Args;

use self::judged::Judged;
use self::known::Known;
use super::failure::{Failure, Problem};
use super::shell::Shell;
use super::{Done, Form, WantsJson};

pub(super) const EXAMPLE: &str = "\
Examples:
  tanba verify contract.pdf.cms --roots roots --json
  tanba verify contract.pdf.sig --content contract.pdf --certificate signer.cer --at 2026-03-01T09:05:00Z --offline

FILE is a CMS message (DER, PEM or base64), signed XML, or with --certificate and --content a raw signature (binary or
base64). Of a detached message without --content everything but the content is told, and it is not valid.
The exit code is 0 only if every signer is valid: signature, digest and chain are good and the certificate was not
revoked. A file that begins like one of these and is damaged is bad (1); any other file cannot be judged (2). With --offline nothing is fetched, and a certificate of which nobody knows whether it was revoked still counts.

Unless --offline is given, what is missing is fetched over http from where the certificates say: issuers, lists, answers.

Roots: certificates in files named .cer, .crt, .pem or .der. Those issued by another one there only lead to it, and those
of people are never roots. By default they are in the folder `roots` of Tanba's own data.
Lists: .crl, .pem and .der are revocation lists, .ocsp and .ors answers of responders.

JSON: valid, and signers: subject, iin, bin, algorithm, signature, digest, chain, revocation (good, bad, unknown),
signing_time, timestamp, and more; reasons tells everything that is not simply good.";

#[derive(Args, Debug)]
pub struct Verify {
    /// The message, document or signature.
    file: PathBuf,
    /// The document of a detached or raw signature.
    #[arg(long, value_name = "F")]
    content: Option<PathBuf>,
    /// The signer's certificate, for raw signatures.
    #[arg(long, value_name = "F")]
    certificate: Option<PathBuf>,
    /// The folder with trusted roots.
    #[arg(long, value_name = "DIR")]
    roots: Option<PathBuf>,
    /// A folder with revocation lists.
    #[arg(long, value_name = "DIR")]
    crls: Option<PathBuf>,
    /// The moment at which signatures without a time stamp are judged; by default now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Fetches nothing.
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    form: Form,
}

impl WantsJson for Verify {
    fn wants_json(&self) -> bool {
        self.form.json
    }
}

impl Verify {
    pub(super) fn run(&self, shell: &Shell) -> Result<Done, Failure> {
        let at = Shell::moment(self.at.as_deref())?;
        let mut known = Known::read(self, at, shell)?;
        let judged = Judged::read(self, &mut known, shell).map_err(|why| self.damaged(why))?;
        let mut report = judged.report(&known).map_err(|why| self.damaged(why))?;
        known.warn_without_roots(self, shell);
        if !self.offline {
            report = online::completed(report, &judged, &mut known, shell)?;
        }
        report::tell(&report, judged.format(), &self.file, shell)?;
        Ok(if report.is_valid() { Done::Good } else { Done::Bad })
    }

    /// What begins like a signature and is none is a bad one: one changed byte must not turn the verdict into an error
    /// of another kind.
    fn damaged(&self, why: Failure) -> Failure {
        let unread = matches!(why.problem, Problem::NotCms | Problem::NotXml);
        if unread && why.is_about(&self.file) && judged::begins_like_one(&self.file) {
            why.seen_as(Problem::Damaged)
        } else {
            why
        }
    }
}
