//! Keys with certificates, from the authority's published test files.

use rand_core::{OsRng, RngCore};
use tanba_core::crypto::{self, PrivateKey, Provider, RandomFailed};
use tanba_core::pkcs12;
use tanba_core::secret::Password;
use tanba_core::x509::certificate::Certificate;

/// The provider in pure Rust.
pub(crate) fn provider() -> Provider {
    crypto::pure(|bytes| OsRng.try_fill_bytes(bytes).map_err(|_| RandomFailed))
}

/// The password of the files.
pub(crate) fn password() -> Password {
    Password::new("Qwerty12".into())
}

/// The file with a key of that kind, in the authority's own form.
pub(crate) fn file(kind: &str) -> &'static [u8] {
    match kind {
        "rsa2048" => include_bytes!(
            "../../../../tests/vectors/kz/danikarik_ncanode-go/personal/active/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.p12"
        ),
        "gost512" => include_bytes!(
            "../../../../tests/vectors/kz/skarm_kalkan/p12/GOST512_02c7a21f2df78b99cb67323e2e255779bb6ae309.p12"
        ),
        _ => panic!("no file has a key of the kind {kind}"),
    }
}

/// A key of that kind with its certificate.
pub(crate) fn holder(kind: &str) -> (PrivateKey, Certificate) {
    let opened = pkcs12::open(file(kind), &password()).expect("a file that opens");
    let entry = opened.entries.into_iter().next().expect("a key");
    let certificate = Certificate::parse(&entry.certificates[0]).expect("a certificate");
    assert_eq!(entry.key.kind().name(), kind);
    (entry.key, certificate)
}
