//! What pages bring to be signed: base64, texts, and files that the person chose for them.

use std::path::PathBuf;
use std::sync::Arc;

use base64ct::{Base64, Base64Unpadded, Encoding};
use tanba::protocol::Locale;
use tanba_core::cms::SignedMessage;

use crate::ctx::Ctx;
use crate::desktop::FileKind;
use crate::page::Page;
use crate::signing::{self, NotSigned};

/// The text is not base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is not base64")]
pub(super) struct NotBase64;

/// Bytes from base64: with padding or without, with white space anywhere, as Java's decoders take it.
pub(super) fn base64(mut text: String) -> Result<Vec<u8>, NotBase64> {
    text.retain(|c| !c.is_ascii_whitespace());
    let padded = text.ends_with('=');
    let decoded =
        if padded { Base64::decode_vec(&text) } else { Base64Unpadded::decode_vec(&text) };
    decoded.map_err(|_| NotBase64)
}

/// A signed message, if the bytes are one. Long ones that are none cost nothing.
pub(super) fn message(bytes: &[u8]) -> Option<SignedMessage> {
    /// id-signedData (RFC 5652, section 5.1) with its tag and length, which stands behind at most six bytes.
    const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
    let head = bytes.get(..bytes.len().min(20))?;
    let is_one = head.first() == Some(&0x30)
        && head.windows(SIGNED_DATA.len()).any(|window| window == SIGNED_DATA);
    if is_one { SignedMessage::parse(bytes).ok() } else { None }
}

/// The file that a page means: the one of that path if the person chose it for this page; otherwise the person is asked
/// to choose one. Nothing tells the page which of the two it was before, so that it learns of no file.
pub(super) async fn file(
    ctx: &Arc<Ctx>,
    page: &Page,
    path: &str,
    kind: FileKind,
    locale: Locale,
) -> Result<PathBuf, NotSigned> {
    match ctx.chosen.named(page, path) {
        Some(path) => Ok(path),
        None => signing::choose_file(ctx, page, kind, None, locale).await,
    }
}

/// What a page wants chosen, by the name that it gives to kinds of files.
pub(super) fn kind(extension: &str) -> FileKind {
    match extension.to_ascii_uppercase().as_str() {
        "" | "DIRECTORY" => FileKind::Folder,
        "CRL" => FileKind::RevocationList,
        "CER" => FileKind::Certificate,
        "P12" | "KEYSTORE" | "JKS" => FileKind::Key,
        _ => FileKind::Any,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_taken_as_pages_send_it() {
        for text in ["MTEK", " MT\r\nEK\n", "MTEK"] {
            assert_eq!(base64(text.to_owned()).as_deref(), Ok(&b"11\n"[..]));
        }
        assert_eq!(base64("MQ==".to_owned()).as_deref(), Ok(&b"1"[..]));
        assert_eq!(base64("MQ".to_owned()).as_deref(), Ok(&b"1"[..]));
        assert_eq!(base64(String::new()).as_deref(), Ok(&b""[..]));
        for text in ["M", "M===", "MT*K", "MTEK=MTEK", "_-8=", "қол", "===="] {
            assert_eq!(base64(text.to_owned()), Err(NotBase64), "{text}");
        }
    }

    #[test]
    fn only_messages_are_messages() {
        for bytes in
            [&b""[..], b"0", b"contract", b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"]
        {
            assert!(message(bytes).is_none());
        }
    }
}
