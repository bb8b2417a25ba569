//! XML signatures (XML Signature 1.1, W3C 2013) and canonical XML.
//!
//! ```text
//! document ──sign──▶ signed document ──signatures──▶ XmlSignature: references, digests, certificates ──verify──▶ good
//!          what, how                   can fail                                                       key
//! ```
//!
//! What is made is what NCALayer makes: an enveloped signature over the whole document as the last child of its
//! outermost element, or one over an element with an `Id`, put elsewhere ([`sign::What`]). What is read is that and
//! whatever others make of the same parts: the six canonicalizations of [`c14n`], enveloped signatures, several
//! references, objects, RSA, ECDSA and both GOSTs, SHA-2. SHA-1 is recognised and called weak. There is no XSLT, no
//! XPath filter, no HMAC, nothing from outside of the document, and no key but in a certificate: what cannot be checked
//! is called so, and is not called bad.
//!
//! # Documents
//!
//! Documents are hostile. They are UTF-8, or UTF-16 with a byte order mark, well-formed to the letter of XML 1.0 and
//! of its namespaces, and within [`Limits`]. A document type is refused, so that there are no entities but XML's own
//! five. Reading takes time and memory in proportion to the document, and no recursion.
//!
//! The reader is our own because of what it is for: who signs and who verifies must see the same characters. Of the
//! libraries that were tried, the well-kept tree (roxmltree 0.21) does not say how a name was written, leaves a
//! carriage return where a line feed written as a reference follows, and needs seven seconds for 70 kB of declared
//! namespaces; the well-kept tokenizer (quick-xml 0.42) lets pass much that is not well-formed; the one that would do
//! (uppsala 0.12, with bergshamra's canonicalization on it) brings XSLT, XML Schema and unsafe code, and is still young.
//! Without document types, the language is small; in tests, libxml2 says whether we read it as it does.
//!
//! # Signing and verifying
//!
//! ```
//! use rand_core::{OsRng, RngCore};
//! use tanba_core::crypto::{self, RandomFailed};
//! use tanba_core::x509::certificate::Certificate;
//! use tanba_core::xml::sign::{Options, sign};
//! use tanba_core::xml::{self, Covered, DigestCheck};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = include_bytes!("../../../tests/vectors/kz/skarm_kalkan/p12/GOST512_02c7a21f2df78b99cb67323e2e255779bb6ae309.p12");
//! # let password = tanba_core::secret::Password::new("Qwerty12".into());
//! # let opened = tanba_core::pkcs12::open(file, &password)?;
//! # let (key, certificate) = (&opened.entries[0].key, &opened.entries[0].certificates[0]);
//! // A key of GOST 34.10-2015 and its certificate, from a key file of the authority.
//! let certificate = Certificate::parse(certificate)?;
//! let provider = crypto::pure(|bytes| OsRng.try_fill_bytes(bytes).map_err(|_| RandomFailed));
//! let document = "<шарт><сома>100</сома></шарт>".as_bytes();
//!
//! let signed = sign(document, &Options::default(), &certificate, key, &provider)?;
//! assert!(signed.starts_with("<шарт><сома>100</сома><ds:Signature ".as_bytes()));
//!
//! let found = xml::signatures(&signed)?;
//! let signer = Certificate::parse(&found[0].certificates[0])?;
//! found[0].verify(&signer.public_key)?;
//! assert_eq!(found[0].digest(), DigestCheck::Good);
//! assert_eq!(found[0].references[0].covered, Covered::WholeDocument);
//!
//! // Whatever is changed is noticed.
//! let changed = String::from_utf8(signed)?.replace("100", "900");
//! assert_eq!(xml::signatures(changed.as_bytes())?[0].digest(), DigestCheck::Bad);
//! # Ok(())
//! # }
//! ```
//!
//! # Several signatures
//!
//! By the letter of the standard, an enveloped signature over the whole document is broken by the next one, since
//! each takes only itself away. What is meant, and how the software around the NCA judges it, is that each covers the
//! document as its signer had it: with the signatures before, without those after. So is it judged here, and
//! [`Reference::later_signatures`] tells. Whoever reports on a document reports on each of its signatures.

mod algorithm;
pub mod c14n;
mod chars;
mod document;
mod encoding;
mod fault;
mod reader;
pub mod sign;
mod signature;
mod value;
pub mod xpath;

use self::document::Document;
pub use self::document::Limits;
use self::encoding::Source;
pub use self::fault::{NotXml, Position, Rule};
pub use self::signature::{
    Covered, DigestCheck, MAX_REFERENCES, MAX_SIGNATURES, NotRead, NotVerified, Reference,
    Uncheckable, XmlSignature, signatures,
};

/// Reads a document and does something with it while its text is there.
fn read<T>(
    bytes: &[u8],
    limits: &Limits,
    then: impl FnOnce(&Document<'_>, &Source<'_>) -> T,
) -> Result<T, NotXml> {
    let source = Source::decode(bytes, limits.bytes)?;
    let document = document::parse(&source.text, limits)?;
    document::check_encoding(&document, source.encoding)?;
    Ok(then(&document, &source))
}
