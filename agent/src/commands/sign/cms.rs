//! CMS messages over documents: attached, detached, over a digest.

use std::path::Path;

use tanba_core::cms::{Draft, SignedMessage};
use tanba_core::crypto::Digest;
use tanba_core::time::UnixTime;

use super::signer::Signer;
use super::target::Target;
use super::{Sign, attached, raw, stamp};
use crate::commands::failure::{Failure, Problem};
use crate::commands::input::Document;
use crate::commands::progress::Progress;
use crate::commands::shell::Shell;

/// A signer who may sign, a moment, and whoever stamps: all that a message needs besides its content.
pub(super) struct Pen<'a> {
    pub(super) signer: &'a Signer,
    pub(super) at: UnixTime,
    pub(super) timestamp: Option<&'a str>,
    pub(super) shell: &'a Shell,
}

impl Pen<'_> {
    /// Adds the signer to a message over content of that digest. Gives the time of the time stamp.
    pub(super) fn sign(
        &self,
        message: &mut SignedMessage,
        content: &Digest,
        path: &Path,
    ) -> Result<Option<UnixTime>, Failure> {
        let internal =
            |error: &dyn std::fmt::Display| Failure::new(Problem::Internal, path).detail(&error);
        let certificate = self.signer.certificate()?;
        let provider = &self.shell.provider;
        let new = Draft::of_type(message.content_type, certificate, content, self.at)
            .map_err(|error| internal(&error))?
            .sign(&self.signer.key, provider)
            .map_err(|error| internal(&error))?;
        let index = message
            .add_signer(new)
            .map_err(|error| Failure::new(Problem::OtherContent, path).detail(&error))?;
        let Some(address) = self.timestamp else { return Ok(None) };
        let hash = self.signer.key.kind().hash_algorithm();
        let imprint = message.signers()[index].time_stamp_imprint(hash);
        let (token, time) = stamp::obtain(address, &imprint, provider)?;
        message.add_time_stamp(index, &token).map_err(|error| internal(&error))?;
        Ok(Some(time))
    }
}

/// Signs one document, or its digest.
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
    if !options.digest && !options.detached {
        return attached::sign(options, path, target, &pen);
    }
    let digest = if options.digest {
        raw::ready_digest(path, hash)?
    } else {
        let document = Document::new(path)?;
        document.digest(hash, &mut Progress::new(document.length))?
    };
    let mut message = SignedMessage::new();
    let stamped = pen.sign(&mut message, &digest, path)?;
    write_whole(&message.to_detached(), options, target)?;
    Ok(stamped)
}

/// Writes a message that is all there, in DER or as text.
pub(super) fn write_whole(der: &[u8], options: &Sign, target: &Target) -> Result<(), Failure> {
    if options.legacy_lines {
        target.write(tanba_core::cms::to_pem(der).as_bytes(), options.force)
    } else {
        target.write(der, options.force)
    }
}
