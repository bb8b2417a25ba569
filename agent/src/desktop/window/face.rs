//! What all windows of ours have in common, and the two ways in which they are drawn.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use eframe::NativeOptions;
use eframe::egui::{
    Context, Id, Key, Pos2, Ui, Vec2, ViewportBuilder, ViewportCommand, WindowLevel,
};
use egui_software_backend::{
    SoftwareBackend, SoftwareBackendAppConfiguration, run_app_with_software_backend,
};

use super::super::line::Reply;
use super::super::windows::Renderer;
use super::{NeverShown, answer, look, say};

/// For how long after a window has appeared nobody can accept anything: a click or a key that was meant for what lay
/// there before must not be an answer.
const GUARD: Duration = Duration::from_millis(500);

/// Room on the screen for the title bar and a panel of the desktop, in points.
const BARS: f32 = 80.0;

/// The height that is reckoned with where nobody tells how high the screen is, as when the processor draws.
const SMALL_SCREEN: f32 = 720.0;

/// The window of this process, once there is one.
static WINDOW: OnceLock<Context> = OnceLock::new();

/// Draws the window again, because there is news. Any thread may call it.
pub(super) fn draw_again() {
    if let Some(window) = WINDOW.get() {
        window.request_repaint();
    }
}

/// One kind of window.
pub(super) trait Face {
    /// Whether somebody asks: such a window stays above all others, and goes with Escape. The person's own windows are
    /// like those of any program.
    fn is_question(&self) -> bool {
        true
    }

    /// What the title bar says.
    fn title(&self) -> String;

    /// How large it is at first, in points. The height is corrected to what [`Face::draw`] turns out to need.
    fn size(&self) -> Vec2;

    /// Hears what must be heard even while nobody can see the window, and it is therefore not drawn: others cover it, or
    /// it is minimised.
    fn hear(&mut self, context: &Context) {
        let _ = context;
    }

    /// Draws it. `ready` is false until half a second after it has appeared; nothing may be accepted before. The
    /// answer, once there is one, ends the window, unless more is to be said.
    fn draw(&mut self, ui: &mut Ui, ready: bool) -> Drawn;
}

/// What came of drawing once.
pub(super) struct Drawn {
    /// The answer, if the person gave one, or what the agent shall do meanwhile.
    pub answer: Option<Reply>,
    /// How high the window should be, in points.
    pub height: f32,
}

/// Shows a window until the person answers; the process then ends. Returns only if it could not be shown, or was closed
/// by the window system.
pub(super) fn show(face: impl Face, renderer: Renderer) -> Result<(), NeverShown> {
    let viewport = ViewportBuilder::default()
        .with_title(face.title())
        .with_app_id("tanba")
        .with_icon(look::icon())
        .with_inner_size(face.size())
        .with_min_inner_size([face.size().x.min(420.0), 240.0])
        .with_clamp_size_to_monitor_size(true);
    let viewport = if face.is_question() { viewport.with_always_on_top() } else { viewport };
    let shown = Shown { face, since: None, frames: 0, told: false, height: None };
    let outcome = match renderer {
        Renderer::Gl => gl(viewport, shown),
        Renderer::Cpu => cpu(viewport, shown),
    };
    match outcome {
        Ok(()) => answer(Reply::Closed),
        Err(NeverShown) => Err(NeverShown),
    }
}

fn gl(viewport: ViewportBuilder, shown: Shown<impl Face>) -> Result<(), NeverShown> {
    let options = NativeOptions { viewport, centered: true, ..NativeOptions::default() };
    let start = |creation: &eframe::CreationContext<'_>| {
        look::apply(&creation.egui_ctx);
        follow_night(&creation.egui_ctx);
        let _ = WINDOW.set(creation.egui_ctx.clone());
        Ok(Box::new(Gl(shown)) as Box<dyn eframe::App + '_>)
    };
    eframe::run_native("tanba", options, Box::new(start)).map_err(|_| NeverShown)
}

fn cpu(viewport: ViewportBuilder, shown: Shown<impl Face>) -> Result<(), NeverShown> {
    let configuration = SoftwareBackendAppConfiguration::new().viewport_builder(viewport);
    let mut shown = Some(shown);
    let start = |context: Context| {
        look::apply(&context);
        follow_night(&context);
        let _ = WINDOW.set(context);
        Cpu(shown.take().expect("a window is made once"))
    };
    run_app_with_software_backend(configuration, start).map_err(|_| NeverShown)
}

