//! How our windows look: always the same, by day and by night, so that people know them again.

use eframe::egui::{
    Align, Button, Context, CornerRadius, Event, FontFamily, FontId, Frame, IconData, Id, Key,
    Label, Layout, Margin, Panel, Response, RichText, ScrollArea, Sense, Stroke, Style, TextStyle,
    Theme, ThemePreference, Ui, UiBuilder, Vec2, Visuals, WidgetInfo, WidgetType,
};

use eframe::egui::text::LayoutJob;

use super::colours::{
    self, ACCENT, AMBER, AMBER_LINE, BAND, FILL, GREEN, ON_FILL, PAPER, PICKED, SHADE, TICK,
};
pub(super) use super::colours::{FOUND, FOUND_HERE, INK, LINE, QUIET, RED, SHEET};
use crate::words::Words;

const TITLE: f32 = 23.0;
const BODY: f32 = 16.0;
const SMALL: f32 = 14.0;

/// How wide a window is in which one reads what is signed, in points.
pub(super) const WIDE: f32 = 700.0;

/// How high a row of a list is, in points.
pub(super) const ROW: f32 = 31.0;

/// Space around everything in a window, in points.
const MARGIN: i8 = 22;
const VERTICAL: i8 = 16;
const BAR: i8 = 14;

/// How high the buttons are, in points, as long as nobody has drawn them.
const BOTTOM: f32 = 66.0;

/// How much of a body one wants to see, in points.
const READABLE: f32 = 200.0;

/// Sets colours, sizes and distances. Where the system says that it is dark, so are our windows.
pub(super) fn apply(context: &Context) {
    context.options_mut(|options| {
        options.theme_preference = ThemePreference::System;
        options.fallback_theme = Theme::Light;
    });
    for theme in [Theme::Light, Theme::Dark] {
        colours::set_dark(theme == Theme::Dark);
        let mut style = (*context.style_of(theme)).clone();
        measure(&mut style);
        paint(&mut style.visuals);
        context.set_style_of(theme, style);
    }
    follow(context);
}

/// Tells the colours whether it is night: before each drawing, for the system may change its mind.
pub(super) fn follow(context: &Context) {
    colours::set_dark(context.theme() == Theme::Dark);
}

fn measure(style: &mut Style) {
    style.text_styles = [
        (TextStyle::Heading, TITLE),
        (TextStyle::Body, BODY),
        (TextStyle::Button, BODY),
        (TextStyle::Monospace, BODY),
        (TextStyle::Small, SMALL),
    ]
    .map(|(name, size)| (name, FontId::new(size, FontFamily::Proportional)))
    .into();
    style.spacing.item_spacing = Vec2::new(10.0, 8.0);
    style.spacing.button_padding = Vec2::new(18.0, 8.0);
    style.spacing.interact_size.y = 34.0;
    style.spacing.icon_width = 18.0;
    style.spacing.icon_spacing = 9.0;
    // Words are read, not copied: text that can be dragged over looks broken when it is touched by accident.
    style.interaction.selectable_labels = false;
}

fn paint(visuals: &mut Visuals) {
    visuals.panel_fill = PAPER.now();
    visuals.window_fill = PAPER.now();
    visuals.extreme_bg_color = SHEET.now();
    visuals.override_text_color = Some(INK.now());
    visuals.selection.bg_fill = PICKED.now();
    visuals.selection.stroke = Stroke::new(2.0, ACCENT);
    for widget in
        [&mut visuals.widgets.inactive, &mut visuals.widgets.hovered, &mut visuals.widgets.active]
    {
        widget.corner_radius = CornerRadius::same(5);
        widget.bg_stroke = Stroke::new(1.0, LINE);
        widget.fg_stroke.color = INK.now();
        widget.weak_bg_fill = SHEET.now();
        widget.bg_fill = SHEET.now();
        widget.expansion = 0.0;
    }
    visuals.widgets.hovered.weak_bg_fill = SHADE.now();
    visuals.widgets.active.weak_bg_fill = SHADE.now();
    visuals.widgets.hovered.bg_stroke = Stroke::new(1.0, ACCENT);
    // What has the focus must be seen by those who have no mouse.
    visuals.widgets.active.bg_stroke = Stroke::new(2.0, ACCENT);
}

/// What came of laying out a window.
pub(super) struct Page<F, B, T> {
    pub foot: F,
    pub buttons: B,
    pub body: T,
    /// How high the window has to be to show all of it, in points.
    pub height: f32,
}

/// Every window: a red band if it is about invented services, a body that can be scrolled where the screen is small, and
/// buttons that are always in sight.
pub(super) fn page<B, T>(
    ui: &mut Ui,
    words: &Words,
    sandbox: bool,
    buttons: impl FnOnce(&mut Ui) -> B,
    body: impl FnOnce(&mut Ui) -> T,
) -> Page<(), B, T> {
    page_with_foot(ui, words, sandbox, |_| (), buttons, body)
}

