//! Answers, taken apart (RFC 6960, section 4.2.1).

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5280::{ID_CE_CRL_REASONS, ID_CE_INVALIDITY_DATE};
use const_oid::db::rfc6960::{
    ID_PKIX_OCSP_ARCHIVE_CUTOFF, ID_PKIX_OCSP_BASIC, ID_PKIX_OCSP_CRL,
    ID_PKIX_OCSP_EXTENDED_REVOKE, ID_PKIX_OCSP_NONCE,
};
use der::Decode;
use spki::AlgorithmIdentifierOwned;
use x509_cert::ext::{Extension, Extensions};

use super::super::certificate::Certificate;
use super::super::crl::{details, generalized};
use super::super::distinguished::DistinguishedName;
use super::super::elements::{Element, Elements, shortest};
use super::super::extension;
use super::super::revocation::Reason;
use super::{CertId, CertStatus, NotAResponse, OcspResponse, Refusal, Responder, SingleStatus};
use crate::ber;
use crate::crypto::HashAlgorithm;
use crate::time::UnixTime;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OID: u8 = 0x06;
const ENUMERATED: u8 = 0x0a;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// Context tags: primitive, and constructed.
const PRIMITIVE: [u8; 3] = [0x80, 0x81, 0x82];
const CONSTRUCTED: [u8; 3] = [0xa0, 0xa1, 0xa2];

/// More statuses or certificates in one answer are not read.
const MAX_STATUSES: usize = 256;
const MAX_CERTIFICATES: usize = 16;

const LIMITS: ber::Limits =
    ber::Limits { bytes: super::MAX_RESPONSE, depth: 24, elements: 64 * 1024 };

/// Reads an answer, whose length is already limited.
pub(super) fn response(bytes: &[u8]) -> Result<OcspResponse, NotAResponse> {
    let malformed = NotAResponse::Malformed;
    let der = ber::to_der(bytes, LIMITS).map_err(|_| malformed)?;
    let basic = basic_of(&der)?;
    let basic = ber::to_der(basic, LIMITS).map_err(|_| malformed)?;
    read_basic(&basic).ok_or(malformed)
}

/// The basic answer within an answer.
fn basic_of(der: &[u8]) -> Result<&[u8], NotAResponse> {
    let malformed = |_| NotAResponse::Malformed;
    let mut outer = Elements::within(der, SEQUENCE).map_err(malformed)?;
    let status = outer.next_of(ENUMERATED).map_err(malformed)?.content;
    match status {
        [0] => {}
        [1] => return Err(NotAResponse::Refused(Refusal::MalformedRequest)),
        [2] => return Err(NotAResponse::Refused(Refusal::InternalError)),
        [3] => return Err(NotAResponse::Refused(Refusal::TryLater)),
        [5] => return Err(NotAResponse::Refused(Refusal::SignatureRequired)),
        [6] => return Err(NotAResponse::Refused(Refusal::Unauthorized)),
        [other] => return Err(NotAResponse::Refused(Refusal::Other(*other))),
        _ => return Err(NotAResponse::Malformed),
    }
    let bytes = outer.next_of(CONSTRUCTED[0]).map_err(malformed)?;
    let mut bytes_of = Elements::within(bytes.content, SEQUENCE).map_err(malformed)?;
    let kind = bytes_of.next_of(OID).map_err(malformed)?;
    let basic = bytes_of.next_of(OCTET_STRING).map_err(malformed)?;
    if !outer.is_empty() || !bytes_of.is_empty() {
        return Err(NotAResponse::Malformed);
    }
    let is_basic = kind.content == ID_PKIX_OCSP_BASIC.as_bytes();
    if is_basic { Ok(basic.content) } else { Err(NotAResponse::OtherType) }
}

fn read_basic(der: &[u8]) -> Option<OcspResponse> {
    let mut outer = Elements::within(der, SEQUENCE).ok()?;
    let body = outer.next_of(SEQUENCE).ok()?;
    let algorithm = outer.next_of(SEQUENCE).ok()?;
    let signature = outer.next_of(BIT_STRING).ok()?.content;
    let (0, signature) = signature.split_first()? else { return None };
    let certificates = match outer.next_if(CONSTRUCTED[0]).ok()? {
        Some(all) => certificates(all.content)?,
        None => Vec::new(),
    };
    if !outer.is_empty() {
        return None;
    }
    let mut parts = Elements::of(body.content);
    if let Some(version) = parts.next_if(CONSTRUCTED[0]).ok()?
        && version.content != [INTEGER, 1, 0]
    {
        return None;
    }
    let responder = responder(parts.next()?.ok()?)?;
    let produced_at = time(parts.next_of(GENERALIZED_TIME).ok()?)?;
    let list = parts.next_of(SEQUENCE).ok()?.content;
    if Elements::of(list).take(MAX_STATUSES + 1).count() > MAX_STATUSES {
        return None;
    }
    let statuses = Elements::of(list).map(|one| single(one.ok()?)).collect::<Option<_>>()?;
    let extensions = extensions(&mut parts, CONSTRUCTED[1])?;
    if !parts.is_empty() {
        return None;
    }
    let known = [ID_PKIX_OCSP_NONCE, ID_PKIX_OCSP_EXTENDED_REVOKE];
    Some(OcspResponse {
        produced_at,
        statuses,
        certificates,
        nonce: extension::find(&extensions, ID_PKIX_OCSP_NONCE).ok()?.map(nonce),
        responder,
        knows_issued: extension::find(&extensions, ID_PKIX_OCSP_EXTENDED_REVOKE).ok()?.is_some(),
        unknown_critical: insists(&extensions, &known),
        algorithm: AlgorithmIdentifierOwned::from_der(algorithm.whole).ok()?,
        signature: signature.to_vec(),
        body: body.whole.to_vec(),
    })
}

