//! Attributes of a signer (RFC 5652, section 11; RFC 5035; ETSI EN 319 122-1, section 5).

use der::asn1::{ObjectIdentifier, UtcTime};
use der::{Decode, Encode};
use spki::AlgorithmIdentifierOwned;
use thiserror::Error;

use super::element::{Element, Elements, Malformed, tag, wrap_set};
use crate::crypto::{Digest, HashAlgorithm};
use crate::time::UnixTime;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

pub(super) const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
pub(super) const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
pub(super) const SIGNING_TIME: ObjectIdentifier = oid("1.2.840.113549.1.9.5");
pub(super) const COUNTERSIGNATURE: ObjectIdentifier = oid("1.2.840.113549.1.9.6");
pub(super) const SIGNING_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.12");
pub(super) const TIME_STAMP: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.14");
pub(super) const SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");
/// RFC 6211.
const ALGORITHM_PROTECTION: ObjectIdentifier = oid("1.2.840.113549.1.9.52");

/// More attributes than anybody writes.
const MAX_ATTRIBUTES: usize = 64;
/// More values, or certificates in one value, than anybody writes.
const MAX_VALUES: usize = 64;
/// More values of one unsigned attribute, such as time stamps over one signature, are not looked at.
const MAX_UNSIGNED: usize = 16;

/// What is wrong with a signer's attributes, or with what they bind. Any of these makes the signer bad.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// A signed attribute comes twice, or has more than one value (RFC 5652, section 5.3).
    #[error("the signed attribute {0} comes twice")]
    Twice(String),
    /// A signed attribute cannot be read.
    #[error("the signed attribute {0} is malformed")]
    Malformed(String),
    /// Content that is not id-data must be signed with attributes (RFC 5652, section 5.3).
    #[error("the content's type is not signed")]
    NoContentType,
    /// The attribute names another type than the message.
    #[error("the content has another type than the one that was signed")]
    OtherContentType,
    /// There are signed attributes, and no message digest among them.
    #[error("the content's digest is not signed")]
    NoMessageDigest,
    /// The certificate that verifies the signature is not the one that the signer named (RFC 5035, section 5).
    #[error("the signer named another certificate")]
    OtherCertificate,
    /// The signature's algorithm has another hash than the signer's digest algorithm (RFC 8933).
    #[error("digest and signature have different hashes")]
    OtherHash,
    /// The signer has no signed attributes, and the content is the attributes of another signature: somebody took a
    /// signature over attributes and shows it as one over content.
    #[error("the content is another signature's attributes")]
    AttributesAsContent,
    /// The attribute of RFC 6211 names other algorithms than the signer.
    #[error("the algorithms are not those that were signed")]
    OtherAlgorithms,
}

/// One attribute, as it came.
#[derive(Clone, Copy)]
pub(super) struct Attribute<'a> {
    /// The value of its type: of attributes that nobody here knows even the number may be out of reach.
    oid: &'a [u8],
    values: Element<'a>,
}

/// Whether bytes are signed attributes as a key signs them (RFC 5652, section 5.4): a SET of attributes.
///
/// A key that signs such bytes *raw* thereby signs the document whose digest is among them, unseen: refuse it.
#[must_use]
pub fn is_signed_attributes(bytes: &[u8]) -> bool {
    let first = Element::only(bytes, tag::SET).and_then(|set| set.inside().expect(tag::SEQUENCE));
    first.is_ok_and(|attribute| {
        let mut inside = attribute.inside();
        inside.expect(tag::OID).is_ok() && inside.expect(tag::SET).is_ok()
    })
}

