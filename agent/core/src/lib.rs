//! The formats of Kazakhstan's public-key infrastructure, and the engine of remote enrolment: pure, without I/O.
//!
//! Nothing here opens a file or a socket, starts a thread or reads a clock. Bytes come in and go out, the moment is
//! an argument, and randomness is a function that the caller gives.
//!
//! | what | where |
//! |---|---|
//! | keys, signatures, and who computes them | [`crypto`] |
//! | names, certificate requests, certificates, and whether one is the one that was asked for | [`x509`] |
//! | key files | [`pkcs12`], named by [`layout`] |
//! | what people type | [`iin`], [`email`], [`password`] |
//! | the procedure that leads from an IIN to an installed key | [`enrolment`] |
//! | signed messages, and time stamps for them | [`cms`], [`tsp`] |
//! | moments and secrets | [`time`], [`secret`] |
//!
//! From nothing to a key file that waits for its certificate:
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
