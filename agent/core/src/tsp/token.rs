//! Time stamp tokens: an authority's signature over a digest and a time (RFC 3161, section 2.4.2; RFC 5816).

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5280::{ID_CE_EXT_KEY_USAGE, ID_KP_TIME_STAMPING};
use der::Decode;
use thiserror::Error;
use x509_cert::ext::pkix::ExtendedKeyUsage;

use super::info::Info;
use super::request::Request;
use super::{MAX_MESSAGE, TST_INFO};
use crate::cms::element::Malformed;
use crate::cms::{Fault, NotCms, Outcome, SignedMessage, SignerCheck, Unchecked};
use crate::crypto::{Digest, HashAlgorithm};
use crate::time::UnixTime;
use crate::x509::certificate::Certificate;

/// Why bytes are not a time stamp token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotAToken {
    /// More bytes than a token has.
    #[error("the time stamp is too large")]
    TooLarge,
    /// No CMS message.
    #[error("the time stamp is malformed: {0}")]
    Cms(#[from] NotCms),
    /// A CMS message about something else, or one whose content is missing.
    #[error("the message is not a time stamp")]
    OtherType,
    /// What it says cannot be read.
    #[error("what the time stamp says is malformed")]
    Info,
}

/// Why a token is not a time stamp that proves something.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadToken {
    /// It stamps something else.
    #[error("the time stamp is over something else")]
    OtherImprint,
    /// It stamps a digest made with SHA-1, or with a function that is unknown here.
    #[error("the time stamp's hash function is weak or unknown")]
    Hash,
    /// It does not repeat the number that the request had: it may be an old one.
    #[error("the time stamp does not answer this request")]
    OtherNonce,
    /// It was made under another policy than the one that was asked for.
    #[error("the time stamp was made under another policy")]
    OtherPolicy,
    /// It has not exactly one signer.
    #[error("the time stamp has not exactly one signer")]
    Signers,
    /// Its signature is wrong, or something that the signature covers.
    #[error("the time stamp's signature is wrong")]
    Signature,
    /// Its signature could not be checked.
    #[error("the time stamp's signature could not be checked: {0}")]
    Unchecked(Unchecked),
    /// Something else is wrong with its signer.
    #[error("the time stamp's signer is wrong: {0}")]
    Fault(Fault),
    /// It does not name the certificate of its signer, as it must (section 2.4.2).
    #[error("the time stamp does not name its certificate")]
    Unbound,
    /// The certificate is not one of an authority for time stamps: it must have the extended usage timeStamping, no
    /// other, and that extension must be critical (section 2.3).
    #[error("the certificate is not for time stamps")]
    NotAnAuthority,
}

/// A token, read. Nothing of it is verified.
#[derive(Clone, Debug)]
pub struct Token {
    /// What it says.
    pub info: Info,
    message: SignedMessage,
    der: Vec<u8>,
}

/// A token that was verified, apart from its certificate.
#[derive(Clone, Debug)]
pub struct TimeStamp {
    /// What was stamped existed at this moment.
    pub time: UnixTime,
    /// How exact that is, in microseconds, if the authority says.
    pub accuracy: Option<u64>,
    /// Under which policy it was stamped.
    pub policy: ObjectIdentifier,
    /// The stamp's number in small hexadecimal digits, two per byte.
    pub serial: String,
    /// The hash function of the imprint.
    pub hash: HashAlgorithm,
    /// The authority's certificate, with which the signature verified. It must be found trusted at
    /// [`TimeStamp::time`]: it may have expired since.
    pub certificate: Certificate,
    /// All certificates that the token carries, in DER: perhaps those that lead to a root.
    pub certificates: Vec<Vec<u8>>,
}

