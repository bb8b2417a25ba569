//! Files that a command reads: small ones at once, with a limit, and those of any size in large pieces.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use base64ct::{Base64, Encoding};
use tanba_core::crypto::{Digest, HashAlgorithm};

use super::failure::{Failure, Problem};
use super::progress::Progress;

/// The largest key file, in bytes.
pub(super) const KEY_FILE: usize = 4 << 20;
/// The largest file with certificates or requests.
pub(super) const CERTIFICATES: usize = 4 << 20;
/// The largest revocation list.
pub(super) const CRL: usize = 64 << 20;

/// What is read at once: few calls, and still no memory to speak of.
pub(super) const BLOCK: usize = 1 << 20;
/// How many pieces may wait to be written.
const AHEAD: usize = 4;

/// Reads a file that is not larger than `limit` bytes.
pub(super) fn read(path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    open(path)?
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::reading(error, path))?;
    if bytes.len() > limit { Err(Failure::new(Problem::TooLarge, path)) } else { Ok(bytes) }
}

/// Opens a file. A folder is none.
pub(super) fn open(path: &Path) -> Result<File, Failure> {
    let file = File::open(path).map_err(|error| Failure::reading(error, path))?;
    let known = file.metadata().map_err(|error| Failure::reading(error, path))?;
    if known.is_dir() {
        return Err(Failure::reading(std::io::ErrorKind::IsADirectory.into(), path));
    }
    Ok(file)
}

/// A document of any size, read as often as needed and never kept.
#[derive(Debug)]
pub(super) struct Document<'a> {
    pub(super) path: &'a Path,
    pub(super) length: u64,
}

impl<'a> Document<'a> {
    /// Looks at a file. What has no length, such as a pipe, cannot be read twice and is no document.
    pub(super) fn new(path: &'a Path) -> Result<Self, Failure> {
        let known = open(path)?.metadata().map_err(|error| Failure::reading(error, path))?;
        if !known.is_file() {
            return Err(Failure::new(Problem::CannotRead, path).detail("it is no regular file"));
        }
        Ok(Self { path, length: known.len() })
    }

    /// The document's digest.
    pub(super) fn digest(
        &self,
        hash: HashAlgorithm,
        progress: &mut Progress,
    ) -> Result<Digest, Failure> {
        self.copy(hash, &mut std::io::sink(), progress, self.path)
    }

    /// Hashes the document while it is copied. `to` is the file for which the writer stands.
    pub(super) fn copy(
        &self,
        hash: HashAlgorithm,
        writer: &mut dyn Write,
        progress: &mut Progress,
        to: &Path,
    ) -> Result<Digest, Failure> {
        let mut hasher = hash.hasher();
        let mut read = 0;
        self.pieces(&mut |piece| {
            hasher.update(piece);
            writer.write_all(piece).map_err(|error| Failure::writing(error, to))?;
            read += piece.len() as u64;
            progress.advance(piece.len() as u64).map_err(|_| Failure::abandoned(self.path))
        })?;
        if read != self.length {
            return Err(Failure::new(Problem::Changed, self.path));
        }
        Ok(hasher.finish())
    }

    /// As [`Document::copy`], into a file: it is written while the next piece is read and hashed.
    pub(super) fn copy_to_file(
        &self,
        hash: HashAlgorithm,
        file: &mut File,
        progress: &mut Progress,
        to: &Path,
    ) -> Result<Digest, Failure> {
        std::thread::scope(|scope| {
            let (full, filled) = sync_channel::<Vec<u8>>(AHEAD);
            let (emptied, empty) = sync_channel(AHEAD + 1);
            let writing = scope.spawn(move || {
                filled.into_iter().try_for_each(|piece| {
                    file.write_all(&piece)?;
                    // Whoever reads may have ended before it needs this one again.
                    let _ = emptied.try_send(piece);
                    Ok(())
                })
            });
            let mut queue = Queue { full, empty };
            let read = self.copy(hash, &mut queue, progress, to);
            drop(queue);
            let written: std::io::Result<()> = match writing.join() {
                Ok(written) => written,
                Err(_) => Err(std::io::Error::other("writing broke off")),
            };
            // A writer that ended early is the cause of what the reader complains of.
            written.map_err(|error| Failure::writing(error, to))?;
            read
        })
    }

    /// Hands the document over in pieces.
    pub(super) fn pieces(
        &self,
        take: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut file = open(self.path)?;
        let mut block = vec![0; BLOCK];
        loop {
            match file.read(&mut block) {
                Ok(0) => return Ok(()),
                Ok(count) => take(&block[..count])?,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Failure::reading(error, self.path)),
            }
        }
    }
}

/// Pieces on their way to whoever writes them, and their memory on its way back.
struct Queue {
    full: SyncSender<Vec<u8>>,
    empty: Receiver<Vec<u8>>,
}

impl Write for Queue {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut piece = self.empty.try_recv().unwrap_or_default();
        piece.clear();
        piece.extend_from_slice(bytes);
        self.full.send(piece).map_err(|_| std::io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Takes PEM of this label or bare base64 off; DER stays as it is. `None` if it is none of these.
pub(super) fn unwrap_der(bytes: &[u8], labels: &[&str]) -> Option<Vec<u8>> {
    if bytes.first() == Some(&0x30) {
        return Some(bytes.to_vec());
    }
    let text = std::str::from_utf8(bytes).ok()?.trim_start_matches('\u{feff}').trim();
    let body = if text.contains("-----BEGIN ") {
        labels.iter().find_map(|label| {
            let (_, rest) = text.split_once(&format!("-----BEGIN {label}-----"))?;
            rest.split_once(&format!("-----END {label}-----")).map(|(body, _)| body)
        })?
    } else {
        text
    };
    let packed: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    Base64::decode_vec(&packed).ok().filter(|der| !der.is_empty())
}

/// Takes bare base64 off; `None` if it is not that, and so binary.
pub(super) fn unwrap_base64(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let packed: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    Base64::decode_vec(&packed).ok().filter(|bytes| !bytes.is_empty())
}

/// PEM (RFC 7468) of this label.
pub(super) fn to_pem(label: &str, der: &[u8]) -> String {
    let text = Base64::encode_string(der);
    let mut pem = format!("-----BEGIN {label}-----\n");
    for line in text.as_bytes().chunks(64) {
        pem.extend(line.iter().copied().map(char::from));
        pem.push('\n');
    }
    pem + &format!("-----END {label}-----\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrapped_is_unwrapped_whatever_the_lines() {
        let der: Vec<u8> = std::iter::once(0x30).chain(0..200).collect();
        let pem = to_pem("CERTIFICATE REQUEST", &der);
        assert!(pem.lines().all(|line| line.len() <= 64));
        let bare = Base64::encode_string(&der);
        for text in [pem.clone(), pem.replace('\n', "\r\n"), format!("Subject: x\n{pem}"), bare] {
            let labels = ["NEW CERTIFICATE REQUEST", "CERTIFICATE REQUEST"];
            assert_eq!(unwrap_der(text.as_bytes(), &labels).as_ref(), Some(&der));
        }
        assert_eq!(unwrap_der(&der, &[]).as_ref(), Some(&der));
        for other in
            ["", "hello world", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----"]
        {
            assert_eq!(unwrap_der(other.as_bytes(), &["CERTIFICATE REQUEST"]), None, "{other}");
        }
    }
}
