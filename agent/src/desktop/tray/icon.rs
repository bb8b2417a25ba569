//! The tray's icon, drawn: our mark with a sign of what the agent does. The signs differ in shape, not in colour alone.

/// A colour: red, green, blue.
type Colour = [f64; 3];

const SEAL: Colour = [0.0, 95.0, 115.0];
const WHITE: Colour = [255.0, 255.0, 255.0];
const AMBER: Colour = [238.0, 155.0, 0.0];
const RED: Colour = [174.0, 32.0, 18.0];
const DARK: Colour = [0.0, 18.0, 25.0];

/// What the icon says beside whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::desktop) enum Sign {
    /// Nothing: all is well.
    Plain,
    /// Three dots: it works.
    Dots,
    /// An exclamation mark in a disc: it waits for the person.
    Exclamation,
    /// The mark is struck out: pages cannot call.
    Struck,
}

/// Pixels: rows from the top, in each from the left, red, green, blue and how much of it covers what is behind.
pub(super) struct Picture {
    /// Pixels to each side.
    pub(super) side: u32,
    /// Four bytes a pixel.
    pub(super) rgba: Vec<u8>,
}

/// A shape: how far a place is outside of it, negative inside. The whole picture is 32 by 32.
type Shape = fn(f64, f64) -> f64;

fn sheet(x: f64, y: f64) -> f64 {
    let (x, y) = ((x - 16.0).abs() - 9.0, (y - 16.0).abs() - 9.0);
    x.max(0.0).hypot(y.max(0.0)) + x.max(y).min(0.0) - 6.0
}

fn mark(x: f64, y: f64) -> f64 {
    let ring = ((x - 16.0).hypot(y - 12.0) - 6.0).abs() - 1.8;
    ring.min(bar(x, y, 16.0, 22.5, 1.8, 4.5))
}

/// A bar around a place, so far to each side.
fn bar(x: f64, y: f64, middle_x: f64, middle_y: f64, across: f64, along: f64) -> f64 {
    ((x - middle_x).abs() - across).max((y - middle_y).abs() - along)
}

fn disc(x: f64, y: f64, middle_x: f64, middle_y: f64, radius: f64) -> f64 {
    (x - middle_x).hypot(y - middle_y) - radius
}

fn strip(x: f64, y: f64) -> f64 {
    bar(x, y, 16.0, 26.0, 16.0, 6.0)
}

fn dots(x: f64, y: f64) -> f64 {
    [6.0, 16.0, 26.0]
        .map(|middle| disc(x, y, middle, 26.0, 3.2))
        .into_iter()
        .fold(f64::MAX, f64::min)
}

fn badge_edge(x: f64, y: f64) -> f64 {
    disc(x, y, 22.0, 22.0, 10.0)
}

fn badge(x: f64, y: f64) -> f64 {
    disc(x, y, 22.0, 22.0, 8.8)
}

fn exclamation(x: f64, y: f64) -> f64 {
    bar(x, y, 22.0, 19.6, 1.6, 3.8).min(disc(x, y, 22.0, 26.8, 1.9))
}

fn stroke(x: f64, y: f64, half: f64) -> f64 {
    // From the lower left to the upper right corner.
    ((x + y - 32.0).abs() / std::f64::consts::SQRT_2 - half).max(bar(x, y, 16.0, 16.0, 15.0, 15.0))
}

fn stroke_edge(x: f64, y: f64) -> f64 {
    stroke(x, y, 3.8)
}

fn stroke_core(x: f64, y: f64) -> f64 {
    stroke(x, y, 2.2)
}

/// Draws the icon with so many pixels to each side.
pub(super) fn draw(sign: Sign, side: u32) -> Picture {
    let mut layers: Vec<(Shape, Colour)> = vec![(sheet, SEAL), (mark, WHITE)];
    match sign {
        Sign::Plain => {}
        Sign::Dots => layers.extend([(strip as Shape, DARK), (dots, WHITE)]),
        Sign::Exclamation => {
            layers.extend([(badge_edge as Shape, WHITE), (badge, AMBER), (exclamation, DARK)]);
        }
        Sign::Struck => layers.extend([(stroke_edge as Shape, WHITE), (stroke_core, RED)]),
    }
    let scale = 32.0 / f64::from(side);
    let place = |pixel: u32| (f64::from(pixel) + 0.5) * scale;
    let pixels = (0..side).flat_map(|row| (0..side).map(move |column| (column, row)));
    let rgba = pixels.flat_map(|(column, row)| pixel(&layers, place(column), place(row), scale));
    Picture { side, rgba: rgba.collect() }
}

/// One pixel: the layers over each other, each as far as it covers this place.
fn pixel(layers: &[(Shape, Colour)], x: f64, y: f64, scale: f64) -> [u8; 4] {
    let (mut colour, mut cover) = ([0.0; 3], 0.0_f64);
    for (shape, paint) in layers {
        let over = (0.5 - shape(x, y) / scale).clamp(0.0, 1.0);
        let sum = over + cover * (1.0 - over);
        if sum > 0.0 {
            for (have, take) in colour.iter_mut().zip(paint) {
                *have = (take * over + *have * cover * (1.0 - over)) / sum;
            }
        }
        cover = sum;
    }
    let [red, green, blue] = colour.map(byte);
    [red, green, blue, byte(cover * 255.0)]
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is 0 to 255")]
fn byte(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Sign; 4] = [Sign::Plain, Sign::Dots, Sign::Exclamation, Sign::Struck];

    /// What somebody sees who sees no colours: light or dark, per pixel, on a grey panel.
    fn grey(sign: Sign, side: u32) -> Vec<f64> {
        let light = |rgba: &[u8]| {
            let [red, green, blue, cover] = [0, 1, 2, 3].map(|at| f64::from(rgba[at]));
            let own = 0.299 * red + 0.587 * green + 0.114 * blue;
            own * cover / 255.0 + 128.0 * (1.0 - cover / 255.0)
        };
        draw(sign, side).rgba.chunks(4).map(light).collect()
    }

    #[test]
    fn every_state_is_told_without_colours_and_at_every_size() {
        for side in [16, 22, 24, 32, 48] {
            for (index, one) in ALL.into_iter().enumerate() {
                let picture = draw(one, side);
                assert_eq!(picture.rgba.len(), (side * side * 4) as usize);
                for other in &ALL[index + 1..] {
                    let (one_grey, other_grey) = (grey(one, side), grey(*other, side));
                    let far =
                        one_grey.iter().zip(&other_grey).filter(|(a, b)| (**a - **b).abs() > 60.0);
                    let share = far.count() * 100 / one_grey.len();
                    assert!(share >= 8, "{one:?} and {other:?} at {side}: {share} % differ");
                }
            }
        }
    }

    #[test]
    fn the_icon_has_corners_that_show_what_is_behind_and_a_middle_that_does_not() {
        let picture = draw(Sign::Plain, 22);
        assert_eq!(picture.rgba[3], 0);
        let middle = ((11 * 22 + 4) * 4) as usize;
        assert_eq!(picture.rgba[middle + 3], 255);
    }
}
