//! What can go wrong in a call, and what a page is told of it.

use tanba::protocol::{Code, Enrolment, Failure};
use tanba_core::enrolment::Refusal;

use crate::files::FileError;
use crate::journals::JournalError;
use crate::keyfiles::InstallError;
use crate::signing::NotSigned;

/// Why a call failed. The log gets the chain of causes; the page gets [`Error::for_page`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The person closed the window.
    #[error("the person closed the window")]
    Cancelled,
    /// There is no screen to ask on.
    #[error("there is no screen to ask on")]
    NoWindow,
    /// Too much at once.
    #[error("too much at once")]
    Busy,
    /// The page began no such enrolment.
    #[error("this page began no such enrolment")]
    UnknownEnrolment,
    /// The handle is not this page's.
    #[error("the folder handle is not this page's")]
    UnknownFolder,
    /// The page made no such key.
    #[error("this page made no such key")]
    UnknownKey,
    /// The certificates are not there.
    #[error("the certificates are not there yet")]
    NotYetIssued,
    /// A parameter that has the right shape cannot be right.
    #[error("a parameter cannot be right")]
    BadParams,
    /// The engine or the services refused.
    #[error(transparent)]
    Refused(Refusal),
    /// The password of the pending files cannot be had now.
    #[error("the password of the pending files cannot be had now")]
    Secrets,
    /// There is no signature.
    #[error(transparent)]
    NotSigned(#[from] NotSigned),
    /// What the services said last.
    #[error("the services said: {}", .0.code.name())]
    Service(Failure),
    /// A final file could not be written.
    #[error(transparent)]
    Install(#[from] InstallError),
    /// A journal could not be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// We are broken.
    #[error("the agent failed")]
    Internal,
    /// Any of these, in a call about an enrolment that stands so.
    #[error("{0}")]
    About(#[source] Box<Error>, Box<Enrolment>),
}

impl Error {
    /// Adds how the enrolment stands.
    #[must_use]
    pub fn about(self, enrolment: Enrolment) -> Self {
        Self::About(Box::new(self), Box::new(enrolment))
    }

    /// All that a page may learn. There is no `_` arm: whoever adds an error decides what pages see.
    #[must_use]
    pub fn for_page(&self) -> Failure {
        Failure::new(match self {
            Self::Cancelled => Code::Cancelled,
            Self::NoWindow => Code::NoWindow,
            Self::Busy => Code::Busy,
            Self::UnknownEnrolment => Code::UnknownEnrolment,
            Self::UnknownFolder => Code::UnknownFolder,
            Self::UnknownKey => Code::UnknownKey,
            Self::NotYetIssued => Code::NotYetIssued,
            Self::BadParams => Code::BadParams,
            Self::Refused(refusal) => return crate::enrol::failure(refusal),
            Self::Secrets => Code::SecretsUnavailable,
            Self::Service(failure) => return failure.clone(),
            Self::NotSigned(why) => not_signed(why),
            Self::Install(error) => match error {
                InstallError::KeyLost => Code::KeyLost,
                InstallError::OtherKey => Code::CertificateKeyMismatch,
                InstallError::OtherPassword | InstallError::OtherFile => Code::FileExists,
                InstallError::File(error) => file_code(error),
                InstallError::Crypto => Code::Internal,
            },
            Self::Journal(error) => match error {
                JournalError::File(FileError::Full) => Code::DiskFull,
                JournalError::File(_) | JournalError::Json(_) => Code::Internal,
                JournalError::Taken => Code::Busy,
            },
            Self::Internal => Code::Internal,
            Self::About(error, enrolment) => {
                let mut failure = error.for_page();
                failure.enrolment = Some(enrolment.clone());
                return failure;
            }
        })
    }
}

fn not_signed(why: &NotSigned) -> Code {
    match why {
        NotSigned::Cancelled | NotSigned::WrongPassword => Code::Cancelled,
        NotSigned::NoWindow => Code::NoWindow,
        NotSigned::Busy => Code::Busy,
        NotSigned::Empty
        | NotSigned::TooMany(_)
        | NotSigned::OtherDigest { .. }
        | NotSigned::NotAMessage(_) => Code::BadParams,
        NotSigned::Xml { .. } => Code::NotXml,
        NotSigned::Disguised => Code::Disguised,
        NotSigned::NoTimeStamp(_) => Code::NoTimeStamp,
        NotSigned::File(_) | NotSigned::Internal => Code::Internal,
    }
}

fn file_code(error: &FileError) -> Code {
    match error {
        FileError::Full => Code::DiskFull,
        FileError::Missing => Code::FolderMissing,
        FileError::Exists => Code::FileExists,
        FileError::Denied(_) | FileError::TooLarge | FileError::Io(_) => Code::FolderUnwritable,
    }
}
