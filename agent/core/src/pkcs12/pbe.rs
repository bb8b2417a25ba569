//! Encryption under a password: PBES2 (RFC 8018, section 6.2) with PBKDF2 and AES in CBC mode.
//!
//! The old schemes of RFC 7292, appendix C, are not read.

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

fn parameters<'a, T: der::Choice<'a> + der::DecodeValue<'a>>(
    algorithm: &AlgorithmIdentifierRef<'a>,
    what: &'static str,
) -> Result<T, OpenError> {
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

#[cfg(test)]
mod tests {
    use super::super::bag::EncryptedPrivateKeyInfo;
    use super::*;

    /// A key that OpenSSL 3.0.19 made for these tests (`openssl genpkey`, P-256), as PKCS#8.
    const PLAIN: &str = "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420\
        e9eb9eab88fcbd03328e9e5f28ad2716da01c16e8bcfed96d932f44355e38b76a14403420004b24c063a2e39\
        53fb5c5161f6978364ba2a3d2f2d8185cc283933e2d4eda408bdc76d366a3e23b9d8cc70d57457fe9be6dc86\
        a38ac75eae8ae0d5457ed7560b42";

    /// The same by `openssl pkcs8 -topk8 -v2 CIPHER -v2prf FUNCTION -iter 1000`, password `Qwerty12`.
    const ENCRYPTED: [(&str, &str); 4] = [
        (
            "aes-128-cbc hmacWithSHA1",
            "3081de304906092a864886f70d01050d303c301b06092a864886f70d01050c300e04086486012d2fa3fc\
             0d020203e8301d060960864801650304010204103fcbabf742b1669b24650a8aca00aa01048190fef3ba\
             27f7408e8638d14864ae9199611750b27509de5e39396be6adb6b328861c5283cf3cf79b8bba3e856701\
             8ed575da70a31fc185ba96181c000bd9cf6a76af482e1928c33bd11d5852f8f2dd22cbb55e2a29e1c61b\
             f34fae3462ceff0270425e128b1717cab4dd70f7cc4657ad58b4751f983ea17c1c4aa8b9b255261e4bc7\
             fe96e08968138ec89e9748a8af0dce",
        ),
        (
            "aes-192-cbc hmacWithSHA512",
            "3081ec305706092a864886f70d01050d304a302906092a864886f70d01050c301c04086b371c8e2fa293\
             8a020203e8300c06082a864886f70d020b0500301d06096086480165030401160410b2a9d0d34d8f9ecd\
             28bc827e2fa3b96d048190764dfe6c418e4a55913b1cbd7310b9b6b30763d2bca87d1b19099209985777\
             e3e6d0e98ecf6609701bceb33bc383d9a0f1636c48920906ea065585ace811510d26dc71a74c22ae16e8\
             90f6ec7ab33a027b855abbad5f0a0c7dab43ab21fd6aa6165d7d13262cc2836b540440536e4ba4a3be26\
             be1c2ccb57e1168225a33d536fea91dccebd1e8575210111134fed97a7",
        ),
        (
            "aes-256-cbc hmacWithSHA384",
            "3081ec305706092a864886f70d01050d304a302906092a864886f70d01050c301c04089fec5734e6ea05\
             53020203e8300c06082a864886f70d020a0500301d060960864801650304012a0410f3d9586069511bf0\
             32438f9b8b04421e0481906657fa7a46ea94696073821fa9287a6ef99a90ca87fde41f38db3661a5128d\
             1a6327cbd157ba0b3563e692e9cd0cc65aab1e3292115ab81680b42fababc6207d59405d2353ef446ff3\
             a0b9608f8ed7a8b4ef384ba1eb1abdc55e8ccfcadb28d5c7d8b1492c3430b8922b7be36649dd38c12035\
             a5f15014d90054da4c1ae204d6e6735f3f672642b138fd95393f062c13",
        ),
        (
            "aes-256-cbc hmacWithSHA256",
            "3081ec305706092a864886f70d01050d304a302906092a864886f70d01050c301c0408f1effb32a8fdec\
             ef020203e8300c06082a864886f70d02090500301d060960864801650304012a04109178e583bf2cf361\
             8ac8020aff5be0e4048190b1a7bb54111d11a2a95f33fef6d788a805b8f69ebde73ac100b622749dfc19\
             2e2bf12fce22699d1c8a7d52d0d0348d5115dc1172edf3d1011ce7e6d2c788996231fd0a0740333ec56a\
             91ff4d9e9c326cbe61df48f78c1e2b87d0661ce94f3a29dff5fe5548d36fe33d0aed79e7596e72f771db\
             fe6cc220df237bfbb1158c808f2bb1ea9a58db03e7b378748b0bd7d666",
        ),
    ];

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
        digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()).collect()
    }

    fn password(text: &str) -> Password {
        Password::new(text.to_owned())
    }

    #[test]
    fn every_cipher_and_function_reads_what_openssl_wrote() {
        let mut budget = Budget::new();
        for (how, text) in ENCRYPTED {
            let der = hex(text);
            let info = EncryptedPrivateKeyInfo::from_der(&der).unwrap();
            let right = password("Qwerty12");
            let plain = Decryption::new(&right)
                .decrypt(&info.algorithm, info.data.as_bytes(), &mut budget)
                .unwrap();
            assert_eq!(*plain, hex(PLAIN), "{how}");
            let wrong = password("qwerty12");
            let other =
                Decryption::new(&wrong).decrypt(&info.algorithm, info.data.as_bytes(), &mut budget);
            assert!(other.is_err() || other.is_ok_and(|other| *other != hex(PLAIN)), "{how}");
        }
        // Four keys, twice; SHA-1 gives 20 bytes at a time and AES-128 wants 16: one run each.
        assert_eq!(budget.0, MAX_ITERATIONS - 8 * 1_000);
    }

    #[test]
    fn a_key_is_derived_once_for_each_salt() {
        let right = password("Qwerty12");
        let mut budget = Budget::new();
        let mut decryption = Decryption::new(&right);
        let encryption = Encryption::new(&right, [1; 16], 1_000);
        for (iv, left) in [(3, 1_000), (4, 1_000)] {
            let (algorithm, data) = encryption.encrypt(b"bag", [iv; 16]).unwrap();
            let algorithm = AlgorithmIdentifierRef::from_der(&algorithm).unwrap();
            let plain = decryption.decrypt(&algorithm, &data, &mut budget).unwrap();
            assert_eq!(*plain, b"bag");
            assert_eq!(budget.0, MAX_ITERATIONS - left);
        }
    }

    #[test]
    fn derivations_that_cost_too_much_together_are_refused() {
        let right = password("Qwerty12");
        // Nothing is derived in this test: the counts are only written down.
        let asking = |salt: u8, iterations| {
            let key = Zeroizing::new([0; 32]);
            let encryption = Encryption { key, salt: [salt; 16], iterations };
            encryption.encrypt(b"bag", [0; 16]).unwrap()
        };
        for iterations in [10_000_001, u32::MAX] {
            let (algorithm, data) = asking(1, iterations);
            let algorithm = AlgorithmIdentifierRef::from_der(&algorithm).unwrap();
            let error = Decryption::new(&right).decrypt(&algorithm, &data, &mut Budget::new());
            assert_eq!(error.err(), Some(OpenError::TooExpensive));
        }
        let mut budget = Budget(1_500);
        let mut decryption = Decryption::new(&right);
        let errors = [1, 2].map(|salt| {
            let (algorithm, data) = asking(salt, 1_000);
            let algorithm = AlgorithmIdentifierRef::from_der(&algorithm).unwrap();
            decryption.decrypt(&algorithm, &data, &mut budget).err()
        });
        assert_ne!(errors[0], Some(OpenError::TooExpensive));
        assert_eq!(errors[1], Some(OpenError::TooExpensive));
    }
}
