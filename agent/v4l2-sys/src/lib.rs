//! The kernel's `<linux/videodev2.h>` for 64-bit Linux, as bindgen 0.65 writes it down (layout tests left out).
//!
//! The crate of this name on crates.io makes these at every build and so needs libclang (some 200 MB) on every
//! machine. The header is a stable kernel interface: once is enough. How to make them again: README.md beside this.
#![allow(clippy::all)]
#![allow(deref_nullptr, non_camel_case_types, non_snake_case, non_upper_case_globals, missing_docs)]

include!("bindings.rs");
