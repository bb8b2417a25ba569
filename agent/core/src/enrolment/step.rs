//! What the shell must do, and what it brings back.

use super::gateway::{Call, CallError, Reply};
use super::journal::{KeyRecord, Record};
use super::prompt::{Answer, Prompt};
use super::refusal::Reason;
use crate::crypto::{Algorithm, KeyId};
use crate::email::Email;
use crate::layout::Purpose;
use crate::secret::Password;
use crate::time::UnixTime;
use crate::x509::Person;

/// What the shell must do now.
#[derive(Debug)]
pub enum Step<'a> {
    /// Ask the person; nothing moves until [`Event::Answered`].
    Ask(Prompt),
    /// Send this call and bring [`Event::Replied`].
    Send(&'a Call),
    /// Send this call, made from the journal, and bring [`Event::Replied`].
    SendAgain(Call),
    /// Make the keys and their requests in memory and bring [`Event::KeysMade`].
    MakeKeys(KeyPlan),
    /// Write the pending files, or check those that are there, and bring [`Event::KeysWritten`] (B1).
    WriteKeys(&'a Record),
    /// Remove the pending files, then the container password, and bring [`Event::PendingRemoved`] (after B4).
    RemovePending(&'a Record),
    /// Nothing until this moment, or until [`Event::Refresh`].
    Wait(UnixTime),
    /// Nothing any more.
    Stop,
}

/// What keys are to be made.
#[derive(Debug, Clone)]
pub struct KeyPlan {
    /// In which algorithm.
    pub algorithm: Algorithm,
    /// For what, one key each.
    pub purposes: Vec<Purpose>,
    /// Whose.
    pub person: Person,
    /// For the subject alternative name.
    pub email: Option<Email>,
    /// The folder that the person chose, as the shell names it.
    pub folder: String,
}

/// A key that the shell made, in memory still.
#[derive(Debug, Clone)]
pub struct MadeKey {
    /// For what.
    pub purpose: Purpose,
    /// Its id.
    pub key_id: KeyId,
    /// Its request, PKCS#10 in DER.
    pub request: Vec<u8>,
}

/// What a page submits that leads the identification itself.
#[derive(Debug)]
pub struct Submission {
    /// The agreement that the person accepted there.
    pub agreement_version: String,
    /// For notices.
    pub email: Option<Email>,
    /// Keys of other journals that go into the same application.
    pub more_keys: Vec<KeyRecord>,
}

/// A certificate that a page brought, with those above it, nearest first; all DER.
#[derive(Debug)]
pub struct Given {
    /// The certificate.
    pub certificate: Vec<u8>,
    /// Those above it.
    pub chain: Vec<Vec<u8>>,
}

/// One key that a page asked for.
#[derive(Debug)]
pub struct MadeOne {
    /// The folder that the person chose, as the shell names it.
    pub folder: String,
    /// The key.
    pub key: MadeKey,
}

/// What happened.
#[derive(Debug)]
#[expect(missing_docs, reason = "the sentence of a variant says what its fields hold")]
pub enum Event {
    /// The person answered.
    Answered(Answer),
    /// The call that was sent brought this.
    Replied(Result<Reply, CallError>),
    /// The keys are made, for this folder, or could not be.
    KeysMade(Result<(String, Vec<MadeKey>), Reason>),
    /// The pending files are durable and were opened again; or, after a restart, what is wrong with those that are there:
    /// `KeyLost` is final, everything else is looked at again later.
    KeysWritten(Result<(), Reason>),
    /// Fresh keys could not be written; nothing of them is left.
    KeysNotWritten(Reason),
    /// One final file is durable and was opened again. `proof` is its signature for the report, in base64.
    KeyInstalled { key_id: KeyId, file: String, proof: String },
    /// The pending files are gone.
    PendingRemoved,
    /// A page that leads the identification itself submits; `session` is the token of its session.
    Submitted { session: Password, submission: Submission },
    /// A page brought the certificate of one key itself.
    CertificateGiven { key_id: KeyId, given: Given },
    /// Somebody wants news now.
    Refresh,
    /// The person ends the enrolment.
    Cancel,
}
