//! One socket of the dialect: the greeting, heartbeats at once, and one reply for each request, in their order.
//!
//! Requests wait in a queue while one is before the person. A page whose waiting requests are too large is not read from
//! until there is room again, so that nobody can make the agent hold more than that. One that has too many of them is left:
//! whoever is not read from could go, and its window would stay.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use base64ct::{Base64, Encoding};
use futures_util::{Sink, SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message, Utf8Bytes};
use tracing::debug;

use super::{Dialect, GREETING, Reply};
use crate::blocking::blocking;
use crate::ctx::Ctx;
use crate::page::Page;
use crate::server::Closing;
use crate::signing::Around;

/// What pages send to see whether the agent lives, and get back.
const HEARTBEAT: &str = "--heartbeat--";
/// The largest message: a document of 128 MiB in base64, with much room for what stands around it.
const MESSAGE: usize = 256 << 20;
/// Requests that wait; a page with more is left.
const WAITING: usize = 1024;
/// The bytes of all that wait.
const WAITING_BYTES: usize = MESSAGE;
/// What is read of a file at once; three bytes are four characters of base64, so that pieces fit together.
const PIECE: usize = 3 << 18;

fn limits() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(32 << 10)
        .write_buffer_size(32 << 10)
        .max_write_buffer_size(usize::MAX)
        .max_message_size(Some(MESSAGE))
        .max_frame_size(Some(MESSAGE))
}

/// Requests that wait for their turn.
#[derive(Default)]
struct Queue {
    requests: VecDeque<String>,
    bytes: usize,
}

impl Queue {
    fn has_room(&self) -> bool {
        self.bytes < WAITING_BYTES
    }

    fn push(&mut self, request: String) {
        self.bytes += request.len();
        self.requests.push_back(request);
    }

    fn pop(&mut self) -> Option<String> {
        let request = self.requests.pop_front()?;
        self.bytes -= request.len();
        Some(request)
    }
}

/// Serves a page until its socket closes. With the socket ends the request that is before the person, and its window.
pub(in crate::server) async fn serve<S>(
    dialect: Arc<Dialect>,
    ctx: Arc<Ctx>,
    page: Page,
    stream: S,
    read_already: Vec<u8>,
    mut closing: Closing,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let socket =
        WebSocketStream::from_partially_read(stream, read_already, Role::Server, Some(limits()))
            .await;
    let (mut sink, mut source) = socket.split();
    if sink.send(Message::text(GREETING)).await.is_err() {
        return;
    }
    let mut queue = Queue::default();
    // One at most. It is a task of its own, so that a heartbeat is answered while a large document is hashed.
    let mut current = JoinSet::new();
    let end = loop {
        if current.is_empty()
            && let Some(text) = queue.pop()
        {
            let (dialect, ctx, page) = (Arc::clone(&dialect), Arc::clone(&ctx), page.clone());
            current.spawn(async move { dialect.answer(&ctx, &page, text).await });
        }
        let outcome = tokio::select! {
            message = source.next(), if queue.has_room() => match message {
                Some(Ok(Message::Text(text))) => match text.as_str().trim() {
                    HEARTBEAT => sink.send(Message::text(HEARTBEAT)).await,
                    // Some pages keep their socket awake with these; nobody waits for a reply.
                    "" | "{}" => Ok(()),
                    _ if queue.requests.len() == WAITING => {
                        break Some((CloseCode::Policy, "too many requests wait"));
                    }
                    _ => { queue.push(owned(text)); Ok(()) }
                },
                // What NCALayer makes of them is not known; no page sends any.
                Some(Ok(Message::Binary(_))) => Ok(()),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {
                    // tungstenite answers a ping by itself, with the next flush.
                    sink.flush().await
                }
                Some(Ok(Message::Close(_))) | None => break None,
                Some(Err(Error::Capacity(_))) => break Some((CloseCode::Size, "message too large")),
                Some(Err(Error::Utf8(_))) => break Some((CloseCode::Invalid, "not UTF-8")),
                Some(Err(Error::Protocol(_))) => break Some((CloseCode::Protocol, "not a WebSocket frame")),
                Some(Err(error)) => { debug!(%error, "the socket broke"); break None; }
            },
            Some(answered) = current.join_next() => match answered {
                Ok(Some(Reply::Text(text))) => sink.send(Message::text(text)).await,
                Ok(Some(Reply::Around { before, around, after })) => {
                    match send_around(&mut sink, before, around, after).await {
                        Ok(()) => Ok(()),
                        Err(Broken::Socket(error)) => Err(error),
                        Err(Broken::File(error)) => {
                            debug!(%error, "a file changed or broke while it was sent");
                            break Some((CloseCode::Error, "the file changed while it was sent"));
                        }
                    }
                }
                Ok(None) => Ok(()),
                // A request that made us panic is not answered; its page must not wait for ever.
                Err(_) => break Some((CloseCode::Error, "the agent failed")),
            },
            () = closing.wait() => {
                break Some((CloseCode::Away, "the agent ends"));
            }
        };
        if let Err(error) = outcome {
            debug!(%error, "the socket broke");
            break None;
        }
    };
    // With it go the request before the person and its window.
    drop(current);
    if let Some((code, reason)) = end {
        let _ = sink.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
    }
    let _ = sink.close().await;
}

