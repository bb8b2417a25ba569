//! The agent itself: how it stands and what it can do, for desktops without a tray.

use serde::{Deserialize, Serialize};

use crate::desktop::tray::TrayView;

/// What the window shows: the same as the tray's menu.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HomeView {
    /// How the agent stands.
    pub tray: TrayView,
    /// Counts how often somebody wanted to see the window.
    pub raised: u64,
}
