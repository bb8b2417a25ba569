//! The password of a new key file.
//!
//! The guides (step 27) ask for Latin letters and digits, 6 to 32 characters, and allow upper-case letters and
//! special characters; other official texts, and the authority's own program, demand a lower-case letter, an
//! upper-case letter and a digit. What satisfies both is taken: the guides' characters, and all three kinds. The
//! guides print two lists of special characters that differ in `$`: it is accepted, and never suggested. Passwords
//! of files that exist already are not looked at here.

use thiserror::Error;
use zeroize::Zeroizing;

use crate::crypto::{Provider, RandomFailed};
use crate::secret::Password;

/// How many characters a password may have.
pub const LENGTH: std::ops::RangeInclusive<usize> = 6..=32;

/// The special characters that are allowed.
pub const SPECIALS: &str = "#$^+=!*()@%&_?-.";

/// What a new password must meet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Rule {
    /// 6 to 32 characters.
    Length,
    /// Only Latin letters, digits and [`SPECIALS`].
    Characters,
    /// At least one lower-case letter.
    Lower,
    /// At least one upper-case letter.
    Upper,
    /// At least one digit.
    Digit,
}

impl Rule {
    /// All rules, in the order in which they are shown.
    pub const ALL: [Self; 5] =
        [Self::Length, Self::Characters, Self::Lower, Self::Upper, Self::Digit];

    /// The stable name, for texts and programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Characters => "characters",
            Self::Lower => "lower",
            Self::Upper => "upper",
            Self::Digit => "digit",
        }
    }

    fn holds(self, text: &str) -> bool {
        match self {
            Self::Length => LENGTH.contains(&text.chars().count()),
            Self::Characters => {
                text.chars().all(|c| c.is_ascii_alphanumeric() || SPECIALS.contains(c))
            }
            Self::Lower => text.chars().any(|c| c.is_ascii_lowercase()),
            Self::Upper => text.chars().any(|c| c.is_ascii_uppercase()),
            Self::Digit => text.chars().any(|c| c.is_ascii_digit()),
        }
    }
}

/// The rules that a text breaks, in the order of [`Rule::ALL`]: for ticking while somebody types.
#[must_use]
pub fn broken_rules(text: &str) -> Vec<Rule> {
    Rule::ALL.into_iter().filter(|rule| !rule.holds(text)).collect()
}

/// A password that meets all rules.
#[derive(Debug)]
pub struct NewPassword(Password);

/// The password breaks rules: show them, and ask again.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the password breaks {} of the rules", rules.len())]
pub struct Broken {
    /// Which, in the order of [`Rule::ALL`]; never empty.
    pub rules: Vec<Rule>,
}

impl NewPassword {
    /// Takes a password if it meets all rules.
    ///
    /// # Errors
    /// [`Broken`] lists the rules that it breaks.
    pub fn parse(password: Password) -> Result<Self, Broken> {
        let rules = broken_rules(password.expose());
        if rules.is_empty() { Ok(Self(password)) } else { Err(Broken { rules }) }
    }

    /// Lends it.
    #[must_use]
    pub fn as_password(&self) -> &Password {
        &self.0
    }

    /// Gives it away.
    #[must_use]
    pub fn into_password(self) -> Password {
        self.0
    }
}

/// Letters and digits without those that look alike in some typeface: 0 O o, 1 I l i, 2 Z z, 5 S s, 8 B.
const CLEAR: &[u8] = b"ACDEFGHJKLMNPQRTUVWXYabcdefghjkmnpqrtuvwxy34679";

/// Four groups of four, parted by `-`, which both lists of the guides allow.
const GROUPS: usize = 4;
const GROUP: usize = 4;

