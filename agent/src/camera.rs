//! Whether this computer has a camera: present, busy, denied or none. Never a picture; the page takes those itself.

#[cfg(all(feature = "desktop", target_os = "linux"))]
mod linux;
#[cfg(any(feature = "desktop", test))]
mod nodes;

use tanba::protocol::{Camera, CameraState};

/// Looks for cameras. Blocks while drivers answer.
pub trait CameraProbe: Send + Sync {
    /// What is there now.
    fn probe(&self) -> Camera;
}

/// A build without cameras: there is none.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoCamera;

impl CameraProbe for NoCamera {
    fn probe(&self) -> Camera {
        Camera { state: CameraState::None, devices: 0 }
    }
}

/// The cameras of this computer, as nokhwa lists them.
///
/// On Linux every device is opened for the moment of the question: a list of names counts nodes for metadata and for
/// output as cameras, and says nothing about whether one can be used. No picture is taken, and no lamp lights up.
#[cfg(feature = "desktop")]
#[derive(Debug, Clone, Copy, Default)]
pub struct Nokhwa;

#[cfg(feature = "desktop")]
impl CameraProbe for Nokhwa {
    fn probe(&self) -> Camera {
        use nokhwa::utils::ApiBackend;
        match nokhwa::query(ApiBackend::Auto) {
            Ok(listed) => nodes::sum_up(look_at(&listed).iter()),
            Err(error) => {
                tracing::warn!(%error, "the cameras cannot be listed");
                NoCamera.probe()
            }
        }
    }
}

#[cfg(all(feature = "desktop", target_os = "linux"))]
fn look_at(listed: &[nokhwa::utils::CameraInfo]) -> Vec<linux::Video> {
    listed.iter().filter_map(linux::Video::of).collect()
}

/// Elsewhere only cameras are listed, and whether one is free is told when a stream begins, which lights the lamp and
/// may ask the person; the page does that anyway.
#[cfg(all(feature = "desktop", not(target_os = "linux")))]
fn look_at(listed: &[nokhwa::utils::CameraInfo]) -> Vec<Listed> {
    listed.iter().map(|camera| Listed(camera.human_name())).collect()
}

#[cfg(all(feature = "desktop", not(target_os = "linux")))]
struct Listed(String);

#[cfg(all(feature = "desktop", not(target_os = "linux")))]
impl nodes::Node for Listed {
    fn name(&self) -> &str {
        &self.0
    }

    fn try_out(&self) -> Result<nodes::Kind, std::io::Error> {
        Ok(nodes::Kind::Camera)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_without_cameras_finds_none() {
        assert_eq!(NoCamera.probe(), Camera { state: CameraState::None, devices: 0 });
    }
}
