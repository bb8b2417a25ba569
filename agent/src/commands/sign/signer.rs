//! The key that signs: which one of a file, and whether its certificate lets it.

use tanba_core::crypto::{KeyId, PrivateKey};
use tanba_core::pkcs12::Entry;
use tanba_core::time::UnixTime;
use tanba_core::x509::certificate::Certificate;

use super::{Format, Sign};
use crate::commands::failure::{Failure, Problem};
use crate::commands::password;
use crate::commands::shell::Shell;

/// A key that may sign now.
#[derive(Debug)]
pub(super) struct Signer {
    pub(super) key: PrivateKey,
    /// Missing only where the signature needs none.
    pub(super) certificate: Option<Certificate>,
}

impl Signer {
    /// Whether that is its id: of the key itself, or the one in its certificate, by which old files are named.
    fn is_called(&self, id: KeyId) -> bool {
        let named = self.certificate.as_ref().and_then(Certificate::subject_key_id);
        self.key.public().key_id() == id || named == Some(id.as_bytes().as_slice())
    }

    /// The certificate, for signatures that carry one.
    pub(super) fn certificate(&self) -> Result<&Certificate, Failure> {
        self.certificate.as_ref().ok_or_else(|| Failure::new(Problem::NoCertificate, "-"))
    }
}

/// Opens the key file and takes the key that is to sign.
pub(super) fn open(
    options: &Sign,
    id: Option<KeyId>,
    at: UnixTime,
    shell: &Shell,
) -> Result<Signer, Failure> {
    let path = &options.key;
    let source = options.password.password_file.as_deref();
    let (opened, ..) = password::open(shell, path, source)?;
    let signers = opened.entries.into_iter().map(signer).collect();
    let signer = chosen(signers, id).map_err(|problem| Failure::new(problem, path))?;
    if signer.certificate.is_none() && options.format != Format::Raw {
        return Err(Failure::new(Problem::NoCertificate, path));
    }
    if let Some(certificate) = &signer.certificate {
        let fits = signs(certificate) || options.any_purpose;
        let problem = if !fits {
            Some((Problem::OtherPurpose, String::new()))
        } else if at < certificate.not_before {
            Some((Problem::NotYetValid, certificate.not_before.rfc3339()))
        } else if at > certificate.not_after {
            Some((Problem::Expired, certificate.not_after.rfc3339()))
        } else {
            None
        };
        if let Some((problem, detail)) = problem {
            return Err(Failure::new(problem, path).detail(&detail));
        }
    }
    Ok(signer)
}

fn signer(entry: Entry) -> Signer {
    let certificate = entry.certificates.first().and_then(|der| Certificate::parse(der).ok());
    Signer { key: entry.key, certificate }
}

fn signs(certificate: &Certificate) -> bool {
    certificate.profile().purpose.is_some_and(|purpose| purpose.signs())
}

/// The key of that id; without one the only key, or the only one for signing documents.
fn chosen(mut signers: Vec<Signer>, id: Option<KeyId>) -> Result<Signer, Problem> {
    if let Some(id) = id {
        signers.retain(|signer| signer.is_called(id));
        return signers.pop().ok_or(Problem::NoSuchKey);
    }
    if signers.len() > 1 && signers.iter().any(|one| one.certificate.as_ref().is_some_and(signs)) {
        signers.retain(|signer| signer.certificate.as_ref().is_some_and(signs));
    }
    match (signers.pop(), signers.is_empty()) {
        (Some(signer), true) => Ok(signer),
        (Some(_), false) => Err(Problem::SeveralKeys),
        (None, _) => Err(Problem::NoKey),
    }
}
