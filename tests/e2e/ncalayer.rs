//! Sites that talk to NCALayer: over real sockets, with real keys, from real browsers.

mod browsers;
mod door;
mod frames;
mod hosted;
pub(crate) mod keys;
mod load;
mod memory;
mod origins;
mod program;
mod puppet;
mod silence;
pub(crate) mod site;
pub(crate) mod verdict;
