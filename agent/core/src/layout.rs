//! The names of key files in the folder that the person chose.
//!
//! Final files are named as the National Certification Authority's own are, so that people and other programs find
//! them: `AUTH_RSA256_<key id>.p12` to sign in, `RSA256_<key id>.p12` to sign documents. A key that waits for its
//! certificate has the same name with `.pending.p12`.

use serde::{Deserialize, Serialize};

use crate::crypto::{Algorithm, KeyId};

/// What a key is made for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To sign in: extended key usage clientAuth.
    Auth,
    /// To sign documents: extended key usage emailProtection.
    Sign,
}

impl Purpose {
    /// Both, in the order in which an enrolment makes their keys.
    pub const ALL: [Self; 2] = [Self::Auth, Self::Sign];

    /// The stable name: `auth` or `sign`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Sign => "sign",
        }
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::Auth => "AUTH_",
            Self::Sign => "",
        }
    }
}

/// The name of a finished key file, without a folder.
#[must_use]
pub fn final_name(purpose: Purpose, algorithm: Algorithm, key_id: &KeyId) -> String {
    format!("{}{}_{key_id}.p12", purpose.prefix(), algorithm.file_prefix())
}

/// The name of the file of a key that waits for its certificate, without a folder.
#[must_use]
pub fn pending_name(purpose: Purpose, algorithm: Algorithm, key_id: &KeyId) -> String {
    format!("{}{}_{key_id}.pending.p12", purpose.prefix(), algorithm.file_prefix())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_authority() {
        let id = KeyId::parse("00112233445566778899aabbccddeeff01234567").unwrap();
        for (purpose, algorithm, prefix) in [
            (Purpose::Auth, Algorithm::Rsa2048, "AUTH_RSA256"),
            (Purpose::Sign, Algorithm::Rsa2048, "RSA256"),
            (Purpose::Auth, Algorithm::P256, "AUTH_P256"),
            (Purpose::Sign, Algorithm::P256, "P256"),
        ] {
            let stem = format!("{prefix}_00112233445566778899aabbccddeeff01234567");
            assert_eq!(final_name(purpose, algorithm, &id), format!("{stem}.p12"));
            assert_eq!(pending_name(purpose, algorithm, &id), format!("{stem}.pending.p12"));
        }
    }
}
