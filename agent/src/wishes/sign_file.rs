//! "Sign a file…": the person chooses a file and a key, and the message lies beside the file.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::watch;
use tracing::info;

use super::{asked_anew, cannot};
use crate::blocking::blocking;
use crate::ctx::Ctx;
use crate::desktop::FileKind;
use crate::desktop::own::NoticeKind;
use crate::files::{self, FileError, Part};
use crate::page::Page;
use crate::signing::{
    self, Around, Content, NotSigned, Order, Places, Signature, Usage, Wanted, Work,
};

/// How many names are tried: `contract.pdf.cms`, `contract.pdf (2).cms`, …
const NAMES: u32 = 1000;
/// How much of a file is copied at a time.
const PIECE: usize = 256 * 1024;

/// Why there is no signature beside the file.
#[derive(Debug, thiserror::Error)]
enum NotWritten {
    /// It was not signed.
    #[error(transparent)]
    NotSigned(#[from] NotSigned),
    /// The document was changed while it was signed.
    #[error("the document was changed while it was signed")]
    Changed,
    /// It cannot be read.
    #[error("the document cannot be read")]
    Unreadable(#[source] io::Error),
    /// The message cannot be written.
    #[error("the message cannot be written")]
    File(#[from] FileError),
}

/// Carries the wish out, and tells the person what came of it.
pub async fn run(ctx: &Arc<Ctx>, mut raised: watch::Receiver<u64>) {
    let locale = ctx.preferences.locale();
    match sign(ctx, &mut raised).await {
        Ok(Some(path)) => {
            info!("a file was signed");
            // Nobody may be there to tell it to.
            let _ = ctx.notices.send(NoticeKind::Signed { path });
        }
        Ok(None) => {}
        Err(error) => {
            info!(%error, "a file was not signed");
            let key = match &error {
                NotWritten::Changed => "changed",
                NotWritten::Unreadable(_) => "unreadable",
                NotWritten::File(FileError::Full) => "full",
                NotWritten::File(_) => "unwritable",
                NotWritten::NotSigned(NotSigned::NoWindow) => "no-window",
                NotWritten::NotSigned(NotSigned::Busy) => "busy",
                NotWritten::NotSigned(NotSigned::File(_)) => "unreadable",
                NotWritten::NotSigned(
                    NotSigned::Cancelled
                    | NotSigned::WrongPassword
                    | NotSigned::Empty
                    | NotSigned::TooMany(_)
                    | NotSigned::OtherDigest { .. }
                    | NotSigned::Xml { .. }
                    | NotSigned::NotAMessage(_)
                    | NotSigned::Disguised
                    | NotSigned::NoTimeStamp(_)
                    | NotSigned::Internal,
                ) => "failed",
            };
            cannot(ctx, locale, "sign-file", key);
        }
    }
}

/// Where the message lies; `None` if the person changed their mind.
async fn sign(
    ctx: &Arc<Ctx>,
    raised: &mut watch::Receiver<u64>,
) -> Result<Option<PathBuf>, NotWritten> {
    let (page, locale) = (Page::terminal(), ctx.preferences.locale());
    let choose = || signing::choose_file(ctx, &page, FileKind::Any, None, locale);
    let file = match asked_anew(raised, choose).await {
        Ok(file) => file,
        Err(NotSigned::Cancelled) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let order = Order {
        work: Work::Cms {
            contents: vec![Content::File(file.clone())],
            attached: true,
            stamped: false,
        },
        wanted: Wanted { usage: Usage::Sign, ..Wanted::default() },
        places: Places { files: true, ..Places::default() },
        locale,
        logo: None,
    };
    let mut signed = match signing::sign(ctx, &page, order).await {
        Ok(signed) => signed,
        Err(NotSigned::Cancelled | NotSigned::WrongPassword) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    match signed.signatures.pop() {
        Some(Signature::Around(around)) => Ok(Some(blocking(move || write_beside(&around)).await?)),
        // A file is never in memory.
        Some(Signature::Bytes(_) | Signature::Xml(_)) | None => Err(NotSigned::Internal.into()),
    }
}

/// Writes the message beside its document, under a name that is free.
fn write_beside(around: &Around) -> Result<PathBuf, NotWritten> {
    let folder = around.file.parent().ok_or(FileError::Missing)?;
    let name = around.file.file_name().ok_or(FileError::Missing)?.to_string_lossy().into_owned();
    let mut part = Part::begin(folder, &format!("{name}.cms"))?;
    // A signature is made to be passed on; where that cannot be it stays its owner's.
    let _ = as_open_as(&around.file, part.file());
    write_around(around, part.file())?;
    part.file().sync_all().map_err(FileError::from)?;
    for number in 1..=NAMES {
        let name = match number {
            1 => format!("{name}.cms"),
            _ => format!("{name} ({number}).cms"),
        };
        let path = folder.join(name);
        if std::fs::symlink_metadata(&path).is_ok() {
            continue;
        }
        part.become_new(&path).map_err(FileError::from)?;
        files::sync_folder(folder).map_err(FileError::from)?;
        return Ok(path);
    }
    Err(FileError::Exists.into())
}

/// Whoever may read the document may read the message; only its owner may write it.
#[cfg(unix)]
fn as_open_as(document: &Path, message: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(document)?.permissions().mode();
    message.set_permissions(std::fs::Permissions::from_mode(mode & 0o644 | 0o600))
}

/// Other systems give files the permissions of their folder anyway.
#[cfg(not(unix))]
fn as_open_as(_: &Path, _: &File) -> io::Result<()> {
    Ok(())
}

/// What was signed is what is written, or nothing is.
fn write_around(around: &Around, out: &mut File) -> Result<(), NotWritten> {
    let mut document = files::open_document(&around.file).map_err(NotWritten::Unreadable)?;
    let mut hasher = around.digest.algorithm().hasher();
    out.write_all(&around.prefix).map_err(FileError::from)?;
    let mut left = around.length;
    let mut piece = vec![0; PIECE];
    loop {
        let read = document.read(&mut piece).map_err(NotWritten::Unreadable)?;
        if read == 0 {
            break;
        }
        left = left.checked_sub(read as u64).ok_or(NotWritten::Changed)?;
        hasher.update(&piece[..read]);
        out.write_all(&piece[..read]).map_err(FileError::from)?;
    }
    if hasher.finish() != around.digest {
        return Err(NotWritten::Changed);
    }
    Ok(out.write_all(&around.suffix).map_err(FileError::from)?)
}
