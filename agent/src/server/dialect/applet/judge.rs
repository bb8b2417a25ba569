//! Whether signatures that a page brings are right: digest and signature. Whether their certificates may be trusted the
//! applet did not say, and neither does this.

use std::io::Read as _;
use std::path::Path;

use tanba_core::cms::{SignedMessage, decode_armour};
use tanba_core::crypto::{Digest, HashAlgorithm, Hasher};
use tanba_core::x509::certificate::Certificate;
use tanba_core::xml::{self, Covered, DigestCheck, NotRead};

use super::Failed;
use crate::blocking::Abandoned;
use crate::server::dialect::xml::Documents;

/// Whether a message is signed over that content.
pub(super) fn cms(message: &str, content: &[u8]) -> Result<bool, Failed> {
    let message = read(message)?;
    let digests: Vec<_> = hashes(&message).iter().map(|hash| hash.hash(content)).collect();
    Ok(is_good(&message, &digests))
}

/// The same, over a file.
pub(super) fn cms_of_file(
    message: &str,
    file: &Path,
    abandoned: &Abandoned,
) -> Result<bool, Failed> {
    let message = read(message)?;
    let mut hashers: Vec<Hasher> = hashes(&message).iter().map(|hash| hash.hasher()).collect();
    let mut file = crate::files::open_document(file).map_err(|_| Failed::FileRead)?;
    let mut piece = vec![0; 256 << 10];
    loop {
        abandoned.check().map_err(|_| Failed::FileRead)?;
        match file.read(&mut piece).map_err(|_| Failed::FileRead)? {
            0 => break,
            count => hashers.iter_mut().for_each(|hasher| hasher.update(&piece[..count])),
        }
    }
    let digests: Vec<_> = hashers.into_iter().map(Hasher::finish).collect();
    Ok(is_good(&message, &digests))
}

fn read(message: &str) -> Result<SignedMessage, Failed> {
    let der = decode_armour(message.as_bytes()).map_err(|_| Failed::SignatureValidation)?;
    SignedMessage::parse(&der).map_err(|_| Failed::SignatureValidation)
}

/// All hash functions that the signers use, and one more to compare a content with.
fn hashes(message: &SignedMessage) -> Vec<HashAlgorithm> {
    let mut hashes = vec![HashAlgorithm::Sha256];
    for hash in message.signers().iter().filter_map(|signer| signer.hash()) {
        if !hashes.contains(&hash) {
            hashes.push(hash);
        }
    }
    hashes
}

/// `digests` are those of the content that the page means. A message that has another content in it is not about that
/// one; a page that names none means the one in the message.
fn is_good(message: &SignedMessage, digests: &[Digest]) -> bool {
    let named = |hash: HashAlgorithm| digests.iter().find(|digest| digest.algorithm() == hash);
    let same = match message.content() {
        Some(content) => {
            let hash = HashAlgorithm::Sha256;
            named(hash) == Some(&hash.hash(content)) || named(hash) == Some(&hash.hash(b""))
        }
        None => true,
    };
    let mut signers = message.signers().iter();
    same && !message.signers().is_empty()
        && signers.all(|signer| message.check(signer, digests).is_good())
}

/// Whether all signatures of a document are right, and at least one is there. `element`: whether they may be over an
/// element of it.
pub(super) fn xml(text: &str, element: bool) -> Result<bool, Failed> {
    let document = Documents::of(vec![text.to_owned()]).bytes.pop().unwrap_or_default();
    let signatures = match xml::signatures(&document) {
        Ok(signatures) if signatures.is_empty() => return Err(Failed::SignatureValidation),
        Ok(signatures) => signatures,
        Err(NotRead::NotXml(_)) => return Err(Failed::XmlParse),
        Err(NotRead::TooMany) => return Err(Failed::SignatureValidation),
    };
    Ok(signatures.iter().all(|signature| {
        let covers = signature.references.iter().any(|reference| match reference.covered {
            Covered::WholeDocument => true,
            Covered::Element { .. } => element,
            Covered::PartOfSignature { .. } | Covered::Nothing => false,
        });
        let mut certificates =
            signature.certificates.iter().filter_map(|der| Certificate::parse(der).ok());
        covers
            && signature.digest() == DigestCheck::Good
            && certificates.any(|signer| signature.verify(&signer.public_key).is_ok())
    }))
}
