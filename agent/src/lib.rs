//! The agent: a socket, a screen, some keys and some remote services, held together.
//!
//! ```text
//! server ──▶ methods ──▶ enrol ──▶ core's engine
//!   page       │           ├─▶ remote      the services, over HTTP
//!              │           ├─▶ keyfiles    key files in the person's folder
//!              ▼           └─▶ journals    what must survive
//!            desktop (windows of our own), camera, secrets (keyring)
//!
//! tray, own windows, `tanba open` ──Wish──▶ wishes ──▶ enrol, signing, consent, commands' judgement
//! running: lock, port, door for wishes, tray, server; until the session ends
//! commands ──▶ files, core         `tanba keys`, `sign`, `verify`, `cert`, `csr`: no page, no window
//! ```
//!
//! Only `running` serves with `server`; the diagnosis looks at its TLS identity. `desktop`, `remote`, `keyfiles` and `secrets` do not know each other.

pub mod activity;
pub mod assembly;
pub mod authorities;
pub mod autostart;
pub mod blocking;
pub mod camera;
pub mod chosen;
pub mod clock;
pub mod commands;
pub mod consent;
pub mod control;
pub mod ctx;
pub mod desktop;
pub mod enrol;
pub mod error;
pub mod face;
pub mod files;
pub mod folders;
pub mod instance;
pub mod journals;
pub mod keyfiles;
pub mod limited;
pub mod locales;
pub mod log;
pub mod methods;
pub mod page;
pub mod port_owner;
pub mod preferences;
pub mod provider;
pub mod recent;
pub mod remote;
pub mod running;
pub mod secrets;
pub mod server;
pub mod signing;
pub mod sites;
pub mod surroundings;
pub mod turn;
pub mod wish;
pub mod wishes;
pub mod words;
