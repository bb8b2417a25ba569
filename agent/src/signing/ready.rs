//! An order that was checked: whatever can fail without the key has failed already, and the person can be shown it all.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use tanba_core::cms::{DATA, SignedMessage, is_signed_attributes};
use tanba_core::crypto::{Digest, HashAlgorithm};
use tanba_core::xml::sign::{What, check, is_signed_info};

use super::order::{Content, NotSigned, Work};
use super::preview::{self, Previews};
use crate::blocking::Abandoned;
use crate::desktop::Warning;

/// What is read of a file at once, in bytes.
const BLOCK: usize = 1 << 20;
/// Documents in one order.
const DOCUMENTS: usize = 10_000;

/// What pages send as a digest is no longer, in bytes: some send its digits as text. All of it is shown.
const DIGEST: usize = 256;

/// What is signed, checked.
#[derive(Debug)]
pub(super) enum Ready {
    Cms { contents: Vec<Item>, attached: bool, stamped: bool },
    Xml { documents: Vec<Vec<u8>>, what: What },
    Raw { contents: Vec<Item> },
}

/// One content, checked.
#[derive(Debug)]
pub(super) enum Item {
    Bytes(Vec<u8>),
    Digest(Vec<u8>),
    File(Document),
    Message(Box<SignedMessage>),
}

/// A file that was read once.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) path: PathBuf,
    pub(super) length: u64,
    /// SHA-256, which the person is shown; what is signed later has the same.
    pub(super) digest: Digest,
}

impl Ready {
    /// Checks an order, and makes what the person is shown of it. Reads files; may take as long as they are large.
    pub(super) fn check(work: Work, abandoned: &Abandoned) -> Result<(Self, Previews), NotSigned> {
        let count = match &work {
            Work::Cms { contents, .. } | Work::Raw { contents } => contents.len(),
            Work::Xml { documents, .. } => documents.len(),
        };
        match count {
            0 => return Err(NotSigned::Empty),
            1..=DOCUMENTS => {}
            _ => return Err(NotSigned::TooMany(DOCUMENTS)),
        }
        let mut previews = Previews::new(count);
        let ready = match work {
            Work::Cms { contents, attached, stamped } => {
                let contents =
                    contents.into_iter().map(|content| item(content, &mut previews, abandoned));
                Self::Cms { contents: contents.collect::<Result<_, _>>()?, attached, stamped }
            }
            Work::Raw { contents } => {
                let items: Vec<Item> = contents
                    .into_iter()
                    .map(|content| item(content, &mut previews, abandoned))
                    .collect::<Result<_, _>>()?;
                items.iter().try_for_each(Item::is_for_raw)?;
                Self::Raw { contents: items }
            }
            Work::Xml { documents, what } => {
                match what {
                    What::Document => {}
                    What::Element { .. } => previews.warn(Warning::PartSigned),
                }
                for (at, document) in documents.iter().enumerate() {
                    check(document, &what).map_err(|error| NotSigned::Xml { at, error })?;
                    previews.xml(document);
                }
                Self::Xml { documents, what }
            }
        };
        Ok((ready, previews))
    }

    /// How many signatures it takes.
    pub(super) const fn count(&self) -> usize {
        match self {
            Self::Cms { contents, .. } | Self::Raw { contents } => contents.len(),
            Self::Xml { documents, .. } => documents.len(),
        }
    }
}