/// The attributes within a SET, under whichever tag.
pub(super) fn attributes(set: Element<'_>) -> Result<Vec<Attribute<'_>>, Malformed> {
    set.all(MAX_ATTRIBUTES)?.into_iter().map(attribute).collect()
}

fn attribute(element: Element<'_>) -> Result<Attribute<'_>, Malformed> {
    if element.tag != tag::SEQUENCE {
        return Err(Malformed);
    }
    let mut parts = element.inside();
    let oid = parts.expect(tag::OID)?.value;
    let values = parts.expect(tag::SET)?;
    parts.end()?;
    Ok(Attribute { oid, values })
}

/// The attributes that a signature covers, read into plain data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedAttributes {
    /// The type of the content.
    pub content_type: Option<ObjectIdentifier>,
    /// The content's digest, made with the signer's digest algorithm.
    pub message_digest: Option<Vec<u8>>,
    /// When it was signed, as the signer says.
    pub signing_time: Option<UnixTime>,
    /// The certificates that the signer named; the first one is the signer's own. Empty in messages that are CMS but
    /// not CAdES.
    pub signing_certificates: Vec<CertificateReference>,
    /// The first reference of each attribute, which must be the signer's.
    own: Vec<CertificateReference>,
    pub(super) faults: Vec<Fault>,
    /// SEQUENCE { digestAlgorithm, [1] signatureAlgorithm } of RFC 6211.
    protected_algorithms: Option<Vec<u8>>,
    /// With the tag of a SET, as it was signed.
    pub(super) signed: Vec<u8>,
}

/// Which certificate a signer named: ESSCertID or ESSCertIDv2 (RFC 5035, sections 4 and 5).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CertificateReference {
    /// With what the certificate was hashed; `None` if it is unknown here.
    pub hash: Option<HashAlgorithm>,
    /// The hash of the certificate in DER.
    pub digest: Vec<u8>,
    /// The issuer's name in DER and the serial number's bytes, if the signer gave them.
    pub issuer_and_serial: Option<(Vec<u8>, Vec<u8>)>,
}

impl CertificateReference {
    /// Whether it is this certificate. A hash that is unknown here is no match.
    #[must_use]
    pub fn names(&self, certificate: &[u8]) -> bool {
        let same_hash =
            self.hash.is_some_and(|hash| hash.hash(certificate).as_bytes() == self.digest);
        same_hash
            && self.issuer_and_serial.as_ref().is_none_or(|(issuer, serial)| {
                super::holder::Holder::of(certificate)
                    .is_ok_and(|holder| holder.issuer == issuer && holder.serial == serial)
            })
    }
}

impl SignedAttributes {
    /// Reads `[0] IMPLICIT SET OF Attribute`. Attributes that are unsound become faults of the signer; only what has
    /// no attributes' shape is an error.
    pub(super) fn read(element: Element<'_>) -> Result<Self, Malformed> {
        let mut read = Self {
            content_type: None,
            message_digest: None,
            signing_time: None,
            signing_certificates: Vec::new(),
            own: Vec::new(),
            faults: Vec::new(),
            protected_algorithms: None,
            signed: super::element::wrap(tag::SET, &[element.value]),
        };
        let mut seen = Vec::new();
        for attribute in attributes(element)? {
            if seen.contains(&attribute.oid) {
                read.faults.push(Fault::Twice(dotted(attribute.oid)));
                continue;
            }
            seen.push(attribute.oid);
            read.take(attribute);
        }
        if read.message_digest.is_none() {
            read.faults.push(Fault::NoMessageDigest);
        }
        Ok(read)
    }

    fn take(&mut self, attribute: Attribute<'_>) {
        let known = [
            CONTENT_TYPE,
            MESSAGE_DIGEST,
            SIGNING_TIME,
            SIGNING_CERTIFICATE,
            SIGNING_CERTIFICATE_V2,
            ALGORITHM_PROTECTION,
        ];
        let Some(oid) = known.into_iter().find(|oid| oid.as_bytes() == attribute.oid) else {
            return;
        };
        let outcome = match attribute.values.all(MAX_VALUES).as_deref() {
            Ok([value]) => self.take_value(oid, *value),
            Ok([_, _, ..]) => {
                self.faults.push(Fault::Twice(oid.to_string()));
                return;
            }
            Ok([]) | Err(Malformed) => Err(Malformed),
        };
        if outcome.is_err() {
            self.faults.push(Fault::Malformed(oid.to_string()));
        }
    }

