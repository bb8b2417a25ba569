//! A message with its document in it, of any size, in constant memory.
//!
//! A file is written in one pass: room is left for what stands before the document, the document is copied while it is
//! hashed, and the beginning is filled in when the signature is known. Standard output and text have no room to fill
//! in later: there the document is read twice, and the second reading must give the first one's digest.

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use tanba_core::cms::{Framed, SignedMessage};
use tanba_core::crypto::Digest;
use tanba_core::time::UnixTime;

use super::Sign;
use super::cms::Pen;
use super::lines::PemWriter;
use super::target::Target;
use crate::commands::failure::{Failure, Problem};
use crate::commands::input::Document;
use crate::commands::output::Place;
use crate::commands::progress::Progress;

/// About what a time stamp adds to a message.
const TIME_STAMP: u64 = 4_000;

/// Signs one document.
pub(super) fn sign(
    options: &Sign,
    path: &Path,
    target: &Target,
    pen: &Pen<'_>,
) -> Result<Option<UnixTime>, Failure> {
    let document = Document::new(path)?;
    match target {
        Target::File(place) if !options.legacy_lines => {
            in_one_pass(&document, place, options.force, pen)
        }
        Target::File(_) | Target::Out => in_two_passes(&document, options, target, pen),
    }
}

fn in_one_pass(
    document: &Document<'_>,
    place: &Path,
    replace: bool,
    pen: &Pen<'_>,
) -> Result<Option<UnixTime>, Failure> {
    let writing = |error| Failure::writing(error, place);
    let certificate = pen.signer.certificate()?;
    let hash = pen.signer.key.kind().hash_algorithm();
    let more = if pen.timestamp.is_some() { TIME_STAMP } else { 0 };
    let room = SignedMessage::new()
        .expected_prefix_length(certificate, document.length, more)
        .map_err(|error| Failure::new(Problem::Internal, document.path).detail(&error))?;
    let mut progress = Progress::new(document.length);
    let mut place_in = Place::begin(place, replace)?;
    let file = place_in.file();
    file.seek(SeekFrom::Start(room as u64)).map_err(writing)?;
    let digest = document.copy_to_file(hash, file, &mut progress, place)?;
    let mut message = SignedMessage::new();
    let stamped = pen.sign(&mut message, &digest, document.path)?;
    let Framed { prefix, suffix } = message.framed(document.length);
    if prefix.len() == room {
        file.write_all(&suffix).map_err(writing)?;
        file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(&prefix)).map_err(writing)?;
    } else {
        // The room does not fit, which happens at a few lengths only: copied once more, where it belongs.
        file.seek(SeekFrom::Start(0)).and_then(|_| file.set_len(0)).map_err(writing)?;
        let mut again = Progress::new(document.length);
        write_around(document, &digest, &Framed { prefix, suffix }, file, &mut again, place)?;
    }
    place_in.finish()?;
    Ok(stamped)
}

fn in_two_passes(
    document: &Document<'_>,
    options: &Sign,
    target: &Target,
    pen: &Pen<'_>,
) -> Result<Option<UnixTime>, Failure> {
    let mut progress = Progress::new(document.length.saturating_mul(2));
    let digest = document.digest(pen.signer.key.kind().hash_algorithm(), &mut progress)?;
    let mut message = SignedMessage::new();
    let stamped = pen.sign(&mut message, &digest, document.path)?;
    let framed = message.framed(document.length);
    write_framed(options, target, |writer, path| {
        write_around(document, &digest, &framed, writer, &mut progress, path)
    })?;
    Ok(stamped)
}

/// Writes a message piece by piece, in DER or as text.
pub(super) fn write_framed(
    options: &Sign,
    target: &Target,
    write: impl FnOnce(&mut dyn Write, &Path) -> Result<(), Failure>,
) -> Result<(), Failure> {
    target.write_with(options.force, |writer, path| {
        if !options.legacy_lines {
            return write(writer, path);
        }
        let writing = |error| Failure::writing(error, path);
        let mut pem = PemWriter::new(writer).map_err(writing)?;
        write(&mut pem, path)?;
        pem.finish().map_err(writing)
    })
}

fn write_around(
    document: &Document<'_>,
    digest: &Digest,
    framed: &Framed,
    writer: &mut dyn Write,
    progress: &mut Progress,
    path: &Path,
) -> Result<(), Failure> {
    let writing = |error| Failure::writing(error, path);
    writer.write_all(&framed.prefix).map_err(writing)?;
    let again = document.copy(digest.algorithm(), writer, progress, path)?;
    if again != *digest {
        return Err(Failure::new(Problem::Changed, document.path));
    }
    writer.write_all(&framed.suffix).map_err(writing)
}
