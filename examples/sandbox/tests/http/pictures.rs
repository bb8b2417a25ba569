//! Pictures for the tests: real JPEGs drawn with ImageMagick (see `pictures/README.md`), and variations of them.

pub(crate) const FACE: &[u8] = include_bytes!("pictures/face.jpg");
pub(crate) const PROGRESSIVE: &[u8] = include_bytes!("pictures/progressive.jpg");
pub(crate) const GRAY: &[u8] = include_bytes!("pictures/gray.jpg");
pub(crate) const FLAT: &[u8] = include_bytes!("pictures/flat.jpg");
pub(crate) const FLAT_444: &[u8] = include_bytes!("pictures/flat-444.jpg");

/// The face with a comment in it: another file, the same picture.
pub(crate) fn face(number: u8) -> Vec<u8> {
    let mut bytes = FACE[..2].to_vec();
    bytes.extend([0xff, 0xfe, 0x00, 0x03, number]);
    bytes.extend(&FACE[2..]);
    bytes
}

/// The face with so many comments that the file has exactly this length.
pub(crate) fn face_of(length: usize) -> Vec<u8> {
    let mut bytes = FACE[..2].to_vec();
    let mut missing = length - FACE.len();
    while missing > 0 {
        // A comment takes at least four bytes, and what is left after it must be none or enough for another.
        let comment = if missing > 65_537 { missing.min(60_000) } else { missing };
        bytes.extend([0xff, 0xfe]);
        bytes.extend(u16::try_from(comment - 2).unwrap().to_be_bytes());
        bytes.extend(std::iter::repeat_n(b' ', comment - 4));
        missing -= comment;
    }
    bytes.extend(&FACE[2..]);
    bytes
}
