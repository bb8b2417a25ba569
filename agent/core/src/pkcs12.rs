//! Key containers: PKCS#12 (RFC 7292), bytes in, bytes out.
//!
//! ```text
//! PFX
//! ├ AuthenticatedSafe
//! │ ├ data            └ shrouded key bag   the key, encrypted        ┐ both under keys derived
//! │ └ encryptedData   └ certificate bags   the certificates, likewise┘ from the password
//! └ MacData             over the whole safe, with another derived key
//! ```
//!
//! # What is read
//!
//! | part | read | not read |
//! |---|---|---|
//! | encoding | DER, BER with indefinite lengths and strings in pieces | |
//! | encryption | 3DES with two or three keys, RC2 with 40 or 128 bits (appendix C); PBES2 with AES-128, -192, -256 or 3DES in CBC mode, and PBKDF2 with HMAC-SHA-1, -224, -256, -384 or -512 | RC4, scrypt, ciphers of other countries |
//! | integrity | MAC with SHA-1, -224, -256, -384 or -512 (appendix B), PBMAC1 (RFC 9579), none | signatures |
//! | bags | keys (encrypted or open), X.509 certificates, nested bags | revocation lists, secrets |
//!
//! What is not read does not hide the rest of a file: [`Opened::skipped`] names it.
//!
//! Limits: 4 MiB, 64 safes, 512 bags, 64 keys, bags four deep, and 10,000,000 iterations of all derivations together.
//! More is [`OpenError::TooExpensive`], before the work is done.
//!
//! # What is written
//!
//! See [`Form`]. Both forms are DER throughout, are read by OpenSSL and Java, and hold keys of every kind that
//! [`crypto`](crate::crypto) has.
//!
//! # The password
//!
//! The MAC tells a wrong password from a damaged file: if it does not fit and the structure is sound, that is
//! [`OpenError::WrongPassword`]. A change of a byte that keeps the structure sound cannot be told from a wrong
//! password, and is called so too.
//!
//! Without a MAC ([`Opened::has_mac`]), a password is wrong if what it decrypts makes no sense, and damage inside an
//! encrypted part looks the same. Nothing then vouches for parts that are not encrypted; a GOST key without a
//! certificate may have been changed into another one unseen (RSA and P-256 keys hold their public keys and are
//! checked, and a key whose local key id names a certificate for another key is refused).

mod bag;
mod change;
mod contents;
mod entries;
mod holder;
mod mac;
mod pbe;
mod read;
mod spelling;
mod write;

use thiserror::Error;

use crate::crypto::{PrivateKey, RandomFailed};
use crate::secret::Password;

pub use self::change::{ChangeError, change_password};
use self::holder::Holder;
pub use self::write::{write, write_all};

/// A key with its certificates.
#[derive(Debug)]
pub struct Entry {
    /// The key. Its id, or the one in its certificate, is written as the local key id.
    pub key: PrivateKey,
    /// Certificates in DER, the key's own first, then those above it; empty while the key waits for them.
    pub certificates: Vec<Vec<u8>>,
    /// What programs show for the key. The authority's own files have the key id here.
    pub friendly_name: String,
}

impl Entry {
    /// An entry whose friendly name is the key's id, as in the authority's own files: the one in its certificate, if
    /// there is one with an id, or else [`KeyId`](crate::crypto::KeyId).
    #[must_use]
    pub fn new(key: PrivateKey, certificates: Vec<Vec<u8>>) -> Self {
        let mut entry = Self { key, certificates, friendly_name: String::new() };
        entry.friendly_name = entry.id().iter().map(|byte| format!("{byte:02x}")).collect();
        entry
    }

    /// The id that ties the key to its certificate.
    fn id(&self) -> Vec<u8> {
        let certificate = self.certificates.first().and_then(|der| Holder::of(der));
        certificate
            .and_then(|holder| holder.key_id)
            .unwrap_or_else(|| self.key.public().key_id().as_bytes().to_vec())
    }
}

