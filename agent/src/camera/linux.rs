//! Video4Linux: what a node under `/dev` is, and whether another program holds it.

use std::io::Error;

use nokhwa::utils::CameraInfo;
use v4l::Device;
use v4l::capability::Flags;
use v4l::video::Capture as _;

use super::nodes::{Kind, Node};

/// A node `/dev/video<index>`.
pub(super) struct Video {
    name: String,
    index: usize,
}

impl Video {
    pub(super) fn of(listed: &CameraInfo) -> Option<Self> {
        let index = listed.index().as_index().ok()?;
        Some(Self { name: listed.human_name(), index: usize::try_from(index).ok()? })
    }
}

impl Node for Video {
    fn name(&self) -> &str {
        &self.name
    }

    /// Any number of programs may open a node; only one may stream. A driver refuses to set a format while another
    /// program streams, and setting the format that is set already changes nothing (Linux media documentation,
    /// `VIDIOC_S_FMT`, `EBUSY`).
    fn try_out(&self) -> Result<Kind, Error> {
        let device = Device::new(self.index)?;
        let capabilities = device.query_caps()?.capabilities;
        if capabilities.contains(Flags::VIDEO_CAPTURE) {
            device.set_format(&device.format()?)?;
            Ok(Kind::Camera)
        } else if capabilities.contains(Flags::VIDEO_CAPTURE_MPLANE) {
            // Cameras of small boards: the crate has no way to ask for their format.
            Ok(Kind::Camera)
        } else {
            Ok(Kind::Other)
        }
    }
}
