//! ncalayer-js-client of SIGEX: every method, with RSA and GOST keys, agreed to and not.

use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};
use tanba_core::crypto::HashAlgorithm;
use tanba_examples::scripted::Behaviour;
use tanba_examples::scripted_agent::Running;
use tanba_tests::judges::judged;
use tanba_tests::tools;

use super::keys::{GOST, Keys, RSA};
use super::node::Node;
use super::verdict::{Bench, Over, certificate_of};

const DRIVER: &str = "ncalayer-js-client.mjs";
/// `MTEK` in base64.
const DOCUMENT: &[u8] = b"11\n";
const XML: &str = "<tag>data</tag>";
const PARTS: &str = "<all><part Id=\"p1\">data</part><signatures/></all>";

/// What a call has to give.
#[derive(Clone, Copy)]
enum Gives {
    /// This.
    Value(fn() -> Value),
    /// A message.
    Message(Over<'static>, Stamped),
    /// So many messages, each with its document.
    Messages(usize),
    /// Signed XML.
    Xml,
    /// So many signed documents.
    Xmls(usize),
    /// What a key's certificate says.
    KeyInfo,
    /// A raw signature of the document, with the certificate.
    Raw,
    /// A failure with these words.
    Fails(&'static str),
}

#[derive(Clone, Copy, PartialEq)]
enum Stamped {
    Yes,
    No,
}
use Stamped::{No, Yes};

/// Which key has to be the signer's.
const SIGN: usize = 0;
const AUTH: usize = 1;

struct Row(Value, Gives, usize);

const DETACHED: Over<'static> = Over::Document(DOCUMENT);
const NO_KAZTOKEN: &str = "KAZTOKEN mobile/desktop";

/// Calls that need no person, or are agreed to.
fn calls(keys: &Keys) -> Vec<Row> {
    let hash = if keys.is_rsa { HashAlgorithm::Sha256 } else { HashAlgorithm::Streebog512 };
    let digest = Base64::encode_string(hash.hash(DOCUMENT).as_bytes());
    let basics = |format: &str, data: Value, params: &str, signer: &str| {
        json!([format, "!!basicsStorageAll", data, params, signer])
    };
    let cms = |params: &str| basics("basicsSignCMS", json!("MTEK"), params, "!!basicsSignerAny");
    let raw = json!([
        "basicsSign", ["PKCS12"], "raw", "MTEK", { "decode": "true", "outputCert": true },
        "!!basicsSignerSignAny", "kk",
    ]);
    let mut rows = vec![
        Row(json!(["multisignAvailable"]), Gives::Value(|| json!(true)), SIGN),
        Row(json!(["kmdMultisignAvailable"]), Gives::Value(|| json!(false)), SIGN),
        Row(json!(["startKmdMultisign", 1, true, false]), Gives::Fails(NO_KAZTOKEN), SIGN),
        Row(json!(["kmdMultisignNext", "MTEK"]), Gives::Fails("не была инициализирована"), SIGN),
        Row(json!(["getActiveTokens"]), Gives::Value(|| json!([])), SIGN),
        Row(json!(["changeLocale", "en"]), Gives::Value(|| json!(null)), SIGN),
        Row(json!(["getKeyInfo", "PKCS12"]), Gives::KeyInfo, SIGN),
        Row(json!(["getKeyInfo", "AKKaztokenStore"]), Gives::KeyInfo, SIGN),
        Row(json!(["getKeyInfo", "Toaster"]), Gives::Fails("500: storage.unknown"), SIGN),
        Row(json!(["getKeyInfo", 5]), Gives::Fails("argument type mismatch"), SIGN),
        Row(json!(["createCAdESFromBase64", "PKCS12", "MTEK"]), Gives::Message(DETACHED, No), SIGN),
        Row(
            json!(["createCAdESFromBase64", "PKCS12", "MTEK", "SIGNATURE", true]),
            Gives::Message(Over::Itself, No),
            SIGN,
        ),
        Row(
            json!(["createCAdESFromBase64Hash", "PKCS12", digest]),
            Gives::Message(DETACHED, No),
            SIGN,
        ),
        Row(
            json!(["createCMSSignatureFromBase64", "PKCS12", "MTEK"]),
            Gives::Message(DETACHED, Yes),
            SIGN,
        ),
        Row(
            json!(["createCMSSignatureFromBase64", "PKCS12", "MTEK", "SIGNATURE", true]),
            Gives::Message(Over::Itself, Yes),
            SIGN,
        ),
        Row(json!(["signXml", "PKCS12", XML]), Gives::Xml, SIGN),
        Row(
            json!(["signXml", "PKCS12", PARTS, "SIGNATURE", "//part", "//signatures"]),
            Gives::Xml,
            SIGN,
        ),
        Row(json!(["signXml", "PKCS12", "<tag>"]), Gives::Fails("org.xml.sax.SAXParse"), SIGN),
        Row(json!(["signXmls", "PKCS12", [XML, "<b/>"]]), Gives::Xmls(2), SIGN),
        Row(json!(["setLogoForBasicsSign", LOGO]), Gives::Value(|| json!(null)), SIGN),
        Row(cms("!!basicsCMSParams"), Gives::Message(Over::Itself, No), SIGN),
        Row(cms("!!basicsCMSParamsDetached"), Gives::Message(DETACHED, Yes), SIGN),
        Row(cms("!!basicsCMSParamsDetachedNoTSP"), Gives::Message(DETACHED, No), SIGN),
        Row(cms("!!basicsCMSParamsAttached"), Gives::Message(Over::Itself, Yes), SIGN),
        Row(
            basics(
                "basicsSignCMS",
                json!(digest),
                "!!basicsCMSParamsDetachedHash",
                "!!basicsSignerSignPerson",
            ),
            Gives::Message(DETACHED, Yes),
            SIGN,
        ),
        Row(
            basics(
                "basicsSignCMS",
                json!(["MTEK", "MTEK", "MTEK"]),
                "!!basicsCMSParamsDetachedNoTSP",
                "!!basicsSignerTestAny",
            ),
            Gives::Messages(3),
            SIGN,
        ),
        Row(
            basics("basicsSignXML", json!(XML), "!!basicsXMLParams", "!!basicsSignerAny"),
            Gives::Xmls(1),
            SIGN,
        ),
        Row(
            basics("basicsSignXML", json!([XML, PARTS]), "!!basicsXMLParams", "!!basicsSignerAny"),
            Gives::Xmls(2),
            SIGN,
        ),
        Row(raw, Gives::Raw, SIGN),
    ];
    // Keys of nobody here: the person finds none that fits, and closes the window.
    for signer in ["SignOrg", "SignHead", "SignTrusted", "SignEmployee", "AuthOrg", "AuthHead"] {
        rows.push(Row(
            basics(
                "basicsSignCMS",
                json!("MTEK"),
                "!!basicsCMSParamsDetached",
                &format!("!!basicsSigner{signer}"),
            ),
            Gives::Fails("cancelled by user"),
            SIGN,
        ));
    }
    if keys.auth.is_some() {
        rows.push(Row(
            json!(["createCAdESFromBase64", "PKCS12", "MTEK", "AUTHENTICATION"]),
            Gives::Message(DETACHED, No),
            AUTH,
        ));
        rows.push(Row(
            basics("basicsSignXML", json!(XML), "!!basicsXMLParams", "!!basicsSignerAuthPerson"),
            Gives::Xmls(1),
            AUTH,
        ));
    }
    rows
}

/// One transparent dot.
const LOGO: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

fn run(agent: &Running, calls: &[Value]) -> Value {
    tokio::task::block_in_place(|| Node::new().run(DRIVER, agent, &json!(calls)))
}

fn judge(bench: &Bench, keys: &Keys, Row(call, gives, whose): &Row, outcome: &Value) {
    let value = &outcome["value"];
    let text = |value: &Value| match value.as_str() {
        Some(text) => text.to_owned(),
        None => panic!("{call}: {outcome}"),
    };
    let all = |count: usize| match value.as_array() {
        Some(all) if all.len() == count => all.clone(),
        Some(_) | None => panic!("{call}: {outcome}"),
    };
    match *gives {
        Gives::Value(expected) => assert_eq!(outcome, &json!({ "value": expected() }), "{call}"),
        Gives::Message(over, stamped) => {
            let message = text(value);
            let is_pem = message.starts_with("-----BEGIN CMS-----\n");
            assert_eq!(is_pem, call[0] == "basicsSignCMS", "{call}");
            let signer = bench.message(message.as_bytes(), over, stamped == Yes);
            assert_eq!(signer, *whose, "{call}");
        }
        Gives::Messages(count) => {
            for message in all(count) {
                assert_eq!(bench.message(text(&message).as_bytes(), DETACHED, false), *whose);
            }
        }
        Gives::Xml => assert_eq!(bench.xml(&text(value)), *whose, "{call}"),
        Gives::Xmls(count) => {
            for document in all(count) {
                assert_eq!(bench.xml(&text(&document)), *whose, "{call}");
            }
        }
        Gives::KeyInfo => {
            let certificate = certificate_of(&keys.files()[*whose]);
            let (from, to) = (certificate.not_before.as_secs(), certificate.not_after.as_secs());
            assert_eq!(value["certNotBefore"], format!("{from}000"), "{outcome}");
            assert_eq!(value["certNotAfter"], format!("{to}000"), "{outcome}");
            assert!(text(&value["subjectDn"]).contains("IIN123456789011"), "{outcome}");
            let pem = text(&value["pem"]);
            let read =
                tanba_core::x509::certificate::Certificate::read_all(pem.as_bytes()).unwrap();
            assert_eq!(read[0].der(), certificate.der());
        }
        Gives::Raw => {
            let signatures = value["signatures"].as_array().unwrap();
            assert_eq!(signatures.len(), 1, "{outcome}");
            bench.raw(&text(&signatures[0]), DOCUMENT, &text(&value["certificate"]));
        }
        Gives::Fails(words) => {
            let error = outcome["error"].as_str().unwrap_or_else(|| panic!("{call}: {outcome}"));
            assert!(error.contains(words), "{call}: {error}");
        }
    }
}

async fn every_method(keys: &Keys, algorithm: &str) {
    if !tools::all_here(&["node"]) {
        return;
    }
    let agent = keys.agent(keys.files(), Behaviour::Approve).await;
    let rows = calls(keys);
    let asked: Vec<Value> = rows.iter().map(|Row(call, ..)| call.clone()).collect();
    let told = run(&agent, &asked);
    assert_eq!((&told["version"], &told["isKaztoken"]), (&json!("1.4"), &json!(false)));
    tokio::task::block_in_place(|| {
        let bench = Bench::new(keys, &agent);
        for (row, outcome) in rows.iter().zip(told["outcomes"].as_array().unwrap()) {
            judge(&bench, keys, row, outcome);
        }
    });
    // What the client does by itself.
    let own = ["constructor", "connect", "sendRequest", "setHandlers"];
    for method in told["methods"].as_array().unwrap() {
        let is_called = asked.iter().any(|call| call[0] == *method);
        assert!(is_called || own.iter().any(|own| method == own), "nobody calls {method}");
    }
    for prompt in agent.person.diary().prompts() {
        assert!(prompt["consent"]["origin"].is_null(), "a program has no origin: {prompt}");
    }
    assert_eq!(agent.person.diary().most_open(), 1);
    judged("ncalayer-js-client", &format!("every method gives what it should, {algorithm}"));
    agent.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_of_the_client_with_rsa_keys() {
    every_method(&RSA, "RSA").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_of_the_client_with_gost_keys() {
    every_method(&GOST, "GOST").await;
}

/// Calls with a window, and whether they are of the module that says `cancelled by user`.
fn calls_with_windows() -> Vec<(Value, bool)> {
    let basics = |method: &str, data: &str| {
        json!([method, "!!basicsStoragePKCS12", data, {}, "!!basicsSignerSignAny"])
    };
    vec![
        (json!(["getKeyInfo", "PKCS12"]), false),
        (json!(["createCAdESFromBase64", "PKCS12", "MTEK"]), false),
        (json!(["createCAdESFromBase64Hash", "PKCS12", "MTEK"]), false),
        (json!(["createCMSSignatureFromBase64", "PKCS12", "MTEK"]), false),
        (json!(["signXml", "PKCS12", XML]), false),
        (json!(["signXmls", "PKCS12", [XML]]), false),
        (basics("basicsSignCMS", "MTEK"), true),
        (basics("basicsSignXML", XML), true),
    ]
}

fn assert_cancelled(told: &Value, calls: &[(Value, bool)]) {
    let outcomes = told["outcomes"].as_array().unwrap();
    assert_eq!(outcomes.len(), calls.len());
    for ((call, is_basics), outcome) in calls.iter().zip(outcomes) {
        let expected = if *is_basics {
            json!({ "error": "cancelled by user", "cancelled": true })
        } else {
            json!({ "error": "500: action.canceled", "cancelled": false })
        };
        assert_eq!(outcome, &expected, "{call}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_closes_the_window_cancels() {
    if !tools::all_here(&["node"]) {
        return;
    }
    let agent = RSA.agent(RSA.files(), Behaviour::Cancel).await;
    let calls = calls_with_windows();
    let asked: Vec<Value> = calls.iter().map(|(call, _)| call.clone()).collect();
    for behaviour in [Behaviour::Cancel, Behaviour::WrongPassword] {
        agent.person.behave(behaviour);
        assert_cancelled(&run(&agent, &asked), &calls);
    }
    assert_eq!(agent.person.diary().prompts().len(), 2 * calls.len(), "one window for each call");
    let tried: Vec<_> =
        agent.person.diary().lines().into_iter().filter(|line| line["event"] == "tried").collect();
    assert_eq!(tried.len(), calls.len());
    assert!(tried.iter().all(|line| line["error"] == "wrong_password"), "{tried:?}");
    agent.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_for_signing_in_signs_no_document_and_the_reverse() {
    if !tools::all_here(&["node"]) {
        return;
    }
    let [sign, auth] = &RSA.files()[..] else { panic!("two keys") };
    // With the key for signing in alone, the calls for documents find none.
    let agent = RSA.agent(vec![auth.clone()], Behaviour::Approve).await;
    let calls: Vec<_> =
        calls_with_windows().into_iter().filter(|(call, _)| call[0] != "getKeyInfo").collect();
    let asked: Vec<Value> = calls.iter().map(|(call, _)| call.clone()).collect();
    assert_cancelled(&run(&agent, &asked), &calls);
    assert_refused(&agent, calls.len(), &["other_purpose", "other_usage"]);
    agent.stop().await;
    let agent = RSA.agent(vec![sign.clone()], Behaviour::Approve).await;
    let calls = [
        (json!(["createCAdESFromBase64", "PKCS12", "MTEK", "AUTHENTICATION"]), false),
        (json!(["basicsSignXML", null, XML, "!!basicsXMLParams", "!!basicsSignerAuthAny"]), true),
    ];
    let asked: Vec<Value> = calls.iter().map(|(call, _)| call.clone()).collect();
    assert_cancelled(&run(&agent, &asked), &calls);
    assert_refused(&agent, calls.len(), &["other_purpose", "other_usage"]);
    agent.stop().await;
}

/// The person saw that the one key cannot be taken, and why.
fn assert_refused(agent: &Running, times: usize, reasons: &[&str]) {
    let lines = agent.person.diary().lines();
    let cards: Vec<_> = lines.iter().filter(|line| line["event"] == "tried").collect();
    assert_eq!(cards.len(), times);
    for line in cards {
        let refusal = line["cards"][0]["refusal"].as_str();
        assert!(refusal.is_some_and(|refusal| reasons.contains(&refusal)), "{line}");
    }
}
