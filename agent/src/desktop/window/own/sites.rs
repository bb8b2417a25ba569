//! "Sites": those that the person agreed to something for, and those that may not ask any more.

use eframe::egui::text::LayoutJob;
use eframe::egui::{Button, TextFormat, TextStyle, Ui, Vec2};
use tanba::protocol::Locale;

use super::super::consent;
use super::super::look;
use super::super::text;
use super::{Content, fact, quiet, said};
use crate::desktop::line::Reply;
use crate::desktop::own::{Own, Said, SiteView, SitesDeed, SitesView};
use crate::words::Words;

/// How high the list of sites is, in points, before it is scrolled.
const LIST: f32 = 8.0 * look::ROW;

pub(super) struct Sites {
    view: SitesView,
    picked: Option<String>,
}

impl Sites {
    pub(super) fn new(view: SitesView) -> Self {
        Self { picked: view.sites.first().map(|site| site.origin.clone()), view }
    }

    fn list(&mut self, ui: &mut Ui, words: &Words) {
        let heading = ui.label(words.get("own-sites-list")).id;
        let mut picked = None;
        look::sheet(ui, LIST, "sites", |ui| {
            for site in &self.view.sites {
                let current = self.picked.as_ref() == Some(&site.origin);
                let row = Button::selectable(current, row(ui, words, site))
                    .truncate()
                    .min_size(Vec2::new(ui.available_width(), 0.0));
                if ui.add(row).labelled_by(heading).clicked() {
                    picked = Some(site.origin.clone());
                }
            }
        });
        if picked.is_some() {
            self.picked = picked;
        }
    }
}

fn row(ui: &Ui, words: &Words, site: &SiteView) -> LayoutJob {
    let font = TextStyle::Body.resolve(ui.style());
    let quiet = TextFormat::simple(font.clone(), look::QUIET.now());
    let ink = TextFormat::simple(
        font.clone(),
        if site.listed { look::INK.now() } else { look::QUIET.now() },
    );
    let mut job = LayoutJob::default();
    job.append(&text::name(&site.origin), 0.0, ink);
    if !site.listed {
        job.append(&format!(" · {}", words.get("own-sites-row-forgotten")), 0.0, quiet);
    } else if site.blocked {
        let red = TextFormat::simple(font, look::RED.now());
        job.append(&format!(" · {}", words.get("own-sites-row-blocked")), 0.0, red);
    } else if let Some((_, last)) = site.agreed {
        job.append(&format!(" · {}", words.day(last)), 0.0, quiet);
    }
    job
}

fn details(ui: &mut Ui, words: &Words, site: &SiteView) -> Option<Reply> {
    // As in the window that asks: all of it, and how it reads in other letters.
    let mut facts = consent::origin(Some(&text::name(&site.origin)), words);
    if let Some(asker) = facts.first_mut() {
        asker.name = words.get("own-sites-site");
    }
    match site.agreed {
        Some((first, last)) => {
            facts.push(fact(words, "own-sites-first", words.moment(first)));
            facts.push(fact(words, "own-sites-last", words.moment(last)));
            facts.push(fact(words, "own-sites-count", words.number(site.count)));
        }
        None => facts.push(fact(words, "own-sites-count", words.get("own-sites-never"))),
    }
    let questions = if site.blocked { "own-sites-blocked" } else { "own-sites-may-ask" };
    facts.push(fact(words, "own-sites-questions", words.get(questions)));
    look::facts(ui, &facts);
    let origin = || site.origin.clone();
    if !site.listed {
        quiet(ui, &words.get("own-sites-forgotten"));
        let undone = ui.button(words.get("own-undo")).clicked();
        return undone.then(|| said(Said::Sites(SitesDeed::PutBack { origin: origin() })))?;
    }
    let mut reply = None;
    ui.horizontal_wrapped(|ui| {
        if site.blocked {
            if ui.button(words.get("own-sites-unblock")).clicked() {
                reply = said(Said::Sites(SitesDeed::Unblock { origin: origin() }));
            }
        } else if ui.button(words.get("own-sites-block")).clicked() {
            reply = said(Said::Sites(SitesDeed::Block { origin: origin() }));
        }
        if ui.button(words.get("own-sites-forget")).clicked() {
            reply = said(Said::Sites(SitesDeed::Forget { origin: origin() }));
        }
    });
    reply
}

impl Content for Sites {
    fn take(&mut self, own: Own) {
        if let Own::Sites(view) = own {
            self.view = view;
            let is_there =
                |picked: &String| self.view.sites.iter().any(|site| site.origin == *picked);
            if !self.picked.as_ref().is_some_and(is_there) {
                self.picked = self.view.sites.first().map(|site| site.origin.clone());
            }
        }
    }

    fn locale(&self) -> Locale {
        self.view.locale
    }

    fn sandbox(&self) -> bool {
        self.view.sandbox
    }

    fn title(&self) -> &'static str {
        "own-sites-title"
    }

    fn buttons(&mut self, _: &mut Ui, _: &Words) -> Option<Reply> {
        None
    }

    fn body(&mut self, ui: &mut Ui, words: &Words) -> Option<Reply> {
        look::title(ui, &words.get("own-sites-title"));
        quiet(ui, &words.get("own-sites-explain"));
        if self.view.sites.is_empty() {
            ui.label(words.get("own-sites-none"));
            return None;
        }
        self.list(ui, words);
        let picked = self.picked.as_ref()?;
        let site = self.view.sites.iter().find(|site| site.origin == *picked)?;
        details(ui, words, site)
    }
}
