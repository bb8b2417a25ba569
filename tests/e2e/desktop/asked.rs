//! Pages ask over a real socket, the real program shows its windows, and the keyboard answers them.

use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use tanba_tests::judges::judged;

use crate::ncalayer::keys::{GOST, RSA};
use crate::ncalayer::site::{Site, common};
use crate::ncalayer::verdict::{openssl_verifies, tanba_verifies};
use crate::screen::{Screen, Window};
use crate::world::World;

/// How long a window may take to do what a key asks of it.
const PATIENCE: Duration = Duration::from_secs(60);

const ORIGIN: Option<&str> = Some("https://page.example.kz");

/// The agent remembers this key file, as if it had been used before.
fn remember(world: &World, file: &std::path::Path) {
    let list = serde_json::to_vec(&[file]).unwrap();
    std::fs::write(world.data().join("recent-keys.json"), list).unwrap();
}

/// What the agent logs when a window has had a file opened.
const OPENED: &str = "a key file was opened for a window";

/// Types the password of the file that is offered until the file is open, and then goes from Cancel back to the button that
/// accepts, and presses it. A busy machine loses keys: then one presses again, as a person would.
async fn sign(world: &World, password: &str) {
    let screen = world.screen();
    let opened = || world.log().matches(OPENED).count();
    let before = opened();
    let window = screen.window("SANDBOX").await;
    let end = Instant::now() + PATIENCE;
    while opened() == before {
        assert!(Instant::now() < end, "{:?}", screen.picture("not-opened"));
        screen.press("ctrl+a");
        screen.press("BackSpace");
        screen.type_text(password);
        screen.press("Return");
        for _ in 0..10 {
            if opened() > before {
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    // Cancel has the keyboard as soon as the keys are drawn, and nothing can be accepted in the moment after that.
    tokio::time::sleep(Duration::from_secs(2)).await;
    screen.picture("asked-keys");
    screen.press("shift+Tab");
    while screen.is_there(&window) {
        assert!(Instant::now() < end, "{:?}", screen.picture("not-signed"));
        screen.press("space");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

async fn close(screen: &Screen, window: &Window) {
    let end = Instant::now() + PATIENCE;
    while screen.is_there(window) {
        assert!(Instant::now() < end, "{:?}", screen.picture("not-closed"));
        screen.press("Escape");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

#[tokio::test]
async fn a_site_s_document_is_signed_by_the_keyboard_and_openssl_agrees() {
    let Some(world) = World::start_with_screen().await else { return };
    let port = world.agent().port();
    let mut site = Site::open(port, world.root_pem(), ORIGIN).await.unwrap();
    for key in [RSA, GOST] {
        remember(&world, &key.path());
        let call = common("createCAdESFromBase64", &json!(["PKCS12", "SIGNATURE", "MTEK", true]));
        let (reply, ()) = tokio::join!(site.ask(&call), sign(&world, key.password));
        assert_eq!(reply["code"], "200", "{reply}");
        let message = Base64::decode_vec(reply["responseObject"].as_str().unwrap()).unwrap();
        let file = world.home().join("message.cms");
        std::fs::write(&file, message).unwrap();
        tanba_verifies(&file, None);
        if key.path() == RSA.path() {
            openssl_verifies(&file, None);
            judged("OpenSSL", "a message that was signed by the keyboard");
        }
    }
}

#[tokio::test]
async fn every_window_that_a_site_opens_answers_and_one_that_is_closed_says_so() {
    let Some(world) = World::start_with_screen().await else { return };
    let (port, screen) = (world.agent().port(), world.screen());
    let calls: [(&str, Value); 3] = [
        ("getKeyInfo", json!(["PKCS12"])),
        ("signXml", json!(["PKCS12", "SIGNATURE", "<a>Әлем</a>", "", ""])),
        ("showFileChooser", json!(["ALL", ""])),
    ];
    for (method, args) in calls {
        // Windows that are closed one after the other make a site rest; each of these is another.
        let origin = format!("https://{}.example.kz", method.to_lowercase());
        let mut site = Site::open(port, world.root_pem(), Some(&origin)).await.unwrap();
        let hands = async {
            let window = screen.window("SANDBOX").await;
            screen.picture(&format!("asked-{method}"));
            close(screen, &window).await;
        };
        let call = common(method, &args);
        let (reply, ()) = tokio::join!(site.ask(&call), hands);
        assert_ne!(reply["code"], "200", "{reply}");
    }
}
