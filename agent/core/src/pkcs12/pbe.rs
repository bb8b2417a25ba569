//! Encryption under a password: PBES2 (RFC 8018, section 6.2) with PBKDF2 and AES in CBC mode.
//!
//! The old schemes of RFC 7292, appendix C, have their place in a file of their own beside this one.

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit};
use const_oid::ObjectIdentifier;
use der::asn1::{AnyRef, OctetStringRef};
use der::{Decode, Encode, Sequence};
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::{OpenError, damaged};
use crate::secret::Password;

/// Iterations that all derivations of one file may take together: some seconds on a slow machine.
pub(super) const MAX_ITERATIONS: u64 = 10_000_000;

/// Longer salts add nothing; honest ones have 8 to 64 bytes.
pub(super) const MAX_SALT: usize = 1024;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const PBES2: ObjectIdentifier = oid("1.2.840.113549.1.5.13");
const PBKDF2: ObjectIdentifier = oid("1.2.840.113549.1.5.12");

/// `PBES2-params`, RFC 8018, appendix A.4.
#[derive(Sequence)]
struct Pbes2Params<'a> {
    derivation: AlgorithmIdentifierRef<'a>,
    cipher: AlgorithmIdentifierRef<'a>,
}

/// `PBKDF2-params`, RFC 8018, appendix A.2. The salt's other source is used by nobody.
#[derive(Sequence)]
struct Pbkdf2Params<'a> {
    salt: OctetStringRef<'a>,
    iterations: u32,
    #[asn1(optional = "true")]
    key_length: Option<u16>,
    /// HMAC-SHA1 if it is missing.
    #[asn1(optional = "true")]
    function: Option<AlgorithmIdentifierRef<'a>>,
}

/// The pseudo-random function of a derivation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Function {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Function {
    const ALL: [Self; 4] = [Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512];

    const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha1 => oid("1.2.840.113549.2.7"),
            Self::Sha256 => oid("1.2.840.113549.2.9"),
            Self::Sha384 => oid("1.2.840.113549.2.10"),
            Self::Sha512 => oid("1.2.840.113549.2.11"),
        }
    }

    /// How many bytes one run of all iterations gives.
    const fn output(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    fn derive(self, password: &[u8], salt: &[u8], iterations: u32, key: &mut [u8]) {
        match self {
            Self::Sha1 => pbkdf2_hmac::<Sha1>(password, salt, iterations, key),
            Self::Sha256 => pbkdf2_hmac::<Sha256>(password, salt, iterations, key),
            Self::Sha384 => pbkdf2_hmac::<Sha384>(password, salt, iterations, key),
            Self::Sha512 => pbkdf2_hmac::<Sha512>(password, salt, iterations, key),
        }
    }
}

/// AES in CBC mode with PKCS#7 padding.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cipher {
    Aes128,
    Aes192,
    Aes256,
}

impl Cipher {
    const ALL: [Self; 3] = [Self::Aes128, Self::Aes192, Self::Aes256];

    const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Aes128 => oid("2.16.840.1.101.3.4.1.2"),
            Self::Aes192 => oid("2.16.840.1.101.3.4.1.22"),
            Self::Aes256 => oid("2.16.840.1.101.3.4.1.42"),
        }
    }

    const fn key_length(self) -> usize {
        match self {
            Self::Aes128 => 16,
            Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }

    /// Decrypts in place; `None` if the padding is none.
    fn decrypt(self, key: &[u8], iv: &[u8; 16], buffer: &mut Zeroizing<Vec<u8>>) -> Option<()> {
        fn run<D: BlockDecryptMut + KeyIvInit>(
            key: &[u8],
            iv: &[u8],
            buffer: &mut [u8],
        ) -> Option<usize> {
            let cipher = D::new_from_slices(key, iv).ok()?;
            cipher.decrypt_padded_mut::<Pkcs7>(buffer).ok().map(<[u8]>::len)
        }
        let length = match self {
            Self::Aes128 => run::<cbc::Decryptor<Aes128>>(key, iv, buffer),
            Self::Aes192 => run::<cbc::Decryptor<Aes192>>(key, iv, buffer),
            Self::Aes256 => run::<cbc::Decryptor<Aes256>>(key, iv, buffer),
        }?;
        buffer.truncate(length);
        Some(())
    }
}

/// The work that may still be done for a file.
pub(super) struct Budget(u64);

impl Budget {
    pub(super) fn new() -> Self {
        Self(MAX_ITERATIONS)
    }

    /// Takes work off before it is done.
    pub(super) fn spend(&mut self, iterations: u32, blocks: usize) -> Result<(), OpenError> {
        if iterations == 0 {
            return Err(OpenError::Damaged { what: "a derivation without iterations" });
        }
        let blocks = u64::try_from(blocks).map_err(|_| OpenError::TooExpensive)?;
        let work = u64::from(iterations).saturating_mul(blocks);
        self.0 = self.0.checked_sub(work).ok_or(OpenError::TooExpensive)?;
        Ok(())
    }
}

/// Decrypts the parts of one file. Keys are derived once for each salt: most programs use one salt per part, ours one
/// per file.
pub(super) struct Decryption<'a> {
    password: &'a Password,
    derived: Vec<Derived>,
}

struct Derived {
    salt: Vec<u8>,
    iterations: u32,
    function: Function,
    key: Zeroizing<Vec<u8>>,
}

impl<'a> Decryption<'a> {
    pub(super) fn new(password: &'a Password) -> Self {
        Self { password, derived: Vec::new() }
    }

