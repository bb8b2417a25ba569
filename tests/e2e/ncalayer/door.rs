//! Several sockets, open windows, and how they end.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::browsers::serve;
use super::hosted::Hosted;
use super::keys::RSA;
use super::puppet::Mood;
use super::site::{HEARTBEAT, Site, harmless, sign};
use crate::browsers::Make;
use crate::world::World;

const PAGE: &str = "https://page.example.kz";
const OTHER: &str = "https://other.example.kz";

/// `MTEK`, the document of the recorded requests: two digits and a line feed.
const DOCUMENT: &str = "MTEK";

fn read(reply: &str) -> Value {
    serde_json::from_str(reply).unwrap_or_else(|error| panic!("{error}: {reply}"))
}

#[tokio::test]
async fn two_tabs_are_served_at_once() {
    let agent = Hosted::start(RSA, Mood::Think).await;
    let (mut first, mut second) = (agent.site(PAGE).await, agent.site(OTHER).await);
    first.say(sign(DOCUMENT, "first").to_string()).await;
    agent.puppet().sees(|windows| windows.open == 1).await;
    let (request, reply) = harmless();
    assert_eq!(second.ask(&request).await, reply);
    second.say(sign(DOCUMENT, "second").to_string()).await;
    second.say(HEARTBEAT).await;
    assert_eq!(second.hear().await, HEARTBEAT);
    agent.puppet().be(Mood::Agree);
    for (site, mark) in [(&mut first, "first"), (&mut second, "second")] {
        let reply = read(&site.hear().await);
        assert_eq!((&reply["code"], &reply["uuid"]), (&json!("200"), &json!(mark)), "{reply}");
    }
    assert_eq!(agent.puppet().windows().most, 1);
    let asked: Vec<_> = agent.puppet().origins().into_iter().flatten().collect();
    assert_eq!(asked, [PAGE, OTHER]);
}

#[tokio::test]
async fn a_heartbeat_is_answered_while_a_window_is_open() {
    let agent = Hosted::start(RSA, Mood::Think).await;
    let mut site = agent.site(PAGE).await;
    site.say(sign(DOCUMENT, "x").to_string()).await;
    agent.puppet().sees(|windows| windows.open == 1).await;
    for _ in 0..10 {
        site.say(HEARTBEAT).await;
        assert_eq!(site.hear().await, HEARTBEAT);
    }
    assert_eq!(agent.puppet().windows().open, 1);
    agent.puppet().be(Mood::Agree);
    assert_eq!(read(&site.hear().await)["code"], "200");
}

#[tokio::test]
async fn a_window_goes_with_its_socket() {
    let agent = Hosted::start(RSA, Mood::Think).await;
    for number in 1..=3 {
        let mut site = agent.site(PAGE).await;
        site.say(sign(DOCUMENT, "x").to_string()).await;
        // What waits behind it goes as well, and never becomes a window.
        site.say(sign(DOCUMENT, "y").to_string()).await;
        agent.puppet().sees(|windows| windows.open == 1).await;
        match number {
            // The page is left.
            1 => site.send(Message::Close(None)).await,
            // The browser is gone.
            _ => drop(site),
        }
        agent.puppet().sees(|windows| windows.open == 0 && windows.taken_away == number).await;
    }
    assert_eq!(agent.puppet().windows().opened, 3);
    // The next page finds a person who has time.
    agent.puppet().be(Mood::Agree);
    let reply = agent.site(OTHER).await.ask(&sign(DOCUMENT, "z")).await;
    assert_eq!(reply["code"], "200", "{reply}");
}

#[tokio::test]
async fn a_page_that_waits_behind_another_s_window_is_not_before_the_person_when_it_has_left() {
    let agent = Hosted::start(RSA, Mood::Think).await;
    let (mut first, mut second) = (agent.site(PAGE).await, agent.site(OTHER).await);
    first.say(sign(DOCUMENT, "first").to_string()).await;
    agent.puppet().sees(|windows| windows.open == 1).await;
    second.say(sign(DOCUMENT, "second").to_string()).await;
    second.say(HEARTBEAT).await;
    assert_eq!(second.hear().await, HEARTBEAT);
    drop(second);
    agent.puppet().be(Mood::Agree);
    assert_eq!(read(&first.hear().await)["uuid"], "first");
    let third = agent.site("https://third.example.kz").await.ask(&sign(DOCUMENT, "third")).await;
    assert_eq!(third["uuid"], "third");
    assert_eq!(agent.puppet().windows().most, 1);
}

