//! The icon on Windows and macOS, where icons and menus live in an event loop.
//!
//! Windows lets the loop run on a thread of its own. macOS wants it on the main thread, so that the program itself runs on
//! another ([`with_main_thread`]).

use std::collections::HashMap;
#[cfg(target_os = "macos")]
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::sync::mpsc::UnboundedSender;
use tracing::warn;
use tray_icon::menu::{
    CheckMenuItem, IsMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu,
};
use tray_icon::{Icon, TrayIcon, TrayIconBuilder};
use winit::application::ApplicationHandler;
use winit::event::WindowEvent;
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop, EventLoopProxy};
use winit::window::WindowId;

use super::NoTray;
use super::icon::draw;
use super::look::{Deed, Entry, Look};
use crate::wish::Wish;

/// The icon's size in pixels: what a menu bar or a task bar takes on a screen with twice as many of them.
const SIDE: u32 = if cfg!(target_os = "macos") { 44 } else { 32 };

/// The one event loop that a process may have.
static LOOP: OnceLock<Mutex<EventLoopProxy<Message>>> = OnceLock::new();

/// What the loop is told.
enum Message {
    /// Show an icon, and tell whether that went well.
    Begin(Look, UnboundedSender<Wish>, Sender<Result<(), NoTray>>),
    /// Show something else.
    Show(Look),
    /// Take the icon away.
    Leave(Sender<()>),
    /// Something was chosen in the menu.
    Chosen(String),
    /// The program has come to its end.
    #[cfg(target_os = "macos")]
    Over,
}

/// The icon's place: the way to its loop.
pub(super) struct Place {
    shows: Look,
}

impl Place {
    /// Shows the icon.
    pub(super) fn take(
        look: Look,
        wishes: UnboundedSender<Wish>,
        shown: &Arc<AtomicBool>,
    ) -> Result<Self, NoTray> {
        start()?;
        let (tell, told) = channel();
        if !send(Message::Begin(look.clone(), wishes, tell)) {
            return Err(NoTray::Silent);
        }
        told.recv().map_err(|_| NoTray::Silent).flatten()?;
        shown.store(true, Ordering::Relaxed);
        Ok(Self { shows: look })
    }

    /// Shows something else, if it is something else.
    pub(super) fn show(&mut self, look: Look) {
        if look != self.shows {
            self.shows = look.clone();
            send(Message::Show(look));
        }
    }

    /// Takes the icon away, and waits until it is gone.
    pub(super) fn leave(self) {
        let (tell, told) = channel();
        if send(Message::Leave(tell)) {
            // It tells nothing but that it is gone.
            let _ = told.recv();
        }
    }
}

fn send(message: Message) -> bool {
    LOOP.get().is_some_and(|proxy| {
        proxy.lock().unwrap_or_else(PoisonError::into_inner).send_event(message).is_ok()
    })
}

/// Keeps the way to the loop, and lets the menu use it.
fn remember(events: &EventLoop<Message>) {
    // A process has one loop: it is there already only if somebody asked twice.
    let _ = LOOP.set(Mutex::new(events.create_proxy()));
    MenuEvent::set_event_handler(Some(|event: MenuEvent| {
        send(Message::Chosen(event.id.0));
    }));
    events.set_control_flow(ControlFlow::Wait);
}

/// Begins the loop on a thread of its own, if there is none yet.
#[cfg(windows)]
fn start() -> Result<(), NoTray> {
    use winit::platform::windows::EventLoopBuilderExtWindows as _;

    /// Two who begin at the same time begin one loop.
    static STARTING: Mutex<()> = Mutex::new(());
    let _starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    if LOOP.get().is_some() {
        return Ok(());
    }
    let (tell, told) = channel();
    let work = move || {
        let events = EventLoop::<Message>::with_user_event().with_any_thread(true).build();
        match events {
            Ok(events) => {
                remember(&events);
                let _ = tell.send(Ok(()));
                if let Err(error) = events.run_app(&mut Icons::default()) {
                    warn!(%error, "the tray's loop has ended");
                }
            }
            Err(error) => {
                let _ = tell.send(Err(NoTray::Absent(error.to_string())));
            }
        }
    };
    std::thread::Builder::new()
        .name("tray-loop".to_owned())
        .spawn(work)
        .map_err(|error| NoTray::Absent(error.to_string()))?;
    told.recv().map_err(|_| NoTray::Silent).flatten()
}

/// The loop runs since the beginning, if the program was begun by [`with_main_thread`].
#[cfg(target_os = "macos")]
fn start() -> Result<(), NoTray> {
    match LOOP.get() {
        Some(_) => Ok(()),
        None => Err(NoTray::Absent("the main thread is not free for it".to_owned())),
    }
}

/// Runs the loop here, on the main thread, and the program on another one, until the program ends.
#[cfg(target_os = "macos")]
pub(super) fn with_main_thread(program: impl FnOnce() -> ExitCode + Send + 'static) -> ExitCode {
    use winit::platform::macos::{ActivationPolicy, EventLoopBuilderExtMacOS as _};

    let events = EventLoop::<Message>::with_user_event()
        // It has an icon in the menu bar, and neither one in the dock nor a menu of its own.
        .with_activation_policy(ActivationPolicy::Accessory)
        .with_default_menu(false)
        .build();
    let Ok(events) = events else {
        // No screen to log in at: `begin` will say that there is no tray.
        return program();
    };
    remember(&events);
    let work = move || {
        let _over = SaysOver;
        program()
    };
    let name = "program".to_owned();
    let Ok(running) = std::thread::Builder::new().name(name).spawn(work) else {
        return ExitCode::FAILURE;
    };
    // If the loop breaks down, the program goes on without its icon.
    if let Err(error) = events.run_app(&mut Icons::default()) {
        warn!(%error, "the tray's loop has ended");
    }
    running.join().unwrap_or(ExitCode::FAILURE)
}