    /// Decrypts one part. The MAC has been verified by now, so that a part which does not decrypt is damage (or was
    /// written under a second password, which no program in use does).
    pub(super) fn decrypt(
        &mut self,
        algorithm: &AlgorithmIdentifierRef<'_>,
        data: &[u8],
        budget: &mut Budget,
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        if algorithm.oid != PBES2 {
            return Err(OpenError::Unsupported { what: "an encryption other than PBES2" });
        }
        let params: Pbes2Params<'_> = parameters(algorithm, "the parameters of PBES2")?;
        let cipher = Cipher::ALL
            .into_iter()
            .find(|cipher| cipher.oid() == params.cipher.oid)
            .ok_or(OpenError::Unsupported { what: "a cipher other than AES-CBC" })?;
        let iv: OctetStringRef<'_> = parameters(&params.cipher, "the initial vector")?;
        let iv: &[u8; 16] = iv
            .as_bytes()
            .try_into()
            .map_err(|_| OpenError::Damaged { what: "the initial vector" })?;
        let key = self.derive(&params.derivation, cipher, budget)?;
        let mut buffer = Zeroizing::new(data.to_vec());
        cipher
            .decrypt(key, iv, &mut buffer)
            .ok_or(OpenError::Damaged { what: "an encrypted part" })?;
        Ok(buffer)
    }

    fn derive(
        &mut self,
        algorithm: &AlgorithmIdentifierRef<'_>,
        cipher: Cipher,
        budget: &mut Budget,
    ) -> Result<&[u8], OpenError> {
        if algorithm.oid != PBKDF2 {
            return Err(OpenError::Unsupported { what: "a derivation other than PBKDF2" });
        }
        let params: Pbkdf2Params<'_> = parameters(algorithm, "the parameters of PBKDF2")?;
        let function = match params.function {
            None => Function::Sha1,
            Some(named) => Function::ALL
                .into_iter()
                .find(|function| function.oid() == named.oid)
                .ok_or(OpenError::Unsupported { what: "the hash of PBKDF2" })?,
        };
        let length = cipher.key_length();
        if params.key_length.is_some_and(|given| usize::from(given) != length) {
            return Err(OpenError::Damaged { what: "the length of the derived key" });
        }
        let (salt, iterations) = (params.salt.as_bytes(), params.iterations);
        if salt.len() > MAX_SALT {
            return Err(OpenError::TooExpensive);
        }
        let known = self.derived.iter().position(|one| {
            one.salt == salt
                && one.iterations == iterations
                && one.function == function
                && one.key.len() == length
        });
        let at = match known {
            Some(at) => at,
            None => {
                budget.spend(iterations, length.div_ceil(function.output()))?;
                let mut key = Zeroizing::new(vec![0; length]);
                function.derive(self.password.expose().as_bytes(), salt, iterations, &mut key);
                self.derived.push(Derived { salt: salt.to_vec(), iterations, function, key });
                self.derived.len() - 1
            }
        };
        Ok(&self.derived[at].key)
    }
}

fn parameters<'a, T: Decode<'a> + der::Tagged>(
    algorithm: &AlgorithmIdentifierRef<'a>,
    what: &'static str,
) -> Result<T, OpenError>
where
    T: der::Choice<'a> + der::DecodeValue<'a>,
{
    let any = algorithm.parameters.ok_or(OpenError::Damaged { what })?;
    any.decode_as().map_err(damaged(what))
}

/// Encrypts the parts of one file under a key that is derived once.
///
/// Two parts share key and salt and differ in their random initial vectors. That is how CBC is meant to be used: its
/// security is stated for many messages under one key, as long as their vectors cannot be foreseen. A second salt
/// would double the owner's waiting and not the guesser's: who tries passwords tries them on one part only.
pub(super) struct Encryption {
    key: Zeroizing<[u8; 32]>,
    salt: [u8; 16],
    iterations: u32,
}

impl Encryption {
    pub(super) fn new(password: &Password, salt: [u8; 16], iterations: u32) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        Function::Sha256.derive(password.expose().as_bytes(), &salt, iterations, key.as_mut());
        Self { key, salt, iterations }
    }

    /// Encrypts one part; returns its `AlgorithmIdentifier` in DER and the encrypted bytes.
    pub(super) fn encrypt(
        &self,
        plain: &[u8],
        iv: [u8; 16],
    ) -> Result<(Vec<u8>, Vec<u8>), der::Error> {
        let prf =
            AlgorithmIdentifierRef { oid: Function::Sha256.oid(), parameters: Some(AnyRef::NULL) };
        let pbkdf2 = Pbkdf2Params {
            salt: OctetStringRef::new(&self.salt)?,
            iterations: self.iterations,
            key_length: None,
            function: Some(prf),
        }
        .to_der()?;
        let derivation =
            AlgorithmIdentifierRef { oid: PBKDF2, parameters: Some(AnyRef::from_der(&pbkdf2)?) };
        let cipher = AlgorithmIdentifierRef {
            oid: Cipher::Aes256.oid(),
            parameters: Some(OctetStringRef::new(&iv)?.into()),
        };
        let pbes2 = Pbes2Params { derivation, cipher }.to_der()?;
        let algorithm =
            AlgorithmIdentifierRef { oid: PBES2, parameters: Some(AnyRef::from_der(&pbes2)?) };
        let encrypted = cbc::Encryptor::<Aes256>::new(self.key.as_ref().into(), &iv.into())
            .encrypt_padded_vec_mut::<Pkcs7>(plain);
        Ok((algorithm.to_der()?, encrypted))
    }
}
