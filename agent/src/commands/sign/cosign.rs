//! Another signer for a message that exists, whatever its size.
//!
//! The message is read twice: first to hash its content and to keep everything else, then to copy the content between
//! what the new message has before and behind it.

use std::path::Path;

use tanba_core::cms::{Outcome, SignedMessage};
use tanba_core::crypto::{Digest, HashAlgorithm};
use tanba_core::time::UnixTime;

use super::cms::{Pen, write_whole};
use super::signer::Signer;
use super::target::Target;
use super::{Sign, attached};
use crate::commands::failure::{Failure, Problem};
use crate::commands::input::Document;
use crate::commands::message;
use crate::commands::progress::Progress;
use crate::commands::shell::Shell;

/// Adds a signer to one message.
pub(super) fn sign(
    options: &Sign,
    path: &Path,
    target: &Target,
    signer: &Signer,
    at: UnixTime,
    shell: &Shell,
) -> Result<Option<UnixTime>, Failure> {
    let pen = Pen { signer, at, timestamp: options.timestamp.as_deref(), shell };
    let hash = signer.key.kind().hash_algorithm();
    let document = Document::new(path)?;
    let mut progress = Progress::new(document.length.saturating_mul(2));
    let mut message = message::read(&document, &[hash], &mut |_| Ok(()), &mut progress)?;
    let digest = match message.digest(hash) {
        Some(digest) => digest,
        None => detached_digest(&message, options, path, hash)?,
    };
    let stamped = pen.sign(&mut message, &digest, path)?;
    let Some(length) = message.attached.filter(|_| !options.detached) else {
        write_whole(&message.to_detached(), options, target)?;
        return Ok(stamped);
    };
    let framed = message.framed(length);
    attached::write_framed(options, target, |writer, place| {
        let writing = |error| Failure::writing(error, place);
        writer.write_all(&framed.prefix).map_err(writing)?;
        let mut hasher = hash.hasher();
        let mut copy = |piece: &[u8]| {
            hasher.update(piece);
            writer.write_all(piece).map_err(writing)
        };
        message::read(&document, &[hash], &mut copy, &mut progress)?;
        if hasher.finish() != digest {
            return Err(Failure::new(Problem::Changed, path));
        }
        writer.write_all(&framed.suffix).map_err(writing)
    })?;
    Ok(stamped)
}

/// The digest of a document that is not in its message: that of the document beside it, or else the one that a signer
/// of the message signed with the same hash function.
fn detached_digest(
    message: &SignedMessage,
    options: &Sign,
    path: &Path,
    hash: HashAlgorithm,
) -> Result<Digest, Failure> {
    if let Some(content) = &options.content {
        let document = Document::new(content)?;
        let mut progress = Progress::new(document.length);
        let digest = document.digest(hash, &mut progress)?;
        let mut digests = vec![digest.clone()];
        for other in message.needed_hashes().into_iter().filter(|other| *other != hash) {
            digests.push(document.digest(other, &mut progress)?);
        }
        let differs = message
            .signers()
            .iter()
            .any(|signer| message.check(signer, &digests).digest == Outcome::Bad);
        return if differs {
            Err(Failure::new(Problem::OtherContent, content))
        } else {
            Ok(digest)
        };
    }
    let signed =
        message.signers().iter().filter(|signer| signer.hash() == Some(hash)).find_map(|signer| {
            let digest = signer.signed.as_ref()?.message_digest.as_deref()?;
            let digest = Digest::new(hash, digest)?;
            // Only what somebody really signed is signed once more unseen.
            message.check(signer, std::slice::from_ref(&digest)).is_good().then_some(digest)
        });
    signed.ok_or_else(|| Failure::new(Problem::ContentNeeded, path))
}
