//! The pictures that a person would take: files for the page, bytes for a program.

use std::path::{Path, PathBuf};

/// Where the pictures lie; the README beside their folder says who drew them.
pub(crate) fn path(name: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("vectors/pictures/{name}.jpg"));
    assert!(file.is_file(), "there is no picture {name}");
    file
}

#[test]
fn there_is_a_picture_for_every_instruction_and_no_two_are_the_same() {
    let names = [
        "selfie",
        "center",
        "closer",
        "turn_left",
        "turn_right",
        "look_up",
        "blink",
        "front",
        "back",
    ];
    let mut pictures: Vec<Vec<u8>> =
        names.iter().map(|name| std::fs::read(path(name)).unwrap()).collect();
    assert!(pictures.iter().all(|jpeg| jpeg.starts_with(&[0xff, 0xd8, 0xff])));
    pictures.sort();
    pictures.dedup();
    assert_eq!(pictures.len(), names.len());
}
