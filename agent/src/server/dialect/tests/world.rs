//! An agent with a scripted person, and a site that speaks to it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use futures_util::future::{BoxFuture, FutureExt as _, ready};
use serde::Serialize;
use serde_json::Value;
use tanba_core::password::NewPassword;
use tanba_core::secret::Password;
use tanba_core::time::UnixTime;

use super::super::{Dialect, Reply};
use crate::assembly::{Plan, SecretPlace, assemble};
use crate::clock::Clock;
use crate::ctx::Ctx;
use crate::desktop::{
    Asked, ConsentPrompt, Desktop, FilePrompt, FolderPrompt, KeyOpener, KeyPrompt,
    NewPasswordPrompt,
};
use crate::page::Page;

pub(in crate::server::dialect) const SITE: &str = "https://egov.kz";

/// What the person does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server::dialect) enum Will {
    /// Closes every window.
    Close,
    /// Types a wrong password, then closes the window.
    Forget,
    /// Takes the file and the first key in it that can be taken.
    Agree,
}

/// A person's files and moods.
#[derive(Debug)]
struct Person {
    will: Will,
    key_file: PathBuf,
    /// Chosen where any file is asked for.
    document: PathBuf,
    prompts: Mutex<Vec<String>>,
}

impl Person {
    fn sees(&self, prompt: &impl Serialize) {
        let text = serde_json::to_string(prompt).expect("JSON");
        self.prompts.lock().expect("whole").push(text);
    }
}

impl Desktop for Person {
    fn choose_folder(&self, prompt: FolderPrompt) -> BoxFuture<'_, Asked<PathBuf>> {
        self.sees(&prompt);
        ready(Asked::Closed).boxed()
    }

    fn new_password(&self, prompt: NewPasswordPrompt) -> BoxFuture<'_, Asked<NewPassword>> {
        self.sees(&prompt);
        ready(Asked::Closed).boxed()
    }

    fn choose_file(&self, prompt: FilePrompt) -> BoxFuture<'_, Asked<PathBuf>> {
        use crate::desktop::FileKind;
        self.sees(&prompt);
        ready(match (self.will, prompt.kind) {
            (Will::Close, _) => Asked::Closed,
            (Will::Forget | Will::Agree, FileKind::Key) => Asked::Answered(self.key_file.clone()),
            (Will::Forget | Will::Agree, _) => Asked::Answered(self.document.clone()),
        })
        .boxed()
    }

    fn choose_key<'a>(
        &'a self,
        prompt: KeyPrompt,
        opener: &'a dyn KeyOpener,
    ) -> BoxFuture<'a, Asked<usize>> {
        self.sees(&prompt);
        async move {
            let password = match self.will {
                Will::Close => return Asked::Closed,
                Will::Forget => "wrong",
                Will::Agree => PASSWORD,
            };
            let file = prompt.file.unwrap_or_else(|| self.key_file.clone());
            let Ok(cards) = opener.open(file, Password::new(password.into())).await else {
                return Asked::Closed;
            };
            match cards.iter().find(|card| card.refusal.is_none()) {
                Some(card) => Asked::Answered(card.index),
                None => Asked::Closed,
            }
        }
        .boxed()
    }

    fn confirm(&self, prompt: ConsentPrompt) -> BoxFuture<'_, Asked<()>> {
        self.sees(&prompt);
        ready(if self.will == Will::Agree { Asked::Answered(()) } else { Asked::Closed }).boxed()
    }
}

/// The password of the authority's test keys.
const PASSWORD: &str = "Qwerty12";
const KEY: &str = "GOST512_02c7a21f2df78b99cb67323e2e255779bb6ae309.p12";

#[derive(Debug)]
struct Fixed(Mutex<UnixTime>);

impl Clock for Fixed {
    fn now(&self) -> UnixTime {
        *self.0.lock().expect("whole")
    }
}

/// An agent, its person, and a site.
pub(in crate::server::dialect) struct World {
    pub(in crate::server::dialect) dialect: Dialect,
    pub(in crate::server::dialect) ctx: Arc<Ctx>,
    person: Arc<Person>,
    clock: Arc<Fixed>,
    page: Page,
    folder: tempfile::TempDir,
}

impl World {
    /// With a person who closes every window; key files play tokens.
    pub(in crate::server::dialect) async fn closing() -> Self {
        Self::new(Will::Close, true).await
    }

    /// `trial`: whether key files play tokens.
    pub(in crate::server::dialect) async fn new(will: Will, trial: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let source = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../tests/vectors/kz/skarm_kalkan/p12")
            .join(KEY);
        let key_file = folder.path().join(KEY);
        std::fs::copy(source, &key_file).expect("copied");
        let document = folder.path().join("contract.txt");
        std::fs::write(&document, "Шарт\n".repeat(1000)).expect("written");
        let person = Arc::new(Person { will, key_file, document, prompts: Mutex::default() });
        let now = UnixTime::parse_rfc3339("2026-03-01T09:05:00Z").expect("a moment");
        let clock = Arc::new(Fixed(Mutex::new(now)));
        let desktop: Arc<dyn Desktop> = Arc::clone(&person) as _;
        let mut plan = Plan::new(folder.path().join("data"), None, desktop);
        plan.secrets = SecretPlace::File;
        plan.clock = Arc::clone(&clock) as _;
        plan.trial = trial;
        // Nobody listens there.
        plan.time_stamps = Some("http://127.0.0.1:1/".to_owned());
        let ctx = assemble(plan).await.expect("an agent");
        let page = Page::parse(Some(SITE), &[]).expect("a page");
        Self { dialect: Dialect::default(), ctx, person, clock, page, folder }
    }

    /// What the site gets for a text.
    pub(in crate::server::dialect) async fn ask(&self, text: &str) -> Option<String> {
        self.ask_as(&self.page, text).await
    }

    /// What another site gets.
    pub(in crate::server::dialect) async fn ask_as(
        &self,
        page: &Page,
        text: &str,
    ) -> Option<String> {
        Some(match self.dialect.answer(&self.ctx, page, text.to_owned()).await? {
            Reply::Text(text) => text,
            Reply::Around { before, around, after } => {
                use base64ct::{Base64, Encoding};
                let file = std::fs::read(&around.file).expect("the file");
                let message = [around.prefix, file, around.suffix].concat();
                format!("{before}{}{after}", Base64::encode_string(&message))
            }
        })
    }

    /// The same, as JSON.
    pub(in crate::server::dialect) async fn json(&self, request: &Value) -> Value {
        let reply = self.ask(&request.to_string()).await.expect("a reply");
        serde_json::from_str(&reply).expect("JSON")
    }

    /// What the person was shown, as JSON.
    pub(in crate::server::dialect) fn prompts(&self) -> Vec<String> {
        self.person.prompts.lock().expect("whole").clone()
    }

    pub(in crate::server::dialect) fn key_file(&self) -> &Path {
        &self.person.key_file
    }

    pub(in crate::server::dialect) fn document(&self) -> &Path {
        &self.person.document
    }

    pub(in crate::server::dialect) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(in crate::server::dialect) fn pass(&self, seconds: i64) {
        let mut now = self.clock.0.lock().expect("whole");
        *now = now.plus_secs(seconds);
    }
}
