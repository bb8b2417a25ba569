//! How Kazakhstan writes GOST keys: the algorithm identifiers, points and private numbers.

use const_oid::ObjectIdentifier;
use der::asn1::{AnyRef, OctetStringRef, UintRef};
use der::{Decode, Encode};
use pkcs8::PrivateKeyInfo;
use primeorder::elliptic_curve::Scalar;
use primeorder::elliptic_curve::group::Group as _;
use primeorder::elliptic_curve::point::AffineCoordinates;
use primeorder::{AffinePoint, FieldBytes, PrimeField, ProjectivePoint};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use zeroize::{Zeroize, Zeroizing};

use super::curve::{Curve512, Curve2004, GostCurve};
use crate::crypto::CryptoError;
use crate::crypto::key::NotAPrivateKey;
use crate::crypto::public::{NotAPublicKey, PublicKey};

/// A key of ST RK GOST R 34.10-2015 with 512 bits.
pub(in super::super) const KEY_512: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.398.3.10.1.1.2.2");

/// A key of GOST 34.310-2004.
pub(in super::super) const KEY_2004: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.398.3.10.1.1.1.1");

/// The parameters in DER: SEQUENCE { curve OBJECT IDENTIFIER, hash OBJECT IDENTIFIER }.
const PARAMETERS_512: &[u8] = b"\x30\x16\x06\x0a\x2a\x83\x0e\x03\x0a\x01\x01\x02\x02\x01\
    \x06\x08\x2a\x83\x0e\x03\x0a\x01\x03\x03";
const PARAMETERS_2004: &[u8] = b"\x30\x18\x06\x0a\x2a\x83\x0e\x03\x0a\x01\x01\x01\x01\x01\
    \x06\x0a\x2a\x83\x0e\x03\x0a\x01\x03\x01\x01\x00";

/// A public key: a point other than zero.
pub(in super::super) type Point<C> = AffinePoint<C>;

/// How the keys on a curve are written.
pub(in super::super) trait Encoding: GostCurve {
    /// The key's object identifier.
    const KEY: ObjectIdentifier;
    /// The only parameters that we know with it.
    const PARAMETERS: &'static [u8];
    /// The private number's bytes, most significant first, from the content of PKCS#8's `privateKey`.
    fn decode_secret(content: &[u8]) -> Option<Zeroizing<Vec<u8>>>;
    /// The content of PKCS#8's `privateKey` from the number's bytes, most significant first.
    fn encode_secret(number: &[u8]) -> der::Result<Zeroizing<Vec<u8>>>;
}

impl Encoding for Curve512 {
    const KEY: ObjectIdentifier = KEY_512;
    const PARAMETERS: &'static [u8] = PARAMETERS_512;

    fn decode_secret(content: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut number =
            Zeroizing::new(OctetStringRef::from_der(content).ok()?.as_bytes().to_vec());
        number.reverse();
        Some(number)
    }

    fn encode_secret(number: &[u8]) -> der::Result<Zeroizing<Vec<u8>>> {
        let mut reversed = Zeroizing::new(number.to_vec());
        reversed.reverse();
        Ok(Zeroizing::new(OctetStringRef::new(&reversed)?.to_der()?))
    }
}

impl Encoding for Curve2004 {
    const KEY: ObjectIdentifier = KEY_2004;
    const PARAMETERS: &'static [u8] = PARAMETERS_2004;

    fn decode_secret(content: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let number = UintRef::from_der(content).ok()?;
        let missing = Self::LEN.checked_sub(number.as_bytes().len())?;
        let mut padded = Zeroizing::new(vec![0; Self::LEN]);
        padded[missing..].copy_from_slice(number.as_bytes());
        Some(padded)
    }

    fn encode_secret(number: &[u8]) -> der::Result<Zeroizing<Vec<u8>>> {
        Ok(Zeroizing::new(UintRef::new(number)?.to_der()?))
    }
}

fn parameters_are<C: Encoding>(algorithm: &AlgorithmIdentifierRef<'_>) -> bool {
    AnyRef::from_der(C::PARAMETERS).is_ok_and(|known| algorithm.parameters == Some(known))
}

