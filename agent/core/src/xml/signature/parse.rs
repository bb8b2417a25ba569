//! From elements to what they say: the structure of a signature (XML Signature 1.1, section 4), nothing resolved yet.

use base64ct::{Base64, Encoding};

use super::super::algorithm::{digest_algorithm, is_keyed, signature_algorithm};
use super::super::c14n::{Form, Method};
use super::super::chars::{all_space, is_space};
use super::super::document::{Attribute, Document, Kind, NamespaceId, NodeId};
use super::{DSIG, MAX_REFERENCES, Uncheckable};
use crate::crypto::{HashAlgorithm, SignatureAlgorithm};

/// Chains have about four; more are not taken along.
const MAX_CERTIFICATES: usize = 16;
/// The enveloped signature and a canonicalization are two.
const MAX_TRANSFORMS: usize = 8;

const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// Where the exclusive form names the prefixes that are not exclusive.
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// Web Services Security, in which messages between state bodies carry the certificate.
const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

/// A signature as it is written.
pub(super) struct Written {
    pub(super) node: NodeId,
    pub(super) certificates: Vec<Vec<u8>>,
    pub(super) body: Result<Body, Uncheckable>,
    /// Whether it holds nothing but its own parts, so that nothing is lost when it is taken away.
    pub(super) is_bare: bool,
    /// What is in it that is no part of a signature, each with all that is in it: anybody may have put that in, since
    /// an enveloped signature does not cover itself.
    pub(super) foreign: Vec<NodeId>,
}

/// What is in it.
pub(super) struct Body {
    pub(super) signed_info: NodeId,
    pub(super) method: Method,
    pub(super) algorithm: SignatureAlgorithm,
    pub(super) references: Vec<WrittenReference>,
    pub(super) value: Vec<u8>,
}

/// A reference as it is written.
pub(super) struct WrittenReference {
    pub(super) uri: Option<String>,
    pub(super) transforms: Result<Transforms, Uncheckable>,
    pub(super) digest_algorithm: Option<HashAlgorithm>,
    pub(super) digest: Vec<u8>,
}

/// What is done to what is referred to before it is hashed.
pub(super) struct Transforms {
    pub(super) enveloped: bool,
    pub(super) method: Method,
}

/// The elements directly inside an element that holds nothing else.
fn elements(document: &Document<'_>, id: NodeId) -> Result<Vec<NodeId>, Uncheckable> {
    let mut found = Vec::new();
    for (id, kind) in document.children(id) {
        match kind {
            Kind::Element(_) => found.push(id),
            Kind::Text(span) if all_space(span.of(document.text)) => {}
            Kind::Text(_) | Kind::Cdata(_) => return Err(Uncheckable::Malformed),
            Kind::Comment(_) | Kind::Instruction(_) => {}
        }
    }
    Ok(found)
}

/// Takes elements one after the other, each with the name that it must have.
struct Sequence<'d, 't> {
    document: &'d Document<'t>,
    rest: std::vec::IntoIter<NodeId>,
}

impl<'d, 't> Sequence<'d, 't> {
    fn of(document: &'d Document<'t>, id: NodeId) -> Result<Self, Uncheckable> {
        Ok(Self { document, rest: elements(document, id)?.into_iter() })
    }

    fn take_if(&mut self, local: &str) -> Option<NodeId> {
        let next = self.rest.as_slice().first().copied();
        let id = next.filter(|id| self.document.is(*id, DSIG, local))?;
        self.rest.next();
        Some(id)
    }

    fn take(&mut self, local: &str) -> Result<NodeId, Uncheckable> {
        self.take_if(local).ok_or(Uncheckable::Malformed)
    }

    fn end(&self) -> Result<(), Uncheckable> {
        if self.rest.as_slice().is_empty() { Ok(()) } else { Err(Uncheckable::Malformed) }
    }
}

/// Reads the signature at an element.
pub(super) fn signature(document: &Document<'_>, node: NodeId) -> Written {
    let mut certificates = Vec::new();
    let mut is_whole = false;
    let body = parts(document, node).and_then(|parts| {
        if let Some(key_info) = parts.key_info {
            certificates = self::certificates(document, key_info)?;
        }
        is_whole = true;
        body(document, &parts)
    });
    let foreign = foreign(document, node);
    Written { node, certificates, body, is_bare: is_whole && foreign.is_empty(), foreign }
}

