//! Digital ID: logins by telephone, accounts, and the codes that pass an identity on.

pub(crate) mod account;
pub(crate) mod consent;
pub(crate) mod document;
pub(crate) mod liveness;
pub(crate) mod picture;
pub(crate) mod pin;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use sha2::{Digest as _, Sha256};
use tanba_core::iin::Iin;

use crate::clock::Moment;
use crate::otp::{Otp, Sender};
use crate::person::Person;
use crate::problem::{Code, Problem};
use crate::sealed::{self, TokenHash};
use crate::session::IDLE;
use account::Account;

/// How long a code may be redeemed.
const GRANT_LIFE: Duration = Duration::from_secs(5 * 60);
/// Where codes are said to go: nowhere, they are handed over by the agent itself.
pub(crate) const REDIRECT_URI: &str = "urn:tanba:step";

/// Everything that Digital ID knows. Telephones are its keys: one telephone, one person, one account.
#[derive(Default)]
pub(crate) struct DigitalId {
    codes: HashMap<String, Otp>,
    logins: HashMap<TokenHash, Login>,
    accounts: BTreeMap<String, Account>,
    grants: Vec<Grant>,
}

struct Login {
    phone: String,
    used: Moment,
}

/// A code that somebody may redeem once (RFC 6749, section 4.1.2), bound to a challenge (RFC 7636).
struct Grant {
    code: TokenHash,
    challenge: String,
    iin: Iin,
    expires: Moment,
}

impl DigitalId {
    /// Sends a one-time password to a telephone of the mobile citizens database; gives its digits, for the SMS.
    pub(crate) fn send_code(
        &mut self,
        person: &Person,
        phone: &str,
        now: Moment,
    ) -> Result<String, Problem> {
        let (otp, code) = Otp::send(self.codes.get(phone), Sender::DigitalId, now)?;
        self.codes.insert(phone.to_owned(), otp);
        self.accounts.entry(phone.to_owned()).or_insert_with(|| Account::new(person.clone()));
        Ok(code)
    }

    /// Logs in: a token, and the account as it stands.
    pub(crate) fn log_in(
        &mut self,
        phone: &str,
        tried: &str,
        now: Moment,
    ) -> Result<(String, &Account), Problem> {
        let otp = self.codes.get_mut(phone).ok_or(Code::OtpExpired)?;
        otp.try_code(tried, now)?;
        self.codes.remove(phone);
        self.logins.retain(|_, login| login.used.plus(IDLE) > now);
        let (clear, token) = sealed::token();
        self.logins.insert(token, Login { phone: phone.to_owned(), used: now });
        Ok((clear, self.accounts.get(phone).ok_or(Code::PhoneMismatch)?))
    }

    /// The account of a token that has not idled too long. Entering counts as use.
    pub(crate) fn enter(&mut self, token: TokenHash, now: Moment) -> Result<&mut Account, Problem> {
        let login = self.logins.get_mut(&token).filter(|login| login.used.plus(IDLE) > now);
        let login = login.ok_or(Code::SessionExpired)?;
        login.used = now;
        self.accounts.get_mut(&login.phone).ok_or_else(|| Code::SessionExpired.into())
    }

    /// Makes a code for the person of an account that approved. It replaces one that was not redeemed.
    pub(crate) fn grant(&mut self, iin: Iin, challenge: String, now: Moment) -> String {
        self.grants.retain(|grant| grant.expires > now && grant.iin != iin);
        let (clear, code) = sealed::token();
        self.grants.push(Grant { code, challenge, iin, expires: now.plus(GRANT_LIFE) });
        clear
    }

    /// Redeems a code: who approved. A code is gone after this, whether its verifier fitted or not.
    pub(crate) fn redeem(
        &mut self,
        code: TokenHash,
        verifier: &str,
        now: Moment,
    ) -> Result<Iin, Problem> {
        let at = self.grants.iter().position(|grant| grant.code == code && grant.expires > now);
        let grant = self.grants.swap_remove(at.ok_or(Code::ConsentExpired)?);
        let challenge = Base64UrlUnpadded::encode_string(&Sha256::digest(verifier));
        if challenge != grant.challenge {
            return Err(Problem::malformed("code_verifier does not fit the code_challenge"));
        }
        Ok(grant.iin)
    }
}
