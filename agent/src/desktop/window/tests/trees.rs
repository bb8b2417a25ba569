//! What screen readers are told of each window, and the way that Tab takes: kept in `trees/`, so that every
//! change is seen. With `TANBA_REWRITE` in the environment, the files are written anew.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::super::super::line::{Ask, Told};
use super::super::confirm::Confirm;
use super::super::face::Drawn;
use super::super::key::ChooseKey;
use super::*;
use eframe::egui::{Theme, Ui};

/// How many controls a window has at most.
const CONTROLS: usize = 60;

const CONTROL: &[Role] = &[
    Role::Button,
    Role::CheckBox,
    Role::RadioButton,
    Role::TextInput,
    Role::PasswordInput,
    Role::Document,
];

impl Face for Box<dyn Face> {
    fn is_question(&self) -> bool {
        self.as_ref().is_question()
    }

    fn title(&self) -> String {
        self.as_ref().title()
    }

    fn size(&self) -> Vec2 {
        self.as_ref().size()
    }

    fn draw(&mut self, ui: &mut Ui, ready: bool) -> Drawn {
        self.as_mut().draw(ui, ready)
    }
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/windows/samples")
}

/// The names of all windows but those of the procedure, which has states and no end of them.
fn names() -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(samples())
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| !name.starts_with("own-enrolment"))
        .collect();
    names.sort();
    names
}

