//! What the person is shown of documents: texts as far as they fit a window, of everything else name, size and digest.

use tanba_core::cms::SignedMessage;
use tanba_core::crypto::HashAlgorithm;

use super::claimed;
use super::order::NotSigned;
use super::ready::Document;
use crate::desktop::{Preview, Shown, Warning};

/// How much of one document is shown, in bytes.
pub(super) const SHOWN: usize = 64 * 1024;
/// How much of all of them.
const TEXT: usize = 512 * 1024;
/// How many documents are listed; of the others only the count is told.
const LISTED: usize = 100;

/// The previews of one order.
#[derive(Debug)]
pub(super) struct Previews {
    pub(super) documents: Vec<Preview>,
    pub(super) warnings: Vec<Warning>,
    count: usize,
    room: usize,
}

impl Previews {
    pub(super) fn new(count: usize) -> Self {
        let warnings = if count > LISTED { vec![Warning::NotAllShown] } else { Vec::new() };
        Self { documents: Vec::new(), warnings, count, room: TEXT }
    }

    /// How many documents there are in all.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    pub(super) fn warn(&mut self, warning: Warning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    fn is_full(&self) -> bool {
        self.documents.len() >= LISTED
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        if !self.is_full() {
            let shown = self.shown(bytes, bytes.len() as u64);
            self.push(None, Some(bytes.len() as u64), &HashAlgorithm::Sha256.hash(bytes), shown);
        }
    }

    pub(super) fn xml(&mut self, document: &[u8]) {
        if self.is_full() {
            return;
        }
        let shown = match self.shown(document, document.len() as u64) {
            Shown::Text(text, whole) | Shown::Xml(text, whole) => Shown::Xml(text, whole),
            // UTF-16, say: it is XML, and still cannot be shown as it is.
            shown @ (Shown::Binary | Shown::DigestOnly) => shown,
        };
        let digest = HashAlgorithm::Sha256.hash(document);
        self.push(None, Some(document.len() as u64), &digest, shown);
    }

    pub(super) fn digest(&mut self, bytes: &[u8]) {
        self.hidden(String::new(), hex::encode(bytes));
    }

    fn hidden(&mut self, algorithm: String, digits: String) {
        self.warn(Warning::DigestOnly);
        if !self.is_full() {
            self.documents.push(Preview {
                name: None,
                length: None,
                digest: (algorithm, digits),
                shown: Shown::DigestOnly,
            });
        }
    }

    pub(super) fn file(&mut self, document: &Document, beginning: &[u8]) {
        if !self.is_full() {
            let shown = self.shown(beginning, document.length);
            let name = document.path.file_name().map(|name| name.to_string_lossy().into_owned());
            self.push(name, Some(document.length), &document.digest, shown);
        }
    }

    /// A message that gets one more signer. Whose content is not in it shows the digests that may be signed; one after
    /// the other.
    pub(super) fn message(&mut self, message: &SignedMessage) -> Result<(), NotSigned> {
        if let Some(content) = message.content() {
            self.bytes(content);
            return Ok(());
        }
        let digests = claimed::digests(message);
        if digests.is_empty() {
            let why =
                "its content is not in it, and nobody signed it with a key that is known here";
            return Err(NotSigned::NotAMessage(why.to_owned()));
        }
        let name = match digests.as_slice() {
            [one] => one.algorithm().name().to_owned(),
            // There is no room for more names beside the digits.
            _ => String::new(),
        };
        let digits: String = digests.iter().map(|digest| hex::encode(digest.as_bytes())).collect();
        self.hidden(name, digits);
        Ok(())
    }

    fn push(
        &mut self,
        name: Option<String>,
        length: Option<u64>,
        digest: &tanba_core::crypto::Digest,
        shown: Shown,
    ) {
        let digest = (digest.algorithm().name().to_owned(), hex::encode(digest.as_bytes()));
        self.documents.push(Preview { name, length, digest, shown });
    }

    /// What can be read of a document with this beginning, of so many bytes in all.
    fn shown(&mut self, beginning: &[u8], length: u64) -> Shown {
        let most = SHOWN.min(self.room).min(beginning.len());
        let piece = &beginning[..most];
        let text = match std::str::from_utf8(piece) {
            Ok(text) => text,
            // A letter may have been cut in two; anything else is no text.
            Err(error) if error.error_len().is_none() && most < beginning.len().max(1) + 3 => {
                std::str::from_utf8(&piece[..error.valid_up_to()]).unwrap_or_default()
            }
            Err(_) => return Shown::Binary,
        };
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Shown::Binary;
        }
        self.room -= text.len();
        let whole = text.len() as u64 == length;
        if !whole {
            self.warn(Warning::NotAllShown);
        }
        let text = text.trim_start_matches('\u{feff}').to_owned();
        if text.trim_start().starts_with('<') {
            Shown::Xml(text, whole)
        } else {
            Shown::Text(text, whole)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8]) -> Shown {
        let mut previews = Previews::new(1);
        previews.bytes(bytes);
        previews.documents.remove(0).shown
    }

    #[test]
    fn text_is_read_and_everything_else_is_named() {
        assert_eq!(shown("Шарт, ә\n".as_bytes()), Shown::Text("Шарт, ә\n".to_owned(), true));
        assert_eq!(shown(b"<a>1</a>"), Shown::Xml("<a>1</a>".to_owned(), true));
        assert_eq!(shown(b""), Shown::Text(String::new(), true));
        for binary in [&b"%PDF-1.7\x00"[..], b"\xff\xfe", b"a\xc3", b"\x1b[31m"] {
            let seen = shown(binary);
            assert!(matches!(seen, Shown::Binary) || binary == b"a\xc3", "{seen:?}");
        }
    }

    #[test]
    fn a_long_text_is_cut_between_letters_and_that_is_said() {
        let mut previews = Previews::new(1);
        previews.bytes("ә".repeat(SHOWN).as_bytes());
        let Shown::Text(text, false) = &previews.documents[0].shown else { panic!("not cut") };
        assert!(text.len() <= SHOWN && text.chars().all(|letter| letter == 'ә'));
        assert_eq!(previews.warnings, [Warning::NotAllShown]);
    }

    #[test]
    fn many_documents_fill_no_window() {
        let mut previews = Previews::new(LISTED * 3);
        let large = "x".repeat(SHOWN);
        for _ in 0..LISTED * 3 {
            previews.bytes(large.as_bytes());
        }
        assert_eq!(previews.documents.len(), LISTED);
        let text: usize = previews
            .documents
            .iter()
            .map(|one| match &one.shown {
                Shown::Text(text, _) | Shown::Xml(text, _) => text.len(),
                Shown::Binary | Shown::DigestOnly => 0,
            })
            .sum();
        assert!(text <= TEXT);
        assert_eq!(previews.count(), LISTED * 3);
    }
}