fn item(
    content: Content,
    previews: &mut Previews,
    abandoned: &Abandoned,
) -> Result<Item, NotSigned> {
    Ok(match content {
        Content::Bytes(bytes) => {
            previews.bytes(&bytes);
            Item::Bytes(bytes)
        }
        Content::Digest(bytes) if bytes.is_empty() => return Err(NotSigned::Empty),
        // Whatever is longer is no digest, and nobody would read it.
        Content::Digest(bytes) if bytes.len() > DIGEST => {
            let expected = HashAlgorithm::Streebog512.digest_len();
            return Err(NotSigned::OtherDigest { expected });
        }
        Content::Digest(bytes) => {
            previews.digest(&bytes);
            Item::Digest(bytes)
        }
        Content::File(path) => {
            let (document, beginning) =
                Document::read(&path, abandoned).map_err(NotSigned::File)?;
            previews.file(&document, &beginning);
            Item::File(document)
        }
        // What another kind of content means to those who read it, the person cannot be shown.
        Content::Message(message) if message.content_type != DATA => {
            return Err(NotSigned::NotAMessage("its content is no document".to_owned()));
        }
        Content::Message(message) => {
            previews.message(&message)?;
            Item::Message(message)
        }
    })
}

/// Whether bytes stand for another document: whoever has them signed raw gets a signature over that one.
fn is_disguised(bytes: &[u8]) -> bool {
    is_signed_attributes(bytes) || is_signed_info(bytes)
}

impl Item {
    /// A raw signature must not be usable as the signature of something else.
    fn is_for_raw(&self) -> Result<(), NotSigned> {
        let disguised = match self {
            Self::Bytes(bytes) => is_disguised(bytes),
            // Signed attributes and the like are small.
            Self::File(document) if document.length <= BLOCK as u64 => {
                let mut bytes = Vec::new();
                document
                    .pieces(&Abandoned::default(), &mut |piece| bytes.extend_from_slice(piece))
                    .map_err(NotSigned::File)?;
                is_disguised(&bytes)
            }
            // Nobody can tell; the window says that the page hides what is signed.
            Self::File(_) | Self::Digest(_) => false,
            Self::Message(_) => return Err(NotSigned::NotAMessage("raw".to_owned())),
        };
        if disguised { Err(NotSigned::Disguised) } else { Ok(()) }
    }
}

impl Document {
    /// Reads a file for the first time. Gives its beginning as well, as much as is shown.
    fn read(path: &Path, abandoned: &Abandoned) -> std::io::Result<(Self, Vec<u8>)> {
        let mut document =
            Self { path: path.to_owned(), length: 0, digest: HashAlgorithm::Sha256.hash(&[]) };
        let (mut length, mut beginning) = (0, Vec::new());
        let mut hasher = HashAlgorithm::Sha256.hasher();
        document.pieces(abandoned, &mut |piece| {
            hasher.update(piece);
            length += piece.len() as u64;
            let start = if beginning.is_empty() { piece } else { &beginning };
            let room = preview::wanted(start).saturating_sub(beginning.len());
            beginning.extend_from_slice(piece.get(..room).unwrap_or(piece));
        })?;
        (document.length, document.digest) = (length, hasher.finish());
        Ok((document, beginning))
    }

    /// Hands the file over in pieces.
    fn pieces(&self, abandoned: &Abandoned, take: &mut dyn FnMut(&[u8])) -> std::io::Result<()> {
        let mut file: File = crate::files::open_document(&self.path)?;
        let mut block = vec![0; BLOCK];
        loop {
            abandoned.check()?;
            match file.read(&mut block) {
                Ok(0) => return Ok(()),
                Ok(count) => take(&block[..count]),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The digest to be signed. A file that is not what the person was shown any more is not signed.
    pub(super) fn digest(&self, hash: HashAlgorithm) -> Result<Digest, NotSigned> {
        if hash == HashAlgorithm::Sha256 {
            return Ok(self.digest.clone());
        }
        let (mut shown, mut wanted) = (HashAlgorithm::Sha256.hasher(), hash.hasher());
        self.pieces(&Abandoned::default(), &mut |piece| {
            shown.update(piece);
            wanted.update(piece);
        })
        .map_err(NotSigned::File)?;
        if shown.finish() == self.digest {
            Ok(wanted.finish())
        } else {
            Err(NotSigned::File(std::io::Error::other("the file was changed")))
        }
    }
}
