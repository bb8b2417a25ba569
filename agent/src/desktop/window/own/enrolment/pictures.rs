//! A picture that the person takes with the camera, or chooses as a file, and looks at before it is sent.

use std::io::{Cursor, Read as _};
use std::path::Path;
use std::sync::mpsc::TryRecvError;

use eframe::egui::{ColorImage, RichText, TextureHandle, TextureOptions, Ui};
use image::{ImageFormat, ImageReader, Limits};

use super::go_on;
use super::outside::Chooser;
use super::preview::{Fit, Preview, field, put};
use super::stage::{Button, Stage};
use crate::camera::capture::CannotCapture;
use crate::desktop::window::look;

/// The longest side that a file may have to be shown, in pixels, and the memory that may take, in bytes.
const SIDE: u32 = 16_384;
const MEMORY: u64 = 256 * 1024 * 1024;

/// A picture is shown no larger than this, in pixels.
const SHOWN: u32 = 900;

/// How often another window is looked after, in seconds.
const LOOK: f32 = 0.1;

/// A picture that comes to be.
pub(super) struct Shot {
    fit: Fit,
    state: State,
    /// What the person was told of the last attempt.
    trouble: Option<String>,
    /// Taking it again switches the camera on, if it was taken with it.
    by_camera: bool,
    /// The button that chooses a file shall get the keyboard.
    to_focus: bool,
}

enum State {
    Nothing,
    Live(Preview),
    Choosing(Chooser),
    Taken(Taken),
}

/// A picture before it is sent.
struct Taken {
    jpeg: Vec<u8>,
    /// What can be shown of it.
    image: Option<ColorImage>,
    texture: Option<TextureHandle>,
}

impl Shot {
    pub(super) fn new(fit: Fit) -> Self {
        Self { fit, state: State::Nothing, trouble: None, by_camera: false, to_focus: false }
    }

    /// Whether there is a picture.
    pub(super) fn is_taken(&self) -> bool {
        matches!(self.state, State::Taken(_))
    }

    /// Forgets the picture: another file is wanted.
    pub(super) fn forget(&mut self) {
        self.state = State::Nothing;
        self.to_focus = true;
    }

    /// Draws the picture, or how one comes by it.
    pub(super) fn draw(&mut self, ui: &mut Ui, stage: &mut Stage<'_>, most: u32) {
        self.look_after_the_chooser(ui, stage, most);
        let mut lost = None;
        match &mut self.state {
            State::Nothing | State::Choosing(_) => {
                ui.label(RichText::new(stage.text("enrol-camera-why")).color(look::QUIET));
            }
            State::Live(preview) => {
                lost = preview.draw(ui, stage, self.fit).err();
                preview.offer_another(ui, stage);
            }
            State::Taken(taken) => {
                ui.label(stage.text("enrol-review-lead"));
                taken.draw(ui, &stage.text("enrol-review-alt"));
            }
        }
        if let Some(why) = lost {
            self.state = State::Nothing;
            self.trouble = Some(stage.text(words(why)));
        }
        if let Some(trouble) = &self.trouble {
            ui.label(RichText::new(trouble).color(look::RED));
        }
        if !self.is_taken() {
            self.offer_files(ui, stage);
        }
    }

    /// The button that opens the chooser of files.
    fn offer_files(&mut self, ui: &mut Ui, stage: &Stage<'_>) {
        let free = stage.free && !matches!(self.state, State::Choosing(_));
        let button = eframe::egui::Button::new(stage.text("enrol-file"));
        let button = ui.add_enabled(free, button);
        if free && std::mem::take(&mut self.to_focus) {
            button.request_focus();
        }
        if button.clicked() {
            self.trouble = None;
            self.by_camera = false;
            self.state = State::Choosing(stage.outside.choose_picture(stage));
        }
    }

    fn look_after_the_chooser(&mut self, ui: &Ui, stage: &mut Stage<'_>, most: u32) {
        let State::Choosing(chooser) = &self.state else { return };
        let path = match chooser.try_recv() {
            Ok(path) => path,
            Err(TryRecvError::Empty) => return ui.ctx().request_repaint_after_secs(LOOK),
            Err(TryRecvError::Disconnected) => None,
        };
        self.state = State::Nothing;
        match path.map(|path| read(&path, most)) {
            Some(Ok(jpeg)) => {
                self.state = State::Taken(Taken::new(jpeg));
                stage.come_back(ui);
            }
            Some(Err(key)) => {
                let most = stage.words.size(most.into());
                self.trouble = Some(stage.text_with(key, "size", &most));
            }
            None => {}
        }
    }

