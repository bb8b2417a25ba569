//! What the agent says to people, in Kazakh, Russian and English.
//!
//! The texts are Fluent files in `words/`, built into the program. Keys: `window-…` for windows, `cli-…` and `status-…`
//! for the command line, and for every code of the protocol `err-<code>` (what happened) and `hint-<code>` (what to do).

mod moments;
mod numbers;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use tanba::protocol::Locale;

/// The texts of one language.
pub struct Words {
    locale: Locale,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// The texts in that language.
    ///
    /// # Panics
    /// Never: the files are part of the program, and a test reads each of them.
    #[must_use]
    pub fn new(locale: Locale) -> Self {
        let resource = FluentResource::try_new(source(locale).to_owned())
            .expect("a test reads the file of every language");
        let language = locale.code().parse().expect("kk, ru and en are languages");
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Marks of direction around placeables serve right-to-left scripts; in our fonts they would be boxes.
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).expect("a test looks for keys that are there twice");
        Self { locale, bundle }
    }

    /// The language.
    #[must_use]
    pub const fn locale(&self) -> Locale {
        self.locale
    }

    /// The text of a key without placeables.
    #[must_use]
    pub fn get(&self, key: &str) -> String {
        self.get_with(key, &[])
    }

    /// The text of a key, with its placeables filled in. A key that is not there stands for itself, so that a person
    /// sees what is missing.
    #[must_use]
    pub fn get_with(&self, key: &str, values: &[(&str, &str)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let values: FluentArgs<'_> = values.iter().copied().collect();
        self.bundle.format_pattern(pattern, Some(&values), &mut Vec::new()).into_owned()
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Words({:?})", self.bundle.locales)
    }
}

/// The file of a language.
pub(crate) fn source(locale: Locale) -> &'static str {
    match locale {
        Locale::Kk => include_str!("../words/kk.ftl"),
        Locale::Ru => include_str!("../words/ru.ftl"),
        Locale::En => include_str!("../words/en.ftl"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use tanba::protocol::{Code, Status};

    use super::*;

    /// Keys and the source of their texts; a key that is there twice fails.
    fn keys(locale: Locale) -> BTreeMap<&'static str, &'static str> {
        let mut keys = BTreeMap::new();
        for line in source(locale).lines().filter(|line| !line.starts_with('#') && !line.is_empty())
        {
            let (key, text) = line.split_once(" = ").unwrap_or_else(|| panic!("no text: {line}"));
            assert!(keys.insert(key, text).is_none(), "{key} is there twice in {locale:?}");
        }
        keys
    }

    fn placeables(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap().trim()).collect()
    }

    #[test]
    fn every_language_says_the_same_things() {
        let kazakh = keys(Locale::Kk);
        for locale in Locale::ALL {
            let other = keys(locale);
            assert!(kazakh.keys().eq(other.keys()), "{:?}", {
                let (a, b): (BTreeSet<_>, BTreeSet<_>) =
                    (kazakh.keys().collect(), other.keys().collect());
                a.symmetric_difference(&b).copied().copied().collect::<Vec<_>>()
            });
            for (key, text) in &kazakh {
                assert_eq!(placeables(text), placeables(other[key]), "{key} in {locale:?}");
            }
        }
    }

    #[test]
    fn every_text_can_be_had_and_none_is_empty() {
        for locale in Locale::ALL {
            let words = Words::new(locale);
            for (key, source) in &keys(locale) {
                let names = placeables(source).into_iter().map(|name| name.trim_start_matches('$'));
                let values: Vec<_> = names.map(|name| (name, "3")).collect();
                let text = words.get_with(key, &values);
                assert!(!text.trim().is_empty() && text != *key, "{key} in {locale:?}");
                assert!(!text.contains(['{', '$']) || text.contains("#$^"), "{key}: {text}");
            }
        }
    }

    #[test]
    fn every_code_and_every_status_has_its_words() {
        let codes = Code::ALL
            .iter()
            .chain([&Code::Unknown])
            .flat_map(|code| [format!("err-{}", code.name()), format!("hint-{}", code.name())]);
        let statuses = [
            Status::New,
            Status::Identified,
            Status::AwaitingHead,
            Status::ConfirmedByHead,
            Status::RefusedByHead,
            Status::AwaitingCsc,
            Status::Issuing,
            Status::Issued,
            Status::Installed,
            Status::Refused,
            Status::Withdrawn,
            Status::Expired,
        ]
        .map(|status| {
            format!("status-{}", serde_json::to_value(status).unwrap().as_str().unwrap())
        });
        let keys = keys(Locale::En);
        for key in codes.chain(statuses) {
            assert!(keys.contains_key(key.as_str()), "{key}");
        }
    }

    #[test]
    fn no_text_speaks_of_a_code_that_is_not_there() {
        let codes: BTreeSet<_> =
            Code::ALL.iter().chain([&Code::Unknown]).map(|code| code.name()).collect();
        for key in keys(Locale::En).keys() {
            if let Some(code) = key.strip_prefix("err-").or(key.strip_prefix("hint-")) {
                assert!(codes.contains(code), "{key}");
            }
        }
    }

    #[test]
    fn placeables_are_filled_in_without_marks() {
        let words = Words::new(Locale::Ru);
        let text = words.get_with("cli-prompt-otp", &[("sender", "1414")]);
        assert_eq!(text, "Введите одноразовый пароль из SMS с номера 1414");
    }
}
