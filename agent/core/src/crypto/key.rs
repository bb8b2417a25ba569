//! Private keys, as PKCS#8 in memory that is wiped.

use std::fmt;

use pkcs8::PrivateKeyInfo;
use thiserror::Error;
use zeroize::Zeroizing;

use super::public::PublicKey;
use super::{Algorithm, KeyKind, gost, p256, rsa};

/// No key that we read needs more; an RSA key of 4096 bits takes about 2.4 kB.
const MAX_PKCS8: usize = 8 * 1024;

/// A private key that was checked: its parts fit together, and its public key belongs to it.
///
/// It is not cloned, compared or written by serde, and prints as its id.
pub struct PrivateKey {
    pkcs8: Zeroizing<Vec<u8>>,
    public: PublicKey,
}

/// Why bytes are not a private key that we use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotAPrivateKey {
    /// No PKCS#8, or its parts do not fit together: the bytes are damaged.
    #[error("the private key is malformed")]
    Malformed,
    /// A sound key of a kind or size that we do not use.
    #[error("private keys of this kind are not supported")]
    Unsupported,
}

impl PrivateKey {
    /// Reads `PrivateKeyInfo` (PKCS#8, RFC 5208; also RFC 5958's version 2) in DER.
    ///
    /// The key is written anew: attributes and foreign ways of writing are dropped, so that equal keys have equal
    /// bytes.
    ///
    /// # Errors
    /// [`NotAPrivateKey`] tells damage from kinds that we do not use.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, NotAPrivateKey> {
        if der.len() > MAX_PKCS8 {
            return Err(NotAPrivateKey::Unsupported);
        }
        let info = PrivateKeyInfo::try_from(der).map_err(|_| NotAPrivateKey::Malformed)?;
        let (pkcs8, public) = if info.algorithm.oid == rsa::OID {
            rsa::read_private(info)?
        } else if info.algorithm.oid == p256::OID {
            p256::read_private(info)?
        } else if info.algorithm.oid == gost::KEY_512 {
            gost::read_private::<gost::Curve512>(&info)?
        } else if info.algorithm.oid == gost::KEY_2004 {
            gost::read_private::<gost::Curve2004>(&info)?
        } else {
            return Err(NotAPrivateKey::Unsupported);
        };
        Ok(Self { pkcs8, public })
    }

    /// Lends the key as `PrivateKeyInfo` version 1 in DER. Every place that calls this is a place to look at in a
    /// review.
    #[must_use]
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.public.kind()
    }

    /// Which of the kinds that Tanba makes it is; `None` for those that are only read and used.
    #[must_use]
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.public.algorithm()
    }

    /// The public key that belongs to it.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({})", self.public.key_id())
    }
}
