//! `tanba verify`: whether signatures hold, and whose they are.
//!
//! Who judges is `judging`, which the agent's window uses as well; here are the options, and what is said.

pub(crate) mod judging;
mod known;
mod report;

use std::path::PathBuf;

use clap::Args;

use self::judging::{Question, judge};
use super::failure::{Failure, Problem};
use super::shell::{Shell, eprint_line};
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
        let known = known::read(self, at, shell)?;
        let question = Question {
            file: &self.file,
            content: self.content.as_deref(),
            certificate: self.certificate.as_deref(),
            online: (!self.offline).then_some(shell.provider),
            watch: None,
        };
        let without_roots = known.roots.is_empty();
        let judgement = judge(&question, known, &mut |silent| eprint_line(&silent))?;
        if judgement.lacks_content {
            // The report says that the content could not be checked, and what else holds.
            let failure = Failure::new(Problem::ContentNeeded, &self.file);
            eprint_line(&format!("tanba: {}", failure.text(&shell.words)));
        }
        if without_roots {
            known::warn_without_roots(self, shell);
        }
        report::tell(&judgement.report, judgement.format, &self.file, shell)?;
        Ok(if judgement.report.is_valid() { Done::Good } else { Done::Bad })
    }
}
