//! The colours of our windows, by day and by night. A test reckons that they can be told apart.

use std::cell::Cell;

use eframe::egui::Color32;

/// A colour that is another one where the system is dark. It becomes the right one where it is drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour {
    light: Color32,
    dark: Color32,
}

const fn colour(light: u32, dark: u32) -> Colour {
    Colour { light: opaque(light), dark: opaque(dark) }
}

const fn opaque(rgb: u32) -> Color32 {
    let [_, red, green, blue] = rgb.to_be_bytes();
    Color32::from_rgb(red, green, blue)
}

/// Text.
pub(super) const INK: Colour = colour(0x1d_28_33, 0xe6_eb_ef);
/// Text that explains.
pub(super) const QUIET: Colour = colour(0x5a_67_73, 0xac_b8_c2);
/// What lies behind everything.
pub(super) const PAPER: Colour = colour(0xfb_fb_f9, 0x1c_21_26);
/// What lies behind facts.
pub(super) const SHADE: Colour = colour(0xee_f1_f3, 0x2a_31_38);
/// What lies behind lists, documents and whatever is typed.
pub(super) const SHEET: Colour = colour(0xff_ff_ff, 0x13_17_1b);
/// The edge of controls.
pub(super) const LINE: Colour = colour(0x7c_89_94, 0x7f_8c_97);
/// Who asks, and the edge of what has the keyboard.
pub(super) const ACCENT: Colour = colour(0x00_5f_73, 0x7a_cc_dc);
/// The button that accepts; its text is [`ON_FILL`].
pub(super) const FILL: Colour = colour(0x00_5f_73, 0x0b_78_8f);
/// The text on [`FILL`] and on [`BAND`].
pub(super) const ON_FILL: Colour = colour(0xff_ff_ff, 0xff_ff_ff);
/// The band of windows about invented services.
pub(super) const BAND: Colour = colour(0xb0_1e_1e, 0xb0_1e_1e);
/// What is as it should be.
pub(super) const GREEN: Colour = colour(0x1d_7a_3a, 0x67_cb_86);
/// The tick on [`GREEN`].
pub(super) const TICK: Colour = colour(0xff_ff_ff, 0x10_20_15);
/// What is neither as it should be nor wrong.
pub(super) const UNSURE: Colour = colour(0x8a_5a_00, 0xe6_b5_4a);
/// What is wrong.
pub(super) const RED: Colour = colour(0xb0_1e_1e, 0xff_9a_94);
/// What lies behind a sentence that must not be overlooked.
pub(super) const AMBER: Colour = colour(0xff_f3_d6, 0x3d_31_13);
pub(super) const AMBER_LINE: Colour = colour(0xd8_a5_2c, 0xa8_82_2a);
/// What was picked in a list.
pub(super) const PICKED: Colour = colour(0xd3_ea_ef, 0x1f_4c_58);
/// What was found in a document, and the place one looks at.
pub(super) const FOUND: Colour = colour(0xff_ec_a8, 0x5a_4a_12);
pub(super) const FOUND_HERE: Colour = colour(0xff_bb_55, 0x8a_5a_00);

thread_local! {
    /// Whether it is night. Each window is drawn by one thread, and each test by its own.
    static DARK: Cell<bool> = const { Cell::new(false) };
}

/// Tells the colours whether it is night, before a window is drawn.
pub(super) fn set_dark(dark: bool) {
    DARK.set(dark);
}

impl From<Colour> for Color32 {
    fn from(colour: Colour) -> Self {
        if DARK.get() { colour.dark } else { colour.light }
    }
}

impl Colour {
    /// As it is now.
    pub(super) fn now(self) -> Color32 {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The relative luminance of the Web Content Accessibility Guidelines 2.1.
    fn luminance(colour: Color32) -> f64 {
        let part = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(colour.r()) + 0.7152 * part(colour.g()) + 0.0722 * part(colour.b())
    }

    fn contrast(one: Color32, other: Color32) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[track_caller]
    fn check(one: Colour, other: Colour, least: f64) {
        for (one, other, when) in
            [(one.light, other.light, "by day"), (one.dark, other.dark, "by night")]
        {
            let found = contrast(one, other);
            assert!(found >= least, "{one:?} on {other:?} {when}: {found:.2} instead of {least}");
        }
    }

    #[test]
    fn black_on_white_has_the_contrast_that_the_guidelines_print() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 0.001);
    }

    #[test]
    fn every_text_can_be_read_by_day_and_by_night() {
        for ground in [PAPER, SHADE, SHEET] {
            for text in [INK, QUIET, ACCENT, RED] {
                check(text, ground, 4.5);
            }
        }
        check(GREEN, PAPER, 4.5);
        check(QUIET, PICKED, 4.5);
        for ground in [AMBER, PICKED, FOUND, FOUND_HERE] {
            check(INK, ground, 4.5);
        }
        check(ON_FILL, FILL, 4.5);
        check(ON_FILL, BAND, 4.5);
    }

    #[test]
    fn every_control_can_be_seen_by_day_and_by_night() {
        for ground in [PAPER, SHADE, SHEET] {
            check(LINE, ground, 3.0);
            check(ACCENT, ground, 3.0);
        }
        check(FILL, PAPER, 3.0);
        check(TICK, GREEN, 3.0);
    }

    #[test]
    fn a_colour_is_that_of_the_hour() {
        assert_eq!(INK.now(), INK.light);
        set_dark(true);
        assert_eq!(INK.now(), INK.dark);
        set_dark(false);
    }
}
