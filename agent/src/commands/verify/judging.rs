//! Judges signatures: the part of `tanba verify` that says nothing. The agent's window asks it as well.
//!
//! ```text
//! message, content ─┐
//! roots, lists ─────┼─▶ judged ──▶ what is missing? ──▶ fetched, if it may be ──▶ judged again ──▶ report
//! moment ───────────┘
//! ```

mod judged;
mod online;

use std::path::Path;

use tanba_core::crypto::Provider;
use tanba_core::time::UnixTime;
use tanba_core::verify::{Demand, Report, Trust};
use tanba_core::x509::certificate::Certificate;
use tanba_core::x509::crl::Crl;
use tanba_core::x509::ocsp::OcspAnswer;

use self::judged::{Judged, begins_like_one};
use crate::authorities::Authorities;
use crate::commands::failure::{Failure, Problem};
use crate::commands::progress::Watch;

/// How old, in seconds, an answer may be that does not say how long it holds: a day.
const MAX_AGE: i64 = 24 * 60 * 60;

/// What shall be judged.
pub(crate) struct Question<'a> {
    /// The message, document or signature.
    pub(crate) file: &'a Path,
    /// The document of a detached or raw signature.
    pub(crate) content: Option<&'a Path>,
    /// The signer's certificate, for raw signatures.
    pub(crate) certificate: Option<&'a Path>,
    /// Who computes; without anybody nothing is fetched.
    pub(crate) online: Option<Provider>,
    /// Who watches how far it is; without anybody the terminal.
    pub(crate) watch: Option<&'a Watch>,
}

/// What came of it.
pub(crate) struct Judgement {
    pub(crate) report: Report,
    /// The stable name of the format: `cms`, `xml` or `raw`.
    pub(crate) format: &'static str,
    /// Whether the content was not in the message, and nobody said where it is.
    pub(crate) lacks_content: bool,
}

/// Everything that a judgement rests on.
#[derive(Debug)]
pub(crate) struct Known {
    pub(super) roots: Vec<Certificate>,
    pub(super) others: Vec<Certificate>,
    pub(super) crls: Vec<Crl>,
    pub(super) answers: Vec<OcspAnswer>,
    at: UnixTime,
    demand: Demand,
}

impl Known {
    /// What these authorities make known at that moment.
    pub(crate) fn new(authorities: Authorities, at: UnixTime, demand: Demand) -> Self {
        let Authorities { roots, others } = authorities;
        Self { roots, others, crls: Vec::new(), answers: Vec::new(), at, demand }
    }

    /// As the core wants it.
    fn trust(&self) -> Trust<'_> {
        Trust {
            roots: &self.roots,
            intermediates: &self.others,
            crls: &self.crls,
            answers: &self.answers,
            at: self.at,
            max_age: MAX_AGE,
            revocation: self.demand,
        }
    }
}

/// Judges. Blocks: on files of any size, and on services that may be slow. `silent` is told who did not answer.
///
/// # Errors
/// Why nothing can be said of it. What begins like a signature and is none is [`Problem::Damaged`]: one changed byte must
/// not turn the verdict into an error of another kind.
pub(crate) fn judge(
    question: &Question<'_>,
    mut known: Known,
    silent: &mut dyn FnMut(String),
) -> Result<Judgement, Failure> {
    let damaged = |why: Failure| {
        let unread = matches!(why.problem, Problem::NotCms | Problem::NotXml);
        if unread && why.is_about(question.file) && begins_like_one(question.file) {
            why.seen_as(Problem::Damaged)
        } else {
            why
        }
    };
    let judged = Judged::read(question, &mut known).map_err(damaged)?;
    let mut report = judged.report(&known).map_err(damaged)?;
    if let Some(provider) = question.online {
        let goes_on = || question.watch.is_none_or(|watch| watch(0, 0));
        report = online::completed(report, &judged, &mut known, provider, &goes_on, silent)?;
    }
    Ok(Judgement { report, format: judged.format(), lacks_content: judged.lacks_content() })
}
