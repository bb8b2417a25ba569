//! Keys that the authority published for tests, and an agent whose person has them.

use std::path::PathBuf;

use tanba_core::secret::Password;
use tanba_core::time::UnixTime;
use tanba_examples::scripted::{Behaviour, Belongings};
use tanba_examples::scripted_agent::{Options, Running, start};

/// A person's keys, and what judges them.
pub(crate) struct Keys {
    /// For documents.
    pub(crate) sign: &'static str,
    /// For signing in.
    pub(crate) auth: Option<&'static str>,
    /// When they were valid.
    pub(crate) at: &'static str,
    /// The certificates above them, the root first.
    pub(crate) above: [&'static str; 2],
    /// Whether OpenSSL and xmlsec1 know the algorithm.
    pub(crate) is_rsa: bool,
}

/// RSA-2048.
pub(crate) const RSA: Keys = Keys {
    sign: "danikarik_ncanode-go/personal/active/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.p12",
    auth: Some(
        "danikarik_ncanode-go/personal/active/AUTH_RSA256_b2c70a9ff7a5dc59de0ccc3c0ddde3437cc1f12d.p12",
    ),
    at: "2020-06-01T09:00:00Z",
    above: [
        "JohnHenrySpike_kalkan-crypt/ca-certs/root_rsa_test.crt",
        "JohnHenrySpike_kalkan-crypt/ca-certs/nca_rsa_test.crt",
    ],
    is_rsa: true,
};

/// GOST 34.10-2015 of 512 bits.
pub(crate) const GOST: Keys = Keys {
    sign: "skarm_kalkan/p12/GOST512_02c7a21f2df78b99cb67323e2e255779bb6ae309.p12",
    auth: None,
    at: "2024-06-01T09:00:00Z",
    above: [
        "skarm_kalkan/certs/root_test_gost_2022.cer",
        "JohnHenrySpike_kalkan-crypt/ca-certs/nca_gost2022_test.cer",
    ],
    is_rsa: false,
};

/// The password of all of them.
pub(crate) const PASSWORD: &str = "Qwerty12";

/// A file among the vectors.
pub(crate) fn vector(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors/kz").join(name)
}

impl Keys {
    /// The key files, the one for documents first.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        [Some(self.sign), self.auth].into_iter().flatten().map(vector).collect()
    }

    /// An agent of that time whose person has these files of them.
    pub(crate) async fn agent(&self, files: Vec<PathBuf>, behaviour: Behaviour) -> Running {
        let belongings = Belongings {
            keys: files,
            password: Some(Password::new(PASSWORD.to_owned())),
            document: Some(document()),
        };
        let at = Some(UnixTime::parse_rfc3339(self.at).unwrap());
        start(Options { belongings, behaviour, at, ..Options::default() }).await.unwrap()
    }
}

/// What the person chooses when a file is wanted that is no key.
pub(crate) fn document() -> PathBuf {
    vector("skarm_kalkan/cms/individual_document.txt")
}
