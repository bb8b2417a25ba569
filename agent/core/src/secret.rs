//! Passwords and private bytes: taken by value, lent by `expose`, wiped when dropped, never printed.
//!
//! None of these types can be cloned, compared with `==` or written by serde: each of these would make a copy that
//! nobody wipes, or a comparison whose duration tells where the first difference is.

use std::fmt;

use zeroize::Zeroizing;

/// A password or PIN as the person typed it, or as the agent made it up for a file that waits.
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes the text over. The caller must not keep another copy.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Lends the text. Every place that calls this is a place to look at in a review.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Bytes that nobody else may learn: a decrypted container, a derived key, a token of a session.
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes the bytes over. The caller must not keep another copy.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Lends the bytes. Every place that calls this is a place to look at in a review.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_lent_and_never_printed() {
        let password = Password::new("Canary12".to_owned());
        assert_eq!(password.expose(), "Canary12");
        assert_eq!(format!("{password:?}"), "Password(…)");
        let bytes = SecretBytes::new(vec![0xca, 0xfe]);
        assert_eq!(bytes.expose(), [0xca, 0xfe]);
        assert_eq!(format!("{bytes:#?}"), "SecretBytes(…)");
    }
}
