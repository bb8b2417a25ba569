//! Applications for certificates: made once, moved on by the clock, read by their numbers.
//!
//! ```text
//! new ─1 s─▶ identified ──▶ issuing ─issue_after─▶ issued ─proofs─▶ installed
//!  └──────── withdrawn, until issued
//! ```
//! Nothing runs in the background: an application is moved on whenever somebody looks at it.

mod form;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use serde::Serialize;
use tanba_core::time::UnixTime;
use uuid::Uuid;

use crate::authority::{
    Authority, AuthorityError, CertificateRequest, Family, Ledger, Purpose, SubjectKey,
};
use crate::clock::{self, Moment};
use crate::person::Person;
use crate::problem::{Code, Problem, Texts};
use crate::sealed::{self, TokenHash};

pub(crate) use form::{AGREEMENT_VERSION, Form};

/// Where an application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It was received.
    New,
    /// The registration authority identified the applicant.
    Identified,
    /// The certificates are being made.
    Issuing,
    /// The certificates are there.
    Issued,
    /// All keys proved that they are installed.
    Installed,
    /// The applicant withdrew it.
    Withdrawn,
}

impl Status {
    /// What people read. The Russian words for new, identified, issued and installed are those of the published
    /// guides for legal entities (steps 26 and 27); the others are ours.
    pub(crate) fn texts(self) -> Texts {
        match self {
            Self::New => Texts {
                kk: "Жаңа өтінім", ru: "Новая заявка", en: "New application"
            },
            Self::Identified => Texts {
                kk: "Пайдаланушы тіркеу орталығымен сәйкестендірілді",
                ru: "Пользователь идентифицирован центром регистрации",
                en: "User identified by the registration authority",
            },
            Self::Issuing => Texts {
                kk: "Тіркеу куәліктері шығарылуда",
                ru: "Регистрационные свидетельства выпускаются",
                en: "The certificates are being issued",
            },
            Self::Issued => Texts {
                kk: "Өтінім бойынша шығарылған тіркеу куәліктері",
                ru: "Выпущенные регистрационные свидетельства (сертификаты) по заявке",
                en: "Issued certificates for the application",
            },
            Self::Installed => Texts {
                kk: "Сертификаттар орнатылды",
                ru: "Сертификаты установлены",
                en: "Certificates installed",
            },
            Self::Withdrawn => Texts {
                kk: "Өтінім кері қайтарылды",
                ru: "Заявка отозвана",
                en: "Application withdrawn",
            },
        }
    }
}

/// One certificate that an application asks for.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) purpose: Purpose,
    pub(crate) key_id: String,
    pub(crate) request: CertificateRequest,
    pub(crate) issued: Option<Issued>,
}

/// A certificate that was issued for an application.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) der: Vec<u8>,
    /// Hexadecimal.
    pub(crate) serial: String,
}

/// An application.
#[derive(Debug)]
pub(crate) struct Application {
    pub(crate) number: String,
    pub(crate) person: Person,
    pub(crate) history: Vec<(Moment, Status)>,
    /// One or two, whose keys are of one family.
    pub(crate) wanted: Vec<Wanted>,
    /// The session with which it was made, and the body of that request: both recognise a repetition.
    token: TokenHash,
    body: [u8; 32],
}

impl Application {
    pub(crate) fn status(&self) -> Status {
        self.history.last().map_or(Status::New, |(_, status)| *status)
    }

    /// The branch of the authority that certifies its keys: the same for all of them.
    pub(crate) fn family(&self) -> Family {
        self.wanted[0].request.key.family()
    }

    pub(crate) fn created(&self) -> Moment {
        self.history[0].0
    }

    /// In how many seconds looking again makes sense: between one and five, and sooner when the end is near.
    pub(crate) fn next_poll_s(&self, issue_after: Duration, now: Moment) -> Option<u64> {
        match self.status() {
            Status::New | Status::Identified | Status::Issuing => {
                Some(clock::seconds(self.created().plus(issue_after).since(now)).clamp(1, 5))
            }
            Status::Issued | Status::Installed | Status::Withdrawn => None,
        }
    }

    /// Brings the application to where it stands now, and makes its certificates when their time has come.
    fn settle(&mut self, at: &At<'_>, ledger: &mut Ledger) -> Result<(), AuthorityError> {
        let created = self.created();
        let identified = Duration::from_secs(1).min(at.issue_after);
        let issuing = identified + (at.issue_after - identified) / 2;
        loop {
            let (after, next) = match self.status() {
                Status::New => (identified, Status::Identified),
                Status::Identified => (issuing, Status::Issuing),
                Status::Issuing => (at.issue_after, Status::Issued),
                Status::Issued | Status::Installed | Status::Withdrawn => return Ok(()),
            };
            let when = created.plus(after);
            if when > at.now {
                return Ok(());
            }
            if next == Status::Issued {
                for wanted in &mut self.wanted {
                    let leaf = at.authority.certify(wanted.purpose, &wanted.request, at.date)?;
                    ledger.issued(leaf.family, leaf.serial.clone());
                    wanted.issued =
                        Some(Issued { der: leaf.der, serial: hex::encode(leaf.serial) });
                }
            }
            self.history.push((when, next));
        }
    }
}

/// When and by whom applications are moved on.
pub(crate) struct At<'a> {
    pub(crate) authority: &'a Authority,
    pub(crate) issue_after: Duration,
    pub(crate) now: Moment,
    /// What certificates carry.
    pub(crate) date: UnixTime,
}

