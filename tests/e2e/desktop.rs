//! The desktop: the agent in a person's session, with a bus, a panel and a tray.

mod asked;
pub(crate) mod item;
pub(crate) mod session;
mod tray;
