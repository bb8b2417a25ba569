//! The tests of the whole: who may use whom, and the main job from the page to the key files.
#![expect(clippy::unwrap_used, reason = "a panic is how a test and its equipment fail")]

mod agent;
mod browser;
mod browsers;
mod children;
mod crash;
mod desktop;
mod door;
mod ending;
mod equipment;
mod firefox;
mod leaks;
mod line;
mod mistakes;
mod ncalayer;
mod own_identification;
mod page;
mod person;
mod pictures;
mod procedure;
mod screen;
mod socket;
mod tidy;
mod world;
