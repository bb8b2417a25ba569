//! Hands on the window of the procedure: keys, as a person without a mouse presses them; the mouse only in choosers.
//!
//! A busy machine loses keys. Then nothing comes of a step, and one does what a person would: begins it again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tanba::protocol::{DocumentSide, Enrolment, OtpSender, Prompt};
use tanba_agent::ctx::Ctx;
use tanba_agent::enrol;
use tanba_agent::wishes::enrolment;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::room::Room;
use crate::person::{PASSWORD, PIN, type_password_into};
use crate::pictures;
use crate::screen::Window;

/// How long a step may take, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often a step is begun again.
const TIMES: u32 = 6;

/// Where the chooser has its field for the path, in pixels from its upper left corner.
const PATH: (u32, u32) = (240, 135);

pub(crate) struct Hands<'a> {
    room: &'a Room,
    ctx: Arc<Ctx>,
    iin: String,
    phone: String,
    window: JoinHandle<()>,
    /// The window of the procedure, as the screen knows it.
    own: Vec<Window>,
    _raise: watch::Sender<u64>,
}

/// What is in the title of every window of the agent here, in every language.
const TITLE: &str = "SANDBOX";

impl<'a> Hands<'a> {
    /// Starts an agent and its window of the procedure.
    pub(crate) async fn at(room: &'a Room) -> Self {
        let ctx = room.agent(Arc::new(room.windows())).await;
        let (raise, raised) = watch::channel(0);
        let own = Arc::clone(&ctx);
        let window =
            tokio::spawn(
                async move { enrolment::run(&own, raised, mpsc::unbounded_channel().1).await },
            );
        let (person, phone) = room.person();
        let own = vec![room.screen().window(TITLE).await];
        Self { room, ctx, iin: person.iin, phone, window, own, _raise: raise }
    }

    /// How the enrolment stands.
    fn now(&self) -> Option<Enrolment> {
        enrol::all(&self.ctx).pop().map(|(_, shown)| shown)
    }

    fn asks(&self, what: impl Fn(&Prompt) -> bool) -> bool {
        self.now().is_some_and(|now| what(&now.prompt))
    }

    /// Takes a picture of a step once it has been drawn.
    async fn picture(&self, name: &str) {
        tokio::time::sleep(Duration::from_millis(800)).await;
        let locale = self.room.locale().code();
        self.room.screen().picture(&format!("procedure-{name}-{locale}"));
    }

