//! The integrity of a file: HMAC under a key derived from the password (RFC 7292, section 5.1 and appendix B).

use const_oid::ObjectIdentifier;
use der::asn1::{AnyRef, OctetStringRef};
use hmac::digest::core_api::BlockSizeUser;
use hmac::digest::{Digest, FixedOutputReset};
use hmac::{Mac, SimpleHmac};
use pkcs12::kdf::{Pkcs12KeyType, derive_key};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::OpenError;
use super::bag::{DigestInfo, MacData};
use super::pbe::{Budget, MAX_SALT};
use crate::secret::Password;

const SHA_1: ObjectIdentifier = const_oid::db::rfc5912::ID_SHA_1;
const SHA_256: ObjectIdentifier = const_oid::db::rfc5912::ID_SHA_256;
const SHA_384: ObjectIdentifier = const_oid::db::rfc5912::ID_SHA_384;
const SHA_512: ObjectIdentifier = const_oid::db::rfc5912::ID_SHA_512;

/// Verifies the MAC over a safe.
pub(super) fn verify(
    mac: &MacData<'_>,
    password: &Password,
    safe: &[u8],
    budget: &mut Budget,
) -> Result<(), OpenError> {
    let check = match mac.digest.algorithm.oid {
        SHA_1 => check::<Sha1>,
        SHA_256 => check::<Sha256>,
        SHA_384 => check::<Sha384>,
        SHA_512 => check::<Sha512>,
        _ => return Err(OpenError::Unsupported { what: "the algorithm of the MAC" }),
    };
    if mac.salt.as_bytes().len() > MAX_SALT {
        return Err(OpenError::TooExpensive);
    }
    // An empty password is written as two zero bytes by some programs, as nothing at all by others.
    let whole = bmp(password);
    let spellings: &[&[u8]] = if password.expose().is_empty() { &[&whole, &[]] } else { &[&whole] };
    for spelling in spellings {
        budget.spend(mac.iterations, 1)?;
        if check(spelling, mac, safe) {
            return Ok(());
        }
    }
    Err(OpenError::WrongPassword)
}

/// Compares in constant time.
fn check<D: Digest + FixedOutputReset + BlockSizeUser>(
    password: &[u8],
    mac: &MacData<'_>,
    safe: &[u8],
) -> bool {
    let digest = mac.digest.digest.as_bytes();
    keyed::<D>(password, mac.salt.as_bytes(), mac.iterations)
        .chain_update(safe)
        .verify_slice(digest)
        .is_ok()
}

/// HMAC under the key that appendix B derives, which is as long as the hash.
fn keyed<D: Digest + FixedOutputReset + BlockSizeUser>(
    password: &[u8],
    salt: &[u8],
    iterations: u32,
) -> SimpleHmac<D> {
    let rounds = i32::try_from(iterations).expect("the budget is far below 2^31");
    let length = <D as Digest>::output_size();
    let key = derive_key::<D>(password, salt, Pkcs12KeyType::Mac, rounds, length);
    let key = Zeroizing::new(key);
    Mac::new_from_slice(&key).expect("HMAC takes keys of any length")
}

/// The MAC over a safe that is written, with SHA-256.
pub(super) fn digest(password: &Password, salt: &[u8], iterations: u32, safe: &[u8]) -> [u8; 32] {
    keyed::<Sha256>(&bmp(password), salt, iterations)
        .chain_update(safe)
        .finalize()
        .into_bytes()
        .into()
}

/// `MacData` for a digest with SHA-256.
pub(super) fn data<'a>(
    digest: &'a [u8; 32],
    salt: &'a [u8],
    iterations: u32,
) -> Result<MacData<'a>, der::Error> {
    let algorithm = AlgorithmIdentifierRef { oid: SHA_256, parameters: Some(AnyRef::NULL) };
    Ok(MacData {
        digest: DigestInfo { algorithm, digest: OctetStringRef::new(digest)? },
        salt: OctetStringRef::new(salt)?,
        iterations,
    })
}

/// The password as a BMPString with two zero bytes at its end (RFC 7292, appendix B.1). Characters beyond the basic
/// plane are written as surrogates, as OpenSSL and Java do.
fn bmp(password: &Password) -> Zeroizing<Vec<u8>> {
    let text = password.expose();
    // All room at once: a buffer that grows leaves its old contents behind. UTF-16 has at most as many units as
    // UTF-8 has bytes.
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * text.len() + 2));
    for unit in text.encode_utf16() {
        bytes.extend_from_slice(&unit.to_be_bytes());
    }
    bytes.extend_from_slice(&[0, 0]);
    bytes
}
