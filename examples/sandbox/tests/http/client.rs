//! A client of a few lines, so that nothing between the test and the socket tries again or mends anything.

use std::collections::BTreeSet;
use std::io;
use std::sync::Mutex;

use serde_json::Value;
use tanba_sandbox::Sandbox;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::contract::CONTRACT;

/// Speaks to one sandbox and remembers which operations it called.
pub(crate) struct Client {
    address: String,
    pub(crate) called: Mutex<BTreeSet<String>>,
}

impl Client {
    pub(crate) fn of(sandbox: &Sandbox) -> Self {
        Self::at(&sandbox.url())
    }

    pub(crate) fn at(url: &str) -> Self {
        Self { address: url.strip_prefix("http://").unwrap().to_owned(), called: Mutex::default() }
    }

    pub(crate) fn get(&self, path: &str) -> Ask<'_> {
        self.ask("GET", path)
    }

    pub(crate) fn post(&self, path: &str) -> Ask<'_> {
        self.ask("POST", path)
    }

    pub(crate) fn put(&self, path: &str) -> Ask<'_> {
        self.ask("PUT", path)
    }

    pub(crate) fn ask(&self, method: &'static str, path: &str) -> Ask<'_> {
        Ask {
            client: self,
            method,
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            host: true,
            judged: true,
        }
    }
}

/// A request in the making.
pub(crate) struct Ask<'a> {
    client: &'a Client,
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    host: bool,
    judged: bool,
}

impl Ask<'_> {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.host &= name != "Host";
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// For answers that come from before the contract: of the gate at the door.
    pub(crate) fn unjudged(mut self) -> Self {
        self.judged = false;
        self
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("Content-Type", media_type)
    }

    pub(crate) fn json(self, value: &Value) -> Self {
        self.body("application/json", value.to_string())
    }

    pub(crate) fn jpeg(self, picture: &[u8]) -> Self {
        self.body("image/jpeg", picture)
    }

    /// Sends the request; the answer was judged by the contract.
    pub(crate) async fn send(self) -> Answer {
        self.try_send().await.unwrap()
    }

    /// Sends the request; an error if the connection ended without an answer.
    pub(crate) async fn try_send(self) -> io::Result<Answer> {
        let mut head = format!("{} {} HTTP/1.1\r\nConnection: close\r\n", self.method, self.path);
        if self.host {
            head += &format!("Host: {}\r\n", self.client.address);
        }
        head += &format!("Content-Length: {}\r\n", self.body.len());
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += "\r\n";
        let mut stream = TcpStream::connect(&self.client.address).await?;
        stream.write_all(head.as_bytes()).await?;
        // A request that is refused for its length need not be taken whole: then the answer counts, not the refusal.
        let _sent = stream.write_all(&self.body).await;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await?;
        let answer = Answer::read(&bytes)?;
        if let Some(operation) = CONTRACT.operation(self.method, &self.path)
            && !operation.later
            && self.judged
        {
            CONTRACT.judge(operation, &self.body, &answer);
            self.client.called.lock().unwrap().insert(operation.id.clone());
        }
        Ok(answer)
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn read(bytes: &[u8]) -> io::Result<Self> {
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers: Vec<_> = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let answer = Self { status, headers, body: bytes[end + 4..].to_vec() };
        if let Some(length) = answer.header("content-length") {
            assert_eq!(length.parse(), Ok(answer.body.len()), "the answer is whole");
        }
        Ok(answer)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let name = name.to_lowercase();
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body of an answer of this status.
    pub(crate) fn of_status(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// The body of a problem with this status and code.
    pub(crate) fn refused(self, status: u16, code: &str) -> Value {
        let problem = self.of_status(status);
        assert_eq!(problem["code"], code, "{problem}");
        problem
    }
}
