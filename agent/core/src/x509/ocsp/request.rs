//! Questions to responders (RFC 6960, section 4.1).

use const_oid::db::rfc6960::ID_PKIX_OCSP_NONCE;
use der::asn1::{OctetString, OctetStringRef, UintRef};
use der::{Encode, Sequence};
use spki::AlgorithmIdentifierOwned;
use thiserror::Error;
use x509_cert::ext::{Extension, Extensions};

use super::{CertId, MAX_NONCE};

/// Why a question could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotARequest {
    /// The nonce has no byte, or more than [`MAX_NONCE`].
    #[error("a nonce has 1 to 128 bytes")]
    Nonce,
    /// No certificate is asked about, or one with a serial number that is negative.
    #[error("the question could not be written")]
    Encoding,
}

#[derive(Sequence)]
struct CertIdDer<'a> {
    hash: AlgorithmIdentifierOwned,
    issuer_name_hash: OctetStringRef<'a>,
    issuer_key_hash: OctetStringRef<'a>,
    serial_number: UintRef<'a>,
}

#[derive(Sequence)]
struct Asked<'a> {
    id: CertIdDer<'a>,
}

#[derive(Sequence)]
struct Body<'a> {
    list: Vec<Asked<'a>>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

#[derive(Sequence)]
struct Request<'a> {
    body: Body<'a>,
}

/// Writes a question about certificates, unsigned, in DER: the body of an HTTP POST with the type
/// `application/ocsp-request` (RFC 6960, appendix A.1).
///
/// The nonce ties the answer to the question; give the same to [`OcspAnswer`](super::OcspAnswer). RFC 9654 asks for 32
/// random bytes. The NCA's responders send it back.
///
/// # Errors
/// [`NotARequest`].
pub fn request(certificates: &[CertId], nonce: Option<&[u8]>) -> Result<Vec<u8>, NotARequest> {
    if nonce.is_some_and(|nonce| nonce.is_empty() || nonce.len() > MAX_NONCE) {
        return Err(NotARequest::Nonce);
    }
    if certificates.is_empty() {
        return Err(NotARequest::Encoding);
    }
    write(certificates, nonce).map_err(|_| NotARequest::Encoding)
}

fn write(certificates: &[CertId], nonce: Option<&[u8]>) -> Result<Vec<u8>, der::Error> {
    let asked = |id| Ok(Asked { id: cert_id(id)? });
    let list = certificates.iter().map(asked).collect::<Result<_, der::Error>>()?;
    let extensions = match nonce {
        Some(nonce) => Some(vec![Extension {
            extn_id: ID_PKIX_OCSP_NONCE,
            critical: false,
            extn_value: OctetString::new(OctetStringRef::new(nonce)?.to_der()?)?,
        }]),
        None => None,
    };
    Request { body: Body { list, extensions } }.to_der()
}

fn cert_id(id: &CertId) -> Result<CertIdDer<'_>, der::Error> {
    if id.serial_number.first().is_some_and(|first| *first >= 0x80) {
        return Err(der::ErrorKind::Failed.into());
    }
    Ok(CertIdDer {
        hash: id.hash.identifier(),
        issuer_name_hash: OctetStringRef::new(&id.issuer_name_hash)?,
        issuer_key_hash: OctetStringRef::new(&id.issuer_key_hash)?,
        serial_number: UintRef::new(&id.serial_number)?,
    })
}
