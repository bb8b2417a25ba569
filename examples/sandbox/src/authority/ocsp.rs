//! Answers about single certificates (OCSP, RFC 6960), signed by a responder to whom an issuing authority delegated.
//!
//! One place answers for both branches. The first certificate of a request that has a known issuer chooses the branch
//! whose responder signs; certificates of other issuers are `unknown`, because a responder serves one. Certificates may
//! be named with SHA-1 or SHA-256. A nonce is echoed as it came.

use const_oid::db::rfc5912::{ID_SHA_1, ID_SHA_256};
use der::asn1::{BitString, GeneralizedTime, OctetString};
use der::{Decode as _, Encode as _};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use tanba_core::time::UnixTime;
use x509_ocsp::{
    BasicOcspResponse, CertId, CertStatus, OcspGeneralizedTime, OcspRequest, OcspResponse,
    ResponderId, ResponseData, RevokedInfo, SingleResponse, Version,
};

use super::certificate::since_epoch;
use super::key::key_id;
use super::ledger::Standing;
use super::{Authority, AuthorityError, Branch, Family, Ledger};

/// The most certificates that one request may ask about.
const MOST: usize = 16;
/// The longest request, in bytes.
const MAX_BYTES: usize = 16 * 1024;
/// The longest nonce: RFC 9654 allows 128 octets.
const LONGEST_NONCE: usize = 128;

impl Authority {
    /// Answers a request; one that cannot be read gets `malformedRequest`.
    pub(crate) fn ocsp(
        &self,
        request: &[u8],
        ledger: &Ledger,
        now: UnixTime,
    ) -> Result<Vec<u8>, AuthorityError> {
        let Some(request) = read(request) else {
            return Ok(OcspResponse::malformed_request().to_der()?);
        };
        let gost = self.branch(Family::Gost);
        let international = self.branch(Family::International);
        for asked in &request.tbs_request.request_list {
            if international.issued(&asked.req_cert)? {
                break;
            }
            if gost.issued(&asked.req_cert)? {
                return gost.answer(request, ledger, now);
            }
        }
        international.answer(request, ledger, now)
    }
}

impl Branch {
    fn answer(
        &self,
        request: OcspRequest,
        ledger: &Ledger,
        now: UnixTime,
    ) -> Result<Vec<u8>, AuthorityError> {
        let at = generalized(now)?;
        let responses = request.tbs_request.request_list.iter().map(|asked| {
            Ok(SingleResponse {
                cert_id: asked.req_cert.clone(),
                cert_status: self.status(&asked.req_cert, ledger)?,
                this_update: at,
                next_update: None,
                single_extensions: None,
            })
        });
        let nonce =
            request.tbs_request.request_extensions.unwrap_or_default().into_iter().find(is_nonce);
        let tbs_response_data = ResponseData {
            version: Version::V1,
            responder_id: ResponderId::ByKey(OctetString::new(key_id(
                &self.responder.key.public()?,
            ))?),
            produced_at: at,
            responses: responses.collect::<Result<_, AuthorityError>>()?,
            response_extensions: nonce.map(|nonce| vec![nonce]),
        };
        let signature = self.responder.key.sign(&tbs_response_data.to_der()?)?;
        let signature = BitString::from_bytes(&signature)?;
        let basic = BasicOcspResponse {
            tbs_response_data,
            signature_algorithm: self.responder.key.algorithm(),
            signature,
            certs: Some(vec![self.responder.certificate.clone()]),
        };
        Ok(OcspResponse::successful(basic)?.to_der()?)
    }

    /// Whether the request names the branch's issuing authority as the issuer.
    fn issued(&self, asked: &CertId) -> Result<bool, AuthorityError> {
        let issuer = &self.issuing.certificate.tbs_certificate;
        let name = issuer.subject.to_der()?;
        let key = issuer.subject_public_key_info.subject_public_key.raw_bytes();
        let (name, key) = match asked.hash_algorithm.oid {
            ID_SHA_1 => (Sha1::digest(name).to_vec(), Sha1::digest(key).to_vec()),
            ID_SHA_256 => (Sha256::digest(name).to_vec(), Sha256::digest(key).to_vec()),
            _ => return Ok(false),
        };
        Ok(asked.issuer_name_hash.as_bytes() == name && asked.issuer_key_hash.as_bytes() == key)
    }

    fn status(&self, asked: &CertId, ledger: &Ledger) -> Result<CertStatus, AuthorityError> {
        if !self.issued(asked)? {
            return Ok(CertStatus::unknown());
        }
        Ok(match ledger.standing(self.family(), asked.serial_number.as_bytes()) {
            Standing::Good => CertStatus::good(),
            Standing::Unknown => CertStatus::unknown(),
            Standing::Revoked(at) => CertStatus::Revoked(RevokedInfo {
                revocation_time: generalized(at)?,
                revocation_reason: None,
            }),
        })
    }
}

fn read(bytes: &[u8]) -> Option<OcspRequest> {
    if bytes.len() > MAX_BYTES {
        return None;
    }
    let request = OcspRequest::from_der(bytes).ok()?;
    (1..=MOST).contains(&request.tbs_request.request_list.len()).then_some(request)
}

fn is_nonce(extension: &x509_cert::ext::Extension) -> bool {
    extension.extn_id == const_oid::db::rfc6960::ID_PKIX_OCSP_NONCE
        && extension.extn_value.as_bytes().len() <= LONGEST_NONCE + 2
}

fn generalized(at: UnixTime) -> Result<OcspGeneralizedTime, AuthorityError> {
    Ok(OcspGeneralizedTime(GeneralizedTime::from_unix_duration(since_epoch(at))?))
}
