//! Sessions of the portal: from the look-up in the mobile citizens database to the bound identity.

use std::collections::HashMap;
use std::time::Duration;

use serde::Serialize;
use tanba_core::iin::Iin;

use crate::clock::Moment;
use crate::otp::{Otp, Sender};
use crate::person::Person;
use crate::problem::{Code, Problem};
use crate::sealed::{self, TokenHash};

/// How long a session lives without being used.
pub(crate) const IDLE: Duration = Duration::from_secs(30 * 60);
/// How many sessions there may be at once; far more than one machine's tests open.
const MOST: usize = 1_000;

/// How far a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Progress {
    SubjectFound,
    OtpSent,
    OtpVerified,
    IdentityBound,
}

/// One visit to the portal.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) sid: String,
    pub(crate) token: TokenHash,
    pub(crate) person: Person,
    pub(crate) progress: Progress,
    pub(crate) used: Moment,
    /// The code by which the identity was bound, so that the same call may be repeated when its answer was lost.
    pub(crate) bound_by: Option<TokenHash>,
    otp: Option<Otp>,
}

impl Session {
    pub(crate) fn expires(&self) -> Moment {
        self.used.plus(IDLE)
    }

    /// Sends a one-time password and gives its digits, for the SMS.
    pub(crate) fn send_otp(&mut self, now: Moment) -> Result<String, Problem> {
        if self.progress >= Progress::OtpVerified {
            return Err(Problem::out_of_order("the one-time password was verified"));
        }
        let (otp, code) = Otp::send(self.otp.as_ref(), Sender::Portal, now)?;
        self.otp = Some(otp);
        self.progress = Progress::OtpSent;
        Ok(code)
    }

    /// Verifies a one-time password. A verified session stays so, whatever comes.
    pub(crate) fn verify_otp(&mut self, tried: &str, now: Moment) -> Result<(), Problem> {
        match (self.progress, &mut self.otp) {
            (Progress::OtpVerified | Progress::IdentityBound, _) => Ok(()),
            (Progress::SubjectFound | Progress::OtpSent, None) => {
                Err(Problem::out_of_order("no one-time password was sent"))
            }
            (Progress::SubjectFound | Progress::OtpSent, Some(otp)) => {
                otp.try_code(tried, now)?;
                self.otp = None;
                self.progress = Progress::OtpVerified;
                Ok(())
            }
        }
    }

    /// Binds the person whom Digital ID identified, if it is the one for whom the session was opened.
    pub(crate) fn bind(&mut self, identified: &Iin, by: TokenHash) -> Result<(), Problem> {
        if *identified != self.person.checked_iin() {
            return Err(Code::DocumentMismatch.into());
        }
        self.progress = Progress::IdentityBound;
        self.bound_by = Some(by);
        Ok(())
    }
}

impl PartialOrd for Progress {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some((*self as u8).cmp(&(*other as u8)))
    }
}

/// All sessions, by their names.
#[derive(Default)]
pub(crate) struct Sessions(HashMap<String, Session>);

impl Sessions {
    /// Opens a session and gives its token, which is nowhere kept in clear.
    pub(crate) fn open(
        &mut self,
        person: Person,
        now: Moment,
    ) -> Result<(&Session, String), Problem> {
        self.0.retain(|_, session| session.expires() > now);
        if self.0.len() >= MOST {
            return Err(Problem::from(Code::RateLimited).retry_after(60));
        }
        let (clear, token) = sealed::token();
        let sid = sealed::name();
        let session = Session {
            sid: sid.clone(),
            token,
            person,
            progress: Progress::SubjectFound,
            used: now,
            bound_by: None,
            otp: None,
        };
        Ok((self.0.entry(sid).or_insert(session), clear))
    }

    /// The session of this name, if the token is its own and it has not idled too long. Entering counts as use.
    pub(crate) fn enter(
        &mut self,
        sid: &str,
        token: TokenHash,
        now: Moment,
    ) -> Result<&mut Session, Problem> {
        let session = self.0.get_mut(sid).filter(|session| session.token == token);
        live(session, now)
    }

    /// The session of this token.
    pub(crate) fn of_token(
        &mut self,
        token: TokenHash,
        now: Moment,
    ) -> Result<&mut Session, Problem> {
        live(self.0.values_mut().find(|session| session.token == token), now)
    }
}

fn live(session: Option<&mut Session>, now: Moment) -> Result<&mut Session, Problem> {
    let session = session.filter(|session| session.expires() > now).ok_or(Code::SessionExpired)?;
    session.used = now;
    Ok(session)
}
