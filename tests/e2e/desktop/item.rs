//! The agent's icon as a panel sees it: a StatusNotifierItem and its menu, read over the session bus.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use zbus::blocking::{Connection, Proxy, connection, fdo};
use zbus::names::BusName;
use zbus::zvariant::{OwnedValue, Value};

/// How long something may take to appear on the bus.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often one looks.
const PAUSE: Duration = Duration::from_millis(50);

/// A connection to a session bus.
pub(crate) struct Bus(Connection);

/// The icon of one process.
pub(crate) struct Item<'a> {
    bus: &'a Bus,
    name: String,
}

/// An entry of a menu.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    id: i32,
    pub(crate) label: String,
    pub(crate) enabled: bool,
    /// Whether it is checked; `None` for an entry without a mark.
    pub(crate) checked: Option<bool>,
    pub(crate) entries: Vec<Entry>,
}

/// Waits until something is so.
pub(crate) fn until(what: &str, mut so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < end, "it does not happen that {what}");
        std::thread::sleep(PAUSE);
    }
}

impl Bus {
    /// Connects.
    pub(crate) fn connect(address: &str) -> Self {
        let builder = connection::Builder::address(address).unwrap();
        Self(builder.method_timeout(PATIENCE).build().unwrap())
    }

    /// Whether somebody has this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        let names = fdo::DBusProxy::new(&self.0).unwrap();
        names.name_has_owner(BusName::try_from(name).unwrap()).unwrap()
    }

    /// The icons that the tray knows; none while there is no tray.
    pub(crate) fn icons(&self) -> Vec<String> {
        // The answer must be new each time, and none kept: that is why the property is asked for by hand.
        let asked = self.get(
            "org.kde.StatusNotifierWatcher",
            ("/StatusNotifierWatcher", "org.kde.StatusNotifierWatcher"),
            "RegisteredStatusNotifierItems",
        );
        asked.ok().and_then(|value| value.try_into().ok()).unwrap_or_default()
    }

    fn get(
        &self,
        name: &str,
        (path, interface): (&str, &str),
        property: &str,
    ) -> zbus::Result<OwnedValue> {
        let proxy = Proxy::new(&self.0, name, path, "org.freedesktop.DBus.Properties")?;
        proxy.call("Get", &(interface, property))
    }

    /// The icon of a process; it need not be in a tray.
    pub(crate) fn item(&self, process: u32) -> Item<'_> {
        let name = format!("org.kde.StatusNotifierItem-{process}-1");
        until("the agent is on the bus", || self.has(&name));
        Item { bus: self, name }
    }
}

impl Item<'_> {
    /// Waits until the tray has it.
    pub(crate) fn wait_for_tray(&self) {
        until("the icon is in the tray", || {
            self.bus.icons().iter().any(|icon| icon.contains(&self.name))
        });
    }

    /// Whether its process still holds it.
    pub(crate) fn is_there(&self) -> bool {
        self.bus.has(&self.name)
    }

    /// A property.
    pub(crate) fn property(&self, name: &str) -> OwnedValue {
        let of = ("/StatusNotifierItem", "org.kde.StatusNotifierItem");
        self.bus.get(&self.name, of, name).unwrap()
    }

    /// Whether it wants attention, as the specification names it.
    pub(crate) fn status(&self) -> String {
        self.property("Status").try_into().unwrap()
    }

    /// The icon's sizes and pixels.
    pub(crate) fn pictures(&self) -> Vec<(i32, i32, Vec<u8>)> {
        self.property("IconPixmap").try_into().unwrap()
    }

    fn menu_proxy(&self) -> Proxy<'_> {
        let name = self.name.as_str();
        Proxy::new(&self.bus.0, name, "/MenuBar", "com.canonical.dbusmenu").unwrap()
    }

    /// The whole menu, with separators as entries without words.
    pub(crate) fn menu(&self) -> Vec<Entry> {
        let everything = (0_i32, -1_i32, Vec::<String>::new());
        let (_, (_, _, entries)): (u32, Layout) =
            self.menu_proxy().call("GetLayout", &everything).unwrap();
        entries.iter().map(|entry| Entry::read(entry)).collect()
    }

    /// The words of the menu's first level.
    pub(crate) fn labels(&self) -> Vec<String> {
        self.menu().into_iter().map(|entry| entry.label).filter(|label| !label.is_empty()).collect()
    }

    /// The entry with these words, wherever it is.
    pub(crate) fn entry(&self, label: &str) -> Option<Entry> {
        fn find(entries: Vec<Entry>, label: &str) -> Option<Entry> {
            entries.into_iter().find_map(|entry| {
                if entry.label == label { Some(entry) } else { find(entry.entries, label) }
            })
        }
        find(self.menu(), label)
    }

    /// Chooses the entry with these words, as a panel does when the person clicks on it.
    pub(crate) fn choose(&self, label: &str) {
        let entry = self.entry(label).unwrap_or_else(|| panic!("no {label} in {:?}", self.menu()));
        let event = (entry.id, "clicked", Value::I32(0), 0_u32);
        self.menu_proxy().call::<_, _, ()>("Event", &event).unwrap();
    }
}

/// An entry of the menu on the bus: its number, its properties, its own entries.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl Entry {
    fn read(value: &Value<'_>) -> Self {
        let structure: &zbus::zvariant::Structure<'_> = value.downcast_ref().unwrap();
        let [id, properties, entries] = structure.fields() else { panic!("{value:?}") };
        let properties: HashMap<String, OwnedValue> =
            properties.try_to_owned().unwrap().try_into().unwrap();
        let Value::Array(entries) = entries else { panic!("{value:?}") };
        let text = |name: &str| {
            properties.get(name).and_then(|value| <&str>::try_from(value).ok()).unwrap_or_default()
        };
        let checked =
            properties.get("toggle-state").map(|state| i32::try_from(state).unwrap() == 1);
        Self {
            id: id.downcast_ref().unwrap(),
            // One of these signs would make the letter after it a shortcut.
            label: text("label").replace("__", "_"),
            enabled: properties.get("enabled").is_none_or(|state| bool::try_from(state).unwrap()),
            checked: checked.filter(|_| !text("toggle-type").is_empty()),
            entries: entries.iter().map(inner).collect(),
        }
    }
}

fn inner(value: &Value<'_>) -> Entry {
    if let Value::Value(value) = value { Entry::read(value) } else { Entry::read(value) }
}
