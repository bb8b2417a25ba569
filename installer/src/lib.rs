//! The TLS identity of this machine's Tanba agent: who makes it, where it lies, when it is renewed.
//!
//! ```no_run
//! use std::path::Path;
//! use tanba_core::time::UnixTime;
//! use tanba_installer::identity;
//!
//! let now = UnixTime::from_secs(1_800_000_000);
//! let (identity, change) = identity::ensure(Path::new("/srv/tanba/tls"), now)?;
//! println!("{change:?}; trust this root:\n{}", identity.root_pem());
//! # Ok::<(), identity::IdentityError>(())
//! ```
#![forbid(unsafe_code)]

pub mod identity;