/// The same, with something above the buttons that is always in sight as well.
pub(super) fn page_with_foot<F, B, T>(
    ui: &mut Ui,
    words: &Words,
    sandbox: bool,
    foot: impl FnOnce(&mut Ui) -> F,
    buttons: impl FnOnce(&mut Ui) -> B,
    body: impl FnOnce(&mut Ui) -> T,
) -> Page<F, B, T> {
    let mut height = 0.0;
    if sandbox {
        let band = Panel::top("sandbox").frame(Frame::new()).show_separator_line(false);
        height += band.show_inside(ui, |ui| sandbox_band(ui, words)).response.rect.height();
    }
    let frame = Frame::new().fill(PAPER.now()).inner_margin(Margin::symmetric(MARGIN, VERTICAL));
    // What is read first is drawn first: screen readers and Tab go by that order. How much room the foot and the
    // buttons need is known from the time before; the first time, everything is drawn once more.
    let known = ui.id().with("bottom");
    let before: Option<Vec2> = ui.data(|data| data.get_temp(known));
    let Vec2 { x: foot_before, y: buttons_before } = before.unwrap_or(Vec2::new(0.0, BOTTOM));
    let room = ui.available_rect_before_wrap();
    // Where letters are large and the screen is small, the foot is scrolled too.
    let is_tight = room.height() - foot_before - buttons_before < READABLE.min(foot_before);
    let below = buttons_before + if is_tight { 0.0 } else { foot_before };
    ui.painter().rect_filled(room, 0.0, PAPER.now());
    let (upper, lower) = room.split_top_bottom_at_y((room.bottom() - below).max(room.top()));
    // The bar with which one scrolls has its place in the margin.
    let margin = Margin { right: MARGIN - BAR, ..frame.inner_margin };
    let mut middle = ui.new_child(UiBuilder::new().id_salt("body").max_rect(upper));
    middle.set_clip_rect(upper.intersect(ui.clip_rect()));
    let mut foot = Some(foot);
    let middle = frame.inner_margin(margin).show(&mut middle, |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.set_max_width(ui.available_width() - f32::from(BAR));
            let body = body(ui);
            let foot = foot.take_if(|_| is_tight).map(|foot| measured(ui, foot));
            show_focus(ui);
            (body, foot)
        })
    });
    let (body, scrolled_foot) = middle.inner.inner;
    let mut bottom = ui.new_child(UiBuilder::new().id_salt("foot").max_rect(lower));
    let separator = ui.visuals().widgets.noninteractive.bg_stroke;
    ui.painter().hline(lower.x_range(), lower.top(), separator);
    let bottom = frame.show(&mut bottom, |ui| {
        let foot = foot.take().map(|foot| measured(ui, foot));
        (foot, from_the_right(ui, buttons))
    });
    let (fixed_foot, buttons) = bottom.inner;
    let is_scrolled = scrolled_foot.is_some();
    // One of them was drawn.
    let (foot, foot_height) = scrolled_foot.or(fixed_foot).expect("the foot is drawn in one place");
    let mut needed = Vec2::new(foot_height, bottom.response.rect.height());
    height += middle.inner.content_size.y + 2.0 * f32::from(VERTICAL) + needed.y;
    if !is_scrolled {
        needed.y -= foot_height;
    }
    if before.is_none_or(|before| (before - needed).abs().max_elem() > 0.5) {
        ui.data_mut(|data| data.insert_temp(known, needed));
        ui.ctx().request_discard("the buttons need another height");
        ui.ctx().request_repaint();
    }
    Page { foot, buttons, body, height }
}

/// Scrolls to what has just got the keyboard. A list within the body does that for itself only, and takes a few frames.
fn show_focus(ui: &Ui) {
    const FRAMES: u8 = 8;
    let known = ui.id().with("focus");
    let now = ui.memory(|memory| memory.focused());
    let (before, frames): (Option<Id>, u8) =
        ui.data(|data| data.get_temp(known)).unwrap_or((None, FRAMES));
    let frames = if now == before { frames.saturating_add(1) } else { 0 };
    ui.data_mut(|data| data.insert_temp(known, (now, frames)));
    if frames < FRAMES
        && let Some(focused) = now.and_then(|id| ui.ctx().read_response(id))
        && focused.layer_id == ui.layer_id()
        && ui.max_rect().x_range().contains(focused.rect.center().x)
        && focused.rect.bottom() <= ui.min_rect().bottom() + 1.0
    {
        ui.scroll_to_rect(focused.rect, None);
        ui.ctx().request_repaint();
    }
}

