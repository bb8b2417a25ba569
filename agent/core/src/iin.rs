//! The individual identification number (IIN; жеке сәйкестендіру нөмірі): twelve digits that stand for one person.
//!
//! ```text
//! Y Y M M D D  C  N N N N  K
//! birth date   │  running  └ check digit
//!              └ century and sex: 1, 2 = 18.., 3, 4 = 19.., 5, 6 = 20..; odd for men; 0 = a foreigner
//! ```

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::time::is_date;

/// The IIN of a person. It is personal data: it is lent by [`Iin::expose`], shown only masked, and wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Iin(Zeroizing<String>);

/// Why a text is not an IIN. The text is not repeated: a mistyped IIN is nearly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotAnIin {
    /// Something else than twelve digits.
    #[error("an IIN has twelve digits")]
    NotTwelveDigits,
    /// The first seven digits are no birth date.
    #[error("the IIN does not begin with a birth date")]
    NoBirthDate,
    /// The last digit does not follow from the others: probably a slip of the hand.
    #[error("the check digit of the IIN is wrong")]
    CheckDigit,
}

impl Iin {
    /// Reads an IIN.
    ///
    /// A seventh digit of 0 stands for foreigners and says nothing of the century, so that their date is good if any
    /// century has it. Whether the date lies in the future is not asked: the core has no clock, and the state's
    /// database answers that better.
    ///
    /// # Errors
    /// [`NotAnIin`] says which rule is broken.
    pub fn parse(text: &str) -> Result<Self, NotAnIin> {
        let mut digits = [0_u8; 12];
        if text.len() != digits.len() {
            return Err(NotAnIin::NotTwelveDigits);
        }
        for (digit, byte) in digits.iter_mut().zip(text.bytes()) {
            if !byte.is_ascii_digit() {
                return Err(NotAnIin::NotTwelveDigits);
            }
            *digit = byte - b'0';
        }
        if !has_birth_date(&digits) {
            return Err(NotAnIin::NoBirthDate);
        }
        if check_digit(&digits) != Some(digits[11]) {
            return Err(NotAnIin::CheckDigit);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// Lends the twelve digits.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The last four digits behind eight stars, as people may be shown it.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("********{}", &self.0[8..])
    }
}

impl fmt::Debug for Iin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iin({})", self.masked())
    }
}

fn has_birth_date(digits: &[u8; 12]) -> bool {
    let number = |at: usize| i64::from(digits[at]) * 10 + i64::from(digits[at + 1]);
    let (year, month, day) = (number(0), number(2), number(4));
    let centuries: &[i64] = match digits[6] {
        0 => &[1800, 1900, 2000],
        1 | 2 => &[1800],
        3 | 4 => &[1900],
        5 | 6 => &[2000],
        _ => return false,
    };
    centuries.iter().any(|century| is_date(century + year, month, day))
}

/// The digit that the first eleven ask for: their weighted sum modulo 11, with a second row of weights if that gives
/// ten. `None` if the second row gives ten too: such a number is never given out.
fn check_digit(digits: &[u8; 12]) -> Option<u8> {
    const FIRST: [u16; 11] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    const SECOND: [u16; 11] = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2];
    [FIRST, SECOND]
        .into_iter()
        .map(|weights| {
            digits
                .iter()
                .zip(weights)
                .map(|(digit, weight)| u16::from(*digit) * weight)
                .sum::<u16>()
        })
        .map(|sum| sum % 11)
        .find(|rest| *rest < 10)
        .and_then(|rest| u8::try_from(rest).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Completes eleven digits; the reference is the rule in prose, written out anew.
    fn completed(first: &str) -> Option<String> {
        let sum = |weights: [u32; 11]| {
            first.chars().zip(weights).map(|(c, w)| c.to_digit(10).unwrap() * w).sum::<u32>() % 11
        };
        let mut check = sum([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        if check == 10 {
            check = sum([3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]);
        }
        (check < 10).then(|| format!("{first}{check}"))
    }

    #[test]
    fn a_number_worked_out_by_hand_is_accepted() {
        // 9·1+0·2+0·3+1·4+0·5+1·6+3·7+0·8+0·9+1·10+7·11 = 127; 127 mod 11 = 6.
        assert!(Iin::parse("900101300176").is_ok());
        // 8·1+5·2+0·3+4·4+1·5+2·6+4·7+0·8+0·9+1·10+1·11 = 100; 100 mod 11 = 1.
        assert!(Iin::parse("500202200026").is_ok());
    }

    #[test]
    fn every_other_check_digit_is_refused() {
        for last in "012345789".chars() {
            assert_eq!(Iin::parse(&format!("90010130017{last}")), Err(NotAnIin::CheckDigit));
        }
    }

    #[test]
    fn the_second_row_of_weights_and_its_ten_are_used() {
        let (mut second, mut never) = (0, 0);
        for running in 0..2_000 {
            let first = format!("8504124{running:04}");
            let sum: u32 =
                first.chars().zip(1..).map(|(c, w): (char, u32)| c.to_digit(10).unwrap() * w).sum();
            match completed(&first) {
                Some(iin) => {
                    assert!(Iin::parse(&iin).is_ok(), "{iin}");
                    second += u32::from(sum % 11 == 10);
                }
                None => {
                    never += 1;
                    for last in 0..10 {
                        assert!(Iin::parse(&format!("{first}{last}")).is_err());
                    }
                }
            }
        }
        assert!(second > 0 && never > 0, "the table must reach both rows: {second}, {never}");
    }

    #[test]
    fn dates_are_those_of_the_century_that_the_seventh_digit_names() {
        for (first, good) in [
            ("00022950001", true),  // 2000 was a leap year.
            ("00022930001", false), // 1900 was not.
            ("00022900001", true),  // A foreigner of 2000.
            ("90023100001", false),
            ("90130130001", false),
            ("90003230001", false),
            ("90010170001", false),
            ("90010190001", false),
        ] {
            let verdict = completed(first).map(|iin| Iin::parse(&iin));
            let verdict = verdict.expect("the samples were chosen to have a check digit");
            assert_eq!(verdict.is_ok(), good, "{first}");
            if !good {
                assert_eq!(verdict, Err(NotAnIin::NoBirthDate));
            }
        }
    }

    #[test]
    fn only_twelve_ascii_digits_are_looked_at() {
        for text in ["", "90010130017", "9001013001766", "90010130017a", "٩٠٠١٠١", "-90010130017"]
        {
            assert_eq!(Iin::parse(text), Err(NotAnIin::NotTwelveDigits), "{text}");
        }
    }

    #[test]
    fn it_is_printed_masked() {
        let iin = Iin::parse("900101300176").unwrap();
        assert_eq!(iin.masked(), "********0176");
        assert_eq!(format!("{iin:?}"), "Iin(********0176)");
        assert_eq!(iin.expose(), "900101300176");
    }
}