    pub(super) fn buttons(&self, stage: &Stage<'_>) -> Vec<Button> {
        let button = |key: &str, enabled| go_on(stage.words, key, enabled);
        match &self.state {
            State::Nothing => vec![button("enrol-camera-on", true)],
            State::Choosing(_) => vec![button("enrol-camera-on", false)],
            State::Live(preview) => vec![
                button("enrol-camera-take", preview.newest().is_some()),
                button("enrol-camera-off", true),
            ],
            State::Taken(_) => vec![button("enrol-send", true), button("enrol-retry", true)],
        }
    }

    /// A button was pressed. Gives the picture if it shall be sent; it stays until the screen goes.
    pub(super) fn press(&mut self, at: usize, stage: &Stage<'_>, most: u32) -> Option<Vec<u8>> {
        match (&self.state, at) {
            (State::Taken(taken), 0) => return Some(taken.jpeg.clone()),
            (State::Live(preview), 0) => {
                // The camera goes off whether or not its picture can be used.
                let jpeg = preview.newest().and_then(|frame| frame.jpeg(most as usize).ok());
                self.by_camera = true;
                match jpeg {
                    Some(jpeg) => self.state = State::Taken(Taken::new(jpeg)),
                    None => {
                        self.state = State::Nothing;
                        self.trouble = Some(stage.text(words(CannotCapture::Failed)));
                    }
                }
            }
            (State::Nothing, _) => self.switch_on(stage),
            (State::Taken(_), _) if self.by_camera => self.switch_on(stage),
            (State::Taken(_) | State::Live(_), _) => self.state = State::Nothing,
            (State::Choosing(_), _) => {}
        }
        None
    }

    fn switch_on(&mut self, stage: &Stage<'_>) {
        self.trouble = None;
        self.state = State::Live(Preview::switch_on(stage.outside));
    }
}

impl Taken {
    fn new(jpeg: Vec<u8>) -> Self {
        Self { image: unpack(&jpeg), jpeg, texture: None }
    }

    fn draw(&mut self, ui: &mut Ui, name: &str) {
        if let Some(image) = self.image.take() {
            let texture = ui.ctx().load_texture("taken", image, TextureOptions::LINEAR);
            self.texture = Some(texture);
        }
        let place = field(ui, name);
        if let Some(texture) = &self.texture {
            put(ui, place, texture);
        }
    }
}

/// What the person is told of a camera that gives nothing.
pub(super) fn words(why: CannotCapture) -> &'static str {
    match why {
        CannotCapture::None | CannotCapture::Gone => "enrol-camera-none",
        CannotCapture::Busy => "enrol-camera-busy",
        CannotCapture::Denied => "enrol-camera-denied",
        CannotCapture::Failed => "enrol-camera-failed",
    }
}

/// Reads a JPEG of at most so many bytes; says what is wrong with it as a key of the words.
fn read(path: &Path, most: u32) -> Result<Vec<u8>, &'static str> {
    let unreadable = |_| "enrol-file-unreadable";
    let file = crate::files::open_document(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(u64::from(most) + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > most as usize {
        return Err("enrol-file-too-large");
    }
    // Start and end of image (ITU-T T.81, annex B).
    let is_jpeg = bytes.starts_with(&[0xFF, 0xD8, 0xFF]) && bytes.ends_with(&[0xFF, 0xD9]);
    if is_jpeg { Ok(bytes) } else { Err("enrol-file-not-jpeg") }
}

/// What can be shown of a file that may be anything.
fn unpack(jpeg: &[u8]) -> Option<ColorImage> {
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(SIDE), Some(SIDE));
    limits.max_alloc = Some(MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(jpeg), ImageFormat::Jpeg);
    reader.limits(limits);
    let picture = reader.decode().ok()?;
    let small = picture.width().max(picture.height()) <= SHOWN;
    let picture = if small { picture } else { picture.thumbnail(SHOWN, SHOWN) }.into_rgb8();
    let size = [picture.width() as usize, picture.height() as usize];
    Some(ColorImage::from_rgb(size, picture.as_raw()))
}