    /// Does something until it leads on.
    async fn step(
        &self,
        name: &str,
        is_done: impl Fn(&Prompt) -> bool,
        mut deed: impl AsyncFnMut(u32),
    ) {
        self.picture(name).await;
        for attempt in 0..TIMES {
            deed(attempt).await;
            let end = Instant::now() + PATIENCE;
            while Instant::now() < end {
                if self.asks(&is_done) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        let picture = self.room.screen().picture("procedure-stuck");
        panic!("{name} leads nowhere: {:?}, {}", self.now(), picture.display());
    }

    fn press(&self, keys: &[&str]) {
        for key in keys {
            self.room.screen().press(key);
        }
    }

    /// Types into the field that has the keyboard, goes on to the button, and presses it.
    async fn type_and_go(&self, text: &str, attempt: u32) {
        if attempt > 0 {
            // The keyboard has most likely stayed on the button.
            self.press(&["shift+Tab"]);
        }
        self.press(&["ctrl+a", "BackSpace"]);
        self.room.screen().type_text(text);
        self.press(&["Return"]);
        tokio::time::sleep(Duration::from_millis(300)).await;
        self.press(&["Return"]);
    }

    /// Accepts in a chooser with the mouse: how many keys lead to the button depends on how many files there are.
    async fn accept(&self, window: &Window) -> bool {
        let screen = self.room.screen();
        for _ in 0..12 {
            screen.press_accept(window);
            tokio::time::sleep(Duration::from_millis(400)).await;
            if !screen.is_there(window) {
                return true;
            }
        }
        false
    }

    /// Chooses a file in the agent's own chooser, and comes back.
    async fn choose(&self, name: &str) {
        let screen = self.room.screen();
        let window = screen.open_by("Return", TITLE, &self.own).await;
        let path = pictures::path(name);
        tokio::time::sleep(Duration::from_millis(700)).await;
        for _ in 0..TIMES {
            let (x, y) = PATH;
            screen.click(&window, x, y);
            self.press(&["ctrl+a", "BackSpace"]);
            screen.type_text(path.to_str().unwrap());
            self.press(&["Return"]);
            if self.accept(&window).await {
                return;
            }
        }
        panic!("it stays: {:?}", screen.picture("procedure-chooser"));
    }

    /// Chooses a file by the control that is so many steps away, and sends it.
    async fn send_file(&self, tabs: usize, name: &str, attempt: u32) {
        if attempt == 0 {
            self.press(&vec!["Tab"; tabs]);
        }
        if attempt.is_multiple_of(2) {
            self.choose(name).await;
            tokio::time::sleep(Duration::from_millis(800)).await;
        }
        self.press(&["Return"]);
    }

    /// From the first screen to the last.
    pub(crate) async fn walk(self) {
        let screen = self.room.screen();
        self.step(
            "start",
            |prompt| matches!(prompt, Prompt::Iin {}),
            async |_| {
                self.press(&["Return"]);
            },
        )
        .await;
        self.step("iin", is_otp(OtpSender::Portal), async |attempt| {
            self.type_and_go(&self.iin, attempt).await;
        })
        .await;
        self.step(
            "otp-1414",
            |prompt| matches!(prompt, Prompt::Phone {}),
            async |attempt| {
                let code = self.room.code(&self.phone, "1414").unwrap();
                self.type_and_go(&code, attempt).await;
            },
        )
        .await;
        self.step("phone", is_otp(OtpSender::DigitalId), async |attempt| {
            self.type_and_go(&self.phone, attempt).await;
        })
        .await;
        self.step(
            "otp-3116",
            |prompt| matches!(prompt, Prompt::Selfie { .. }),
            async |attempt| {
                let code = self.room.code(&self.phone, "3116").unwrap();
                self.type_and_go(&code, attempt).await;
            },
        )
        .await;
        self.step(
            "selfie",
            |prompt| matches!(prompt, Prompt::Liveness { .. }),
            async |attempt| {
                self.send_file(1, "selfie", attempt).await;
            },
        )
        .await;
        self.liveness().await;
        self.step(
            "pin",
            |prompt| matches!(prompt, Prompt::Document { .. }),
            async |attempt| {
                if attempt > 0 {
                    self.press(&["shift+Tab"; 3]);
                }
                for _ in 0..2 {
                    self.press(&["ctrl+a", "BackSpace"]);
                    screen.type_text(PIN);
                    self.press(&["Return"]);
                    tokio::time::sleep(Duration::from_millis(300)).await;
                }
                self.press(&["Return"]);
            },
        )
        .await;
        self.documents().await;
        self.application().await;
        self.installation().await;
    }

    async fn liveness(&self) {
        self.step("liveness", begun, async |_| {
            self.press(&["Tab", "Return"]);
            tokio::time::sleep(Duration::from_millis(500)).await;
            self.press(&["Return"]);
        })
        .await;
        while let Some(Prompt::Liveness { next: Some(next), .. }) = self.now().map(|now| now.prompt)
        {
            let name = serde_json::to_value(next).unwrap();
            let name = name.as_str().unwrap();
            let after = |prompt: &Prompt| !matches!(prompt, Prompt::Liveness { next: Some(asked), .. } if *asked == next);
            self.step(&format!("liveness-{name}"), after, async |attempt| {
                // The button that chooses a file has the keyboard.
                self.send_file(0, name, attempt).await;
            })
            .await;
        }
    }

    async fn documents(&self) {
        let back =
            |prompt: &Prompt| matches!(prompt, Prompt::Document { side: DocumentSide::Back, .. });
        // Two kinds of documents can be chosen before the first side.
        self.step("document-front", back, async |attempt| {
            self.send_file(3, "front", attempt).await;
        })
        .await;
        let confirm = |prompt: &Prompt| matches!(prompt, Prompt::ConfirmDocument { .. });
        self.step("document-back", confirm, async |attempt| {
            self.send_file(1, "back", attempt).await;
        })
        .await;
        self.step(
            "confirm",
            |prompt| matches!(prompt, Prompt::Consent { .. }),
            async |attempt| {
                self.tick_and_go(attempt).await;
            },
        )
        .await;
    }

    /// Ticks what has the keyboard, goes on to the button, and presses it.
    async fn tick_and_go(&self, attempt: u32) {
        if attempt == 0 {
            self.press(&["space"]);
            tokio::time::sleep(Duration::from_millis(300)).await;
            self.press(&["Tab"]);
        }
        self.press(&["Return"]);
    }

    async fn application(&self) {
        self.step(
            "consent",
            |prompt| matches!(prompt, Prompt::Agreement { .. }),
            async |attempt| {
                self.type_and_go(PIN, attempt).await;
            },
        )
        .await;
        self.step(
            "agreement",
            |prompt| matches!(prompt, Prompt::Form { .. }),
            async |attempt| {
                self.tick_and_go(attempt).await;
            },
        )
        .await;
        self.step(
            "form",
            |prompt| matches!(prompt, Prompt::Folder {}),
            async |attempt| {
                self.type_and_go("kanareyka@example.com", attempt).await;
            },
        )
        .await;
        let sent = |prompt: &Prompt| {
            matches!(prompt, Prompt::Wait { application: Some(_), .. } | Prompt::Install { .. })
        };
        self.step("folder", sent, async |attempt| {
            if attempt > 0 {
                self.press(&["shift+Tab"]);
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
            let screen = self.room.screen();
            let window = screen.open_by("Return", TITLE, &self.own).await;
            tokio::time::sleep(Duration::from_millis(700)).await;
            assert!(self.accept(&window).await, "{:?}", screen.picture("procedure-chooser"));
            self.picture("folder-chosen").await;
            self.press(&["Return"]);
        })
        .await;
    }

    async fn installation(self) {
        self.step("wait", |prompt| matches!(prompt, Prompt::Install { .. }), async |_| {}).await;
        let done = |prompt: &Prompt| matches!(prompt, Prompt::Done { .. });
        let screen = self.room.screen();
        self.step("install", done, async |_| {
            let window = screen.open_by("Return", TITLE, &self.own).await;
            self.picture("password").await;
            type_password_into(screen, &window, PASSWORD).await;
        })
        .await;
        self.picture("done").await;
        assert!(!self.window.is_finished(), "the window stays until the person closes it");
        screen.window(TITLE).await;
        screen.close();
        screen.gone(&self.own[0]).await;
        self.window.await.unwrap();
    }
}

fn is_otp(from: OtpSender) -> impl Fn(&Prompt) -> bool {
    move |prompt| matches!(prompt, Prompt::Otp { sender, .. } if *sender == from)
}

fn begun(prompt: &Prompt) -> bool {
    matches!(prompt, Prompt::Liveness { next: Some(_), .. })
}
