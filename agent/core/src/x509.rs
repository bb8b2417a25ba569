//! Names, certificate requests, certificates, and whether a certificate is the one that was asked for.
//!
//! What comes from others is read into plain data, with limits; what must be verified bit by bit keeps its original
//! bytes.

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