/// What a file held.
#[derive(Debug)]
pub struct Opened {
    /// Its keys, each with the certificates that belong to it.
    ///
    /// A key's certificate is one with its public key; the file's local key ids choose among several of those and are
    /// believed no further.
    pub entries: Vec<Entry>,
    /// Certificates in DER that belong to none of the keys.
    pub extra_certificates: Vec<Vec<u8>>,
    /// What was passed over.
    pub skipped: Vec<Skipped>,
    /// Whether a MAC vouches for all of this.
    pub has_mac: bool,
}

/// Something in a file that is not read here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Skipped {
    /// What it is.
    pub kind: SkippedKind,
    /// The name that programs show for it; empty if there is none.
    pub friendly_name: String,
    /// What about it is not read, as [`OpenError::Unsupported`] would say it.
    pub why: &'static str,
}

/// What can be passed over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SkippedKind {
    /// A whole safe, of which nobody knows what is in it.
    Safe,
    /// A key of a kind that is not used here, or encrypted in a way that is not read here.
    Key,
    /// A certificate of another kind than X.509.
    Certificate,
    /// A revocation list.
    RevocationList,
    /// A secret that is no private key.
    Secret,
    /// A bag of a kind that RFC 7292 does not know.
    Other,
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

/// How a file is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// PBES2 with AES-256-CBC and PBKDF2-HMAC-SHA256, salts of 16 bytes, and a MAC with SHA-256. OpenSSL since 1.1 and
    /// Java since 8u301 read it.
    Modern(Strength),
    /// The authority's own form, for NCALayer and old Java: the key under 3DES, the certificates under RC2 with 40
    /// bits, a MAC with SHA-1, salts of 20 bytes, 1,024 iterations everywhere. A password of this form is guessed
    /// hundreds of times faster, and the certificates are as good as open.
    ///
    /// The authority's files are BER with indefinite lengths inside and hold one certificate. This is DER, which every
    /// program that reads BER reads too, and holds all certificates that are given.
    Legacy,
}

/// The modern form with this strength.
impl From<Strength> for Form {
    fn from(strength: Strength) -> Self {
        Self::Modern(strength)
    }
}

/// Why a file could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WriteError {
    /// No randomness: try again later.
    #[error(transparent)]
    Random(#[from] RandomFailed),
    /// One of the certificates cannot be read: the key's own must be one, the others must be DER.
    #[error("a certificate for the file is malformed")]
    Certificate,
    /// The first certificate is for another key.
    #[error("the certificate belongs to another key")]
    OtherKey,
    /// The friendly name has control characters, or more than 255 characters.
    #[error("the friendly name cannot stand in a key file")]
    FriendlyName,
    /// What was to be written does not fit the standard: a fault of ours.
    #[error("the key file could not be written")]
    Encoding,
}

/// Why a file could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OpenError {
    /// Ask for the password again. (Or the inside of the file was changed, which nobody can tell apart; see the top
    /// of [the module](self).)
    #[error("the password is wrong")]
    WrongPassword,
    /// It is no PKCS#12, or a part of it is broken: no password opens it.
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

/// Opens a file.
///
/// Nothing encrypted is looked at before the MAC vouches for it, if there is one. The work that the file may ask for
/// is limited before it is done. An empty password is also tried as no password at all, and one beyond ASCII also as
/// OpenSSL before 1.1 wrote it, as other programs do.
///
/// # Errors
/// [`OpenError`] tells a wrong password from damage and from what is not supported. `Unsupported` names the first
/// thing that was skipped if nothing in the file can be used.
pub fn open(bytes: &[u8], password: &Password) -> Result<Opened, OpenError> {
    entries::sorted(read::read(bytes, password)?)
}

fn damaged(what: &'static str) -> impl Fn(der::Error) -> OpenError {
    move |_| OpenError::Damaged { what }
}

#[cfg(test)]
mod tests;
