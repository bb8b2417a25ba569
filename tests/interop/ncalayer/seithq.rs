//! @seithq/ncalayer: every call of the applet, with RSA and GOST keys, agreed to and not.

use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};
use tanba_core::crypto::HashAlgorithm;
use tanba_examples::scripted::Behaviour;
use tanba_examples::scripted_agent::Running;
use tanba_tests::judges::judged;
use tanba_tests::tools;

use super::keys::{GOST, Keys, RSA, document, vector};
use super::node::Node;
use super::verdict::{Bench, Over, certificate_of, pem};

const DRIVER: &str = "seithq-ncalayer.mjs";
/// What a page types into its own form. The agent drops it: the key's is another one.
const PASSWORD: &str = "typed-in-the-page";
const TEXT: &str = "Келісім № 1";
const XML: &str = "<tag>data</tag>";
const PARTS: &str = "<all><part Id=\"p1\">data</part><signatures/></all>";

/// The results of the first calls, which all others need.
const PATH: usize = 0;
const KEYS: usize = 1;

fn beginning(usage: &str) -> Vec<Value> {
    vec![
        json!(["browseKeyStore", "PKCS12", "P12", ""]),
        json!(["getKeys", "PKCS12", { "result": PATH }, PASSWORD, usage]),
    ]
}

/// A call about the key that was shown.
fn with_key(method: &str, more: &Value) -> Value {
    let mut call = vec![
        json!(method),
        json!("PKCS12"),
        json!({ "result": PATH }),
        json!({ "alias": KEYS }),
        json!(PASSWORD),
    ];
    call.extend(more.as_array().unwrap().iter().cloned());
    json!(call)
}

fn run(agent: &Running, calls: &[Value]) -> Value {
    tokio::task::block_in_place(|| Node::new().run(DRIVER, agent, &json!(calls)))
}