/// The text itself, not a copy of it: it may be large.
fn owned(text: Utf8Bytes) -> String {
    // It is UTF-8 already; to ask once more costs less than a copy.
    String::from_utf8(Vec::from(Bytes::from(text))).unwrap_or_default()
}

/// Why a reply around a file could not be sent to its end.
enum Broken {
    Socket(Error),
    File(io::Error),
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self::Socket(error)
    }
}

/// Sends one text message in fragments; the file is never in memory. What was signed is what is sent, or the message is
/// not finished.
async fn send_around(
    sink: &mut (impl Sink<Message, Error = Error> + Unpin),
    before: String,
    around: Around,
    after: String,
) -> Result<(), Broken> {
    let Around { prefix, file, length, digest, suffix } = around;
    let mut left = length;
    sink.send(fragment(before, Data::Text, false)).await?;
    let mut file =
        blocking(move || crate::files::open_document(&file)).await.map_err(Broken::File)?;
    let mut hasher = digest.algorithm().hasher();
    // What does not fill three bytes waits for the next piece.
    let mut bytes = prefix;
    loop {
        let (read, piece) = blocking(move || read_piece(file)).await.map_err(Broken::File)?;
        file = read;
        if piece.is_empty() {
            break;
        }
        // More than was shown and signed is nobody's to send, and might have no end.
        left = left
            .checked_sub(piece.len() as u64)
            .ok_or_else(|| Broken::File(io::ErrorKind::InvalidData.into()))?;
        hasher.update(&piece);
        bytes.extend_from_slice(&piece);
        let rest = bytes.split_off(bytes.len() - bytes.len() % 3);
        sink.send(fragment(Base64::encode_string(&bytes), Data::Continue, false)).await?;
        bytes = rest;
    }
    if hasher.finish() != digest {
        return Err(Broken::File(io::ErrorKind::InvalidData.into()));
    }
    bytes.extend_from_slice(&suffix);
    let last = Base64::encode_string(&bytes) + &after;
    Ok(sink.send(fragment(last, Data::Continue, true)).await?)
}

fn fragment(text: String, kind: Data, last: bool) -> Message {
    Message::Frame(Frame::message(text.into_bytes(), OpCode::Data(kind), last))
}

fn read_piece(mut file: File) -> io::Result<(File, Vec<u8>)> {
    let mut piece = Vec::with_capacity(PIECE);
    Read::by_ref(&mut file).take(PIECE as u64).read_to_end(&mut piece)?;
    Ok((file, piece))
}

#[cfg(test)]
mod tests {
    use tanba_core::crypto::HashAlgorithm;

    use super::*;
    use crate::server::dialect::tests::world::World;

    #[tokio::test]
    async fn a_page_with_too_many_requests_is_left_and_so_is_its_window() {
        let world = World::closing().await;
        let page = Page::parse(Some("https://flood.kz"), &[]).unwrap();
        // The person is busy with another page.
        let other = Page::parse(Some("https://egov.kz"), &[]).unwrap();
        let _turn = world.ctx.turns.wait(&other).await.unwrap();
        let (near, far) = tokio::io::duplex(1 << 20);
        let (_close, closing) = tokio::sync::watch::channel(false);
        let (dialect, ctx) = (Arc::<Dialect>::default(), Arc::clone(&world.ctx));
        let served = serve(dialect, ctx, page, far, Vec::new(), Closing(closing));
        let flood = async {
            let socket = WebSocketStream::from_raw_socket(near, Role::Client, None).await;
            let (mut sink, mut source) = socket.split();
            let request = r#"{"module":"kz.gov.pki.knca.commonUtils","method":"getKeyInfo","args":["PKCS12"]}"#;
            // The one before the person, those that wait, and one more.
            for _ in 0..WAITING + 2 {
                sink.send(Message::text(request)).await.unwrap();
            }
            loop {
                match source.next().await {
                    Some(Ok(Message::Text(greeting))) => assert_eq!(greeting.as_str(), GREETING),
                    Some(Ok(Message::Close(Some(frame)))) => return frame.code,
                    other => panic!("{other:?}"),
                }
            }
        };
        let (code, ()) = tokio::join!(flood, served);
        assert_eq!(code, CloseCode::Policy);
        assert!(world.prompts().is_empty());
    }

    #[tokio::test]
    async fn no_more_of_a_file_is_sent_than_was_signed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        std::fs::write(&file, vec![b'a'; 4 * PIECE]).unwrap();
        let around = |length, digest| Around {
            prefix: vec![0x30],
            file: file.clone(),
            length,
            digest,
            suffix: Vec::new(),
        };
        let (tell, told) = std::sync::mpsc::channel();
        let mut sink = Box::pin(futures_util::sink::unfold(tell, async |tell, message| {
            tell.send(message).map_err(|_| Error::ConnectionClosed)?;
            Ok(tell)
        }));
        let short = around(3, HashAlgorithm::Sha256.hash(b"aaa"));
        let sent = send_around(&mut sink, "\"".to_owned(), short, "\"".to_owned()).await;
        assert!(matches!(sent, Err(Broken::File(_))));
        assert_eq!(told.try_iter().count(), 1, "only what stands before the file");
        let whole = around(4 * PIECE as u64, HashAlgorithm::Sha256.hash(&vec![b'a'; 4 * PIECE]));
        let sent = send_around(&mut sink, "\"".to_owned(), whole, "\"".to_owned()).await;
        assert!(sent.is_ok());
    }
}
