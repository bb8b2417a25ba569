//! How certificates, requests and messages say what their signatures are.

use const_oid::ObjectIdentifier;
use der::Any;
use spki::AlgorithmIdentifierOwned;

use super::{HashAlgorithm, KeyKind, PublicKey};

/// A kind of signature: of which keys, over which hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SignatureAlgorithm {
    /// sha1WithRSAEncryption, 1.2.840.113549.1.1.5. It is recognised, so that it can be named; it never verifies.
    RsaSha1,
    /// sha256WithRSAEncryption, 1.2.840.113549.1.1.11 (RFC 4055), with NULL parameters.
    RsaSha256,
    /// sha384WithRSAEncryption, 1.2.840.113549.1.1.12 (RFC 4055), with NULL parameters.
    RsaSha384,
    /// sha512WithRSAEncryption, 1.2.840.113549.1.1.13 (RFC 4055), with NULL parameters.
    RsaSha512,
    /// ecdsa-with-SHA256, 1.2.840.10045.4.3.2 (RFC 5758), without parameters.
    EcdsaSha256,
    /// ecdsa-with-SHA384, 1.2.840.10045.4.3.3 (RFC 5758), without parameters.
    EcdsaSha384,
    /// ecdsa-with-SHA512, 1.2.840.10045.4.3.4 (RFC 5758), without parameters.
    EcdsaSha512,
    /// GOST 34.310-2004 over GOST 34.311-95, 1.2.398.3.10.1.1.1.2, with NULL parameters.
    Gost2004,
    /// ST RK GOST R 34.10-2015 with 512 bits over Streebog-512, 1.2.398.3.10.1.1.2.3.2, with NULL parameters.
    Gost2015,
}

impl SignatureAlgorithm {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::RsaSha1,
        Self::RsaSha256,
        Self::RsaSha384,
        Self::RsaSha512,
        Self::EcdsaSha256,
        Self::EcdsaSha384,
        Self::EcdsaSha512,
        Self::Gost2004,
        Self::Gost2015,
    ];

    /// Its object identifier.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::RsaSha1 => const_oid::db::rfc5912::SHA_1_WITH_RSA_ENCRYPTION,
            Self::RsaSha256 => const_oid::db::rfc5912::SHA_256_WITH_RSA_ENCRYPTION,
            Self::RsaSha384 => const_oid::db::rfc5912::SHA_384_WITH_RSA_ENCRYPTION,
            Self::RsaSha512 => const_oid::db::rfc5912::SHA_512_WITH_RSA_ENCRYPTION,
            Self::EcdsaSha256 => const_oid::db::rfc5912::ECDSA_WITH_SHA_256,
            Self::EcdsaSha384 => const_oid::db::rfc5912::ECDSA_WITH_SHA_384,
            Self::EcdsaSha512 => const_oid::db::rfc5912::ECDSA_WITH_SHA_512,
            Self::Gost2004 => ObjectIdentifier::new_unwrap("1.2.398.3.10.1.1.1.2"),
            Self::Gost2015 => ObjectIdentifier::new_unwrap("1.2.398.3.10.1.1.2.3.2"),
        }
    }

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RsaSha1 => "rsa_sha1",
            Self::RsaSha256 => "rsa_sha256",
            Self::RsaSha384 => "rsa_sha384",
            Self::RsaSha512 => "rsa_sha512",
            Self::EcdsaSha256 => "ecdsa_sha256",
            Self::EcdsaSha384 => "ecdsa_sha384",
            Self::EcdsaSha512 => "ecdsa_sha512",
            Self::Gost2004 => "gost2004",
            Self::Gost2015 => "gost2015",
        }
    }

    /// The hash function over whose digests it is made.
    #[must_use]
    pub const fn hash(self) -> HashAlgorithm {
        match self {
            Self::RsaSha1 => HashAlgorithm::Sha1,
            Self::RsaSha256 | Self::EcdsaSha256 => HashAlgorithm::Sha256,
            Self::RsaSha384 | Self::EcdsaSha384 => HashAlgorithm::Sha384,
            Self::RsaSha512 | Self::EcdsaSha512 => HashAlgorithm::Sha512,
            Self::Gost2004 => HashAlgorithm::Gost34311,
            Self::Gost2015 => HashAlgorithm::Streebog512,
        }
    }

    /// The algorithm of a key's signatures over that hash function; `None` where the two do not go together.
    #[must_use]
    pub fn of_key(kind: KeyKind, hash: HashAlgorithm) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.is_of(kind) && algorithm.hash() == hash)
    }

    const fn is_of(self, kind: KeyKind) -> bool {
        match self {
            Self::RsaSha1 | Self::RsaSha256 | Self::RsaSha384 | Self::RsaSha512 => {
                matches!(kind, KeyKind::Rsa { .. })
            }
            Self::EcdsaSha256 | Self::EcdsaSha384 | Self::EcdsaSha512 => {
                matches!(kind, KeyKind::P256)
            }
            Self::Gost2004 => matches!(kind, KeyKind::Gost2004),
            Self::Gost2015 => matches!(kind, KeyKind::Gost512),
        }
    }

    /// Whether the key is of the kind that makes such signatures.
    #[must_use]
    pub fn fits(self, key: &PublicKey) -> bool {
        self.is_of(key.kind())
    }

    /// The parameters beside its identifier.
    fn parameters(self) -> Option<Any> {
        match self {
            Self::EcdsaSha256 | Self::EcdsaSha384 | Self::EcdsaSha512 => None,
            Self::RsaSha1
            | Self::RsaSha256
            | Self::RsaSha384
            | Self::RsaSha512
            | Self::Gost2004
            | Self::Gost2015 => Some(Any::null()),
        }
    }

    /// The `AlgorithmIdentifier` that stands beside a signature.
    #[must_use]
    pub fn identifier(self) -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned { oid: self.oid(), parameters: self.parameters() }
    }

    /// Reads an `AlgorithmIdentifier`; `None` if it is another algorithm or has other parameters than it must
    /// (a missing NULL is let pass, as RFC 4055, section 2.1, asks of readers for RSA; so is a NULL beside ECDSA,
    /// which some write).
    #[must_use]
    pub fn of(identifier: &AlgorithmIdentifierOwned) -> Option<Self> {
        let plain = identifier.parameters.as_ref().is_none_or(|any| *any == Any::null());
        Self::ALL.into_iter().find(|algorithm| plain && algorithm.oid() == identifier.oid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_those_of_the_authority() {
        use der::Encode;
        let der = |algorithm: SignatureAlgorithm| algorithm.identifier().to_der().unwrap();
        assert_eq!(
            der(SignatureAlgorithm::Gost2015),
            b"\x30\x0e\x06\x0a\x2a\x83\x0e\x03\x0a\x01\x01\x02\x03\x02\x05\x00"
        );
        assert_eq!(
            der(SignatureAlgorithm::Gost2004),
            b"\x30\x0d\x06\x09\x2a\x83\x0e\x03\x0a\x01\x01\x01\x02\x05\x00"
        );
        for algorithm in SignatureAlgorithm::ALL {
            assert_eq!(SignatureAlgorithm::of(&algorithm.identifier()), Some(algorithm));
        }
    }
}
