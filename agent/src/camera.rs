//! Whether this computer has a camera: present, busy, denied or none.
//!
//! A page takes pictures itself; those that the agent's own window shows are in [`capture`].

#[cfg(feature = "desktop")]
pub mod capture;
#[cfg(all(feature = "desktop", target_os = "linux"))]
mod linux;
#[cfg(any(all(feature = "desktop", target_os = "linux"), test))]
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

/// The cameras of this computer.
///
/// On Linux every device is opened for the moment of the question: a list of names counts nodes for metadata and for
/// output as cameras, and says nothing about whether one can be used. No picture is taken, and no lamp lights up.
#[cfg(feature = "desktop")]
#[derive(Debug)]
pub struct OfThisComputer {
    #[cfg(target_os = "linux")]
    limited: crate::limited::Limited,
}

#[cfg(feature = "desktop")]
impl Default for OfThisComputer {
    fn default() -> Self {
        Self {
            #[cfg(target_os = "linux")]
            limited: crate::limited::Limited::new("camera probe", linux::MOST),
        }
    }
}

#[cfg(all(feature = "desktop", target_os = "linux"))]
impl CameraProbe for OfThisComputer {
    fn probe(&self) -> Camera {
        linux::probe(&self.limited)
    }
}

/// Elsewhere only cameras are listed, and whether one is free is told when a stream begins, which lights the lamp and
/// may ask the person; the page does that anyway.
#[cfg(all(feature = "desktop", not(target_os = "linux")))]
impl CameraProbe for OfThisComputer {
    fn probe(&self) -> Camera {
        match nokhwa::query(nokhwa::utils::ApiBackend::Auto) {
            Ok(listed) if !listed.is_empty() => {
                let devices = u32::try_from(listed.len()).unwrap_or(u32::MAX);
                Camera { state: CameraState::Present, devices }
            }
            Ok(_) => NoCamera.probe(),
            Err(error) => {
                tracing::warn!(%error, "the cameras cannot be listed");
                NoCamera.probe()
            }
        }
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
