//! A picture that a page sent, in a box that says whose it is.

use eframe::egui::{
    ColorImage, Frame, Image, Margin, RichText, Stroke, TextureHandle, TextureOptions, Ui, Vec2,
};

use super::look;
use super::picture::unpack;
use crate::words::Words;

/// The most pixels of a picture that is unpacked.
const PIXELS: u64 = 1 << 20;

/// How much room it gets, in points.
const ROOM: Vec2 = Vec2::new(240.0, 64.0);

/// A picture of a page.
pub(super) struct Logo {
    /// What can be shown of it.
    image: Option<ColorImage>,
    texture: Option<TextureHandle>,
}

impl Logo {
    /// Unpacks a PNG or a JPEG. Other kinds, and what is too large, are not shown.
    pub(super) fn new(bytes: &[u8]) -> Self {
        Self { image: unpack(bytes, PIXELS), texture: None }
    }

    pub(super) fn draw(&mut self, ui: &mut Ui, words: &Words) {
        if let Some(image) = self.image.take() {
            self.texture = Some(ui.ctx().load_texture("logo", image, TextureOptions::LINEAR));
        }
        let key = if self.texture.is_some() { "window-logo" } else { "window-logo-hidden" };
        let caption = words.get(key);
        Frame::new()
            .fill(look::SHEET.now())
            .stroke(Stroke::new(1.0, look::LINE))
            .corner_radius(6)
            .inner_margin(Margin::symmetric(14, 8))
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().interact_size.y = 0.0;
                ui.horizontal(|ui| {
                    ui.label(RichText::new(&caption).color(look::QUIET).small());
                    if let Some(texture) = &self.texture {
                        let image = Image::new((texture.id(), texture.size_vec2()));
                        ui.add(image.max_size(ROOM).fit_to_original_size(1.0).alt_text(&caption));
                    }
                });
            });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One red pixel.
    const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\xcf\xc0\0\0\x03\x01\x01\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82";

    #[test]
    fn a_small_picture_is_shown_and_nothing_else_is() {
        assert!(Logo::new(PIXEL).image.is_some());
        let mut large = PIXEL.to_vec();
        large[18] = 16;
        large[22] = 16;
        for bytes in [b"GIF89a".as_slice(), b"\xff\xd8\xff\xe0", b"", &PIXEL[..30], &large] {
            assert!(Logo::new(bytes).image.is_none());
        }
    }
}