/// Reads the content of `subjectPublicKey`: an OCTET STRING with X and Y, each little-endian.
pub(in super::super) fn read_public<C: Encoding>(
    algorithm: &AlgorithmIdentifierRef<'_>,
    bits: &[u8],
) -> Result<Point<C>, NotAPublicKey> {
    if !parameters_are::<C>(algorithm) {
        return Err(NotAPublicKey::Unsupported);
    }
    let octets = OctetStringRef::from_der(bits).map_err(|_| NotAPublicKey::Malformed)?;
    let (x, y) = octets.as_bytes().split_at_checked(C::LEN).ok_or(NotAPublicKey::Malformed)?;
    let coordinate = |bytes: &[u8]| {
        let mut reversed = bytes.to_vec();
        reversed.reverse();
        FieldBytes::<C>::try_from(reversed.as_slice()).map_err(|_| NotAPublicKey::Malformed)
    };
    // Checks that both are below p and that the point is on the curve; zero has no coordinates.
    let point: Option<Point<C>> =
        Point::<C>::from_coordinates(&coordinate(x)?, &coordinate(y)?).into();
    point.ok_or(NotAPublicKey::Malformed)
}

/// Writes `SubjectPublicKeyInfo`.
fn write_public<C: Encoding>(point: &Point<C>) -> der::Result<Vec<u8>> {
    let mut octets = Vec::with_capacity(2 * C::LEN);
    octets.extend(point.x().iter().rev());
    octets.extend(point.y().iter().rev());
    let bits = OctetStringRef::new(&octets)?.to_der()?;
    SubjectPublicKeyInfoRef {
        algorithm: AlgorithmIdentifierRef {
            oid: C::KEY,
            parameters: Some(AnyRef::from_der(C::PARAMETERS)?),
        },
        subject_public_key: der::asn1::BitStringRef::from_bytes(&bits)?,
    }
    .to_der()
}

/// A private number between 0 and q, wiped when dropped.
pub(in super::super) struct Secret<C: GostCurve>(Scalar<C>);

impl<C: GostCurve> Secret<C> {
    /// Takes bytes, most significant first; `None` unless they are a number above 0 and below q.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut repr = FieldBytes::<C>::try_from(bytes).ok()?;
        let number: Option<Scalar<C>> = Scalar::<C>::from_repr(repr).into();
        repr.as_mut_slice().zeroize();
        let number = Self(number?);
        (!bool::from(primeorder::Field::is_zero(&number.0))).then_some(number)
    }

    pub(super) fn number(&self) -> &Scalar<C> {
        &self.0
    }

    /// Its bytes, most significant first.
    pub(super) fn bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut repr = self.0.to_repr();
        let bytes = Zeroizing::new(repr.to_vec());
        repr.as_mut_slice().zeroize();
        bytes
    }

    pub(super) fn point(&self) -> Point<C> {
        ProjectivePoint::<C>::mul_by_generator(&self.0).to_affine()
    }
}

impl<C: GostCurve> Drop for Secret<C> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Reads the private number of a key that [`PrivateKey`](crate::crypto::PrivateKey) wrote.
pub(in super::super) fn read_secret<C: Encoding>(pkcs8: &[u8]) -> Result<Secret<C>, CryptoError> {
    let info = PrivateKeyInfo::try_from(pkcs8).map_err(|_| CryptoError::Failed)?;
    let bytes = C::decode_secret(info.private_key).ok_or(CryptoError::Failed)?;
    Secret::from_bytes(&bytes).ok_or(CryptoError::Failed)
}

/// Reads a private key; returns it as PKCS#8 with its public key.
pub(in super::super) fn read_private<C: Encoding>(
    info: &PrivateKeyInfo<'_>,
) -> Result<(Zeroizing<Vec<u8>>, PublicKey), NotAPrivateKey> {
    if !parameters_are::<C>(&info.algorithm) {
        return Err(NotAPrivateKey::Unsupported);
    }
    let bytes = C::decode_secret(info.private_key).ok_or(NotAPrivateKey::Malformed)?;
    let secret = Secret::<C>::from_bytes(&bytes).ok_or(NotAPrivateKey::Malformed)?;
    let spki = write_public(&secret.point()).map_err(|_| NotAPrivateKey::Malformed)?;
    let public = PublicKey::from_spki(&spki).map_err(|_| NotAPrivateKey::Malformed)?;
    let pkcs8 = write_private(&secret).map_err(|_| NotAPrivateKey::Malformed)?;
    Ok((pkcs8, public))
}

/// Writes a private key as `PrivateKeyInfo` version 1, as the authority's own files have it.
pub(in super::super) fn write_private<C: Encoding>(
    secret: &Secret<C>,
) -> der::Result<Zeroizing<Vec<u8>>> {
    let content = C::encode_secret(&secret.bytes())?;
    let algorithm =
        AlgorithmIdentifierRef { oid: C::KEY, parameters: Some(AnyRef::from_der(C::PARAMETERS)?) };
    Ok(Zeroizing::new(PrivateKeyInfo::new(algorithm, &content).to_der()?))
}
