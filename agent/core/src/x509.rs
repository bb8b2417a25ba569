//! Names, certificate requests, certificates, and what may be said of them.
//!
//! What comes from others is read into plain data, with limits; what must be verified bit by bit keeps its original
//! bytes.
//!
//! | question | where |
//! |---|---|
//! | what does a certificate say? | [`certificate`], its holder's part in [`profile`] |
//! | is it the one that was asked for? | [`issued`], with [`request`] |
//! | does it lead to a root that is trusted? | [`path`] |
//! | was it revoked? | [`revocation`], by lists ([`crl`]) and responders ([`ocsp`]) |
//! | whose name is it? | [`name`], [`distinguished`] |
//!
//! Judging a certificate from the file in which it lies:
//!
//! ```no_run
//! use tanba_core::time::UnixTime;
//! use tanba_core::x509::certificate::Certificate;
//! use tanba_core::x509::crl::Crl;
//! use tanba_core::x509::path::{self, Use};
//! use tanba_core::x509::revocation::{self, Evidence, Revocation};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (signer, issuing, trusted, list) = (vec![], vec![], vec![], vec![]);
//! let leaf = Certificate::from_pem_or_der(&signer)?;
//! let intermediates = Certificate::read_all(&issuing)?;
//! let roots = Certificate::read_all(&trusted)?;
//! let moment = UnixTime::parse_rfc3339("2025-05-01T00:00:00Z")?;
//! let path = path::build(&leaf, &intermediates, &roots, moment, Use::Signing)?;
//!
//! let crls = [Crl::from_pem_or_der(list)?];
//! let evidence = Evidence { crls: &crls, ..Evidence::default() };
//! for (certificate, issuer) in path.pairs() {
//!     match revocation::judge(certificate, issuer, &evidence, moment) {
//!         Revocation::Good { as_of, .. } => println!("not revoked as of {}", as_of.rfc3339()),
//!         Revocation::Revoked(how) if how.counts_at(moment) => println!("revoked: {}", how.reason.code()),
//!         Revocation::Revoked(how) => println!("revoked later, at {}", how.at.rfc3339()),
//!         Revocation::Unknown(whys) => whys.iter().for_each(|why| println!("unknown: {why}")),
//!     }
//! }
//! # Ok(())
//! # }
//! ```

mod body;
pub mod certificate;
pub mod crl;
pub mod distinguished;
pub mod dn;
mod elements;
pub mod extension;
pub mod issued;
pub mod locator;
pub mod name;
pub mod ocsp;
pub mod oid;
pub mod path;
pub mod profile;
pub mod request;
pub mod revocation;
mod signed;
#[cfg(test)]
pub(crate) mod toy_authority;

pub use self::distinguished::DistinguishedName;
pub use self::name::{NotAPerson, Person, Subject};
