//! A first look at a picture: whether the bytes have the structure of a JPEG (ITU-T T.81, annex B).
//!
//! Nothing is decoded and no face is sought: face detection is a simulation here. What can be told from the structure
//! alone is told: that it is a JPEG of a sane size, and that it shows more than one colour.

use sha2::{Digest as _, Sha256};

/// The largest picture that is accepted, in bytes.
pub(crate) const MAX_BYTES: usize = 5 * 1024 * 1024;

/// The smallest and the largest side, in pixels.
const SIDES: std::ops::RangeInclusive<u16> = 64..=10_000;

/// A picture that was looked at. The bytes themselves are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Picture {
    /// SHA-256 of the file: tells two pictures apart.
    pub(crate) fingerprint: [u8; 32],
    /// Every block of it is coded as the one before: one flat colour.
    pub(crate) flat: bool,
}

/// The bytes have not the structure of a JPEG, or its sides are out of all measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAJpeg;

impl Picture {
    pub(crate) fn look_at(bytes: &[u8]) -> Result<Self, NotAJpeg> {
        if bytes.len() > MAX_BYTES {
            return Err(NotAJpeg);
        }
        let mut rest = bytes.strip_prefix(&[0xff, 0xd8]).ok_or(NotAJpeg)?;
        let (mut tables, mut frame, mut flat) = (false, false, None);
        loop {
            let marker;
            (marker, rest) = next_marker(rest)?;
            match marker {
                // End of image: everything must have been there.
                0xd9 => break,
                // Stand-alone markers have no business between segments.
                0x00 | 0x01 | 0xd0..=0xd8 | 0xff => return Err(NotAJpeg),
                _ => {}
            }
            let segment;
            (segment, rest) = next_segment(rest)?;
            match marker {
                0xdb => tables = true,
                0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                    if frame || !sane_frame(segment) {
                        return Err(NotAJpeg);
                    }
                    frame = true;
                }
                0xda => {
                    if !frame || !tables {
                        return Err(NotAJpeg);
                    }
                    let scan;
                    (scan, rest) = scan_data(rest);
                    // The first scan has the coarse picture in every kind of JPEG: it decides.
                    flat.get_or_insert_with(|| repeats_itself(scan));
                }
                _ => {}
            }
        }
        Ok(Self { fingerprint: Sha256::digest(bytes).into(), flat: flat.ok_or(NotAJpeg)? })
    }
}

/// A marker and what follows it. Any number of fill bytes may stand before it.
fn next_marker(bytes: &[u8]) -> Result<(u8, &[u8]), NotAJpeg> {
    let mut rest = bytes.strip_prefix(&[0xff]).ok_or(NotAJpeg)?;
    while let Some(after) = rest.strip_prefix(&[0xff]) {
        rest = after;
    }
    rest.split_first().map(|(marker, rest)| (*marker, rest)).ok_or(NotAJpeg)
}

/// A segment's content and what follows it. The length counts its own two bytes.
fn next_segment(bytes: &[u8]) -> Result<(&[u8], &[u8]), NotAJpeg> {
    let [high, low, rest @ ..] = bytes else { return Err(NotAJpeg) };
    let length = usize::from(u16::from_be_bytes([*high, *low])).checked_sub(2).ok_or(NotAJpeg)?;
    rest.split_at_checked(length).ok_or(NotAJpeg)
}

/// A frame header: precision, height, width, number of components, three bytes for each.
fn sane_frame(segment: &[u8]) -> bool {
    let [8 | 12, h1, h0, w1, w0, components, rest @ ..] = segment else { return false };
    let (height, width) = (u16::from_be_bytes([*h1, *h0]), u16::from_be_bytes([*w1, *w0]));
    SIDES.contains(&height)
        && SIDES.contains(&width)
        && (1..=4).contains(components)
        && rest.len() == usize::from(*components) * 3
}

