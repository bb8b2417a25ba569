//! The dialect of NCALayer: what its sites say is translated at the door into the agent's own calls.

mod socket;

use std::sync::Arc;

pub(super) use self::socket::serve;
use crate::ctx::Ctx;
use crate::page::Page;
use crate::signing::Around;

/// What is sent before anything is asked. Compact: some clients look for exactly these characters.
const GREETING: &str = r#"{"result":{"version":"1.4"}}"#;

/// What all sockets of the dialect share.
#[derive(Debug, Default)]
pub(super) struct Dialect {}

/// A reply.
#[derive(Debug)]
enum Reply {
    /// All of it.
    Text(String),
    /// One whose middle is the base64 of a message around a file, which is read while it is sent.
    Around { before: String, around: Around, after: String },
}

impl Dialect {
    /// Answers one text frame that is neither a heartbeat nor `{}`. `None`: no reply is due.
    async fn answer(&self, ctx: &Arc<Ctx>, page: &Page, text: String) -> Option<Reply> {
        let _ = (ctx, page, text);
        Some(Reply::Text(r#"{"success": false,"errorCode": "MODULE_NOT_FOUND"}"#.to_owned()))
    }
}
