//! A file of 1 GiB: signed and verified by path, in constant memory.
//!
//! Each pass reads from the file's beginning in blocks; the file is in the system's cache, for OpenSSL as for us.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Instant;

use tanba_core::cms::{Draft, Framed, Reader, SignedMessage};
use tanba_core::crypto::{Digest, HashAlgorithm, PrivateKey, Provider};
use tanba_core::time::UnixTime;
use tanba_core::x509::certificate::Certificate;

use crate::holder::{holder, provider};
use crate::measured::{Measured, Theirs};
use crate::openssl::{GOST, OpenSsl};
use crate::process::peak_of;
use crate::theirs::NO_TRUST;
use crate::{Others, Ours, Outcome};

const LENGTH: u64 = 1 << 30;
const BLOCK: usize = 1 << 18;

/// 2026-03-01T09:05:00Z.
const NOW: UnixTime = UnixTime::from_secs(1_772_355_900);

/// What is done with the file.
#[derive(Clone, Copy)]
enum Step {
    Hash,
    SignDetached,
    VerifyDetached,
    SignAttached,
    VerifyAttached,
}

/// What is done with one kind of key, and what OpenSSL is told.
struct Kind {
    kind: &'static str,
    hash: HashAlgorithm,
    /// With the names of their rows. What is verified was signed before.
    steps: &'static [(Step, &'static str)],
    memory: &'static str,
    /// How often each step is measured.
    runs: usize,
    engine: &'static str,
    digest: &'static str,
    key: &'static str,
}

const KINDS: [Kind; 2] = [
    Kind {
        kind: "rsa2048",
        hash: HashAlgorithm::Sha256,
        steps: &[
            (Step::Hash, "1GiB/hash-sha256"),
            (Step::SignDetached, "1GiB/sign-detached-rsa2048"),
            (Step::VerifyDetached, "1GiB/verify-detached-rsa2048"),
            (Step::SignAttached, "1GiB/sign-attached-rsa2048"),
            (Step::VerifyAttached, "1GiB/verify-attached-rsa2048"),
        ],
        memory: "1GiB/memory-rsa2048",
        runs: 3,
        engine: "",
        digest: "-sha256",
        key: "rsa",
    },
    Kind {
        kind: "gost512",
        hash: HashAlgorithm::Streebog512,
        // Streebog is so slow that two of four steps say enough.
        steps: &[
            (Step::Hash, "1GiB/hash-streebog512"),
            (Step::SignAttached, "1GiB/sign-attached-gost512"),
            (Step::VerifyAttached, "1GiB/verify-attached-gost512"),
        ],
        memory: "1GiB/memory-gost512",
        runs: 1,
        engine: "-engine gost",
        digest: "-md_gost12_512",
        key: "gost512",
    },
];

pub(crate) fn measure(
    folder: &Path,
    openssl: Option<&OpenSsl>,
    ours: &mut Ours,
    others: &mut Others,
) -> Outcome<()> {
    make(&folder.join("big"))?;
    for kind in &KINDS {
        eprintln!("1 GiB, {}", kind.kind);
        let (key, certificate) = holder(kind.kind);
        let mut pass = Pass {
            folder,
            hash: kind.hash,
            key,
            certificate,
            provider: provider(),
            detached: vec![],
        };
        forget_peak();
        for (step, name) in kind.steps {
            let times = (0..kind.runs).map(|_| {
                let start = Instant::now();
                pass.step(*step).map(|()| start.elapsed().as_secs_f64())
            });
            let times = times.collect::<Outcome<Vec<f64>>>()?;
            ours.insert((*name).to_owned(), Measured::of(&times));
        }
        ours.insert(kind.memory.to_owned(), Measured::bytes(peak_of("self")));
        fs::remove_file(folder.join("attached"))?;
        theirs(kind, openssl, others)?;
    }
    Ok(())
}

fn make(path: &Path) -> Outcome<()> {
    let mut file = File::create(path)?;
    let block: Vec<u8> = (0..BLOCK).map(|at| (at * 31 % 251).to_le_bytes()[0]).collect();
    for _ in 0..LENGTH / BLOCK as u64 {
        file.write_all(&block)?;
    }
    // Nothing is written to the disk while others are measured.
    Ok(file.sync_all()?)
}

/// Linux forgets the highest mark of memory when asked to; elsewhere the mark is that of the whole run.
fn forget_peak() {
    if fs::write("/proc/self/clear_refs", "5").is_err() {
        eprintln!("the memory is that of the whole run");
    }
}

/// Who signs, and where.
struct Pass<'a> {
    folder: &'a Path,
    hash: HashAlgorithm,
    key: PrivateKey,
    certificate: Certificate,
    provider: Provider,
    /// The detached message.
    detached: Vec<u8>,
}

