//! Remote services, an agent in this process, and perhaps a screen: all that the procedure needs without a page.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tanba::protocol::Locale;
use tanba_agent::assembly::{Plan, SecretPlace, assemble};
use tanba_agent::ctx::Ctx;
use tanba_agent::desktop::{Desktop, Windows};
use tanba_sandbox::{Options, Person, Sandbox};
use tanba_tests::tools::all_here;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::agent;
use crate::screen::{self, Screen};

/// Where the procedure takes place.
pub(crate) struct Room {
    screen: Option<Screen>,
    sandbox: Sandbox,
    services: Option<Runtime>,
    locale: Locale,
    folder: TempDir,
}

impl Room {
    /// A room with a screen; `None` if the tools are missing and may be.
    pub(crate) async fn with_screen(locale: Locale) -> Option<Self> {
        if !all_here(screen::COMMANDS) {
            return None;
        }
        let mut room = Self::without_screen(locale).await;
        room.screen = Some(Screen::start(&room.home()));
        Some(room)
    }

    /// A room for a person who is played.
    pub(crate) async fn without_screen(locale: Locale) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "keys"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let options = Options { issue_after: Duration::from_secs(2), ..Options::default() };
        // The services have threads of their own.
        let services = Runtime::new().unwrap();
        let sandbox = services.spawn(Sandbox::start(options)).await.unwrap().unwrap();
        Self { screen: None, sandbox, services: Some(services), locale, folder }
    }

    /// Starts the agent, or starts it again, with whoever shows its windows.
    pub(crate) async fn agent(&self, desktop: Arc<dyn Desktop>) -> Arc<Ctx> {
        let mut plan =
            Plan::new(self.folder.path().join("agent"), Some(self.sandbox.url()), desktop);
        plan.secrets = SecretPlace::File;
        let ctx = assemble(plan).await.unwrap();
        ctx.preferences.speak(self.locale);
        ctx
    }

    /// Real windows on the screen, on a desktop that has no chooser of files of its own.
    pub(crate) fn windows(&self) -> Windows {
        Windows::new(agent::program().to_owned())
            .with_variable("DISPLAY", self.screen().display())
            .with_variable("WAYLAND_DISPLAY", "")
            .with_variable("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .with_variable("PATH", "/nonexistent")
            .with_variable("HOME", self.home())
            .with_variable("LIBGL_ALWAYS_SOFTWARE", "1")
    }

    pub(crate) fn screen(&self) -> &Screen {
        self.screen.as_ref().expect("this room has a screen")
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    pub(crate) fn locale(&self) -> Locale {
        self.locale
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A folder for keys, for who names it.
    pub(crate) fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    /// One of the sandbox's complete persons, with a telephone.
    pub(crate) fn person(&self) -> (Person, String) {
        let mut persons = self.sandbox.persons().into_iter();
        let person = persons.find(|person| person.phone.is_some()).unwrap();
        let phone = person.phone.clone().unwrap();
        (person, phone)
    }

    /// The newest one-time password of a sender.
    pub(crate) fn code(&self, phone: &str, sender: &str) -> Option<String> {
        let messages = self.sandbox.sms(phone);
        messages.into_iter().rfind(|message| message.sender == sender)?.code
    }

    /// The final key files, wherever the person keeps them.
    pub(crate) fn key_files(&self) -> Vec<PathBuf> {
        let list =
            |folder: &Path| std::fs::read_dir(folder).unwrap().map(|one| one.unwrap().path());
        let is_key = |path: &PathBuf| path.extension().is_some_and(|end| end == "p12");
        list(&self.home()).chain(list(&self.keys())).filter(is_key).collect()
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // A runtime must not wait for its tasks where a test's own runtime waits for it.
        if let Some(services) = self.services.take() {
            services.shutdown_background();
        }
    }
}