    fn take_value(&mut self, oid: ObjectIdentifier, value: Element<'_>) -> Result<(), Malformed> {
        if oid == CONTENT_TYPE {
            self.content_type = Some(Element::only(value.whole, tag::OID)?.oid()?);
        } else if oid == MESSAGE_DIGEST {
            let digest = Element::only(value.whole, tag::OCTET_STRING)?.value;
            self.message_digest = Some(digest.to_vec());
        } else if oid == SIGNING_TIME {
            self.signing_time = Some(moment(value)?);
        } else if oid == ALGORITHM_PROTECTION {
            self.protected_algorithms = Some(value.whole.to_vec());
        } else {
            let references = references(value, oid == SIGNING_CERTIFICATE_V2)?;
            self.own.extend(references.first().cloned());
            self.signing_certificates.extend(references);
        }
        Ok(())
    }

    /// Whether the signer named this certificate as its own, or none at all. One that is named only as the chain's is
    /// not enough.
    pub(super) fn bind(&self, certificate: &[u8]) -> bool {
        self.own.iter().all(|reference| reference.names(certificate))
    }

    /// The attributes sorted as DER wants them, if they did not come so.
    pub(super) fn sorted(&self) -> Option<Vec<u8>> {
        let set = Element::only(&self.signed, tag::SET).ok()?;
        let all = set.all(MAX_ATTRIBUTES).ok()?;
        let sorted = wrap_set(tag::SET, all.iter().map(|element| element.whole).collect());
        (sorted != self.signed).then_some(sorted)
    }

    /// Whether the algorithms beside them are those that were signed, if they were.
    pub(super) fn protect(&self, digest: &[u8], signature: &[u8]) -> bool {
        let Some(protected) = &self.protected_algorithms else { return true };
        let read = || -> Result<bool, Malformed> {
            let mut parts = Element::only(protected, tag::SEQUENCE)?.inside();
            let same_digest = parts.expect(tag::SEQUENCE)?.whole == digest;
            let algorithm = parts.expect(tag::context_constructed(1))?.value;
            Ok(same_digest && Element::only(signature, tag::SEQUENCE)?.value == algorithm)
        };
        read().unwrap_or(false)
    }
}

/// An object identifier's value for people.
fn dotted(oid: &[u8]) -> String {
    ObjectIdentifier::from_bytes(oid).map_or_else(
        |_| oid.iter().map(|byte| format!("{byte:02x}")).collect(),
        |oid| oid.to_string(),
    )
}

/// SigningCertificate or SigningCertificateV2: SEQUENCE { SEQUENCE OF ESSCertID, policies OPTIONAL }.
fn references(value: Element<'_>, v2: bool) -> Result<Vec<CertificateReference>, Malformed> {
    let mut parts = Element::only(value.whole, tag::SEQUENCE)?.inside();
    let ids = parts.expect(tag::SEQUENCE)?.all(MAX_VALUES)?;
    if ids.is_empty() {
        return Err(Malformed);
    }
    ids.into_iter().map(|id| reference(id, v2)).collect()
}

fn reference(id: Element<'_>, v2: bool) -> Result<CertificateReference, Malformed> {
    let mut parts = Element::only(id.whole, tag::SEQUENCE)?.inside();
    let hash = match parts.optional(tag::SEQUENCE)? {
        Some(algorithm) if v2 => algorithm_identifier(algorithm)
            .ok()
            .and_then(|identifier| HashAlgorithm::of(&identifier)),
        Some(_) => return Err(Malformed),
        None if v2 => Some(HashAlgorithm::Sha256),
        None => Some(HashAlgorithm::Sha1),
    };
    let digest = parts.expect(tag::OCTET_STRING)?.value.to_vec();
    let issuer_and_serial = match parts.optional(tag::SEQUENCE)? {
        Some(pair) => Some(issuer_and_serial(pair)?),
        None => None,
    };
    parts.end()?;
    Ok(CertificateReference { hash, digest, issuer_and_serial })
}

/// IssuerSerial: SEQUENCE { GeneralNames with one directoryName, INTEGER }.
fn issuer_and_serial(pair: Element<'_>) -> Result<(Vec<u8>, Vec<u8>), Malformed> {
    let mut parts = pair.inside();
    let names = parts.expect(tag::SEQUENCE)?;
    let serial = parts.expect(tag::INTEGER)?.value;
    parts.end()?;
    let directory_name = Element::only(names.value, tag::context_constructed(4))?;
    let issuer = Element::only(directory_name.value, tag::SEQUENCE)?;
    Ok((issuer.whole.to_vec(), serial.to_vec()))
}