/// Ends the loop with the program, even if that panics.
#[cfg(target_os = "macos")]
struct SaysOver;

#[cfg(target_os = "macos")]
impl Drop for SaysOver {
    fn drop(&mut self) {
        send(Message::Over);
    }
}

/// What lives in the loop.
#[derive(Default)]
struct Icons {
    shown: Option<Shown>,
}

/// An icon, and what its menu means.
struct Shown {
    icon: TrayIcon,
    look: Look,
    meanings: HashMap<String, Wish>,
    wishes: UnboundedSender<Wish>,
}

impl ApplicationHandler<Message> for Icons {
    fn resumed(&mut self, _: &ActiveEventLoop) {}

    fn window_event(&mut self, _: &ActiveEventLoop, _: WindowId, _: WindowEvent) {}

    fn user_event(&mut self, events: &ActiveEventLoop, message: Message) {
        let _ = events;
        match message {
            Message::Begin(look, wishes, tell) => {
                let begun = Shown::begin(look, wishes).map(|shown| self.shown = Some(shown));
                // Nobody waits any more if the desktop took too long.
                let _ = tell.send(begun);
            }
            Message::Show(look) => {
                if let Some(shown) = &mut self.shown {
                    shown.show(look);
                }
            }
            Message::Leave(tell) => {
                self.shown = None;
                let _ = tell.send(());
            }
            Message::Chosen(key) => {
                if let Some(shown) = &self.shown
                    && let Some(wish) = shown.meanings.get(&key)
                {
                    // Nobody hears it any more when the agent ends.
                    let _ = shown.wishes.send(wish.clone());
                }
            }
            #[cfg(target_os = "macos")]
            Message::Over => {
                self.shown = None;
                events.exit();
            }
        }
    }
}

impl Shown {
    fn begin(look: Look, wishes: UnboundedSender<Wish>) -> Result<Self, NoTray> {
        let absent = |error: String| NoTray::Absent(error);
        let (menu, meanings) = menu(&look).map_err(|error| absent(error.to_string()))?;
        let icon = TrayIconBuilder::new()
            .with_id("tanba")
            .with_autosave_name("kz.tanba.tray")
            .with_icon(icon(&look).map_err(absent)?)
            .with_tooltip(tooltip(&look))
            .with_menu(Box::new(menu))
            .build()
            .map_err(|error| absent(error.to_string()))?;
        Ok(Self { icon, look, meanings, wishes })
    }

    /// Changes what differs and nothing else: a menu that is open stays as it is.
    fn show(&mut self, look: Look) {
        if look.sign != self.look.sign
            && let Ok(icon) = icon(&look)
        {
            // The old picture stays where the new one cannot be shown.
            let _ = self.icon.set_icon(Some(icon));
        }
        if tooltip(&look) != tooltip(&self.look) {
            let _ = self.icon.set_tooltip(Some(tooltip(&look)));
        }
        if look.menu != self.look.menu
            && let Ok((menu, meanings)) = menu(&look)
        {
            self.icon.set_menu(Some(Box::new(menu)));
            self.meanings = meanings;
        }
        self.look = look;
    }
}

fn icon(look: &Look) -> Result<Icon, String> {
    let picture = draw(look.sign, SIDE);
    Icon::from_rgba(picture.rgba, picture.side, picture.side).map_err(|error| error.to_string())
}

fn tooltip(look: &Look) -> String {
    format!("{}: {}", look.title, look.hint)
}

type Made = Result<(Menu, HashMap<String, Wish>), tray_icon::menu::Error>;

fn menu(look: &Look) -> Made {
    let menu = Menu::new();
    let mut meanings = HashMap::new();
    for entry in &look.menu {
        menu.append(item(entry, &mut meanings)?.as_ref())?;
    }
    Ok((menu, meanings))
}

fn item(
    entry: &Entry,
    meanings: &mut HashMap<String, Wish>,
) -> Result<Box<dyn IsMenuItem>, tray_icon::menu::Error> {
    let key = entry.key.clone();
    // One of these signs would make the letter after it a shortcut.
    let text = entry.text.replace('&', "&&");
    Ok(match &entry.deed {
        Deed::Parts => Box::new(PredefinedMenuItem::separator()),
        Deed::Says => Box::new(MenuItem::with_id(key, text, false, None)),
        Deed::Wishes(wish) => {
            meanings.insert(key.clone(), wish.clone());
            Box::new(MenuItem::with_id(key, text, true, None))
        }
        Deed::Ticks(checked, wish) => {
            meanings.insert(key.clone(), wish.clone());
            Box::new(CheckMenuItem::with_id(key, text, true, *checked, None))
        }
        Deed::Opens(entries) => {
            let opened = Submenu::with_id(key, text, true);
            for entry in entries {
                opened.append(item(entry, meanings)?.as_ref())?;
            }
            Box::new(opened)
        }
    })
}
