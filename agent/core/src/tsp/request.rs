//! Requests for time stamps: TimeStampReq (RFC 3161, section 2.4.1).

use const_oid::ObjectIdentifier;
use thiserror::Error;

use super::MAX_MESSAGE;
use super::info::{Imprint, number, write_number};
use crate::cms::element::{Element, Malformed, tag, wrap, write_oid};
use crate::crypto::Digest;

/// A request for a stamp over a digest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// What is to be stamped.
    pub imprint: Imprint,
    /// A number of at most 20 bytes, big-endian without leading zeros, which the stamp repeats: then it is no old one.
    pub nonce: Option<Vec<u8>>,
    /// Under which policy; the authority's own if `None`.
    pub policy: Option<ObjectIdentifier>,
    /// Whether the token shall have the authority's certificate in it. Without, it can hardly be verified later.
    pub with_certificate: bool,
}

/// The bytes are no request for a time stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a request for a time stamp")]
pub struct NotARequest;

impl Request {
    /// A request with the authority's certificate and with a nonce made of random bytes that the caller gives.
    ///
    /// To stamp a signature (CAdES-T), take
    /// [`SignerInfo::time_stamp_imprint`](crate::cms::SignerInfo::time_stamp_imprint).
    #[must_use]
    pub fn new(imprint: &Digest, random: [u8; 8]) -> Self {
        let mut nonce = random.to_vec();
        // Eight significant bytes, whatever the first one was: leading zeros would be lost.
        nonce[0] |= 0x40;
        Self {
            imprint: Imprint { hash: Ok(imprint.algorithm()), digest: imprint.as_bytes().to_vec() },
            nonce: Some(nonce),
            policy: None,
            with_certificate: true,
        }
    }

    /// Under this policy.
    #[must_use]
    pub fn under(self, policy: ObjectIdentifier) -> Self {
        Self { policy: Some(policy), ..self }
    }

    /// The request in DER; `None` if its imprint has a hash function that is unknown here.
    #[must_use]
    pub fn to_der(&self) -> Option<Vec<u8>> {
        let policy = self.policy.map(write_oid).unwrap_or_default();
        let nonce = self.nonce.as_deref().map(write_number).unwrap_or_default();
        let certificate =
            if self.with_certificate { wrap(tag::BOOLEAN, &[&[0xff]]) } else { Vec::new() };
        Some(wrap(
            tag::SEQUENCE,
            &[
                &wrap(tag::INTEGER, &[&[1]]),
                &Imprint::write(&self.imprint.digest()?),
                &policy,
                &nonce,
                &certificate,
            ],
        ))
    }

    /// Reads a request, as an authority does. Requests with extensions are refused: none is known here.
    ///
    /// # Errors
    /// [`NotARequest`].
    pub fn parse(der: &[u8]) -> Result<Self, NotARequest> {
        if der.len() > MAX_MESSAGE {
            return Err(NotARequest);
        }
        Self::read(der).map_err(|Malformed| NotARequest)
    }

    fn read(der: &[u8]) -> Result<Self, Malformed> {
        let mut parts = Element::only(der, tag::SEQUENCE)?.inside();
        if parts.expect(tag::INTEGER)?.small()? != 1 {
            return Err(Malformed);
        }
        let imprint = Imprint::read(parts.expect(tag::SEQUENCE)?)?;
        let policy = match parts.optional(tag::OID)? {
            Some(element) => Some(element.oid()?),
            None => None,
        };
        let nonce = match parts.optional(tag::INTEGER)? {
            Some(element) => Some(number(element)?),
            None => None,
        };
        if nonce.as_ref().is_some_and(|nonce| nonce.len() > 20) {
            return Err(Malformed);
        }
        let with_certificate =
            parts.optional(tag::BOOLEAN)?.is_some_and(|element| element.value != [0]);
        parts.end()?;
        Ok(Self { imprint, nonce, policy, with_certificate })
    }
}
