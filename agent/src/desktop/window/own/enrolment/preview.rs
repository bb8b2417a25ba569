//! What a camera sees, as long as the person wants it on.

use std::sync::Arc;

use eframe::egui::epaint::EllipseShape;
use eframe::egui::{
    Color32, ColorImage, CornerRadius, Painter, Pos2, Rect, RichText, Sense, Stroke, StrokeKind,
    TextureHandle, TextureOptions, Ui, Vec2, WidgetInfo, WidgetType,
};

use super::outside::Outside;
use super::stage::Stage;
use crate::camera::capture::{CannotCapture, Frame, FrameSource};

/// How high pictures are shown, in points.
const HEIGHT: f32 = 300.0;

/// What the person shall fit into the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// A face, into an oval. One expects a mirror.
    Face,
    /// A document, into a frame. What is written on it must be readable.
    Document,
}

/// A camera that is switched on. Dropping it switches it off.
pub(super) struct Preview {
    source: Box<dyn FrameSource>,
    number: u32,
    shown: Option<Arc<Frame>>,
    texture: Option<TextureHandle>,
}

impl Preview {
    pub(super) fn switch_on(outside: &Outside) -> Self {
        Self::of(outside, 0)
    }

    fn of(outside: &Outside, number: u32) -> Self {
        Self { source: (outside.camera)(number), number, shown: None, texture: None }
    }

    /// The newest picture.
    pub(super) fn newest(&self) -> Option<Arc<Frame>> {
        self.source.latest().ok().flatten()
    }

    /// Draws what it sees, with something in front of it. Says why there is nothing to be seen any more.
    pub(super) fn draw(
        &mut self,
        ui: &mut Ui,
        stage: &Stage<'_>,
        fit: Fit,
    ) -> Result<Rect, CannotCapture> {
        if let Some(frame) = self.source.latest()?
            && self.shown.as_ref().is_none_or(|shown| !Arc::ptr_eq(shown, &frame))
        {
            let image = image(ui, frame.width(), frame.height(), frame.rgb());
            match &mut self.texture {
                Some(texture) => texture.set(image, TextureOptions::LINEAR),
                None => {
                    let texture = ui.ctx().load_texture("camera", image, TextureOptions::LINEAR);
                    self.texture = Some(texture);
                }
            }
            self.shown = Some(frame);
        }
        let place = field(ui, &stage.text("enrol-camera-preview"));
        match &self.texture {
            Some(texture) => {
                let across = match fit {
                    Fit::Face => (1.0, 0.0),
                    Fit::Document => (0.0, 1.0),
                };
                let part = Rect::from_min_max(Pos2::new(across.0, 0.0), Pos2::new(across.1, 1.0));
                let inside = inside(place, texture.size_vec2());
                ui.painter().image(texture.id(), inside, part, Color32::WHITE);
                outline(ui.painter(), inside, fit);
            }
            None => {
                let text = RichText::new(stage.text("enrol-camera-opening")).color(Color32::WHITE);
                ui.put(place, eframe::egui::Label::new(text));
            }
        }
        Ok(place)
    }

    /// Offers the next camera, if there are several.
    pub(super) fn offer_another(&mut self, ui: &mut Ui, stage: &Stage<'_>) {
        let others = self.source.cameras() > 1;
        if others && ui.button(stage.text("enrol-camera-other")).clicked() {
            *self = Self::of(stage.outside, self.number + 1);
        }
    }
}

/// A dark field as wide as the window, with a name for those who do not see it.
pub(super) fn field(ui: &mut Ui, name: &str) -> Rect {
    let size = Vec2::new(ui.available_width(), HEIGHT);
    let (place, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, name));
    ui.painter().rect_filled(place, CornerRadius::same(6), Color32::from_rgb(0x1d, 0x28, 0x33));
    place
}

/// Draws a picture into a field, as large as it fits.
pub(super) fn put(ui: &Ui, place: Rect, texture: &TextureHandle) {
    let whole = Rect::from_min_max(Pos2::ZERO, Pos2::new(1.0, 1.0));
    let inside = inside(place, texture.size_vec2());
    ui.painter().image(texture.id(), inside, whole, Color32::WHITE);
}

fn inside(place: Rect, size: Vec2) -> Rect {
    let scale = (place.width() / size.x).min(place.height() / size.y);
    Rect::from_center_size(place.center(), size * scale)
}

/// The oval of a face, or the frame of a card.
fn outline(painter: &Painter, picture: Rect, fit: Fit) {
    let stroke = Stroke::new(3.0, Color32::WHITE);
    let height = picture.height();
    match fit {
        Fit::Face => {
            let radius = Vec2::new(0.30 * height, 0.40 * height);
            painter.add(EllipseShape::stroke(picture.center(), radius, stroke));
        }
        Fit::Document => {
            // Cards of ISO/IEC 7810 are 85.60 mm by 53.98 mm.
            let size = Vec2::new(0.86 * height * 85.60 / 53.98, 0.86 * height);
            let size = size * (0.94 * picture.width() / size.x).min(1.0);
            let card = Rect::from_center_size(picture.center(), size);
            painter.rect_stroke(card, CornerRadius::same(10), stroke, StrokeKind::Middle);
        }
    }
}

/// A picture as egui takes it: no side longer than the renderer allows, by leaving out lines and columns.
pub(super) fn image(ui: &Ui, width: u32, height: u32, rgb: &[u8]) -> ColorImage {
    let most = ui.input(|input| input.max_texture_side).max(1);
    let (width, height) = (width as usize, height as usize);
    let step = width.max(height).div_ceil(most).max(1);
    if step == 1 {
        return ColorImage::from_rgb([width, height], rgb);
    }
    let size = [width / step, height / step];
    let rows = rgb.chunks_exact(3 * width).step_by(step).take(size[1]);
    let pixels = rows.flat_map(|row| row.chunks_exact(3).step_by(step).take(size[0]));
    let rgb: Vec<u8> = pixels.flatten().copied().collect();
    ColorImage::from_rgb(size, &rgb)
}
