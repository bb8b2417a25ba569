//! `tanba sign`: documents become signatures.
//!
//! ```text
//! key file ──▶ signer ─┐
//! documents ───────────┼─▶ cms | xml | raw ──▶ files beside them, a folder, or standard output
//! digest, message ─────┘
//! ```

mod attached;
mod cms;
mod cosign;
mod lines;
mod raw;
mod signer;
mod stamp;
mod target;
mod xml;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;
use tanba_core::crypto::KeyId;
use tanba_core::time::UnixTime;

use self::signer::Signer;
use self::target::Target;
use super::failure::{Failure, Problem};
use super::password::PasswordFile;
use super::shell::Shell;
use super::{Done, Form, WantsJson, output};

pub(super) const EXAMPLE: &str = "\
Examples:
  tanba sign cms contract.pdf --key GOST512_02c7….p12 --password-file password.txt --detached
  tanba sign xml request.xml --key GOST512_02c7….p12 --out signed.xml
  tanba sign cms contract.pdf.cms --add-signer --key RSA256_11c7….p12 --out both.cms

cms   a CAdES message in DER with the document in it, or with --detached without it; INPUT.cms
xml   the document with an enveloped XMLDSig signature; INPUT.signed.xml
raw   the bytes of the signature alone (RSA PKCS#1 v1.5; ECDSA in DER; GOST r and s, little-endian); INPUT.sig

The key: if the file holds several, the one for signing documents, or that of --key-id. A key whose certificate is for
signing in only, or is not valid at the time of signing, is refused: --any-purpose and --at change that.
Documents may be of any size; XML is read into memory. With --out - the signature goes to standard output.
--legacy-lines: cms is PEM (BEGIN CMS, lines of 64), raw is base64 in lines of 76, and base64 within XML has lines of 76.
--add-signer: INPUT is a CMS message; its signers stay. Detached ones need --content, or a signer with the same hash.
--digest: INPUT is the document's ready digest, as bytes or in hexadecimal digits: SHA-256 for RSA and P-256,
Streebog-512 for gost512, GOST 34.311 for gost2004.";

/// What kind of signature.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
enum Format {
    /// A CAdES message.
    Cms,
    /// An XML document with its signature.
    Xml,
    /// The signature alone.
    Raw,
}

impl Format {
    const fn name(self) -> &'static str {
        match self {
            Self::Cms => "cms",
            Self::Xml => "xml",
            Self::Raw => "raw",
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Cms => ".cms",
            Self::Xml => ".signed.xml",
            Self::Raw => ".sig",
        }
    }
}

#[derive(Args, Debug)]
pub struct Sign {
    /// What kind of signature.
    format: Format,
    /// The documents.
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// The PKCS#12 file with the key.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    #[command(flatten)]
    password: PasswordFile,
    /// Which key, if the file holds several.
    #[arg(long, value_name = "HEX")]
    key_id: Option<String>,
    /// cms: leaves the document out of the message.
    #[arg(long)]
    detached: bool,
    /// The inputs hold ready digests; cms is detached then.
    #[arg(long)]
    digest: bool,
    /// cms: the inputs are messages, to which a signer is added.
    #[arg(long)]
    add_signer: bool,
    /// The document of a detached message, with --add-signer.
    #[arg(long, value_name = "F")]
    content: Option<PathBuf>,
    /// cms: has the signature stamped by this time stamping authority, such as <http://tsp.pki.gov.kz>.
    #[arg(long, value_name = "URL")]
    timestamp: Option<String>,
    /// The moment of signing, such as 2026-03-01T09:05:00Z; by default now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Writes text in lines, as old programs expect it.
    #[arg(long)]
    legacy_lines: bool,
    /// Where to: a file, a folder for several inputs, or `-`.
    #[arg(long, value_name = "F")]
    out: Option<PathBuf>,
    /// Replaces outputs that are there.
    #[arg(long)]
    force: bool,
    /// Signs with a key whose certificate is not for signing documents, too.
    #[arg(long)]
    any_purpose: bool,
    #[command(flatten)]
    form: Form,
}

/// One signature, for programs.
#[derive(Serialize, Debug)]
struct Signed {
    input: String,
    output: String,
    format: &'static str,
    algorithm: String,
    key_id: String,
    subject: Option<String>,
    signing_time: Option<String>,
    timestamp: Option<String>,
}

impl WantsJson for Sign {
    fn wants_json(&self) -> bool {
        self.form.json
    }
}

