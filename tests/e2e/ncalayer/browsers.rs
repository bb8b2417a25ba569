//! Pages with the client of SIGEX, as its authors published it, in real browsers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use tanba_core::secret::Password;
use tanba_core::time::UnixTime;
use tanba_examples::scripted::{Behaviour, Belongings};
use tanba_examples::scripted_agent::{Options, Running, start};
use tanba_tests::judges::judged;
use tanba_tests::tools::all_here;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::keys::{GOST, KeyFile, RSA};
use super::verdict::{openssl_verifies, tanba_verifies, xmlsec_verifies};
use crate::browsers::{AnyPage, Make};

/// The client's package, among the vectors.
const PACKAGE: &str = "vectors/npm/ncalayer-js-client-1.5.6.part.tgz";

/// A page that does nothing until it is told.
const PAGE: &str = "<!doctype html><html lang=ru><link rel=icon href='data:,'><title>Site</title>
<script src='ncalayer-client.js'></script></html>";

/// The client's program out of its package.
fn client() -> String {
    let folder = tempfile::tempdir().unwrap();
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join(PACKAGE);
    let unpacked =
        Command::new("tar").arg("-xzf").arg(package).arg("-C").arg(folder.path()).status();
    assert!(unpacked.unwrap().success());
    fs::read_to_string(folder.path().join("package/ncalayer-client.js")).unwrap()
}

/// Serves files, each with its path and its kind, on a free port until the test ends; says the origin.
pub(super) async fn serve(files: Vec<(&'static str, &'static str, String)>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let files = Arc::new(files);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let files = files.clone();
            tokio::spawn(async move {
                let mut head = [0; 4096];
                let read = stream.read(&mut head).await.unwrap_or(0);
                let head = String::from_utf8_lossy(&head[..read]);
                let wanted = head.split(' ').nth(1).unwrap_or("");
                let found = files.iter().find(|(path, ..)| *path == wanted);
                let answer = found.map_or_else(
                    || "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
                    |(_, kind, body)| {
                        format!(
                            "HTTP/1.1 200 OK\r\nContent-Type: {kind}; charset=utf-8\r\n\
                             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                            body.len()
                        )
                    },
                );
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    origin
}

/// An agent whose person has that key.
async fn agent(key: KeyFile) -> Running {
    let belongings = Belongings {
        keys: vec![key.path()],
        password: Some(Password::new(key.password.to_owned())),
        document: None,
    };
    let at: Option<UnixTime> = Some(key.moment());
    start(Options { belongings, behaviour: Behaviour::Approve, at, ..Options::default() })
        .await
        .unwrap()
}

/// What the client gives a page that calls it; `{ error, canceled }` if it throws.
async fn call(page: &AnyPage, expression: &str) -> Value {
    page.evaluate(&format!(
        "(async () => {{
           try {{ return {expression}; }}
           catch (error) {{ return {{ error: error.message, canceled: error.canceledByUser === true }}; }}
         }})()"
    ))
    .await
}

/// What a page was given, put into a file for judges.
struct Given {
    folder: tempfile::TempDir,
    is_rsa: bool,
}

impl Given {
    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// A message, in base64 or in PEM.
    fn message(&self, text: &Value, document: Option<&[u8]>) {
        let text = text.as_str().unwrap_or_else(|| panic!("no message: {text}"));
        let base64: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
        let message = self.put("given.cms", &Base64::decode_vec(&base64).unwrap());
        let document = document.map(|bytes| self.put("document", bytes));
        tanba_verifies(&message, document.as_deref());
        if self.is_rsa {
            openssl_verifies(&message, document.as_deref());
        }
    }

    /// A document with a signature in it.
    fn xml(&self, text: &Value) {
        let text = text.as_str().unwrap_or_else(|| panic!("no document: {text}"));
        let signed = self.put("given.xml", text.as_bytes());
        tanba_verifies(&signed, None);
        if self.is_rsa {
            xmlsec_verifies(&signed);
        }
    }
}

