//! Pictures of others: unpacked here, in a process that holds no key, and only as large as a window can bear.

use std::io::Cursor;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use eframe::egui::{
    Color32, ColorImage, Frame, Image, Label, Margin, RichText, ScrollArea, TextureHandle,
    TextureOptions, Ui, Vec2,
};
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::{DynamicImage, ImageDecoder, ImageResult, Limits};

use super::look;
use crate::words::Words;

/// The most pixels of a picture that is unpacked, and the most bytes that it may take up unpacked.
const PIXELS: u64 = 40_000_000;
const UNPACKED: u64 = 192 << 20;

/// How many pixels a side has at most when it is drawn: every graphics driver bears that.
const SIDE: u32 = 2_048;

/// How long one waits for a picture.
const PATIENCE: Duration = Duration::from_secs(10);

/// How high a picture is shown, in points, before it is scrolled.
const HEIGHT: f32 = 300.0;

/// A document that is a picture.
pub(super) struct Picture {
    state: State,
    /// Whether it is shown in its own size, and not so that all of it is seen.
    own_size: bool,
}

enum State {
    Waits(Receiver<Option<ColorImage>>, Instant),
    There(TextureHandle),
    /// It is damaged, too large, or took too long.
    NotShown,
}

impl Picture {
    /// Begins to unpack.
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        let (tell, told) = channel();
        thread::spawn(move || {
            // If nobody waits any more, the picture is of no use.
            let _ = tell.send(unpack(&bytes, PIXELS));
        });
        Self { state: State::Waits(told, Instant::now()), own_size: false }
    }

    fn listen(&mut self, ui: &Ui) {
        let State::Waits(told, since) = &self.state else { return };
        match told.try_recv() {
            Ok(Some(image)) => {
                let texture = ui.ctx().load_texture("document", image, TextureOptions::LINEAR);
                self.state = State::There(texture);
            }
            Err(TryRecvError::Empty) if since.elapsed() < PATIENCE => {
                ui.ctx().request_repaint_after(Duration::from_millis(50));
            }
            Ok(None) | Err(TryRecvError::Empty | TryRecvError::Disconnected) => {
                self.state = State::NotShown;
            }
        }
    }

    pub(super) fn draw(&mut self, ui: &mut Ui, words: &Words, name: &str) {
        self.listen(ui);
        let texture = match &self.state {
            State::There(texture) => texture,
            State::Waits(..) => {
                ui.label(RichText::new(words.get("window-picture-waits")).color(look::QUIET));
                return;
            }
            State::NotShown => {
                ui.label(RichText::new(words.get("window-picture-not-shown")).color(look::RED));
                return;
            }
        };
        let image = Image::new((texture.id(), texture.size_vec2())).alt_text(name);
        Frame::new()
            // Transparent parts are seen as they are on paper.
            .fill(Color32::WHITE)
            .stroke(ui.visuals().widgets.inactive.bg_stroke)
            .corner_radius(5)
            .inner_margin(Margin::same(6))
            .show(ui, |ui| {
                let room = Vec2::new(ui.available_width(), HEIGHT);
                ui.set_width(room.x);
                if self.own_size {
                    let area = ScrollArea::both().id_salt("picture").max_height(HEIGHT);
                    area.show(ui, |ui| ui.add(image.fit_to_original_size(1.0)));
                } else {
                    ui.vertical_centered(|ui| ui.add(image.max_size(room).shrink_to_fit()));
                }
            });
        let [width, height] = texture.size();
        ui.horizontal(|ui| {
            ui.checkbox(&mut self.own_size, words.get("window-picture-own-size"));
            if width.max(height) >= SIDE as usize {
                let note = RichText::new(words.get("window-picture-smaller")).color(look::QUIET);
                ui.add(Label::new(note).truncate());
            }
        });
    }
}

/// A PNG or a JPEG of so many pixels at most, upright, and no larger than can be drawn. Anything else is `None`, and so
/// is a picture that moves: only its beginning would be seen.
pub(super) fn unpack(bytes: &[u8], pixels: u64) -> Option<ColorImage> {
    let limits = || {
        let mut limits = Limits::default();
        limits.max_alloc = Some(UNPACKED);
        limits
    };
    let mut image = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let decoder = PngDecoder::with_limits(Cursor::new(bytes), limits()).ok()?;
        if decoder.is_apng().ok()? {
            return None;
        }
        read(decoder, pixels, limits())?
    } else {
        read(JpegDecoder::new(Cursor::new(bytes)).ok()?, pixels, limits())?
    };
    if image.width().max(image.height()) > SIDE {
        image = image.thumbnail(SIDE, SIDE);
    }
    let image = image.into_rgba8();
    let size = [usize::try_from(image.width()).ok()?, usize::try_from(image.height()).ok()?];
    Some(ColorImage::from_rgba_unmultiplied(size, image.as_raw()))
}

fn read(mut decoder: impl ImageDecoder, pixels: u64, limits: Limits) -> Option<DynamicImage> {
    let (width, height) = decoder.dimensions();
    let many = u64::from(width) * u64::from(height);
    if many == 0 || many > pixels || decoder.total_bytes() > UNPACKED {
        return None;
    }
    let image = move || -> ImageResult<DynamicImage> {
        decoder.set_limits(limits)?;
        // A picture without a note on it is upright.
        let orientation = decoder.orientation()?;
        let mut image = DynamicImage::from_decoder(decoder)?;
        image.apply_orientation(orientation);
        Ok(image)
    };
    image().ok()
}

#[cfg(test)]
mod tests {
    use image::codecs::jpeg::JpegEncoder;
    use image::{ImageFormat, RgbImage};

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let image = RgbImage::from_pixel(width, height, image::Rgb([255, 0, 0]));
        image.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn small_pictures_are_unpacked_and_large_ones_shrink() {
        let image = unpack(&png(2, 1), PIXELS).unwrap();
        assert_eq!((image.size, image.pixels[0]), ([2, 1], Color32::from_rgb(255, 0, 0)));
        assert_eq!(unpack(&png(4_096, 2), PIXELS).unwrap().size, [2_048, 1]);
        let mut jpeg = Vec::new();
        let image = RgbImage::from_pixel(3, 2, image::Rgb([0, 0, 255]));
        JpegEncoder::new(&mut jpeg).encode_image(&image).unwrap();
        assert_eq!(unpack(&jpeg, PIXELS).unwrap().size, [3, 2]);
    }

    #[test]
    fn what_is_too_large_damaged_or_something_else_is_not_unpacked() {
        assert!(unpack(&png(11, 10), 100).is_none());
        let whole = png(9, 9);
        for end in [0, 8, 20, 33, whole.len() / 2] {
            assert!(unpack(&whole[..end], PIXELS).is_none(), "{end}");
        }
        for bytes in [b"GIF89a".as_slice(), b"\xff\xd8\xff\xe0", b"\xff\xd8\xff", b"RIFF"] {
            assert!(unpack(bytes, PIXELS).is_none());
        }
        // A few bytes that promise gigabytes.
        let mut bomb = whole;
        bomb[16..24].copy_from_slice(&[0, 0, 255, 255, 0, 0, 255, 255]);
        assert!(unpack(&bomb, PIXELS).is_none());
    }
}
