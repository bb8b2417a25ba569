//! The icon on Linux: a StatusNotifierItem on the session bus, and its menu as com.canonical.dbusmenu.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ksni::blocking::{Handle, TrayMethods as _};
use ksni::menu::{CheckmarkItem, StandardItem, SubMenu};
use ksni::{Icon, MenuItem, OfflineReason, Status, ToolTip};
use tokio::sync::mpsc::UnboundedSender;
use tracing::{info, warn};

use super::NoTray;
use super::icon::{Sign, draw};
use super::look::{Deed, Entry, Look};
use crate::wish::Wish;

/// The sizes in pixels that panels have: the usual ones, and for screens with twice as many pixels.
const SIDES: [u32; 4] = [22, 24, 32, 48];

/// The icon's place on the bus.
pub(super) struct Place {
    handle: Handle<Item>,
    shows: Look,
}

/// What the bus asks.
struct Item {
    look: Look,
    icons: Vec<Icon>,
    wishes: UnboundedSender<Wish>,
    shown: Arc<AtomicBool>,
}

impl Place {
    /// Goes on the bus, and to the tray if there is one yet.
    pub(super) fn take(
        look: Look,
        wishes: UnboundedSender<Wish>,
        shown: &Arc<AtomicBool>,
    ) -> Result<Self, NoTray> {
        // Whether a tray is there is told by `watcher_offline`, before `spawn` ends.
        shown.store(true, Ordering::Relaxed);
        let shows = look.clone();
        let item = Item { icons: icons(look.sign), look, wishes, shown: shown.clone() };
        let handle = item
            .assume_sni_available(true)
            // In a sandbox of the desktop no program may take this name; trays take the connection's own as well.
            .disable_dbus_name(std::path::Path::new("/.flatpak-info").exists())
            .spawn()
            .map_err(|error| {
                shown.store(false, Ordering::Relaxed);
                NoTray::Absent(error.to_string())
            })?;
        Ok(Self { handle, shows })
    }

    /// Shows something else. Only what differs is told to the desktop, so that an open menu stays as it is.
    pub(super) fn show(&mut self, look: Look) {
        if look == self.shows {
            return;
        }
        self.shows = look.clone();
        // It answers nothing if the bus is gone.
        let _ = self.handle.update(move |item| {
            if item.look.sign != look.sign {
                item.icons = icons(look.sign);
            }
            item.look = look;
        });
    }

    /// Takes the icon away.
    pub(super) fn leave(self) {
        self.handle.shutdown().wait();
    }
}

fn icons(sign: Sign) -> Vec<Icon> {
    SIDES
        .iter()
        .filter_map(|side| {
            let picture = draw(sign, *side);
            let mut data = picture.rgba;
            for pixel in data.chunks_exact_mut(4) {
                // The bus wants what covers first.
                pixel.rotate_right(1);
            }
            let side = i32::try_from(picture.side).ok()?;
            Some(Icon { width: side, height: side, data })
        })
        .collect()
}

impl ksni::Tray for Item {
    // There is nothing else that a click could mean.
    const MENU_ON_ACTIVATE: bool = true;

    fn id(&self) -> String {
        "tanba".to_owned()
    }

    fn title(&self) -> String {
        self.look.title.clone()
    }

    fn status(&self) -> Status {
        match self.look.sign {
            Sign::Plain | Sign::Dots => Status::Active,
            Sign::Exclamation | Sign::Struck => Status::NeedsAttention,
        }
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        self.icons.clone()
    }

    fn attention_icon_pixmap(&self) -> Vec<Icon> {
        self.icons.clone()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip {
            title: self.look.title.clone(),
            description: without_markup(&self.look.hint),
            ..ToolTip::default()
        }
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        self.look.menu.iter().map(item).collect()
    }

    fn watcher_online(&self) {
        self.shown.store(true, Ordering::Relaxed);
        info!("the tray is there");
    }

    fn watcher_offline(&self, reason: OfflineReason) -> bool {
        self.shown.store(false, Ordering::Relaxed);
        match reason {
            OfflineReason::No => info!("the tray has gone; the icon comes back with it"),
            OfflineReason::Error(error) => {
                warn!(%error, "the desktop has no tray yet: `tanba open` opens everything that its menu would");
            }
            // It may learn further reasons; all mean that nobody shows the icon.
            _ => warn!("the tray has gone"),
        }
        true
    }
}

fn item(entry: &Entry) -> MenuItem<Item> {
    let label = entry.text.replace('_', "__");
    match &entry.deed {
        Deed::Parts => MenuItem::Separator,
        Deed::Says => StandardItem { label, enabled: false, ..StandardItem::default() }.into(),
        Deed::Wishes(wish) => {
            StandardItem { label, activate: says(wish), ..StandardItem::default() }.into()
        }
        Deed::Ticks(checked, wish) => CheckmarkItem {
            label,
            checked: *checked,
            activate: says(wish),
            ..CheckmarkItem::default()
        }
        .into(),
        Deed::Opens(entries) => {
            SubMenu { label, submenu: entries.iter().map(item).collect(), ..SubMenu::default() }
                .into()
        }
    }
}

fn says(wish: &Wish) -> Box<dyn Fn(&mut Item) + Send> {
    let wish = wish.clone();
    Box::new(move |item| {
        // Nobody hears it any more when the agent ends.
        let _ = item.wishes.send(wish.clone());
    })
}

/// The words as they are, where a few tags would be understood.
fn without_markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', "<br/>")
}
