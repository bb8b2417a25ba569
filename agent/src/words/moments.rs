//! Days and times as each language writes them. All are those of Kazakhstan's clocks, which are the same everywhere in
//! the country: five hours ahead of UTC.

use tanba::protocol::Locale;
use tanba_core::time::{Civil, UnixTime};

use super::Words;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Words {
    /// The day of a moment, Unix time: `22.11.2026`, `22 Nov 2026`.
    #[must_use]
    pub fn day(&self, seconds: i64) -> String {
        let Civil { year, month, day, .. } = UnixTime::from_secs(seconds).almaty_civil();
        match self.locale {
            Locale::Kk | Locale::Ru => format!("{day:02}.{month:02}.{year:04}"),
            Locale::En => {
                let name = usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at));
                format!("{day} {} {year}", name.unwrap_or(&""))
            }
        }
    }

    /// A moment, Unix time: `22.11.2026 14:05`, `22 Nov 2026, 14:05`.
    #[must_use]
    pub fn moment(&self, seconds: i64) -> String {
        let Civil { hour, minute, .. } = UnixTime::from_secs(seconds).almaty_civil();
        let between = match self.locale {
            Locale::Kk | Locale::Ru => "",
            Locale::En => ",",
        };
        format!("{}{between} {hour:02}:{minute:02}", self.day(seconds))
    }

    /// The same where it must be clear on whose clocks: `22.11.2026 14:05 (UTC+5)`.
    #[must_use]
    pub fn moment_and_zone(&self, seconds: i64) -> String {
        format!("{} (UTC+5)", self.moment(seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_as_people_of_each_language_write_them() {
        for locale in Locale::ALL {
            let words = Words::new(locale);
            let (moment, day) = match locale {
                Locale::Kk | Locale::Ru => ("01.03.2026 14:05 (UTC+5)", "02.03.2026"),
                Locale::En => ("1 Mar 2026, 14:05 (UTC+5)", "2 Mar 2026"),
            };
            assert_eq!(words.moment_and_zone(1_772_355_900), moment);
            // In Kazakhstan the next day has begun already.
            assert_eq!(words.day(1_772_393_400), day);
            for extreme in [i64::MIN, i64::MAX] {
                assert!(!words.moment(extreme).is_empty());
            }
        }
    }
}
