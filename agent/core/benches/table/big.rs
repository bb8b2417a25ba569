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
use crate::openssl::OpenSsl;
use crate::process::peak_of;
use crate::{Others, Ours, Outcome};

const LENGTH: u64 = 1 << 30;
const BLOCK: usize = 1 << 18;

/// 2026-03-01T09:05:00Z.
const NOW: UnixTime = UnixTime::from_secs(1_772_355_900);

/// What is done with the file: by name what of ours it is, and what OpenSSL is told.
struct Rows {
    kind: &'static str,
    hash: &'static str,
    passes: [&'static str; 5],
    memory: &'static str,
    /// How often each is measured.
    runs: usize,
    engine: &'static str,
    digest: &'static str,
    key: &'static str,
}

const ROWS: [Rows; 2] = [
    Rows {
        kind: "rsa2048",
        hash: "sha256",
        passes: [
            "1GiB/hash-sha256",
            "1GiB/sign-detached-rsa2048",
            "1GiB/verify-detached-rsa2048",
            "1GiB/sign-attached-rsa2048",
            "1GiB/verify-attached-rsa2048",
        ],
        memory: "1GiB/memory-rsa2048",
        runs: 3,
        engine: "",
        digest: "-sha256",
        key: "rsa",
    },
    Rows {
        kind: "gost512",
        hash: "streebog512",
        passes: [
            "1GiB/hash-streebog512",
            "1GiB/sign-detached-gost512",
            "1GiB/verify-detached-gost512",
            "1GiB/sign-attached-gost512",
            "1GiB/verify-attached-gost512",
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
    let big = folder.join("big");
    make(&big)?;
    for rows in &ROWS {
        eprintln!("1 GiB, {}", rows.kind);
        let (key, certificate) = holder(rows.kind);
        let pass = Pass { folder, key, certificate, provider: provider() };
        forget_peak();
        let mut times: [Vec<f64>; 5] = Default::default();
        for _ in 0..rows.runs {
            for (time, measured) in times.iter_mut().zip(pass.all(rows.hash)?) {
                time.push(measured);
            }
        }
        for (name, times) in rows.passes.iter().zip(&times) {
            ours.insert((*name).to_owned(), Measured::of(times));
        }
        ours.insert(rows.memory.to_owned(), Measured::bytes(peak_of("self")));
        fs::remove_file(folder.join("attached"))?;
        theirs(rows, openssl, others)?;
    }
    Ok(fs::remove_file(big)?)
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
    key: PrivateKey,
    certificate: Certificate,
    provider: Provider,
}

impl Pass<'_> {
    /// All five, in the order of [`Rows::passes`].
    fn all(&self, hash: &str) -> Outcome<[f64; 5]> {
        let hash = HashAlgorithm::ALL.into_iter().find(|one| one.name() == hash);
        let hash = hash.ok_or("no such hash function")?;
        let (hashed, digest) = timed(|| self.digest(hash))?;
        let (signed_detached, detached) = timed(|| {
            let digest = self.digest(hash)?;
            Ok(self.message(&digest)?.to_detached())
        })?;
        let (verified_detached, ()) = timed(|| {
            let digest = self.digest(hash)?;
            let read = SignedMessage::parse(&detached)?;
            good(&read, &[digest])
        })?;
        let (signed_attached, ()) = timed(|| self.sign_attached(hash))?;
        let (verified_attached, ()) = timed(|| {
            let mut reader = Reader::new();
            blocks(&self.folder.join("attached"), |block| Ok(reader.feed(block)?))?;
            let read = reader.finish()?;
            if read.digest(hash).as_ref() != Some(&digest) {
                return Err("another content".into());
            }
            good(&read, &[])
        })?;
        Ok([hashed, signed_detached, verified_detached, signed_attached, verified_attached])
    }

    fn digest(&self, hash: HashAlgorithm) -> Outcome<Digest> {
        let mut hasher = hash.hasher();
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
    fn sign_attached(&self, hash: HashAlgorithm) -> Outcome<()> {
        let room = SignedMessage::new().expected_prefix_length(&self.certificate, LENGTH, 0)?;
        let mut file = File::create(self.folder.join("attached"))?;
        file.seek(SeekFrom::Start(room as u64))?;
        let mut hasher = hash.hasher();
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

fn timed<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<(f64, T)> {
    let start = Instant::now();
    let done = work()?;
    Ok((start.elapsed().as_secs_f64(), done))
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

/// OpenSSL does the same five things with the same file.
fn theirs(rows: &Rows, openssl: Option<&OpenSsl>, others: &mut Others) -> Outcome<()> {
    let names = rows.passes.iter().chain([&rows.memory]);
    let Some(openssl) = openssl else {
        names.for_each(|name| drop(others.insert(name, Theirs::Missing("OpenSSL"))));
        return Ok(());
    };
    if !rows.engine.is_empty() && openssl.engine.is_none() {
        names.for_each(|name| drop(others.insert(name, Theirs::Missing("the engine for GOST"))));
        return Ok(());
    }
    let Rows { engine, digest, key, .. } = rows;
    let sign = format!(
        "cms -sign {engine} -binary -in big -signer {key}.pem -inkey {key}.key -outform DER"
    );
    let verify = format!("cms -verify {engine} -binary -noverify -inform DER");
    let commands = [
        format!("dgst {engine} {digest} big"),
        format!("{sign} -out detached"),
        format!("{verify} -in detached -content big -out /dev/null"),
        format!("{sign} -nodetach -stream -out attached"),
        format!("{verify} -in attached -out /dev/null"),
    ];
    let mut memory = 0.0_f64;
    for (name, command) in rows.passes.iter().zip(&commands) {
        let mut times = Vec::new();
        for _ in 0..rows.runs {
            let run = openssl.runner.watch(command)?;
            times.push(run.seconds);
            memory = memory.max(run.memory);
        }
        others.insert(name, Theirs::Measured(Measured::of(&times)));
    }
    others.insert(rows.memory, Theirs::Measured(Measured::bytes(memory)));
    Ok(fs::remove_file(openssl.runner.path("attached"))?)
}
