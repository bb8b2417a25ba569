//! One picture of a camera, in memory.

use std::fmt;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{ExtendedColorType, RgbImage};

use super::pixels::BadFrame;

/// Neither side of a picture is longer: more than a camera of a computer gives, and a limit to memory.
pub(super) const SIDE: u32 = 4096;

/// The qualities that are tried in turn, until the picture is small enough.
const QUALITIES: [u8; 5] = [92, 85, 75, 60, 40];

/// A picture of 1 to 4096 pixels a side, three bytes (red, green, blue) a pixel, from the left above on, without gaps.
///
/// It is as the camera saw it. A person who looks at themselves expects a mirror: the window that shows it turns it
/// round, and never what is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl Frame {
    /// Takes the bytes of a picture.
    ///
    /// # Errors
    /// [`BadFrame::Size`] if a side is 0 or longer than 4096, [`BadFrame::Short`] if there are not as many bytes as
    /// that takes.
    pub fn new(width: u32, height: u32, rgb: Vec<u8>) -> Result<Self, BadFrame> {
        let (across, down) = sides(width, height)?;
        if rgb.len() == across * down * 3 {
            Ok(Self { width, height, rgb })
        } else {
            Err(BadFrame::Short)
        }
    }

    /// In pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// In pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Red, green, blue of each pixel.
    #[must_use]
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// The picture as a JPEG of at most `most` bytes: the best quality that fits, and a smaller picture if none does.
    ///
    /// # Errors
    /// [`BadFrame::Size`] if not even sixteen pixels a side fit.
    pub fn jpeg(&self, most: usize) -> Result<Vec<u8>, BadFrame> {
        let (mut width, mut height) = (self.width, self.height);
        let mut smaller: Option<RgbImage> = None;
        loop {
            let rgb = smaller.as_ref().map_or(self.rgb.as_slice(), |image| image.as_raw());
            for quality in QUALITIES {
                let mut jpeg = Vec::new();
                JpegEncoder::new_with_quality(&mut jpeg, quality)
                    .encode(rgb, width, height, ExtendedColorType::Rgb8)
                    .map_err(|_| BadFrame::Broken)?;
                if jpeg.len() <= most {
                    return Ok(jpeg);
                }
            }
            (width, height) = (width / 2, height / 2);
            if width < 16 || height < 16 {
                return Err(BadFrame::Size);
            }
            let whole = RgbImage::from_raw(self.width, self.height, self.rgb.clone());
            let whole = whole.ok_or(BadFrame::Short)?;
            smaller = Some(imageops::resize(&whole, width, height, FilterType::Triangle));
        }
    }
}

/// A picture is of a person: nothing of it goes into logs.
impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({}x{})", self.width, self.height)
    }
}

/// The sides as lengths, if they are those of a picture.
pub(super) fn sides(width: u32, height: u32) -> Result<(usize, usize), BadFrame> {
    if !(1..=SIDE).contains(&width) || !(1..=SIDE).contains(&height) {
        return Err(BadFrame::Size);
    }
    Ok((width as usize, height as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pixels that no encoder makes small.
    fn noise(width: u32, height: u32) -> Frame {
        let mut state = 1_u32;
        let rgb = (0..width * height * 3)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state.to_be_bytes()[0]
            })
            .collect();
        Frame::new(width, height, rgb).unwrap()
    }

    #[test]
    fn a_picture_has_the_bytes_that_its_sides_take() {
        assert!(Frame::new(2, 1, vec![0; 6]).is_ok());
        for (width, height, length, why) in [
            (2, 1, 5, BadFrame::Short),
            (2, 1, 7, BadFrame::Short),
            (0, 1, 0, BadFrame::Size),
            (1, 4097, 12291, BadFrame::Size),
            (u32::MAX, u32::MAX, 0, BadFrame::Size),
        ] {
            assert_eq!(Frame::new(width, height, vec![0; length]), Err(why));
        }
    }

    #[test]
    fn a_jpeg_is_as_good_as_fits() {
        let frame = noise(320, 240);
        let read = |jpeg: &[u8]| image::load_from_memory(jpeg).unwrap().into_rgb8();
        let best = frame.jpeg(usize::MAX).unwrap();
        assert_eq!(read(&best).dimensions(), (320, 240));
        let worse = frame.jpeg(best.len() - 1).unwrap();
        assert!(worse.len() < best.len());
        assert_eq!(read(&worse).dimensions(), (320, 240));
        let small = frame.jpeg(4000).unwrap();
        assert!(small.len() <= 4000);
        assert!(read(&small).width() < 320);
        assert_eq!(frame.jpeg(100), Err(BadFrame::Size));
    }

    #[test]
    fn colours_survive_in_a_jpeg() {
        let halves: Vec<u8> = (0..64 * 64)
            .flat_map(|at| if at % 64 < 32 { [200, 30, 40] } else { [20, 60, 180] })
            .collect();
        let jpeg = Frame::new(64, 64, halves).unwrap().jpeg(5_000_000).unwrap();
        let image = image::load_from_memory(&jpeg).unwrap().into_rgb8();
        for (x, wanted) in [(8, [200, 30, 40]), (56, [20, 60, 180])] {
            for (found, wanted) in image.get_pixel(x, 32).0.iter().zip(wanted) {
                assert!(found.abs_diff(wanted) < 12, "{found} {wanted}");
            }
        }
    }

    #[test]
    fn a_log_learns_its_size_and_nothing_else() {
        assert_eq!(format!("{:?}", noise(3, 2)), "Frame(3x2)");
    }
}