fn sample(name: &str, locale: Locale) -> Value {
    let text = std::fs::read_to_string(samples().join(format!("{name}.json"))).unwrap();
    let text = text.replace(r#""locale": "kk""#, &format!(r#""locale": "{}""#, locale.code()));
    serde_json::from_str(&text).unwrap()
}

/// A window of a sample, and the agent's voice. Choosers begin in `begin`.
fn face(ask: Ask, begin: &Path) -> (Box<dyn Face>, Sender<Told>) {
    let (tell, told) = channel();
    let choose = |choice| {
        let choice = Choice { begin: Some(begin.to_owned()), ..choice };
        Box::new(Browse::new(choice)) as Box<dyn Face>
    };
    let face = match ask {
        Ask::Folder(prompt) => choose(Choice::of_folder(prompt)),
        Ask::File(prompt) => choose(Choice::of_file(prompt)),
        Ask::Key(prompt) => Box::new(ChooseKey::new(*prompt, told, Box::new(|_| channel().1))),
        Ask::Confirm(prompt) => Box::new(Confirm::new(*prompt)),
        Ask::NewPassword(prompt) => Box::new(NewPassword::new(prompt)),
        Ask::Own(own) => super::super::own::drawn(*own, told),
    };
    (face, tell)
}

/// A window as it stands when the person has come as far as the sample says.
fn open(name: &str, locale: Locale, look: Look, begin: &Path) -> Easel<Box<dyn Face>> {
    let sample = sample(name, locale);
    let (face, agent) = face(serde_json::from_value(sample["ask"].clone()).unwrap(), begin);
    let context = Context::default();
    look::apply(&context);
    context.set_theme(look.theme);
    context.enable_accesskit();
    let screen = look.screen.unwrap_or(Vec2::new(face.size().x, 2_000.0));
    let screen = screen.min(Vec2::new(face.size().x, screen.y));
    let mut easel = Easel::with_screen(face, context, screen, look.scale);
    if let Some(told) = sample.get("told") {
        easel.type_text("Canary7");
        assert!(matches!(easel.press(Key::Enter, Modifiers::NONE, true), Some(Reply::Open(..))));
        agent.send(serde_json::from_value(told.clone()).unwrap()).unwrap();
    }
    let end = Instant::now() + Duration::from_secs(60);
    let waits = words::Words::new(locale).get("window-picture-waits");
    for _ in 0..4 {
        easel.frame(true, Vec::new());
        while easel.told().contains(&waits) {
            assert!(Instant::now() < end, "{name}: the picture does not come");
            std::thread::sleep(Duration::from_millis(10));
            easel.frame(true, Vec::new());
        }
    }
    easel
}

/// How a window is looked at.
#[derive(Clone, Copy)]
struct Look {
    theme: Theme,
    screen: Option<Vec2>,
    scale: f32,
}

const PLAIN: Look = Look { theme: Theme::Light, screen: None, scale: 1.0 };

impl Easel<Box<dyn Face>> {
    /// The tree, in the order in which it is read.
    fn tree(&self) -> Vec<(usize, NodeId)> {
        let mut tree = Vec::new();
        let mut rest = vec![(0, self.root.unwrap())];
        while let Some((depth, id)) = rest.pop() {
            let node = &self.nodes[&id];
            let shown =
                !matches!(node.role(), Role::GenericContainer | Role::TextRun | Role::Unknown);
            if shown {
                tree.push((depth, id));
            }
            let depth = depth + usize::from(shown);
            rest.extend(node.children().iter().rev().map(|child| (depth, *child)));
        }
        tree
    }

    fn line(&self, id: NodeId) -> String {
        let node = &self.nodes[&id];
        let name = self.name(node).replace('\n', "⏎");
        let mut line = format!("{:?} “{name}”", node.role());
        if let Some(value) = node.value().filter(|_| CONTROL.contains(&node.role())) {
            let beginning: String = value.chars().take(40).collect();
            line.push_str(&format!(" = “{}”", beginning.replace('\n', "⏎")));
        } else if let Some(value) = node.value().filter(|value| node.label() != Some(value)) {
            line.push_str(&format!(" “{value}”"));
        }
        if let Some(toggled) = node.toggled() {
            line.push_str(&format!(", {toggled:?}"));
        }
        if node.is_disabled() {
            line.push_str(", disabled");
        }
        line
    }

    /// The controls that Tab leads to, until it comes back to the first; the one that has the keyboard at first is first.
    fn way(&mut self, mut look: impl FnMut(&Self, NodeId)) -> Vec<NodeId> {
        let mut way = Vec::new();
        for _ in 0..CONTROLS {
            let focus = self.focus.unwrap();
            if way.contains(&focus) {
                return way;
            }
            if Some(focus) != self.root {
                look(self, focus);
                way.push(focus);
            }
            self.press(Key::Tab, Modifiers::NONE, true);
            // What is out of sight is scrolled to.
            for _ in 0..12 {
                self.frame(true, Vec::new());
            }
        }
        panic!("Tab does not come back: {way:?}")
    }
}

#[test]
fn every_question_is_as_it_was_as_data() {
    for name in names() {
        let sample = sample(&name, Locale::Kk);
        let ask: Ask = serde_json::from_value(sample["ask"].clone()).unwrap();
        assert_eq!(serde_json::to_value(ask).unwrap(), sample["ask"], "{name}");
    }
}

#[test]
fn what_screen_readers_are_told_is_as_it_was() {
    let begin = tempfile::tempdir().unwrap();
    std::fs::create_dir(begin.path().join("Кілттер")).unwrap();
    let place = begin.path().to_str().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/desktop/window/tests/trees");
    for name in names() {
        let mut easel = open(&name, Locale::En, PLAIN, begin.path());
        let mut text = format!("{}\n\n", easel.face.title());
        for (depth, id) in easel.tree() {
            text.push_str(&format!("{}{}\n", "  ".repeat(depth), easel.line(id)));
        }
        text.push_str("\nTab:\n");
        let mut way = Vec::new();
        easel.way(|easel, id| way.push(easel.line(id)));
        text.push_str(&format!("{}\n", way.join("\n")));
        let text = text.replace(place, "<folder>");
        let file = folder.join(format!("{name}.txt"));
        if std::env::var_os("TANBA_REWRITE").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&file, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(kept == text, "{name} has changed; see it, and set TANBA_REWRITE:\n{text}");
    }
}

#[test]
fn every_language_has_the_same_controls_each_with_a_name_and_all_reached_by_tab() {
    let begin = tempfile::tempdir().unwrap();
    for name in names() {
        let mut shapes = Locale::ALL.map(|locale| {
            let mut easel = open(&name, locale, PLAIN, begin.path());
            let tree = easel.tree();
            for told in easel.told() {
                let bare = ["window-", "own-", "check-", "notice-"]
                    .iter()
                    .any(|key| told.starts_with(key));
                assert!(!bare, "{name}: {told} has no words");
            }
            let way = easel.way(|_, _| {});
            for (_, id) in &tree {
                let node = &easel.nodes[id];
                if CONTROL.contains(&node.role()) {
                    assert!(!easel.name(node).trim().is_empty(), "{name}: {node:?}");
                    assert!(way.contains(id) || node.is_disabled(), "{name}: {node:?}");
                }
            }
            tree.iter().map(|(depth, id)| (*depth, easel.nodes[id].role())).collect::<Vec<_>>()
        });
        let first = std::mem::take(&mut shapes[0]);
        assert!(shapes[1..].iter().all(|shape| *shape == first), "{name}");
    }
}

#[test]
fn nothing_is_cut_off_and_all_is_reached_whatever_the_size_of_letters() {
    let begin = tempfile::tempdir().unwrap();
    for name in names() {
        for (scale, theme) in
            [(1.0, Theme::Light), (1.25, Theme::Dark), (1.5, Theme::Light), (2.0, Theme::Dark)]
        {
            for locale in Locale::ALL {
                // A small laptop's screen, less a panel and a title bar.
                let screen = Some(Vec2::new(1_366.0, 768.0 - 80.0) / scale);
                let mut easel = open(&name, locale, Look { theme, screen, scale }, begin.path());
                let size = easel.screen;
                for (_, id) in easel.tree() {
                    let node = &easel.nodes[&id];
                    let Some(bounds) = node.bounds() else { continue };
                    let fits = bounds.x0 > -0.5 && bounds.x1 < f64::from(size.x) + 0.5;
                    // A document is scrolled sideways as well.
                    assert!(
                        fits || node.role() == Role::Label,
                        "{name} {locale:?} {scale}: {node:?}"
                    );
                }
                easel.way(|easel, id| {
                    let node = &easel.nodes[&id];
                    let bounds = node.bounds().unwrap();
                    let seen = bounds.y0.max(0.0) < bounds.y1.min(f64::from(size.y)) - 8.0;
                    assert!(seen, "{name} {locale:?} {scale}: out of sight: {node:?} of {size}");
                });
            }
        }
    }
}
