//! What the tray shows, as data: the icon's sign, its words, and the menu.

use tanba::protocol::Locale;

use super::icon::Sign;
use super::{TrayState, TrayView};
use crate::desktop::own::Unfinished;
use crate::wish::Wish;
use crate::words::Words;

/// How many unfinished enrolments have an entry of their own; the window of the procedure shows all.
const APPLICATIONS: usize = 6;

/// How many characters an entry has at most: statuses are sentences, and a menu is no wider than a screen.
const WIDTH: usize = 100;

/// How many characters of another program's name are shown.
const PROGRAM: usize = 40;

/// What the icon and the menu are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::desktop) struct Look {
    /// What is drawn.
    pub(in crate::desktop) sign: Sign,
    /// What the icon is called.
    pub(in crate::desktop) title: String,
    /// What is said of it: the state.
    pub(in crate::desktop) hint: String,
    /// The menu.
    pub(in crate::desktop) menu: Vec<Entry>,
}

/// An entry of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::desktop) struct Entry {
    /// Names it, in one menu once; the same in every language.
    pub(in crate::desktop) key: String,
    /// What the person reads.
    pub(in crate::desktop) text: String,
    /// What it is for.
    pub(in crate::desktop) deed: Deed,
}

/// What an entry is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::desktop) enum Deed {
    /// It only says something.
    Says,
    /// It is a line between others.
    Parts,
    /// It is a wish.
    Wishes(Wish),
    /// It has a check mark, and is a wish.
    Ticks(bool, Wish),
    /// It opens further entries.
    Opens(Vec<Entry>),
}

impl Look {
    /// What a view looks like.
    pub(in crate::desktop) fn of(view: &TrayView) -> Self {
        let words = Words::new(view.locale);
        let state = state(view, &words);
        let hint = if view.sandbox {
            format!("{state}\n{}", words.get("window-sandbox"))
        } else {
            state.clone()
        };
        Self {
            sign: match view.state {
                TrayState::Ready => Sign::Plain,
                TrayState::Working => Sign::Dots,
                TrayState::NeedsYou => Sign::Exclamation,
                TrayState::PortTaken(..) => Sign::Struck,
            },
            title: "Tanba".to_owned(),
            hint,
            menu: menu(view, &words, state),
        }
    }
}

/// What the agent does, in one line.
fn state(view: &TrayView, words: &Words) -> String {
    match &view.state {
        TrayState::Ready => words.get("tray-ready"),
        TrayState::Working => words.get("tray-working"),
        TrayState::NeedsYou => words.get("tray-needs-you"),
        TrayState::PortTaken(port, program) => {
            let port = port.to_string();
            match program.as_deref().map(|name| one_line(name, PROGRAM)) {
                None => words.get_with("tray-port-taken", &[("port", &port)]),
                Some(program) => {
                    words.get_with("tray-port-taken-by", &[("port", &port), ("program", &program)])
                }
            }
        }
    }
}

fn menu(view: &TrayView, words: &Words, state: String) -> Vec<Entry> {
    let wishes = |key: &str, wish| Entry {
        key: key.to_owned(),
        text: words.get(&format!("tray-{key}")),
        deed: Deed::Wishes(wish),
    };
    let says = |key: &str, text| Entry { key: key.to_owned(), text, deed: Deed::Says };
    let mut menu = vec![says("state", state)];
    if view.sandbox {
        menu.push(says("sandbox", words.get("window-sandbox")));
    }
    menu.push(parts("after-state"));
    if !view.unfinished.is_empty() {
        menu.extend(applications(&view.unfinished, words));
        menu.push(parts("after-applications"));
    }
    menu.extend([
        wishes("obtain", Wish::Obtain),
        wishes("keys", Wish::Keys),
        wishes("sign-file", Wish::SignFile),
        wishes("verify-file", Wish::VerifyFile),
        wishes("sites", Wish::Sites),
        parts("after-deeds"),
        Entry {
            key: "language".to_owned(),
            text: words.get("tray-language"),
            deed: Deed::Opens(Locale::ALL.map(|locale| language(locale, view.locale)).into()),
        },
    ]);
    if let Some(on) = view.autostart {
        menu.push(Entry {
            key: "autostart".to_owned(),
            text: words.get("tray-autostart"),
            deed: Deed::Ticks(on, Wish::Autostart { on: !on }),
        });
    }
    menu.extend([
        parts("after-settings"),
        wishes("diagnose", Wish::Diagnose),
        wishes("about", Wish::About),
        parts("after-help"),
        wishes("quit", Wish::Quit),
    ]);
    menu
}

/// A language by its own name: whoever does not understand the menu finds it all the same.
fn language(locale: Locale, spoken: Locale) -> Entry {
    let name = match locale {
        Locale::Kk => "Қазақша",
        Locale::Ru => "Русский",
        Locale::En => "English",
    };
    Entry {
        key: format!("language-{}", locale.code()),
        text: name.to_owned(),
        deed: Deed::Ticks(locale == spoken, Wish::Language { locale }),
    }
}

/// The newest unfinished enrolments, and a way to the others if there are more.
fn applications(unfinished: &[Unfinished], words: &Words) -> Vec<Entry> {
    let more = unfinished.len() > APPLICATIONS;
    let first = unfinished.len() - unfinished.len().min(APPLICATIONS);
    let mut entries: Vec<Entry> =
        unfinished[first..].iter().map(|application| resume(application, words)).collect();
    if more {
        let count = unfinished.len().to_string();
        entries.push(Entry {
            key: "applications".to_owned(),
            text: words.get_with("tray-applications", &[("count", &count)]),
            deed: Deed::Wishes(Wish::Obtain),
        });
    }
    entries
}

fn resume(application: &Unfinished, words: &Words) -> Entry {
    let state = words.get(&application.state);
    let what = match &application.number {
        Some(number) => {
            words.get_with("tray-application", &[("number", number), ("state", &state)])
        }
        None => words.get_with("tray-application-unnumbered", &[("state", &state)]),
    };
    let what = one_line(&what, WIDTH);
    Entry {
        key: format!("resume-{}", application.id),
        text: if application.needs_you {
            words.get_with("tray-application-yours", &[("what", &what)])
        } else {
            what
        },
        deed: Deed::Wishes(Wish::Resume { enrolment: application.id.clone() }),
    }
}

fn parts(key: &str) -> Entry {
    Entry { key: key.to_owned(), text: String::new(), deed: Deed::Parts }
}

/// The text without line breaks and the like, and no longer than so many characters.
fn one_line(text: &str, most: usize) -> String {
    let letters = || text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    if letters().count() <= most {
        letters().collect()
    } else {
        letters().take(most - 1).chain(['…']).collect()
    }
}

#[cfg(test)]
mod tests;
