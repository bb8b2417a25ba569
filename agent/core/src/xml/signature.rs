//! Signatures in a document, read into plain data: what they cover, whether its digests are right, who signed.

mod parse;
mod reference;
mod target;
#[cfg(test)]
mod tests;

use thiserror::Error;

pub(super) use self::reference::digest;
pub(super) use self::target::Targets;

use super::algorithm::from_xml;
use super::document::Document;
use super::{Limits, NotXml, read};
use crate::crypto::{BadSignature, Digest, HashAlgorithm, PublicKey, SignatureAlgorithm};

/// The namespace of XML signatures.
pub(super) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// More signatures than this in one document are not looked at.
pub const MAX_SIGNATURES: usize = 64;

/// More references than this in one signature are not looked at.
pub const MAX_REFERENCES: usize = 64;

/// How many canonical bytes are hashed for all signatures of a document together.
const MAX_WORK: u64 = 512 << 20;

/// A signature (`ds:Signature`; XML Signature 1.1, section 4).
///
/// It is good if [`digest`](Self::digest) is [`DigestCheck::Good`] and [`verify`](Self::verify) with the key of the
/// signer's certificate succeeds; neither alone says anything. Then what the references say to be covered was
/// signed, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XmlSignature {
    /// Where it stands: the names of the elements on the way to it.
    pub path: String,
    /// Its own `Id`.
    pub id: Option<String>,
    /// The certificates that it carries, in DER, in their order. It does not say which is the signer's, and they are
    /// not signed: the signer's is one with whose key it verifies.
    pub certificates: Vec<Vec<u8>>,
    /// What was signed. None, if the signature cannot be checked.
    pub references: Vec<Reference>,
    /// Whether it holds something that is no part of a signature, and that none of the references covers, such as an
    /// object or an element of another language in `KeyInfo`. An enveloped signature does not cover itself, so that
    /// anybody may have put it in, for a program that looks for elements by name.
    pub has_unsigned_content: bool,
    /// With what was signed, or why the signature cannot be checked.
    pub algorithm: Result<SignatureAlgorithm, Uncheckable>,
    signed_info: Option<Digest>,
    /// As it stands in XML.
    value: Vec<u8>,
}

/// One thing that was signed (`ds:Reference`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// As it is written; `None` if the reference names nothing.
    pub uri: Option<String>,
    /// What it is.
    pub covered: Covered,
    /// Whether comments in it are covered too. Usually they are not, whatever the transforms say: references
    /// without `#xpointer` are to documents without comments (section 4.4.3.3).
    pub comments: bool,
    /// The hash function, if it is one of ours.
    pub digest_algorithm: Option<HashAlgorithm>,
    /// Whether it is still what was signed.
    pub digest: DigestCheck,
    /// How many signatures beside this one had to be taken away before the digest was right, because they were put
    /// into the document after it. Each is judged on its own; nothing else in them is covered.
    pub later_signatures: usize,
}

/// What a reference covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Covered {
    /// The whole document, without the signature itself.
    WholeDocument,
    /// One element with everything in it; without the signature itself if that is in it.
    Element {
        /// By what it was found.
        id: String,
        /// Where it stands: the names of the elements on the way to it.
        path: String,
    },
    /// A part of the signature itself, such as a `ds:Object`: nothing of the document around it.
    PartOfSignature {
        /// By what it was found.
        id: String,
        /// Where it stands.
        path: String,
    },
    /// Nothing in this document.
    Nothing,
}

/// What came of comparing a digest. The variants are in the order of what weighs more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DigestCheck {
    /// It is right.
    Good,
    /// It is right, but SHA-1's: others can make something else that has it too.
    Weak,
    /// It cannot be checked.
    Uncheckable(Uncheckable),
    /// It is wrong: something else was signed.
    Bad,
}