pub(super) fn algorithm_identifier(
    element: Element<'_>,
) -> Result<AlgorithmIdentifierOwned, Malformed> {
    AlgorithmIdentifierOwned::from_der(element.whole).map_err(|_| Malformed)
}

/// A UTCTime, or a GeneralizedTime whose parts of a second are dropped.
pub(crate) fn moment(element: Element<'_>) -> Result<UnixTime, Malformed> {
    match element.tag {
        tag::UTC_TIME => {
            let time = UtcTime::from_der(element.whole).map_err(|_| Malformed)?;
            let seconds = time.to_unix_duration().as_secs();
            Ok(UnixTime::from_secs(i64::try_from(seconds).map_err(|_| Malformed)?))
        }
        tag::GENERALIZED_TIME => {
            let text = std::str::from_utf8(element.value).map_err(|_| Malformed)?;
            if !text.is_ascii() || text.len() < 15 || !text.ends_with('Z') {
                return Err(Malformed);
            }
            let (date, clock) = text.split_at(8);
            let (clock, fraction) = clock.split_at(6);
            UnixTime::parse_rfc3339(&format!(
                "{}-{}-{}T{}:{}:{}{fraction}",
                &date[..4],
                &date[4..6],
                &date[6..],
                &clock[..2],
                &clock[2..4],
                &clock[4..]
            ))
            .map_err(|_| Malformed)
        }
        _ => Err(Malformed),
    }
}

/// The attributes of CAdES-BES, ready to be signed (ETSI EN 319 122-1, section 5.2), in DER's order:
/// contentType, signingTime, messageDigest and signingCertificateV2 with SHA-256, which is not written out.
pub(super) fn write(
    content_type: ObjectIdentifier,
    at: UnixTime,
    digest: &Digest,
    certificate: &[u8],
) -> Result<Vec<u8>, der::Error> {
    use super::element::{wrap, write_oid};

    let one =
        |oid, value: &[u8]| wrap(tag::SEQUENCE, &[&write_oid(oid), &wrap(tag::SET, &[value])]);
    let hash = HashAlgorithm::Sha256.hash(certificate);
    let hash = wrap(tag::OCTET_STRING, &[hash.as_bytes()]);
    let reference = wrap(tag::SEQUENCE, &[&wrap(tag::SEQUENCE, &[&wrap(tag::SEQUENCE, &[&hash])])]);
    let attributes = [
        one(CONTENT_TYPE, &write_oid(content_type)),
        one(SIGNING_TIME, &write_moment(at)?),
        one(MESSAGE_DIGEST, &wrap(tag::OCTET_STRING, &[digest.as_bytes()])),
        one(SIGNING_CERTIFICATE_V2, &reference),
    ];
    Ok(wrap_set(tag::SET, attributes.iter().map(Vec::as_slice).collect()))
}

/// A UTCTime up to 2049, a GeneralizedTime from then on (RFC 5652, section 11.3).
fn write_moment(at: UnixTime) -> Result<Vec<u8>, der::Error> {
    let seconds = u64::try_from(at.as_secs()).map_err(|_| der::ErrorKind::DateTime)?;
    let since = std::time::Duration::from_secs(seconds);
    match UtcTime::from_unix_duration(since) {
        Ok(time) => time.to_der(),
        Err(_) => der::asn1::GeneralizedTime::from_unix_duration(since)?.to_der(),
    }
}

/// The values of all unsigned attributes of that type, as they came; the first few, lest somebody gives us work.
pub(super) fn values_of(set: &[u8], wanted: ObjectIdentifier) -> Vec<Vec<u8>> {
    let Ok(Some(element)) = Elements::of(set).next() else { return Vec::new() };
    let Ok(all) = attributes(element) else { return Vec::new() };
    all.into_iter()
        .filter(|attribute| attribute.oid == wanted.as_bytes())
        .filter_map(|attribute| attribute.values.all(MAX_VALUES).ok())
        .flatten()
        .take(MAX_UNSIGNED)
        .map(|value| value.whole.to_vec())
        .collect()
}
