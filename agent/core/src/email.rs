//! E-mail addresses: the part of RFC 5321 that people use, in ASCII.

use std::fmt;

use thiserror::Error;

/// RFC 5321, section 4.5.3.1: a path of 256 octets holds an address of 254.
const MAX_ADDRESS: usize = 254;
const MAX_LOCAL: usize = 64;
const MAX_LABEL: usize = 63;

/// An address that notices can be sent to. Printed only by who asks for it: it is personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

/// The text is not an address that we would put into a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an e-mail address")]
pub struct NotAnEmail;

impl Email {
    /// Reads `local@domain`: no quoted parts, no comments, no literal addresses, a domain of at least two labels.
    ///
    /// # Errors
    /// [`NotAnEmail`] for everything else.
    pub fn parse(text: &str) -> Result<Self, NotAnEmail> {
        let (local, domain) = text.rsplit_once('@').ok_or(NotAnEmail)?;
        if text.len() <= MAX_ADDRESS && is_local(local) && is_domain(domain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAnEmail)
        }
    }

    /// The address as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

/// RFC 5321's dot-string: atoms between single dots.
fn is_local(local: &str) -> bool {
    let atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    local.len() <= MAX_LOCAL
        && local.split('.').all(|part| !part.is_empty() && part.bytes().all(atom))
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=MAX_LABEL).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // A last label of digits would make the domain an IP address (RFC 3696, section 2).
    let top = domain.rsplit('.').next().is_some_and(|top| !top.bytes().all(|b| b.is_ascii_digit()));
    domain.contains('.') && top && domain.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_addresses_are_accepted() {
        for text in ["a@b.kz", "first.last+tag@mail.example.kz", "o'neil@x-y.example", "1@2.kz3"] {
            assert_eq!(Email::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn unusual_and_broken_addresses_are_refused() {
        let long = format!("{}@{}.kz", "a".repeat(64), "b.".repeat(100));
        for text in [
            "",
            "a",
            "@b.kz",
            "a@",
            "a@b",
            "a@b.",
            "a@.kz",
            "a..b@c.kz",
            ".a@c.kz",
            "a.@c.kz",
            "a b@c.kz",
            "a@b c.kz",
            "a@-b.kz",
            "a@b-.kz",
            "a@127.0.0.1",
            "\"a\"@b.kz",
            "a@b@c.kz",
            "а@b.kz",
            "a@қаз.қаз",
            "a@b.kz\n",
            "a,b@c.kz",
            "<a@b.kz>",
            &long,
        ] {
            assert_eq!(Email::parse(text), Err(NotAnEmail), "{text}");
        }
        assert!(Email::parse(&format!("{}@b.kz", "a".repeat(65))).is_err());
    }

    #[test]
    fn an_address_is_not_printed_by_accident() {
        assert_eq!(format!("{:?}", Email::parse("a@b.kz").unwrap()), "Email(…)");
    }
}
