//! A person who goes through the procedure at a page's end of the socket, with hands for the agent's windows.

use std::path::PathBuf;
use std::time::Duration;

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use crate::leaks::Secret;
use crate::pictures;
use crate::screen::Screen;
use crate::socket::Socket;
use crate::world::World;

/// The password of the new keys.
pub(crate) const PASSWORD: &str = "Kanareyka7#Zhasyl";
/// The PIN of Digital ID.
pub(crate) const PIN: &str = "7391";

/// A picture in base64.
pub(crate) fn jpeg(name: &str) -> String {
    Base64::encode_string(&std::fs::read(pictures::path(name)).unwrap())
}

/// A person before a page.
pub(crate) struct Person<'a> {
    pub(crate) world: &'a World,
    pub(crate) socket: Socket,
    pub(crate) iin: String,
    pub(crate) phone: String,
    /// The enrolment as the page knows it.
    pub(crate) now: Value,
    /// Every secret that was said so far.
    pub(crate) secrets: Vec<Secret>,
}

impl<'a> Person<'a> {
    /// One of the sandbox's complete persons begins an enrolment.
    pub(crate) async fn begin(world: &'a World, which: usize, algorithm: &str) -> Person<'a> {
        let mut fixture =
            world.sandbox().persons().into_iter().filter(|person| person.phone.is_some());
        let fixture = fixture.nth(which).unwrap();
        let mut socket = world.page().await;
        let start = json!({ "algorithm": algorithm, "locale": "en" });
        let now = socket.call("enrolment.start", start).await.unwrap();
        let secrets = vec![
            Secret::new("the IIN", &fixture.iin),
            Secret::new("the password", PASSWORD),
            Secret::new("the PIN", PIN),
        ];
        Person { world, socket, iin: fixture.iin, phone: fixture.phone.unwrap(), now, secrets }
    }

    /// The prompt's kind.
    pub(crate) fn kind(&self) -> &str {
        self.now["prompt"]["kind"].as_str().unwrap()
    }

    /// The enrolment's name.
    pub(crate) fn id(&self) -> String {
        self.now["id"].as_str().unwrap().to_owned()
    }

    /// Calls a method about the enrolment.
    pub(crate) async fn ask(&mut self, method: &str) -> Result<(), Value> {
        let call = self.socket.call(method, json!({ "enrolment": self.id() })).await;
        self.take(call)
    }

    /// Answers the prompt; a refusal's data comes back, and the enrolment as it then stands is known.
    pub(crate) async fn answer(&mut self, answer: Value) -> Result<(), Value> {
        let call = json!({ "enrolment": self.id(), "answer": answer });
        let outcome = self.socket.call("enrolment.answer", call).await;
        self.take(outcome)
    }

    fn take(&mut self, outcome: Result<Value, Value>) -> Result<(), Value> {
        match outcome {
            Ok(enrolment) => {
                self.now = enrolment;
                Ok(())
            }
            Err(mut failure) => {
                if failure["enrolment"].is_object() {
                    self.now = failure["enrolment"].take();
                }
                Err(failure)
            }
        }
    }

    /// The newest one-time password of a sender.
    pub(crate) fn code(&mut self, sender: &str) -> String {
        let messages = self.world.sandbox().sms(&self.phone);
        let code =
            messages.into_iter().rfind(|message| message.sender == sender).unwrap().code.unwrap();
        self.secrets.push(Secret::new("a one-time password", &code));
        code
    }

    /// The right answer to the prompt that is open, for prompts that need no window.
    fn right(&mut self) -> Value {
        let prompt = self.now["prompt"].clone();
        match prompt["kind"].as_str().unwrap() {
            "iin" => json!({ "kind": "iin", "iin": self.iin }),
            "otp" => {
                json!({ "kind": "otp", "code": self.code(prompt["sender"].as_str().unwrap()) })
            }
            "phone" => json!({ "kind": "phone", "phone": self.phone }),
            "selfie" => json!({ "kind": "selfie", "jpeg": jpeg("selfie") }),
            "liveness" => match prompt["next"].as_str() {
                None => json!({ "kind": "start_liveness" }),
                Some(next) => json!({ "kind": "liveness", "challenge": next, "jpeg": jpeg(next) }),
            },
            "pin" => json!({ "kind": "pin", "pin": PIN, "repeat": PIN }),
            "document" => {
                let side = prompt["side"].as_str().unwrap();
                json!({ "kind": "document", "document": "id_card", "side": side, "jpeg": jpeg(side) })
            }
            "confirm_document" => json!({ "kind": "confirm_document", "truthful": true }),
            "consent" => json!({ "kind": "consent", "approve": true, "pin": PIN }),
            "agreement" => json!({ "kind": "agreement", "version": prompt["version"] }),
            "form" => {
                json!({ "kind": "form", "email": "kanareyka@example.com", "storage": "PKCS12" })
            }
            other => panic!("{other} is not answered by words"),
        }
    }

    /// Answers rightly until a prompt of this kind is open.
    pub(crate) async fn until(&mut self, kind: &str) {
        for _ in 0..40 {
            if self.kind() == kind {
                return;
            }
            let answer = self.right();
            if let Err(failure) = self.answer(answer).await {
                panic!("{}: {failure}", self.now);
            }
        }
        panic!("{kind} never comes: {}", self.now);
    }

    /// Chooses the folder that the window offers first: the person's home. Gives its handle.
    pub(crate) async fn choose_folder(&mut self) -> String {
        let screen = self.world.screen();
        let hands = async {
            let window = screen.window("SANDBOX").await;
            press_until_gone(screen, &window).await;
        };
        let (folder, ()) =
            tokio::join!(self.socket.call("folder.choose", json!({ "locale": "en" })), hands);
        folder.unwrap()["handle"].as_str().unwrap().to_owned()
    }

    /// Chooses the folder and submits.
    pub(crate) async fn submit(&mut self) -> Result<(), Value> {
        self.until("folder").await;
        let folder = self.choose_folder().await;
        self.answer(json!({ "kind": "folder", "folder": folder })).await
    }

    /// Refreshes until the certificates are there.
    pub(crate) async fn wait_for_certificates(&mut self) {
        for _ in 0..200 {
            if self.kind() != "wait" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
            self.ask("enrolment.refresh").await.unwrap();
        }
        assert_eq!(self.kind(), "install", "{}", self.now);
    }

    /// Types the password into the agent's own window.
    pub(crate) async fn install(&mut self) -> Result<(), Value> {
        let screen = self.world.screen();
        let hands = type_password(screen, "A password for your new keys", PASSWORD);
        let call = json!({ "enrolment": self.id() });
        let (outcome, ()) = tokio::join!(self.socket.call("enrolment.install", call), hands);
        self.take(outcome)
    }
}

/// Presses Enter until a window that accepts nothing for its first moments is gone.
pub(crate) async fn press_until_gone(screen: &Screen, window: &crate::screen::Window) {
    assert!(is_gone_by_enter(screen, window, 100).await, "{:?} stays", screen.picture("stays"));
}

/// Presses Enter so many times, three in a second; says whether the window went.
async fn is_gone_by_enter(screen: &Screen, window: &crate::screen::Window, times: u32) -> bool {
    for _ in 0..times {
        if !screen.is_there(window) {
            return true;
        }
        screen.press("Return");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    !screen.is_there(window)
}

/// Types a password twice and accepts. A busy machine loses keys: then the window says that the two differ, and one
/// does what a person would, and types them again.
pub(crate) async fn type_password(screen: &Screen, title: &str, password: &str) {
    let window = screen.window(title).await;
    type_password_into(screen, &window, password).await;
}

/// The same in a window that is known.
pub(crate) async fn type_password_into(
    screen: &Screen,
    window: &crate::screen::Window,
    password: &str,
) {
    for attempt in 0..12 {
        // Enter has led to the second field. A lost key may have left the keyboard one control further, so that every
        // other time one goes back one further.
        for _ in 0..if attempt == 0 { 0 } else { 2 - attempt % 2 } {
            screen.press("shift+Tab");
        }
        for field in 0..2 {
            if field == 1 {
                screen.press("Tab");
            }
            screen.press("ctrl+a");
            screen.press("BackSpace");
            screen.type_text(password);
        }
        if is_gone_by_enter(screen, window, 15).await {
            return;
        }
    }
    panic!("the window stays: {:?}", screen.picture("stays"));
}

/// The folder that the person chooses.
pub(crate) fn home(world: &World) -> PathBuf {
    world.data().parent().unwrap().join("home")
}

/// Files of keys in the person's folder, by name.
pub(crate) fn key_files(world: &World) -> Vec<String> {
    let listed = std::fs::read_dir(home(world)).unwrap();
    let mut names: Vec<String> = listed
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains(".p12"))
        .collect();
    names.sort();
    names
}
