//! Key files of others and ours: the authority's, OpenSSL's, Java's and NSS's are opened, and ours are opened by them.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the wall stands around the core; its judges are programs that read files"
)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stderr, reason = "a test without its judge says so")]

mod authority;
mod bench;
mod flips;
mod keytool;
mod nss;
mod openssl;

use rand_core::{OsRng, RngCore};
use tanba_core::crypto::{self, Algorithm, PrivateKey, Provider, RandomFailed};
use tanba_core::pkcs12::{self, OpenError, Opened};
use tanba_core::secret::Password;

const PASSWORD: &str = "Qwerty12";

fn provider() -> Provider {
    crypto::pure(|bytes| OsRng.try_fill_bytes(bytes).map_err(|_| RandomFailed))
}

fn key(algorithm: Algorithm) -> PrivateKey {
    let provider = provider();
    (provider.generate)(&provider, algorithm).unwrap()
}

fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

fn open(file: &[u8], text: &str) -> Result<Opened, OpenError> {
    pkcs12::open(file, &password(text))
}

fn pem(label: &str, der: &[u8]) -> Vec<u8> {
    der::pem::encode_string(label, der::pem::LineEnding::LF, der).unwrap().into_bytes()
}
