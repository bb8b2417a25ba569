//! The formats of Kazakhstan's public-key infrastructure, and the engine of remote enrolment: pure, without I/O.
#![forbid(unsafe_code)]

pub mod crypto;
pub mod email;
pub mod enrolment;
pub mod iin;
pub mod layout;
pub mod password;
pub mod pkcs12;
pub mod secret;
pub mod time;
pub mod x509;
