//! A signature to be made: everything but what the key computes (CAdES-BES, ETSI EN 319 122-1, section 6.3).
//!
//! ```text
//! digest of the content, certificate, moment ──▶ Draft ──▶ digest to sign ──▶ (the key) ──▶ NewSigner
//! ```
//!
//! The work is cut at the key: whoever holds it, a file, a token or a person behind a window, sees one digest.

use const_oid::ObjectIdentifier;
use der::Encode;
use thiserror::Error;

use super::attribute;
use super::element::{Element, Malformed, tag, wrap};
use super::holder::Holder;
use super::message::DATA;
use super::signer::SignerInfo;
use crate::crypto::{
    BadSignature, CryptoError, Digest, HashAlgorithm, KeyKind, PrivateKey, Provider,
    SignatureAlgorithm,
};
use crate::time::UnixTime;
use crate::x509::certificate::Certificate;

/// Why a draft cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CannotDraft {
    /// The certificate's key does not sign over this hash function: hash the content with the one that
    /// [`PublicKey::hash_algorithm`](crate::crypto::PublicKey::hash_algorithm) gives.
    #[error("the key does not sign digests made with {}", .0.name())]
    OtherHash(HashAlgorithm),
    /// The signing time lies before 1970 or after the year 9999.
    #[error("the signing time cannot be written")]
    Time,
    /// The certificate's bytes have no issuer and serial number.
    #[error("the certificate is malformed")]
    Certificate,
}

/// A signature without the signature.
#[derive(Clone, Debug)]
pub struct Draft {
    certificate: Certificate,
    algorithm: SignatureAlgorithm,
    content: Digest,
    content_type: ObjectIdentifier,
    /// With the tag of a SET.
    attributes: Vec<u8>,
}

/// A signer who has signed, to be put into a message: see [`SignedMessage::add_signer`](super::SignedMessage::add_signer).
#[derive(Clone, Debug)]
pub struct NewSigner {
    pub(super) info: SignerInfo,
    pub(super) certificate: Vec<u8>,
    pub(super) content: Digest,
    pub(super) content_type: ObjectIdentifier,
}

impl Draft {
    /// A signature by the certificate's holder over a document of which only the digest is needed, at that moment.
    ///
    /// The signed attributes are those that NCALayer writes: contentType, signingTime, messageDigest and
    /// signingCertificateV2 with SHA-256.
    ///
    /// # Errors
    /// [`CannotDraft`] says what does not go together.
    pub fn new(
        certificate: &Certificate,
        content: &Digest,
        at: UnixTime,
    ) -> Result<Self, CannotDraft> {
        Self::of_type(DATA, certificate, content, at)
    }

    /// As [`Draft::new`], over content of another type than bytes.
    ///
    /// # Errors
    /// As [`Draft::new`].
    pub fn of_type(
        content_type: ObjectIdentifier,
        certificate: &Certificate,
        content: &Digest,
        at: UnixTime,
    ) -> Result<Self, CannotDraft> {
        let hash = content.algorithm();
        let algorithm = SignatureAlgorithm::of_key(certificate.public_key.kind(), hash)
            .filter(|_| hash != HashAlgorithm::Sha1)
            .ok_or(CannotDraft::OtherHash(hash))?;
        Holder::of(certificate.der()).map_err(|Malformed| CannotDraft::Certificate)?;
        let attributes = attribute::write(content_type, at, content, certificate.der())
            .map_err(|_| CannotDraft::Time)?;
        Ok(Self {
            certificate: certificate.clone(),
            algorithm,
            content: content.clone(),
            content_type,
            attributes,
        })
    }

    /// The digest that the key must sign: of the signed attributes (RFC 5652, section 5.4).
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.algorithm.hash().hash(&self.attributes)
    }

    /// Signs with a key that is at hand.
    ///
    /// # Errors
    /// [`CryptoError`] if the key could not sign, or is not the certificate's.
    pub fn sign(self, key: &PrivateKey, provider: &Provider) -> Result<NewSigner, CryptoError> {
        let signature = (provider.sign)(provider, key, &self.digest())?;
        self.assemble(&signature).map_err(|BadSignature| CryptoError::Failed)
    }

    /// Takes the signature that the key made over [`Draft::digest`], as it travels in CMS: RSA PKCS#1 v1.5; ECDSA as
    /// DER `ECDSA-Sig-Value`; GOST as r, s, both little-endian.
    ///
    /// # Errors
    /// [`BadSignature`] if it is not that of the certificate's key.
    pub fn assemble(self, signature: &[u8]) -> Result<NewSigner, BadSignature> {
        self.certificate.public_key.verify_digest(&self.digest(), signature)?;
        self.put_together(signature).map_err(|Malformed| BadSignature)
    }

    /// As if the key had signed: what comes out has the right length, give or take two bytes for ECDSA.
    pub(super) fn rehearse(self) -> Option<NewSigner> {
        let length = match self.certificate.public_key.kind() {
            KeyKind::Rsa { bits } => usize::from(bits).div_ceil(8),
            KeyKind::P256 => 71,
            KeyKind::Gost512 => 128,
            KeyKind::Gost2004 => 64,
        };
        self.put_together(&vec![0; length]).ok()
    }

    fn put_together(self, signature: &[u8]) -> Result<NewSigner, Malformed> {
        let certificate = self.certificate.der();
        let holder = Holder::of(certificate)?;
        let serial = wrap(tag::INTEGER, &[holder.serial]);
        let digest_algorithm = self.content.algorithm().identifier().to_der();
        let signature_algorithm = self.algorithm.identifier().to_der();
        let attributes = Element::only(&self.attributes, tag::SET)?.value;
        let info = wrap(
            tag::SEQUENCE,
            &[
                // Version 1: the certificate is named by issuer and serial number.
                &wrap(tag::INTEGER, &[&[1]]),
                &wrap(tag::SEQUENCE, &[holder.issuer, &serial]),
                &digest_algorithm.map_err(|_| Malformed)?,
                &wrap(tag::context_constructed(0), &[attributes]),
                &signature_algorithm.map_err(|_| Malformed)?,
                &wrap(tag::OCTET_STRING, &[signature]),
            ],
        );
        Ok(NewSigner {
            info: SignerInfo::read(&info)?,
            certificate: certificate.to_vec(),
            content: self.content,
            content_type: self.content_type,
        })
    }
}

impl NewSigner {
    /// The signer as the message will have it.
    #[must_use]
    pub fn info(&self) -> &SignerInfo {
        &self.info
    }
}
