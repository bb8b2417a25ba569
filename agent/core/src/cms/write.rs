//! Messages written in DER, and signers and time stamps added to those that exist.
//!
//! What a message has stays byte for byte as it came: signatures and time stamps were made over it. A message that
//! came in BER gets DER's framing around those bytes.

use const_oid::ObjectIdentifier;
use thiserror::Error;

use super::attribute::TIME_STAMP;
use super::draft::{CannotDraft, Draft, NewSigner};
use super::element::{Element, tag, wrap, wrap_set, write_header, write_oid};
use super::holder::Holder;
use super::message::{DATA, SignedMessage, framed_as_der};
use super::signer::SignerInfo;
use super::stream::{MAX_CERTIFICATES, MAX_SIGNERS};
use crate::crypto::{Digest, HashAlgorithm};
use crate::time::UnixTime;
use crate::x509::certificate::Certificate;

/// Why something cannot be added to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CannotAdd {
    /// The signer signed content of another type.
    #[error("the signer signed content of another type")]
    OtherContentType,
    /// The signer signed other content than the message has.
    #[error("the signer signed other content")]
    OtherContent,
    /// The message has no signer of that index.
    #[error("the message has no such signer")]
    NoSuchSigner,
    /// The bytes are no certificate.
    #[error("the certificate is malformed")]
    Certificate,
    /// The bytes are no time stamp token.
    #[error("the time stamp is malformed")]
    TimeStamp,
    /// The message has as many as it may.
    #[error("the message has too many of them")]
    TooMany,
}

/// A message in two pieces, between which the content belongs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Framed {
    /// Everything before the content.
    pub prefix: Vec<u8>,
    /// Everything behind it.
    pub suffix: Vec<u8>,
}

/// Whether a set came in DER's order. Another order may have been hashed by somebody, and stays as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Sorted {
    pub(super) digest_algorithms: bool,
    pub(super) certificates: bool,
    pub(super) revocation: bool,
    pub(super) signers: bool,
}

impl Sorted {
    pub(super) const ALL: Self =
        Self { digest_algorithms: true, certificates: true, revocation: true, signers: true };
}

impl Default for SignedMessage {
    fn default() -> Self {
        Self::new()
    }
}

impl SignedMessage {
    /// A message over bytes that nobody has signed yet.
    #[must_use]
    pub const fn new() -> Self {
        Self::of_type(DATA)
    }

    /// A message over content of another type, that nobody has signed yet.
    #[must_use]
    pub const fn of_type(content_type: ObjectIdentifier) -> Self {
        Self {
            content_type,
            attached: None,
            signers: Vec::new(),
            version: 1,
            digest_algorithms: Vec::new(),
            certificates: Vec::new(),
            revocation: Vec::new(),
            digests: Vec::new(),
            content: None,
            like_attributes: false,
            sorted: Sorted::ALL,
        }
    }

    /// Adds a signer with its certificate, and returns its index. Signers that are there stay as they are.
    ///
    /// # Errors
    /// [`CannotAdd`]; among others if the message's content is known and another one was signed.
    pub fn add_signer(&mut self, signer: NewSigner) -> Result<usize, CannotAdd> {
        if signer.content_type != self.content_type {
            return Err(CannotAdd::OtherContentType);
        }
        let hash = signer.content.algorithm();
        if self.known_digest(hash).is_some_and(|digest| digest != signer.content) {
            return Err(CannotAdd::OtherContent);
        }
        if self.signers.len() == MAX_SIGNERS {
            return Err(CannotAdd::TooMany);
        }
        self.add_certificate(&signer.certificate)?;
        if !self.digest_algorithms.iter().any(|algorithm| is_algorithm(algorithm, hash)) {
            self.digest_algorithms.push(signer.info.digest_algorithm_der().to_vec());
        }
        self.signers.push(signer.info);
        Ok(self.signers.len() - 1)
    }

    /// Adds a certificate in DER, such as one of the signer's chain, unless the message has it.
    ///
    /// # Errors
    /// [`CannotAdd`] if it is none, or one too many.
    pub fn add_certificate(&mut self, der: &[u8]) -> Result<(), CannotAdd> {
        if Holder::of(der).is_err() {
            return Err(CannotAdd::Certificate);
        }
        if self.certificates.iter().any(|certificate| certificate == der) {
            return Ok(());
        }
        if self.certificates.len() == MAX_CERTIFICATES {
            return Err(CannotAdd::TooMany);
        }
        self.certificates.push(der.to_vec());
        Ok(())
    }

    /// Adds a time stamp token over a signer's signature: CAdES-T (ETSI EN 319 122-1, section 5.3). Verify it before,
    /// with [`tsp::Token::verify`](crate::tsp::Token::verify) against [`SignerInfo::time_stamp_imprint`].
    ///
    /// # Errors
    /// [`CannotAdd`] if there is no such signer, or the bytes are no token.
    pub fn add_time_stamp(&mut self, signer: usize, token: &[u8]) -> Result<(), CannotAdd> {
        let signer = self.signers.get_mut(signer).ok_or(CannotAdd::NoSuchSigner)?;
        crate::tsp::Token::parse(token).map_err(|_| CannotAdd::TimeStamp)?;
        signer.add_unsigned(TIME_STAMP, &framed_as_der(token));
        Ok(())
    }

    /// Without certificates, for receivers that have them.
    #[must_use]
    pub fn without_certificates(self) -> Self {
        Self { certificates: Vec::new(), ..self }
    }

