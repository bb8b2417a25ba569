//! Numbers as each language writes them, and the forms that words take beside them.

use tanba::protocol::Locale;

use super::Words;

/// The units of sizes, from the second on: each has 1,024 of the one before.
const UNITS: [&str; 3] = ["window-size-kb", "window-size-mb", "window-size-gb"];

impl Words {
    /// A count, its digits in groups of three from ten thousand on: `9999`, `10 240`, `10,240`.
    #[must_use]
    pub fn number(&self, number: u64) -> String {
        let digits = number.to_string();
        if digits.len() < 5 {
            return digits;
        }
        let space = match self.locale {
            // The space does not break, so that no line ends within a number.
            Locale::Kk | Locale::Ru => '\u{a0}',
            Locale::En => ',',
        };
        let mut grouped = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                grouped.push(space);
            }
            grouped.push(digit);
        }
        grouped
    }

    /// The key of a text that depends on a count: `<key>-one`, `<key>-few` or `<key>-many`.
    #[must_use]
    pub fn form(&self, key: &str, count: u64) -> String {
        let form = match (self.locale, count % 10, count % 100) {
            (Locale::Kk | Locale::En, ..) if count == 1 => "one",
            (Locale::Kk | Locale::En, ..) | (Locale::Ru, _, 11..=14) => "many",
            (Locale::Ru, 1, _) => "one",
            (Locale::Ru, 2..=4, _) => "few",
            (Locale::Ru, ..) => "many",
        };
        format!("{key}-{form}")
    }

    /// A number of bytes, as people say it: `10 МБ`.
    #[must_use]
    pub fn size(&self, bytes: u64) -> String {
        let (mut unit, mut scale) = (None, 1);
        for name in UNITS {
            // Below ten of a unit, the next smaller one tells more.
            if bytes / scale < 10 * 1024 {
                break;
            }
            (unit, scale) = (Some(name), scale * 1024);
        }
        let count = bytes / scale;
        let key = unit.map_or_else(|| self.form("window-size-bytes", count), str::to_owned);
        self.get_with(&key, &[("size", &self.number(count))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_as_people_of_each_language_write_them() {
        for (bytes, kazakh, russian, english) in [
            (0, "0 байт", "0 байт", "0 bytes"),
            (1, "1 байт", "1 байт", "1 byte"),
            (2, "2 байт", "2 байта", "2 bytes"),
            (12, "12 байт", "12 байт", "12 bytes"),
            (1_021, "1021 байт", "1021 байт", "1021 bytes"),
            (10_239, "10\u{a0}239 байт", "10\u{a0}239 байт", "10,239 bytes"),
            (10_240, "10 КБ", "10 КБ", "10 KB"),
            (128 << 20, "128 МБ", "128 МБ", "128 MB"),
            (
                u64::MAX,
                "17\u{a0}179\u{a0}869\u{a0}183 ГБ",
                "17\u{a0}179\u{a0}869\u{a0}183 ГБ",
                "17,179,869,183 GB",
            ),
        ] {
            let sizes = [Locale::Kk, Locale::Ru, Locale::En].map(|one| Words::new(one).size(bytes));
            assert_eq!(sizes, [kazakh, russian, english]);
        }
    }
}
