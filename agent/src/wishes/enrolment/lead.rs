//! What the window leads now, and what is done about each deed.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _};
use tanba::protocol::{
    Answer, Code, Enrolment as Shown, Failure, Prompt, StartEnrolment, Template,
};
use tanba_core::enrolment::gateway::Environment;
use tracing::info;

use super::standing::unfinished;
use crate::ctx::Ctx;
use crate::desktop::own::{EnrolmentDeed, EnrolmentView};
use crate::enrol;
use crate::error::Error;
use crate::page::Page;

/// How often the list of unfinished enrolments is looked at while the person decides.
const LIST: Duration = Duration::from_secs(3);

/// How much later than the engine asks for news they are looked for.
const AFTER: Duration = Duration::from_secs(1);

/// How often one looks at an enrolment that only moves when the person does something.
const SELDOM: Duration = Duration::from_secs(60);

/// What came of a deed.
pub(super) type Outcome = Result<Shown, Error>;

/// The window's state on the agent's side.
pub(super) struct Lead<'a> {
    ctx: &'a Arc<Ctx>,
    /// The enrolment that is led, and the page that began it.
    current: Option<(Page, Shown)>,
    failure: Option<Failure>,
    busy: bool,
    raised: u64,
}

impl<'a> Lead<'a> {
    pub(super) fn new(ctx: &'a Arc<Ctx>, raised: u64) -> Self {
        Self { ctx, current: None, failure: None, busy: false, raised }
    }

    pub(super) fn raise(&mut self, raised: u64) {
        self.raised = raised;
    }

    /// Everything that the window shows, as it stands now.
    pub(super) fn view(&mut self) -> EnrolmentView {
        // While something is under way the engine only tells how it stood before, with times that have passed since.
        if !self.busy
            && let Some((page, shown)) = &mut self.current
        {
            match enrol::look(self.ctx, page, &shown.id) {
                Ok(now) => *shown = now,
                Err(error) => {
                    self.failure = Some(error.for_page());
                    self.current = None;
                }
            }
        }
        let environment = match self.ctx.settings.environment {
            Environment::Sandbox => true,
            Environment::Production => false,
        };
        EnrolmentView {
            locale: self.ctx.preferences.locale(),
            sandbox: environment,
            connected: self.ctx.remote.is_connected(),
            enrolment: self.current.as_ref().map(|(_, shown)| shown.clone()),
            unfinished: unfinished(self.ctx),
            failure: self.failure.clone(),
            busy: self.busy,
            without_keyring: self.ctx.secrets.has_files(),
            raised: self.raised,
        }
    }

    /// After how long something may have moved without anybody's telling.
    pub(super) fn rest(&self) -> Duration {
        match &self.current {
            None => LIST,
            Some((_, Shown { prompt: Prompt::Wait { retry_in_s, .. }, .. })) => {
                Duration::from_secs((*retry_in_s).into()) + AFTER
            }
            Some(_) => SELDOM,
        }
    }

    /// Leads an unfinished enrolment, whoever began it.
    pub(super) fn resume(&mut self, id: &str) {
        self.failure = None;
        self.current = enrol::all(self.ctx).into_iter().find(|(_, shown)| shown.id == id);
        if self.current.is_none() {
            self.failure = Some(Failure::new(Code::UnknownEnrolment));
        }
    }

    /// Does what takes no time, and begins what does. What was done while the window showed `of`, and another one is led
    /// now, is not done: an answer or a PIN must not go into an application that nobody saw.
    pub(super) fn begin(
        &mut self,
        of: Option<&str>,
        deed: EnrolmentDeed,
    ) -> Option<BoxFuture<'a, Outcome>> {
        if of != self.current.as_ref().map(|(_, shown)| shown.id.as_str()) {
            info!("what the person did was for an enrolment that is not led any more");
            return None;
        }
        self.failure = None;
        let ctx = self.ctx;
        let work =
            match deed {
                EnrolmentDeed::Start { algorithm } => {
                    let (page, locale) = (Page::terminal(), ctx.preferences.locale());
                    let call = StartEnrolment {
                        template: Template::default(),
                        algorithm,
                        locale: Some(locale),
                    };
                    match enrol::start(ctx, &page, &call) {
                        Ok(shown) => self.current = Some((page, shown)),
                        Err(error) => self.failed(&error),
                    }
                    return None;
                }
                EnrolmentDeed::Resume { enrolment } => {
                    self.resume(&enrolment);
                    return None;
                }
                EnrolmentDeed::Back => {
                    self.current = None;
                    return None;
                }
                EnrolmentDeed::Answer { answer } => {
                    self.about(|page, id| answered(ctx, page, id, answer).boxed())
                }
                EnrolmentDeed::Folder { path } => {
                    self.about(|page, id| chosen(ctx, page, id, path).boxed())
                }
                EnrolmentDeed::Refresh => self
                    .about(|page, id| async move { enrol::refresh(ctx, &page, &id).await }.boxed()),
                EnrolmentDeed::Install => self.about(|page, id| {
                    async move { enrol::install(ctx, &page, &id, &Page::terminal()).await }.boxed()
                }),
                EnrolmentDeed::Cancel => self
                    .about(|page, id| async move { enrol::cancel(ctx, &page, &id).await }.boxed()),
            };
        self.busy = work.is_some();
        work
    }

    /// Work on the enrolment that is led. If there is none, that is told.
    fn about(
        &mut self,
        work: impl FnOnce(Page, String) -> BoxFuture<'a, Outcome>,
    ) -> Option<BoxFuture<'a, Outcome>> {
        if self.current.is_none() {
            self.failure = Some(Failure::new(Code::NotExpected));
        }
        self.current.as_ref().map(|(page, shown)| work(page.clone(), shown.id.clone()))
    }

    /// Takes what came of it.
    pub(super) fn done(&mut self, outcome: Outcome) {
        self.busy = false;
        match outcome {
            Ok(now) => {
                if let Some((_, shown)) = &mut self.current {
                    *shown = now;
                }
            }
            Err(error) => self.failed(&error),
        }
    }

    fn failed(&mut self, error: &Error) {
        let mut failure = error.for_page();
        if let (Some(now), Some((_, shown))) = (failure.enrolment.take(), &mut self.current) {
            *shown = *now;
        }
        self.failure = Some(failure);
    }
}

async fn answered(ctx: &Arc<Ctx>, page: Page, id: String, answer: Answer) -> Outcome {
    let answer = enrol::answer::read(ctx, &page, answer)?;
    enrol::answered(ctx, &page, &id, answer).await
}

/// The person chose the folder themselves: it needs no handle of a page's, but takes the same way.
async fn chosen(ctx: &Arc<Ctx>, page: Page, id: String, path: PathBuf) -> Outcome {
    let folder = ctx.folders.remember(&page, path).handle;
    answered(ctx, page, id, Answer::Folder { folder }).await
}