async fn every_method(keys: &Keys, algorithm: &str) {
    if !tools::all_here(&["node"]) {
        return;
    }
    let agent = keys.agent(keys.files(), Behaviour::Approve).await;
    let mut calls = beginning("SIGN");
    let mut add = |call: Value| {
        calls.push(call);
        calls.len() - 1
    };
    let locale = add(json!(["setLocale", "kk"]));
    let file = add(json!(["showFileChooser", "ALL", ""]));
    let from = add(with_key("getNotBefore", &json!([])));
    let to = add(with_key("getNotAfter", &json!([])));
    let subject = add(with_key("getSubjectDN", &json!([])));
    let issuer = add(with_key("getIssuerDN", &json!([])));
    let name = add(with_key("getRdnByOid", &json!(["2.5.4.3", 0])));
    let no_name = add(with_key("getRdnByOid", &json!(["2.5.4.3", 7])));
    let plain = add(with_key("signPlainData", &json!([TEXT])));
    let is_plain = add(with_key("verifyPlainData", &json!([TEXT, { "result": plain }])));
    let is_other = add(with_key("verifyPlainData", &json!(["Келісім № 2", { "result": plain }])));
    let detached = add(with_key("createCMSSignature", &json!([TEXT, false])));
    let attached = add(with_key("createCMSSignature", &json!([TEXT, true])));
    let is_message = add(json!(["verifyCMSSignature", TEXT, { "result": detached }]));
    let is_no_message = add(json!(["verifyCMSSignature", "Келісім № 2", { "result": detached }]));
    let of_file = json!([{ "result": file }, false]);
    let of_file = add(with_key("createCMSSignatureFromFile", &of_file));
    let is_of_file =
        add(json!(["verifyCMSSignatureFromFile", { "result": file }, { "result": of_file }]));
    let xml = add(with_key("signXml", &json!([XML])));
    let is_xml = add(json!(["verifyXml", { "result": xml }]));
    let no_xml = add(json!(["verifyXml", XML]));
    let part = json!([PARTS, "part", "Id", "signatures"]);
    let part = add(with_key("signXmlByElementId", &part));
    let is_part = add(json!(["verifyXmlByElementId", { "result": part }, "Id", "signatures"]));
    let hashes = ["SHA1", "SHA256", "GOST34311"].map(|name| add(json!(["getHash", TEXT, name])));
    let told = run(&agent, &calls);
    let outcomes = told["outcomes"].as_array().unwrap();
    let good = |at: usize| {
        assert_eq!(outcomes[at]["error"], "NONE", "{}: {}", calls[at], outcomes[at]);
        &outcomes[at]["result"]
    };
    let text = |at: usize| good(at).as_str().unwrap_or_else(|| panic!("{}", outcomes[at]));

    let certificate = certificate_of(&keys.files()[0]);
    assert_eq!(told["version"], "1.4");
    let chosen = vector(keys.sign).canonicalize().unwrap();
    assert_eq!(text(PATH), chosen.to_str().unwrap());
    assert_eq!(text(file), document().canonicalize().unwrap().to_str().unwrap());
    // Whether an answer to it comes is heard by this client alone by the next one being its own.
    assert!(outcomes[locale]["heard"].as_str().unwrap().starts_with('{'), "{}", outcomes[locale]);
    let key: Vec<&str> = text(KEYS).split('|').collect();
    assert_eq!(key.len(), 4, "{key:?}");
    assert!(key[1].contains("ТЕСТОВ ТЕСТ") && key[2].contains(&certificate.serial), "{key:?}");
    assert_eq!(key[3], hex::encode(certificate.subject_key_id().unwrap()));
    for (at, moment) in [(from, certificate.not_before), (to, certificate.not_after)] {
        let day = moment.almaty();
        assert_eq!(&text(at)[..10], &day[..10], "{}", outcomes[at]);
    }
    assert!(text(subject).contains("SERIALNUMBER=IIN123456789011"), "{}", text(subject));
    assert!(text(issuer).contains("CN="), "{}", text(issuer));
    assert!(text(name).contains("ТЕСТОВ ТЕСТ"), "{}", text(name));
    assert_eq!(outcomes[no_name]["error"], "RDN_NOT_FOUND");
    for at in [is_plain, is_message, is_of_file, is_xml, is_part] {
        assert_eq!(good(at), &json!(true), "{}", calls[at]);
    }
    // This client makes an empty text of `false`.
    for at in [is_other, is_no_message] {
        assert_ne!(outcomes[at]["result"], json!(true), "{}", calls[at]);
    }
    assert_ne!(outcomes[no_xml]["result"], json!(true));
    let functions = [HashAlgorithm::Sha1, HashAlgorithm::Sha256, HashAlgorithm::Gost34311];
    for (at, function) in hashes.into_iter().zip(functions) {
        let digest = function.hash(TEXT.as_bytes());
        assert_eq!(text(at), Base64::encode_string(digest.as_bytes()));
    }
    tokio::task::block_in_place(|| {
        let bench = Bench::new(keys, &agent);
        bench.raw(text(plain), TEXT.as_bytes(), &pem(&certificate));
        let content = std::fs::read(document()).unwrap();
        for (at, over) in [
            (detached, Over::Document(TEXT.as_bytes())),
            (attached, Over::Itself),
            (of_file, Over::Document(&content)),
        ] {
            assert_eq!(bench.message(text(at).as_bytes(), over, false), 0, "{}", calls[at]);
        }
        for at in [xml, part] {
            assert_eq!(bench.xml(text(at)), 0, "{}", calls[at]);
        }
    });
    // What the client does by itself.
    let own = ["constructor", "readyState", "close", "hasError", "getError", "send"];
    for method in told["methods"].as_array().unwrap() {
        let is_called = calls.iter().any(|call| call[0] == *method);
        assert!(is_called || own.iter().any(|own| method == own), "nobody calls {method}");
    }
    assert_eq!(agent.person.diary().most_open(), 1);
    let diary = json!(agent.person.diary().lines()).to_string();
    assert!(!diary.contains(PASSWORD), "a page's password is dropped unread");
    judged("@seithq/ncalayer", &format!("every method gives what it should, {algorithm}"));
    agent.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_of_the_applet_s_client_with_rsa_keys() {
    every_method(&RSA, "RSA").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_of_the_applet_s_client_with_gost_keys() {
    every_method(&GOST, "GOST").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_closes_the_window_of_an_applet_s_call_gets_nothing() {
    if !tools::all_here(&["node"]) {
        return;
    }
    let agent = RSA.agent(RSA.files(), Behaviour::Cancel).await;
    let told = run(&agent, &beginning("SIGN"));
    let outcomes = &told["outcomes"];
    assert_eq!(outcomes[PATH], json!({ "result": "", "error": "NONE" }));
    assert_eq!(outcomes[KEYS], json!({ "result": "", "error": "COMMON" }));
    agent.person.behave(Behaviour::WrongPassword);
    let told = run(&agent, &beginning("SIGN"));
    assert_eq!(told["outcomes"][KEYS], json!({ "result": -1, "error": "WRONG_PASSWORD" }));
    // A key that the page was shown signs nothing either, unless the person agrees each time.
    agent.person.behave(Behaviour::Approve);
    let told = run(&agent, &beginning("SIGN"));
    let shown = told["outcomes"][KEYS]["result"].as_str().unwrap();
    let alias = shown.split('|').nth(3).unwrap();
    let path = &told["outcomes"][PATH]["result"];
    let about = |method: &str| json!([method, "PKCS12", path, alias, PASSWORD, XML]);
    let calls = ["signPlainData", "signXml"].map(about).to_vec();
    for (behaviour, expected) in [
        (Behaviour::Cancel, json!({ "result": "", "error": "COMMON" })),
        (Behaviour::WrongPassword, json!({ "result": -1, "error": "WRONG_PASSWORD" })),
    ] {
        agent.person.behave(behaviour);
        let told = run(&agent, &calls);
        assert_eq!(told["outcomes"], json!([expected, expected]), "{behaviour:?}");
    }
    agent.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_the_other_kind_is_not_shown_to_a_page() {
    if !tools::all_here(&["node"]) {
        return;
    }
    let agent = RSA.agent(vec![RSA.files()[1].clone()], Behaviour::Approve).await;
    let told = run(&agent, &beginning("SIGN"));
    let keys = &told["outcomes"][KEYS];
    assert_eq!(keys["result"], "", "{keys}");
    assert_ne!(keys["error"], "NONE", "{keys}");
    let told = run(&agent, &beginning("AUTH"));
    let keys = &told["outcomes"][KEYS];
    assert_eq!(keys["error"], "NONE", "{keys}");
    assert_eq!(keys["result"].as_str().map(|text| text.matches('|').count()), Some(3), "{keys}");
    agent.stop().await;
}
