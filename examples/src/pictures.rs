//! Pictures of a person who was drawn, and of their document: for runs without a camera.

use std::io;
use std::path::{Path, PathBuf};

use tanba_agent::face::Answers;

macro_rules! pictures {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../pictures/", $name)) as &[u8])),*]
    };
}

/// Names and bytes, JPEG.
pub const ALL: &[(&str, &[u8])] = pictures![
    "selfie.jpg",
    "center.jpg",
    "closer.jpg",
    "turn_left.jpg",
    "turn_right.jpg",
    "look_up.jpg",
    "blink.jpg",
    "front.jpg",
    "back.jpg",
];

/// Writes the pictures into a folder and names them in the answers.
///
/// # Errors
/// When the folder cannot be written.
pub fn answer_with(answers: &mut Answers, folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (name, bytes) in ALL {
        std::fs::write(folder.join(name), bytes)?;
    }
    let picture = |name: &str| -> Option<PathBuf> { Some(folder.join(name)) };
    answers.selfie = picture("selfie.jpg");
    answers.liveness = Some(folder.to_owned());
    answers.front = picture("front.jpg");
    answers.back = picture("back.jpg");
    Ok(())
}
