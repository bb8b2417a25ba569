//! Which of the forms that a camera offers is taken.

use super::frame::SIDE;
use super::pixels::Pixels;

/// The size of a good portrait or page of a document; more costs time and gives the services nothing.
const WANTED: (u32, u32) = (1280, 720);
/// Fewer pictures a second are no film in which a person can hold a paper still.
const SMOOTH: u32 = 10;

/// What a camera can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) pixels: Pixels,
    pub(super) width: u32,
    pub(super) height: u32,
    /// Pictures a second, rounded down; 0 if nobody knows.
    pub(super) rate: u32,
}

#[cfg(any(target_os = "linux", test))]
/// A range of sizes, brought to the one that is nearest to the wanted: `from`, `to` and `step` of a side.
pub(super) fn nearest(wanted: u32, from: u32, to: u32, step: u32) -> u32 {
    if to < from {
        return from;
    }
    let wanted = wanted.clamp(from, to);
    from + (wanted - from) / step.max(1) * step.max(1)
}

#[cfg(any(target_os = "linux", test))]
/// The nearest size in such a range.
pub(super) fn nearest_size((widths, heights): ((u32, u32, u32), (u32, u32, u32))) -> (u32, u32) {
    (
        nearest(WANTED.0, widths.0, widths.1, widths.2),
        nearest(WANTED.1, heights.0, heights.1, heights.2),
    )
}

/// The best offer: colourful, smooth, near to the wanted size, and then the one that is read fastest.
pub(super) fn best(offers: impl IntoIterator<Item = Offer>) -> Option<Offer> {
    offers.into_iter().filter(readable).max_by_key(|offer| {
        (
            offer.pixels != Pixels::Grey,
            offer.rate == 0 || offer.rate >= SMOOTH,
            std::cmp::Reverse(distance(offer)),
            offer.rate.min(30),
            cheapness(offer.pixels),
        )
    })
}

fn readable(offer: &Offer) -> bool {
    (16..=SIDE).contains(&offer.width) && (16..=SIDE).contains(&offer.height)
}

/// How far the sides are from the wanted ones.
fn distance(offer: &Offer) -> u32 {
    offer.width.abs_diff(WANTED.0) + offer.height.abs_diff(WANTED.1)
}

/// Cameras see in brightness and colour; red, green and blue are mostly computed by the driver, in three bytes a pixel.
fn cheapness(pixels: Pixels) -> u8 {
    match pixels {
        Pixels::Nv12 | Pixels::Yuyv => 3,
        Pixels::Rgb | Pixels::Bgr => 2,
        Pixels::Jpeg => 1,
        Pixels::Grey => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn offer(pixels: Pixels, width: u32, height: u32, rate: u32) -> Offer {
        Offer { pixels, width, height, rate }
    }

    #[test]
    fn a_usual_camera_gives_its_wide_picture_as_fast_as_it_can() {
        const SLOW: Offer = offer(Pixels::Yuyv, 1280, 720, 9);
        const SMALL: Offer = offer(Pixels::Yuyv, 640, 480, 30);
        const FAST: Offer = offer(Pixels::Jpeg, 1280, 720, 30);
        const LARGE: Offer = offer(Pixels::Jpeg, 1920, 1080, 30);
        const GREY: Offer = offer(Pixels::Grey, 1280, 720, 30);
        const ABSURD: Offer = offer(Pixels::Rgb, 100_000, 1, 30);
        const UNKNOWN: Offer = offer(Pixels::Nv12, 1280, 720, 0);
        for (offers, taken) in [
            (&[][..], None),
            (&[ABSURD], None),
            (&[SLOW, SMALL, FAST, LARGE, GREY, ABSURD], Some(FAST)),
            (&[SLOW, SMALL], Some(SMALL)),
            (&[SLOW], Some(SLOW)),
            (&[SLOW, GREY], Some(SLOW)),
            (&[GREY], Some(GREY)),
            (&[LARGE, SMALL], Some(SMALL)),
            (&[UNKNOWN, SMALL], Some(UNKNOWN)),
        ] {
            assert_eq!(best(offers.iter().copied()), taken);
        }
    }

    #[test]
    fn of_a_range_the_nearest_size_is_taken() {
        assert_eq!(nearest_size(((16, 4096, 16), (16, 2160, 8))), (1280, 720));
        assert_eq!(nearest_size(((320, 640, 1), (240, 480, 1))), (640, 480));
        assert_eq!(nearest(1280, 100, 2000, 300), 1000);
        assert_eq!(nearest(1280, 5, 1, 0), 5);
        assert_eq!(nearest(1280, 0, u32::MAX, u32::MAX), 0);
    }
}
