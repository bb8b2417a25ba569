//! What lies outside of the window: choosers of files, and the camera. Tests bring their own.

use std::path::PathBuf;
use std::sync::mpsc::Receiver;

use crate::camera::capture::{FrameSource, Live};
use crate::desktop::PERSON;
use crate::desktop::window::{elsewhere, face};
use crate::desktop::windows::Renderer;
use crate::desktop::{FileKind, FilePrompt, FileWish, FolderPrompt};

use super::stage::Stage;

/// A chooser that is open; it tells once what was chosen.
pub(super) type Chooser = Receiver<Option<PathBuf>>;

/// How a window finds what lies outside of it.
pub(in super::super) struct Outside {
    pub(super) file: Box<dyn Fn(FilePrompt) -> Chooser>,
    pub(super) folder: Box<dyn Fn(FolderPrompt) -> Chooser>,
    /// Switches on the camera of that number.
    pub(super) camera: Box<dyn Fn(u32) -> Box<dyn FrameSource>>,
}

impl Outside {
    /// The real ones: choosers in processes of their own, and the camera of this computer.
    pub(in super::super) fn of_this_computer(renderer: Renderer) -> Self {
        Self {
            file: Box::new(move |prompt| elsewhere::choose(prompt, renderer)),
            folder: Box::new(move |prompt| elsewhere::choose_folder(prompt, renderer)),
            camera: Box::new(|number| Box::new(Live::open(number, face::draw_again))),
        }
    }

    /// Lets the person choose a picture.
    pub(super) fn choose_picture(&self, stage: &Stage<'_>) -> Chooser {
        self.choose(FileKind::Picture, FileWish::Picture, stage)
    }

    /// Lets the person choose a folder for the number of the application.
    pub(super) fn choose_for_number(&self, stage: &Stage<'_>) -> Chooser {
        self.choose(FileKind::Folder, FileWish::Number, stage)
    }

    fn choose(&self, kind: FileKind, wish: FileWish, stage: &Stage<'_>) -> Chooser {
        (self.file)(FilePrompt {
            origin: None,
            locale: stage.view.locale,
            sandbox: stage.view.sandbox,
            kind,
            folder: None,
            wish: Some(wish),
        })
    }

    /// Lets the person choose a folder for keys, which may be made.
    pub(super) fn choose_for_keys(&self, stage: &Stage<'_>) -> Chooser {
        (self.folder)(FolderPrompt {
            origin: PERSON.to_owned(),
            locale: stage.view.locale,
            sandbox: stage.view.sandbox,
        })
    }
}
