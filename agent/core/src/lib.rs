//! The formats of Kazakhstan's public-key infrastructure, and the engine of remote enrolment: pure, without I/O.
//!
//! Nothing here opens a file or a socket, starts a thread or reads a clock. Bytes come in and go out, the moment is
//! an argument, and randomness is a function that the caller gives.
//!
//! | what | where |
//! |---|---|
//! | keys, hash functions, signatures, and who computes them: RSA, P-256, GOST of 2015 and of 2004 | [`crypto`] |
//! | names, certificate requests, certificates, paths to roots, revocation | [`x509`] |
//! | key files, as found and as ours | [`pkcs12`], named by [`layout`] |
//! | signed messages (CMS, CAdES) and time stamps | [`cms`], [`tsp`] |
//! | signed documents (XMLDSig) and canonical XML | [`xml`] |
//! | judgement of what was signed: one report per signer | [`verify`] |
//! | the encodings that DER leaves out | [`ber`] |
//! | what people type | [`iin`], [`email`], [`password`] |
//! | the procedure that leads from an IIN to an installed key | [`enrolment`] |
//! | proof that a person agreed | [`approval`] |
//! | moments and secrets | [`time`], [`secret`] |
//!
//! # Signing and verifying
//!
//! With a key file of the authority (GOST 34.10-2015), a document is signed as CMS and judged by a stranger:
//!
//! ```
//! use rand_core::{OsRng, RngCore};
//! use tanba_core::cms::{Draft, SignedMessage};
//! use tanba_core::crypto::{self, RandomFailed};
//! use tanba_core::secret::Password;
//! use tanba_core::time::UnixTime;
//! use tanba_core::verify::{self, Demand, State, Trust};
//! use tanba_core::x509::certificate::Certificate;
//! # macro_rules! sample { ($name:literal) => { include_bytes!(concat!("../../../tests/vectors/kz/", $name)) } }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = sample!("skarm_kalkan/p12/GOST512_02c7a21f2df78b99cb67323e2e255779bb6ae309.p12");
//! # let root = sample!("skarm_kalkan/certs/root_test_gost_2022.cer");
//! # let issuing = sample!("skarm_kalkan/certs/nca_gost2022_test.cer");
//!
//! let opened = tanba_core::pkcs12::open(file, &Password::new("Qwerty12".into()))?;
//! let entry = &opened.entries[0];
//! let certificate = Certificate::parse(&entry.certificates[0])?;
//! let now = UnixTime::parse_rfc3339("2024-03-01T09:05:00Z")?;
//!
//! // Signed: only the digest of the document is needed, so that it may be of any size.
//! let provider = crypto::pure(|bytes| OsRng.try_fill_bytes(bytes).map_err(|_| RandomFailed));
//! let document = "Келісімшарт".as_bytes();
//! let digest = entry.key.public().hash_algorithm().hash(document);
//! let mut message = SignedMessage::new();
//! message.add_signer(Draft::new(&certificate, &digest, now)?.sign(&entry.key, &provider)?)?;
//! let signed = message.to_attached(document);
//!
//! // Verified: who signed what, by whose word, and what could not be found out.
//! let trust = Trust {
//!     roots: &[Certificate::from_pem_or_der(root)?],
//!     intermediates: &[Certificate::from_pem_or_der(issuing)?],
//!     crls: &[],
//!     answers: &[],
//!     at: now,
//!     max_age: 86_400,
//!     revocation: Demand::IfKnown,
//! };
//! let report = verify::cms(&SignedMessage::parse(&signed)?, &[], &trust);
//! assert!(report.is_valid());
//! let signer = &report.signers[0];
//! assert_eq!(signer.certificate.as_ref().and_then(|c| c.profile().iin), Some("123456789011".into()));
//! assert_eq!(signer.revocation.state, State::Unknown); // Nobody was asked, and the report says so.
//! # Ok(())
//! # }
//! ```
//!
//! # From nothing to a key file that waits for its certificate
//!
//! ```
//! use rand_core::{OsRng, RngCore};
//! use tanba_core::crypto::{self, Algorithm, RandomFailed};
//! use tanba_core::iin::Iin;
//! use tanba_core::layout::{self, Purpose};
//! use tanba_core::pkcs12::{self, Entry, Strength};
//! use tanba_core::secret::Password;
//! use tanba_core::x509::request::{self, CertificateRequest};
//! use tanba_core::x509::Person;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Randomness comes from outside, as everything does.
//! let provider = crypto::pure(|bytes| OsRng.try_fill_bytes(bytes).map_err(|_| RandomFailed));
//! let key = (provider.generate)(&provider, Algorithm::P256)?;
//! let id = key.public().key_id();
//!
//! // The request that an authority answers with a certificate.
//! let iin = Iin::parse("500101100010")?;
//! let person = Person::new(iin, "ТЕСТОВ".into(), "ТЕСТ".into(), None)?;
//! let request = request::build(&person, None, "/media/stick/keys", &key, &provider)?;
//! let read = CertificateRequest::parse(&request)?;
//! read.verify()?;
//! assert_eq!(read.public_key.key_id(), id);
//!
//! // The file in which the key waits: under a random password it needs no stretching.
//! let password = Password::new("Ay9XnRtW3kQe7LhZpV4mDc6sGf2uJb8N".into());
//! let file = pkcs12::write(&Entry::new(key, vec![]), &password, Strength::Random, &provider)?;
//! let name = layout::pending_name(Purpose::Auth, Algorithm::P256, &id);
//! assert_eq!(name, format!("AUTH_P256_{id}.pending.p12"));
//!
//! // Opened again, it is the same key.
//! let opened = pkcs12::open(&file, &password)?;
//! assert_eq!(opened.entries[0].key.public().key_id(), id);
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

pub mod approval;
pub mod ber;
pub mod cms;
pub mod crypto;
pub mod email;
pub mod enrolment;
pub mod iin;
pub mod layout;
pub mod password;
pub mod pkcs12;
pub mod secret;
pub mod time;
pub mod tsp;
pub mod verify;
pub mod x509;
pub mod xml;

/// The examples of the README are tests, too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
