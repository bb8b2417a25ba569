//! A signed message, read into plain data, with the bytes of every part as they came (RFC 5652, section 5.1).

use std::borrow::Cow;
use std::fmt;

use const_oid::ObjectIdentifier;

use super::element::{Element, Malformed, tag};
use super::signer::SignerInfo;
use super::stream::{Content, MAX_CERTIFICATES, MAX_SIGNERS, NotCms, Parts, Reader, Where};
use super::write::Sorted;
use crate::ber;
use crate::crypto::{Digest, HashAlgorithm, Hasher};

/// The type of content that is just bytes: id-data (RFC 5652, section 4).
pub const DATA: ObjectIdentifier = const_oid::db::rfc5911::ID_DATA;

/// A signed message, read or to be written. Nothing of it is verified: see [`SignedMessage::check`].
///
/// The content itself is here only if it was kept, see [`Reader::keeping`].
#[derive(Clone)]
pub struct SignedMessage {
    /// What the content is; [`DATA`] for documents.
    pub content_type: ObjectIdentifier,
    /// The content's length if it is in the message, `None` if it is detached.
    pub attached: Option<u64>,
    pub(super) signers: Vec<SignerInfo>,
    pub(super) version: u64,
    /// AlgorithmIdentifiers in DER.
    pub(super) digest_algorithms: Vec<Vec<u8>>,
    /// CertificateChoices in DER, as they came.
    pub(super) certificates: Vec<Vec<u8>>,
    /// RevocationInfoChoices in DER, as they came.
    pub(super) revocation: Vec<Vec<u8>>,
    pub(super) digests: Vec<Digest>,
    pub(super) content: Option<Vec<u8>>,
    /// Whether the content begins as signed attributes do.
    pub(super) like_attributes: bool,
    pub(super) sorted: Sorted,
}

impl SignedMessage {
    /// Reads a message that is in memory, in DER or BER, and keeps its content. For big ones there is [`Reader`].
    ///
    /// # Errors
    /// [`NotCms`] says what is wrong and where.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotCms> {
        let mut reader = Reader::new().keeping(bytes.len());
        reader.feed(bytes)?;
        reader.finish()
    }

    /// The signers, in the order in which the message has them.
    #[must_use]
    pub fn signers(&self) -> &[SignerInfo] {
        &self.signers
    }

    /// The X.509 certificates of the message in DER, as they came. They may be malformed, they may be of anybody: a
    /// message carries what its makers put in.
    pub fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.certificates
            .iter()
            .map(Vec::as_slice)
            .filter(|der| der.first() == Some(&tag::SEQUENCE))
    }

    /// The revocation lists of the message in DER, as they came.
    pub fn revocation_lists(&self) -> impl Iterator<Item = &[u8]> {
        self.revocation.iter().map(Vec::as_slice).filter(|der| der.first() == Some(&tag::SEQUENCE))
    }

    /// The OCSP answers of the message as `OCSPResponse` or `BasicOCSPResponse` in DER, as they came, with their
    /// format (RFC 5940, section 2).
    #[must_use]
    pub fn revocation_answers(&self) -> Vec<(ObjectIdentifier, &[u8])> {
        self.revocation.iter().filter_map(|der| other_revocation(der).ok()).collect()
    }

    /// The content, if it is in the message and was kept.
    #[must_use]
    pub fn content(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }

    /// The digest of the content, if it is in the message and that algorithm was computed or can be.
    #[must_use]
    pub fn digest(&self, algorithm: HashAlgorithm) -> Option<Digest> {
        let computed = self.digests.iter().find(|digest| digest.algorithm() == algorithm).cloned();
        computed.or_else(|| self.content().map(|content| algorithm.hash(content)))
    }

    /// The algorithms with which the content must still be hashed before all signers can be checked: all that the
    /// signers use if the content is detached, those that were not announced if it is attached.
    #[must_use]
    pub fn needed_hashes(&self) -> Vec<HashAlgorithm> {
        let mut needed = Vec::new();
        if self.content.is_some() {
            return needed;
        }
        for hash in self.signers.iter().filter_map(SignerInfo::hash) {
            let computed = self.digests.iter().any(|digest| digest.algorithm() == hash);
            if !computed && !needed.contains(&hash) {
                needed.push(hash);
            }
        }
        needed
    }

    pub(super) fn of_parts(parts: &Parts, content: Content, at: u64) -> Result<Self, NotCms> {
        let attached = content.there.then_some(content.length);
        let malformed = |part| NotCms::Malformed { part, at };
        let version = Element::only(&parts.version, tag::INTEGER)
            .and_then(|element| element.small())
            .ok()
            .filter(|version| (1..=5).contains(version))
            .ok_or(malformed(Where::Frame))?;
        let content_type = Element::only(&parts.content_type, tag::OID)
            .and_then(|element| element.oid())
            .map_err(|Malformed| malformed(Where::ContentType))?;
        let set = |bytes: &[u8], tag, limit, part| elements(bytes, tag, limit, part, at);
        let signers = set(&parts.signers, tag::SET, MAX_SIGNERS, Where::Signers)?;
        let digest_algorithms =
            set(&parts.digest_algorithms, tag::SET, MAX_SIGNERS, Where::DigestAlgorithms)?;
        let (zero, one) = (tag::context_constructed(0), tag::context_constructed(1));
        let certificates = set(&parts.certificates, zero, MAX_CERTIFICATES, Where::Certificates)?;
        let revocation = set(&parts.revocation, one, MAX_CERTIFICATES, Where::Revocation)?;
        Ok(Self {
            content_type,
            attached,
            version,
            sorted: Sorted {
                digest_algorithms: digest_algorithms.is_sorted(),
                certificates: certificates.is_sorted(),
                revocation: revocation.is_sorted(),
                signers: signers.is_sorted(),
            },
            signers: signers
                .iter()
                .enumerate()
                .map(|(index, der)| {
                    let malformed = malformed(Where::Signer(index));
                    SignerInfo::read(&framed_as_der(der)).map_err(|Malformed| malformed)
                })
                .collect::<Result<_, _>>()?,
            digest_algorithms,
            certificates,
            revocation,
            like_attributes: content.is_like_attributes(),
            content: content.kept.filter(|_| content.there),
            digests: match attached {
                Some(_) => content.hashers.into_iter().map(Hasher::finish).collect(),
                None => Vec::new(),
            },
        })
    }
}

