//! CMS messages and CAdES signatures (RFC 5652, ETSI EN 319 122-1), read, checked and made.
//!
//! ```text
//! bytes ─▶ Reader ─▶ SignedMessage ─▶ check(signer) ─▶ SignerCheck
//!                        ▲  ▲
//!                        │  └─ add_time_stamp(token)            CAdES-T
//! digest ─▶ Draft ─▶ (key) ─▶ NewSigner                         CAdES-BES
//! ```
//!
//! A message holds signatures over one content, which is in it (attached) or elsewhere (detached). Both sides work in
//! one pass and constant memory: a message of any size is read in pieces by [`Reader`], and written by
//! [`SignedMessage::framed`] around a content that never needs to be in memory.
//!
//! What is written is what NCALayer writes: signed attributes in DER's order with signingCertificateV2, the signer's
//! certificate without its chain, algorithms with NULL parameters (ECDSA without). What is read is all of RFC 5652's
//! signed data, in BER too, and what Kalkan's libraries make of it: the kind of the key in the place of the
//! signature's algorithm, digest algorithms without NULL, messages without signingCertificate.
//!
//! # Signing and checking
//!
//! ```
//! use rand_core::{OsRng, RngCore};
//! use tanba_core::cms::{Draft, SignedMessage};
//! use tanba_core::crypto::{self, HashAlgorithm, RandomFailed};
//! use tanba_core::time::UnixTime;
//! use tanba_core::x509::certificate::Certificate;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = include_bytes!("../../../tests/vectors/kz/skarm_kalkan/p12/GOST512_02c7a21f2df78b99cb67323e2e255779bb6ae309.p12");
//! # let password = tanba_core::secret::Password::new("Qwerty12".into());
//! # let opened = tanba_core::pkcs12::open(file, &password)?;
//! # let (key, certificate) = (&opened.entries[0].key, &opened.entries[0].certificates[0]);
//! // A key of GOST 34.10-2015 and its certificate, from a key file of the authority.
//! let certificate = Certificate::parse(certificate)?;
//! let provider = crypto::pure(|bytes| OsRng.try_fill_bytes(bytes).map_err(|_| RandomFailed));
//! let document = "Шарт".as_bytes();
//!
//! // Signed: only the digest of the document is needed.
//! let digest = HashAlgorithm::Streebog512.hash(document);
//! let draft = Draft::new(&certificate, &digest, UnixTime::parse_rfc3339("2026-03-01T09:05:00Z")?)?;
//! let signer = draft.sign(key, &provider)?;
//! let mut message = SignedMessage::new();
//! message.add_signer(signer)?;
//! let detached = message.to_detached();
//!
//! // Checked: the digest is asked for, because the content is not in the message.
//! let read = SignedMessage::parse(&detached)?;
//! assert_eq!(read.needed_hashes(), [HashAlgorithm::Streebog512]);
//! let check = read.check(&read.signers()[0], &[digest]);
//! assert!(check.is_good());
//! let other = HashAlgorithm::Streebog512.hash("Басқа шарт".as_bytes());
//! assert!(!read.check(&read.signers()[0], &[other]).is_good());
//! # Ok(())
//! # }
//! ```

mod armour;
mod attribute;
mod check;
mod draft;
pub(crate) mod element;
mod holder;
mod message;
mod signer;
mod stream;
mod write;

pub use self::armour::{Armour, NotArmour, decode_armour, to_pem};
pub(crate) use self::attribute::moment;
pub use self::attribute::{CertificateReference, Fault, SignedAttributes, is_signed_attributes};
pub use self::check::{Outcome, SignerCheck, Unchecked};
pub use self::draft::{CannotDraft, Draft, NewSigner};
pub use self::message::{DATA, SignedMessage};
pub use self::signer::{SignerId, SignerInfo};
pub use self::stream::{MAX_CERTIFICATES, MAX_SIGNERS, MAX_SKELETON, NotCms, Reader, Where};
pub use self::write::{CannotAdd, Framed};

#[cfg(test)]
mod tests;