impl Token {
    /// Reads a token, in DER or BER.
    ///
    /// # Errors
    /// [`NotAToken`] says what it is instead.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotAToken> {
        if bytes.len() > MAX_MESSAGE {
            return Err(NotAToken::TooLarge);
        }
        let message = SignedMessage::parse(bytes)?;
        if message.content_type != TST_INFO {
            return Err(NotAToken::OtherType);
        }
        let content = message.content().ok_or(NotAToken::OtherType)?;
        let info = Info::read(content).map_err(|Malformed| NotAToken::Info)?;
        Ok(Self { info, message, der: bytes.to_vec() })
    }

    /// The token as it came.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The message that it is.
    #[must_use]
    pub fn message(&self) -> &SignedMessage {
        &self.message
    }

    /// Verifies that it stamps this digest. `certificates` in DER are needed only where it does not carry the
    /// authority's own.
    ///
    /// # Errors
    /// [`BadToken`] says what is wrong.
    pub fn verify(&self, imprint: &Digest, certificates: &[&[u8]]) -> Result<TimeStamp, BadToken> {
        if !self.info.imprint.is(imprint) {
            return Err(BadToken::OtherImprint);
        }
        let [signer] = self.message.signers() else { return Err(BadToken::Signers) };
        let check = self.message.check_with(signer, &[], certificates);
        let certificate = good(check)?;
        if signer.signed.as_ref().is_none_or(|signed| signed.signing_certificates.is_empty()) {
            return Err(BadToken::Unbound);
        }
        if !is_authority(&certificate) {
            return Err(BadToken::NotAnAuthority);
        }
        Ok(TimeStamp {
            time: self.info.time,
            accuracy: self.info.accuracy,
            policy: self.info.policy,
            serial: self.info.serial.iter().map(|byte| format!("{byte:02x}")).collect(),
            hash: imprint.algorithm(),
            certificate,
            certificates: self.message.certificates().map(<[u8]>::to_vec).collect(),
        })
    }

    /// Verifies that it stamps these bytes, hashed with whatever function it says, unless that is SHA-1. For a
    /// signature's time stamp the bytes are [`SignerInfo::signature`](crate::cms::SignerInfo::signature).
    ///
    /// # Errors
    /// [`BadToken`] says what is wrong.
    pub fn verify_over(&self, bytes: &[u8], certificates: &[&[u8]]) -> Result<TimeStamp, BadToken> {
        match self.info.imprint.hash {
            Ok(HashAlgorithm::Sha1) | Err(_) => Err(BadToken::Hash),
            Ok(hash) => self.verify(&hash.hash(bytes), certificates),
        }
    }

    /// Verifies that it answers this request: digest, nonce and policy are those that were asked for.
    ///
    /// # Errors
    /// [`BadToken`] says what is wrong.
    pub fn verify_answer(
        &self,
        request: &Request,
        certificates: &[&[u8]],
    ) -> Result<TimeStamp, BadToken> {
        let imprint = request.imprint.digest().ok_or(BadToken::Hash)?;
        let stamp = self.verify(&imprint, certificates)?;
        if request.nonce.is_some() && self.info.nonce != request.nonce {
            return Err(BadToken::OtherNonce);
        }
        if request.policy.is_some_and(|policy| policy != self.info.policy) {
            return Err(BadToken::OtherPolicy);
        }
        Ok(stamp)
    }
}

/// The certificate of a check that found everything right.
fn good(check: SignerCheck) -> Result<Certificate, BadToken> {
    for outcome in [check.signature, check.digest] {
        match outcome {
            Outcome::Good => {}
            Outcome::Bad => return Err(BadToken::Signature),
            Outcome::Unchecked(reason) => return Err(BadToken::Unchecked(reason)),
        }
    }
    if let Some(fault) = check.faults.into_iter().next() {
        return Err(BadToken::Fault(fault));
    }
    check.certificate.ok_or(BadToken::Signature)
}

/// RFC 3161, section 2.3: one usage, timeStamping, in a critical extension.
fn is_authority(certificate: &Certificate) -> bool {
    let signs = certificate.usages.digital_signature || certificate.usages.non_repudiation;
    let Ok(certificate) = x509_cert::Certificate::from_der(certificate.der()) else {
        return false;
    };
    let extensions = certificate.tbs_certificate.extensions.unwrap_or_default();
    let mut usages = extensions.iter().filter(|one| one.extn_id == ID_CE_EXT_KEY_USAGE);
    let (Some(extension), None) = (usages.next(), usages.next()) else { return false };
    let usages = ExtendedKeyUsage::from_der(extension.extn_value.as_bytes());
    signs && extension.critical && usages.is_ok_and(|usages| usages.0 == [ID_KP_TIME_STAMPING])
}
