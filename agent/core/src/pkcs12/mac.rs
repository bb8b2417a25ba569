//! The integrity of a file: HMAC under a key derived from the password, as RFC 7292 (section 5.1 and appendix B) or
//! RFC 9579 (PBMAC1) has it.

use const_oid::ObjectIdentifier;
use der::Sequence;
use der::asn1::{AnyRef, OctetStringRef};
use hmac::digest::core_api::BlockSizeUser;
use hmac::digest::{Digest, FixedOutputReset};
use hmac::{Mac, SimpleHmac};
use pkcs12::kdf::{Pkcs12KeyType, derive_key};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::bag::{DigestInfo, MacData};
use super::pbe::pbkdf2::{Derivation, Function};
use super::pbe::{Budget, MAX_SALT};
use super::spelling::Spelling;
use super::{OpenError, damaged};
use crate::secret::Password;

const PBMAC1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.14");

/// Keys that PBMAC1 derives have at least as many bytes as SHA-1 gives (RFC 9579, section 9), and no more than a
/// block of SHA-512, so that the length asks for no work.
const PBMAC1_KEYS: std::ops::RangeInclusive<usize> = 20..=128;

/// The hash of a MAC with the derivation of appendix B.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    const ALL: [Self; 5] = [Self::Sha1, Self::Sha224, Self::Sha256, Self::Sha384, Self::Sha512];

    const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha1 => const_oid::db::rfc5912::ID_SHA_1,
            Self::Sha224 => const_oid::db::rfc5912::ID_SHA_224,
            Self::Sha256 => const_oid::db::rfc5912::ID_SHA_256,
            Self::Sha384 => const_oid::db::rfc5912::ID_SHA_384,
            Self::Sha512 => const_oid::db::rfc5912::ID_SHA_512,
        }
    }

    fn check(self, password: &[u8], mac: &MacData<'_>, safe: &[u8]) -> bool {
        match self {
            Self::Sha1 => check::<Sha1>(password, mac, safe),
            Self::Sha224 => check::<Sha224>(password, mac, safe),
            Self::Sha256 => check::<Sha256>(password, mac, safe),
            Self::Sha384 => check::<Sha384>(password, mac, safe),
            Self::Sha512 => check::<Sha512>(password, mac, safe),
        }
    }

    /// The MAC over a safe that is written.
    pub(super) fn digest(
        self,
        password: &Spelling,
        salt: &[u8],
        iterations: u32,
        safe: &[u8],
    ) -> Vec<u8> {
        fn run<D: Digest + FixedOutputReset + BlockSizeUser>(
            password: &[u8],
            salt: &[u8],
            iterations: u32,
            safe: &[u8],
        ) -> Vec<u8> {
            let mac = keyed::<D>(password, salt, iterations).chain_update(safe);
            mac.finalize().into_bytes().to_vec()
        }
        let password = password.as_bytes();
        match self {
            Self::Sha1 => run::<Sha1>(password, salt, iterations, safe),
            Self::Sha224 => run::<Sha224>(password, salt, iterations, safe),
            Self::Sha256 => run::<Sha256>(password, salt, iterations, safe),
            Self::Sha384 => run::<Sha384>(password, salt, iterations, safe),
            Self::Sha512 => run::<Sha512>(password, salt, iterations, safe),
        }
    }

    /// `MacData` for a digest.
    pub(super) fn data<'a>(
        self,
        digest: &'a [u8],
        salt: &'a [u8],
        iterations: u32,
    ) -> Result<MacData<'a>, der::Error> {
        let algorithm = AlgorithmIdentifierRef { oid: self.oid(), parameters: Some(AnyRef::NULL) };
        Ok(MacData {
            digest: DigestInfo { algorithm, digest: OctetStringRef::new(digest)? },
            salt: OctetStringRef::new(salt)?,
            iterations,
        })
    }
}

/// Verifies the MAC over a safe; returns how the password was spelled.
pub(super) fn verify(
    mac: &MacData<'_>,
    password: &Password,
    safe: &[u8],
    budget: &mut Budget,
) -> Result<Spelling, OpenError> {
    let algorithm = &mac.digest.algorithm;
    if algorithm.oid == PBMAC1 {
        return verify_pbmac1(mac, password, safe, budget);
    }
    let hash = Hash::ALL
        .into_iter()
        .find(|hash| hash.oid() == algorithm.oid)
        .ok_or(OpenError::Unsupported { what: "the algorithm of the MAC" })?;
    if mac.salt.as_bytes().len() > MAX_SALT {
        return Err(OpenError::TooExpensive);
    }
    for spelling in Spelling::all(password) {
        budget.spend(mac.iterations, 1)?;
        if hash.check(spelling.as_bytes(), mac, safe) {
            return Ok(spelling);
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

/// `PBMAC1-params`, RFC 8018, appendix A.5.
#[derive(Sequence)]
struct Pbmac1Params<'a> {
    derivation: AlgorithmIdentifierRef<'a>,
    mac: AlgorithmIdentifierRef<'a>,
}

/// Salt and iterations of the old kind mean nothing here (RFC 9579, section 4).
fn verify_pbmac1(
    mac: &MacData<'_>,
    password: &Password,
    safe: &[u8],
    budget: &mut Budget,
) -> Result<Spelling, OpenError> {
    let what = "the parameters of the MAC";
    let params = mac.digest.algorithm.parameters.ok_or(OpenError::Damaged { what })?;
    let params: Pbmac1Params<'_> = params.decode_as().map_err(damaged(what))?;
    let function = Function::of(params.mac.oid)
        .ok_or(OpenError::Unsupported { what: "the algorithm of the MAC" })?;
    let derivation = Derivation::read(&params.derivation)?;
    let length = derivation.key_length.filter(|length| PBMAC1_KEYS.contains(length));
    let length = length.ok_or(OpenError::Unsupported { what: "the length of the MAC's key" })?;
    let key = derivation.run(password.expose().as_bytes(), length, budget)?;
    if function.verify(&key, safe, mac.digest.digest.as_bytes()) {
        Ok(Spelling::standard(password))
    } else {
        Err(OpenError::WrongPassword)
    }
}
