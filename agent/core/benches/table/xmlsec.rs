//! xmlsec1, as OpenSSL has nothing for XML: the same documents, RSA.

use std::path::Path;

use tanba_core::xml::sign::{Options, sign};

use crate::document::document;
use crate::holder::{holder, provider};
use crate::measured::Theirs;
use crate::openssl::OpenSsl;
use crate::process::Runner;
use crate::{Others, Outcome};

const PROGRAM: &str = "xmlsec1";

/// A process that does next to nothing.
const START: &str = "--list-key-data";

pub(crate) fn measure(
    folder: &Path,
    openssl: Option<&OpenSsl>,
    others: &mut Others,
) -> Outcome<()> {
    let runner = Runner::new(PROGRAM, folder);
    let rows = [
        (10 << 10, 25, "xml/sign-10KiB-rsa2048", "xml/verify-10KiB-rsa2048"),
        (10 << 20, 3, "xml/sign-10MiB-rsa2048", "xml/verify-10MiB-rsa2048"),
    ];
    // OpenSSL writes the keys for it.
    if runner.says("--version").is_none() || openssl.is_none() {
        for (_, _, sign, verify) in rows {
            others.insert(sign, Theirs::Missing(PROGRAM));
            others.insert(verify, Theirs::Missing(PROGRAM));
        }
        return Ok(());
    }
    let (key, certificate) = holder("rsa2048");
    for (bytes, runs, row_sign, row_verify) in rows {
        let signed = sign(&document(bytes), &Options::default(), &certificate, &key, &provider())?;
        let emptied = ["ds:DigestValue", "ds:SignatureValue"]
            .into_iter()
            .try_fold(String::from_utf8(signed)?, |text, name| without_content(&text, name));
        runner.put("template.xml", emptied.ok_or("a signature without values")?.as_bytes())?;
        let signing =
            "--sign --privkey-pem rsa.key --enabled-key-data rsa --output signed.xml template.xml";
        let verifying = "--verify --pubkey-pem rsa.pub --enabled-key-data rsa signed.xml";
        others.insert(row_sign, runner.beyond(runs, signing, START, 1.0)?);
        others.insert(row_verify, runner.beyond(runs, verifying, START, 1.0)?);
    }
    Ok(())
}

/// The text with the last element of that name empty.
fn without_content(text: &str, name: &str) -> Option<String> {
    let (before, rest) = text.rsplit_once(&format!("<{name}>"))?;
    let (_, after) = rest.split_once(&format!("</{name}>"))?;
    Some(format!("{before}<{name}></{name}>{after}"))
}
