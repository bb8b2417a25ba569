//! Pixels made by hand, by another encoder, and by whoever wishes ill.

use super::*;

const ALL: [Pixels; 6] =
    [Pixels::Rgb, Pixels::Bgr, Pixels::Grey, Pixels::Yuyv, Pixels::Nv12, Pixels::Jpeg];

fn near(found: &[u8], wanted: &[u8], within: u8) {
    assert_eq!(found.len(), wanted.len());
    for (found_one, wanted_one) in found.iter().zip(wanted) {
        assert!(found_one.abs_diff(*wanted_one) <= within, "{found:?} {wanted:?}");
    }
}

#[test]
fn plain_pixels_are_taken_as_they_are_and_gaps_are_left_out() {
    let gaps = |pixels| Layout { stride: 8, ..Layout::new(pixels, 2, 2) };
    let bytes = [1, 2, 3, 4, 5, 6, 99, 99, 7, 8, 9, 10, 11, 12];
    let read = gaps(Pixels::Rgb).read(&bytes).unwrap();
    assert_eq!(read.rgb(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    let read = gaps(Pixels::Bgr).read(&bytes).unwrap();
    assert_eq!(read.rgb(), [3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10]);
    let read = gaps(Pixels::Grey).read(&bytes).unwrap();
    assert_eq!(read.rgb(), [1, 1, 1, 2, 2, 2, 7, 7, 7, 8, 8, 8]);
}

/// Black, white and the bars of a test picture, in BT.601 as tables print them.
const BARS: [([u8; 3], [u8; 3]); 8] = [
    ([16, 128, 128], [0, 0, 0]),
    ([235, 128, 128], [255, 255, 255]),
    ([81, 90, 240], [255, 0, 0]),
    ([145, 54, 34], [0, 255, 0]),
    ([41, 240, 110], [0, 0, 255]),
    ([210, 16, 146], [255, 255, 0]),
    ([170, 166, 16], [0, 255, 255]),
    ([106, 202, 222], [255, 0, 255]),
];

#[test]
fn the_bars_of_television_have_their_colours() {
    for ([bright, blue, red], colour) in BARS {
        let read = Layout::new(Pixels::Yuyv, 2, 1).read(&[bright, blue, bright, red]).unwrap();
        near(read.rgb(), &[colour, colour].concat(), 2);
        let planes = [bright, bright, bright, bright, blue, red];
        let read = Layout::new(Pixels::Nv12, 2, 2).read(&planes).unwrap();
        near(read.rgb(), &[colour; 4].concat(), 2);
    }
}

#[test]
fn the_full_range_uses_the_whole_byte() {
    let full = |bytes: &[u8]| {
        let layout = Layout { range: Range::Full, ..Layout::new(Pixels::Yuyv, 2, 1) };
        layout.read(bytes).unwrap().rgb().to_vec()
    };
    near(&full(&[0, 128, 255, 128]), &[0, 0, 0, 255, 255, 255], 0);
    near(&full(&[76, 85, 76, 255]), &[254, 0, 0, 254, 0, 0], 2);
}

#[test]
fn odd_sides_and_gaps_lose_no_pixel() {
    let read = Layout::new(Pixels::Yuyv, 3, 1).read(&[16, 128, 235, 128, 16, 128, 99, 128]);
    near(read.unwrap().rgb(), &[0, 0, 0, 255, 255, 255, 0, 0, 0], 1);
    // Three across and three down, with a gap of two: brightness, then two rows of colour.
    let mut bytes = Vec::new();
    for row in [[16, 235, 16], [235, 16, 235], [16, 16, 235]] {
        bytes.extend([row[0], row[1], row[2], 9, 9, 9]);
    }
    bytes.extend([128, 128, 128, 128, 9, 9, 128, 128, 128, 128]);
    let read = Layout { stride: 6, ..Layout::new(Pixels::Nv12, 3, 3) }.read(&bytes).unwrap();
    let bright: Vec<u8> = read.rgb().chunks(3).map(|pixel| pixel[0]).collect();
    assert_eq!(bright, [0, 255, 0, 255, 0, 255, 0, 0, 255]);
}

#[test]
fn what_is_cut_off_or_absurd_is_an_error() {
    for pixels in ALL {
        let layout = Layout::new(pixels, 32, 16);
        for length in [0, 1, 31, 511] {
            assert!(layout.read(&vec![0; length]).is_err(), "{pixels:?} {length}");
        }
        for (width, height) in [(0, 16), (16, 0), (4097, 1), (u32::MAX, u32::MAX)] {
            let read = Layout::new(pixels, width, height).read(&[0; 4096]);
            assert_eq!(read, Err(BadFrame::Size), "{pixels:?}");
        }
        for stride in [1, u32::MAX] {
            let read = Layout { stride, ..layout }.read(&[0; 65536]);
            assert!(read.is_err(), "{pixels:?} {stride}");
        }
    }
}

/// A red and a blue half, 32 by 16, by an encoder that is not the one of our pictures, with the tables that films leave
/// out.
const BY_ANOTHER: &[u8] = include_bytes!("halves.jpg");

/// Without its Huffman tables, as some cameras send it.
fn as_film(jpeg: &[u8]) -> Vec<u8> {
    let mut film = jpeg[..2].to_vec();
    let mut at = 2;
    while jpeg[at + 1] != 0xda {
        let length = 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        if jpeg[at + 1] != 0xc4 {
            film.extend(&jpeg[at..at + length]);
        }
        at += length;
    }
    film.extend(&jpeg[at..]);
    film
}

#[test]
fn a_jpeg_by_another_encoder_is_read_with_and_without_its_tables() {
    let film = as_film(BY_ANOTHER);
    assert!(film.len() + 400 < BY_ANOTHER.len());
    for jpeg in [BY_ANOTHER, &film, &[BY_ANOTHER, &[0; 500]].concat()] {
        // What the camera says of the size counts for nothing here.
        let read = Layout::new(Pixels::Jpeg, 640, 480).read(jpeg).unwrap();
        assert_eq!((read.width(), read.height()), (32, 16));
        near(&read.rgb()[3 * 4..3 * 5], &[200, 30, 40], 12);
        near(&read.rgb()[3 * 28..3 * 29], &[20, 60, 180], 12);
    }
}

#[test]
fn a_jpeg_that_breaks_off_is_no_picture() {
    let layout = Layout::new(Pixels::Jpeg, 32, 16);
    for length in 0..BY_ANOTHER.len() {
        assert!(layout.read(&BY_ANOTHER[..length]).is_err(), "{length}");
    }
}

#[test]
fn a_jpeg_of_an_absurd_size_takes_no_memory() {
    let at = BY_ANOTHER.windows(2).position(|pair| pair == b"\xff\xc0").unwrap();
    let mut large = BY_ANOTHER.to_vec();
    large[at + 5..at + 9].fill(0xff);
    assert_eq!(Layout::new(Pixels::Jpeg, 32, 16).read(&large), Err(BadFrame::Broken));
}

#[test]
fn no_damage_to_a_jpeg_makes_the_reader_panic() {
    let layout = Layout::new(Pixels::Jpeg, 32, 16);
    for at in 0..BY_ANOTHER.len() {
        for byte in [0, 0x7f, 0xff] {
            let mut damaged = BY_ANOTHER.to_vec();
            damaged[at] = byte;
            let _ = layout.read(&damaged);
        }
    }
}
