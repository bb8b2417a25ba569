//! While the person thinks: heartbeats come back, other pages wait, and a page that goes away takes its window with it.

use std::time::{Duration, Instant};

use serde_json::Value;
use tanba_examples::scripted::Behaviour;
use tanba_examples::scripted_agent::Running;

use super::keys::RSA;
use super::page::Page;

const HEARTBEAT: &str = "--heartbeat--";
const REQUEST: &str =
    r#"{"module":"kz.gov.pki.knca.commonUtils","method":"getKeyInfo","args":["PKCS12"]}"#;

/// Waits until the diary has a line.
async fn told(agent: &Running, what: impl Fn(&Value) -> bool) {
    let began = Instant::now();
    while !agent.person.diary().lines().iter().any(&what) {
        assert!(began.elapsed() < Duration::from_secs(120), "{:?}", agent.person.diary().lines());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn heartbeats_come_back_and_a_page_that_leaves_takes_its_window_along() {
    let thinks = Behaviour::Delay(Duration::from_secs(3600));
    let agent = RSA.agent(RSA.files(), thinks).await;
    let mut first = Page::open(&agent, "https://egov.kz").await;
    let mut second = Page::open(&agent, "https://goszakup.gov.kz").await;
    for page in [&mut first, &mut second] {
        page.hear().await;
    }
    first.say(REQUEST).await;
    told(&agent, |line| line["window"] == 1 && line["event"] == "opens").await;
    second.say(REQUEST).await;
    for page in [&mut first, &mut second] {
        for _ in 0..3 {
            assert_eq!(page.ask(HEARTBEAT).await, HEARTBEAT);
        }
    }
    agent.person.behave(Behaviour::Approve);
    drop(first);
    told(&agent, |line| line["window"] == 1 && line["outcome"] == "taken away").await;
    let reply: Value = serde_json::from_str(&second.hear().await).unwrap();
    assert_eq!(reply["code"], "200", "{reply}");
    assert_eq!(agent.person.diary().most_open(), 1);
    agent.stop().await;
}
