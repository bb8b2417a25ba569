//! Video4Linux: what a node under `/dev` is, and whether another program holds it.

use std::fs;
use std::io::{Error, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use tanba::protocol::Camera;
use v4l::Device;
use v4l::capability::Flags;
use v4l::video::{Capture, Output};

use super::nodes::{Kind, sum_up};
use crate::limited::{Limited, NoAnswer};

/// More nodes than these are not looked at: one camera has two, some machines list dozens that no camera stands behind.
pub(super) const MOST: usize = 64;
/// How long drivers may think: a camera that sleeps is up within one second.
const LIMIT: Duration = Duration::from_secs(5);

/// A node `/dev/video<index>`.
pub(super) struct Video {
    name: String,
    pub(super) index: usize,
}

/// The nodes of this machine, by their numbers.
pub(super) fn videos() -> Vec<Video> {
    let Ok(listed) = fs::read_dir("/dev") else { return Vec::new() };
    let mut indices: Vec<usize> =
        listed.flatten().filter_map(|entry| index_of(entry.file_name().to_str()?)).collect();
    indices.sort_unstable();
    indices.truncate(MOST);
    indices.into_iter().map(|index| Video { name: name_of(index), index }).collect()
}

/// The number of a node; links that somebody made beside it have other names.
fn index_of(name: &str) -> Option<usize> {
    let digits = name.strip_prefix("video")?;
    let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if all { digits.parse().ok() } else { None }
}

/// The name of the hardware, as the kernel shows it to everybody.
fn name_of(index: usize) -> String {
    let told = fs::read(format!("/sys/class/video4linux/video{index}/name"));
    told.map(|name| String::from_utf8_lossy(&name).trim().to_owned()).unwrap_or_default()
}

/// What a node is to us.
pub(super) enum What {
    /// A camera, whose pictures come in one piece.
    Camera,
    /// A camera of a small board: its pictures come in several pieces, which the crate has no way to ask for.
    InPieces,
    /// Metadata, output, a codec.
    Other,
}

pub(super) fn what(device: &Device) -> Result<What, Error> {
    // The crate panics about names that end in the middle of a letter, as the kernel's limit of 32 bytes makes them.
    let Ok(asked) = catch_unwind(AssertUnwindSafe(|| device.query_caps())) else {
        let camera = Capture::format(device).is_ok() && Output::format(device).is_err();
        return Ok(if camera { What::Camera } else { What::Other });
    };
    let capabilities = asked?.capabilities;
    Ok(if capabilities.contains(Flags::VIDEO_CAPTURE) {
        What::Camera
    } else if capabilities.contains(Flags::VIDEO_CAPTURE_MPLANE) {
        What::InPieces
    } else {
        What::Other
    })
}

/// Tries a node out.
///
/// Any number of programs may open a node; only one may stream. A driver refuses to set a format while another program
/// streams, and setting the format that is set already changes nothing (Linux media documentation, `VIDIOC_S_FMT`,
/// `EBUSY`).
fn try_out(index: usize) -> Result<Kind, Error> {
    let device = Device::new(index)?;
    match what(&device)? {
        What::Camera => {
            Capture::set_format(&device, &Capture::format(&device)?)?;
            Ok(Kind::Camera)
        }
        What::InPieces => Ok(Kind::Camera),
        What::Other => Ok(Kind::Other),
    }
}

/// Tries all nodes out at once, so that one whose driver hangs keeps none of the others waiting.
pub(super) fn probe(limited: &Limited) -> Camera {
    let until = Instant::now() + LIMIT;
    let begun: Vec<_> = videos()
        .into_iter()
        .map(|video| (video.name, limited.begin(move || try_out(video.index))))
        .collect();
    sum_up(begun.into_iter().map(|(name, begun)| {
        let outcome = begun.and_then(|begun| begun.wait(until));
        let outcome = outcome.unwrap_or_else(|none| {
            Err(match none {
                NoAnswer::Silent => ErrorKind::TimedOut.into(),
                NoAnswer::Broken => ErrorKind::Other.into(),
            })
        });
        (name, outcome)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_kernels_own_names_are_nodes() {
        assert_eq!(index_of("video0"), Some(0));
        assert_eq!(index_of("video63"), Some(63));
        for name in
            ["video", "video-front", "video1a", "v4l", "video+1", "video99999999999999999999"]
        {
            assert_eq!(index_of(name), None, "{name}");
        }
    }
}
