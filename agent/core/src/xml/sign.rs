//! Signing documents: XML Signature 1.1 as NCALayer writes it.
//!
//! ```text
//! document, what of it, certificate ──prepare──▶ Draft ──finish──▶ signed document
//!                                    can fail          signature
//! ```
//!
//! The signature is put in; everything else stays as it was, byte by byte (but `<a/>` becomes `<a>…</a>` if it is
//! where the signature goes). Several documents are signed one after the other, and one document by several people
//! the same way: the second signature covers the first.

mod draft;
#[cfg(test)]
mod tests;
mod written;

use thiserror::Error;

pub use self::draft::Draft;
use super::NotXml;
use super::xpath::{NotAPath, XPath};
use crate::crypto::{CryptoError, PrivateKey, Provider};
use crate::x509::certificate::Certificate;

/// What is signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum What {
    /// The whole document; the signature becomes the last child of the outermost element.
    #[default]
    Document,
    /// One element, which has an attribute `Id`.
    Element {
        /// Which.
        element: XPath,
        /// In which one the signature becomes the last child: not in the element itself.
        parent: XPath,
    },
}

impl What {
    /// Reads the two XPath expressions of NCALayer, `tbsElementXPath` and `signatureParentElementXPath`: without both, or
    /// with `/`, it is the whole document.
    ///
    /// # Errors
    /// [`NotAPath`] if one of them is not supported; one without the other is not, from its first character on.
    pub fn parse(element: &str, parent: &str) -> Result<Self, NotAPath> {
        match (element.trim(), parent.trim()) {
            ("" | "/", "" | "/") => Ok(Self::Document),
            (element, parent) => {
                Ok(Self::Element { element: XPath::parse(element)?, parent: XPath::parse(parent)? })
            }
        }
    }
}

/// Whether what is added is one line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LineBreaks {
    /// No line breaks at all, as NCALayer 1.4 writes it. Services that drop white space before they verify need it.
    #[default]
    None,
    /// A line for each tag, and Base64 in lines of 76 characters, as older versions wrote it.
    Wrapped,
}

/// How a document is signed. The default is NCALayer's, but for its XML declaration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// What is signed.
    pub what: What,
    /// Whether what is added is one line.
    pub line_breaks: LineBreaks,
    /// Whether a document in UTF-8 that has no XML declaration gets
    /// `<?xml version="1.0" encoding="UTF-8" standalone="no"?>`. It is not covered by signatures.
    pub declaration: bool,
}

/// Why a document was not signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignError {
    /// It is not XML that we read.
    #[error(transparent)]
    NotXml(#[from] NotXml),
    /// No element is at the path: correct the path, or the document.
    #[error("the document has no element at the XPath of what is to be signed")]
    NoElement,
    /// No element is at the path of the signature's parent.
    #[error("the document has no element at the XPath where the signature is to be put")]
    NoParent,
    /// The element to be signed needs an attribute `Id`, whose value stands nowhere else as an id.
    #[error("the element to be signed has no attribute Id, or another has the same")]
    NoId,
    /// The signature would stand inside of what it signs.
    #[error("the signature cannot be put into the element that it signs")]
    ParentInside,
    /// A namespace is a relative URI, for which canonical XML is not defined: give it a scheme.
    #[error("a namespace of the document is a relative URI, for which there is no canonical form")]
    RelativeNamespace,
    /// The certificate is another key's.
    #[error("the certificate does not belong to the key")]
    OtherKey,
    /// The key could not sign.
    #[error(transparent)]
    Key(#[from] CryptoError),
    /// What was to be written does not fit the standard: a fault of ours, or of what made the signature.
    #[error("the XML signature could not be written")]
    Encoding,
}

/// Whether bytes are the canonical form of a `SignedInfo`, which is what a key signs of an XML document (XML Signature,
/// section 3.1.2).
///
/// A key that signs such bytes *raw* thereby signs the document whose digest is in them, unseen: refuse it.
#[must_use]
pub fn is_signed_info(bytes: &[u8]) -> bool {
    let Some(rest) = bytes.strip_prefix(b"<") else { return false };
    let end = rest.iter().position(|byte| b" \t\r\n/>".contains(byte)).unwrap_or(rest.len());
    let local = rest[..end].rsplit(|byte| *byte == b':').next();
    local == Some(b"SignedInfo".as_slice())
}

/// Looks whether a document can be signed, before anybody knows with which key.
///
/// # Errors
/// [`SignError`] says what has to change.
pub fn check(document: &[u8], what: &What) -> Result<(), SignError> {
    draft::check(document, what)
}

/// Signs a document: [`Draft`] with a key at hand.
///
/// # Errors
/// [`SignError`] says what has to change.
pub fn sign(
    document: &[u8],
    options: &Options,
    certificate: &Certificate,
    key: &PrivateKey,
    provider: &Provider,
) -> Result<Vec<u8>, SignError> {
    if *key.public() != certificate.public_key {
        return Err(SignError::OtherKey);
    }
    let draft = Draft::prepare(document, options, certificate)?;
    let signature = (provider.sign)(provider, key, draft.to_be_signed())?;
    draft.finish(&signature)
}
