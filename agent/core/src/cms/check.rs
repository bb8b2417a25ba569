//! Whether a signer's digest and signature are right (RFC 5652, sections 5.4 and 5.6; RFC 5035, section 5).
//!
//! Only the message and the certificate that it names are looked at. Whether that certificate may be trusted is
//! another question, with another answer: see [`verify`](crate::verify).

use const_oid::ObjectIdentifier;
use der::{Any, Tag, Tagged};
use thiserror::Error;

use super::attribute::Fault;
use super::message::{DATA, SignedMessage};
use super::signer::SignerInfo;
use crate::crypto::{Digest, HashAlgorithm, KeyKind, PublicKey, SignatureAlgorithm};
use crate::x509::certificate::{Certificate, NotACertificate};

/// rsaEncryption, as Kalkan's native library writes for RSA.
const RSA_KEY: ObjectIdentifier = const_oid::db::rfc5912::RSA_ENCRYPTION;
/// id-ecPublicKey.
const EC_KEY: ObjectIdentifier = const_oid::db::rfc5912::ID_EC_PUBLIC_KEY;
/// The key of GOST 34.310-2004, as Kalkan's native library writes.
const GOST_2004_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.398.3.10.1.1.1.1");
/// The key of GOST R 34.10-2015 of 512 bits.
const GOST_2015_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.398.3.10.1.1.2.2");

/// Certificates of one issuer and number that are tried. There should be one.
const MAX_CANDIDATES: usize = 4;

/// What came out of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is right.
    Good,
    /// It is wrong.
    Bad,
    /// It could not be checked.
    Unchecked(Unchecked),
}

/// Why something could not be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unchecked {
    /// The content is not in the message, and its digest was not given.
    #[error("the content's digest with {} is needed", .0.name())]
    NoDigest(HashAlgorithm),
    /// The signer's digest algorithm is unknown here.
    #[error("the digest algorithm is not supported")]
    UnknownHash,
    /// The signer's signature algorithm is unknown here.
    #[error("the signature algorithm is not supported")]
    UnknownSignature,
    /// SHA-1: anybody with money can make a second document that fits the signature.
    #[error("the signature is made with SHA-1, which proves nothing")]
    WeakHash,
    /// The signer's certificate is neither in the message nor was it given.
    #[error("the signer's certificate is missing")]
    NoCertificate,
    /// The signer's certificate is there and cannot be read.
    #[error(transparent)]
    Certificate(#[from] NotACertificate),
}

/// What is known of one signer after the check.
#[derive(Debug, Clone)]
pub struct SignerCheck {
    /// Whether the content is the one that was signed.
    pub digest: Outcome,
    /// Whether the signature is that of the certificate's holder.
    pub signature: Outcome,
    /// The certificate with which the signature was checked, if one was found that can be read.
    pub certificate: Option<Certificate>,
    /// What is wrong besides.
    pub faults: Vec<Fault>,
}

impl SignerCheck {
    /// Whether digest and signature are right and nothing else is wrong. Says nothing of the certificate.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.digest == Outcome::Good && self.signature == Outcome::Good && self.faults.is_empty()
    }
}

impl SignedMessage {
    /// Checks one of this message's signers, with the certificates that are in the message.
    ///
    /// `digests` are the content's, for the algorithms that [`SignedMessage::needed_hashes`] names; those that this
    /// message computed from its own content come first, whatever is given here.
    #[must_use]
    pub fn check(&self, signer: &SignerInfo, digests: &[Digest]) -> SignerCheck {
        self.check_with(signer, digests, &[])
    }

    /// As [`SignedMessage::check`], with certificates in DER from elsewhere, for messages that carry none.
    #[must_use]
    pub fn check_with(
        &self,
        signer: &SignerInfo,
        digests: &[Digest],
        certificates: &[&[u8]],
    ) -> SignerCheck {
        let content = self.content_digest(signer, digests);
        let mut faults = self.faults_of(signer);
        let mut candidates: Vec<&[u8]> = self
            .certificates()
            .chain(certificates.iter().copied())
            .filter(|certificate| signer.id.names(certificate))
            .collect();
        // The one that the signer named comes first; a message may not have us try hundreds.
        candidates.sort_by_cached_key(|certificate| (!bound(signer, certificate), *certificate));
        candidates.dedup();
        candidates.truncate(MAX_CANDIDATES);
        let found = find(signer, content.as_ref().ok(), &candidates);
        if let Some(certificate) = &found.certificate
            && !bound(signer, certificate.der())
        {
            faults.push(Fault::OtherCertificate);
        }
        faults.extend(found.fault);
        let digest = match (&content, &signer.signed) {
            (Err(reason), _) => Outcome::Unchecked(*reason),
            (Ok(content), Some(signed)) => {
                outcome(signed.message_digest.as_deref() == Some(content.as_bytes()))
            }
            // The signature itself is over the content.
            (Ok(_), None) => found.outcome,
        };
        SignerCheck { digest, signature: found.outcome, certificate: found.certificate, faults }
    }

    fn content_digest(&self, signer: &SignerInfo, digests: &[Digest]) -> Result<Digest, Unchecked> {
        let hash = signer.hash().ok_or(Unchecked::UnknownHash)?;
        self.digest(hash)
            .or_else(|| {
                let given = digests.iter().find(|digest| digest.algorithm() == hash);
                // A message with its own content is judged by that content alone.
                given.filter(|_| self.attached.is_none() || self.content.is_none()).cloned()
            })
            .ok_or(Unchecked::NoDigest(hash))
    }

