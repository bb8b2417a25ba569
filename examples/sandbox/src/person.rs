//! The people of the sandbox: all invented, all born in the nineteenth century, so that their numbers are nobody's.
//!
//! One table stands for three registers of the state: the mobile citizens database (number and telephone), the state
//! database of individuals (names), and the identity documents that their owners hold before the camera.

use tanba_core::iin::Iin;

use crate::problem::Texts;

/// An invented person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Twelve digits with a valid check digit.
    pub iin: String,
    /// `+7` and ten digits; none for a person whom the mobile citizens database does not know.
    pub phone: Option<String>,
    /// Family name.
    pub surname: String,
    /// Given name.
    pub name: String,
    /// Patronymic, if there is one.
    pub patronymic: Option<String>,
    /// What this person is here for.
    pub situation: Situation,
}

/// What happens to a person on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Situation {
    /// Everything fits: the keys are issued.
    Complete,
    /// The mobile citizens database has no telephone for this person.
    NotInMcd,
    /// The document names another family name than the state database: a moderator must look.
    DocumentDiffers,
    /// The identity document has expired.
    DocumentExpired,
}

impl Situation {
    /// What a person who tries the sandbox is told of this one.
    pub(crate) fn note(self) -> Texts {
        match self {
            Self::Complete => Texts {
                kk: "Барлығы сәйкес: кілттер шығарылады",
                ru: "Всё сходится: ключи будут выпущены",
                en: "Everything fits: the keys are issued",
            },
            Self::NotInMcd => Texts {
                kk: "АМБ-да телефоны тіркелмеген",
                ru: "Телефон не зарегистрирован в БМГ",
                en: "No telephone is registered in MCD",
            },
            Self::DocumentDiffers => Texts {
                kk: "Құжаттағы тегі деректер қорынан өзгеше: модерация",
                ru: "Фамилия в документе иная, чем в базе данных: модерация",
                en: "The document names another surname than the database: moderation",
            },
            Self::DocumentExpired => Texts {
                kk: "Құжаттың мерзімі өткен",
                ru: "Срок действия документа истёк",
                en: "The document has expired",
            },
        }
    }

    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::NotInMcd => "not_in_mcd",
            Self::DocumentDiffers => "document_differs",
            Self::DocumentExpired => "document_expired",
        }
    }
}

/// An identity document as its owner holds it before the camera. Dates are `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) number: String,
    pub(crate) surname: String,
    pub(crate) birth_date: String,
    pub(crate) issued_at: String,
    pub(crate) expires_at: String,
}

impl Person {
    /// The number, checked.
    pub(crate) fn checked_iin(&self) -> Iin {
        Iin::parse(&self.iin).expect("a test parses the number of every fixture")
    }

    /// "SURNAME NAME", as a certificate's common name has it.
    pub(crate) fn common_name(&self) -> String {
        format!("{} {}", self.surname, self.name)
    }

    /// Family name, name and patronymic.
    pub(crate) fn full_name(&self) -> String {
        let mut name = self.common_name();
        if let Some(patronymic) = &self.patronymic {
            name.push(' ');
            name.push_str(patronymic);
        }
        name
    }

    /// The document of this person.
    pub(crate) fn card(&self) -> Card {
        let (year, month, day) = (&self.iin[0..2], &self.iin[2..4], &self.iin[4..6]);
        let surname = match self.situation {
            Situation::DocumentDiffers => format!("{}-ӨЗГЕ", self.surname),
            Situation::Complete | Situation::NotInMcd | Situation::DocumentExpired => {
                self.surname.clone()
            }
        };
        let (issued_at, expires_at) = match self.situation {
            Situation::DocumentExpired => ("2010-01-01", "2020-01-01"),
            Situation::Complete | Situation::NotInMcd | Situation::DocumentDiffers => {
                ("2024-01-01", "2098-12-31")
            }
        };
        Card {
            number: format!("000{}", &self.iin[5..11]),
            surname,
            birth_date: format!("18{year}-{month}-{day}"),
            issued_at: issued_at.to_owned(),
            expires_at: expires_at.to_owned(),
        }
    }
}

/// Everybody there is.
pub(crate) fn everybody() -> Vec<Person> {
    use Situation::{Complete, DocumentDiffers, DocumentExpired, NotInMcd};
    [
        ("500101100010", Some("+77000000001"), "САНДБОКСОВ", "ПРИМЕР", Some("ТЕСТОВИЧ"), Complete),
        ("500202200026", Some("+77000000002"), "САНДБОКСОВА", "ҮЛГІ", None, Complete),
        ("500303100039", None, "САНДБОКСОВ", "ТЕЛЕФОНСЫЗ", Some("ТЕСТҰЛЫ"), NotInMcd),
        (
            "500404200044",
            Some("+77000000004"),
            "САНДБОКСОВА",
            "ОШИБКА",
            Some("ТЕСТОВНА"),
            DocumentDiffers,
        ),
        (
            "500505100057",
            Some("+77000000005"),
            "САНДБОКСОВ",
            "СРОК",
            Some("ИСТЕКАЕВИЧ"),
            DocumentExpired,
        ),
    ]
    .into_iter()
    .map(|(iin, phone, surname, name, patronymic, situation)| Person {
        iin: iin.to_owned(),
        phone: phone.map(str::to_owned),
        surname: surname.to_owned(),
        name: name.to_owned(),
        patronymic: patronymic.map(str::to_owned),
        situation,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_number_has_a_valid_check_digit_and_belongs_to_nobody_alive() {
        for person in everybody() {
            assert!(Iin::parse(&person.iin).is_ok(), "{}", person.iin);
            assert!(
                matches!(person.iin.as_bytes()[6], b'1' | b'2'),
                "{} is not of the nineteenth century",
                person.iin
            );
        }
    }

    #[test]
    fn numbers_and_telephones_are_given_once() {
        let people = everybody();
        let numbers: HashSet<_> = people.iter().map(|person| &person.iin).collect();
        let phones: Vec<_> = people.iter().filter_map(|person| person.phone.as_ref()).collect();
        assert_eq!(numbers.len(), people.len());
        assert_eq!(phones.iter().collect::<HashSet<_>>().len(), phones.len());
        assert!(phones.iter().all(|phone| phone.starts_with("+7700000000") && phone.len() == 12));
    }

    #[test]
    fn every_situation_has_its_person() {
        for wanted in [
            Situation::Complete,
            Situation::NotInMcd,
            Situation::DocumentDiffers,
            Situation::DocumentExpired,
        ] {
            assert!(
                everybody().iter().any(|person| person.situation == wanted),
                "{}",
                wanted.name()
            );
        }
    }
}
