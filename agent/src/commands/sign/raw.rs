//! Signatures without anything around them, and digests that come ready.

use std::path::Path;

use tanba_core::crypto::{Digest, HashAlgorithm};

use super::signer::Signer;
use super::target::Target;
use super::{Sign, lines};
use crate::commands::failure::{Failure, Problem};
use crate::commands::input::{self, Document};
use crate::commands::progress::Progress;
use crate::commands::shell::Shell;

/// No digest is longer, in hexadecimal digits and with some white space.
const MOST: usize = 1024;

/// Signs one document, or its digest.
pub(super) fn sign(
    options: &Sign,
    path: &Path,
    target: &Target,
    signer: &Signer,
    shell: &Shell,
) -> Result<(), Failure> {
    let hash = signer.key.kind().hash_algorithm();
    let digest = if options.digest {
        ready_digest(path, hash)?
    } else {
        let document = Document::new(path)?;
        document.digest(hash, &mut Progress::new(document.length))?
    };
    let signature = (shell.provider.sign)(&shell.provider, &signer.key, &digest)
        .map_err(|error| Failure::new(Problem::Internal, path).detail(&error))?;
    let bytes =
        if options.legacy_lines { lines::base64(&signature).into_bytes() } else { signature };
    target.write(&bytes, options.force)
}

/// A digest in a file: its bytes, or hexadecimal digits.
pub(super) fn ready_digest(path: &Path, hash: HashAlgorithm) -> Result<Digest, Failure> {
    let bytes = input::read(path, MOST)?;
    let from_text = || {
        let text = std::str::from_utf8(&bytes).ok()?.trim().to_ascii_lowercase();
        Digest::new(hash, &hex::decode(text).ok()?)
    };
    Digest::new(hash, &bytes).or_else(from_text).ok_or_else(|| {
        let expected = format!("{}: {} B", hash.name(), hash.digest_len());
        Failure::new(Problem::NotADigest, path).detail(&expected)
    })
}