/// Elsewhere, the toolkit knows.
fn follow_night(context: &Context) {
    #[cfg(target_os = "linux")]
    super::night::follow(context);
    #[cfg(not(target_os = "linux"))]
    let _ = context;
}

struct Gl<F>(Shown<F>);

impl<F: Face> eframe::App for Gl<F> {
    fn logic(&mut self, context: &Context, _: &mut eframe::Frame) {
        self.0.live(context);
    }

    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        self.0.draw(ui);
    }
}

struct Cpu<F>(Shown<F>);

impl<F: Face> egui_software_backend::App for Cpu<F> {
    fn ui(&mut self, ui: &mut Ui, _: &mut SoftwareBackend) {
        // This one draws what nobody sees as well.
        self.0.live(ui.ctx());
        self.0.draw(ui);
    }
}

/// Tells screen readers what the title bar says.
pub(super) fn name_window(context: &Context, title: &str) {
    context.accesskit_node_builder(Id::new("accesskit_root"), |node| node.set_label(title));
}

struct Shown<F> {
    face: F,
    since: Option<Instant>,
    frames: u32,
    /// Whether the agent knows that the window is there.
    told: bool,
    height: Option<f32>,
}

impl<F: Face> Shown<F> {
    /// Whatever happens before each frame, drawn or not. A window that others cover from its first moment is there
    /// nevertheless; its guard counts from when it is seen.
    fn live(&mut self, context: &Context) {
        let unseen = context.input(|input| input.viewport().visible() == Some(false));
        if self.frames > 0 && unseen {
            self.is_there();
        }
        self.face.hear(context);
    }

    fn is_there(&mut self) {
        if !self.told {
            self.told = true;
            say(&Reply::Shown);
        }
    }

    fn draw(&mut self, ui: &mut Ui) {
        look::follow(ui.ctx());
        let ready = match self.since {
            Some(since) => {
                let ready = since.elapsed() >= GUARD;
                if !ready {
                    ui.ctx().request_repaint_after(GUARD - since.elapsed());
                }
                ready
            }
            None => self.appears(ui.ctx()),
        };
        name_window(ui.ctx(), &self.face.title());
        let drawn = self.face.draw(ui, ready);
        match drawn.answer {
            Some(reply) if reply.is_last() => answer(reply),
            Some(mut reply) => {
                say(&reply);
                reply.wipe();
            }
            None => {}
        }
        // A menu or a list that is open takes Escape for itself by leaving it out of the input.
        if self.face.is_question() && ui.input(|input| input.key_pressed(Key::Escape)) {
            answer(Reply::Closed);
        }
        self.fit(ui.ctx(), drawn.height);
    }

    /// What was drawn first is on the screen when the second frame begins: from then on the guard counts.
    fn appears(&mut self, context: &Context) -> bool {
        self.frames += 1;
        if self.frames > 1 {
            self.since = Some(Instant::now());
            self.is_there();
            if self.face.is_question() {
                // Window managers of X11 do not hear the wish of a window that is not on the screen yet.
                context.send_viewport_cmd(ViewportCommand::WindowLevel(WindowLevel::AlwaysOnTop));
            }
            context.request_repaint_after(GUARD);
        } else {
            context.request_repaint();
        }
        false
    }

    /// Texts are of different length in each language, so that only drawing tells how high the window has to be. What
    /// does not fit the screen is scrolled.
    fn fit(&mut self, context: &Context, height: f32) {
        let (screen, place) = context.input(|input| {
            let viewport = input.viewport();
            (viewport.monitor_size, viewport.outer_rect)
        });
        let height = height.ceil().min(screen.map_or(SMALL_SCREEN, |size| size.y) - BARS);
        if self.height == Some(height) {
            return;
        }
        self.height = Some(height);
        let size = Vec2::new(self.face.size().x, height);
        context.send_viewport_cmd(ViewportCommand::InnerSize(size));
        // A window grows downwards; its buttons must not leave the screen. On a screen below another one, places are not
        // known well enough to move anything.
        if let (Some(screen), Some(place)) = (screen, place) {
            let lowest = screen.y - height - BARS / 2.0;
            if (lowest..screen.y).contains(&place.min.y) {
                let place = Pos2::new(place.min.x, lowest.max(0.0));
                context.send_viewport_cmd(ViewportCommand::OuterPosition(place));
            }
        }
    }
}
