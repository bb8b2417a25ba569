//! How hard a password is to guess for somebody who has the key file: a rough reckoning, and no promise.

use eframe::egui::{RichText, Sense, StrokeKind, Ui, Vec2};

use super::colours::{Colour, GREEN, LINE, RED};
use super::look;
use crate::words::Words;

/// Letters and digits as they lie side by side; whoever follows a row thinks of one thing only.
const ROWS: [&str; 6] = [
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    // The right hand of the upper row, as it is typed with Shift.
    "!@#$%^&*()_+",
];

/// What guessers try first. Each counts as one choice among a thousand.
const WORDS: [&str; 13] = [
    "password",
    "parol",
    "admin",
    "welcome",
    "egov",
    "kazakh",
    "qazaq",
    "almaty",
    "astana",
    "nursultan",
    "secret",
    "login",
    "love",
];

const WORD: f64 = 10.0;

/// A letter that follows from the one before it.
const FOLLOWS: f64 = 1.0;

/// From so many doublings on, guessing takes one computer years, and many computers years.
const FAIR: f64 = 45.0;
const GOOD: f64 = 64.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    Weak,
    Fair,
    Good,
}

impl Strength {
    /// That of a password; nothing that was typed has none.
    pub(super) fn of(password: &str) -> Option<Self> {
        (!password.is_empty()).then(|| match doublings(password) {
            bits if bits >= GOOD => Self::Good,
            bits if bits >= FAIR => Self::Fair,
            _ => Self::Weak,
        })
    }

    fn key(self) -> &'static str {
        match self {
            Self::Weak => "window-strength-weak",
            Self::Fair => "window-strength-fair",
            Self::Good => "window-strength-good",
        }
    }
}

/// How often the work of guessing doubles.
fn doublings(password: &str) -> f64 {
    let each = kinds(password).log2();
    let mut bits: f64 = 0.0;
    let mut before = None;
    let mut rest = password;
    while let Some(letter) = rest.chars().next() {
        if let Some(word) = WORDS.iter().find(|word| {
            rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
        }) {
            bits += WORD;
            rest = &rest[word.len()..];
            before = None;
            continue;
        }
        bits += if before.is_some_and(|before| follows(before, letter)) { FOLLOWS } else { each };
        before = Some(letter);
        rest = &rest[letter.len_utf8()..];
    }
    bits
}

/// How many letters there are of the kinds that are in it.
fn kinds(password: &str) -> f64 {
    [
        (26.0, char::is_ascii_lowercase as fn(&char) -> bool),
        (26.0, char::is_ascii_uppercase),
        (10.0, char::is_ascii_digit),
        (18.0, |letter| !letter.is_ascii_alphanumeric()),
    ]
    .iter()
    .filter(|(_, is)| password.chars().any(|letter| is(&letter)))
    .map(|(count, _)| count)
    .sum::<f64>()
    .max(2.0)
}

/// Whether a letter is the same as the one before, or its neighbour.
fn follows(before: char, letter: char) -> bool {
    let (before, letter) = (before.to_ascii_lowercase(), letter.to_ascii_lowercase());
    let neighbours = |row: &&str| {
        let place = |wanted| row.chars().position(|one| one == wanted);
        place(before).zip(place(letter)).is_some_and(|(one, other)| one.abs_diff(other) == 1)
    };
    before == letter || ROWS.iter().any(neighbours)
}

/// Three bars and a sentence.
pub(super) fn draw(ui: &mut Ui, words: &Words, strength: Option<Strength>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        let colour: Colour = match strength {
            Some(Strength::Weak) => RED,
            Some(Strength::Fair) => look::QUIET,
            Some(Strength::Good) => GREEN,
            None => LINE,
        };
        for level in [Strength::Weak, Strength::Fair, Strength::Good] {
            let (place, _) = ui.allocate_exact_size(Vec2::new(34.0, 6.0), Sense::hover());
            let full = strength.is_some_and(|strength| strength >= level);
            let fill = if full { colour } else { look::SHEET };
            ui.painter().rect(place, 3.0, fill.now(), (1.0, colour.now()), StrokeKind::Inside);
        }
        ui.add_space(5.0);
        let (key, colour) = match strength {
            Some(strength) => (strength.key(), colour),
            None => ("window-strength", look::QUIET),
        };
        ui.label(RichText::new(words.get(key)).color(colour));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_think_of_first_is_weak_and_what_nobody_thinks_of_is_good() {
        for weak in
            ["1", "Aa1111111111", "Qwerty123456", "Password2026", "Almaty1987", "Abc123", "Xk7#q"]
        {
            assert_eq!(Strength::of(weak), Some(Strength::Weak), "{weak}");
        }
        assert_eq!(Strength::of("Xk7#qTu2"), Some(Strength::Fair));
        for good in ["Xk7#qTu2vM9e", "korova-7-Tabur-lampa-Et"] {
            assert_eq!(Strength::of(good), Some(Strength::Good), "{good}");
        }
        assert_eq!(Strength::of(""), None);
    }

    #[test]
    fn letters_of_any_script_are_reckoned_with() {
        for text in ["ә", "ӘӘӘ", "пароль", "😀a😀"] {
            assert!(Strength::of(text).is_some());
        }
    }
}