impl fmt::Debug for SignedMessage {
    /// Contents and names are left out: they are personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedMessage")
            .field("content_type", &self.content_type)
            .field("attached", &self.attached)
            .field("signers", &self.signers.len())
            .field("certificates", &self.certificates.len())
            .finish_non_exhaustive()
    }
}

/// `[1] IMPLICIT OtherRevocationInfoFormat`: SEQUENCE { OBJECT IDENTIFIER, ANY }.
fn other_revocation(der: &[u8]) -> Result<(ObjectIdentifier, &[u8]), Malformed> {
    let mut parts = Element::only(der, tag::context_constructed(1))?.inside();
    let format = parts.expect(tag::OID)?.oid()?;
    let value = parts.next()?.ok_or(Malformed)?;
    parts.end()?;
    Ok((format, value.whole))
}

/// An element with DER's framing; as it is if it has it, or has none at all.
pub(super) fn framed_as_der(element: &[u8]) -> Cow<'_, [u8]> {
    ber::to_der(element, ber::Limits::USUAL).unwrap_or(Cow::Borrowed(element))
}

/// The elements of a part that was collected, which may be missing. They stay byte for byte as they came, unless one
/// of them, or the part itself, has no length: then all are framed as DER.
pub(super) fn elements(
    part: &[u8],
    tag: u8,
    limit: usize,
    place: Where,
    at: u64,
) -> Result<Vec<Vec<u8>>, NotCms> {
    if part.is_empty() {
        return Ok(Vec::new());
    }
    let malformed = NotCms::Malformed { part: place, at };
    let split = |bytes: &[u8]| {
        let set = Element::only(bytes, tag)?;
        let all = set.all(limit + 1)?;
        Ok(all.iter().map(|element| element.whole.to_vec()).collect::<Vec<_>>())
    };
    let all = split(part)
        .or_else(|Malformed| split(&ber::to_der(part, ber::Limits::USUAL).map_err(|_| Malformed)?))
        .map_err(|Malformed| malformed)?;
    if all.len() > limit { Err(NotCms::TooMany(place)) } else { Ok(all) }
}
