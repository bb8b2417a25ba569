//! Signing and verifying (RFC 7091, section 6; GOST R 34.10-2012, section 6).

use hmac_gost::{Hmac, KeyInit as _, Mac as _};
use primeorder::elliptic_curve::Scalar;
use primeorder::elliptic_curve::group::Group;
use primeorder::elliptic_curve::ops::{Invert as _, MulByGeneratorVartime as _, Reduce as _};
use primeorder::elliptic_curve::point::AffineCoordinates as _;
use primeorder::{Field as _, FieldBytes, PrimeField as _, ProjectivePoint};
use rand_core::CryptoRngCore;
use streebog::Streebog512;
use zeroize::{Zeroize as _, Zeroizing};

use super::curve::GostCurve;
use super::encoding::{Encoding, Point, Secret, read_secret, write_private};
use crate::crypto::CryptoError;
use crate::crypto::public::BadSignature;

/// A candidate is out of range once in 2^128, so that a second failure means that something is broken.
const ATTEMPTS: u8 = 8;

/// Makes a key by trial, which is without bias; returns it as PKCS#8.
pub(in super::super) fn generate<C: Encoding>(
    random: &mut impl CryptoRngCore,
) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let mut candidate = Zeroizing::new(vec![0; C::LEN]);
    for _ in 0..ATTEMPTS {
        random.fill_bytes(&mut candidate);
        if let Some(secret) = Secret::<C>::from_bytes(&candidate) {
            return write_private(&secret).map_err(|_| CryptoError::Failed);
        }
    }
    Err(CryptoError::Failed)
}

/// Signs a digest: r, s, each little-endian. Verify the result before you give it out: a fault in the arithmetic must
/// not betray the key.
pub(in super::super) fn sign<C: Encoding>(
    random: &mut impl CryptoRngCore,
    pkcs8: &[u8],
    digest: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    let secret = read_secret::<C>(pkcs8)?;
    let mut fresh = Zeroizing::new([0; 64]);
    for attempt in 0..ATTEMPTS {
        random.fill_bytes(fresh.as_mut());
        let Some(nonce) = nonce(&secret, &fresh, digest, attempt) else { continue };
        if let Some(signature) = sign_with(&secret, &nonce, digest) {
            return Ok(signature);
        }
    }
    Err(CryptoError::Failed)
}

/// The one-time number: HMAC-Streebog-512, keyed with the private key, of fresh randomness and the digest. Poor
/// randomness cannot betray the key, since the number then still depends on the key and the digest; and good
/// randomness keeps equal messages from having equal signatures.
fn nonce<C: GostCurve>(
    secret: &Secret<C>,
    fresh: &[u8; 64],
    digest: &[u8],
    attempt: u8,
) -> Option<Secret<C>> {
    let mut mac = Hmac::<Streebog512>::new_from_slice(&secret.bytes()).ok()?;
    mac.update(b"tanba one-time number");
    mac.update(&[attempt]);
    mac.update(fresh);
    mac.update(digest);
    let mut number = mac.finalize().into_bytes();
    let nonce = number.get(..C::LEN).and_then(Secret::from_bytes);
    number.as_mut_slice().zeroize();
    nonce
}

/// The number of a digest: little-endian, modulo q, and 1 for 0.
fn number_of<C: GostCurve>(digest: &[u8]) -> Option<Scalar<C>> {
    let mut reversed = digest.to_vec();
    reversed.reverse();
    let number = Scalar::<C>::reduce(&FieldBytes::<C>::try_from(reversed.as_slice()).ok()?);
    Some(if bool::from(number.is_zero()) { Scalar::<C>::ONE } else { number })
}

/// The x coordinate of a point, modulo q.
fn x_of<C: GostCurve>(point: &ProjectivePoint<C>) -> Scalar<C> {
    Scalar::<C>::reduce(&point.to_affine().x())
}

/// Signs with a given one-time number; `None` in the case, never met, that r or s is zero.
fn sign_with<C: GostCurve>(
    secret: &Secret<C>,
    nonce: &Secret<C>,
    digest: &[u8],
) -> Option<Vec<u8>> {
    let e = number_of::<C>(digest)?;
    let r = x_of(&ProjectivePoint::<C>::mul_by_generator(nonce.number()));
    let s = r * secret.number() + e * nonce.number();
    if bool::from(r.is_zero() | s.is_zero()) {
        return None;
    }
    let mut signature = Vec::with_capacity(2 * C::LEN);
    signature.extend(r.to_repr().iter().rev());
    signature.extend(s.to_repr().iter().rev());
    Some(signature)
}

/// Verifies r, s over a digest. Everything here is public, so that time may depend on it.
pub(in super::super) fn verify<C: GostCurve>(
    point: &Point<C>,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), BadSignature> {
    if signature.len() != 2 * C::LEN {
        return Err(BadSignature);
    }
    let half = |bytes: &[u8]| {
        let mut reversed = bytes.to_vec();
        reversed.reverse();
        // Refuses zero and everything from q on.
        Secret::<C>::from_bytes(&reversed).map(|half| *half.number()).ok_or(BadSignature)
    };
    let (r, s) = signature.split_at(C::LEN);
    let (r, s) = (half(r)?, half(s)?);
    let e = number_of::<C>(digest).ok_or(BadSignature)?;
    let inverse: Option<Scalar<C>> = e.invert_vartime().into();
    let inverse = inverse.ok_or(BadSignature)?;
    let sum = ProjectivePoint::<C>::mul_by_generator_and_mul_add_vartime(
        &(s * inverse),
        &(-(r * inverse)),
        &ProjectivePoint::<C>::from(*point),
    );
    if bool::from(sum.is_identity()) || x_of(&sum) != r {
        return Err(BadSignature);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
