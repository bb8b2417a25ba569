//! How XML signatures call algorithms, and how they write the signatures of curves.
//!
//! XML Signature 1.1, sections 6.2 and 6.4; RFC 9231; the NCA's own names for GOST. RSA and GOST signatures have the
//! same bytes everywhere. ECDSA's are r, s, both big-endian and as long as the curve's order, where other formats
//! have DER.

use p256::ecdsa::Signature;

use crate::crypto::{HashAlgorithm, SignatureAlgorithm};

const RSA_SHA1: &str = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const RSA_SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384";
const RSA_SHA512: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
const ECDSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
const ECDSA_SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384";
const ECDSA_SHA512: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512";
const GOST_2004: &str = "http://www.w3.org/2001/04/xmldsig-more#gost34310-gost34311";
const GOST_2015: &str =
    "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34102015-gostr34112015-512";

const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#sha384";
const SHA512: &str = "http://www.w3.org/2001/04/xmlenc#sha512";
const GOST_34311: &str = "http://www.w3.org/2001/04/xmldsig-more#gost34311";
const STREEBOG_512: &str = "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34112015-512";

/// Names of old software of the NCA that stand beside the registered ones.
const OLD_RSA_SHA1: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha1";
const OLD_SHA1: &str = "http://www.w3.org/2001/04/xmldsig-more#sha1";

pub(super) const fn signature_uri(algorithm: SignatureAlgorithm) -> &'static str {
    match algorithm {
        SignatureAlgorithm::RsaSha1 => RSA_SHA1,
        SignatureAlgorithm::RsaSha256 => RSA_SHA256,
        SignatureAlgorithm::RsaSha384 => RSA_SHA384,
        SignatureAlgorithm::RsaSha512 => RSA_SHA512,
        SignatureAlgorithm::EcdsaSha256 => ECDSA_SHA256,
        SignatureAlgorithm::EcdsaSha384 => ECDSA_SHA384,
        SignatureAlgorithm::EcdsaSha512 => ECDSA_SHA512,
        SignatureAlgorithm::Gost2004 => GOST_2004,
        SignatureAlgorithm::Gost2015 => GOST_2015,
    }
}

pub(super) fn signature_algorithm(uri: &str) -> Option<SignatureAlgorithm> {
    if uri == OLD_RSA_SHA1 {
        return Some(SignatureAlgorithm::RsaSha1);
    }
    SignatureAlgorithm::ALL.into_iter().find(|algorithm| signature_uri(*algorithm) == uri)
}

/// Whether a signature method has a secret that both sides share, such as HMAC: it proves nothing to others.
pub(super) fn is_keyed(uri: &str) -> bool {
    uri.rsplit('#').next().is_some_and(|name| name.to_ascii_lowercase().contains("hmac"))
}

pub(super) const fn digest_uri(algorithm: HashAlgorithm) -> &'static str {
    match algorithm {
        HashAlgorithm::Sha1 => SHA1,
        HashAlgorithm::Sha256 => SHA256,
        HashAlgorithm::Sha384 => SHA384,
        HashAlgorithm::Sha512 => SHA512,
        HashAlgorithm::Gost34311 => GOST_34311,
        HashAlgorithm::Streebog512 => STREEBOG_512,
    }
}

pub(super) fn digest_algorithm(uri: &str) -> Option<HashAlgorithm> {
    if uri == OLD_SHA1 {
        return Some(HashAlgorithm::Sha1);
    }
    HashAlgorithm::ALL.into_iter().find(|algorithm| digest_uri(*algorithm) == uri)
}

/// A signature as it travels elsewhere, from the one that XML has; `None` if there is no such signature.
pub(super) fn from_xml(algorithm: SignatureAlgorithm, value: &[u8]) -> Option<Vec<u8>> {
    if !is_ecdsa(algorithm) {
        return Some(value.to_vec());
    }
    Some(Signature::from_slice(value).ok()?.to_der().as_bytes().to_vec())
}

/// The other way round.
pub(super) fn to_xml(algorithm: SignatureAlgorithm, value: &[u8]) -> Option<Vec<u8>> {
    if !is_ecdsa(algorithm) {
        return Some(value.to_vec());
    }
    Some(Signature::from_der(value).ok()?.to_bytes().to_vec())
}

const fn is_ecdsa(algorithm: SignatureAlgorithm) -> bool {
    match algorithm {
        SignatureAlgorithm::EcdsaSha256
        | SignatureAlgorithm::EcdsaSha384
        | SignatureAlgorithm::EcdsaSha512 => true,
        SignatureAlgorithm::RsaSha1
        | SignatureAlgorithm::RsaSha256
        | SignatureAlgorithm::RsaSha384
        | SignatureAlgorithm::RsaSha512
        | SignatureAlgorithm::Gost2004
        | SignatureAlgorithm::Gost2015 => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn algorithms_are_known_by_their_identifiers() {
        for algorithm in SignatureAlgorithm::ALL {
            assert_eq!(signature_algorithm(signature_uri(algorithm)), Some(algorithm));
            assert!(!is_keyed(signature_uri(algorithm)));
        }
        for algorithm in HashAlgorithm::ALL {
            assert_eq!(digest_algorithm(digest_uri(algorithm)), Some(algorithm));
        }
        assert_eq!(signature_algorithm(OLD_RSA_SHA1), Some(SignatureAlgorithm::RsaSha1));
        assert_eq!(digest_algorithm(OLD_SHA1), Some(HashAlgorithm::Sha1));
        assert_eq!(signature_algorithm(&RSA_SHA256.to_uppercase()), None);
        assert_eq!(digest_algorithm(""), None);
        assert!(is_keyed("http://www.w3.org/2000/09/xmldsig#hmac-sha1"));
        assert!(is_keyed("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"));
    }

    #[test]
    fn signatures_of_curves_change_their_form_and_come_back() {
        let raw: Vec<u8> = (1..=64).collect();
        let der = from_xml(SignatureAlgorithm::EcdsaSha256, &raw).unwrap();
        assert_eq!(der[..4], [0x30, 0x44, 0x02, 0x20]);
        assert_eq!(to_xml(SignatureAlgorithm::EcdsaSha256, &der), Some(raw.clone()));
        for bad in [&raw[1..], &[0; 64], &[0xff; 64], &der] {
            assert_eq!(from_xml(SignatureAlgorithm::EcdsaSha256, bad), None);
        }
        assert_eq!(to_xml(SignatureAlgorithm::EcdsaSha256, &raw), None);
        assert_eq!(from_xml(SignatureAlgorithm::Gost2015, &raw), Some(raw.clone()));
    }
}
