//! GOST keys: ST RK GOST R 34.10-2015 with 512 bits, and GOST 34.310-2004 with 256.
//!
//! Both are the signature scheme of RFC 7091, on other curves, with other hash functions and in Kazakhstan's own
//! encoding, which is the Russian one (RFC 4491, RFC 9215) reversed byte by byte:
//!
//! | what | 34.10-2015, 512 bits | 34.310-2004 |
//! |---|---|---|
//! | curve | id-tc26-gost-3410-12-512-paramSetA (RFC 7836, appendix A) | id-GostR3410-2001-CryptoPro-A (RFC 4357, section 11.4) |
//! | hash | Streebog-512 | GOST 34.311-95, test S-box |
//! | public key in the BIT STRING | OCTET STRING { X, Y }, both little-endian | the same |
//! | private key in PKCS#8 | OCTET STRING, little-endian | INTEGER, so big-endian |
//! | the number of a digest | little-endian | the same |
//! | signature | r, s, both little-endian | the same |

mod curve;
mod encoding;
mod sign;

pub(super) use self::curve::{Curve512, Curve2004};
pub(super) use self::encoding::{Encoding, KEY_512, KEY_2004, Point, read_private, read_public};
pub(super) use self::sign::{generate, sign, verify};