    /// The message in DER without its content.
    #[must_use]
    pub fn to_detached(&self) -> Vec<u8> {
        let Framed { mut prefix, suffix } = self.frame(None, 0);
        prefix.extend(suffix);
        prefix
    }

    /// The message in DER with its content.
    #[must_use]
    pub fn to_attached(&self, content: &[u8]) -> Vec<u8> {
        let Framed { prefix, suffix } = self.framed(content.len() as u64);
        [&prefix, content, &suffix].concat()
    }

    /// The message in DER around content of that many bytes, which are written between the two pieces and never need
    /// to be in memory.
    #[must_use]
    pub fn framed(&self, content_length: u64) -> Framed {
        self.frame(Some(content_length), 0)
    }

    /// How long [`Framed::prefix`] is going to be once the certificate's holder has signed too, so that room can be
    /// left for it while the content is copied and hashed in one pass. `more` are bytes that will be added besides: a
    /// time stamp takes about 4,000.
    ///
    /// The guess is wrong only where the message's length comes within a few bytes of a power of 256 (a signature of
    /// ECDSA has no fixed length). So compare it with the prefix, and copy again if they differ.
    ///
    /// # Errors
    /// As [`Draft::new`].
    pub fn expected_prefix_length(
        &self,
        certificate: &Certificate,
        content_length: u64,
        more: u64,
    ) -> Result<usize, CannotDraft> {
        let hash = certificate.public_key.hash_algorithm();
        let nothing = Digest::new(hash, &vec![0; hash.digest_len()]);
        let nothing = nothing.ok_or(CannotDraft::OtherHash(hash))?;
        let draft =
            Draft::of_type(self.content_type, certificate, &nothing, UnixTime::from_secs(0))?;
        let signer = draft.rehearse().ok_or(CannotDraft::Certificate)?;
        let mut rehearsed = Self { digests: Vec::new(), content: None, ..self.clone() };
        // Where there are too many, the length of the prefix is the least worry.
        if rehearsed.add_signer(signer).is_err() {
            return Err(CannotDraft::Certificate);
        }
        Ok(rehearsed.frame(Some(content_length), more).prefix.len())
    }

    fn known_digest(&self, hash: HashAlgorithm) -> Option<Digest> {
        self.attached.and_then(|_| self.digest(hash))
    }

    /// RFC 5652, section 5.1; what the message had is not lowered.
    fn written_version(&self) -> u64 {
        let typed = self.content_type != DATA;
        let by_key = self.signers.iter().any(SignerInfo::is_version_3);
        self.version.max(if typed || by_key { 3 } else { 1 })
    }

    fn frame(&self, content: Option<u64>, more: u64) -> Framed {
        let signers: Vec<Vec<u8>> = self.signers.iter().map(SignerInfo::to_der).collect();
        let mut suffix = Vec::new();
        for (number, all, sorted) in [
            (0, &self.certificates, self.sorted.certificates),
            (1, &self.revocation, self.sorted.revocation),
        ] {
            if !all.is_empty() {
                suffix.extend(set(tag::context_constructed(number), all, sorted));
            }
        }
        suffix.extend(set(tag::SET, &signers, self.sorted.signers));

        let version = [u8::try_from(self.written_version()).unwrap_or(5)];
        let version = wrap(tag::INTEGER, &[&version]);
        let digests = set(tag::SET, &self.digest_algorithms, self.sorted.digest_algorithms);
        let content_type = write_oid(self.content_type);
        // From the inside out: every header needs the length of what it holds.
        let (mut headers, mut length) = (Vec::new(), 0);
        if let Some(content) = content {
            length = around(tag::OCTET_STRING, content, &mut headers);
            length = around(tag::context_constructed(0), length, &mut headers);
        }
        before(&content_type, &mut length, &mut headers);
        length = around(tag::SEQUENCE, length, &mut headers);
        before(&[version, digests].concat(), &mut length, &mut headers);
        length = length.saturating_add(suffix.len() as u64).saturating_add(more);
        length = around(tag::SEQUENCE, length, &mut headers);
        length = around(tag::context_constructed(0), length, &mut headers);
        before(&write_oid(const_oid::db::rfc5911::ID_SIGNED_DATA), &mut length, &mut headers);
        around(tag::SEQUENCE, length, &mut headers);
        headers.reverse();
        Framed { prefix: headers.concat(), suffix }
    }
}

/// Puts a header in front; returns the length of the whole element.
fn around(tag: u8, length: u64, headers: &mut Vec<Vec<u8>>) -> u64 {
    let mut header = Vec::new();
    write_header(tag, length, &mut header);
    let whole = length.saturating_add(header.len() as u64);
    headers.push(header);
    whole
}

/// Puts complete elements in front.
fn before(elements: &[u8], length: &mut u64, headers: &mut Vec<Vec<u8>>) {
    *length = length.saturating_add(elements.len() as u64);
    headers.push(elements.to_vec());
}

fn set(tag: u8, elements: &[Vec<u8>], sorted: bool) -> Vec<u8> {
    let elements: Vec<&[u8]> = elements.iter().map(Vec::as_slice).collect();
    if sorted { wrap_set(tag, elements) } else { wrap(tag, &elements) }
}

fn is_algorithm(der: &[u8], hash: HashAlgorithm) -> bool {
    Element::only(der, tag::SEQUENCE)
        .and_then(|element| element.inside().expect(tag::OID))
        .is_ok_and(|oid| oid.value == hash.oid().as_bytes())
}
