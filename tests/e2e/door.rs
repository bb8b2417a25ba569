//! The agent's door: who is let in, and that it opens again after the agent was killed.

use serde_json::json;
use tanba::protocol::{AgentInfo, METHODS};
use tanba_tests::judges::judged;
use tanba_tests::tools::all_here;
use tokio_tungstenite::tungstenite::Error;

use crate::leaks::Secret;
use crate::world::World;

#[tokio::test]
async fn a_page_and_a_program_are_told_the_same_agent() {
    let world = World::start().await;
    let mut page = world.page().await;
    let told = page.call("agent.info", json!({})).await.unwrap();
    assert_eq!(told["name"], "Tanba");
    assert_eq!(told["environment"], "sandbox");
    assert_eq!(told["methods"].as_array().unwrap().len(), METHODS.len());
    let info = world.client().await.call(AgentInfo {}).await.unwrap();
    assert_eq!(serde_json::to_value(info).unwrap(), told);
}

#[tokio::test]
async fn strangers_are_refused_before_they_can_call() {
    let world = World::start().await;
    let strangers = [
        None,
        Some("null"),
        Some("http://page.example.kz"),
        Some("file://"),
        Some("http://127.0.0.1:1"),
        Some("http://localhost"),
    ];
    for origin in strangers {
        match world.page_of(origin).await {
            Err(Error::Http(answer)) => assert_eq!(answer.status(), 403, "{origin:?}"),
            Err(error) => panic!("{origin:?}: {error}"),
            Ok(_) => panic!("{origin:?} was let in"),
        }
    }
    assert!(world.page_of(Some("https://page.example.kz")).await.is_ok());
}

#[tokio::test]
async fn the_agent_comes_back_after_it_was_killed() {
    let mut world = World::start().await;
    world.page().await.call("agent.info", json!({})).await.unwrap();
    world.kill_agent();
    world.start_agent();
    world.page().await.call("agent.info", json!({})).await.unwrap();
}

#[tokio::test]
async fn what_a_call_carries_is_not_logged() {
    let world = World::start().await;
    let mut page = world.page().await;
    let started = page.call("enrolment.start", json!({ "algorithm": "p256" })).await.unwrap();
    let person = world.sandbox().persons().remove(0);
    let answer = json!({ "kind": "iin", "iin": person.iin });
    let params = json!({ "enrolment": started["id"], "answer": answer });
    let asked = page.call("enrolment.answer", params).await.unwrap();
    assert_eq!(asked["prompt"]["kind"], "otp");
    let unknown = page.call("enrolment.answer", json!({ "iin": person.iin })).await.unwrap_err();
    assert_eq!(unknown["code"], "bad_params");
    let phone = person.phone.unwrap();
    let code = world.sandbox().sms(&phone).pop().unwrap().code.unwrap();
    assert!(!world.log().is_empty());
    let secrets = [
        Secret::new("the IIN", &person.iin),
        Secret::new("the telephone number", &phone),
        Secret::new("the one-time password", &code),
    ];
    world.assert_silent(&secrets, page.heard());
}

#[tokio::test]
async fn the_portal_page_reaches_the_agent_from_chromium() {
    if !all_here(&["chromium", "certutil"]) {
        return;
    }
    let world = World::start().await;
    let browser = world.browser().await;
    let page = browser.open(&world.portal("ru", "p256")).await;
    page.click("[data-screen=start] button[data-action]").await;
    page.wait_for("[data-check=agent][data-state=ok]").await;
    page.picture("portal-reaches-agent").await;
    assert_eq!(page.complaints(), Vec::<String>::new());
    judged("Chromium", "the portal page reaches the agent over wss");
}

#[tokio::test]
async fn the_agent_s_program_opens_its_window_on_the_screen() {
    let Some(world) = World::start_with_screen().await else { return };
    let mut page = world.page().await;
    // Whatever the person does with the window, the page hears of it; here the page goes away instead.
    let asked = tokio::spawn(async move { page.call("folder.choose", json!({})).await });
    let window = world.screen().window(".").await;
    world.screen().picture("folder-window");
    asked.abort();
    world.screen().gone(&window).await;
}