/// The elements of which a signature consists (sections 4 and 4.5), objects aside. What
/// `KeyInfo` may hold besides is open, and so a place for anything.
const PARTS: [&str; 23] = [
    "SignedInfo",
    "CanonicalizationMethod",
    "SignatureMethod",
    "Reference",
    "Transforms",
    "Transform",
    "DigestMethod",
    "DigestValue",
    "SignatureValue",
    "KeyInfo",
    "KeyName",
    "KeyValue",
    "RSAKeyValue",
    "Modulus",
    "Exponent",
    "X509Data",
    "X509Certificate",
    "X509CRL",
    "X509SKI",
    "X509SubjectName",
    "X509IssuerSerial",
    "X509IssuerName",
    "X509SerialNumber",
];

/// The attributes that they have.
const ATTRIBUTES: [&str; 6] = ["Algorithm", "Id", "PrefixList", "Target", "Type", "URI"];

/// What is inside a signature and is none of its parts: objects, other elements, parts with an attribute that they do
/// not have, instructions. Comments are let pass: they are not content.
fn foreign(document: &Document<'_>, signature: NodeId) -> Vec<NodeId> {
    let mut found = Vec::new();
    let (mut index, end) = (signature.index(), document.after(signature).index());
    while let Some((id, kind)) = document.at(index).filter(|_| index < end) {
        let belongs = match kind {
            Kind::Element(_) => is_part(document, id, id == signature),
            Kind::Text(_) | Kind::Cdata(_) | Kind::Comment(_) => true,
            Kind::Instruction(_) => false,
        };
        if belongs {
            index += 1;
        } else {
            found.push(id);
            index = document.after(id).index();
        }
    }
    found
}

fn is_part(document: &Document<'_>, id: NodeId, is_itself: bool) -> bool {
    let is_one_of = |space, names: &[&str]| names.iter().any(|name| document.is(id, space, name));
    // How Web Services Security names the certificate; its own attributes are many.
    if is_one_of(WSSE, &["SecurityTokenReference", "KeyIdentifier"]) {
        return true;
    }
    let Some(element) = document.element(id) else { return false };
    let is_known = |attribute: &Attribute| {
        attribute.namespace == NamespaceId::NONE
            && ATTRIBUTES.contains(&attribute.name.local(document.text))
    };
    (is_itself || is_one_of(DSIG, &PARTS) || is_one_of(EXCLUSIVE, &["InclusiveNamespaces"]))
        && document.attributes(element).iter().all(is_known)
}

struct Parts {
    signed_info: NodeId,
    value: NodeId,
    key_info: Option<NodeId>,
}

/// Section 4.1: `SignedInfo, SignatureValue, KeyInfo?, Object*`.
fn parts(document: &Document<'_>, id: NodeId) -> Result<Parts, Uncheckable> {
    let mut parts = Sequence::of(document, id)?;
    let signed_info = parts.take("SignedInfo")?;
    let value = parts.take("SignatureValue")?;
    let key_info = parts.take_if("KeyInfo");
    while parts.take_if("Object").is_some() {}
    parts.end()?;
    Ok(Parts { signed_info, value, key_info })
}

/// Section 4.4: `CanonicalizationMethod, SignatureMethod, Reference+`.
fn body(document: &Document<'_>, parts: &Parts) -> Result<Body, Uncheckable> {
    let value = base64(document, parts.value).ok_or(Uncheckable::Malformed)?;
    let mut info = Sequence::of(document, parts.signed_info)?;
    let method = info.take("CanonicalizationMethod")?;
    let method = canonicalization(document, method)?.ok_or(Uncheckable::Canonicalization)?;
    let algorithm = algorithm(document, info.take("SignatureMethod")?)?;
    let mut references = Vec::new();
    while let Some(id) = info.take_if("Reference") {
        if references.len() == MAX_REFERENCES {
            return Err(Uncheckable::TooMuch);
        }
        references.push(reference(document, id)?);
    }
    info.end()?;
    if references.is_empty() {
        return Err(Uncheckable::Malformed);
    }
    Ok(Body { signed_info: parts.signed_info, method, algorithm, references, value })
}

fn uri<'t>(document: &Document<'t>, id: NodeId) -> Result<std::borrow::Cow<'t, str>, Uncheckable> {
    document.attribute(id, "Algorithm").ok_or(Uncheckable::Malformed)
}

fn algorithm(document: &Document<'_>, id: NodeId) -> Result<SignatureAlgorithm, Uncheckable> {
    let uri = uri(document, id)?;
    if is_keyed(&uri) {
        return Err(Uncheckable::SharedSecret);
    }
    let algorithm = signature_algorithm(&uri).ok_or(Uncheckable::Signature)?;
    // None of ours has parameters.
    if elements(document, id)?.is_empty() { Ok(algorithm) } else { Err(Uncheckable::Signature) }
}