    fn faults_of(&self, signer: &SignerInfo) -> Vec<Fault> {
        let Some(signed) = &signer.signed else {
            let mut faults = Vec::new();
            if self.content_type != DATA {
                faults.push(Fault::NoContentType);
            }
            if self.like_attributes {
                faults.push(Fault::AttributesAsContent);
            }
            return faults;
        };
        let mut faults = signed.faults.clone();
        match signed.content_type {
            None => faults.push(Fault::NoContentType),
            Some(content_type) if content_type != self.content_type => {
                faults.push(Fault::OtherContentType);
            }
            Some(_) => {}
        }
        if !signed.protect(signer.digest_algorithm_der(), signer.signature_algorithm_der()) {
            faults.push(Fault::OtherAlgorithms);
        }
        faults
    }
}

/// What the certificates that a signer names lead to.
struct Found {
    outcome: Outcome,
    certificate: Option<Certificate>,
    fault: Option<Fault>,
}

/// Looks among the certificates of that name for the one with which the signature verifies. An issuer has only one of
/// that name; but anybody may put another into a message.
fn find(signer: &SignerInfo, content: Option<&Digest>, candidates: &[&[u8]]) -> Found {
    let mut found = Found {
        outcome: Outcome::Unchecked(Unchecked::NoCertificate),
        certificate: None,
        fault: None,
    };
    for der in candidates {
        let certificate = match Certificate::parse(der) {
            Ok(certificate) => certificate,
            Err(reason) => {
                if found.certificate.is_none() {
                    found.outcome = Outcome::Unchecked(Unchecked::Certificate(reason));
                }
                continue;
            }
        };
        let (outcome, fault) = match verify(signer, content, &certificate.public_key) {
            Ok(()) => (Outcome::Good, None),
            Err(Refusal::Unchecked(reason)) => (Outcome::Unchecked(reason), None),
            Err(Refusal::OtherHash) => (Outcome::Bad, Some(Fault::OtherHash)),
            Err(Refusal::Bad) => (Outcome::Bad, None),
        };
        let good = outcome == Outcome::Good && bound(signer, der);
        if good || found.outcome != Outcome::Good {
            found = Found { outcome, certificate: Some(certificate), fault };
        }
        if good {
            break;
        }
    }
    found
}

fn bound(signer: &SignerInfo, certificate: &[u8]) -> bool {
    signer.signed.as_ref().is_none_or(|signed| signed.bind(certificate))
}

enum Refusal {
    Unchecked(Unchecked),
    OtherHash,
    Bad,
}

fn verify(signer: &SignerInfo, content: Option<&Digest>, key: &PublicKey) -> Result<(), Refusal> {
    let hash = signer.hash().ok_or(Refusal::Unchecked(Unchecked::UnknownHash))?;
    check_algorithm(signer, hash, key)?;
    if hash == HashAlgorithm::Sha1 {
        return Err(Refusal::Unchecked(Unchecked::WeakHash));
    }
    let verifies = |digest: &Digest| key.verify_digest(digest, &signer.signature).is_ok();
    let good = match &signer.signed {
        Some(signed) => {
            verifies(&hash.hash(&signed.signed))
                || signed.sorted().is_some_and(|sorted| verifies(&hash.hash(&sorted)))
        }
        None => {
            let content = content.ok_or(Refusal::Unchecked(Unchecked::NoDigest(hash)))?;
            verifies(content)
        }
    };
    if good { Ok(()) } else { Err(Refusal::Bad) }
}

/// The signature's algorithm must be one of the key's, with the hash that the signer names. Some programs write only
/// the kind of the key; then the hash is the digest algorithm's.
fn check_algorithm(
    signer: &SignerInfo,
    hash: HashAlgorithm,
    key: &PublicKey,
) -> Result<(), Refusal> {
    let identifier = &signer.signature_algorithm;
    if let Some(algorithm) = SignatureAlgorithm::of(identifier) {
        return if !algorithm.fits(key) {
            Err(Refusal::Bad)
        } else if algorithm.hash() != hash {
            Err(Refusal::OtherHash)
        } else {
            Ok(())
        };
    }
    let own = match key.kind() {
        KeyKind::Rsa { .. } => RSA_KEY,
        KeyKind::P256 => EC_KEY,
        KeyKind::Gost512 => GOST_2015_KEY,
        KeyKind::Gost2004 => GOST_2004_KEY,
    };
    // NULL or nothing, or the key's own: the curve or a sequence that names it.
    let plain = identifier.parameters.as_ref().is_none_or(|any| {
        *any == Any::null() || matches!(any.tag(), Tag::ObjectIdentifier | Tag::Sequence)
    });
    if identifier.oid == own && plain {
        Ok(())
    } else if [RSA_KEY, EC_KEY, GOST_2004_KEY, GOST_2015_KEY].contains(&identifier.oid) {
        Err(Refusal::Bad)
    } else {
        Err(Refusal::Unchecked(Unchecked::UnknownSignature))
    }
}

fn outcome(good: bool) -> Outcome {
    if good { Outcome::Good } else { Outcome::Bad }
}