/// Entropy-coded data up to the next marker that is neither a stuffed byte nor a restart.
fn scan_data(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes
        .windows(2)
        .position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7))
        .unwrap_or(bytes.len());
    bytes.split_at(end)
}

/// Whether entropy-coded data say the same again and again. One colour makes every unit after the first the same few
/// bits; eight times that many bytes is a period of whole bytes. A picture of something never has one.
fn repeats_itself(scan: &[u8]) -> bool {
    // The first unit, which differs, takes far less than this; 64 pixels square have at least 16 units.
    const HEAD: usize = 24;
    const LONGEST_PERIOD: usize = 64;
    // The last byte is padded with ones.
    let Some(body) = scan.get(HEAD..scan.len().saturating_sub(1)) else { return true };
    let repeats_after =
        |bytes: &[u8], period: usize| bytes.iter().zip(&bytes[period..]).all(|(a, b)| a == b);
    // The beginning alone proposes the period, so that a hostile file costs one pass and not one for each period.
    let beginning = &body[..body.len().min(4_096)];
    let longest = LONGEST_PERIOD.min(beginning.len().saturating_sub(1) / 2);
    body.len() < 8
        || (1..=longest)
            .find(|period| repeats_after(beginning, *period))
            .is_some_and(|period| repeats_after(body, period))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A JPEG by structure, of these sides and with these entropy-coded data.
    fn jpeg(width: u16, height: u16, scan: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xdb, 0x00, 0x43, 0x00];
        bytes.extend([1; 64]);
        bytes.extend([0xff, 0xc0, 0x00, 0x0b, 8]);
        bytes.extend(height.to_be_bytes());
        bytes.extend(width.to_be_bytes());
        bytes.extend([1, 1, 0x11, 0, 0xff, 0xda, 0x00, 0x08, 1, 1, 0, 0, 63, 0]);
        bytes.extend(scan);
        bytes.extend([0xff, 0xd9]);
        bytes
    }

    fn varied() -> Vec<u8> {
        (0..200_u32).map(|n| u8::try_from(n * n % 251).unwrap()).collect()
    }

    #[test]
    fn the_structure_of_a_jpeg_is_accepted() {
        let picture = Picture::look_at(&jpeg(640, 480, &varied())).unwrap();
        assert!(!picture.flat);
    }

    #[test]
    fn one_flat_colour_is_seen() {
        let flat = [0xe9, 0x28, 0xa0, 0x02].repeat(40);
        assert!(Picture::look_at(&jpeg(64, 64, &flat)).unwrap().flat);
        assert!(Picture::look_at(&jpeg(64, 64, &[0x3f; 12])).unwrap().flat);
    }

    #[test]
    fn sides_out_of_all_measure_are_refused() {
        for (width, height) in [(63, 64), (64, 63), (10_001, 64), (64, 0)] {
            assert_eq!(Picture::look_at(&jpeg(width, height, &varied())), Err(NotAJpeg));
        }
    }

    #[test]
    fn stuffed_bytes_and_restarts_do_not_end_the_data() {
        let mut scan = varied();
        scan.extend([0xff, 0x00, 0x12, 0xff, 0xd3, 0x34]);
        assert!(Picture::look_at(&jpeg(64, 64, &scan)).is_ok());
    }

    #[test]
    fn a_jpeg_cut_short_anywhere_is_refused() {
        let whole = jpeg(64, 64, &varied());
        for length in 0..whole.len() {
            assert_eq!(Picture::look_at(&whole[..length]), Err(NotAJpeg), "{length}");
        }
    }

    #[test]
    fn other_files_are_refused() {
        for bytes in [
            &b""[..],
            b"\x89PNG\r\n\x1a\n",
            b"GIF89a",
            b"\xff\xd8\xff\xd9",
            b"\xff\xd8\xff\xe0\x00\x00",
        ] {
            assert_eq!(Picture::look_at(bytes), Err(NotAJpeg));
        }
    }
}
