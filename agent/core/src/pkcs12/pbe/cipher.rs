//! Block ciphers in CBC mode with the padding of PKCS#7.

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit};
use cbc::{Decryptor, Encryptor};
use des::{TdesEde2, TdesEde3};
use rc2::Rc2;
use zeroize::Zeroizing;

/// A cipher with the length of its key. The three DES keys and RC2 are read for old files' sake.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    TripleDes,
    /// The third key is the first.
    TripleDesTwoKeys,
    /// All 128 bits count.
    Rc2With128,
    /// All 40 bits count.
    Rc2With40,
}

impl Cipher {
    pub(super) const fn key_length(self) -> usize {
        match self {
            Self::Aes128 | Self::TripleDesTwoKeys | Self::Rc2With128 => 16,
            Self::Aes192 | Self::TripleDes => 24,
            Self::Aes256 => 32,
            Self::Rc2With40 => 5,
        }
    }

    /// As long as a block.
    pub(super) const fn iv_length(self) -> usize {
        match self {
            Self::Aes128 | Self::Aes192 | Self::Aes256 => 16,
            Self::TripleDes | Self::TripleDesTwoKeys | Self::Rc2With128 | Self::Rc2With40 => 8,
        }
    }

    /// Decrypts in place; `None` if the padding is none, or a length does not fit.
    pub(super) fn decrypt(
        self,
        key: &[u8],
        iv: &[u8],
        data: &mut Zeroizing<Vec<u8>>,
    ) -> Option<()> {
        fn run<D: BlockDecryptMut + KeyIvInit>(
            key: &[u8],
            iv: &[u8],
            data: &mut [u8],
        ) -> Option<usize> {
            let cipher = D::new_from_slices(key, iv).ok()?;
            cipher.decrypt_padded_mut::<Pkcs7>(data).ok().map(<[u8]>::len)
        }
        let length = match self {
            Self::Aes128 => run::<Decryptor<Aes128>>(key, iv, data),
            Self::Aes192 => run::<Decryptor<Aes192>>(key, iv, data),
            Self::Aes256 => run::<Decryptor<Aes256>>(key, iv, data),
            Self::TripleDes => run::<Decryptor<TdesEde3>>(key, iv, data),
            Self::TripleDesTwoKeys => run::<Decryptor<TdesEde2>>(key, iv, data),
            Self::Rc2With128 | Self::Rc2With40 => run::<Decryptor<Rc2>>(key, iv, data),
        }?;
        data.truncate(length);
        Some(())
    }

    /// Encrypts; `None` if a length does not fit.
    pub(super) fn encrypt(self, key: &[u8], iv: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        fn run<E: BlockEncryptMut + KeyIvInit>(
            key: &[u8],
            iv: &[u8],
            plain: &[u8],
        ) -> Option<Vec<u8>> {
            let cipher = E::new_from_slices(key, iv).ok()?;
            Some(cipher.encrypt_padded_vec_mut::<Pkcs7>(plain))
        }
        match self {
            Self::Aes128 => run::<Encryptor<Aes128>>(key, iv, plain),
            Self::Aes192 => run::<Encryptor<Aes192>>(key, iv, plain),
            Self::Aes256 => run::<Encryptor<Aes256>>(key, iv, plain),
            Self::TripleDes => run::<Encryptor<TdesEde3>>(key, iv, plain),
            Self::TripleDesTwoKeys => run::<Encryptor<TdesEde2>>(key, iv, plain),
            Self::Rc2With128 | Self::Rc2With40 => run::<Encryptor<Rc2>>(key, iv, plain),
        }
    }
}
