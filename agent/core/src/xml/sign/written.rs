//! The text of a signature, in the two forms that NCALayer has had.

use base64ct::{Base64, Encoding};

use super::super::algorithm::{digest_uri, signature_uri};
use super::super::c14n::{Method, attribute_text};
use super::super::signature::DSIG;
use super::LineBreaks;
use crate::crypto::{Digest, SignatureAlgorithm};

/// The longest line of Base64.
const WIDTH: usize = 76;

/// What a signature says.
pub(super) struct Content<'c> {
    /// Empty for the whole document, else `#` and the id.
    pub(super) uri: &'c str,
    /// How `SignedInfo` is made to bytes.
    pub(super) method: Method,
    /// What was done to what is signed, by identifier.
    pub(super) transforms: &'c [&'c str],
    pub(super) digest: &'c Digest,
    pub(super) algorithm: SignatureAlgorithm,
    /// In DER.
    pub(super) certificate: &'c [u8],
}

/// A signature without its value.
pub(super) struct Text {
    /// Up to the value.
    pub(super) before: String,
    /// From the value on.
    pub(super) after: String,
}

impl Content<'_> {
    pub(super) fn write(&self, line_breaks: LineBreaks) -> Text {
        let mut writer = Writer { text: String::new(), line_breaks };
        writer.line(&format!("<ds:Signature xmlns:ds=\"{DSIG}\">"));
        writer.line("<ds:SignedInfo>");
        writer.algorithm("CanonicalizationMethod", self.method.uri());
        writer.algorithm("SignatureMethod", signature_uri(self.algorithm));
        writer.line(&format!("<ds:Reference URI=\"{}\">", attribute_text(self.uri)));
        writer.line("<ds:Transforms>");
        for transform in self.transforms {
            writer.algorithm("Transform", transform);
        }
        writer.line("</ds:Transforms>");
        writer.algorithm("DigestMethod", digest_uri(self.digest.algorithm()));
        let digest = base64(self.digest.as_bytes(), line_breaks);
        writer.line(&format!("<ds:DigestValue>{digest}</ds:DigestValue>"));
        writer.line("</ds:Reference>");
        writer.line("</ds:SignedInfo>");
        writer.line("<ds:SignatureValue>");
        let before = std::mem::take(&mut writer.text);
        writer.line("</ds:SignatureValue>");
        writer.line("<ds:KeyInfo>");
        writer.line("<ds:X509Data>");
        writer.line("<ds:X509Certificate>");
        writer.line(&base64(self.certificate, line_breaks));
        writer.line("</ds:X509Certificate>");
        writer.line("</ds:X509Data>");
        writer.line("</ds:KeyInfo>");
        writer.text += "</ds:Signature>";
        Text { before, after: writer.text }
    }
}

/// The value of a signature between its tags.
pub(super) fn value(bytes: &[u8], line_breaks: LineBreaks) -> String {
    let mut writer = Writer { text: String::new(), line_breaks };
    writer.line(&base64(bytes, line_breaks));
    writer.text
}

fn base64(bytes: &[u8], line_breaks: LineBreaks) -> String {
    let mut text = Base64::encode_string(bytes);
    if line_breaks == LineBreaks::Wrapped {
        // From the end, so that the places before stay where they are.
        let ends = (1..text.len().div_ceil(WIDTH)).rev();
        ends.for_each(|line| text.insert(line * WIDTH, '\n'));
    }
    text
}

struct Writer {
    text: String,
    line_breaks: LineBreaks,
}

impl Writer {
    fn line(&mut self, text: &str) {
        self.text += text;
        if self.line_breaks == LineBreaks::Wrapped {
            self.text.push('\n');
        }
    }

    fn algorithm(&mut self, element: &str, uri: &str) {
        self.line(&format!("<ds:{element} Algorithm=\"{uri}\"/>"));
    }
}
