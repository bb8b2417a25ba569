//! A signed document that lacks only its signature.

use std::fmt::Write as _;
use std::ops::Range;

use super::super::algorithm::to_xml;
use super::super::c14n::{Method, Part, attribute_text};
use super::super::document::{Document, Limits, NamespaceId, NodeId, parse};
use super::super::encoding::Encoding;
use super::super::read;
use super::super::signature::{DSIG, Targets, digest};
use super::written::{Content, Text, value};
use super::{LineBreaks, Options, SignError, What};
use crate::crypto::{Digest, SignatureAlgorithm};
use crate::x509::certificate::Certificate;

const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>";

/// A document that lacks only its signature.
pub struct Draft<'d> {
    document: &'d [u8],
    encoding: Encoding,
    line_breaks: LineBreaks,
    algorithm: SignatureAlgorithm,
    to_be_signed: Digest,
    text: Text,
    place: Place,
    declaration: Option<usize>,
}

/// Where the signature goes, by bytes of the document.
struct Place {
    /// What it replaces: nothing, or the `/>` of an empty element.
    replaced: Range<usize>,
    /// What then stands around it.
    before: &'static str,
    after: String,
}

/// What is signed, once it is found.
struct Found {
    parent: NodeId,
    apex: Option<NodeId>,
    uri: String,
}

impl<'d> Draft<'d> {
    /// Finds what is signed and where the signature goes, and writes everything but its value.
    ///
    /// The hash function is that of the certificate's key.
    ///
    /// # Errors
    /// [`SignError`], but for those of the key.
    pub fn prepare(
        document: &'d [u8],
        options: &Options,
        certificate: &Certificate,
    ) -> Result<Self, SignError> {
        read(document, &Limits::DEFAULT, |parsed, source| {
            let found = find(parsed, &options.what)?;
            let algorithm = certificate.public_key.signature_algorithm();
            let part = Part { apex: found.apex, without: &[] };
            let hash = algorithm.hash();
            // The transform says that comments are kept, but what is referred to has none (section 4.4.3.3).
            let covered = digest(parsed, part, &Method::INCLUSIVE, hash, &mut budget())
                .map_err(|_| SignError::Encoding)?;
            let whole = [ENVELOPED, Method::INCLUSIVE_WITH_COMMENTS.uri()];
            let content = Content {
                uri: &found.uri,
                method: match options.what {
                    What::Document => Method::INCLUSIVE,
                    What::Element { .. } => Method::EXCLUSIVE,
                },
                transforms: if found.apex.is_none() { &whole } else { &whole[1..] },
                digest: &covered,
                algorithm,
                certificate: certificate.der(),
            };
            let text = content.write(options.line_breaks);
            let to_be_signed = signed_info(parsed, found.parent, &content, &text)?;
            let bytes = |at: usize| {
                let before = source.text.get(..at).unwrap_or_default();
                source.mark + source.encoding.len(before)
            };
            let place = place(parsed, found.parent, bytes).ok_or(SignError::Encoding)?;
            let declare =
                options.declaration && parsed.start == 0 && source.encoding == Encoding::Utf8;
            Ok(Self {
                document,
                encoding: source.encoding,
                line_breaks: options.line_breaks,
                algorithm,
                to_be_signed,
                text,
                place,
                declaration: declare.then_some(source.mark),
            })
        })?
    }

    /// What is to be signed: the digest of the canonical form of `SignedInfo`.
    #[must_use]
    pub const fn to_be_signed(&self) -> &Digest {
        &self.to_be_signed
    }

    /// Puts in the signature that [`Provider::sign`](crate::crypto::Provider::sign) made. It is not verified here;
    /// [`XmlSignature::verify`](super::super::XmlSignature::verify) is.
    ///
    /// # Errors
    /// [`SignError::Encoding`] if no signature of this kind is written so.
    pub fn finish(self, signature: &[u8]) -> Result<Vec<u8>, SignError> {
        let value = to_xml(self.algorithm, signature)
            .filter(|value| !value.is_empty())
            .map(|bytes| value(&bytes, self.line_breaks))
            .ok_or(SignError::Encoding)?;
        let added =
            [self.place.before, &self.text.before, &value, &self.text.after, &self.place.after];
        let length: usize = added.iter().map(|text| self.encoding.len(text)).sum();
        let mut whole = Vec::with_capacity(self.document.len() + length + DECLARATION.len());
        let mut from = 0;
        if let Some(mark) = self.declaration {
            whole.extend_from_slice(self.document.get(..mark).unwrap_or_default());
            whole.extend_from_slice(DECLARATION.as_bytes());
            from = mark;
        }
        let Range { start, end } = self.place.replaced;
        whole.extend_from_slice(self.document.get(from..start).unwrap_or_default());
        added.iter().for_each(|text| self.encoding.encode(text, &mut whole));
        whole.extend_from_slice(self.document.get(end..).unwrap_or_default());
        Ok(whole)
    }
}

