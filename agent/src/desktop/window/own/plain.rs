//! A window whose face has not been drawn yet.

use std::sync::mpsc::Receiver;

use eframe::egui::{Ui, Vec2};

use super::super::face::{Drawn, Face};
use super::super::look;
use crate::desktop::line::{Reply, Told};
use crate::desktop::own::Own;

pub(super) struct Plain {
    own: Own,
    told: Receiver<Told>,
}

impl Plain {
    pub(super) fn new(own: Own, told: Receiver<Told>) -> Self {
        Self { own, told }
    }
}

impl Face for Plain {
    fn title(&self) -> String {
        "Tanba".to_owned()
    }

    fn size(&self) -> Vec2 {
        Vec2::new(look::WIDE, 240.0)
    }

    fn is_question(&self) -> bool {
        false
    }

    fn draw(&mut self, ui: &mut Ui, _: bool) -> Drawn {
        while let Ok(Told::Own(own)) = self.told.try_recv() {
            self.own = *own;
        }
        ui.label(format!("{:?}", self.own));
        let closed = ui.button("×").clicked();
        Drawn { answer: closed.then_some(Reply::Closed), height: 240.0 }
    }
}
