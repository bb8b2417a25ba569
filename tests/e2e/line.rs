//! The line to a browser over its WebSocket: commands with their answers, and what the pages complain of.
//!
//! Chromium speaks DevTools there, Firefox speaks WebDriver BiDi: the same frames, with other names in them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::stream::SplitSink;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// How long a command may take: a machine under load is slow, a browser that is gone never answers.
const PATIENCE: Duration = Duration::from_secs(60);

/// A screenshot is one message.
const LARGEST: usize = 64 << 20;

type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Value>>>>;

/// What pages complained of, with the session, or the context, that did.
type Complaints = Arc<Mutex<Vec<(String, String)>>>;

/// The line to a browser.
pub(crate) struct Line {
    out: tokio::sync::Mutex<SplitSink<WebSocketStream<TcpStream>, Message>>,
    next: AtomicU64,
    waiting: Waiting,
    complaints: Complaints,
    reader: JoinHandle<()>,
}

impl Line {
    /// Connects to the browser that listens on a port, by the path that it wrote down.
    pub(crate) async fn connect(port: u16, path: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let limits = WebSocketConfig::default()
            .max_message_size(Some(LARGEST))
            .max_frame_size(Some(LARGEST));
        let address = format!("ws://127.0.0.1:{port}{path}");
        let (socket, _) =
            tokio_tungstenite::client_async_with_config(address, stream, Some(limits))
                .await
                .unwrap();
        let (out, mut incoming) = socket.split();
        let waiting = Waiting::default();
        let complaints = Complaints::default();
        let (answers, heard) = (waiting.clone(), complaints.clone());
        let reader = tokio::spawn(async move {
            while let Some(Ok(message)) = incoming.next().await {
                let Ok(text) = message.to_text() else { continue };
                let Ok(frame) = serde_json::from_str::<Value>(text) else { continue };
                if let Some(id) = frame["id"].as_u64() {
                    let asker = answers.lock().unwrap().remove(&id);
                    // Whoever asked may have given up.
                    let _ = asker.map(|asker| asker.send(frame));
                } else if let Some(complaint) = devtools(&frame).or_else(|| bidi(&frame)) {
                    heard.lock().unwrap().push(complaint);
                }
            }
            // Everybody who still waits is told by the closed channel.
            answers.lock().unwrap().clear();
        });
        let out = tokio::sync::Mutex::new(out);
        Self { out, next: AtomicU64::new(1), waiting, complaints, reader }
    }

    /// Sends a command, to a page if a session is given, and returns its result or the browser's words.
    pub(crate) async fn ask(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<Value, String> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut frame = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            frame["sessionId"] = json!(session);
        }
        let (tell, told) = oneshot::channel();
        self.waiting.lock().unwrap().insert(id, tell);
        let sent = self.out.lock().await.send(Message::text(frame.to_string())).await;
        sent.map_err(|error| format!("{method}: {error}"))?;
        let answer = tokio::time::timeout(PATIENCE, told)
            .await
            .map_err(|_| format!("{method}: no answer"))?
            .map_err(|_| format!("{method}: the browser is gone"))?;
        match answer.get("error") {
            Some(error) => Err(format!("{method}: {error} {}", answer["message"])),
            None => Ok(answer["result"].clone()),
        }
    }

    /// What a page complained of so far.
    pub(crate) fn complaints(&self, session: &str) -> Vec<String> {
        let heard = self.complaints.lock().unwrap();
        heard.iter().filter(|(whose, _)| whose == session).map(|(_, what)| what.clone()).collect()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

/// Whose DevTools event says that something is wrong with a page, and what.
fn devtools(frame: &Value) -> Option<(String, String)> {
    let params = &frame["params"];
    let text = match frame["method"].as_str()? {
        "Runtime.exceptionThrown" => {
            let details = &params["exceptionDetails"];
            let text = details["exception"]["description"].as_str().or(details["text"].as_str());
            format!("exception: {}", text.unwrap_or(""))
        }
        "Runtime.consoleAPICalled" if matches!(params["type"].as_str()?, "error" | "assert") => {
            let words: Vec<String> = params["args"]
                .as_array()?
                .iter()
                .map(|word| {
                    let text = word["value"].as_str().or(word["description"].as_str());
                    text.map_or_else(|| word["value"].to_string(), str::to_owned)
                })
                .collect();
            format!("console: {}", words.join(" "))
        }
        "Log.entryAdded" if params["entry"]["level"] == "error" => {
            let entry = &params["entry"];
            let text = entry["text"].as_str().unwrap_or("");
            format!("log: {text} {}", entry["url"].as_str().unwrap_or(""))
        }
        _ => return None,
    };
    Some((frame["sessionId"].as_str().unwrap_or("").to_owned(), text))
}

/// The same for an event of WebDriver BiDi.
fn bidi(frame: &Value) -> Option<(String, String)> {
    let params = &frame["params"];
    if frame["method"] != "log.entryAdded" || params["level"] != "error" {
        return None;
    }
    let kind = if params["type"] == "javascript" { "exception" } else { "console" };
    let text = format!("{kind}: {}", params["text"].as_str().unwrap_or(""));
    Some((params["source"]["context"].as_str().unwrap_or("").to_owned(), text))
}

#[test]
fn only_errors_are_complaints() {
    let event = |method: &str, params: Value| json!({ "method": method, "params": params, "sessionId": "s" });
    let says = |text: &str| Some(("s".to_owned(), text.to_owned()));
    let call = |kind: &str| json!({ "type": kind, "args": [{ "type": "string", "value": "w" }] });
    assert_eq!(devtools(&event("Runtime.consoleAPICalled", call("error"))), says("console: w"));
    assert_eq!(devtools(&event("Runtime.consoleAPICalled", call("log"))), None);
    let entry = |level: &str| json!({ "entry": { "level": level, "text": "t", "url": "u" } });
    assert_eq!(devtools(&event("Log.entryAdded", entry("error"))), says("log: t u"));
    assert_eq!(devtools(&event("Log.entryAdded", entry("info"))), None);
    let thrown = json!({ "exceptionDetails": { "text": "Uncaught" } });
    assert_eq!(devtools(&event("Runtime.exceptionThrown", thrown)), says("exception: Uncaught"));

    let entry = |kind: &str, level: &str| json!({ "type": kind, "level": level, "text": "t", "source": { "context": "s" } });
    assert_eq!(bidi(&event("log.entryAdded", entry("console", "error"))), says("console: t"));
    assert_eq!(bidi(&event("log.entryAdded", entry("javascript", "error"))), says("exception: t"));
    assert_eq!(bidi(&event("log.entryAdded", entry("console", "warn"))), None);
    assert_eq!(bidi(&event("log.entryAdded", entry("javascript", "info"))), None);
}
