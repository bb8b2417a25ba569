//! The keys in a file: which there are, which of them can be taken, and what is known of the picked one.

use eframe::egui::text::LayoutJob;
use eframe::egui::{RadioButton, RichText, TextFormat, TextStyle, Ui, WidgetInfo, WidgetType};

use super::super::{Deed, KeyCard, Note, Refusal};
use super::look::{self, Fact};
use super::text;
use crate::words::Words;

/// How high the list of keys is, in points, before it is scrolled.
const LIST: f32 = 190.0;

/// For how long, in seconds, nothing can be agreed to after the keys have come: what was meant for the password's field
/// is no agreement.
const GUARD: f64 = 0.5;

/// Keys, of which one may be picked.
pub(super) struct Cards {
    cards: Vec<KeyCard>,
    picked: Option<usize>,
    /// When they were first drawn, in seconds.
    since: Option<f64>,
}

impl Cards {
    /// If there is only one that can be taken, it is picked. Whoever shows all of them need not pick.
    pub(super) fn new(cards: Vec<KeyCard>, deed: Deed) -> Self {
        let possible = || {
            cards.iter().enumerate().filter(|(_, card)| card.refusal.is_none()).map(|(at, _)| at)
        };
        let needs_one = deed != Deed::ListKeys;
        let picked = possible().next().filter(|_| !needs_one || possible().count() == 1);
        Self { picked, cards, since: None }
    }

    /// The index of the picked key, once it can be agreed to.
    pub(super) fn taken(&self, ui: &Ui) -> Option<usize> {
        let picked = self.picked.filter(|_| self.is_settled(ui));
        let card = picked.and_then(|at| self.cards.get(at));
        card.filter(|card| card.refusal.is_none()).map(|card| card.index)
    }

    /// Whether the keys are there for long enough.
    pub(super) fn is_settled(&self, ui: &Ui) -> bool {
        let Some(since) = self.since else { return false };
        let passed = ui.input(|input| input.time) - since;
        if passed < GUARD {
            ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(GUARD - passed));
        }
        passed >= GUARD
    }

    pub(super) fn draw(&mut self, ui: &mut Ui, words: &Words, deed: Deed) {
        self.since.get_or_insert_with(|| ui.input(|input| input.time));
        if self.cards.iter().all(|card| card.refusal.is_some()) {
            let key = match deed {
                Deed::Sign | Deed::SignAndStamp => "window-keys-none-sign",
                Deed::SignIn => "window-keys-none-sign-in",
                Deed::ShowKey | Deed::ListKeys | Deed::Stamp => "window-keys-none",
            };
            ui.label(RichText::new(words.get(key)).color(look::RED));
        }
        look::sheet(ui, LIST, "keys", |ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            for (at, card) in self.cards.iter().enumerate() {
                let reason = card.refusal.map(|refusal| words.get(reason(refusal)));
                let picked = self.picked == Some(at);
                let text = row(ui, words, card);
                let spoken = [&text.text, reason.as_ref().unwrap_or(&String::new())]
                    .map(String::as_str)
                    .join("\n");
                // A key that cannot be taken can be looked at.
                let row = ui.add(RadioButton::new(picked, text));
                row.widget_info(|| {
                    WidgetInfo::selected(WidgetType::RadioButton, true, picked, spoken.trim_end())
                });
                if row.clicked() {
                    self.picked = Some(at);
                }
                if let Some(reason) = reason {
                    ui.spacing_mut().interact_size.y = 0.0;
                    ui.horizontal(|ui| {
                        ui.add_space(ui.spacing().icon_width + ui.spacing().icon_spacing);
                        ui.label(RichText::new(reason).small().color(look::RED));
                    });
                }
            }
        });
        if let Some(card) = self.picked.and_then(|at| self.cards.get(at)) {
            ui.label(RichText::new(words.get("window-key-details")).color(look::QUIET));
            look::details(ui, &facts(words, card));
            for note in &card.notes {
                look::warning(ui, &words.get(sentence(*note)));
            }
        }
    }
}

/// A key in two lines: whose, and what for.
fn row(ui: &Ui, words: &Words, card: &KeyCard) -> LayoutJob {
    let (body, small) = (TextStyle::Body.resolve(ui.style()), TextStyle::Small.resolve(ui.style()));
    let mut job = LayoutJob::default();
    job.wrap.max_width = ui.available_width() - 60.0;
    let ink = if card.refusal.is_some() { look::QUIET } else { look::INK };
    job.append(&text::name(&card.name), 0.0, TextFormat::simple(body, ink.now()));
    let until = words.get_with("window-key-until", &[("day", &words.day(card.valid.1))]);
    let mut second = vec![until, text::name(&card.algorithm)];
    second.extend(purpose(words, card));
    if let Some(organisation) = &card.organisation {
        second.push(text::name(organisation));
    }
    let second = format!("\n{}", second.join(" · "));
    job.append(&second, 0.0, TextFormat::simple(small, look::QUIET.now()));
    job
}

/// What is known of a key.
pub(super) fn facts(words: &Words, card: &KeyCard) -> Vec<Fact> {
    let fact = |key: &str, value: String| Fact { name: words.get(key), values: vec![value] };
    let maybe = |key: &str, value: &Option<String>| {
        value.as_deref().map(|value| fact(key, text::name(value)))
    };
    let valid = format!("{} – {}", words.moment(card.valid.0), words.moment_and_zone(card.valid.1));
    let mut facts = vec![fact("window-key-holder", text::name(&card.name))];
    facts.extend(maybe("window-key-iin", &card.iin));
    facts.extend(maybe("window-key-organisation", &card.organisation));
    facts.extend(maybe("window-key-bin", &card.bin));
    facts.push(fact("window-key-valid", valid));
    facts.push(fact("window-key-serial", text::name(&card.serial)));
    facts.push(fact("window-key-issuer", text::name(&card.issuer)));
    facts.push(fact("window-key-algorithm", text::name(&card.algorithm)));
    facts
}

/// What a key is for, if its certificate tells.
pub(super) fn purpose(words: &Words, card: &KeyCard) -> Option<String> {
    Some(words.get(match card.purpose.as_deref()? {
        "auth" => "window-key-auth",
        "sign" => "window-key-sign",
        "both" => "window-key-both",
        _ => return None,
    }))
}

/// Why a key cannot be taken, as a key of the words' files.
pub(super) fn reason(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NoCertificate => "window-refusal-no-certificate",
        Refusal::OtherPurpose => "window-refusal-purpose",
        Refusal::OtherUsage => "window-refusal-usage",
        Refusal::OtherPerson => "window-refusal-person",
        Refusal::OtherOrganisation => "window-refusal-organisation",
        Refusal::OtherSerial => "window-refusal-serial",
        Refusal::OtherRoot => "window-refusal-root",
        Refusal::NotYetValid => "window-refusal-not-yet",
        Refusal::Expired => "window-refusal-expired",
        Refusal::Revoked => "window-refusal-revoked",
    }
}

/// What should be known of a key, as a key of the words' files.
pub(super) fn sentence(note: Note) -> &'static str {
    match note {
        Note::NotValidNow => "window-note-not-valid",
        Note::Revoked => "window-note-revoked",
        Note::RevocationUnknown => "window-note-revocation",
        Note::ChainUnknown => "window-note-chain",
    }
}