/// How a submission ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Submitted {
    Created,
    Repeated,
}

/// All applications.
#[derive(Default)]
pub(crate) struct Applications {
    by_number: BTreeMap<String, Application>,
    by_key: HashMap<Uuid, String>,
    keys: HashSet<String>,
}

impl Applications {
    /// The number of the application that was made under this key, if this is the same submission again.
    ///
    /// The body proves the sender: nobody else has the requests of these keys. A token need not be presented, because
    /// sessions end sooner than a lost answer may be asked for again; one that is presented must be the same.
    pub(crate) fn repeated(
        &self,
        key: Uuid,
        body: &[u8; 32],
        token: Option<TokenHash>,
    ) -> Result<Option<String>, Problem> {
        let Some(application) = self.by_key.get(&key).and_then(|number| self.by_number.get(number))
        else {
            return Ok(None);
        };
        if application.body != *body {
            return Err(Code::IdempotencyConflict.into());
        }
        if token.is_some_and(|token| token != application.token) {
            return Err(Code::SessionExpired.into());
        }
        Ok(Some(application.number.clone()))
    }

    /// Makes an application and gives its number.
    pub(crate) fn make(
        &mut self,
        form: Form,
        person: &Person,
        submission: (Uuid, [u8; 32], TokenHash),
        now: Moment,
    ) -> Result<String, Problem> {
        let wanted = form.check(person)?;
        if wanted.iter().any(|wanted| self.keys.contains(&wanted.key_id)) {
            return Err(Code::CsrReusedKey.into());
        }
        self.keys.extend(wanted.iter().map(|wanted| wanted.key_id.clone()));
        let (key, body, token) = submission;
        let number = self.free_number(now);
        let application = Application {
            number: number.clone(),
            person: person.clone(),
            history: vec![(now, Status::New)],
            wanted,
            token,
            body,
        };
        self.by_number.insert(number.clone(), application);
        self.by_key.insert(key, number.clone());
        Ok(number)
    }

    /// Eight random digits and the date in Kazakhstan as YYMMDD.
    fn free_number(&self, now: Moment) -> String {
        let date = now.unix().almaty();
        let date = format!("{}{}{}", &date[8..10], &date[3..5], &date[0..2]);
        loop {
            let number = format!("{}{date}", sealed::digits(8));
            if !self.by_number.contains_key(&number) {
                return number;
            }
        }
    }

    /// An application as it stands now.
    pub(crate) fn look(
        &mut self,
        number: &str,
        at: &At<'_>,
        ledger: &mut Ledger,
    ) -> Result<&mut Application, Problem> {
        let application = self.by_number.get_mut(number).ok_or(Code::ApplicationNotFound)?;
        application.settle(at, ledger)?;
        Ok(application)
    }

    /// Every application as it stands now, in the order of their numbers.
    pub(crate) fn all(
        &mut self,
        at: &At<'_>,
        ledger: &mut Ledger,
    ) -> Result<Vec<&Application>, AuthorityError> {
        for application in self.by_number.values_mut() {
            application.settle(at, ledger)?;
        }
        Ok(self.by_number.values().collect())
    }
}

impl Application {
    /// Withdraws an application that is not issued. Doing so again changes nothing.
    pub(crate) fn withdraw(&mut self, now: Moment) -> Result<(), Problem> {
        match self.status() {
            Status::New | Status::Identified | Status::Issuing => {
                self.history.push((now, Status::Withdrawn));
                Ok(())
            }
            Status::Withdrawn => Ok(()),
            Status::Issued | Status::Installed => Err(Code::ApplicationClosed.into()),
        }
    }

    /// Takes the proofs that every key of the application is where it signs. Doing so again changes nothing.
    pub(crate) fn installed(&mut self, proofs: &[Proof], now: Moment) -> Result<(), Problem> {
        match self.status() {
            Status::New | Status::Identified | Status::Issuing => {
                return Err(Code::ApplicationNotIssued.into());
            }
            Status::Withdrawn => return Err(Code::ApplicationClosed.into()),
            Status::Issued | Status::Installed => {}
        }
        for wanted in &self.wanted {
            let issued = wanted.issued.as_ref().ok_or(Code::ApplicationNotIssued)?;
            let proof = proofs.iter().find(|proof| proof.key_id == wanted.key_id);
            let proof = proof.ok_or(Problem::malformed("a key of the application has no proof"))?;
            let key = SubjectKey::of_certificate(&issued.der).map_err(|_| Code::Internal)?;
            key.verify(proof_text(&self.number, &issued.der).as_bytes(), &proof.signature)
                .map_err(|_| Problem::malformed("a proof does not verify"))?;
        }
        if self.status() == Status::Issued {
            self.history.push((now, Status::Installed));
        }
        Ok(())
    }
}

/// A signature that shows where a key is.
pub(crate) struct Proof {
    pub(crate) key_id: String,
    pub(crate) signature: Vec<u8>,
}

/// What an installed key signs.
fn proof_text(number: &str, certificate: &[u8]) -> String {
    use sha2::Digest as _;
    format!("nca-installed:{number}:{}", hex::encode(sha2::Sha256::digest(certificate)))
}

impl From<AuthorityError> for Problem {
    fn from(error: AuthorityError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "the authority failed");
        Code::Internal.into()
    }
}