/// Draws the foot, and says how much higher that makes what it is in.
fn measured<T>(ui: &mut Ui, draw: impl FnOnce(&mut Ui) -> T) -> (T, f32) {
    let top = ui.cursor().top();
    // Its controls are the same wherever it is, so that none loses the keyboard.
    let same = UiBuilder::new().id(Id::new("foot"));
    let drawn = ui.scope_builder(same, draw).inner;
    (drawn, ui.cursor().top() - top)
}

/// One row, whose first control is at its right end.
pub(super) fn from_the_right<T>(ui: &mut Ui, row: impl FnOnce(&mut Ui) -> T) -> T {
    ui.horizontal(|ui| ui.with_layout(Layout::right_to_left(Align::Center), row).inner).inner
}

/// The red band at the top of every window about invented services.
pub(super) fn sandbox_band(ui: &mut Ui, words: &Words) {
    let text = RichText::new(words.get("window-sandbox")).color(ON_FILL).size(BODY);
    Frame::new().fill(BAND.now()).inner_margin(Margin::symmetric(MARGIN, 9)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(text);
    });
}

pub(super) fn title(ui: &mut Ui, text: &str) {
    let response = ui.label(RichText::new(text).size(TITLE));
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, text));
}

/// One thing that the window is about.
pub(super) struct Fact {
    pub name: String,
    pub values: Vec<String>,
}

/// What the window is about: names at the left, values at the right. The first fact is who asks; it stands out and is
/// never shortened.
pub(super) fn facts(ui: &mut Ui, facts: &[Fact]) {
    table(ui, facts, true);
}

/// Facts of which none stands out.
pub(super) fn details(ui: &mut Ui, facts: &[Fact]) {
    table(ui, facts, false);
}

fn table(ui: &mut Ui, facts: &[Fact], first_stands_out: bool) {
    let font = TextStyle::Body.resolve(ui.style());
    let width = |name: &str| {
        ui.painter().layout_no_wrap(name.to_owned(), font.clone(), QUIET.now()).size().x
    };
    let column = facts.iter().map(|fact| width(&fact.name)).fold(0.0, f32::max).ceil();
    Frame::new().fill(SHADE.now()).corner_radius(6).inner_margin(Margin::symmetric(14, 11)).show(
        ui,
        |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().interact_size.y = 0.0;
            for (row, fact) in facts.iter().enumerate() {
                ui.horizontal_top(|ui| {
                    let size = Vec2::new(column, BODY + 4.0);
                    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                        ui.set_min_width(column);
                        ui.label(RichText::new(&fact.name).color(QUIET));
                    });
                    ui.add_space(8.0);
                    ui.vertical(|ui| {
                        ui.spacing_mut().item_spacing.y = 3.0;
                        for value in &fact.values {
                            if row == 0 && first_stands_out {
                                whole(ui, &fact.name, value);
                            } else {
                                shortened(ui, &fact.name, value);
                            }
                        }
                    });
                });
            }
        },
    );
}

/// All of it, on as many lines as it takes: the end of an address is what tells whose it is.
fn whole(ui: &mut Ui, name: &str, value: &str) {
    let mut job = LayoutJob::simple(
        value.to_owned(),
        FontId::proportional(BODY + 2.0),
        ACCENT.now(),
        ui.available_width(),
    );
    job.wrap.break_anywhere = true;
    let label = ui.label(job);
    label.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, format!("{name}: {value}")));
}

/// Its beginning and its end, as much as there is room for. Screen readers and the mouse get all of it.
fn shortened(ui: &mut Ui, name: &str, value: &str) {
    let font = TextStyle::Body.resolve(ui.style());
    let room = ui.available_width();
    let fits = |text: &str| {
        ui.painter().layout_no_wrap(text.to_owned(), font.clone(), INK.now()).size().x <= room
    };
    let letters: Vec<char> = value.chars().collect();
    let without = |taken: usize| -> String {
        let (head, tail) = letters.split_at((letters.len() - taken) / 2);
        head.iter().chain(&['…']).chain(&tail[taken..]).collect()
    };
    let text = if fits(value) {
        value.to_owned()
    } else {
        // The fewest letters that have to be left out, found by halving: a path may have thousands.
        let (mut low, mut high) = (1, letters.len());
        while low < high {
            let middle = low.midpoint(high);
            if fits(&without(middle)) { high = middle } else { low = middle + 1 }
        }
        without(low.min(letters.len()))
    };
    let label = ui.add(Label::new(text).truncate()).on_hover_text(value);
    label.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, format!("{name}: {value}")));
}

