//! From what the system lists to what a person has: a camera, or why there is none.

use std::collections::BTreeSet;
use std::io::{Error, ErrorKind};

use tanba::protocol::{Camera, CameraState};

/// Something that the system lists where cameras are.
pub(super) trait Node {
    /// The name of the hardware; a camera's node for metadata has the same.
    fn name(&self) -> &str;

    /// Opens it, and finds out whether it would give pictures now.
    fn try_out(&self) -> Result<Kind, Error>;
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It gives pictures.
    Camera,
    /// Metadata, output, a codec.
    Other,
}

/// The best that any node is. What cannot be opened cannot be known to be a camera, so that denied nodes are counted
/// once for each name, and only if nothing else is there.
pub(super) fn sum_up<'a, N: Node + 'a>(nodes: impl Iterator<Item = &'a N>) -> Camera {
    let (mut free, mut busy, mut denied) = (0, 0, BTreeSet::new());
    for node in nodes {
        match node.try_out() {
            Ok(Kind::Camera) => free += 1,
            Ok(Kind::Other) => {}
            Err(error) if error.kind() == ErrorKind::ResourceBusy => busy += 1,
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                denied.insert(node.name().to_owned());
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

    #[derive(Clone, Copy)]
    struct Invented(&'static str, Result<Kind, ErrorKind>);

    impl Node for Invented {
        fn name(&self) -> &str {
            self.0
        }

        fn try_out(&self) -> Result<Kind, Error> {
            self.1.map_err(Error::from)
        }
    }

    #[test]
    fn the_best_state_of_any_camera_is_told_and_only_cameras_are_counted() {
        const FREE: Invented = Invented("a", Ok(Kind::Camera));
        const METADATA: Invented = Invented("a", Ok(Kind::Other));
        const BUSY: Invented = Invented("b", Err(ErrorKind::ResourceBusy));
        const DENIED: Invented = Invented("c", Err(ErrorKind::PermissionDenied));
        const GONE: Invented = Invented("d", Err(ErrorKind::NotFound));
        for (nodes, state, devices) in [
            (&[][..], CameraState::None, 0),
            (&[METADATA, GONE], CameraState::None, 0),
            (&[FREE, METADATA], CameraState::Present, 1),
            (&[METADATA, BUSY, FREE, DENIED], CameraState::Present, 2),
            (&[BUSY, DENIED, METADATA], CameraState::Busy, 1),
            (&[DENIED, DENIED, GONE], CameraState::Denied, 1),
            (&[DENIED, Invented("e", DENIED.1)], CameraState::Denied, 2),
        ] {
            assert_eq!(sum_up(nodes.iter()), Camera { state, devices });
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
