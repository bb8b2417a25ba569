//! From the bytes of a camera to red, green and blue. Every byte is hostile: a camera is a device that somebody plugged in.

use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits};

use super::frame::{Frame, SIDE, sides};

/// Why bytes are no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadFrame {
    /// There are fewer bytes than the picture takes: it was cut off on its way.
    #[error("the picture is incomplete")]
    Short,
    /// A side is 0 or absurdly long.
    #[error("no picture has this size")]
    Size,
    /// It is not what the camera said it would be.
    #[error("the picture cannot be read")]
    Broken,
}

/// How a camera writes pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pixels {
    /// Red, green, blue.
    Rgb,
    /// Blue, green, red.
    Bgr,
    /// Brightness alone.
    Grey,
    /// Two pixels in four bytes: brightness, blueness, brightness, redness.
    Yuyv,
    /// A plane of brightness; then a plane of half its height with blueness and redness in turn.
    Nv12,
    /// A JPEG for each picture; its size is the one that it says itself.
    Jpeg,
}

/// What brightness the darkest and the brightest pixel have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Range {
    /// 16 and 235, as television does; also blueness and redness have less than the whole byte.
    #[default]
    Limited,
    /// 0 and 255.
    Full,
}

/// How the bytes of a camera are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// How pixels are written.
    pub pixels: Pixels,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Bytes from the start of a row to the start of the next; 0 if there are no gaps.
    pub stride: u32,
    /// How brightness is written.
    pub range: Range,
}

impl Layout {
    /// Rows without gaps, in the limited range.
    #[must_use]
    pub fn new(pixels: Pixels, width: u32, height: u32) -> Self {
        Self { pixels, width, height, stride: 0, range: Range::Limited }
    }

    /// The picture that `bytes` are. There may be more bytes than it takes.
    ///
    /// # Errors
    /// See [`BadFrame`].
    pub fn read(&self, bytes: &[u8]) -> Result<Frame, BadFrame> {
        let (across, down) = sides(self.width, self.height)?;
        let even = across.next_multiple_of(2);
        let mut rgb = Vec::with_capacity(across * down * 3);
        match self.pixels {
            Pixels::Jpeg => return read_jpeg(bytes),
            Pixels::Rgb => {
                for row in self.rows(bytes, across * 3, down)? {
                    rgb.extend_from_slice(row);
                }
            }
            Pixels::Bgr => {
                for row in self.rows(bytes, across * 3, down)? {
                    for pixel in row.chunks_exact(3) {
                        rgb.extend_from_slice(&[pixel[2], pixel[1], pixel[0]]);
                    }
                }
            }
            Pixels::Grey => {
                for row in self.rows(bytes, across, down)? {
                    for grey in row {
                        rgb.extend_from_slice(&[*grey; 3]);
                    }
                }
            }
            Pixels::Yuyv => {
                let table = Table::of(self.range);
                for row in self.rows(bytes, even * 2, down)? {
                    for four in row.chunks_exact(4) {
                        table.pair([four[0], four[2]], four[1], four[3], &mut rgb);
                    }
                    // The second of the last pair, if there is no such column.
                    rgb.truncate(rgb.len() - (even - across) * 3);
                }
            }
            Pixels::Nv12 => {
                let table = Table::of(self.range);
                let bright = self.rows(bytes, across, down)?;
                let rest = bytes.get(self.step(across)? * down..).ok_or(BadFrame::Short)?;
                let coloured: Vec<_> = self.rows(rest, even, down.div_ceil(2))?.collect();
                for (at, row) in bright.enumerate() {
                    let pairs = coloured.get(at / 2).ok_or(BadFrame::Short)?.chunks_exact(2);
                    for (two, pair) in row.chunks(2).zip(pairs) {
                        table.pair([two[0], two[two.len() - 1]], pair[0], pair[1], &mut rgb);
                    }
                    rgb.truncate(rgb.len() - (even - across) * 3);
                }
            }
        }
        Frame::new(self.width, self.height, rgb)
    }

    /// How far it is from row to row, if a row takes `length` bytes.
    fn step(&self, length: usize) -> Result<usize, BadFrame> {
        match self.stride as usize {
            0 => Ok(length),
            stride if stride < length || stride > SIDE as usize * 8 => Err(BadFrame::Size),
            stride => Ok(stride),
        }
    }

