//! What is judged: a message, a document, or bare bytes over a document.

use std::path::{Path, PathBuf};

use tanba_core::cms::SignedMessage;
use tanba_core::crypto::Digest;
use tanba_core::tsp::Response;
use tanba_core::verify::{self, Report};
use tanba_core::x509::certificate::Certificate;
use tanba_core::xml::Limits;

use super::{Known, Question};
use crate::commands::failure::{Failure, Problem};
use crate::commands::input::{self, Document};
use crate::commands::message;
use crate::commands::progress::{Progress, Watch};

/// No signature without anything around it is larger, even in text.
const RAW: usize = 16 * 1024;

/// No answer of a time stamping service is larger.
const ANSWER: usize = 1024 * 1024;

/// What was read, ready to be judged as often as something new is known.
pub(super) enum Judged {
    Cms { message: Box<SignedMessage>, digests: Vec<Digest>, lacks_content: bool },
    Xml { path: PathBuf, document: Vec<u8> },
    Raw { digest: Digest, signature: Vec<u8>, certificate: Box<Certificate> },
}

impl Judged {
    /// Reads it, and what it needs to be judged.
    pub(super) fn read(options: &Question<'_>, known: &mut Known) -> Result<Self, Failure> {
        let path = options.file;
        if let Some(certificate) = options.certificate {
            return raw(options, certificate, known);
        }
        match head(path)?.first() {
            // `<`, or the mark of UTF-16.
            Some(b'<' | 0xfe | 0xff) => {
                if let Some(content) = options.content {
                    let why =
                        "XML carries what it signs: --content is for messages and raw signatures";
                    return Err(Failure::new(Problem::Usage, content).detail(why));
                }
                let document = input::read(path, Limits::DEFAULT.bytes)?;
                Ok(Self::Xml { path: path.to_owned(), document })
            }
            Some(0x30 | b'M' | b'-') => cms(options),
            Some(_) | None => Err(Failure::new(Problem::NotASignature, path)),
        }
    }

    /// Judges it with what is known now.
    pub(super) fn report(&self, known: &Known) -> Result<Report, Failure> {
        match self {
            Self::Cms { message, digests, .. } => Ok(verify::cms(message, digests, &known.trust())),
            Self::Xml { path, document } => verify::xml(document, &known.trust())
                .map_err(|error| Failure::new(Problem::NotXml, path).detail(&error)),
            Self::Raw { digest, signature, certificate } => {
                Ok(verify::raw(digest, signature, certificate, &known.trust()))
            }
        }
    }

    /// Whether the content was not in the message, and nobody said where it is.
    pub(super) fn lacks_content(&self) -> bool {
        match self {
            Self::Cms { lacks_content, .. } => *lacks_content,
            Self::Xml { .. } | Self::Raw { .. } => false,
        }
    }

    /// The stable name of the format.
    pub(super) fn format(&self) -> &'static str {
        match self {
            Self::Cms { .. } => "cms",
            Self::Xml { .. } => "xml",
            Self::Raw { .. } => "raw",
        }
    }
}

/// The first bytes, without white space and UTF-8's mark.
fn head(path: &Path) -> Result<Vec<u8>, Failure> {
    use std::io::Read;
    let mut head = Vec::new();
    input::open(path)?
        .take(4096)
        .read_to_end(&mut head)
        .map_err(|error| Failure::reading(error, path))?;
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    Ok(head.trim_ascii_start().to_vec())
}

/// Whether a file that could not be read begins like a signed message or document: then it was one.
pub(super) fn begins_like_one(path: &Path) -> bool {
    /// id-signedData (RFC 5652, section 5.1) with its tag and length.
    const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
    let Ok(head) = head(path) else { return false };
    match head.first() {
        // Binary: behind at most six bytes of tag and length.
        Some(0x30) => head.windows(SIGNED_DATA.len()).take(8).any(|window| window == SIGNED_DATA),
        Some(_) => true,
        None => false,
    }
}

fn cms(options: &Question<'_>) -> Result<Judged, Failure> {
    let document = Document::new(options.file)?;
    let mut progress = Progress::watched(document.length, options.watch);
    let mut message = match message::read(&document, &[], &mut |_| Ok(()), &mut progress) {
        Ok(message) => message,
        // What a time stamping service answers is a message in an envelope of its own.
        Err(why) => stamp(options.file).ok_or(why)?,
    };
    let mut digests = Vec::new();
    let needed = message.needed_hashes();
    let mut lacks_content = false;
    match (options.content, message.attached) {
        // Signers that the message did not announce: its content is hashed once more, for them.
        (None, Some(_)) if !needed.is_empty() => {
            let mut again = Progress::watched(document.length, options.watch);
            message = message::read(&document, &needed, &mut |_| Ok(()), &mut again)?;
        }
        (None, Some(_)) => {}
        (Some(content), None) => {
            let content = Document::new(content)?;
            let total = content.length.saturating_mul(needed.len() as u64);
            let mut progress = Progress::watched(total, options.watch);
            for hash in needed {
                digests.push(content.digest(hash, &mut progress)?);
            }
        }
        (None, None) => lacks_content = true,
        (Some(content), Some(length)) => same_content(&document, content, length, options.watch)?,
    }
    Ok(Judged::Cms { message: Box::new(message), digests, lacks_content })
}

/// The token in a time stamping service's answer (RFC 3161, section 2.4.2), as the message that it is.
fn stamp(path: &Path) -> Option<SignedMessage> {
    let bytes = input::read(path, ANSWER).ok()?;
    let token = Response::parse(&bytes).ok()?.token;
    SignedMessage::parse(token.der()).ok()
}

/// Refuses a document that is not the one in the message: whoever names both wants to know about both.
fn same_content(
    document: &Document<'_>,
    content: &Path,
    length: u64,
    watch: Option<&Watch>,
) -> Result<(), Failure> {
    use tanba_core::crypto::HashAlgorithm;
    let beside = Document::new(content)?;
    let mut progress = Progress::watched(document.length.saturating_add(beside.length), watch);
    let hash = HashAlgorithm::Sha256;
    let inside = message::read(document, &[hash], &mut |_| Ok(()), &mut progress)?.digest(hash);
    if beside.length == length && inside == Some(beside.digest(hash, &mut progress)?) {
        Ok(())
    } else {
        Err(Failure::new(Problem::OtherContent, content))
    }
}

fn raw(options: &Question<'_>, certificate: &Path, known: &mut Known) -> Result<Judged, Failure> {
    let bytes = input::read(certificate, input::CERTIFICATES)?;
    let mut all = Certificate::read_all(&bytes)
        .map_err(|error| Failure::new(Problem::NotACertificate, certificate).detail(&error))?;
    let certificate = Box::new(all.remove(0));
    known.others.extend(all);
    let content =
        options.content.ok_or_else(|| Failure::new(Problem::ContentNeeded, options.file))?;
    let bytes = input::read(options.file, RAW)?;
    let signature = input::unwrap_base64(&bytes).unwrap_or(bytes);
    let document = Document::new(content)?;
    let hash = certificate.public_key.hash_algorithm();
    let digest = document.digest(hash, &mut Progress::watched(document.length, options.watch))?;
    Ok(Judged::Raw { digest, signature, certificate })
}
