//! Another signer for a message that exists, whatever its size.
//!
//! The message is read twice: first to hash its content and to keep everything else, then to copy the content between
//! what the new message has before and behind it.

use std::path::Path;

use tanba_core::cms::{Armour, NotArmour, NotCms, Outcome, Reader, SignedMessage};
use tanba_core::crypto::{Digest, HashAlgorithm};
use tanba_core::time::UnixTime;

use super::cms::{Pen, write_whole};
use super::signer::Signer;
use super::target::Target;
use super::{Sign, attached};
use crate::commands::failure::{Failure, Problem};
use crate::commands::input::Document;
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
    let mut message = read(&document, hash, &mut |_| Ok(()), &mut progress)?;
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
        read(&document, hash, &mut copy, &mut progress)?;
        if hasher.finish() != digest {
            return Err(Failure::new(Problem::Changed, path));
        }
        writer.write_all(&framed.suffix).map_err(writing)
    })?;
    Ok(stamped)
}

/// Reads a message, binary or text, and hands its content over in pieces.
pub(in crate::commands) fn read(
    document: &Document<'_>,
    hash: HashAlgorithm,
    content: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
    progress: &mut Progress,
) -> Result<SignedMessage, Failure> {
    let not_cms = |error: NotCms| Failure::new(Problem::NotCms, document.path).detail(error);
    let not_armour = |error: NotArmour| Failure::new(Problem::NotCms, document.path).detail(error);
    let mut armour = Armour::default();
    let mut reader = Reader::new().hashing(hash);
    let mut outcome = Ok(());
    let mut feed = |bytes: &[u8]| {
        if outcome.is_err() {
            return;
        }
        let mut taken = Ok(());
        let fed = reader.feed_into(bytes, &mut |piece| {
            if taken.is_ok() {
                taken = content(piece);
            }
        });
        outcome = fed.map_err(not_cms).and(taken);
    };
    document.pieces(&mut |piece| {
        armour.feed(piece, &mut feed).map_err(not_armour)?;
        progress.advance(piece.len() as u64);
        Ok(())
    })?;
    armour.finish(&mut feed).map_err(not_armour)?;
    outcome?;
    reader.finish().map_err(not_cms)
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
        let differs =
            message.signers().iter().filter(|signer| signer.hash() == Some(hash)).any(|signer| {
                message.check(signer, std::slice::from_ref(&digest)).digest == Outcome::Bad
            });
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
