//! Many requests, and a large one.

use std::fs;

use base64ct::{Base64, Encoding};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tanba_tests::judges::judged;
use tanba_tests::tools::all_here;

use super::hosted::Hosted;
use super::keys::{GOST, RSA};
use super::memory::most_resident;
use super::program::ScriptedAgent;
use super::puppet::Mood;
use super::site::{HEARTBEAT, Site, common, harmless, sign};
use super::verdict::{openssl_verifies, tanba_verifies};

const PAGE: &str = "https://page.example.kz";

/// By how much the agent may grow while it sends a file of 96 MiB, in KiB.
const HELD: u64 = 48 << 10;

/// How many requests are many.
const MANY: usize = 100;

#[tokio::test]
async fn a_hundred_requests_of_one_page_are_one_window_after_the_other() {
    let agent = Hosted::start(GOST, Mood::Agree).await;
    let mut site = agent.site(PAGE).await;
    for number in 0..MANY {
        site.say(sign("MTEK", &number.to_string()).to_string()).await;
    }
    for number in 0..MANY {
        let reply: Value = serde_json::from_str(&site.hear().await).unwrap();
        assert_eq!(reply["uuid"], json!(number.to_string()));
        assert_eq!(reply["code"], "200", "{reply}");
    }
    let windows = agent.puppet().windows();
    assert_eq!((windows.most, windows.opened, windows.taken_away), (1, MANY, 0));
    // Nothing more comes than was asked for.
    site.say(HEARTBEAT).await;
    assert_eq!(site.hear().await, HEARTBEAT);
}

#[tokio::test]
async fn a_hundred_tabs_of_one_page_get_a_reply_each_and_never_two_windows_at_once() {
    let agent = Hosted::start(GOST, Mood::Agree).await;
    let mut tabs = Vec::new();
    for _ in 0..MANY {
        tabs.push(agent.site(PAGE).await);
    }
    let tabs = tabs.into_iter().enumerate().map(async |(number, mut site)| {
        let reply = site.ask(&sign("MTEK", &number.to_string())).await;
        assert_eq!(reply["uuid"], json!(number.to_string()));
        site.say(HEARTBEAT).await;
        assert_eq!(site.hear().await, HEARTBEAT);
        // Signed in its turn, or told that too many of this page wait already.
        reply["code"] == "200"
    });
    let signed = join_all(tabs).await.into_iter().filter(|signed| *signed).count();
    let windows = agent.puppet().windows();
    assert!(signed > 0);
    assert_eq!((windows.most, windows.opened), (1, signed));
    let reply = agent.site(PAGE).await.ask(&sign("MTEK", "after")).await;
    assert_eq!(reply["code"], "200", "{reply}");
}

/// A document of 128 MiB, cheaply made, that is no text and repeats itself nowhere near.
fn large() -> Vec<u8> {
    const LENGTH: usize = 128 << 20;
    let mut document = Vec::with_capacity(LENGTH);
    let mut state = 1_u64;
    while document.len() < LENGTH {
        // Marsaglia's xorshift.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        document.extend_from_slice(&state.to_le_bytes());
    }
    document
}

#[tokio::test]
async fn a_document_of_128_mib_is_signed() {
    if !all_here(&["openssl"]) {
        return;
    }
    let agent = Hosted::start(RSA, Mood::Agree).await;
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("document");
    let request = {
        let bytes = large();
        fs::write(&document, &bytes).unwrap();
        sign(&Base64::encode_string(&bytes), "large").to_string()
    };
    let mut site: Site = agent.site(PAGE).await;
    site.say(request).await;
    // It is waited for like any other.
    let (small, reply) = harmless();
    site.say(small.to_string()).await;
    let signed: Value = serde_json::from_str(&site.hear().await).unwrap();
    assert_eq!((&signed["code"], &signed["uuid"]), (&json!("200"), &json!("large")), "{signed}");
    assert_eq!(serde_json::from_str::<Value>(&site.hear().await).unwrap(), reply);
    let message = Base64::decode_vec(signed["responseObject"].as_str().unwrap()).unwrap();
    let signature = folder.path().join("document.cms");
    fs::write(&signature, message).unwrap();
    openssl_verifies(&signature, Some(&document));
    judged("OpenSSL", "a detached message over 128 MiB, signed for a page");
    tanba_verifies(&signature, Some(&document));
}

#[tokio::test]
async fn a_file_that_the_person_chose_is_signed_without_being_held() {
    if !all_here(&["openssl"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("document");
    let file = fs::File::create(&document).unwrap();
    // Nothing but zeros, which need no room on the disk.
    file.set_len(96 << 20).unwrap();
    let mut agent = ScriptedAgent::start(RSA, &document);
    let mut site = Site::open(agent.port(), agent.root_pem(), Some(PAGE)).await.unwrap();
    let path = site.ask(&common("showFileChooser", &json!(["ALL", ""]))).await;
    let path = path["responseObject"].as_str().unwrap_or_else(|| panic!("{path}")).to_owned();
    // Once with a small reply, so that everything that is needed once is there.
    let file = |attached: bool| {
        common("createCAdESFromFile", &json!(["PKCS12", "SIGNATURE", path, attached]))
    };
    let detached = site.ask(&file(false)).await;
    let before = most_resident(agent.process());
    let attached = site.ask(&file(true)).await;
    let after = most_resident(agent.process());
    if let (Some(before), Some(after)) = (before, after) {
        assert!(after < before + HELD, "the agent grew from {before} KiB to {after} KiB");
    }
    let signature = folder.path().join("document.cms");
    for (signed, content) in [(detached, Some(document.as_path())), (attached, None)] {
        let message = signed["responseObject"].as_str().unwrap_or_else(|| panic!("{signed}"));
        fs::write(&signature, Base64::decode_vec(message).unwrap()).unwrap();
        openssl_verifies(&signature, content);
        tanba_verifies(&signature, content);
    }
    judged("OpenSSL", "messages over and around a file that a person chose for a page");
}
