//! Key containers: PKCS#12 (RFC 7292), bytes in, bytes out.
//!
//! ```text
//! PFX
//! ├ AuthenticatedSafe
//! │ ├ data            └ shrouded key bag   the key, encrypted        ┐ both with one key derived
//! │ └ encryptedData   └ certificate bags   the certificates, likewise┘ from the password
//! └ MacData             over the whole safe, with a second derived key
//! ```
//!
//! Written is one form: PBES2 with AES-256-CBC and PBKDF2-HMAC-SHA256, and a MAC with HMAC-SHA256, which OpenSSL
//! and Java of the last years read. Read is what these programs write by default today.
//!
//! A wrong password is told from a damaged file by the MAC. It cannot tell a wrong password from a safe that was
//! changed: both are [`OpenError::WrongPassword`].

mod bag;
mod mac;
mod pbe;
mod read;
mod write;

use thiserror::Error;

use crate::crypto::{PrivateKey, RandomFailed};

pub use self::read::open;
pub use self::write::write;

/// A key with its certificates.
#[derive(Debug)]
pub struct Entry {
    /// The key. Its id is written as the local key id.
    pub key: PrivateKey,
    /// Certificates in DER, the key's own first, then those above it; empty while the key waits for them.
    pub certificates: Vec<Vec<u8>>,
    /// What programs show for the key. The authority's own files have the key id here.
    pub friendly_name: String,
}

impl Entry {
    /// An entry whose friendly name is the key's id, as in the authority's own files.
    #[must_use]
    pub fn new(key: PrivateKey, certificates: Vec<Vec<u8>>) -> Self {
        let friendly_name = key.public().key_id().to_string();
        Self { key, certificates, friendly_name }
    }
}

/// What a file held.
#[derive(Debug)]
pub struct Opened {
    /// Its keys, each with the certificates that belong to it.
    pub entries: Vec<Entry>,
    /// Certificates in DER that belong to none of the keys.
    pub extra_certificates: Vec<Vec<u8>>,
}

/// How hard it is made to guess the password.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Strength {
    /// A password that a person chose or may choose: 600,000 iterations.
    Person,
    /// 256 random bits. They cannot be guessed, so that stretching them would cost time and give nothing: 2,048
    /// iterations, which is what programs expect to find at least.
    Random,
}

impl Strength {
    /// Iterations of the encryption key's derivation, and of the MAC key's.
    #[must_use]
    pub const fn iterations(self) -> u32 {
        match self {
            Self::Person => 600_000,
            Self::Random => 2_048,
        }
    }
}

/// Why a file could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WriteError {
    /// No randomness: try again later.
    #[error(transparent)]
    Random(#[from] RandomFailed),
    /// One of the certificates cannot be read.
    #[error("a certificate for the file is malformed")]
    Certificate,
    /// The first certificate is for another key.
    #[error("the certificate belongs to another key")]
    OtherKey,
    /// The friendly name has characters that the format cannot hold, or more than 255.
    #[error("the friendly name cannot stand in a key file")]
    FriendlyName,
    /// What was to be written does not fit the standard: a fault of ours.
    #[error("the key file could not be written")]
    Encoding,
}

/// Why a file could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OpenError {
    /// Ask for the password again. (Or the inside of the file was changed, which nobody can tell apart.)
    #[error("the password is wrong")]
    WrongPassword,
    /// It is no PKCS#12, or a part of it is broken.
    #[error("the key file is damaged: {what}")]
    Damaged {
        /// Which part.
        what: &'static str,
    },
    /// A sound file, perhaps, with something that is not read here.
    #[error("the key file has something that is not supported: {what}")]
    Unsupported {
        /// What that is.
        what: &'static str,
    },
    /// Opening it would take more work than any honest file asks for.
    #[error("the key file asks for too much work")]
    TooExpensive,
}

/// Tells an encoding that is merely other than DER from damage.
fn damaged(what: &'static str) -> impl Fn(der::Error) -> OpenError {
    move |error| {
        if error.kind() == der::ErrorKind::IndefiniteLength {
            OpenError::Unsupported { what: "lengths that are not given (BER)" }
        } else {
            OpenError::Damaged { what }
        }
    }
}

#[cfg(test)]
mod tests;
