//! Windows of the person's own with a scripted person: what they are shown, and what comes of what they do.

mod diagnosis;
mod enrolment;
mod keys;
mod notices;
mod report;
mod sign_file;
mod sites;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _, ready};
use tanba::protocol::Locale;
use tanba_core::password::NewPassword;
use tanba_core::secret::Password;
use tanba_core::time::UnixTime;
use tanba_core::x509::certificate::Certificate;
use tokio::sync::{mpsc, oneshot, watch};

use crate::assembly::{Plan, SecretPlace, assemble};
use crate::clock::Clock;
use crate::ctx::Ctx;
use crate::desktop::own::{Own, Said};
use crate::desktop::{
    Asked, Desktop, FilePrompt, FolderPrompt, Heard, KeyOpener, KeyPrompt, NewPasswordPrompt,
};

const KZ: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/kz");
/// A published key, its password, and a moment at which it and its authorities are valid.
const GOST: &str = "skarm_kalkan/p12/GOST512_02c7a21f2df78b99cb67323e2e255779bb6ae309.p12";
const PASSWORD: &str = "Qwerty12";
const NOW: &str = "2023-12-01T00:00:00Z";

/// Far longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A window that is open before the scripted person.
struct Opened {
    views: watch::Receiver<Own>,
    heard: mpsc::Sender<Heard>,
    close: oneshot::Sender<()>,
}

impl Opened {
    /// Waits until the window shows something of this kind, and gives it.
    async fn sees<T>(&mut self, wanted: impl Fn(&Own) -> Option<T>) -> T {
        let seen = tokio::time::timeout(PATIENCE, async {
            loop {
                let now = wanted(&self.views.borrow_and_update());
                match now {
                    Some(found) => return found,
                    None => self.views.changed().await.expect("the window was taken away"),
                }
            }
        });
        seen.await.unwrap_or_else(|_| panic!("still {:?}", *self.views.borrow()))
    }

    fn does(&self, said: Said) {
        self.heard.try_send(Heard::Said(said)).expect("the agent listens, and soon");
    }

    fn closes(self) {
        let _ = self.close.send(());
    }
}

/// The scripted person: which files they choose, and the windows before them.
struct Person {
    files: Mutex<VecDeque<PathBuf>>,
    prompts: Mutex<Vec<FilePrompt>>,
    /// The key file that they sign with, if they agree.
    key: Mutex<Option<PathBuf>>,
    asked: Mutex<Vec<KeyPrompt>>,
    windows: mpsc::UnboundedSender<Opened>,
}

impl Desktop for Person {
    fn choose_folder(&self, _: FolderPrompt) -> BoxFuture<'_, Asked<PathBuf>> {
        ready(Asked::NoScreen).boxed()
    }

    fn new_password(&self, _: NewPasswordPrompt) -> BoxFuture<'_, Asked<NewPassword>> {
        ready(Asked::NoScreen).boxed()
    }

    fn choose_file(&self, prompt: FilePrompt) -> BoxFuture<'_, Asked<PathBuf>> {
        self.prompts.lock().unwrap().push(prompt);
        let file = self.files.lock().unwrap().pop_front();
        ready(file.map_or(Asked::Closed, Asked::Answered)).boxed()
    }

    /// Opens the key file that they would type the path of, and takes the first key that can be taken.
    fn choose_key<'a>(
        &'a self,
        prompt: KeyPrompt,
        opener: &'a dyn KeyOpener,
    ) -> BoxFuture<'a, Asked<usize>> {
        async move {
            self.asked.lock().unwrap().push(prompt);
            let Some(key) = self.key.lock().unwrap().clone() else { return Asked::Closed };
            let cards = opener.open(key, Password::new(PASSWORD.to_owned())).await;
            let free = cards.unwrap().into_iter().find(|card| card.refusal.is_none());
            free.map_or(Asked::Closed, |card| Asked::Answered(card.index))
        }
        .boxed()
    }

    fn own(
        &self,
        views: watch::Receiver<Own>,
        heard: mpsc::Sender<Heard>,
    ) -> BoxFuture<'_, Asked<()>> {
        let (close, closed) = oneshot::channel();
        let mut gone = views.clone();
        let opened = self.windows.send(Opened { views, heard, close });
        async move {
            if opened.is_err() {
                return Asked::NoScreen;
            }
            let taken_away = async { while gone.changed().await.is_ok() {} };
            tokio::select! {
                _ = closed => {}
                () = taken_away => {}
            }
            Asked::Closed
        }
        .boxed()
    }
}

struct Stopped(UnixTime);

impl Clock for Stopped {
    fn now(&self) -> UnixTime {
        self.0
    }
}

/// An agent, its person, and a folder of theirs.
struct World {
    ctx: Arc<Ctx>,
    person: Arc<Person>,
    windows: mpsc::UnboundedReceiver<Opened>,
    folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        Self::with(authorities(), |_| {}).await
    }

    /// `prepare` is given the agent's folder before the agent is.
    async fn prepared(prepare: impl FnOnce(&Path)) -> Self {
        Self::with(authorities(), prepare).await
    }

    async fn with(authorities: Vec<Certificate>, prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("agent");
        crate::files::private_folder(&data).unwrap();
        prepare(&data);
        let (sender, windows) = mpsc::unbounded_channel();
        let person = Arc::new(Person {
            files: Mutex::default(),
            prompts: Mutex::default(),
            key: Mutex::default(),
            asked: Mutex::default(),
            windows: sender,
        });
        let desktop: Arc<dyn Desktop> = Arc::<Person>::clone(&person);
        let plan = Plan {
            secrets: SecretPlace::File,
            // Nobody's responder is asked.
            trial: true,
            clock: Arc::new(Stopped(UnixTime::parse_rfc3339(NOW).unwrap())),
            authorities,
            ..Plan::new(data, None, desktop)
        };
        let ctx = assemble(plan).await.unwrap();
        ctx.preferences.speak(Locale::En);
        Self { ctx, person, windows, folder }
    }

    /// The next window that comes.
    async fn window(&mut self) -> Opened {
        tokio::time::timeout(PATIENCE, self.windows.recv()).await.unwrap().unwrap()
    }

    fn chooses(&self, file: PathBuf) {
        self.person.files.lock().unwrap().push_back(file);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A copy of the published key.
    fn key(&self, name: &str) -> PathBuf {
        std::fs::copy(Path::new(KZ).join(GOST), self.path(name)).unwrap();
        self.path(name)
    }
}

fn authorities() -> Vec<Certificate> {
    let folder = Path::new(KZ).join("JohnHenrySpike_kalkan-crypt/ca-certs");
    let known = crate::authorities::Authorities::in_folder(&folder);
    known.roots.into_iter().chain(known.others).collect()
}

/// Nobody wants to see a window again.
fn calm() -> (watch::Sender<u64>, watch::Receiver<u64>) {
    watch::channel(0)
}

async fn ends(task: tokio::task::JoinHandle<()>) {
    tokio::time::timeout(PATIENCE, task).await.expect("it ends with its window").unwrap();
}

#[tokio::test]
async fn whoever_wishes_for_the_same_again_is_asked_anew() {
    let (raise, mut raised) = watch::channel(0);
    let mut asked = 0;
    let answer = super::asked_anew(&mut raised, || {
        asked += 1;
        let count = asked;
        raise.send_modify(|count| *count += 1);
        async move { if count < 3 { std::future::pending().await } else { count } }
    });
    assert_eq!(tokio::time::timeout(PATIENCE, answer).await, Ok(3));
}
