//! Sites that talk to NCALayer: over real sockets, with real keys, from real browsers.

mod browsers;
mod door;
mod frames;
mod hosted;
mod keys;
mod load;
mod memory;
mod origins;
mod program;
mod puppet;
mod silence;
mod site;
mod verdict;