    fn rows<'a>(
        &self,
        bytes: &'a [u8],
        length: usize,
        rows: usize,
    ) -> Result<impl Iterator<Item = &'a [u8]> + use<'a>, BadFrame> {
        let step = self.step(length)?;
        // The last row may do without its gap.
        if bytes.len() < step * (rows - 1) + length {
            return Err(BadFrame::Short);
        }
        Ok(bytes.chunks(step).take(rows).map(move |row| &row[..length]))
    }
}

/// What a byte adds to red, green and blue by ITU-R BT.601, in 1/64: looked up, because a picture has a million pixels
/// and there are thirty a second.
struct Table {
    bright: [i32; 256],
    red: [i32; 256],
    green_of_red: [i32; 256],
    green_of_blue: [i32; 256],
    blue: [i32; 256],
}

impl Table {
    fn of(range: Range) -> Self {
        // How much brightness and colour are stretched, and where black lies.
        let (bright, colour, black) = match range {
            Range::Limited => (255.0 / 219.0, 255.0 / 224.0, 16.0),
            Range::Full => (1.0, 1.0, 0.0),
        };
        let line = |factor: f64, zero: f64| {
            std::array::from_fn(|at| {
                #[expect(clippy::cast_possible_truncation, reason = "at most 64 * 2 * 255")]
                #[expect(clippy::cast_precision_loss, reason = "an index below 256")]
                let value = (64.0 * factor * (at as f64 - zero)).round() as i32;
                value
            })
        };
        Self {
            bright: line(bright, black),
            red: line(1.402 * colour, 128.0),
            green_of_red: line(-0.714_136 * colour, 128.0),
            green_of_blue: line(-0.344_136 * colour, 128.0),
            blue: line(1.772 * colour, 128.0),
        }
    }

    /// Two pixels of one colour.
    fn pair(&self, bright: [u8; 2], blue: u8, red: u8, rgb: &mut Vec<u8>) {
        let (blue, red) = (usize::from(blue), usize::from(red));
        // Half of the last place, so that the shift rounds.
        let (r, b) = (self.red[red] + 32, self.blue[blue] + 32);
        let g = self.green_of_red[red] + self.green_of_blue[blue] + 32;
        let (one, two) = (self.bright[usize::from(bright[0])], self.bright[usize::from(bright[1])]);
        rgb.extend_from_slice(&[
            byte(one + r),
            byte(one + g),
            byte(one + b),
            byte(two + r),
            byte(two + g),
            byte(two + b),
        ]);
    }
}

/// The nearest byte of a value in 1/64.
fn byte(value: i32) -> u8 {
    let value = value >> 6;
    if value < 0 {
        0
    } else if value > 255 {
        255
    } else {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
        let value = value as u8;
        value
    }
}

fn read_jpeg(bytes: &[u8]) -> Result<Frame, BadFrame> {
    let whole = with_tables(bytes)?;
    let mut reader = ImageReader::with_format(Cursor::new(whole), ImageFormat::Jpeg);
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(u64::from(SIDE) * u64::from(SIDE) * 4);
    reader.limits(limits);
    let image = reader.decode().map_err(|_| BadFrame::Broken)?.into_rgb8();
    Frame::new(image.width(), image.height(), image.into_raw())
}

/// The bytes from the start to the end that a JPEG says itself, with the mark of a film's frame after the start.
///
/// What was cut off has no end, and the decoder would fill up with grey. With the mark it knows what films leave out:
/// the tables that are the same in each frame. What follows the end is what the driver's memory held.
fn with_tables(bytes: &[u8]) -> Result<Vec<u8>, BadFrame> {
    const MARK: &[u8] = b"\xff\xe0\x00\x07AVI1\0";
    let rest = bytes.strip_prefix(b"\xff\xd8").ok_or(BadFrame::Broken)?;
    let end = rest.windows(2).rposition(|pair| pair == b"\xff\xd9").ok_or(BadFrame::Short)? + 2;
    Ok([b"\xff\xd8", MARK, &rest[..end]].concat())
}

#[cfg(test)]
mod tests;
