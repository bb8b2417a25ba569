//! From what the system lists to what a person has: a camera, or why there is none.

use std::collections::BTreeSet;
use std::io::{Error, ErrorKind};

use tanba::protocol::{Camera, CameraState};

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It gives pictures.
    Camera,
    /// Metadata, output, a codec.
    Other,
}

/// The best that any node is, by the name of its hardware (a camera's node for metadata has the same) and what came of
/// trying it out.
///
/// What cannot be opened cannot be known to be a camera, so that denied nodes are counted once for each name, and only
/// if nothing else is there. One whose driver hangs is of no more use than one that is busy.
pub(super) fn sum_up(nodes: impl IntoIterator<Item = (String, Result<Kind, Error>)>) -> Camera {
    let (mut free, mut busy, mut denied) = (0, 0, BTreeSet::new());
    for (name, outcome) in nodes {
        match outcome {
            Ok(Kind::Camera) => free += 1,
            Ok(Kind::Other) => {}
            Err(error) if matches!(error.kind(), ErrorKind::ResourceBusy | ErrorKind::TimedOut) => {
                busy += 1;
            }
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                denied.insert(name);
            }
            // It was pulled out meanwhile, or its driver does not know what was asked.
            Err(error) => tracing::debug!(%error, "a video device is no camera"),
        }
    }
    let (state, devices) = match (free, busy, denied.len()) {
        (0, 0, 0) => (CameraState::None, 0),
        (0, 0, denied) => (CameraState::Denied, u32::try_from(denied).unwrap_or(u32::MAX)),
        (0, busy, _) => (CameraState::Busy, busy),
        (free, busy, _) => (CameraState::Present, free + busy),
    };
    Camera { state, devices }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Invented = (&'static str, Result<Kind, ErrorKind>);

    #[test]
    fn the_best_state_of_any_camera_is_told_and_only_cameras_are_counted() {
        const FREE: Invented = ("a", Ok(Kind::Camera));
        const METADATA: Invented = ("a", Ok(Kind::Other));
        const BUSY: Invented = ("b", Err(ErrorKind::ResourceBusy));
        const DENIED: Invented = ("c", Err(ErrorKind::PermissionDenied));
        const GONE: Invented = ("d", Err(ErrorKind::NotFound));
        const HANGS: Invented = ("f", Err(ErrorKind::TimedOut));
        for (nodes, state, devices) in [
            (&[][..], CameraState::None, 0),
            (&[METADATA, GONE], CameraState::None, 0),
            (&[FREE, METADATA], CameraState::Present, 1),
            (&[METADATA, BUSY, FREE, DENIED], CameraState::Present, 2),
            (&[BUSY, DENIED, METADATA], CameraState::Busy, 1),
            (&[HANGS, METADATA, DENIED], CameraState::Busy, 1),
            (&[HANGS, FREE], CameraState::Present, 2),
            (&[DENIED, DENIED, GONE], CameraState::Denied, 1),
            (&[DENIED, ("e", DENIED.1)], CameraState::Denied, 2),
        ] {
            let nodes = nodes
                .iter()
                .map(|(name, outcome)| ((*name).to_owned(), outcome.map_err(Error::from)));
            assert_eq!(sum_up(nodes), Camera { state, devices });
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_numbers_of_linux_mean_busy_and_denied() {
        for (number, kind) in [(16, ErrorKind::ResourceBusy), (13, ErrorKind::PermissionDenied)] {
            assert_eq!(Error::from_raw_os_error(number).kind(), kind);
        }
    }
}
