//! What the person is shown of documents: texts as far as they fit a window, of everything else name, size and digest.

use tanba_core::cms::SignedMessage;
use tanba_core::crypto::HashAlgorithm;

use super::claimed;
use super::order::NotSigned;
use super::ready::Document;
use crate::desktop::{Kind, Preview, Shown, Warning};

/// How much of one document is shown, in bytes.
pub(super) const SHOWN: usize = 64 * 1024;
/// How much of all of them.
const TEXT: usize = 512 * 1024;
/// How large a picture is that is shown, and all of them together, in bytes: with the texts, they fit one line.
pub(super) const PICTURE: usize = 1024 * 1024;
/// How many documents are listed; of the others only the count is told.
const LISTED: usize = 100;

/// The previews of one order.
#[derive(Debug)]
pub(super) struct Previews {
    pub(super) documents: Vec<Preview>,
    pub(super) warnings: Vec<Warning>,
    count: usize,
    room: usize,
    room_for_pictures: usize,
}

impl Previews {
    pub(super) fn new(count: usize) -> Self {
        let warnings = if count > LISTED { vec![Warning::NotAllShown] } else { Vec::new() };
        Self { documents: Vec::new(), warnings, count, room: TEXT, room_for_pictures: PICTURE }
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
            shown @ (Shown::Picture(_) | Shown::Named(_) | Shown::Binary | Shown::DigestOnly) => {
                shown
            }
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
            Err(_) => return self.no_text(beginning, length),
        };
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return self.no_text(beginning, length);
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

    /// What is no text is told by its first bytes: names are the page's.
    fn no_text(&mut self, beginning: &[u8], length: u64) -> Shown {
        if beginning.starts_with(b"%PDF-") {
            return Shown::Named(Kind::Pdf);
        }
        if !is_picture(beginning) {
            return Shown::Binary;
        }
        if beginning.len() as u64 != length || beginning.len() > self.room_for_pictures {
            return Shown::Named(Kind::LargePicture);
        }
        self.room_for_pictures -= beginning.len();
        Shown::Picture(beginning.to_vec())
    }
}

/// How much of a document with this beginning is looked at, in bytes.
pub(super) fn wanted(beginning: &[u8]) -> usize {
    if is_picture(beginning) { PICTURE } else { SHOWN }
}

/// PNG or JPEG.
fn is_picture(beginning: &[u8]) -> bool {
    beginning.starts_with(b"\x89PNG\r\n\x1a\n") || beginning.starts_with(b"\xff\xd8\xff")
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
        for binary in [&b"\x00%PDF-1.7"[..], b"\xff\xfe", b"a\xc3", b"\x1b[31m"] {
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
                Shown::Picture(_) | Shown::Named(_) | Shown::Binary | Shown::DigestOnly => 0,
            })
            .sum();
        assert!(text <= TEXT);
        assert_eq!(previews.count(), LISTED * 3);
    }

    #[test]
    fn pictures_are_shown_as_long_as_they_fit_and_told_by_their_bytes() {
        let picture = |length: usize| {
            let mut bytes = b"\xff\xd8\xff\xe0".to_vec();
            bytes.resize(length, 0);
            bytes
        };
        assert_eq!(shown(&picture(9)), Shown::Picture(picture(9)));
        assert_eq!(shown(b"\x89PNG\r\n\x1a\n"), Shown::Picture(b"\x89PNG\r\n\x1a\n".to_vec()));
        assert_eq!(shown(&picture(PICTURE + 1)), Shown::Named(Kind::LargePicture));
        let mut previews = Previews::new(3);
        for _ in 0..3 {
            previews.bytes(&picture(PICTURE / 2));
        }
        let kinds = previews.documents.iter().map(|one| matches!(one.shown, Shown::Picture(_)));
        assert_eq!(kinds.collect::<Vec<_>>(), [true, true, false]);
    }

    #[test]
    fn a_pdf_is_named_unless_it_is_a_text_that_only_begins_like_one() {
        assert_eq!(shown(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), Shown::Named(Kind::Pdf));
        assert_eq!(shown(b"%PDF-1.7 I owe"), Shown::Text("%PDF-1.7 I owe".to_owned(), true));
    }
}
