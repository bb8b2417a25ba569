//! Key files of the authority's sample set, each with a moment at which its certificate was valid.

use std::path::PathBuf;

use tanba_core::time::UnixTime;

/// A key file in the authority's own form, for signing documents.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyFile {
    path: &'static str,
    /// What opens it.
    pub(crate) password: &'static str,
    moment: i64,
}

/// RSA with 2048 bits.
pub(crate) const RSA: KeyFile = KeyFile {
    path: "danikarik_ncanode-go/personal/active/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.p12",
    password: "Qwerty12",
    moment: 1_590_969_600, // 1 June 2020
};

/// GOST 34.10-2015 with 512 bits.
pub(crate) const GOST: KeyFile = KeyFile {
    path: "skarm_kalkan/p12/GOST512_02c7a21f2df78b99cb67323e2e255779bb6ae309.p12",
    password: "Qwerty12",
    moment: 1_704_067_200, // 1 January 2024
};

impl KeyFile {
    /// Where it is.
    pub(crate) fn path(self) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors/kz").join(self.path)
    }

    /// A moment at which its certificate was valid.
    pub(crate) fn moment(self) -> UnixTime {
        UnixTime::from_secs(self.moment)
    }
}