/// Makes up a password: four groups of four letters and digits, such as `hT4e-…`, with some 88 bits of randomness.
///
/// All passwords of this form that meet the rules are equally likely: bytes that would favour some characters and
/// candidates that lack a kind of character are thrown away, not mended.
///
/// # Errors
/// [`RandomFailed`] if the provider has no randomness, or gives hundreds of unusable bytes in a row.
pub fn suggest(provider: &Provider) -> Result<NewPassword, RandomFailed> {
    // The largest multiple of the alphabet's size that a byte can hold.
    let fair = 256 / CLEAR.len() * CLEAR.len();
    for _ in 0..64 {
        let mut random = Zeroizing::new([0_u8; 64]);
        (provider.fill_random)(random.as_mut())?;
        let picked = random
            .iter()
            .map(|byte| usize::from(*byte))
            .filter(|byte| *byte < fair)
            .map(|byte| char::from(CLEAR[byte % CLEAR.len()]))
            .take(GROUPS * GROUP);
        // Its room is set aside at once: a text that grows leaves pieces of itself behind in memory.
        let mut text = Zeroizing::new(String::with_capacity(GROUPS * (GROUP + 1)));
        for (at, character) in picked.enumerate() {
            if at > 0 && at % GROUP == 0 {
                text.push('-');
            }
            text.push(character);
        }
        if text.len() < GROUPS * (GROUP + 1) - 1 {
            continue;
        }
        if let Ok(password) = NewPassword::parse(Password::new(std::mem::take(&mut *text))) {
            return Ok(password);
        }
    }
    Err(RandomFailed)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::BTreeMap;

    use super::*;
    use crate::crypto::pure;

    #[test]
    fn each_rule_is_ticked_by_itself() {
        use Rule::{Characters, Digit, Length, Lower, Upper};
        for (text, broken) in [
            ("Qwerty12", &[][..]),
            ("aA1aA", &[Length]),
            ("aA1aA1", &[]),
            ("aA1aA1aA1aA1aA1aA1aA1aA1aA1aA1aA", &[]),
            ("aA1aA1aA1aA1aA1aA1aA1aA1aA1aA1aA1", &[Length]),
            ("", &[Length, Lower, Upper, Digit]),
            ("qwerty12", &[Upper]),
            ("QWERTY12", &[Lower]),
            ("Qwertyui", &[Digit]),
            ("Қwerty12", &[Characters, Upper]),
            ("Qwerty 12", &[Characters]),
            ("Qwerty\\12", &[Characters]),
            ("Qwerty٣", &[Characters, Digit]),
            ("қққ", &[Length, Characters, Lower, Upper, Digit]),
        ] {
            assert_eq!(broken_rules(text), broken, "{text}");
            let parsed = NewPassword::parse(Password::new(text.to_owned()));
            assert_eq!(parsed.map(|_| ()).map_err(|b| b.rules).err().unwrap_or_default(), broken);
        }
    }

    #[test]
    fn both_lists_of_the_guides_are_accepted_and_nothing_else_in_ascii() {
        let lists = ["#^+=!*()@%&_?-.", "#$^+=!*()@%&_?-."];
        for special in lists.iter().flat_map(|list| list.chars()) {
            assert!(broken_rules(&format!("Qwerty12{special}")).is_empty(), "{special}");
        }
        for code in 0..=127_u8 {
            let character = char::from(code);
            let listed = lists[1].contains(character) || character.is_ascii_alphanumeric();
            assert_eq!(broken_rules(&format!("Qwerty12{character}")).is_empty(), listed, "{code}");
        }
    }

    thread_local! {
        static SEED: Cell<u64> = const { Cell::new(1) };
    }

    /// Xorshift: reproducible, and even enough to count characters.
    fn counted(bytes: &mut [u8]) -> Result<(), RandomFailed> {
        for byte in bytes {
            let mut x = SEED.get();
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            SEED.set(x);
            *byte = x.to_be_bytes()[0];
        }
        Ok(())
    }

    #[test]
    fn suggestions_meet_the_rules_and_use_all_clear_characters_alike() {
        let provider = pure(counted);
        let mut seen = BTreeMap::new();
        for _ in 0..2_000 {
            let password = suggest(&provider).unwrap();
            let text = password.as_password().expose();
            assert_eq!(text.len(), 19);
            assert!(broken_rules(text).is_empty());
            assert!(!text.contains(['$', '0', 'O', 'o', '1', 'I', 'l', 'i']));
            for character in text.chars().filter(|c| *c != '-') {
                *seen.entry(character).or_insert(0_u32) += 1;
            }
        }
        assert_eq!(seen.len(), CLEAR.len());
        // 32,000 characters over 47 places: 681 each; digits somewhat more often, as one is demanded.
        assert!(seen.values().all(|count| (550..850).contains(count)), "{seen:?}");
    }

    #[test]
    fn without_randomness_there_is_no_suggestion() {
        assert!(suggest(&pure(|_| Err(RandomFailed))).is_err());
        // A source that is stuck must not become a password either.
        assert!(
            suggest(&pure(|bytes| {
                bytes.fill(0);
                Ok(())
            }))
            .is_err()
        );
    }

    #[test]
    fn a_new_password_is_not_printed() {
        let password = NewPassword::parse(Password::new("Canary12".to_owned())).unwrap();
        assert_eq!(format!("{password:?}"), "NewPassword(Password(…))");
        assert_eq!(password.into_password().expose(), "Canary12");
    }
}
