//! Time stamps (RFC 3161), of SHA-256, SHA-384 and SHA-512 digests.
//!
//! The token is CMS signed data; its signed attributes name the stamper's certificate (RFC 5816). The stamp tells the
//! machine's time to the second.

use cms::builder::{SignedDataBuilder, SignerInfoBuilder};
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::ContentInfo;
use cms::signed_data::{EncapsulatedContentInfo, SignerIdentifier};
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912::{ID_SHA_256, ID_SHA_384, ID_SHA_512};
use der::asn1::{Any, BitString, GeneralizedTime, Int, OctetString, SetOfVec};
use der::{Decode as _, Encode as _, Sequence, Tag};
use p256::ecdsa::DerSignature;
use sha2::{Digest as _, Sha256};
use spki::AlgorithmIdentifierOwned;
use tanba_core::time::UnixTime;
use tanba_core::x509::oid;
use x509_cert::attr::Attribute;
use x509_tsp::{Accuracy, MessageImprint, TimeStampReq, TspVersion, TstInfo};

use super::certificate::since_epoch;
use super::{Authority, AuthorityError};
use crate::sealed;

/// The content of a time stamp (RFC 3161, section 2.4.2) and the attribute that names the signer's certificate
/// (RFC 5035, section 3).
const ID_CT_TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const ID_AA_SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// The longest request, in bytes.
const MAX_BYTES: usize = 16 * 1024;

/// `TimeStampResp` (RFC 3161, section 2.4.2).
#[derive(Sequence)]
struct Reply {
    status: Status,
    #[asn1(optional = "true")]
    token: Option<ContentInfo>,
}

/// `PKIStatusInfo`: 0 is granted, 2 is rejection.
#[derive(Sequence)]
struct Status {
    status: u8,
    #[asn1(optional = "true")]
    failure: Option<BitString>,
}

/// Bits of `PKIFailureInfo` (RFC 3161, section 2.4.2).
#[derive(Debug, Clone, Copy)]
enum Failure {
    BadAlgorithm = 0,
    BadDataFormat = 5,
    UnacceptedPolicy = 15,
    UnacceptedExtension = 16,
}

/// `SigningCertificateV2` (RFC 5035, section 3) with one `ESSCertIDv2` whose hash is the default, SHA-256.
#[derive(Sequence)]
struct SigningCertificate {
    certs: Vec<CertificateHash>,
}

#[derive(Sequence)]
struct CertificateHash {
    hash: OctetString,
}

impl Authority {
    /// Answers a request for a stamp; a rejection is an answer too.
    pub(crate) fn stamp(&self, request: &[u8], now: UnixTime) -> Result<Vec<u8>, AuthorityError> {
        let reply = match read(request) {
            Ok(request) => Reply {
                status: Status { status: 0, failure: None },
                token: Some(self.token(request, now)?),
            },
            Err(failure) => Reply { status: rejection(failure)?, token: None },
        };
        Ok(reply.to_der()?)
    }

    fn token(&self, request: TimeStampReq, now: UnixTime) -> Result<ContentInfo, AuthorityError> {
        let mut serial = sealed::random::<16>();
        serial[0] = serial[0] & 0x7f | 0x40;
        let info = TstInfo {
            version: TspVersion::V1,
            policy: oid::SANDBOX_POLICY,
            message_imprint: request.message_imprint,
            serial_number: Int::new(&serial)?,
            gen_time: GeneralizedTime::from_unix_duration(since_epoch(now))?,
            accuracy: Some(Accuracy { seconds: Some(1), millis: None, micros: None }),
            ordering: false,
            nonce: request.nonce,
            tsa: None,
            extensions: None,
        };
        let content = EncapsulatedContentInfo {
            econtent_type: ID_CT_TST_INFO,
            econtent: Some(Any::new(Tag::OctetString, info.to_der()?)?),
        };
        self.sign(&content, request.cert_req)
            .map_err(|_| AuthorityError::Refused { what: "a time stamp" })
    }

    fn sign(
        &self,
        content: &EncapsulatedContentInfo,
        with_certificate: bool,
    ) -> Result<ContentInfo, cms::builder::Error> {
        let certificate = &self.stamper.certificate;
        let sha256 = AlgorithmIdentifierOwned { oid: ID_SHA_256, parameters: None };
        let sid = SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: certificate.tbs_certificate.issuer.clone(),
            serial_number: certificate.tbs_certificate.serial_number.clone(),
        });
        let mut signer = SignerInfoBuilder::new(
            self.stamper.key.as_signer(),
            sid,
            sha256.clone(),
            content,
            None,
        )?;
        let hash = CertificateHash {
            hash: OctetString::new(Sha256::digest(certificate.to_der()?).to_vec())?,
        };
        signer.add_signed_attribute(Attribute {
            oid: ID_AA_SIGNING_CERTIFICATE_V2,
            values: SetOfVec::try_from(vec![Any::encode_from(&SigningCertificate {
                certs: vec![hash],
            })?])?,
        })?;
        let mut data = SignedDataBuilder::new(content);
        data.add_digest_algorithm(sha256)?;
        if with_certificate {
            data.add_certificate(CertificateChoices::Certificate(certificate.clone()))?;
        }
        data.add_signer_info::<_, DerSignature>(signer)?;
        data.build()
    }
}

fn read(bytes: &[u8]) -> Result<TimeStampReq, Failure> {
    if bytes.len() > MAX_BYTES {
        return Err(Failure::BadDataFormat);
    }
    let request = TimeStampReq::from_der(bytes).map_err(|_| Failure::BadDataFormat)?;
    let MessageImprint { hash_algorithm, hashed_message } = &request.message_imprint;
    if Some(hashed_message.as_bytes().len()) != digest_length(hash_algorithm.oid) {
        return Err(if digest_length(hash_algorithm.oid).is_none() {
            Failure::BadAlgorithm
        } else {
            Failure::BadDataFormat
        });
    }
    if request.req_policy.is_some_and(|policy| policy != oid::SANDBOX_POLICY) {
        return Err(Failure::UnacceptedPolicy);
    }
    if request.extensions.is_some() {
        return Err(Failure::UnacceptedExtension);
    }
    Ok(request)
}

fn digest_length(algorithm: ObjectIdentifier) -> Option<usize> {
    match algorithm {
        ID_SHA_256 => Some(32),
        ID_SHA_384 => Some(48),
        ID_SHA_512 => Some(64),
        _ => None,
    }
}

fn rejection(failure: Failure) -> Result<Status, AuthorityError> {
    // A named bit list ends with its last one bit (X.690, section 11.2.2).
    let bit = failure as usize;
    let mut bytes = vec![0; bit / 8 + 1];
    bytes[bit / 8] = 0x80 >> (bit % 8);
    let unused = u8::try_from(7 - bit % 8).expect("seven is the most");
    Ok(Status { status: 2, failure: Some(BitString::new(unused, bytes)?) })
}
