//! Canonical XML: the one way to write a document that all its equal writings share.
//!
//! Canonical XML 1.0 (W3C 2001, RFC 3076) and 1.1 (W3C 2008), Exclusive XML Canonicalization 1.0 (W3C 2002,
//! RFC 3741), each with and without comments, of whole documents and of elements. What comes out goes piece by piece
//! into a function, such as a hash function's; no second copy of the document is made.
//!
//! ```
//! use tanba_core::xml::c14n::{Method, canonicalize};
//!
//! let mut canonical = Vec::new();
//! let document = b"<?xml version='1.0'?><a  z='1' b='&#x20;'><e/></a>";
//! canonicalize(document, &Method::INCLUSIVE, &mut |bytes| canonical.extend_from_slice(bytes))?;
//! assert_eq!(canonical, br#"<a b=" " z="1"><e></e></a>"#);
//! # Ok::<(), tanba_core::xml::NotXml>(())
//! ```

mod output;
#[cfg(test)]
mod tests;
mod walk;

use thiserror::Error;

pub(super) use self::output::{Output, attribute_text};
pub(super) use self::walk::{Part, write};
use super::{Limits, NotXml, read};

/// Which namespaces and inherited attributes the canonical form has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Canonical XML 1.0: all namespaces in scope, and the `xml:` attributes of the elements around.
    Inclusive,
    /// Canonical XML 1.1: the same, but for `xml:id` and `xml:base`.
    Inclusive11,
    /// Exclusive XML Canonicalization 1.0: only namespaces that are used.
    Exclusive,
}

/// A canonicalization method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// Its form.
    pub form: Form,
    /// Whether comments are kept.
    pub comments: bool,
    /// Prefixes that the exclusive form treats as the inclusive one does (`InclusiveNamespaces PrefixList`); the
    /// empty one is the default namespace. The other forms do not look at them.
    pub prefixes: Vec<String>,
}

impl Method {
    /// `http://www.w3.org/TR/2001/REC-xml-c14n-20010315`
    pub const INCLUSIVE: Self = Self::new(Form::Inclusive, false);
    /// `http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments`
    pub const INCLUSIVE_WITH_COMMENTS: Self = Self::new(Form::Inclusive, true);
    /// `http://www.w3.org/2001/10/xml-exc-c14n#`
    pub const EXCLUSIVE: Self = Self::new(Form::Exclusive, false);

    const fn new(form: Form, comments: bool) -> Self {
        Self { form, comments, prefixes: Vec::new() }
    }

    /// Its identifier (XML Signature 1.1, section 6.5).
    #[must_use]
    pub const fn uri(&self) -> &'static str {
        match (self.form, self.comments) {
            (Form::Inclusive, false) => "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
            (Form::Inclusive, true) => {
                "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
            }
            (Form::Inclusive11, false) => "http://www.w3.org/2006/12/xml-c14n11",
            (Form::Inclusive11, true) => "http://www.w3.org/2006/12/xml-c14n11#WithComments",
            (Form::Exclusive, false) => "http://www.w3.org/2001/10/xml-exc-c14n#",
            (Form::Exclusive, true) => "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        }
    }

    /// The method with that identifier, without prefixes.
    #[must_use]
    pub fn of(uri: &str) -> Option<Self> {
        [Form::Inclusive, Form::Inclusive11, Form::Exclusive]
            .into_iter()
            .flat_map(|form| [Self::new(form, false), Self::new(form, true)])
            .find(|method| method.uri() == uri)
    }
}

/// Why something could not be canonicalized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum NotCanonical {
    /// The canonical form is longer than it may be: exclusive canonicalization repeats namespaces.
    #[error("the canonical form is too long")]
    TooLong,
    /// Canonical XML 1.1 of an element within another that has `xml:base`.
    #[error("xml:base around an element is not supported in Canonical XML 1.1")]
    Base,
}

/// Canonicalizes a whole document with [`Limits::DEFAULT`], in UTF-8. The canonical form is cut at sixteen times the
/// greatest document; no signature is over so much.
///
/// # Errors
/// [`NotXml`] if the bytes are no XML that we read, or the canonical form would be too long.
pub fn canonicalize(
    document: &[u8],
    method: &Method,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<(), NotXml> {
    read(document, &Limits::DEFAULT, |document, _| {
        let mut budget = 16 * Limits::DEFAULT.bytes as u64;
        let mut output = Output::new(sink, &mut budget);
        let whole = Part { apex: None, without: &[] };
        write(document, whole, method, &mut output).map_err(|_| NotXml::TooLarge)
    })?
}