/// Why a signature, or a reference of it, cannot be checked. It may be good or bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum Uncheckable {
    /// It is not put together as section 4 of the standard has it.
    #[error("the XML signature is not put together as the standard has it")]
    Malformed,
    /// Another kind of signature than ours.
    #[error("the signature is of a kind that is not supported")]
    Signature,
    /// HMAC: whoever can check such a signature can make it.
    #[error("the signature has a shared secret, which proves nothing")]
    SharedSecret,
    /// Another hash function than ours.
    #[error("the hash function is not supported")]
    Hash,
    /// Another canonicalization method than those of [`c14n`](super::c14n).
    #[error("the canonicalization method is not supported")]
    Canonicalization,
    /// Other transforms than the enveloped signature and one canonicalization, in this order; never XSLT.
    #[error("a transform is not supported")]
    Transform,
    /// Something outside of the document. It is not fetched.
    #[error("what was signed is outside of the document")]
    Outside,
    /// No element has the id.
    #[error("no element has the id that was signed")]
    NoElement,
    /// Several elements have the id: each reader could take another one.
    #[error("several elements have the id that was signed")]
    SeveralElements,
    /// More references, or more to hash, than is looked at.
    #[error("there is too much to check")]
    TooMuch,
}

/// Why a signature does not verify with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotVerified {
    /// It is not a signature of that key over those references.
    #[error(transparent)]
    Bad(#[from] BadSignature),
    /// It is made over a digest of SHA-1, and nothing signed over SHA-1 is believed.
    #[error("the signature is over a digest of SHA-1, which is not believed")]
    Weak,
    /// It cannot be checked with any key.
    #[error(transparent)]
    Uncheckable(#[from] Uncheckable),
}

/// Why the signatures of a document could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotRead {
    /// The document is not XML that we read.
    #[error(transparent)]
    NotXml(#[from] NotXml),
    /// More than [`MAX_SIGNATURES`].
    #[error("the document has too many signatures")]
    TooMany,
}

impl XmlSignature {
    /// Verifies the signature over the references, digests included, with a key: that of the signer's certificate.
    /// Whether the digests are right is another question, which [`digest`](Self::digest) answers.
    ///
    /// # Errors
    /// [`NotVerified`] tells a bad signature from one that nobody can judge.
    pub fn verify(&self, key: &PublicKey) -> Result<(), NotVerified> {
        let algorithm = self.algorithm?;
        let digest = self.signed_info.as_ref().ok_or(Uncheckable::Malformed)?;
        if !algorithm.fits(key) {
            return Err(BadSignature.into());
        }
        if algorithm.hash() == HashAlgorithm::Sha1 {
            return Err(NotVerified::Weak);
        }
        let signature = from_xml(algorithm, &self.value).ok_or(BadSignature)?;
        Ok(key.verify_digest(digest, &signature)?)
    }

    /// What came of all references together: the worst of them.
    #[must_use]
    pub fn digest(&self) -> DigestCheck {
        let none = DigestCheck::Uncheckable(self.algorithm.err().unwrap_or(Uncheckable::Malformed));
        self.references.iter().map(|reference| reference.digest).max().unwrap_or(none)
    }
}

/// Finds all signatures of a document, in their order, and checks the digests of what they cover.
///
/// The document is UTF-8, or UTF-16 with a byte order mark, at most [`Limits::DEFAULT`]. None at all is no error.
///
/// A signature that was added to a document that had one already covers that one too; the one before covers neither
/// itself nor what came later. So [`Reference::later_signatures`] says how many had to be taken away for it.
///
/// # Errors
/// [`NotRead`] if the document cannot be read; what is wrong with one signature is said in it.
pub fn signatures(document: &[u8]) -> Result<Vec<XmlSignature>, NotRead> {
    read(document, &Limits::DEFAULT, |document, _| of_document(document))?
}

fn of_document(document: &Document<'_>) -> Result<Vec<XmlSignature>, NotRead> {
    let found: Vec<_> = document
        .elements_within(document.root())
        .filter(|id| document.is(*id, DSIG, "Signature"))
        .take(MAX_SIGNATURES + 1)
        .collect();
    if found.len() > MAX_SIGNATURES {
        return Err(NotRead::TooMany);
    }
    let parsed: Vec<_> = found.iter().map(|id| parse::signature(document, *id)).collect();
    let targets = Targets::of(document);
    let mut budget = MAX_WORK;
    Ok((0..found.len())
        .map(|at| reference::check(document, &targets, &parsed, at, &mut budget))
        .collect())
}