/// What sites do, from the first line to a person who closes the window.
async fn visit(make: Make, page: &AnyPage, agent: &Running, is_rsa: bool) {
    let given = Given { folder: tempfile::tempdir().unwrap(), is_rsa };
    let created = format!(
        "void (window.client = new NCALayerClient('wss://127.0.0.1:{}/', false))",
        agent.port
    );
    call(page, &created).await;
    assert_eq!(call(page, "await client.connect()").await, "1.4");
    assert_eq!(call(page, "await client.getActiveTokens()").await, json!([]));

    let info = call(page, "await client.getKeyInfo('PKCS12')").await;
    assert_eq!(info["subjectCn"], "ТЕСТОВ ТЕСТ", "{info}");
    assert!(info["pem"].as_str().unwrap().starts_with("-----BEGIN CERTIFICATE-----"), "{info}");
    let days = "(({ certNotBefore, certNotAfter }) => (certNotAfter - certNotBefore) / 86400000)";
    let days = page.evaluate(&format!("{days}({info})")).await;
    assert!((364.0..=367.0).contains(&days.as_f64().unwrap()), "{info}");

    let document = "Келісімшарт: 1 000 ₸\n".as_bytes();
    let base64 = Base64::encode_string(document);
    for attached in [false, true] {
        let signed = format!(
            "await client.createCAdESFromBase64('PKCS12', '{base64}', 'SIGNATURE', {attached})"
        );
        let signed = call(page, &signed).await;
        given.message(&signed, (!attached).then_some(document));
    }
    let signed = call(page, "await client.signXml('PKCS12', '<sum>1 000 ₸</sum>')").await;
    given.xml(&signed);
    let signed = call(page, "await client.signXmls('PKCS12', ['<a>ә</a>', '<b c=\"d\"/>'])").await;
    let [first, second] = signed.as_array().unwrap_or_else(|| panic!("{signed}")).as_slice() else {
        panic!("not two: {signed}")
    };
    given.xml(first);
    given.xml(second);

    // The roots behind these keys are the authority's for tests, so no chain is asked for.
    let any = "NCALayerClient.basicsStorageAll";
    let signer = "NCALayerClient.basicsSignerTestAny";
    for (parameters, detached) in
        [("basicsCMSParamsAttached", false), ("basicsCMSParamsDetached", true)]
    {
        let signed = format!(
            "await client.basicsSignCMS({any}, '{base64}', NCALayerClient.{parameters}, {signer})"
        );
        let signed = call(page, &signed).await;
        given.message(&signed, detached.then_some(document));
    }
    let many = format!(
        "await client.basicsSignCMS({any}, ['{base64}', '{base64}'], NCALayerClient.basicsCMSParamsDetachedNoTSP, {signer})"
    );
    let signed = call(page, &many).await;
    assert_eq!(signed.as_array().map(Vec::len), Some(2), "{signed}");
    for message in signed.as_array().unwrap() {
        given.message(message, Some(document));
    }
    let signed = format!(
        "await client.basicsSignXML({any}, '<sum>1</sum>', NCALayerClient.basicsXMLParams, {signer})"
    );
    let signed = call(page, &signed).await;
    given.xml(signed.get(0).unwrap_or(&signed));

    // A key that does not fit is not offered; a person who has no other closes the window. The client knows only of the
    // newer calls that this is what happened, of the others it passes on the words.
    let closed = json!({ "error": "500: action.canceled", "canceled": false });
    let newly_closed = json!({ "error": "cancelled by user", "canceled": true });
    if is_rsa {
        let auth = format!(
            "await client.createCAdESFromBase64('PKCS12', '{base64}', 'AUTHENTICATION', false)"
        );
        assert_eq!(call(page, &auth).await, closed);
    }
    agent.person.behave(Behaviour::Cancel);
    for (asked, told) in [
        ("await client.getKeyInfo('PKCS12')".to_owned(), &closed),
        (
            format!("await client.createCAdESFromBase64('PKCS12', '{base64}', 'SIGNATURE', false)"),
            &closed,
        ),
        ("await client.signXml('PKCS12', '<a/>')".to_owned(), &closed),
        (
            format!(
                "await client.basicsSignCMS({any}, '{base64}', NCALayerClient.basicsCMSParamsDetached, {signer})"
            ),
            &newly_closed,
        ),
        (
            format!(
                "await client.basicsSignXML({any}, '<a/>', NCALayerClient.basicsXMLParams, {signer})"
            ),
            &newly_closed,
        ),
    ] {
        assert_eq!(call(page, &asked).await, *told, "{asked}");
    }
    agent.person.behave(Behaviour::Approve);
    let bad = call(page, "await client.signXml('PKCS12', '<a')").await;
    assert_eq!((&bad["canceled"], bad["error"].is_string()), (&json!(false), true), "{bad}");
    // The socket is as good as new.
    assert_eq!(call(page, "await client.getActiveTokens()").await, json!([]));
    // The client looks for another program on another port, and nobody is there.
    let complaints: Vec<_> =
        page.complaints().into_iter().filter(|text| !text.contains("24680")).collect();
    assert_eq!(complaints, Vec::<String>::new());
    let what = if is_rsa { "RSA" } else { "GOST" };
    judged(
        make.name(),
        &format!("ncalayer-js-client connects, signs with {what}, and hears of a closed window"),
    );
}

#[tokio::test]
async fn the_client_of_sigex_signs_in_either_browser_over_the_trusted_root() {
    if !all_here(&["openssl", "xmlsec1"]) {
        return;
    }
    for make in Make::here() {
        for (key, is_rsa) in [(RSA, true), (GOST, false)] {
            let agent = agent(key).await;
            let page = ("/", "text/html", PAGE.to_owned());
            let script = ("/ncalayer-client.js", "text/javascript", client());
            let origin = serve(vec![page, script]).await;
            let home = tempfile::tempdir().unwrap();
            let browser = make.start(home.path(), Some(&agent.root_pem)).await;
            let page = browser.open(&format!("{origin}/")).await;
            visit(make, &page, &agent, is_rsa).await;
            agent.stop().await;
        }
    }
}
