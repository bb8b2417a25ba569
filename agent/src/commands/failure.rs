//! Why a command ended without what was asked for: a stable name for programs, a sentence for people.

use std::path::{Path, PathBuf};

use crate::files::FileError;
use crate::remote::fetch::FetchError;
use crate::words::Words;

/// What went wrong. The names are stable; the sentences are in `words/`, under `cmd-<name>`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Problem {
    /// The password does not open the key file.
    WrongPassword,
    /// The new password breaks rules.
    WeakPassword,
    /// The two new passwords differ.
    PasswordsDiffer,
    /// A password is asked, and nobody is there to answer.
    NoTerminal,
    /// The password file is no text, or too large.
    NotAPasswordFile,
    /// The file or folder is not there.
    NoSuchFile,
    /// The file cannot be read.
    CannotRead,
    /// The file cannot be written.
    CannotWrite,
    /// There is no room for the file.
    NoRoom,
    /// The file is larger than any of its kind.
    TooLarge,
    /// A file of that name is there.
    Exists,
    /// The file is a link, and would be replaced.
    IsALink,
    /// The file changed while it was read.
    Changed,
    /// No key file, or none that is read here.
    NotAKeyFile,
    /// The new key file would lack something of the old one.
    WouldLose,
    /// The key file has no key.
    NoKey,
    /// The key file has no such key.
    NoSuchKey,
    /// The key file has several keys that would do.
    SeveralKeys,
    /// There is no certificate for the key.
    NoCertificate,
    /// The certificate is not for signing.
    OtherPurpose,
    /// The certificate is not valid yet.
    NotYetValid,
    /// The certificate has expired.
    Expired,
    /// Keys of this kind are not made.
    NeverGenerated,
    /// The subject cannot be read.
    NotASubject,
    /// No certificate.
    NotACertificate,
    /// No certificate request.
    NotARequest,
    /// No signed CMS message.
    NotCms,
    /// No XML that can be signed.
    NotXml,
    /// What is to be verified is a signed message or document no longer.
    Damaged,
    /// No digest for this key.
    NotADigest,
    /// Neither CMS nor XML, and nothing says that it is a raw signature.
    NotASignature,
    /// The content is not in the message.
    ContentNeeded,
    /// The message is over other content.
    OtherContent,
    /// No revocation list.
    NotACrl,
    /// No moment.
    NotATime,
    /// An address is no address.
    NotAnAddress,
    /// A service did not answer.
    Unreachable,
    /// A service refused, or its answer cannot be trusted.
    ServiceRefused,
    /// Options that do not go together.
    Usage,
    /// A computation failed.
    Internal,
}

impl Problem {
    /// All of them.
    pub const ALL: [Self; 40] = [
        Self::WrongPassword,
        Self::WeakPassword,
        Self::PasswordsDiffer,
        Self::NoTerminal,
        Self::NotAPasswordFile,
        Self::NoSuchFile,
        Self::CannotRead,
        Self::CannotWrite,
        Self::NoRoom,
        Self::TooLarge,
        Self::Exists,
        Self::IsALink,
        Self::Changed,
        Self::NotAKeyFile,
        Self::WouldLose,
        Self::NoKey,
        Self::NoSuchKey,
        Self::SeveralKeys,
        Self::NoCertificate,
        Self::OtherPurpose,
        Self::NotYetValid,
        Self::Expired,
        Self::NeverGenerated,
        Self::NotASubject,
        Self::NotACertificate,
        Self::NotARequest,
        Self::NotCms,
        Self::NotXml,
        Self::Damaged,
        Self::NotADigest,
        Self::NotASignature,
        Self::ContentNeeded,
        Self::OtherContent,
        Self::NotACrl,
        Self::NotATime,
        Self::NotAnAddress,
        Self::Unreachable,
        Self::ServiceRefused,
        Self::Usage,
        Self::Internal,
    ];

