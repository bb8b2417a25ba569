//! XML documents with their signature in them.

use std::path::Path;

use tanba_core::xml::sign::{LineBreaks, Options, SignError, sign as sign_document};
use tanba_core::xml::{Limits, NotXml};

use super::Sign;
use super::signer::Signer;
use super::target::Target;
use crate::commands::failure::{Failure, Problem};
use crate::commands::input;
use crate::commands::shell::Shell;

/// Signs one document.
pub(super) fn sign(
    options: &Sign,
    path: &Path,
    target: &Target,
    signer: &Signer,
    shell: &Shell,
) -> Result<(), Failure> {
    let document = input::read(path, Limits::DEFAULT.bytes)?;
    let form = Options {
        line_breaks: if options.legacy_lines { LineBreaks::Wrapped } else { LineBreaks::None },
        ..Options::default()
    };
    let certificate = signer.certificate()?;
    let signed = sign_document(&document, &form, certificate, &signer.key, &shell.provider)
        .map_err(|error| not_signed(error, path))?;
    target.write(&signed, options.force)
}

fn not_signed(error: SignError, path: &Path) -> Failure {
    let problem = match error {
        SignError::NotXml(NotXml::TooLarge) => Problem::TooLarge,
        SignError::NotXml(_)
        | SignError::NoElement
        | SignError::NoParent
        | SignError::NoId
        | SignError::RelativeNamespace
        | SignError::ParentInside => Problem::NotXml,
        SignError::OtherKey | SignError::Key(_) | SignError::Encoding => Problem::Internal,
    };
    Failure::new(problem, path).detail(&error)
}