/// Section 4.4.3: `Transforms?, DigestMethod, DigestValue`.
fn reference(document: &Document<'_>, id: NodeId) -> Result<WrittenReference, Uncheckable> {
    let mut parts = Sequence::of(document, id)?;
    let transforms = match parts.take_if("Transforms") {
        Some(id) => transforms(document, id),
        None => Ok(Transforms { enveloped: false, method: Method::INCLUSIVE }),
    };
    let method = parts.take("DigestMethod")?;
    let digest_algorithm = digest_algorithm(&uri(document, method)?);
    let has_parameters = !elements(document, method)?.is_empty();
    let digest = base64(document, parts.take("DigestValue")?).ok_or(Uncheckable::Malformed)?;
    parts.end()?;
    Ok(WrittenReference {
        uri: document.attribute(id, "URI").map(Into::into),
        transforms,
        digest_algorithm: digest_algorithm.filter(|_| !has_parameters),
        digest,
    })
}

/// Section 4.4.3.4: first the signature is taken away, then the rest becomes bytes, which is the last that can be
/// done. What is not made to bytes becomes so by Canonical XML 1.0 (section 4.4.3.2).
fn transforms(document: &Document<'_>, id: NodeId) -> Result<Transforms, Uncheckable> {
    let all = elements(document, id)?;
    let mut transforms = Transforms { enveloped: false, method: Method::INCLUSIVE };
    let mut is_bytes = false;
    if all.is_empty() || all.len() > MAX_TRANSFORMS {
        return Err(Uncheckable::Transform);
    }
    for id in all {
        if !document.is(id, DSIG, "Transform") {
            return Err(Uncheckable::Malformed);
        }
        if is_bytes {
            return Err(Uncheckable::Transform);
        }
        if uri(document, id)? == ENVELOPED && elements(document, id)?.is_empty() {
            transforms.enveloped = true;
        } else {
            transforms.method = canonicalization(document, id)?.ok_or(Uncheckable::Transform)?;
            is_bytes = true;
        }
    }
    Ok(transforms)
}

/// A canonicalization method with the prefixes that stand in it; `None` if it is none of ours.
fn canonicalization(document: &Document<'_>, id: NodeId) -> Result<Option<Method>, Uncheckable> {
    let Some(mut method) = Method::of(&uri(document, id)?) else { return Ok(None) };
    for parameter in elements(document, id)? {
        let known = document.is(parameter, EXCLUSIVE, "InclusiveNamespaces");
        let list = document.attribute(parameter, "PrefixList");
        match list.filter(|_| known && method.form == Form::Exclusive && method.prefixes.is_empty())
        {
            Some(list) => {
                let prefixes = list.split(|c| u8::try_from(c).is_ok_and(is_space));
                let named = prefixes.filter(|prefix| !prefix.is_empty());
                let default = |prefix| if prefix == "#default" { "" } else { prefix };
                method.prefixes = named.map(default).map(str::to_owned).collect();
            }
            None => return Ok(None),
        }
    }
    Ok(Some(method))
}

/// Section 4.5.4 of XML Signature, and 7.3 of Web Services Security; whatever else `KeyInfo` says of keys is not
/// read.
fn certificates(document: &Document<'_>, key_info: NodeId) -> Result<Vec<Vec<u8>>, Uncheckable> {
    let mut found = Vec::new();
    for id in elements(document, key_info)? {
        let in_data = document.is(id, DSIG, "X509Data");
        if !in_data && !document.is(id, WSSE, "SecurityTokenReference") {
            continue;
        }
        for id in elements(document, id)? {
            let is_certificate = if in_data {
                document.is(id, DSIG, "X509Certificate")
            } else {
                let kind = document.attribute(id, "ValueType");
                document.is(id, WSSE, "KeyIdentifier")
                    && kind.is_some_and(|kind| kind.ends_with("#X509v3"))
            };
            if !is_certificate {
                continue;
            }
            if found.len() == MAX_CERTIFICATES {
                return Err(Uncheckable::TooMuch);
            }
            found.push(base64(document, id).ok_or(Uncheckable::Malformed)?);
        }
    }
    Ok(found)
}

/// Base64 with white space anywhere, as `xs:base64Binary` has it.
fn base64(document: &Document<'_>, id: NodeId) -> Option<Vec<u8>> {
    let mut text = document.only_text(id)?;
    text.retain(|c| !u8::try_from(c).is_ok_and(is_space));
    Base64::decode_vec(&text).ok()
}
