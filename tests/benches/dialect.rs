//! How long a site waits for a signature: over TLS, the socket and the dialect, with a person who agrees at once.
//!
//! ```text
//! cargo bench -p tanba-tests --bench dialect [-- --calls N]
//! ```
//!
//! Beside it stands what is in it: opening the key file, which the person's password does anew for each request, and the
//! raw signature by the same provider. They take turns, so that whatever else the machine does meets them all.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a table is printed")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding as _};
use futures_util::{SinkExt as _, StreamExt as _};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tanba_core::pkcs12;
use tanba_core::secret::Password;
use tanba_core::time::UnixTime;
use tanba_examples::scripted::{Behaviour, Belongings};
use tanba_examples::scripted_agent::{Options, start};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;

/// Whatever went wrong; it ends the run and is printed.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// Key files as the authority issues them, with a moment at which their certificates were valid.
const KEYS: &[(&str, &str, &str)] = &[
    (
        "RSA-2048",
        "danikarik_ncanode-go/personal/active/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.p12",
        "2020-06-01T09:00:00Z",
    ),
    (
        "GOST 34.10-2015, 512 bits",
        "skarm_kalkan/p12/GOST512_02c7a21f2df78b99cb67323e2e255779bb6ae309.p12",
        "2024-06-01T09:00:00Z",
    ),
];

/// The password of both.
const PASSWORD: &str = "Qwerty12";

/// How many calls are measured unless told otherwise; as many as a 99th percentile needs to mean something.
const CALLS: usize = 500;

/// How many calls come first and are not counted.
const WARM: usize = 25;

/// What is signed, in bytes.
const DOCUMENT: usize = 1024;

/// Times of one operation, in seconds.
#[derive(Default)]
struct Times(Vec<f64>);

impl Times {
    fn note(&mut self, time: Duration) {
        self.0.push(time.as_secs_f64());
    }

    /// The time within which that many of a hundred were done.
    fn percentile(&self, hundredths: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[((sorted.len() * hundredths).div_ceil(100)).clamp(1, sorted.len()) - 1]
    }

    fn row(&self, what: &str) -> String {
        let milliseconds = |hundredths| format!("{:.2}", self.percentile(hundredths) * 1e3);
        format!("| {what} | {} | {} |", milliseconds(50), milliseconds(99))
    }
}

/// A page's end of the socket.
struct Site(WebSocketStream<TlsStream<TcpStream>>);

impl Site {
    async fn open(port: u16, root_pem: &str) -> Outcome<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(root_pem.as_bytes())?)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let tcp = TcpStream::connect(("127.0.0.1", port)).await?;
        tcp.set_nodelay(true)?;
        let name = ServerName::try_from("127.0.0.1")?;
        let tls = TlsConnector::from(Arc::new(config)).connect(name, tcp).await?;
        let mut request = format!("wss://127.0.0.1:{port}/").into_client_request()?;
        let origin = HeaderValue::from_static("https://page.example.kz");
        request.headers_mut().insert("Origin", origin);
        let (stream, _) = tokio_tungstenite::client_async(request, tls).await?;
        let mut site = Self(stream);
        site.hear().await?;
        Ok(site)
    }

    async fn hear(&mut self) -> Outcome<String> {
        loop {
            let message = self.0.next().await.ok_or("the agent closed the socket")??;
            if let Message::Text(text) = message {
                return Ok(text.as_str().to_owned());
            }
        }
    }

    /// How long the reply to a request took; it must tell success.
    async fn timed(&mut self, request: &str) -> Outcome<Duration> {
        let begin = Instant::now();
        self.0.send(Message::text(request.to_owned())).await?;
        let reply = self.hear().await?;
        let time = begin.elapsed();
        let reply: Value = serde_json::from_str(&reply)?;
        if reply["code"] == "200" { Ok(time) } else { Err(reply.to_string().into()) }
    }
}

fn request(method: &str, args: &Value) -> String {
    json!({ "module": "kz.gov.pki.knca.commonUtils", "method": method, "args": args }).to_string()
}

/// Measures one key and gives its rows.
async fn measure(name: &str, file: &Path, at: &str, calls: usize) -> Outcome<Vec<String>> {
    let belongings = Belongings {
        keys: vec![file.to_owned()],
        password: Some(Password::new(PASSWORD.to_owned())),
        document: None,
    };
    let at = Some(UnixTime::parse_rfc3339(at).map_err(|_| "no moment")?);
    let behaviour = Behaviour::Approve;
    let agent = start(Options { belongings, behaviour, at, ..Options::default() }).await?;
    let mut site = Site::open(agent.port, &agent.root_pem).await?;

    let bytes = std::fs::read(file)?;
    let password = Password::new(PASSWORD.to_owned());
    let key = pkcs12::open(&bytes, &password)?.entries.pop().ok_or("no key in the file")?.key;
    let provider = tanba_agent::provider::aws_lc();
    let document = vec![b'x'; DOCUMENT];
    let mut hasher = key.kind().hash_algorithm().hasher();
    hasher.update(&document);
    let digest = hasher.finish();

    let (mut whole, mut opening, mut raw, mut trip) =
        (Times::default(), Times::default(), Times::default(), Times::default());
    let args = json!(["PKCS12", "SIGNATURE", Base64::encode_string(&document), true]);
    let sign = request("createCAdESFromBase64", &args);
    let nothing = request("getActiveTokens", &json!([]));
    for call in 0..WARM + calls {
        let signed = site.timed(&sign).await?;
        let answered = site.timed(&nothing).await?;
        let begin = Instant::now();
        pkcs12::open(&bytes, &password)?;
        let opened = begin.elapsed();
        let begin = Instant::now();
        (provider.sign)(&provider, &key, &digest)?;
        let computed = begin.elapsed();
        if call >= WARM {
            whole.note(signed);
            trip.note(answered);
            opening.note(opened);
            raw.note(computed);
        }
    }
    agent.stop().await;
    let mut rows = vec![
        whole.row(&format!("**{name}**: CMS of 1 KiB, from the request to the reply")),
        opening.row("… opening the key file alone"),
        raw.row("… the raw signature alone"),
        trip.row("… a request that asks for nothing"),
    ];
    let rest = [50, 99].map(|part| {
        let without = whole.percentile(part) - opening.percentile(part);
        format!("{:.2}", without.max(0.0) * 1e3)
    });
    rows.push(format!("| … what is left without opening the file | {} | {} |", rest[0], rest[1]));
    Ok(rows)
}

/// On what was measured.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let processors = read("/proc/cpuinfo");
    let processor = processors
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name))
        .unwrap_or(std::env::consts::ARCH);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = read("/proc/loadavg");
    format!("{processor}, {cores} cores; load before: {}", load.split(' ').next().unwrap_or("?"))
}

/// How many calls; `None` if this is a run of the tests, which measure nothing.
fn calls() -> Outcome<Option<usize>> {
    let (mut calls, mut is_measured) = (CALLS, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bench" => is_measured = true,
            "--" => {}
            "--calls" => calls = arguments.next().ok_or("--calls needs a number")?.parse()?,
            other => return Err(format!("not an option: {other}").into()),
        }
    }
    Ok(is_measured.then_some(calls.max(1)))
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let Some(calls) = calls()? else { return Ok(()) };
    let machine = machine();
    eprintln!("{machine}");
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors/kz");
    println!("| what | p50, ms | p99, ms |\n|---|--:|--:|");
    for (name, file, at) in KEYS {
        for row in measure(name, &folder.join(file), at, calls).await? {
            println!("{row}");
        }
    }
    println!("\n{calls} calls each. Measured on: {machine}.");
    Ok(())
}
