//! PBKDF2 (RFC 8018, section 5.2), and the HMACs that it runs on.

use const_oid::ObjectIdentifier;
use der::asn1::{AnyRef, OctetStringRef};
use der::{Decode, Encode, Sequence};
use hmac::{Hmac, Mac};
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::{Budget, MAX_SALT, oid, parameters};
use crate::pkcs12::OpenError;

const PBKDF2: ObjectIdentifier = oid("1.2.840.113549.1.5.12");

/// `PBKDF2-params`, RFC 8018, appendix A.2. The salt's other source is used by nobody.
#[derive(Sequence)]
struct Params<'a> {
    salt: OctetStringRef<'a>,
    iterations: u32,
    #[asn1(optional = "true")]
    key_length: Option<u16>,
    /// HMAC-SHA1 if it is missing.
    #[asn1(optional = "true")]
    function: Option<AlgorithmIdentifierRef<'a>>,
}

/// HMAC with a hash.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::pkcs12) enum Function {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Function {
    const ALL: [Self; 5] = [Self::Sha1, Self::Sha224, Self::Sha256, Self::Sha384, Self::Sha512];

    pub(in crate::pkcs12) const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha1 => oid("1.2.840.113549.2.7"),
            Self::Sha224 => oid("1.2.840.113549.2.8"),
            Self::Sha256 => oid("1.2.840.113549.2.9"),
            Self::Sha384 => oid("1.2.840.113549.2.10"),
            Self::Sha512 => oid("1.2.840.113549.2.11"),
        }
    }

    pub(in crate::pkcs12) fn of(oid: ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.oid() == oid)
    }

    /// How many bytes it gives, and so one run of all iterations.
    pub(in crate::pkcs12) const fn output(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    fn derive(self, password: &[u8], salt: &[u8], iterations: u32, key: &mut [u8]) {
        match self {
            Self::Sha1 => pbkdf2_hmac::<Sha1>(password, salt, iterations, key),
            Self::Sha224 => pbkdf2_hmac::<Sha224>(password, salt, iterations, key),
            Self::Sha256 => pbkdf2_hmac::<Sha256>(password, salt, iterations, key),
            Self::Sha384 => pbkdf2_hmac::<Sha384>(password, salt, iterations, key),
            Self::Sha512 => pbkdf2_hmac::<Sha512>(password, salt, iterations, key),
        }
    }

    /// Whether `tag` is the whole HMAC of a message. Compares in constant time.
    pub(in crate::pkcs12) fn verify(self, key: &[u8], message: &[u8], tag: &[u8]) -> bool {
        fn check<M: Mac + hmac::digest::KeyInit>(key: &[u8], message: &[u8], tag: &[u8]) -> bool {
            <M as Mac>::new_from_slice(key)
                .is_ok_and(|mac| mac.chain_update(message).verify_slice(tag).is_ok())
        }
        match self {
            Self::Sha1 => check::<Hmac<Sha1>>(key, message, tag),
            Self::Sha224 => check::<Hmac<Sha224>>(key, message, tag),
            Self::Sha256 => check::<Hmac<Sha256>>(key, message, tag),
            Self::Sha384 => check::<Hmac<Sha384>>(key, message, tag),
            Self::Sha512 => check::<Hmac<Sha512>>(key, message, tag),
        }
    }
}

/// A derivation, read and not yet run.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::pkcs12) struct Derivation {
    pub(super) salt: Vec<u8>,
    pub(super) iterations: u32,
    pub(super) function: Function,
    /// As the file gives it.
    pub(in crate::pkcs12) key_length: Option<usize>,
}

impl Derivation {
    pub(in crate::pkcs12) fn read(
        algorithm: &AlgorithmIdentifierRef<'_>,
    ) -> Result<Self, OpenError> {
        if algorithm.oid != PBKDF2 {
            return Err(OpenError::Unsupported { what: "a derivation other than PBKDF2" });
        }
        let params: Params<'_> = parameters(algorithm, "the parameters of PBKDF2")?;
        let function = match params.function {
            None => Function::Sha1,
            Some(named) => Function::of(named.oid)
                .ok_or(OpenError::Unsupported { what: "the hash of PBKDF2" })?,
        };
        let salt = params.salt.as_bytes().to_vec();
        if salt.len() > MAX_SALT {
            return Err(OpenError::TooExpensive);
        }
        let key_length = params.key_length.map(usize::from);
        Ok(Self { salt, iterations: params.iterations, function, key_length })
    }

    /// Derives a key of some bytes; PBKDF2 takes passwords in UTF-8.
    pub(in crate::pkcs12) fn run(
        &self,
        password: &[u8],
        length: usize,
        budget: &mut Budget,
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        budget.spend(self.iterations, length.div_ceil(self.function.output()))?;
        Ok(self.key(password, length))
    }

    /// As [`Self::run`], with our own counts.
    pub(super) fn key(&self, password: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
        let mut key = Zeroizing::new(vec![0; length]);
        self.function.derive(password, &self.salt, self.iterations, &mut key);
        key
    }

    /// The `AlgorithmIdentifier` in DER.
    pub(in crate::pkcs12) fn to_der(&self) -> Result<Vec<u8>, der::Error> {
        let function =
            AlgorithmIdentifierRef { oid: self.function.oid(), parameters: Some(AnyRef::NULL) };
        let key_length = self.key_length.map(u16::try_from).transpose();
        let params = Params {
            salt: OctetStringRef::new(&self.salt)?,
            iterations: self.iterations,
            key_length: key_length.map_err(|_| der::ErrorKind::Overflow)?,
            function: Some(function),
        }
        .to_der()?;
        AlgorithmIdentifierRef { oid: PBKDF2, parameters: Some(AnyRef::from_der(&params)?) }
            .to_der()
    }
}