impl Sign {
    pub(super) fn run(&self, shell: &Shell) -> Result<Done, Failure> {
        self.check_options()?;
        let at = Shell::moment(self.at.as_deref())?;
        let targets = self.targets()?;
        for (input, target) in self.inputs.iter().zip(&targets) {
            super::input::open(input)?;
            if let Target::File(path) = target {
                self.refuse_own_files(path)?;
                if self.force {
                    output::refuse_replacing_other_than_files(path)?;
                } else {
                    output::refuse_existing(path)?;
                }
            }
        }
        let id = self.key_id.as_deref().map(key_id).transpose()?;
        let signer = signer::open(self, id, at, shell)?;
        let mut all = Vec::new();
        for (input, target) in self.inputs.iter().zip(&targets) {
            let stamped = self.sign_one(input, target, &signer, at, shell)?;
            if let Target::File(path) = target {
                let path = path.display().to_string();
                shell.say(&shell.words.get_with("cmd-signed", &[("path", &path)]))?;
            }
            all.push(self.told(input, target, &signer, at, stamped));
        }
        if targets != [Target::Out] {
            shell.answer(&serde_json::json!({"signed": all}))?;
        }
        Ok(Done::Good)
    }

    /// Not even `--force` puts a signature in the place of what is signed, or of the key.
    fn refuse_own_files(&self, output: &Path) -> Result<(), Failure> {
        let Ok(place) = output.canonicalize() else { return Ok(()) };
        let mut own = self.inputs.iter().chain(&self.content).chain([&self.key]);
        if own.any(|own| own.canonicalize().is_ok_and(|own| own == place)) {
            return Err(Failure::new(Problem::Exists, output));
        }
        Ok(())
    }

    /// Gives the time of the time stamp, if one was asked for.
    fn sign_one(
        &self,
        input: &Path,
        target: &Target,
        signer: &Signer,
        at: UnixTime,
        shell: &Shell,
    ) -> Result<Option<UnixTime>, Failure> {
        match self.format {
            Format::Cms if self.add_signer => cosign::sign(self, input, target, signer, at, shell),
            Format::Cms => cms::sign(self, input, target, signer, at, shell),
            Format::Raw => raw::sign(self, input, target, signer, shell).map(|()| None),
            Format::Xml => xml::sign(self, input, target, signer, shell).map(|()| None),
        }
    }

    fn told(
        &self,
        input: &Path,
        target: &Target,
        signer: &Signer,
        at: UnixTime,
        stamped: Option<UnixTime>,
    ) -> Signed {
        Signed {
            input: input.display().to_string(),
            output: target.path().display().to_string(),
            format: self.format.name(),
            algorithm: signer.key.kind().name(),
            key_id: signer.key.public().key_id().to_string(),
            subject: signer.certificate.as_ref().map(|one| one.subject_name().to_string()),
            signing_time: (self.format == Format::Cms).then(|| at.rfc3339()),
            timestamp: stamped.map(UnixTime::rfc3339),
        }
    }

    fn check_options(&self) -> Result<(), Failure> {
        let cms = self.format == Format::Cms;
        let wrong = [
            (self.detached && !cms, "--detached xml|raw"),
            (self.add_signer && !cms, "--add-signer xml|raw"),
            (self.timestamp.is_some() && !cms, "--timestamp xml|raw"),
            (self.digest && self.format == Format::Xml, "--digest xml"),
            (self.digest && self.add_signer, "--digest --add-signer"),
            (self.content.is_some() && !self.add_signer, "--content"),
        ];
        match wrong.into_iter().find(|(wrong, _)| *wrong) {
            Some((_, which)) => Err(Failure::new(Problem::Usage, which)),
            None => Ok(()),
        }
    }

    fn targets(&self) -> Result<Vec<Target>, Failure> {
        let name = |input: &Path| {
            let mut name = input.file_name().unwrap_or_default().to_owned();
            name.push(self.format.ending());
            name
        };
        let all_different = |targets: Vec<Target>| match targets
            .iter()
            .enumerate()
            .find(|(at, one)| targets[..*at].contains(one))
        {
            Some((_, one)) => Err(Failure::new(Problem::Exists, one.path())),
            None => Ok(targets),
        };
        let Some(out) = &self.out else {
            let beside = |input: &PathBuf| Target::File(input.with_file_name(name(input)));
            return all_different(self.inputs.iter().map(beside).collect());
        };
        match (out == Path::new("-"), self.inputs.as_slice()) {
            (true, [_]) if self.form.json => Err(Failure::new(Problem::Usage, "--out - --json")),
            (true, [_]) => Ok(vec![Target::Out]),
            (true, _) => Err(Failure::new(Problem::Usage, "--out - INPUT INPUT…")),
            (false, [_]) if !out.is_dir() => Ok(vec![Target::File(out.clone())]),
            (false, inputs) if out.is_dir() => {
                let inside = |input: &PathBuf| Target::File(out.join(name(input)));
                all_different(inputs.iter().map(inside).collect())
            }
            (false, _) => Err(Failure::new(Problem::NoSuchFile, out)),
        }
    }
}

fn key_id(text: &str) -> Result<KeyId, Failure> {
    KeyId::parse(&text.to_ascii_lowercase())
        .map_err(|error| Failure::new(Problem::NoSuchKey, text).detail(&error))
}
