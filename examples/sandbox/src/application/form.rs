//! The application form: what is checked before an application comes to be.

use base64ct::{Base64, Encoding as _};
use serde::Deserialize;

use super::{Purpose, Wanted};
use crate::authority::{CertificateRequest, RefusedRequest};
use crate::person::Person;
use crate::problem::{Code, Problem};

/// The version of the user agreement that is in force.
pub(crate) const AGREEMENT_VERSION: &str = "sandbox-2026-1";

/// The longest e-mail address (RFC 5321, errata 1690).
const LONGEST_EMAIL: usize = 254;

/// The form as it was sent. Its shape was checked by reading it; its content is checked by [`Form::check`].
#[derive(Deserialize)]
pub(crate) struct Form {
    template: Template,
    agreement_version: String,
    #[serde(default)]
    email: Option<String>,
    storage: Storage,
    requests: Vec<Asked>,
}

/// For whom. The sandbox offers one template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Template {
    IndividualRemote,
}

#[derive(Deserialize)]
enum Storage {
    #[serde(rename = "PKCS12")]
    Pkcs12,
}

#[derive(Deserialize)]
struct Asked {
    purpose: Purpose,
    key_id: String,
    csr: String,
}

impl Form {
    /// Checks everything that does not depend on other applications.
    pub(super) fn check(self, person: &Person) -> Result<Vec<Wanted>, Problem> {
        let (Template::IndividualRemote, Storage::Pkcs12) = (self.template, self.storage);
        if self.agreement_version != AGREEMENT_VERSION {
            return Err(Code::AgreementOutdated.into());
        }
        if self.email.as_ref().is_some_and(|email| !is_email(email)) {
            return Err(Problem::malformed("email is not an e-mail address"));
        }
        let purposes_are_distinct = match self.requests.as_slice() {
            [_] => true,
            [first, second] => first.purpose != second.purpose,
            _ => false,
        };
        if !purposes_are_distinct {
            return Err(Problem::malformed("requests are one or two, for different purposes"));
        }
        let wanted: Vec<_> = self
            .requests
            .into_iter()
            .map(|asked| asked.check(person, self.email.as_deref()))
            .collect::<Result<_, _>>()?;
        if let [first, second] = wanted.as_slice() {
            if first.key_id == second.key_id {
                return Err(Code::CsrReusedKey.into());
            }
            // One chain goes with all certificates of an application.
            if first.request.key.family() != second.request.key.family() {
                return Err(Problem::from(Code::CsrInvalid)
                    .detail("either all keys of an application are GOST's or none is"));
            }
        }
        Ok(wanted)
    }
}

impl Asked {
    fn check(self, person: &Person, email: Option<&str>) -> Result<Wanted, Problem> {
        let invalid = |detail| Problem::from(Code::CsrInvalid).detail(detail);
        let der = Base64::decode_vec(&self.csr).map_err(|_| invalid("csr is not base64"))?;
        let request = CertificateRequest::parse(&der).map_err(refused_request)?;
        request.must_name(person).map_err(refused_request)?;
        if request.key.key_id() != self.key_id {
            return Err(invalid("key_id is not that of the request's key"));
        }
        if request.email.as_deref() != email {
            return Err(invalid("the request's e-mail address is not the form's"));
        }
        Ok(Wanted { purpose: self.purpose, key_id: self.key_id, request, issued: None })
    }
}

fn refused_request(refused: RefusedRequest) -> Problem {
    match refused {
        RefusedRequest::Invalid => Code::CsrInvalid.into(),
        RefusedRequest::WeakKey => Code::CsrWeakKey.into(),
        RefusedRequest::OtherSubject => Code::CsrSubjectMismatch.into(),
    }
}

/// A first look only: the sandbox sends no mail.
fn is_email(text: &str) -> bool {
    text.len() <= LONGEST_EMAIL
        && text.is_ascii()
        && !text.bytes().any(|byte| byte.is_ascii_whitespace() || byte.is_ascii_control())
        && text.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && host.contains('.') && !host.contains('@')
        })
}
