//! One WebSocket of one page: frames in, calls out to the methods, answers and notifications back.
//!
//! Many calls may be in flight. When the socket closes, their futures are dropped, and with them their windows.

use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tanba::protocol::enrol::EnrolmentChanged;
use tanba::protocol::frame::{Answer, Call, Id};
use tanba::protocol::{Code, Failure};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinSet;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{
    CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode,
};
use tokio_tungstenite::tungstenite::{Error, Message};
use tracing::{Instrument, debug, info_span};

use super::Closing;
use crate::ctx::Ctx;
use crate::methods;
use crate::page::Page;

/// The largest message: a picture of 5 MiB in base64, with room for its frame.
const MESSAGE: usize = 8 << 20;
/// Calls in flight on one socket; more are answered with `busy`.
const CALLS: usize = 16;
/// Answers that wait for a slow page, before its calls wait too.
const OUTBOX: usize = 32;

fn limits() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(16 << 10)
        .write_buffer_size(16 << 10)
        .max_write_buffer_size(MESSAGE)
        .max_message_size(Some(MESSAGE))
        .max_frame_size(Some(MESSAGE))
}

/// Serves a page until its socket closes. `read_already` came behind the head.
pub(super) async fn serve<S>(
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
    let (outbox, mut outgoing) = mpsc::channel::<String>(OUTBOX);
    let mut changes = ctx.changes.subscribe();
    let mut calls = JoinSet::new();
    let end = loop {
        tokio::select! {
            message = source.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    if let Some(answer) = begin(&ctx, &page, text.as_str(), &mut calls, &outbox)
                        && sink.send(Message::text(answer)).await.is_err()
                    {
                        break None;
                    }
                }
                Some(Ok(Message::Binary(_))) => break Some((CloseCode::Unsupported, "text frames only")),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {
                    // tungstenite answers a ping by itself, with the next flush.
                    if sink.flush().await.is_err() { break None; }
                }
                Some(Ok(Message::Close(_))) | None => break None,
                Some(Err(Error::Capacity(_))) => break Some((CloseCode::Size, "message too large")),
                Some(Err(Error::Utf8(_))) => break Some((CloseCode::Invalid, "not UTF-8")),
                Some(Err(Error::Protocol(_))) => break Some((CloseCode::Protocol, "not a WebSocket frame")),
                Some(Err(error)) => { debug!(%error, "the socket broke"); break None; }
            },
            Some(text) = outgoing.recv() => {
                if sink.send(Message::text(text)).await.is_err() { break None; }
            }
            change = changes.recv() => match change {
                Ok((owner, enrolment)) if owner == page => {
                    if let Some(text) = notification(EnrolmentChanged::NAME, &*enrolment)
                        && sink.send(Message::text(text)).await.is_err()
                    {
                        break None;
                    }
                }
                // Another page's enrolment is none of this page's business; one that was missed is asked for again.
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => break Some((CloseCode::Away, "the agent ends")),
            },
            Some(_) = calls.join_next() => {}
            () = closing.wait() => {
                break Some((CloseCode::Away, "the agent ends"));
            }
        }
    };
    if let Some((code, reason)) = end {
        let _ = sink.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
    }
    let _ = sink.close().await;
}

/// Reads one frame and begins its call; gives an answer at once if there is no call to begin.
fn begin(
    ctx: &Arc<Ctx>,
    page: &Page,
    text: &str,
    calls: &mut JoinSet<()>,
    outbox: &mpsc::Sender<String>,
) -> Option<String> {
    let call = match Call::parse(text) {
        Ok(call) => call,
        Err(failure) => return frame(&Answer::to(Id::Null, Err(failure))),
    };
    let id = call.id.clone();
    if calls.len() >= CALLS {
        return frame(&Answer::to(id, Err(Failure::new(Code::Busy))));
    }
    let request = match call.request() {
        Ok(request) => request,
        Err(failure) => return frame(&Answer::to(id, Err(failure))),
    };
    let span = info_span!("call", method = request.name(), page = %page);
    let (ctx, page, outbox) = (Arc::clone(ctx), page.clone(), outbox.clone());
    calls.spawn(
        async move {
            let outcome = methods::answer(&ctx, &page, request).await;
            if let Some(text) = frame(&Answer::to(id, outcome)) {
                let _ = outbox.send(text).await;
            }
        }
        .instrument(span),
    );
    None
}

fn frame(answer: &Answer) -> Option<String> {
    serde_json::to_string(answer).ok()
}

fn notification(name: &str, content: &impl serde::Serialize) -> Option<String> {
    let params: Value = serde_json::to_value(content).ok()?;
    frame(&Answer::notification(name, params))
}