#[tokio::test]
async fn replies_come_in_the_order_of_requests_with_heartbeats_between() {
    let agent = Hosted::start(RSA, Mood::Agree).await;
    let mut site = agent.site(PAGE).await;
    let (mut request, mut reply) = harmless();
    const MANY: usize = 200;
    for number in 0..MANY {
        request["uuid"] = json!(number.to_string());
        // Some take long and some do not.
        let request =
            if number % 20 == 7 { sign(DOCUMENT, &number.to_string()) } else { request.clone() };
        site.say(request.to_string()).await;
        site.say(HEARTBEAT).await;
    }
    let (mut beats, mut replies) = (0, 0);
    while beats + replies < 2 * MANY {
        let text = site.hear().await;
        if text == HEARTBEAT {
            beats += 1;
            continue;
        }
        let heard = read(&text);
        if replies % 20 == 7 {
            assert_eq!(heard["uuid"], json!(replies.to_string()));
            assert_eq!(heard["code"], "200", "{heard}");
        } else {
            reply["uuid"] = json!(replies.to_string());
            assert_eq!(heard, reply);
        }
        replies += 1;
    }
    assert_eq!((beats, replies), (MANY, MANY));
}

#[tokio::test]
async fn pages_are_told_when_the_agent_ends() {
    let mut agent = Hosted::start(RSA, Mood::Think).await;
    let idle = agent.site(OTHER).await;
    let mut busy = agent.site(PAGE).await;
    busy.say(sign(DOCUMENT, "x").to_string()).await;
    agent.puppet().sees(|windows| windows.open == 1).await;
    agent.end().await;
    for site in [idle, busy] {
        assert_eq!(site.closed().await.expect("words").code, CloseCode::Away);
    }
    assert_eq!(agent.puppet().windows().taken_away, 1);
}

#[tokio::test]
async fn pages_are_told_when_the_session_ends_the_program() {
    let mut world = World::start().await;
    let open = || Site::open(world.agent().port(), world.root_pem(), Some(PAGE));
    let sites = [open().await.unwrap(), open().await.unwrap()];
    world.agent_mut().ask_to_end();
    for site in sites {
        assert_eq!(site.closed().await.expect("words").code, CloseCode::Away);
    }
}

#[tokio::test]
async fn a_window_goes_with_the_tab_of_a_browser() {
    for make in Make::here() {
        let agent = Hosted::start(RSA, Mood::Think).await;
        let origin = serve(vec![("/", "text/html", "<title>Site</title>".to_owned())]).await;
        let home = tempfile::tempdir().unwrap();
        let browser = make.start(home.path(), Some(agent.root_pem())).await;
        let page = browser.open(&format!("{origin}/")).await;
        let ask = format!(
            "(() => {{
               const socket = new WebSocket('wss://127.0.0.1:{}/');
               socket.onopen = () => socket.send({});
             }})()",
            agent.port(),
            json!(sign(DOCUMENT, "x").to_string())
        );
        page.evaluate(&ask).await;
        agent.puppet().sees(|windows| windows.open == 1).await;
        assert_eq!(agent.puppet().origins(), [Some(origin.clone())]);
        // The person goes on to another page.
        page.evaluate("void setTimeout(() => location.reload())").await;
        agent.puppet().sees(|windows| windows.open == 0).await;
        // The browser dies.
        browser.open(&format!("{origin}/")).await.evaluate(&ask).await;
        agent.puppet().sees(|windows| windows.open == 1).await;
        drop(browser);
        let windows = agent.puppet().sees(|windows| windows.open == 0).await;
        assert_eq!((windows.opened, windows.taken_away), (2, 2), "{}", make.name());
    }
}

#[tokio::test]
async fn the_program_s_window_on_the_screen_goes_with_its_socket() {
    let Some(world) = World::start_with_screen().await else { return };
    let mut site = Site::open(world.agent().port(), world.root_pem(), Some(PAGE)).await.unwrap();
    site.say(sign(DOCUMENT, "x").to_string()).await;
    let window = world.screen().window(".").await;
    world.screen().picture("signing-window");
    site.say(HEARTBEAT).await;
    assert_eq!(site.hear().await, HEARTBEAT);
    drop(site);
    world.screen().gone(&window).await;
}