fn certificates(list: &[u8]) -> Option<Vec<Certificate>> {
    let all = Elements::within(list, SEQUENCE).ok()?;
    let mut found = Vec::new();
    for (at, element) in all.enumerate() {
        let element = element.ok().filter(|one| at < MAX_CERTIFICATES && one.tag == SEQUENCE)?;
        // Whoever cannot be read cannot be believed; others may still be.
        found.extend(Certificate::parse(element.whole).ok());
    }
    Some(found)
}

fn responder(element: Element<'_>) -> Option<Responder> {
    if element.tag == CONSTRUCTED[1] {
        return DistinguishedName::read(element.content).ok().map(Responder::Name);
    }
    let mut key = Elements::of(element.content);
    let hash = key.next_of(OCTET_STRING).ok()?.content;
    let is_key = element.tag == CONSTRUCTED[2] && key.is_empty();
    is_key.then(|| Responder::Key(hash.to_vec()))
}

fn single(element: Element<'_>) -> Option<SingleStatus> {
    let mut parts = Elements::of(element.content);
    let id = parts.next_of(SEQUENCE).ok()?;
    let status = parts.next()?.ok()?;
    let this_update = time(parts.next_of(GENERALIZED_TIME).ok()?)?;
    let next_update = match parts.next_if(CONSTRUCTED[0]).ok()? {
        Some(next) => Some(time(Elements::of(next.content).next()?.ok()?)?),
        None => None,
    };
    let extensions = extensions(&mut parts, CONSTRUCTED[1])?;
    if element.tag != SEQUENCE || !parts.is_empty() {
        return None;
    }
    let find = |oid| extension::find(&extensions, oid).ok().flatten();
    let known = [
        ID_CE_CRL_REASONS,
        ID_CE_INVALIDITY_DATE,
        ID_PKIX_OCSP_ARCHIVE_CUTOFF,
        ID_PKIX_OCSP_CRL,
        ID_PKIX_OCSP_EXTENDED_REVOKE,
    ];
    Some(SingleStatus {
        id: cert_id(id)?,
        status: cert_status(status)?,
        this_update,
        next_update,
        invalid_since: details(&extensions).1,
        covers_expired_since: find(ID_PKIX_OCSP_ARCHIVE_CUTOFF).and_then(generalized),
        unknown_critical: insists(&extensions, &known),
    })
}

/// `None` within if the hash function is not known.
fn cert_id(element: Element<'_>) -> Option<Option<CertId>> {
    let mut parts = Elements::of(element.content);
    let algorithm = parts.next_of(SEQUENCE).ok()?;
    let issuer_name_hash = parts.next_of(OCTET_STRING).ok()?.content.to_vec();
    let issuer_key_hash = parts.next_of(OCTET_STRING).ok()?.content.to_vec();
    let serial_number = shortest(parts.next_of(INTEGER).ok()?.content).to_vec();
    if !parts.is_empty() {
        return None;
    }
    let algorithm = AlgorithmIdentifierOwned::from_der(algorithm.whole).ok()?;
    Some(HashAlgorithm::of(&algorithm).map(|hash| CertId {
        hash,
        issuer_name_hash,
        issuer_key_hash,
        serial_number,
    }))
}

fn cert_status(element: Element<'_>) -> Option<CertStatus> {
    match element.tag {
        tag if tag == PRIMITIVE[0] && element.content.is_empty() => Some(CertStatus::Good),
        tag if tag == PRIMITIVE[2] && element.content.is_empty() => Some(CertStatus::Unknown),
        tag if tag == CONSTRUCTED[1] => {
            let mut parts = Elements::of(element.content);
            let at = time(parts.next_of(GENERALIZED_TIME).ok()?)?;
            let reason = match parts.next_if(CONSTRUCTED[0]).ok()?.map(|reason| reason.content) {
                Some([ENUMERATED, 1, number]) => Reason::of(*number),
                Some(_) | None => Reason::Unspecified,
            };
            parts.is_empty().then_some(CertStatus::Revoked { at, reason })
        }
        _ => None,
    }
}

fn extensions(parts: &mut Elements<'_>, tag: u8) -> Option<Vec<Extension>> {
    let Some(element) = parts.next_if(tag).ok()? else { return Some(Vec::new()) };
    let extensions = Extensions::from_der(element.content).ok()?;
    let sound = extensions.len() <= extension::MAX_EXTENSIONS && !extension::has_twins(&extensions);
    sound.then_some(extensions)
}

fn insists(extensions: &[Extension], known: &[ObjectIdentifier]) -> Option<ObjectIdentifier> {
    let mut unknown = extensions.iter().filter(|one| one.critical && !known.contains(&one.extn_id));
    unknown.next().map(|one| one.extn_id)
}

/// The nonce stands in an OCTET STRING of its own; old responders left that out.
fn nonce(value: &[u8]) -> Vec<u8> {
    let mut inner = Elements::of(value);
    match (inner.next(), inner.is_empty()) {
        (Some(Ok(element)), true) if element.tag == OCTET_STRING => element.content.to_vec(),
        _ => value.to_vec(),
    }
}

fn time(element: Element<'_>) -> Option<UnixTime> {
    generalized(element.whole)
}
