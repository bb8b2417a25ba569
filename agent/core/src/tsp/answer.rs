//! The authority's side: a stamp for a request, and the answer that brings it.

use const_oid::ObjectIdentifier;
use thiserror::Error;

use super::TST_INFO;
use super::info::{Info, write_number};
use super::request::Request;
use super::response::{Failure, Status};
use crate::cms::element::{tag, wrap};
use crate::cms::{CannotAdd, CannotDraft, Draft, SignedMessage};
use crate::crypto::{CryptoError, PrivateKey, Provider};
use crate::time::UnixTime;
use crate::x509::certificate::Certificate;

/// Why a stamp could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CannotStamp {
    /// The request's hash function is unknown here: answer with [`Failure::BadAlgorithm`].
    #[error("the request's hash function is not supported")]
    Hash,
    /// The time cannot be written.
    #[error("the time cannot be written")]
    Time,
    /// The certificate does not fit.
    #[error(transparent)]
    Draft(#[from] CannotDraft),
    /// The key could not sign.
    #[error(transparent)]
    Key(#[from] CryptoError),
    /// The message could not be put together.
    #[error(transparent)]
    Message(#[from] CannotAdd),
}

/// Stamps a request, and gives the whole answer in DER. The policy is the one that is asked for, or else `policy`:
/// whether it is one of the authority's is for the caller to check before.
///
/// # Errors
/// [`CannotStamp`] says what is wrong.
pub fn stamp(
    request: &Request,
    serial: &[u8],
    policy: ObjectIdentifier,
    at: UnixTime,
    authority: (&Certificate, &PrivateKey, &Provider),
) -> Result<Vec<u8>, CannotStamp> {
    let (certificate, key, provider) = authority;
    request.imprint.digest().ok_or(CannotStamp::Hash)?;
    let info = Info {
        policy: request.policy.unwrap_or(policy),
        imprint: request.imprint.clone(),
        serial: serial.to_vec(),
        time: at,
        accuracy: Some(1_000_000),
        ordered: false,
        nonce: request.nonce.clone(),
    };
    let info = info.write().ok_or(CannotStamp::Time)?;
    let digest = certificate.public_key.hash_algorithm().hash(&info);
    let signer = Draft::of_type(TST_INFO, certificate, &digest, at)?.sign(key, provider)?;
    let mut message = SignedMessage::of_type(TST_INFO);
    message.add_signer(signer)?;
    if !request.with_certificate {
        message = message.without_certificates();
    }
    let status = wrap(tag::SEQUENCE, &[&write_number(&[Status::Granted.number()])]);
    Ok(wrap(tag::SEQUENCE, &[&status, &message.to_attached(&info)]))
}

/// The answer in DER that refuses.
#[must_use]
pub fn refuse(failure: Failure) -> Vec<u8> {
    let bit = failure.bit();
    let mut bits = vec![0; bit / 8 + 2];
    // The first byte counts the bits that are not used; the last bit is set, as DER wants it of named bits.
    bits[0] = u8::try_from(7 - bit % 8).unwrap_or_default();
    bits[bit / 8 + 1] = 0x80 >> (bit % 8);
    let rejected = write_number(&[Status::Rejected.number()]);
    let info = wrap(tag::SEQUENCE, &[&rejected, &wrap(tag::BIT_STRING, &[&bits])]);
    wrap(tag::SEQUENCE, &[&info])
}
