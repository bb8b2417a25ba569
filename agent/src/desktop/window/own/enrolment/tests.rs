//! The window of the procedure without a screen: what it shows, what screen readers are told, what comes of what is done.

mod samples;
mod steps;

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use eframe::egui::{Key, Modifiers};
use tanba::protocol::{Answer, Locale, Prompt};

use super::super::super::tests::Easel;
use super::{Outside, Procedure};
use crate::camera::capture::{CannotCapture, Frame, FrameSource};
use crate::desktop::line::{Reply, Told};
use crate::desktop::own::{EnrolmentDeed, EnrolmentView, Own, Said};

/// What the window finds outside: choosers that answer at once, and a camera whose picture is drawn.
#[derive(Default)]
struct Trial {
    /// What the next chooser gives.
    file: RefCell<Option<PathBuf>>,
    /// What the camera sees, or why it sees nothing.
    camera: RefCell<Option<CannotCapture>>,
    /// How many cameras are on.
    lit: Rc<std::cell::Cell<i32>>,
}

struct Drawn {
    what: Result<Option<Arc<Frame>>, CannotCapture>,
    lit: Rc<std::cell::Cell<i32>>,
}

impl FrameSource for Drawn {
    fn latest(&self) -> Result<Option<Arc<Frame>>, CannotCapture> {
        self.what.clone()
    }

    fn cameras(&self) -> u32 {
        1
    }
}

impl Drop for Drawn {
    fn drop(&mut self) {
        self.lit.set(self.lit.get() - 1);
    }
}

fn outside(trial: &Rc<Trial>) -> Outside {
    let (files, folders, camera) = (Rc::clone(trial), Rc::clone(trial), Rc::clone(trial));
    Outside {
        file: Box::new(move |_| told(files.file.borrow().clone())),
        folder: Box::new(move |_| told(folders.file.borrow().clone())),
        camera: Box::new(move |_| {
            camera.lit.set(camera.lit.get() + 1);
            let what = match *camera.camera.borrow() {
                Some(why) => Err(why),
                None => {
                    let rgb = [200, 120, 40].repeat(64 * 48);
                    Ok(Some(Arc::new(Frame::new(64, 48, rgb).unwrap())))
                }
            };
            Box::new(Drawn { what, lit: Rc::clone(&camera.lit) })
        }),
    }
}

fn told(path: Option<PathBuf>) -> super::outside::Chooser {
    let (tell, told) = channel();
    tell.send(path).unwrap();
    told
}

/// A window, the agent's end of its line, and what lies outside.
struct Stand {
    easel: Easel<Procedure>,
    agent: Sender<Told>,
    trial: Rc<Trial>,
}

impl Stand {
    fn of(view: EnrolmentView) -> Self {
        let trial = Rc::new(Trial::default());
        let (agent, told) = channel();
        let easel = Easel::new(Procedure::new(view, told, outside(&trial)));
        Self { easel, agent, trial }
    }

    fn asking(prompt: Prompt) -> Self {
        Self::of(samples::view(Locale::En, Some(prompt)))
    }

    fn show(&mut self, view: EnrolmentView) {
        self.agent.send(Told::Own(Box::new(Own::Enrolment(Box::new(view))))).unwrap();
        for _ in 0..3 {
            assert!(self.easel.frame(true, Vec::new()).is_none());
        }
    }

    fn text(&self) -> String {
        self.easel.told().join("\n")
    }

    /// Presses a button and gives what was said.
    fn press(&mut self, name: &str) -> EnrolmentDeed {
        deed(self.easel.click(name, false)).unwrap_or_else(|| panic!("{name}: {}", self.text()))
    }

    /// Presses a button that says nothing to the agent.
    fn touch(&mut self, name: &str) {
        assert!(self.easel.click(name, false).is_none(), "{name}");
        for _ in 0..3 {
            assert!(self.easel.frame(true, Vec::new()).is_none());
        }
    }

    fn answer(&mut self, name: &str) -> Answer {
        match self.press(name) {
            EnrolmentDeed::Answer { answer } => answer,
            deed @ (EnrolmentDeed::Start { .. }
            | EnrolmentDeed::Resume { .. }
            | EnrolmentDeed::Folder { .. }
            | EnrolmentDeed::Refresh
            | EnrolmentDeed::Install
            | EnrolmentDeed::Cancel
            | EnrolmentDeed::Back) => panic!("{deed:?}"),
        }
    }

    fn enter(&mut self) -> Option<EnrolmentDeed> {
        let said = deed(self.easel.press(Key::Enter, Modifiers::NONE, true));
        for _ in 0..2 {
            assert!(self.easel.frame(true, Vec::new()).is_none());
        }
        said
    }
}

fn deed(reply: Option<Reply>) -> Option<EnrolmentDeed> {
    let reply = reply?;
    let Reply::Said(said) = reply else { panic!("{reply:?}") };
    let Said::Enrolment { deed, .. } = said.as_ref() else { panic!("{said:?}") };
    Some(deed.clone())
}
