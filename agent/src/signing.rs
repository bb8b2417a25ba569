//! Documents become signatures once a person agreed: the one way to keys in files, for pages of both dialects.
//!
//! ```text
//! Order ──check──▶ a document that can be signed ──▶ consent: one window ──▶ key + approvals ──▶ signatures
//!        can fail: nobody types a password for nothing                        one approval, one signature
//! ```

mod order;

use std::path::PathBuf;
use std::sync::Arc;

use tanba::protocol::Locale;
use tanba_core::x509::certificate::Certificate;

pub use self::order::{
    Around, Chain, Content, NotSigned, Order, Places, Signature, Signed, Usage, View, Wanted, Work,
};
use crate::ctx::Ctx;
use crate::desktop::FileKind;
use crate::page::Page;

/// Signs what a page ordered, with one key, after one window.
///
/// # Errors
/// [`NotSigned`] says why not one signature was made.
pub async fn sign(ctx: &Arc<Ctx>, page: &Page, order: Order) -> Result<Signed, NotSigned> {
    let _ = (ctx, page, order);
    Err(NotSigned::Internal)
}

/// Shows a page the certificate of the key that the person chose, or those of all keys in a file, in the file's order.
///
/// # Errors
/// [`NotSigned`], as for a signature.
pub async fn show(ctx: &Arc<Ctx>, page: &Page, view: View) -> Result<Vec<Certificate>, NotSigned> {
    let _ = (ctx, page, view);
    Err(NotSigned::Internal)
}

/// Adds time stamps to the signatures of a message in DER that have none.
///
/// # Errors
/// [`NotSigned`]; `NotAMessage` if it is none.
pub async fn stamp(
    ctx: &Arc<Ctx>,
    page: &Page,
    message: Vec<u8>,
    locale: Locale,
) -> Result<Vec<u8>, NotSigned> {
    let _ = (ctx, page, message, locale);
    Err(NotSigned::Internal)
}

/// Lets the person choose a file for a page, which may name its path from then on.
///
/// # Errors
/// `Cancelled`, `NoWindow`, `Busy`.
pub async fn choose_file(
    ctx: &Arc<Ctx>,
    page: &Page,
    kind: FileKind,
    folder: Option<PathBuf>,
    locale: Locale,
) -> Result<PathBuf, NotSigned> {
    let _ = (ctx, page, kind, folder, locale);
    Err(NotSigned::Internal)
}
