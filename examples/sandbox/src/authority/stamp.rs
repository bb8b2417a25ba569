//! Time stamps (RFC 3161), of SHA-256, SHA-384 and SHA-512 digests, and by the GOST branch of Streebog-512 digests.
//!
//! The token is CMS signed data; its signed attributes name the stamper's certificate (RFC 5816). The stamp tells the
//! machine's time to the second.

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5911::{ID_CONTENT_TYPE, ID_MESSAGE_DIGEST, ID_SIGNED_DATA};
use const_oid::db::rfc5912::{ID_SHA_256, ID_SHA_384, ID_SHA_512};
use der::asn1::{Any, BitString, GeneralizedTime, Int, OctetString, SetOfVec};
use der::{Decode as _, Encode as _, EncodeValue, Sequence, Tag, Tagged};
use sha2::{Digest as _, Sha256};
use tanba_core::crypto::HashAlgorithm;
use tanba_core::time::UnixTime;
use tanba_core::x509::oid;
use x509_cert::attr::Attribute;
use x509_tsp::{Accuracy, MessageImprint, TimeStampReq, TspVersion, TstInfo};

use super::certificate::since_epoch;
use super::{Authority, AuthorityError, Branch, Family, Signer};
use crate::sealed;

/// The content of a time stamp (RFC 3161, section 2.4.2) and the attribute that names the signer's certificate
/// (RFC 5035, section 3).
const ID_CT_TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const ID_AA_SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// The national authority's policy of stamps signed with GOST keys of 2015. It is given to whoever asks for it; that the
/// stamper is a sandbox's is said by its certificate.
const POLICY_STAMPS_GOST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.398.3.3.2.6.4");

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
    /// Answers a request for a stamp; a rejection is an answer too. The imprint's hash function chooses the branch.
    pub(crate) fn stamp(&self, request: &[u8], now: UnixTime) -> Result<Vec<u8>, AuthorityError> {
        let reply = match Wish::read(request) {
            Ok(wish) => Reply {
                status: Status { status: 0, failure: None },
                token: Some(self.branch(wish.family).token(wish, now)?),
            },
            Err(failure) => Reply { status: rejection(failure)?, token: None },
        };
        Ok(reply.to_der()?)
    }
}

impl Branch {
    fn token(&self, wish: Wish, now: UnixTime) -> Result<ContentInfo, AuthorityError> {
        let mut serial = sealed::random::<16>();
        serial[0] = serial[0] & 0x7f | 0x40;
        let info = TstInfo {
            version: TspVersion::V1,
            policy: wish.policy,
            message_imprint: wish.request.message_imprint,
            serial_number: Int::new(&serial)?,
            gen_time: GeneralizedTime::from_unix_duration(since_epoch(now))?,
            accuracy: Some(Accuracy { seconds: Some(1), millis: None, micros: None }),
            ordering: false,
            nonce: wish.request.nonce,
            tsa: None,
            extensions: None,
        };
        self.sign(&info.to_der()?, wish.request.cert_req)
    }

    /// Signed data (RFC 5652, section 5) around a stamp. The builder of the crate knows no GOST hash function.
    fn sign(&self, info: &[u8], with_certificate: bool) -> Result<ContentInfo, AuthorityError> {
        let Signer { key, certificate } = &self.stamper;
        let hash = OctetString::new(Sha256::digest(certificate.to_der()?).to_vec())?;
        let attributes = SetOfVec::try_from(vec![
            attribute(ID_CONTENT_TYPE, &ID_CT_TST_INFO)?,
            attribute(ID_MESSAGE_DIGEST, &OctetString::new(key.digest(info))?)?,
            attribute(
                ID_AA_SIGNING_CERTIFICATE_V2,
                &SigningCertificate { certs: vec![CertificateHash { hash }] },
            )?,
        ])?;
        let signature = key.sign(&attributes.to_der()?)?;
        let signer = SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: certificate.tbs_certificate.issuer.clone(),
                serial_number: certificate.tbs_certificate.serial_number.clone(),
            }),
            digest_alg: key.digest_algorithm(),
            signed_attrs: Some(attributes),
            signature_algorithm: key.algorithm(),
            signature: OctetString::new(signature)?,
            unsigned_attrs: None,
        };
        let certificates = if with_certificate {
            let certificate = CertificateChoices::Certificate(certificate.clone());
            Some(CertificateSet::try_from(vec![certificate])?)
        } else {
            None
        };
        let data = SignedData {
            // The content is not of the type id-data (RFC 5652, section 5.1).
            version: CmsVersion::V3,
            digest_algorithms: SetOfVec::try_from(vec![key.digest_algorithm()])?,
            encap_content_info: EncapsulatedContentInfo {
                econtent_type: ID_CT_TST_INFO,
                econtent: Some(Any::new(Tag::OctetString, info)?),
            },
            certificates,
            crls: None,
            signer_infos: SignerInfos::try_from(vec![signer])?,
        };
        Ok(ContentInfo { content_type: ID_SIGNED_DATA, content: Any::encode_from(&data)? })
    }
}

fn attribute(
    oid: ObjectIdentifier,
    value: &(impl EncodeValue + Tagged),
) -> Result<Attribute, der::Error> {
    Ok(Attribute { oid, values: SetOfVec::try_from(vec![Any::encode_from(value)?])? })
}

/// A request that is granted.
struct Wish {
    request: TimeStampReq,
    family: Family,
    policy: ObjectIdentifier,
}

impl Wish {
    fn read(bytes: &[u8]) -> Result<Self, Failure> {
        if bytes.len() > MAX_BYTES {
            return Err(Failure::BadDataFormat);
        }
        let request = TimeStampReq::from_der(bytes).map_err(|_| Failure::BadDataFormat)?;
        let MessageImprint { hash_algorithm, hashed_message } = &request.message_imprint;
        let (family, length) = imprint(hash_algorithm.oid).ok_or(Failure::BadAlgorithm)?;
        if hashed_message.as_bytes().len() != length {
            return Err(Failure::BadDataFormat);
        }
        let policy = request.req_policy.unwrap_or(oid::SANDBOX_POLICY);
        let is_known = policy == oid::SANDBOX_POLICY
            || (policy == POLICY_STAMPS_GOST && family == Family::Gost);
        if !is_known {
            return Err(Failure::UnacceptedPolicy);
        }
        if request.extensions.is_some() {
            return Err(Failure::UnacceptedExtension);
        }
        Ok(Self { request, family, policy })
    }
}

/// Whose stamps are over digests of this function, and how long those are.
fn imprint(algorithm: ObjectIdentifier) -> Option<(Family, usize)> {
    match algorithm {
        ID_SHA_256 => Some((Family::International, 32)),
        ID_SHA_384 => Some((Family::International, 48)),
        ID_SHA_512 => Some((Family::International, 64)),
        other if other == HashAlgorithm::Streebog512.oid() => Some((Family::Gost, 64)),
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
