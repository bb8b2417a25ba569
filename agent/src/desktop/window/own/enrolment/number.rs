//! The application's number: always in sight once there is one, to be copied, or saved to a file.

use std::path::{Path, PathBuf};
use std::sync::mpsc::TryRecvError;

use eframe::egui::{Button as Press, RichText, Ui};

use super::outside::Chooser;
use super::stage::Stage;
use crate::desktop::window::look;
use crate::files::{self, FileError};

#[derive(Default)]
pub(super) struct Number {
    chooser: Option<Chooser>,
    state: State,
}

/// What was done with it last.
#[derive(Default)]
enum State {
    #[default]
    Nothing,
    Copied,
    Saved(PathBuf),
    NotSaved,
}

impl Number {
    pub(super) fn draw(&mut self, ui: &mut Ui, stage: &Stage<'_>, number: &str) {
        self.look_after_the_chooser(ui, stage, number);
        ui.horizontal_wrapped(|ui| {
            let name = stage.text("enrol-application-number");
            ui.label(RichText::new(format!("{name}:")).color(look::QUIET));
            ui.label(RichText::new(number).strong());
            ui.spacing_mut().button_padding = [10.0, 3.0].into();
            ui.spacing_mut().interact_size.y = 24.0;
            if ui.button(stage.text("enrol-application-copy")).clicked() {
                ui.ctx().copy_text(number.to_owned());
                self.state = State::Copied;
            }
            let save = Press::new(stage.text("enrol-number-save"));
            if ui.add_enabled(self.chooser.is_none(), save).clicked() {
                self.chooser = Some(stage.outside.choose_for_number(stage));
            }
            match &self.state {
                State::Nothing => {}
                State::Copied => {
                    let text = stage.text("enrol-application-copied");
                    ui.label(RichText::new(text).small().color(look::QUIET));
                }
                State::Saved(path) => {
                    let path = path.display().to_string();
                    let text = stage.text_with("enrol-number-saved", "path", &path);
                    ui.label(RichText::new(text).small().color(look::QUIET));
                }
                State::NotSaved => {
                    let text = stage.text("enrol-number-not-saved");
                    ui.label(RichText::new(text).small().color(look::RED));
                }
            }
        });
    }

    fn look_after_the_chooser(&mut self, ui: &Ui, stage: &Stage<'_>, number: &str) {
        match self.chooser.as_ref().map(|chooser| chooser.try_recv()) {
            None => {}
            Some(Err(TryRecvError::Empty)) => ui.ctx().request_repaint_after_secs(0.1),
            Some(Err(TryRecvError::Disconnected) | Ok(None)) => self.chooser = None,
            Some(Ok(Some(folder))) => {
                self.chooser = None;
                self.state = save(stage, &folder, number);
            }
        }
    }
}

fn save(stage: &Stage<'_>, folder: &Path, number: &str) -> State {
    let name = format!("Tanba-{number}.txt");
    let lines = [
        stage.text("enrol-title"),
        format!("{}: {number}", stage.text("enrol-application-number")),
    ];
    let text = lines.join("\r\n") + "\r\n";
    match files::write_new(folder, &name, text.as_bytes()) {
        // A file of this name has been written before.
        Ok(()) | Err(FileError::Exists) => State::Saved(folder.join(name)),
        Err(
            FileError::Full
            | FileError::Missing
            | FileError::Denied(_)
            | FileError::TooLarge
            | FileError::Io(_),
        ) => State::NotSaved,
    }
}