impl Pass<'_> {
    fn step(&mut self, step: Step) -> Outcome<()> {
        match step {
            Step::Hash => {
                self.digest()?;
            }
            Step::SignDetached => self.detached = self.message(&self.digest()?)?.to_detached(),
            Step::VerifyDetached => {
                good(&SignedMessage::parse(&self.detached)?, &[self.digest()?])?;
            }
            Step::SignAttached => self.sign_attached()?,
            Step::VerifyAttached => {
                let mut reader = Reader::new();
                blocks(&self.folder.join("attached"), |block| Ok(reader.feed(block)?))?;
                good(&reader.finish()?, &[])?;
            }
        }
        Ok(())
    }

    fn digest(&self) -> Outcome<Digest> {
        let mut hasher = self.hash.hasher();
        blocks(&self.folder.join("big"), |block| {
            hasher.update(block);
            Ok(())
        })?;
        Ok(hasher.finish())
    }

    fn message(&self, digest: &Digest) -> Outcome<SignedMessage> {
        let draft = Draft::new(&self.certificate, digest, NOW)?;
        let mut message = SignedMessage::new();
        message.add_signer(draft.sign(&self.key, &self.provider)?)?;
        Ok(message)
    }

    /// In one pass: room is left for what comes before the content, which is copied while it is hashed.
    fn sign_attached(&self) -> Outcome<()> {
        let room = SignedMessage::new().expected_prefix_length(&self.certificate, LENGTH, 0)?;
        let mut file = File::create(self.folder.join("attached"))?;
        file.seek(SeekFrom::Start(room as u64))?;
        let mut hasher = self.hash.hasher();
        blocks(&self.folder.join("big"), |block| {
            hasher.update(block);
            Ok(file.write_all(block)?)
        })?;
        let Framed { prefix, suffix } = self.message(&hasher.finish())?.framed(LENGTH);
        if prefix.len() != room {
            return Err("the room does not fit".into());
        }
        file.write_all(&suffix)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file.write_all(&prefix)?)
    }
}

fn good(message: &SignedMessage, digests: &[Digest]) -> Outcome<()> {
    let check = message.check(&message.signers()[0], digests);
    if check.is_good() { Ok(()) } else { Err(format!("{check:?}").into()) }
}

fn blocks(path: &Path, mut take: impl FnMut(&[u8]) -> Outcome<()>) -> Outcome<()> {
    let mut file = File::open(path)?;
    let mut block = vec![0; BLOCK];
    loop {
        let read = file.read(&mut block)?;
        if read == 0 {
            return Ok(());
        }
        take(&block[..read])?;
    }
}

/// OpenSSL does the same with the same file.
fn theirs(kind: &Kind, openssl: Option<&OpenSsl>, others: &mut Others) -> Outcome<()> {
    let Kind { engine, digest, key, .. } = kind;
    let missing = match openssl {
        None => Some("OpenSSL"),
        Some(openssl) if !engine.is_empty() && !openssl.has_gost => Some(GOST),
        Some(_) => None,
    };
    let (Some(openssl), None) = (openssl, missing) else {
        let names = kind.steps.iter().map(|(_, name)| *name).chain([kind.memory]);
        others.extend(names.map(|name| (name, Theirs::Missing(missing.unwrap_or(GOST)))));
        return Ok(());
    };
    let sign = format!(
        "cms -sign {engine} -binary -in big -signer {key}.pem -inkey {key}.key -outform DER"
    );
    let verify = format!("cms -verify {engine} -binary -noverify {NO_TRUST} -inform DER");
    let mut memory = 0.0_f64;
    for (step, name) in kind.steps {
        let command = match step {
            Step::Hash => format!("dgst {engine} {digest} big"),
            Step::SignDetached => format!("{sign} -out detached"),
            Step::VerifyDetached => format!("{verify} -in detached -content big -out /dev/null"),
            Step::SignAttached => format!("{sign} -nodetach -stream -out attached"),
            Step::VerifyAttached => format!("{verify} -in attached -out /dev/null"),
        };
        let mut times = Vec::new();
        // What takes so long is not measured again.
        while times.len() < kind.runs && times.iter().sum::<f64>() < 5.0 {
            let run = openssl.runner.watch(&command)?;
            times.push(run.seconds);
            memory = memory.max(run.memory);
        }
        others.insert(name, Theirs::Measured(Measured::of(&times)));
    }
    others.insert(kind.memory, Theirs::Measured(Measured::bytes(memory)));
    Ok(fs::remove_file(openssl.runner.path("attached"))?)
}