/// One rule, with a tick once it is met.
pub(super) fn rule(ui: &mut Ui, words: &Words, text: &str, met: bool) {
    // A row is made as high as something that can be pressed, which a rule cannot.
    ui.spacing_mut().interact_size.y = 20.0;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 9.0;
        let (place, _) = ui.allocate_exact_size(Vec2::splat(16.0), Sense::hover());
        let (centre, painter) = (place.center(), ui.painter());
        if met {
            painter.circle_filled(centre, 8.0, GREEN.now());
            let tick =
                [(-3.8, 0.2), (-1.2, 3.0), (3.8, -2.8)].map(|(x, y)| centre + Vec2::new(x, y));
            painter.line(tick.to_vec(), Stroke::new(1.8, TICK));
        } else {
            painter.circle_stroke(centre, 7.2, Stroke::new(1.3, LINE));
        }
        let label = ui.label(RichText::new(text).color(if met { GREEN } else { INK }));
        let state = words.get(if met { "window-rule-met" } else { "window-rule-broken" });
        label.widget_info(|| {
            WidgetInfo::labeled(WidgetType::Label, true, format!("{text}: {state}"))
        });
    });
}

/// A sentence that must not be overlooked.
pub(super) fn warning(ui: &mut Ui, text: &str) {
    Frame::new()
        .fill(AMBER.now())
        .stroke(Stroke::new(1.0, AMBER_LINE))
        .corner_radius(6)
        .inner_margin(Margin::symmetric(14, 10))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.label(text);
        });
}

/// What went wrong, and what can be done about it.
pub(super) fn wrong(ui: &mut Ui, text: &str) {
    Frame::new()
        .stroke(Stroke::new(1.0, RED.now()))
        .corner_radius(6)
        .inner_margin(Margin::symmetric(14, 10))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.label(RichText::new(text).color(RED.now()));
        });
}

/// A sheet with a list on it, so high at most, and scrolled if it is longer.
pub(super) fn sheet(ui: &mut Ui, height: f32, name: &str, list: impl FnOnce(&mut Ui)) {
    Frame::new()
        .fill(SHEET.now())
        .stroke(ui.visuals().widgets.inactive.bg_stroke)
        .corner_radius(5)
        .inner_margin(Margin::symmetric(8, 6))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            let area = ScrollArea::vertical().id_salt(name).auto_shrink([false, true]);
            area.max_height(height).min_scrolled_height(height).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                ui.spacing_mut().button_padding = Vec2::new(8.0, 4.0);
                ui.spacing_mut().interact_size.y = 28.0;
                list(ui);
            });
        });
}

/// The button with which one agrees. Enter does not press it: it may be meant for the field that was there before.
pub(super) fn agreed(ui: &mut Ui, text: &str, enabled: bool) -> bool {
    let pressed = accept(ui, text, enabled).clicked();
    pressed && !ui.input(|input| input.key_pressed(Key::Enter))
}

/// The button that accepts nothing.
pub(super) struct Cancel {
    /// It was pressed.
    pub clicked: bool,
    response: Response,
}

impl Cancel {
    /// Gives it the keyboard: in windows in which nothing has to be typed, it is the default.
    pub(super) fn focus(&self, wanted: bool) {
        if wanted {
            self.response.request_focus();
        }
    }
}

/// Draws the button that accepts nothing. Enter presses it only once the window is `ready`, and not by being held down:
/// what was meant for something else must not close a window.
pub(super) fn cancel(ui: &mut Ui, text: &str, ready: bool) -> Cancel {
    let response = ui.button(text);
    let meant = |event: &Event| {
        if let Event::Key { key: Key::Enter, pressed: true, repeat, .. } = event {
            Some(!*repeat && ready)
        } else {
            None
        }
    };
    let by_enter = ui.input(|input| input.events.iter().find_map(meant));
    Cancel { clicked: response.clicked() && by_enter.unwrap_or(true), response }
}

/// The button that accepts.
pub(super) fn accept(ui: &mut Ui, text: &str, enabled: bool) -> Response {
    let button = Button::new(RichText::new(text).color(ON_FILL)).fill(FILL);
    ui.add_enabled(enabled, button)
}

/// Our mark, drawn: a ring with a stem, as stamped into wax.
pub(super) fn icon() -> IconData {
    const SIDE: u32 = 64;
    let pixel = |x: u32, y: u32| {
        let across = f64::from(x) - 31.5;
        let (ring, stem) = ((across.hypot(f64::from(y) - 23.5) - 12.0).abs(), across.abs());
        let drawn = ring < 3.2 || (stem < 3.2 && (35..54).contains(&y));
        if drawn { [0xff, 0xff, 0xff, 0xff] } else { [0x00, 0x5f, 0x73, 0xff] }
    };
    let rgba = (0..SIDE).flat_map(|y| (0..SIDE).flat_map(move |x| pixel(x, y))).collect();
    IconData { rgba, width: SIDE, height: SIDE }
}