/// Everything of [`Draft::prepare`] that needs no certificate and can fail because of the document.
pub(super) fn check(document: &[u8], what: &What) -> Result<(), SignError> {
    read(document, &Limits::DEFAULT, |parsed, _| find(parsed, what).map(|_| ()))?
}

/// Whatever can be read can be signed; only signatures of others can be more work than that.
const fn budget() -> u64 {
    u64::MAX
}

/// Canonical XML has to fail for namespaces that are relative URIs (section 1.3): whoever verifies would refuse it.
fn refuse_relative_namespaces(document: &Document<'_>) -> Result<(), SignError> {
    let is_absolute = |uri: &str| {
        let scheme = uri.split_once(':').map(|(scheme, _)| scheme.as_bytes());
        scheme.is_some_and(|scheme| {
            scheme.first().is_some_and(u8::is_ascii_alphabetic)
                && scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte))
        })
    };
    let declared = std::iter::once(document.root())
        .chain(document.elements_within(document.root()))
        .filter_map(|id| document.element(id))
        .flat_map(|element| document.declarations(element))
        .map(|declaration| document.namespace(declaration.namespace));
    match declared.into_iter().find(|uri| !uri.is_empty() && !is_absolute(uri)) {
        Some(_) => Err(SignError::RelativeNamespace),
        None => Ok(()),
    }
}

fn find(document: &Document<'_>, what: &What) -> Result<Found, SignError> {
    refuse_relative_namespaces(document)?;
    let (element, parent) = match what {
        What::Document => {
            return Ok(Found { parent: document.root(), apex: None, uri: String::new() });
        }
        What::Element { element, parent } => (element, parent),
    };
    let element = element.find(document).ok_or(SignError::NoElement)?;
    let parent = parent.find(document).ok_or(SignError::NoParent)?;
    if document.is_within(parent, element) {
        return Err(SignError::ParentInside);
    }
    let id = document.attribute(element, "Id").ok_or(SignError::NoId)?;
    // It must be found again by whoever verifies: also by those to whom the empty id is the whole document, and
    // those to whom brackets are a pointer.
    let is_plain = !id.is_empty() && !id.contains(['(', ')', '#', '%']);
    let is_found = Targets::of(document).element(&id) == Ok(element);
    if !is_plain || !is_found {
        return Err(SignError::NoId);
    }
    Ok(Found { parent, apex: Some(element), uri: format!("#{id}") })
}

/// Behind the last that is in the element.
fn place(document: &Document<'_>, parent: NodeId, bytes: impl Fn(usize) -> usize) -> Option<Place> {
    let element = document.element(parent)?;
    if !element.close.is_empty() {
        let at = bytes(element.close.start());
        return Some(Place { replaced: at..at, before: "", after: String::new() });
    }
    let end = element.open.end();
    let name = element.name.whole.of(document.text);
    let replaced = bytes(end.checked_sub(2)?)..bytes(end);
    Some(Place { replaced, before: ">", after: format!("</{name}>") })
}

/// The digest of `SignedInfo` where it will stand. Its canonical form needs of the document only what the elements
/// around it declare, so that a small document with the same declarations gives the same.
fn signed_info(
    document: &Document<'_>,
    parent: NodeId,
    content: &Content<'_>,
    text: &Text,
) -> Result<Digest, SignError> {
    let mut around = String::from("<around");
    for (prefix, namespace) in document.in_scope(parent) {
        let colon = if prefix.is_empty() { "" } else { ":" };
        let uri = attribute_text(document.namespace(namespace));
        write!(around, " xmlns{colon}{prefix}=\"{uri}\"").map_err(|_| SignError::Encoding)?;
    }
    let mut inherited: Vec<(&str, String)> = std::iter::once(parent)
        .chain(document.ancestors(parent))
        .filter_map(|id| document.element(id))
        .flat_map(|element| document.attributes(element))
        .filter(|attribute| attribute.namespace == NamespaceId::XML)
        .map(|attribute| {
            (attribute.name.local(document.text), attribute_text(&document.value(attribute)))
        })
        .collect();
    // The sort is stable: of several with the same name, the nearest comes first.
    inherited.sort_by_key(|(local, _)| *local);
    inherited.dedup_by_key(|(local, _)| *local);
    for (local, value) in inherited {
        write!(around, " xml:{local}=\"{value}\"").map_err(|_| SignError::Encoding)?;
    }
    write!(around, ">{}{}</around>", text.before, text.after).map_err(|_| SignError::Encoding)?;
    let small = parse(&around, &Limits { bytes: usize::MAX, ..Limits::DEFAULT })?;
    let signed_info = small
        .elements_within(small.root())
        .find(|id| small.is(*id, DSIG, "SignedInfo"))
        .ok_or(SignError::Encoding)?;
    let part = Part { apex: Some(signed_info), without: &[] };
    digest(&small, part, &content.method, content.algorithm.hash(), &mut budget())
        .map_err(|_| SignError::Encoding)
}
