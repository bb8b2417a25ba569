//! The doors of the sandbox: who may come in, its toys, its pages, its end.

use serde_json::json;
use tanba_sandbox::{Options, Sandbox, SiteFile};

use crate::applicant::{Applicant, FIRST};
use crate::client::Client;

async fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).await.unwrap()
}

#[tokio::test]
async fn pages_of_other_machines_are_refused() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    for (name, value) in [
        ("Origin", "https://example.kz"),
        ("Origin", "http://127.0.0.1.example.kz"),
        ("Origin", "null"),
        ("Host", "example.kz"),
    ] {
        let answer = client.get("/v1/info").unjudged().header(name, value).send().await;
        assert_eq!(
            (answer.status, answer.header("access-control-allow-origin")),
            (403, None),
            "{name}: {value}"
        );
    }
}

#[tokio::test]
async fn pages_of_this_machine_may_ask_from_another_port() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    for origin in ["http://127.0.0.1:8080", "http://localhost:3000", "http://[::1]:9"] {
        let answer = client.get("/v1/info").header("Origin", origin).send().await;
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
        assert_eq!(answer.header("vary"), Some("Origin"));
        let preflight =
            client.ask("OPTIONS", "/v1/applications").header("Origin", origin).send().await;
        assert_eq!(preflight.status, 204);
        assert!(
            preflight.header("access-control-allow-headers").unwrap().contains("idempotency-key")
        );
    }
}

#[tokio::test]
async fn telephones_people_and_clock_are_open_to_pages_and_say_sandbox() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let mut applicant = Applicant::new(&client, FIRST);
    applicant.verify().await;
    applicant.log_in().await;
    let all = client.get("/sandbox/sms").send().await.of_status(200);
    let senders: Vec<_> =
        all.as_array().unwrap().iter().map(|sms| sms["sender"].as_str().unwrap()).collect();
    assert_eq!(senders, ["1414", "3116"]);
    assert!(
        all.as_array()
            .unwrap()
            .iter()
            .all(|sms| sms["text"].as_str().unwrap().starts_with("SANDBOX"))
    );
    let mine = sandbox.sms(FIRST.1);
    assert_eq!((mine.len(), mine[0].sender), (2, "1414"));
    assert_eq!(
        client.get("/sandbox/sms?phone=+77000000002").send().await.of_status(200),
        json!([])
    );

    let people = client.get("/sandbox/persons").send().await.of_status(200);
    assert_eq!(people.as_array().unwrap().len(), sandbox.persons().len());
    assert!(people.as_array().unwrap().iter().all(|person| person["sandbox"] == true));

    let time = |text: &serde_json::Value| {
        tanba_core::time::UnixTime::parse_rfc3339(text.as_str().unwrap()).unwrap()
    };
    let before = client.get("/sandbox/clock").send().await.of_status(200);
    let after =
        client.post("/sandbox/clock").json(&json!({"advance_s": 3600})).send().await.of_status(200);
    assert!(time(&after["now"]).since(time(&before["now"])) >= 3_600);
    client
        .post("/sandbox/clock")
        .json(&json!({"advance_s": -1}))
        .send()
        .await
        .refused(400, "bad_request");
}

#[tokio::test]
async fn the_front_page_warns_and_the_contract_can_be_read() {
    let sandbox = sandbox().await;
    let client = Client::of(&sandbox);
    let front = client.get("/").send().await;
    assert!(front.text().contains("SANDBOX: not a CA, nothing here has legal force"));
    assert!(front.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    let contract = client.get("/nca-gateway.openapi.yaml").send().await;
    assert_eq!(contract.text(), tanba_sandbox::CONTRACT);
    for path in
        ["/nothing", "/v1", "/cert/leaf.cer", "/crl/other.crl", "/portal/", "/portal/app.js"]
    {
        assert_eq!(client.get(path).send().await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn the_portals_files_are_served_as_they_are() {
    let html = "text/html; charset=utf-8";
    let site = vec![
        SiteFile { path: "index.html", content_type: html, body: b"<p>portal" },
        SiteFile { path: "screens/otp.js", content_type: "text/javascript", body: b"// otp" },
    ];
    let sandbox = Sandbox::start(Options { site, ..Options::default() }).await.unwrap();
    let client = Client::of(&sandbox);
    let index = client.get("/portal/?agent=13579").send().await;
    assert_eq!(
        (index.status, index.text(), index.header("content-type")),
        (200, "<p>portal", Some(html))
    );
    let script = client.get("/portal/screens/otp.js").send().await;
    assert_eq!((script.text(), script.header("content-type")), ("// otp", Some("text/javascript")));
    assert_eq!(script.header("x-content-type-options"), Some("nosniff"));
    for path in [
        "/portal/../index.html",
        "/portal/screens/%2e%2e/index.html",
        "/portal/screens",
        "/portal/otp.js",
    ] {
        assert_eq!(client.get(path).send().await.status, 404, "{path}");
    }
    assert_eq!(client.get("/portal").send().await.header("location"), Some("/portal/"));
}

#[tokio::test]
async fn a_sandbox_that_is_dropped_frees_its_port() {
    let sandbox = sandbox().await;
    let address = sandbox.url().strip_prefix("http://").unwrap().to_owned();
    let port = address.rsplit(':').next().unwrap().parse().unwrap();
    assert!(
        Sandbox::start(Options { port, ..Options::default() }).await.is_err(),
        "the port is taken"
    );
    drop(sandbox);
    // The server ends in its own task: it has done so once nobody answers the door any more.
    while tokio::net::TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}
