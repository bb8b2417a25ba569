//! XML signatures (XMLDSig 1.1) and canonical XML.

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
