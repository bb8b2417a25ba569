//! Encryption under a password: PBES2 of RFC 8018, and the schemes of RFC 7292, appendix C.

mod cipher;
mod old;
mod pbes2;
pub(super) mod pbkdf2;

use const_oid::ObjectIdentifier;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use self::cipher::Cipher;
use self::pbkdf2::{Derivation, Function};
use super::spelling::Spelling;
use super::{Form, OpenError, WriteError, damaged};
use crate::crypto::Provider;
use crate::secret::Password;

/// Iterations that all derivations of one file may take together: some seconds on a slow machine.
pub(super) const MAX_ITERATIONS: u64 = 10_000_000;

/// Longer salts add nothing; honest ones have 8 to 64 bytes.
pub(super) const MAX_SALT: usize = 1024;

/// Iterations of the old form, and the bytes of its salts: what the authority writes.
pub(super) const LEGACY_ITERATIONS: u32 = 1_024;
pub(super) const LEGACY_SALT: usize = 20;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
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

/// Decrypts the parts of one file. A key by PBKDF2 is derived once for each salt: most programs use one salt per part,
/// ours one per file.
pub(super) struct Decryption<'a> {
    password: &'a Password,
    /// How the old schemes take the password.
    spelling: &'a Spelling,
    derived: Vec<(Derivation, Zeroizing<Vec<u8>>)>,
}

impl<'a> Decryption<'a> {
    pub(super) fn new(password: &'a Password, spelling: &'a Spelling) -> Self {
        Self { password, spelling, derived: Vec::new() }
    }

    /// Decrypts one part; `None` if that gives no sound padding.
    pub(super) fn decrypt(
        &mut self,
        algorithm: &AlgorithmIdentifierRef<'_>,
        data: &[u8],
        budget: &mut Budget,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, OpenError> {
        let mut buffer = Zeroizing::new(data.to_vec());
        let done = if algorithm.oid == pbes2::OID {
            let recipe = pbes2::read(algorithm)?;
            let key = self.key(recipe.derivation, recipe.cipher.key_length(), budget)?;
            recipe.cipher.decrypt(key, recipe.iv, &mut buffer)
        } else if let Some(cipher) = old::cipher(algorithm.oid) {
            old::decrypt(cipher, algorithm, self.spelling.as_bytes(), &mut buffer, budget)?
        } else {
            return Err(OpenError::Unsupported { what: "an encryption that is not read here" });
        };
        Ok(done.map(|()| buffer))
    }

    fn key(
        &mut self,
        derivation: Derivation,
        length: usize,
        budget: &mut Budget,
    ) -> Result<&[u8], OpenError> {
        let known =
            self.derived.iter().position(|(one, key)| *one == derivation && key.len() == length);
        let at = match known {
            Some(at) => at,
            None => {
                let key = derivation.run(self.password.expose().as_bytes(), length, budget)?;
                self.derived.push((derivation, key));
                self.derived.len() - 1
            }
        };
        Ok(&self.derived[at].1)
    }
}

fn parameters<'a, T: der::Choice<'a> + der::DecodeValue<'a>>(
    algorithm: &AlgorithmIdentifierRef<'a>,
    what: &'static str,
) -> Result<T, OpenError> {
    let any = algorithm.parameters.ok_or(OpenError::Damaged { what })?;
    any.decode_as().map_err(damaged(what))
}

/// What is encrypted; the old form makes a difference.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Key,
    Bags,
}

/// Encrypts the parts of one file.
///
/// In the modern form, the parts share key and salt and differ in their random initial vectors. That is how CBC is
/// meant to be used: its security is stated for many messages under one key, as long as their vectors cannot be
/// foreseen. A second salt would double the owner's waiting and not the guesser's: who tries passwords tries them on
/// one part only. The old form derives its vectors, so that each part must have a salt of its own.
pub(super) struct Encryption<'a> {
    provider: &'a Provider,
    scheme: Scheme,
}

enum Scheme {
    Modern { derivation: Derivation, key: Zeroizing<Vec<u8>> },
    Legacy { spelling: Spelling },
}

impl<'a> Encryption<'a> {
    pub(super) fn new(
        password: &Password,
        form: Form,
        provider: &'a Provider,
    ) -> Result<Self, WriteError> {
        let scheme = match form {
            Form::Modern(strength) => {
                let salt: [u8; 16] = random(provider)?;
                let derivation = Derivation {
                    salt: salt.to_vec(),
                    iterations: strength.iterations(),
                    function: Function::Sha256,
                    key_length: None,
                };
                let length = Cipher::Aes256.key_length();
                let key = derivation.key(password.expose().as_bytes(), length);
                Scheme::Modern { derivation, key }
            }
            Form::Legacy => Scheme::Legacy { spelling: Spelling::standard(password) },
        };
        Ok(Self { provider, scheme })
    }

    /// Encrypts one part; returns its `AlgorithmIdentifier` in DER and the encrypted bytes.
    pub(super) fn encrypt(
        &self,
        content: Content,
        plain: &[u8],
    ) -> Result<(Vec<u8>, Vec<u8>), WriteError> {
        match &self.scheme {
            Scheme::Modern { derivation, key } => {
                let iv: [u8; 16] = random(self.provider)?;
                let algorithm =
                    pbes2::algorithm(derivation, &iv).map_err(|_| WriteError::Encoding)?;
                let data = Cipher::Aes256.encrypt(key, &iv, plain).ok_or(WriteError::Encoding)?;
                Ok((algorithm, data))
            }
            Scheme::Legacy { spelling } => {
                let salt: [u8; LEGACY_SALT] = random(self.provider)?;
                let cipher = match content {
                    Content::Key => Cipher::TripleDes,
                    Content::Bags => Cipher::Rc2With40,
                };
                old::encrypt(cipher, spelling.as_bytes(), &salt, LEGACY_ITERATIONS, plain)
                    .map_err(|_| WriteError::Encoding)
            }
        }
    }
}

/// Fresh random bytes.
pub(super) fn random<const N: usize>(provider: &Provider) -> Result<[u8; N], WriteError> {
    let mut bytes = [0; N];
    (provider.fill_random)(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
