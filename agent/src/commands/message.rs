//! CMS messages of any size, read from a file in pieces.

use tanba_core::cms::{Armour, NotArmour, NotCms, Reader, SignedMessage};
use tanba_core::crypto::HashAlgorithm;

use super::failure::{Failure, Problem};
use super::input::Document;
use super::progress::Progress;

/// Reads a message, binary or text, and hands its content over in pieces. The content is hashed with what
/// the message announces, and with `hashes` too.
pub(super) fn read(
    document: &Document<'_>,
    hashes: &[HashAlgorithm],
    content: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
    progress: &mut Progress,
) -> Result<SignedMessage, Failure> {
    let not_cms = |error: NotCms| Failure::new(Problem::NotCms, document.path).detail(&error);
    let not_armour = |error: NotArmour| Failure::new(Problem::NotCms, document.path).detail(&error);
    let mut armour = Armour::default();
    let mut reader = Reader::new();
    for hash in hashes {
        reader = reader.hashing(*hash);
    }
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
        progress.advance(piece.len() as u64).map_err(|_| Failure::abandoned(document.path))
    })?;
    armour.finish(&mut feed).map_err(not_armour)?;
    outcome?;
    reader.finish().map_err(not_cms)
}