    /// The stable name, and whether it means that something is bad or was refused (exit code 1) rather than could not
    /// be done (2).
    const fn facts(self) -> (&'static str, bool) {
        match self {
            Self::WrongPassword => ("wrong_password", true),
            Self::WeakPassword => ("weak_password", true),
            Self::PasswordsDiffer => ("passwords_differ", true),
            Self::NoTerminal => ("no_terminal", false),
            Self::NotAPasswordFile => ("not_a_password_file", false),
            Self::NoSuchFile => ("no_such_file", false),
            Self::CannotRead => ("cannot_read", false),
            Self::CannotWrite => ("cannot_write", false),
            Self::NoRoom => ("no_room", false),
            Self::TooLarge => ("too_large", false),
            Self::Exists => ("exists", true),
            Self::IsALink => ("is_a_link", true),
            Self::Changed => ("changed", false),
            Self::NotAKeyFile => ("not_a_key_file", false),
            Self::WouldLose => ("would_lose", true),
            Self::NoKey => ("no_key", false),
            Self::NoSuchKey => ("no_such_key", false),
            Self::SeveralKeys => ("several_keys", false),
            Self::NoCertificate => ("no_certificate", true),
            Self::OtherPurpose => ("other_purpose", true),
            Self::NotYetValid => ("not_yet_valid", true),
            Self::Expired => ("expired", true),
            Self::NeverGenerated => ("never_generated", true),
            Self::NotASubject => ("not_a_subject", false),
            Self::NotACertificate => ("not_a_certificate", false),
            Self::NotARequest => ("not_a_request", false),
            Self::NotCms => ("not_cms", false),
            Self::NotXml => ("not_xml", false),
            Self::Damaged => ("damaged", true),
            Self::NotADigest => ("not_a_digest", false),
            Self::NotASignature => ("not_a_signature", false),
            Self::ContentNeeded => ("content_needed", false),
            Self::OtherContent => ("other_content", true),
            Self::NotACrl => ("not_a_crl", false),
            Self::NotATime => ("not_a_time", false),
            Self::NotAnAddress => ("not_an_address", false),
            Self::Unreachable => ("unreachable", false),
            Self::ServiceRefused => ("service_refused", true),
            Self::Usage => ("usage", false),
            Self::Internal => ("internal", false),
        }
    }

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.facts().0
    }

    /// The exit code: 1 for what is bad or refused, 2 for what could not be done.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        if self.facts().1 { 1 } else { 2 }
    }
}

/// A problem, with what it is about. Never holds a password.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// What went wrong.
    pub problem: Problem,
    path: PathBuf,
    detail: String,
}

impl Failure {
    /// A problem with a file, or with what an option says.
    pub(super) fn new(problem: Problem, path: impl AsRef<Path>) -> Self {
        Self { problem, path: path.as_ref().to_owned(), detail: String::new() }
    }

    /// What exactly, for those who want to know.
    pub(super) fn detail(mut self, detail: &(impl ToString + ?Sized)) -> Self {
        self.detail = detail.to_string();
        self
    }

    /// Whether it is about that file.
    pub(super) fn is_about(&self, path: &Path) -> bool {
        self.path == path
    }

    /// The same, seen as another problem.
    pub(super) fn seen_as(self, problem: Problem) -> Self {
        Self { problem, ..self }
    }

    /// A file that could not be read or written.
    pub(super) fn file(error: &FileError, path: impl AsRef<Path>, writing: bool) -> Self {
        let (problem, cause) = match error {
            FileError::Exists => (Problem::Exists, None),
            FileError::Missing => (Problem::NoSuchFile, None),
            FileError::Full => (Problem::NoRoom, None),
            FileError::TooLarge => (Problem::TooLarge, None),
            FileError::Denied(cause) | FileError::Io(cause) => {
                let problem = if writing { Problem::CannotWrite } else { Problem::CannotRead };
                (problem, Some(cause))
            }
        };
        Self::new(problem, path).detail(&cause.map(ToString::to_string).unwrap_or_default())
    }

    /// A file that could not be read.
    pub(super) fn reading(error: std::io::Error, path: impl AsRef<Path>) -> Self {
        Self::file(&error.into(), path, false)
    }

    /// A file that could not be written.
    pub(super) fn writing(error: std::io::Error, path: impl AsRef<Path>) -> Self {
        Self::file(&error.into(), path, true)
    }

    /// Work on a file that nobody waits for any more.
    pub(super) fn abandoned(path: impl AsRef<Path>) -> Self {
        Self::new(Problem::Internal, path).detail("nobody waits for it any more")
    }

    /// A service that gave nothing.
    pub(super) fn fetching(error: &FetchError, address: &str) -> Self {
        let problem = match error {
            FetchError::Address => Problem::NotAnAddress,
            FetchError::Unreachable => Problem::Unreachable,
            FetchError::Status(_) | FetchError::TooLarge => Problem::ServiceRefused,
            FetchError::Client => Problem::Internal,
        };
        Self::new(problem, address).detail(error)
    }

    /// The sentence for people.
    #[must_use]
    pub fn text(&self, words: &Words) -> String {
        let path = self.path.display().to_string();
        let key = format!("cmd-{}", self.problem.name());
        let text = words.get_with(&key, &[("path", &path)]);
        // One line, whatever a file is called.
        let text = if self.detail.is_empty() { text } else { format!("{text} ({})", self.detail) };
        text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
    }
}

#[cfg(test)]
mod tests {
    use tanba::protocol::Locale;

    use super::*;

    #[test]
    fn every_problem_has_its_own_name_and_words() {
        let mut names: Vec<_> = Problem::ALL.iter().map(|problem| problem.name()).collect();
        for locale in Locale::ALL {
            let words = Words::new(locale);
            for name in &names {
                let key = format!("cmd-{name}");
                assert_ne!(words.get_with(&key, &[("path", "x")]), key, "{locale:?}");
            }
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Problem::ALL.len());
    }

    #[test]
    fn a_failure_is_one_line() {
        let failure = Failure::new(Problem::NotCms, "a\nb.cms").detail("ends\nearly");
        let text = failure.text(&Words::new(Locale::En));
        assert!(!text.contains('\n') && text.contains("ends"), "{text}");
    }
}
