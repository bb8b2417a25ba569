//! One signer of a message: SignerInfo (RFC 5652, section 5.3), with its bytes as they came.

use const_oid::ObjectIdentifier;
use spki::AlgorithmIdentifierOwned;

use super::attribute::{self, COUNTERSIGNATURE, SignedAttributes, TIME_STAMP};
use super::element::{Element, Malformed, tag, wrap, wrap_set};
use super::holder::Holder;
use crate::crypto::{Digest, HashAlgorithm};

/// How a signer names its certificate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SignerId {
    /// By the issuer and the number that it gave.
    IssuerAndSerial {
        /// The issuer's name in DER.
        issuer: Vec<u8>,
        /// The serial number's bytes, big-endian, as in DER.
        serial: Vec<u8>,
    },
    /// By the subject key identifier.
    KeyIdentifier(Vec<u8>),
}

impl SignerId {
    /// Whether it names this certificate (in DER).
    #[must_use]
    pub fn names(&self, certificate: &[u8]) -> bool {
        let Ok(holder) = Holder::of(certificate) else { return false };
        match self {
            Self::IssuerAndSerial { issuer, serial } => {
                holder.issuer == issuer && holder.serial == serial
            }
            Self::KeyIdentifier(identifier) => holder.key_identifier == Some(identifier.as_slice()),
        }
    }
}

/// One signer, read into plain data. Nothing is verified yet: see
/// [`SignedMessage::check`](super::SignedMessage::check).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignerInfo {
    /// Which certificate it names.
    pub id: SignerId,
    /// With what the content was hashed, as it says itself.
    pub digest_algorithm: AlgorithmIdentifierOwned,
    /// With what it was signed, as it says itself; some write the kind of the key here.
    pub signature_algorithm: AlgorithmIdentifierOwned,
    /// The attributes that the signature covers. Without them, the signature is over the content itself.
    pub signed: Option<SignedAttributes>,
    /// The signature, as it stands in the message.
    pub signature: Vec<u8>,
    parts: Parts,
}

/// The bytes that are kept.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Parts {
    /// Everything up to the unsigned attributes, without the header of the SEQUENCE.
    head: Vec<u8>,
    digest_algorithm: Vec<u8>,
    signature_algorithm: Vec<u8>,
    /// `[1] IMPLICIT SET OF Attribute`, whole; empty if there are none.
    unsigned: Vec<u8>,
}

impl SignerInfo {
    /// Reads one in DER.
    pub(super) fn read(der: &[u8]) -> Result<Self, Malformed> {
        let outer = Element::only(der, tag::SEQUENCE)?;
        let mut parts = outer.inside();
        let version = parts.expect(tag::INTEGER)?.small()?;
        let id = match parts.next()?.ok_or(Malformed)? {
            Element { tag: tag::SEQUENCE, value, .. } if version == 1 => {
                let mut pair = super::element::Elements::of(value);
                let issuer = pair.expect(tag::SEQUENCE)?.whole.to_vec();
                let serial = pair.expect(tag::INTEGER)?.value.to_vec();
                pair.end()?;
                SignerId::IssuerAndSerial { issuer, serial }
            }
            Element { tag: KEY_IDENTIFIER, value, .. } if version == 3 => {
                SignerId::KeyIdentifier(value.to_vec())
            }
            _ => return Err(Malformed),
        };
        let digest_algorithm = parts.expect(tag::SEQUENCE)?;
        let signed = match parts.optional(tag::context_constructed(0))? {
            Some(element) => Some(SignedAttributes::read(element)?),
            None => None,
        };
        let signature_algorithm = parts.expect(tag::SEQUENCE)?;
        let signature = parts.expect(tag::OCTET_STRING)?.value.to_vec();
        let unsigned = parts.optional(tag::context_constructed(1))?.map_or(&[][..], |e| e.whole);
        parts.end()?;
        Ok(Self {
            id,
            digest_algorithm: attribute::algorithm_identifier(digest_algorithm)?,
            signature_algorithm: attribute::algorithm_identifier(signature_algorithm)?,
            signed,
            signature,
            parts: Parts {
                head: outer.value[..outer.value.len() - unsigned.len()].to_vec(),
                digest_algorithm: digest_algorithm.whole.to_vec(),
                signature_algorithm: signature_algorithm.whole.to_vec(),
                unsigned: unsigned.to_vec(),
            },
        })
    }

    /// The hash that it names; `None` if it is unknown here.
    #[must_use]
    pub fn hash(&self) -> Option<HashAlgorithm> {
        HashAlgorithm::of(&self.digest_algorithm)
    }

    /// The time stamp tokens over its signature, as they came (CAdES-T, ETSI EN 319 122-1, section 5.3); at most the
    /// first 16.
    #[must_use]
    pub fn time_stamps(&self) -> Vec<Vec<u8>> {
        attribute::values_of(&self.parts.unsigned, TIME_STAMP)
    }

    /// What a time stamp over its signature must be over: the signature's bytes as they stand in the message. The
    /// authority's programs hash them with the signer's own hash function, see [`SignerInfo::hash`].
    #[must_use]
    pub fn time_stamp_imprint(&self, hash: HashAlgorithm) -> Digest {
        hash.hash(&self.signature)
    }

    /// Whether somebody signed its signature (RFC 5652, section 11.4). Countersignatures are noticed and kept, not
    /// checked.
    #[must_use]
    pub fn is_countersigned(&self) -> bool {
        !attribute::values_of(&self.parts.unsigned, COUNTERSIGNATURE).is_empty()
    }

    /// The signer in DER; what was read is written as it came.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        wrap(tag::SEQUENCE, &[&self.parts.head, &self.parts.unsigned])
    }

    pub(super) fn digest_algorithm_der(&self) -> &[u8] {
        &self.parts.digest_algorithm
    }

    pub(super) fn signature_algorithm_der(&self) -> &[u8] {
        &self.parts.signature_algorithm
    }

    /// The identifier's version decides that of the message (RFC 5652, section 5.1).
    pub(super) fn is_version_3(&self) -> bool {
        matches!(self.id, SignerId::KeyIdentifier(_))
    }

    /// Adds an unsigned attribute with one value; the others stay as they are.
    pub(super) fn add_unsigned(&mut self, oid: ObjectIdentifier, value: &[u8]) {
        let added =
            wrap(tag::SEQUENCE, &[&super::element::write_oid(oid), &wrap(tag::SET, &[value])]);
        let unsigned = tag::context_constructed(1);
        let element = Element::only(&self.parts.unsigned, unsigned).ok();
        let mut all: Vec<&[u8]> = element
            .iter()
            .filter_map(|element| element.all(usize::MAX).ok())
            .flatten()
            .map(|attribute| attribute.whole)
            .collect();
        let sorted = all.is_sorted();
        all.push(&added);
        // An order that is not DER's may have been hashed by somebody, and stays.
        self.parts.unsigned = if sorted { wrap_set(unsigned, all) } else { wrap(unsigned, &all) };
    }
}

const KEY_IDENTIFIER: u8 = tag::context(0);
